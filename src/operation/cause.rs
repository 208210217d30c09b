//! Why an object was not provisioned, and the remedy.
//!
//! The codes are those of <https://learn.microsoft.com/entra/identity/app-provisioning/howto-analyze-provisioning-logs>;
//! Microsoft publishes no complete list.

/// An error or skip code of Entra, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause {
    /// What it means.
    pub meaning: &'static str,
    /// The remedy; empty where nothing has to be done.
    pub remedy: &'static str,
}

/// The meaning of an error or skip code; `None` for an unknown code.
pub fn cause(code: &str) -> Option<Cause> {
    let of = |meaning, remedy| Some(Cause { meaning, remedy });
    match code {
        "NotEffectivelyEntitled" => of(
            "not in scope: not assigned to the app, or disabled in Entra",
            "assign a group that they are a direct member of; disabled users are not provisioned",
        ),
        "RedundantExport" => of("no change: the app already has these values", ""),
        "ImportSkipped" => of(
            "the user has no value for the matching attribute",
            "fill in the attribute, or match on an attribute that every user has",
        ),
        "EntrySynchronizationSkipped" => {
            of("skipped: not in scope, or a required value is missing", "check the steps of the event")
        }
        "Conflict" | "EntryConflict" => of(
            "the app has another object with one of these values",
            "correct the value on one side, or review the matching attributes",
        ),
        "TooManyRequests" => of("Entra sent the app too many requests", ""),
        "InternalServerError" => of("the app had an internal error", "if it persists, ask the vendor"),
        "InsufficientRights" | "MethodNotAllowed" | "NotPermitted" | "Unauthorized" => of(
            "the app accepted the credentials but did not allow the change",
            "check in the vendor's guide which permissions the secret token needs",
        ),
        "UnprocessableEntity" => {
            of("the app could not process the values that were sent", "compare the mapping with the vendor's guide")
        }
        "WebExceptionProtocolError" => of("the connection to the app failed", ""),
        "InvalidAnchor" => of(
            "the linked object no longer exists in the app",
            "restart provisioning with --reset full to link the objects again",
        ),
        "NotImplemented" => of("the app does not support the request", "compare the mapping with the vendor's guide"),
        "MandatoryFieldsMissing" | "MissingValues" => {
            of("a value that the app requires is empty", "fill in the attribute in Entra")
        }
        "SchemaAttributeNotFound" => {
            of("a target attribute isn't in the attribute list", "provlint check shows which mapping uses it")
        }
        "InternalError" => of("Entra had an internal error", ""),
        "InvalidDomain" => of("the app does not recognise the domain of the user name", "verify the domain in the app"),
        "Timeout" => of("the app took too long to answer", "if it persists, ask the vendor"),
        "LicenseLimitExceeded" => of("the app has no licences left", "add licences, or remove users"),
        "DuplicateTargetEntries" | "SystemForCrossDomainIdentityManagementMultipleEntriesInResponse" => of(
            "the app has several objects with the matching value",
            "remove the duplicates in the app, or match on another attribute",
        ),
        "DuplicateSourceEntries" => of("several users in Entra have the matching value", "match on a unique attribute"),
        "SystemForCrossDomainIdentityManagementServiceIncompatible" => {
            of("the app's answer is not SCIM", "check the tenant URL with provlint probe, else ask the vendor")
        }
        "SchemaPropertyCanOnlyAcceptValue" => {
            of("a list was sent for a single-valued attribute", "map a single value: Item(…, 1) or Join(…)")
        }
        _ => None,
    }
}
