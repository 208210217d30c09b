use url::Url;

use super::{CONNECTION, correct_tenant_url, is_set_up, setting};
use crate::finding::Severity;
use crate::model::TenantChange;
use crate::policy::matches_pattern;
use crate::rules::judge::Found;
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page};
use crate::secret::mask_url;
use crate::text::{nearest, shortened};

pub(in crate::rules) const MISSING: Rule = CONNECTION
    .rule(
        "tenant-url-missing",
        Severity::Error,
        "The connection has no tenant URL",
        page!("tenant-url-missing"),
        missing,
    )
    .fixed_unsafely();

pub(in crate::rules) const INVALID: Rule = CONNECTION.rule(
    "tenant-url-invalid",
    Severity::Error,
    "Entra cannot reach the tenant URL, or it is not the base URL of the endpoint",
    page!("tenant-url-invalid"),
    invalid,
);

pub(in crate::rules) const MISMATCH: Rule = CONNECTION
    .rule(
        "tenant-url-mismatch",
        Severity::Error,
        "The tenant URL does not match the policy",
        page!("tenant-url-mismatch"),
        mismatch,
    )
    .fixed_unsafely();

pub(in crate::rules) const FLAG: Rule = CONNECTION.rule(
    "tenant-url-flag",
    Severity::Info,
    "The tenant URL contains a flag that changes how Entra behaves",
    page!("tenant-url-flag"),
    flag,
);

const KEY: &str = "BaseAddress";

/// The flag for standard SCIM.
const NAME: &str = "aadOptscim062020";
/// The flag that keeps the behaviour from before it. No other flag is documented.
const OLD: &str = "AzureAdScimPatch2017";
/// A flag that only a screenshot of Microsoft's page shows; the text beside it names [`NAME`].
/// <https://github.com/MicrosoftDocs/azure-docs/issues/73841>
const OF_SCREENSHOT: &str = "AzureAdScimPatch062020";

fn missing(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    if let (None, pointer) = setting(target, KEY)
        && is_set_up(target)
    {
        let found = findings
            .add(
                "connection/tenant-url",
                pointer,
                "The connection has no tenant URL. Entra does not know where to send users and groups",
            )
            .label("no BaseAddress");
        correct(target, found, "Enter the tenant URL from the vendor");
    }
    Ok(())
}

fn invalid(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let (Some(typed), pointer) = setting(target, KEY) else { return Ok(()) };
    if let Some(why) = fault(typed) {
        findings
            .add("connection/tenant-url", pointer, format!("The tenant URL `{}` {why}", shortened(typed)))
            .label("not valid")
            .manual("Enter the base URL of the SCIM endpoint from the vendor", correct_tenant_url());
    }
    Ok(())
}

/// What is wrong with a tenant URL, independent of the vendor.
fn fault(typed: &str) -> Option<&'static str> {
    if typed.trim() != typed || typed.contains(char::is_whitespace) {
        return Some("contains a space, which Entra sends as part of the URL");
    }
    let Ok(url) = Url::parse(typed) else { return Some("is not a valid URL") };
    if url.scheme() != "https" {
        return Some("does not use https, which Entra requires");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some("contains a user name or password, which will appear in every log");
    }
    if url.fragment().is_some() {
        return Some("has a part after #, which is never sent");
    }
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    if host == "localhost" || address.is_ok() {
        return Some("has no host name that Microsoft's cloud can resolve and check a certificate for");
    }
    let last = url.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if ["users", "groups", "serviceproviderconfig", "schemas", "resourcetypes"]
        .contains(&last.to_ascii_lowercase().as_str())
    {
        return Some("ends with the name of a resource. Entra appends /Users itself and finds nothing");
    }
    None
}

fn mismatch(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let (patterns, exact) = (&target.policy.tenant_url, &target.policy.connection.tenant_url);
    if patterns.is_none() && exact.is_none() {
        return Err(NotJudged::skipped("app.tenant-url or connection.tenant-url in the policy"));
    }
    let (Some(typed), pointer) = setting(target, KEY) else { return Ok(()) };
    let patterns = patterns.as_deref().unwrap_or_default();
    let (wanted, who) = match exact {
        Some(exact) if !is_same(exact, typed) => {
            (vec![mask_url(exact)], target.policy.who_says(|policy| &policy.connection.tenant_url))
        }
        _ if patterns.is_empty() || patterns.iter().any(|pattern| matches_pattern(&mask_url(pattern), typed)) => {
            return Ok(());
        }
        _ => (
            patterns.iter().map(|pattern| mask_url(pattern)).collect(),
            target.policy.who_says(|policy| &policy.tenant_url),
        ),
    };
    let wanted: Vec<String> = wanted.iter().map(|one| format!("`{one}`")).collect();
    let found = findings
        .add(
            "connection/tenant-url",
            pointer,
            format!(
                "The tenant URL is `{}`; {who} requires {}. Users and groups are sent to a different endpoint",
                shortened(typed),
                wanted.join(" or ")
            ),
        )
        .label("a different endpoint");
    correct(target, found, "Enter the tenant URL of the app that this connection is for");
    Ok(())
}

