//! Why an object was not provisioned, and the remedy.

use super::refusal::Refusal;

/// An error or skip code of Entra, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause {
    /// What it means.
    pub meaning: &'static str,
    /// The remedy; empty where nothing has to be done.
    pub remedy: &'static str,
}

/// A code of the provisioning log. Microsoft publishes no complete list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The code, without the prefix that codes of SCIM have.
    pub code: &'static str,
    /// Its meaning, unless the message says more.
    pub cause: Cause,
    /// The page that says so, and when it was read.
    pub source: (&'static str, &'static str),
}

/// The prefix of codes about SCIM; the same code also occurs without it.
const PREFIX: &str = "SystemForCrossDomainIdentityManagement";

const ANALYZE: (&str, &str) =
    ("https://learn.microsoft.com/entra/identity/app-provisioning/howto-analyze-provisioning-logs", "2026-11-30");
const QUARANTINE: (&str, &str) = (
    "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status",
    "2026-11-30",
);
const ONBOARDING: (&str, &str) =
    ("https://github.com/AzureAD/SCIMReferenceCode (scim-onboarding.agent.md)", "2026-11-30");
const REPORTS: (&str, &str) = ("https://learn.microsoft.com/answers/questions/1185756", "2026-11-30");

const REFUSED: Cause = Cause {
    meaning: "the app refused the request",
    remedy: "compare what the app names with the mapping; if the app should accept it, ask the vendor",
};
const FORM: Cause = Cause {
    meaning: "the app does not accept the form in which Entra sends changes",
    remedy: "ask the vendor whether the tenant URL needs ?aadOptscim062020; else the app must accept text such as \"False\" \
             for booleans, and operations such as Add and Replace",
};
const NOT_SCIM: Cause = Cause {
    meaning: "the app's answer is not SCIM",
    remedy: "check the tenant URL with provlint probe, else ask the vendor",
};
const UNQUOTED: Cause = Cause {
    meaning: "the app refused the request, or its answer is not SCIM",
    remedy: "the message says which; provlint probe tests the connection",
};
/// <https://github.com/MicrosoftDocs/azure-docs/issues/42487> (2026-11-30)
const SEVERAL_ROLES: Cause = Cause {
    meaning: "the user has several app roles, and SingleAppRoleAssignment takes only one",
    remedy: "assign one role to each user, also through groups, or map roles with another function",
};

const fn code(
    code: &'static str,
    meaning: &'static str,
    remedy: &'static str,
    source: (&'static str, &'static str),
) -> Code {
    Code { code, cause: Cause { meaning, remedy }, source }
}

const PERMISSION: &str = "check in the vendor's guide which permissions the secret token needs";
const NO_PERMISSION: &str = "the app accepted the credentials but did not allow the change";
const COMPARE: &str = "compare the mapping with the vendor's guide";

/// Every known code.
pub const CODES: &[Code] = &[
    code(
        "NotEffectivelyEntitled",
        "not in scope: not assigned to the app, or disabled in Entra",
        "assign a group that they are a direct member of; disabled users are not provisioned",
        ANALYZE,
    ),
    code("RedundantExport", "no change: the app already has these values", "", ANALYZE),
    code(
        "ImportSkipped",
        "the user has no value for the matching attribute",
        "fill in the attribute, or match on an attribute that every user has",
        ANALYZE,
    ),
    code(
        "EntrySynchronizationSkipped",
        "skipped: not in scope, or a required value is missing",
        "check the steps of the event",
        ANALYZE,
    ),
    code(
        "Conflict",
        "the app has another object with one of these values",
        "correct the value on one side, or review the matching attributes",
        ANALYZE,
    ),
    code(
        "EntryConflict",
        "the app has another object with one of these values",
        "correct the value on one side, or review the matching attributes",
        ANALYZE,
    ),
    code("TooManyRequests", "Entra sent the app too many requests", "", ANALYZE),
    code("InternalServerError", "the app had an internal error", "if it persists, ask the vendor", ANALYZE),
    code("InsufficientRights", NO_PERMISSION, PERMISSION, ANALYZE),
    code("MethodNotAllowed", NO_PERMISSION, PERMISSION, ANALYZE),
    code("NotPermitted", NO_PERMISSION, PERMISSION, ANALYZE),
    code("Unauthorized", NO_PERMISSION, PERMISSION, ANALYZE),
    code("UnprocessableEntity", "the app could not process the values that were sent", COMPARE, ANALYZE),
    code("WebExceptionProtocolError", "the connection to the app failed", "", ANALYZE),
    code(
        "InvalidAnchor",
        "the linked object no longer exists in the app",
        "restart provisioning with --reset full to link the objects again",
        ANALYZE,
    ),
    code("NotImplemented", "the app does not support the request", COMPARE, ANALYZE),
    code("MandatoryFieldsMissing", "a value that the app requires is empty", "fill in the attribute in Entra", ANALYZE),
    code("MissingValues", "a value that the app requires is empty", "fill in the attribute in Entra", ANALYZE),
    code(
        "SchemaAttributeNotFound",
        "a target attribute isn't in the attribute list",
        "provlint check shows which mapping uses it",
        ANALYZE,
    ),
    code("InternalError", "Entra had an internal error", "", ANALYZE),
    code(
        "InvalidDomain",
        "the app does not recognise the domain of the user name",
        "verify the domain in the app",
        ANALYZE,
    ),
    code("Timeout", "the app took too long to answer", "if it persists, ask the vendor", ANALYZE),
    code("LicenseLimitExceeded", "the app has no licences left", "add licences, or remove users", ANALYZE),
    code(
        "DuplicateTargetEntries",
        "the app has several objects with the matching value",
        "remove the duplicates in the app, or match on another attribute",
        ANALYZE,
    ),
    code(
        "MultipleEntriesInResponse",
        "the app has several objects with the matching value, or ignores the filter",
        "remove the duplicates in the app, or match on another attribute; provlint probe shows whether the app filters",
        REPORTS,
    ),
    code(
        "DuplicateSourceEntries",
        "several users in Entra have the matching value",
        "match on a unique attribute",
        ANALYZE,
    ),
    code(
        "SchemaPropertyCanOnlyAcceptValue",
        "a list was sent for a single-valued attribute",
        "map a single value: Item(…, 1) or Join(…)",
        ANALYZE,
    ),
    code("ServiceIncompatible", UNQUOTED.meaning, UNQUOTED.remedy, REPORTS),
    code(
        "ServiceIncompatibleFiltering",
        "the app ignored or refused the filter with which Entra looks for the object",
        "ask the vendor to support filters with eq on the matching attribute; provlint probe --attribute NAME tests it",
        REPORTS,
    ),
    code("BadRequest", REFUSED.meaning, REFUSED.remedy, REPORTS),
    code(
        "CredentialValidationUnavailable",
        "the app refused Entra's test of the credentials, or did not answer it",
        "check the tenant URL and the credentials; provlint probe shows the answer of the app",
        ONBOARDING,
    ),
    code(
        "InvalidCredentials",
        "the app does not accept the credentials",
        "enter a valid credential again; provlint probe shows the answer of the app",
        QUARANTINE,
    ),
];

