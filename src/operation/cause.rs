//! Why somebody wasn't provisioned, and what helps.
//!
//! The codes are those of <https://learn.microsoft.com/entra/identity/app-provisioning/howto-analyze-provisioning-logs>;
//! Microsoft publishes no complete list.

/// A code of Entra's in plain words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause {
    /// What it means.
    pub meaning: &'static str,
    /// What helps; empty where nothing need be done.
    pub remedy: &'static str,
}

/// What a code of an error or a skip means; `None` for one that isn't known.
pub fn cause(code: &str) -> Option<Cause> {
    let of = |meaning, remedy| Some(Cause { meaning, remedy });
    match code {
        "NotEffectivelyEntitled" => of(
            "not in scope: not assigned to the app, or disabled in Entra",
            "assign the group that they are a direct member of; who is disabled is not provisioned",
        ),
        "RedundantExport" => of("nothing to do: the app has the same already", ""),
        "ImportSkipped" => of(
            "the user has no value for the matching attribute",
            "fill the attribute in, or match by one that everybody has",
        ),
        "EntrySynchronizationSkipped" => {
            of("skipped: not in scope, or without what is needed", "see the event's steps")
        }
        "Conflict" | "EntryConflict" => of(
            "the app has somebody else with one of these values",
            "correct the value on one side, or review the matching attributes",
        ),
        "TooManyRequests" => of("the app was asked too often", ""),
        "InternalServerError" => of("the app failed with an error of its own", "if it stays so, ask the vendor"),
        "InsufficientRights" | "MethodNotAllowed" | "NotPermitted" | "Unauthorized" => of(
            "the app let Entra in, but didn't allow the change",
            "see in the vendor's guide which rights the secret token needs",
        ),
        "UnprocessableEntity" => {
            of("the app couldn't make sense of what was sent", "compare the mapping with the vendor's guide")
        }
        "WebExceptionProtocolError" => of("the connection to the app broke", ""),
        "InvalidAnchor" => of(
            "the app no longer has the object that was linked",
            "restart provisioning (--reset full), which links anew",
        ),
        "NotImplemented" => of("the app can't do what was asked", "compare the mapping with the vendor's guide"),
        "MandatoryFieldsMissing" | "MissingValues" => {
            of("a value that the app needs is empty", "fill the attribute in, in Entra")
        }
        "SchemaAttributeNotFound" => {
            of("a target attribute isn't in the attribute list", "provlint check shows which mapping names it")
        }
        "InternalError" => of("Entra failed with an error of its own", ""),
        "InvalidDomain" => of("the app doesn't know the domain of the user name", "verify the domain in the app"),
        "Timeout" => of("the app took too long to answer", "if it stays so, ask the vendor"),
        "LicenseLimitExceeded" => of("the app has no licence left", "add licences, or take people away"),
        "DuplicateTargetEntries" | "SystemForCrossDomainIdentityManagementMultipleEntriesInResponse" => of(
            "the app has several objects with the matching value",
            "remove the double ones in the app, or match by another attribute",
        ),
        "DuplicateSourceEntries" => {
            of("several people in Entra have the matching value", "match by an attribute that is unique")
        }
        "SystemForCrossDomainIdentityManagementServiceIncompatible" => of(
            "the app's answer was no SCIM",
            "see whether the tenant URL is right (provlint probe), else ask the vendor",
        ),
        "SchemaPropertyCanOnlyAcceptValue" => {
            of("a list was sent where one value belongs", "map a single value: Item(…, 1) or Join(…)")
        }
        _ => None,
    }
}