/// Whether two tenant URLs lead to the same endpoint: Microsoft's pages show them with and without a slash at the end.
fn is_same(one: &str, other: &str) -> bool {
    let parsed = |typed: &str| {
        let mut url = Url::parse(typed).ok()?;
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Some(url)
    };
    one == other || parsed(one).is_some_and(|one| parsed(other).is_some_and(|other| one == other))
}

/// Ends a finding with the tenant URL of the policy, which `fix` can write, else with the steps to enter one. A URL that holds
/// a credential is never written, and one that held a credential could not be restored.
fn correct(target: &Target<'_>, found: Found<'_>, title: &str) {
    let is_bare = |url: &str| mask_url(url) == url && !url.contains("**");
    let before = setting(target, KEY).0.unwrap_or_default();
    match &target.policy.connection.tenant_url {
        Some(exact) if is_bare(exact) && is_bare(before) => {
            let change = TenantChange::Setting { key: KEY.to_owned(), value: exact.clone() };
            found.in_tenant(format!("Set the tenant URL to {exact}"), correct_tenant_url(), change);
        }
        _ => found.manual(title, correct_tenant_url()),
    }
}

/// A flag in a tenant URL, as it is written there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flag<'u> {
    /// A documented flag, as a parameter of the query.
    Known(&'static str),
    /// A documented flag outside of the query: after `&` without `?`, in the path or after `#`.
    Misplaced(&'static str),
    /// Something else that was meant to be a flag.
    Misspelt {
        /// What stands there.
        written: &'u str,
        /// The flag that was meant.
        meant: &'static str,
    },
}

/// The flag of a tenant URL.
fn flag_of(typed: &str) -> Option<Flag<'_>> {
    let rest = typed.split_once("://").map_or(typed, |(_, rest)| rest);
    let mut in_query = false;
    let mut found = None;
    // The first part is the host.
    let mut start = rest.find(['/', '?', '&', '#'])?;
    while start < rest.len() {
        let separator = rest.as_bytes()[start];
        // A second ? is part of the parameter before it.
        in_query = match separator {
            b'?' => !in_query,
            b'#' => false,
            _ => in_query,
        };
        let end = rest[start + 1..].find(['/', '?', '&', '#']).map_or(rest.len(), |at| start + 1 + at);
        let written = rest[start + 1..end].split('=').next().unwrap_or_default();
        let flag = match [NAME, OLD].into_iter().find(|flag| *flag == written) {
            Some(flag) if in_query => Some(Flag::Known(flag)),
            Some(flag) => Some(Flag::Misplaced(flag)),
            None => meant(written).map(|meant| Flag::Misspelt { written, meant }),
        };
        // One that works decides.
        if !matches!(found, Some(Flag::Known(_))) {
            found = flag.or(found);
        }
        start = end;
    }
    found
}

/// The flag that a word was probably meant to be.
fn meant(written: &str) -> Option<&'static str> {
    let word = written.to_ascii_lowercase();
    if written == OF_SCREENSHOT || word.contains("optscim") || word.contains("scim062020") || word.contains("aadscim") {
        Some(NAME)
    } else if word.contains("scimpatch") {
        Some(OLD)
    } else {
        nearest(written, [NAME, OLD]).filter(|_| word.len() > 8 && word.contains("scim"))
    }
}

/// <https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility>
fn flag(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let (Some(typed), pointer) = setting(target, KEY) else { return Ok(()) };
    let vendor = &target.policy.vendor;
    let found = flag_of(typed);
    let has_flag = found == Some(Flag::Known(NAME));
    let wrong = match found {
        Some(Flag::Misplaced(_)) => {
            Some("it is not in the query: it must follow a `?`, or an `&` after another parameter".to_owned())
        }
        Some(Flag::Misspelt { written, meant }) if written == OF_SCREENSHOT => Some(format!(
            "`{OF_SCREENSHOT}` appears only in a screenshot of Microsoft's documentation, whose text names {meant}"
        )),
        Some(Flag::Misspelt { written, meant }) if written.eq_ignore_ascii_case(meant) => Some(format!(
            "`{written}` is written {meant} in Microsoft's documentation; whether another case works is not documented"
        )),
        Some(Flag::Misspelt { written, meant }) => {
            Some(format!("`{}` is not a flag of Entra; the flag is {meant}", shortened(written)))
        }
        Some(Flag::Known(_)) | None => None,
    };
    let (message, label, remedy, severity) = match (target.policy.scim_flag, found, &wrong) {
        (Some(true), ..) if has_flag => return Ok(()),
        (Some(true), _, wrong) => {
            let wrong = wrong.as_ref().map(|wrong| format!(": {wrong}")).unwrap_or_default();
            (
                format!(
                    "The tenant URL does not have the flag {NAME}, which {vendor} requires{wrong}. Without it, Entra sends changes in a form of its own"
                ),
                "no flag",
                format!("Append ?{NAME} to the tenant URL"),
                Severity::Error,
            )
        }
        (Some(false), ..) if has_flag => (
            format!("The tenant URL has the flag {NAME}, which is forbidden for {vendor}"),
            "a flag",
            format!("Remove ?{NAME} from the tenant URL"),
            Severity::Warning,
        ),
        (_, Some(Flag::Misplaced(meant) | Flag::Misspelt { meant, .. }), Some(wrong)) => (
            format!("The flag in the tenant URL has no documented effect: {wrong}"),
            "not a flag",
            format!("End the tenant URL with ?{meant} if the vendor requires the flag, else remove it"),
            Severity::Warning,
        ),
        (_, Some(Flag::Known(NAME)), _) => (
            format!(
                "The tenant URL has the flag {NAME}. Cycles send standard SCIM, but provisioning on demand ignores the flag"
            ),
            "a flag",
            KEEP.to_owned(),
            Severity::Info,
        ),
        (_, Some(Flag::Known(_)), _) => (
            format!("The tenant URL has the flag {OLD}, which keeps the behaviour from before {NAME}"),
            "a flag",
            KEEP.to_owned(),
            Severity::Info,
        ),
        _ => return Ok(()),
    };
    findings
        .add("connection/tenant-url", pointer, message)
        .label(label)
        .by_default(severity)
        .manual(remedy, correct_tenant_url());
    Ok(())
}

