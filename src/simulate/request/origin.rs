//! Where the form of a request comes from, and what it weighs.

/// Where the form of a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Whether an endpoint must accept it.
    pub weight: Weight,
    /// Whether it was seen.
    pub mark: Mark,
    /// Addresses of pages, requests or test reports that show it.
    pub sources: &'static [&'static str],
    /// What is inferred or unknown about it, as a clause; empty if nothing is.
    pub unknown: &'static str,
}

/// Whether an endpoint must accept a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Entra sends it to apps like this one.
    Must,
    /// An older form, or one that only Microsoft's SCIM Validator or documentation has.
    Warn,
}

/// Whether a form was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// In a published request, a recorded run, or Microsoft's own text.
    Seen,
    /// Concluded from what was seen.
    Inferred,
}

impl Mark {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Mark::Seen => "seen",
            Mark::Inferred => "inferred",
        }
    }
}

impl Weight {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Weight::Must => "must",
            Weight::Warn => "warn",
        }
    }
}

impl Origin {
    /// Entra sends it.
    pub(super) const fn must(sources: &'static [&'static str]) -> Self {
        Origin { weight: Weight::Must, mark: Mark::Seen, sources, unknown: "" }
    }

    /// An older form, or one of the SCIM Validator.
    pub(super) const fn warn(sources: &'static [&'static str]) -> Self {
        Origin { weight: Weight::Warn, mark: Mark::Seen, sources, unknown: "" }
    }

    /// The same, with something that is not known about it.
    pub(super) const fn but(self, unknown: &'static str) -> Self {
        Origin { unknown, ..self }
    }

    /// The same, concluded from what its sources show.
    pub(super) const fn inferred(self, unknown: &'static str) -> Self {
        Origin { mark: Mark::Inferred, unknown, ..self }
    }
}

/// Microsoft's guide for those who write an endpoint.
pub(super) const USE_SCIM: &str =
    "https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups";
/// Microsoft's page about the flag.
pub(super) const COMPATIBILITY: &str = "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility";
/// Microsoft's page about custom attributes and roles.
pub(super) const CUSTOMIZE: &str =
    "https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes";
/// Microsoft's description of a cycle.
pub(super) const HOW: &str = "https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works";
/// Recorded runs of Microsoft's SCIM Validator, February 2026.
pub(super) const VALIDATOR: &str = "https://github.com/pranems/SCIMServer/tree/master/docs";
/// The tests of Microsoft's Logic App for endpoints, August 2026.
pub(super) const LOGIC_APP: &str = "https://github.com/AzureAD/SCIMReferenceCode/blob/master/Microsoft.SCIM.LogicAppValidationTemplate/StandardLogicApp/SCIM-Validation-Test-Overview.md";
/// Microsoft's collection of requests for Postman.
pub(super) const POSTMAN: &str = "https://github.com/AzureAD/SCIMReferenceCode/blob/master/PostmanCollection.json";