/// The meaning of an error or skip code, and of the message that came with it; `None` if both are unknown.
pub fn cause(code: &str, reason: Option<&str>) -> Option<Cause> {
    let reason = reason.unwrap_or_default();
    if reason.contains("SingleAppRoleAssignment") {
        return Some(SEVERAL_ROLES);
    }
    let code = code.strip_prefix(PREFIX).unwrap_or(code);
    let known = CODES.iter().find(|known| known.code.eq_ignore_ascii_case(code)).map(|known| known.cause);
    // Entra uses this code for every answer with status 400, so only the answer tells what happened.
    if !["ServiceIncompatible", "BadRequest"].iter().any(|any| any.eq_ignore_ascii_case(code)) {
        return known;
    }
    match Refusal::of(reason) {
        Some(Refusal { is_of_app: true, detail: Some(detail) }) if is_about_form(&detail) => Some(FORM),
        Some(Refusal { is_of_app: true, .. }) => Some(REFUSED),
        Some(Refusal { detail: Some(_), .. }) => Some(NO_REASON),
        Some(Refusal { .. }) => Some(NOT_SCIM),
        None if reason.to_lowercase().contains("deserialize") => Some(NOT_SCIM),
        None => known,
    }
}

const NO_REASON: Cause = Cause {
    meaning: "the app, or a server before it, refused the request without a reason in SCIM",
    remedy: "compare the mapping with the vendor's guide, and check the tenant URL with provlint probe; else ask the vendor",
};

/// Whether the app objects to how Entra writes changes without the flag aadOptscim062020: booleans as text, and
/// operations with a capital letter.
/// <https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility>
fn is_about_form(detail: &str) -> bool {
    let detail = detail.to_lowercase();
    let is_quoted =
        |word: &str| ["\"", "'", "`", "\\\""].iter().any(|quote| detail.contains(&format!("{quote}{word}{quote}")));
    let is_last = |word: &str| detail.trim_end_matches('.').ends_with(&format!(": {word}"));
    let operation = ["add", "replace", "remove"].into_iter().any(|word| is_quoted(word) || is_last(word));
    detail.contains("boolean") || (operation && (detail.contains("choice") || detail.contains("operation")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_of_the_app_decides_what_a_400_means() {
        let reason =
            |body: &str| format!("StatusCode: BadRequest\nWeb Response: \n{body}. This operation was retried 0 times.");
        let app = |detail: &str| reason(&serde_json::json!({"detail": detail}).to_string());
        for (reason, meaning) in [
            (app("Unsupported user attribute: addresses"), REFUSED.meaning),
            (app("'active' must be a boolean"), FORM.meaning),
            (app("\"Add\" is not a valid choice"), FORM.meaning),
            (app("Invalid operation type: Add"), FORM.meaning),
            (app("please add a seat"), REFUSED.meaning),
            (reason("<html>Sign in</html>"), NOT_SCIM.meaning),
            (reason("Bad Request"), NO_REASON.meaning),
            ("Error: We are not able to deserialize the resource".to_owned(), NOT_SCIM.meaning),
            ("something else".to_owned(), UNQUOTED.meaning),
        ] {
            let code = format!("{PREFIX}ServiceIncompatible");
            assert_eq!(cause(&code, Some(&reason)).unwrap().meaning, meaning, "{reason}");
        }
        let roles = "An error occured while evaluating this function: 'SingleAppRoleAssignment.'";
        assert_eq!(cause("AttributeMappingFunctionError", Some(roles)), Some(SEVERAL_ROLES));
        assert_eq!(cause("Unheard", None), None);
    }

    #[test]
    fn every_code_has_a_meaning_and_a_dated_source() {
        for (index, known) in CODES.iter().enumerate() {
            assert!(!known.cause.meaning.is_empty(), "{}", known.code);
            assert!(known.source.0.starts_with("https://") && known.source.1.len() == 10, "{}", known.code);
            assert!(CODES[index + 1..].iter().all(|other| other.code != known.code), "{}", known.code);
            let with_prefix = format!("{PREFIX}{}", known.code);
            assert_eq!(cause(&with_prefix, None), cause(known.code, None));
        }
    }
}