const KEEP: &str = "Keep the flag only if the vendor requires it";

#[cfg(test)]
mod tests {
    use super::{Flag, NAME, OLD, fault, flag_of};

    #[test]
    fn each_part_of_a_url_that_cannot_be_there_is_wrong_by_itself() {
        for (typed, wrong) in [
            ("https://x.example.com/scim", ""),
            ("https://x.example.com/a b", "space"),
            ("https://x.example.com/scim ", "space"),
            ("https://user@x.example.com/scim", "user name"),
            ("https://:pw@x.example.com/scim", "password"),
            ("https://localhost/scim", "host name"),
            ("https://[::1]/scim", "host name"),
        ] {
            let found = fault(typed);
            assert!(
                found.is_some() != wrong.is_empty() && found.unwrap_or_default().contains(wrong),
                "{typed}: {found:?}"
            );
        }
    }

    #[test]
    fn a_flag_is_known_in_its_place_and_in_its_spelling_only() {
        let known = [
            ("https://x.example.com/scim?aadOptscim062020", NAME),
            ("https://x.example.com/scim/?aadOptscim062020", NAME),
            ("https://x.example.com/scim?org=1&aadOptscim062020", NAME),
            ("https://x.example.com/scim?aadOptscim062020=true&org=1", NAME),
            ("https://x.example.com/scim?AzureAdScimPatch2017", OLD),
        ];
        for (typed, flag) in known {
            assert_eq!(flag_of(typed), Some(Flag::Known(flag)), "{typed}");
        }
        for typed in [
            "https://x.example.com/scim&aadOptscim062020",
            "https://x.example.com/scim/aadOptscim062020",
            "https://x.example.com/scim#aadOptscim062020",
            "https://x.example.com/scim?org=1?aadOptscim062020",
        ] {
            assert_eq!(flag_of(typed), Some(Flag::Misplaced(NAME)), "{typed}");
        }
        for (written, meant) in [
            ("AzureAdScimPatch062020", NAME),
            ("aadOptscim62020", NAME),
            ("AADOPTSCIM062020", NAME),
            ("addOptscim062020", NAME),
            ("aadOptscim06202", NAME),
            ("aad0ptscim062020", NAME),
            ("aad0ptscim62020", NAME),
            ("aadScim062020", NAME),
            ("azureadscimpatch2017", OLD),
            ("AzureAdScimPatch", OLD),
        ] {
            for typed in [format!("https://x.example.com/s?{written}"), format!("https://x.example.com/s&{written}")] {
                assert_eq!(flag_of(&typed), Some(Flag::Misspelt { written, meant }), "{typed}");
            }
        }
        for typed in [
            "https://scim.example.com",
            "https://x.example.com/scim/v2?org=scim",
            "https://aadOptscim062020.example.com/scim",
            "https://x.example.com/scimgateway-production?tenant=scim-production",
            "",
        ] {
            assert_eq!(flag_of(typed), None, "{typed}");
        }
    }

    #[test]
    fn urls_that_no_endpoint_can_have_are_found_and_others_pass() {
        for typed in [
            "https://x.example.com/scim ",
            "http://x.example.com/scim",
            "x.example.com",
            "https://user:pw@x.example.com",
            "https://x.example.com/scim#a",
            "https://localhost/scim",
            "https://10.0.0.1/scim",
            "https://[::1]/scim",
            "https://x.example.com/scim/Users",
            "https://x.example.com/scim/v2/ServiceProviderConfig/",
        ] {
            assert!(fault(typed).is_some(), "{typed}");
        }
        for typed in [
            "https://x.example.com",
            "https://x.example.com/scim/",
            "https://x.example.com/scim?aadOptscim062020",
            "https://x.example.com:8443/v2",
        ] {
            assert_eq!(fault(typed), None, "{typed}");
        }
    }
}
