use url::Url;

use super::{CONNECTION, is_set_up, setting, steps};
use crate::finding::Severity;
use crate::policy::matches_pattern;
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page};
use crate::text::shortened;

pub(in crate::rules) const MISSING: Rule = CONNECTION.rule(
    "tenant-url-missing",
    Severity::Error,
    "The connection has no tenant URL",
    page!("tenant-url-missing"),
    missing,
);

pub(in crate::rules) const INVALID: Rule = CONNECTION.rule(
    "tenant-url-invalid",
    Severity::Error,
    "The tenant URL can't be reached by Entra, or isn't the endpoint's base",
    page!("tenant-url-invalid"),
    invalid,
);

pub(in crate::rules) const MISMATCH: Rule = CONNECTION.rule(
    "tenant-url-mismatch",
    Severity::Error,
    "The tenant URL leads elsewhere than the policy says",
    page!("tenant-url-mismatch"),
    mismatch,
);

pub(in crate::rules) const FLAG: Rule = CONNECTION.rule(
    "tenant-url-flag",
    Severity::Info,
    "The tenant URL turns on another behaviour of Entra",
    page!("tenant-url-flag"),
    flag,
);

const KEY: &str = "BaseAddress";

/// The flag for standard SCIM.
const NAME: &str = "aadOptscim062020";

fn missing(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    if let (None, pointer) = setting(target, KEY)
        && is_set_up(target)
    {
        findings
            .add(
                "connection/tenant-url",
                pointer,
                "The connection has no tenant URL, so Entra doesn't know whom to ask",
            )
            .label("no BaseAddress")
            .manual("Enter the tenant URL that the vendor gives", steps("Enter the Tenant URL"));
    }
    Ok(())
}

fn invalid(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let (Some(typed), pointer) = setting(target, KEY) else { return Ok(()) };
    if let Some(why) = fault(typed) {
        findings
            .add("connection/tenant-url", pointer, format!("The tenant URL `{}` {why}", shortened(typed)))
            .label("not what it should be")
            .manual("Enter the base of the SCIM endpoint, as the vendor gives it", steps("Correct the Tenant URL"));
    }
    Ok(())
}

/// What is wrong with a tenant URL whatever the vendor.
fn fault(typed: &str) -> Option<&'static str> {
    if typed.trim() != typed || typed.contains(char::is_whitespace) {
        return Some("has a blank in it, which is sent along");
    }
    let Ok(url) = Url::parse(typed) else { return Some("is no URL") };
    if url.scheme() != "https" {
        return Some("is not https, which Entra requires");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some("holds a user name or password, which every log repeats");
    }
    if url.fragment().is_some() {
        return Some("has a part behind #, which is never sent");
    }
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    if host == "localhost" || address.is_ok() {
        return Some("names no host by which Microsoft's cloud can find it and whose certificate it can check");
    }
    let last = url.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if ["users", "groups", "serviceproviderconfig", "schemas", "resourcetypes"]
        .contains(&last.to_ascii_lowercase().as_str())
    {
        return Some("leads to one resource; Entra adds /Users itself and finds nothing");
    }
    None
}

fn mismatch(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let Some(patterns) = &target.policy.tenant_url else {
        return Err(NotJudged::skipped("app.tenant-url in the policy"));
    };
    let (Some(typed), pointer) = setting(target, KEY) else { return Ok(()) };
    if !patterns.iter().any(|pattern| matches_pattern(pattern, typed)) {
        let wanted: Vec<String> = patterns.iter().map(|pattern| format!("`{pattern}`")).collect();
        findings
            .add(
                "connection/tenant-url",
                pointer,
                format!(
                    "The tenant URL is `{}`, and the policy says {}: people go to another place",
                    shortened(typed),
                    wanted.join(" or ")
                ),
            )
            .label("another place")
            .manual("Enter the tenant URL that the policy says", steps("Correct the Tenant URL"));
    }
    Ok(())
}

/// <https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility>
fn flag(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let (Some(typed), pointer) = setting(target, KEY) else { return Ok(()) };
    let lower = typed.to_ascii_lowercase();
    let vendor = &target.policy.vendor;
    let there = typed.contains(NAME);
    let against = match target.policy.scim_flag {
        Some(true) if there => return Ok(()),
        Some(true) => Some((
            format!(
                "The tenant URL lacks the flag {NAME}, which {vendor} requires: without it Entra sends changes in a form of its own"
            ),
            format!("Put ?{NAME} behind the tenant URL"),
            Severity::Error,
        )),
        Some(false) if there => Some((
            format!("The tenant URL has the flag {NAME}, which {vendor} must not get"),
            format!("Take ?{NAME} out of the tenant URL"),
            Severity::Warning,
        )),
        Some(false) | None => None,
    };
    if let Some((message, remedy, severity)) = against {
        findings
            .add("connection/tenant-url", pointer, message)
            .label(if there { "a flag" } else { "no flag" })
            .by_default(severity)
            .manual(remedy, steps("Correct the Tenant URL"));
        return Ok(());
    }
    let message = if there {
        "The tenant URL has the flag aadOptscim062020: cycles send standard SCIM, and provisioning on demand doesn't heed it"
    } else if lower.contains("aadoptscim") {
        "The tenant URL has something like the flag aadOptscim062020, but not spelt so: it does nothing"
    } else if lower.contains("azureadscimpatch") {
        "The tenant URL has the flag AzureAdScimPatch2017, which brings back behaviour from before 2018"
    } else {
        return Ok(());
    };
    findings
        .add("connection/tenant-url", pointer, message)
        .label("a flag")
        .manual("Keep the flag only if the vendor asks for it", steps("Correct the Tenant URL"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn what_no_endpoint_can_have_is_told_and_the_rest_is_left_alone() {
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
