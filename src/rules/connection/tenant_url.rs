use url::Url;

use super::{CONNECTION, is_set_up, on_connectivity, setting};
use crate::finding::Severity;
use crate::policy::matches_pattern;
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page};
use crate::secret::mask_url;
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
    "Entra cannot reach the tenant URL, or it is not the base URL of the endpoint",
    page!("tenant-url-invalid"),
    invalid,
);

pub(in crate::rules) const MISMATCH: Rule = CONNECTION.rule(
    "tenant-url-mismatch",
    Severity::Error,
    "The tenant URL does not match the policy",
    page!("tenant-url-mismatch"),
    mismatch,
);

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

fn missing(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    if let (None, pointer) = setting(target, KEY)
        && is_set_up(target)
    {
        findings
            .add(
                "connection/tenant-url",
                pointer,
                "The connection has no tenant URL. Entra does not know where to send users and groups",
            )
            .label("no BaseAddress")
            .manual("Enter the tenant URL from the vendor", on_connectivity("Enter the Tenant URL"));
    }
    Ok(())
}

fn invalid(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let (Some(typed), pointer) = setting(target, KEY) else { return Ok(()) };
    if let Some(why) = fault(typed) {
        findings
            .add("connection/tenant-url", pointer, format!("The tenant URL `{}` {why}", shortened(typed)))
            .label("not valid")
            .manual(
                "Enter the base URL of the SCIM endpoint from the vendor",
                on_connectivity("Correct the Tenant URL"),
            );
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
    let Some(patterns) = &target.policy.tenant_url else {
        return Err(NotJudged::skipped("app.tenant-url in the policy"));
    };
    let (Some(typed), pointer) = setting(target, KEY) else { return Ok(()) };
    if !patterns.iter().any(|pattern| matches_pattern(&mask_url(pattern), typed)) {
        let wanted: Vec<String> = patterns.iter().map(|pattern| format!("`{}`", mask_url(pattern))).collect();
        findings
            .add(
                "connection/tenant-url",
                pointer,
                format!(
                    "The tenant URL is `{}`; the policy requires {}. Users and groups are sent to a different endpoint",
                    shortened(typed),
                    wanted.join(" or ")
                ),
            )
            .label("a different endpoint")
            .manual("Enter the tenant URL that the policy requires", on_connectivity("Correct the Tenant URL"));
    }
    Ok(())
}

/// <https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility>
fn flag(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let (Some(typed), pointer) = setting(target, KEY) else { return Ok(()) };
    let lower = typed.to_ascii_lowercase();
    let vendor = &target.policy.vendor;
    let has_flag = typed.contains(NAME);
    let mismatch = match target.policy.scim_flag {
        Some(true) if has_flag => return Ok(()),
        Some(true) => Some((
            format!(
                "The tenant URL does not have the flag {NAME}, which {vendor} requires. Without it, Entra sends changes in a form of its own"
            ),
            format!("Append ?{NAME} to the tenant URL"),
            Severity::Error,
        )),
        Some(false) if has_flag => Some((
            format!("The tenant URL has the flag {NAME}, which is forbidden for {vendor}"),
            format!("Remove ?{NAME} from the tenant URL"),
            Severity::Warning,
        )),
        Some(false) | None => None,
    };
    if let Some((message, remedy, severity)) = mismatch {
        findings
            .add("connection/tenant-url", pointer, message)
            .label(if has_flag { "a flag" } else { "no flag" })
            .by_default(severity)
            .manual(remedy, on_connectivity("Correct the Tenant URL"));
        return Ok(());
    }
    let message = if has_flag {
        "The tenant URL has the flag aadOptscim062020. Cycles send standard SCIM, but provisioning on demand ignores the flag"
    } else if lower.contains("aadoptscim") {
        "The tenant URL has a flag similar to aadOptscim062020, but spelt differently. It has no effect"
    } else if lower.contains("azureadscimpatch") {
        "The tenant URL has the flag AzureAdScimPatch2017, which restores behaviour from before 2018"
    } else {
        return Ok(());
    };
    findings
        .add("connection/tenant-url", pointer, message)
        .label("a flag")
        .manual("Keep the flag only if the vendor requires it", on_connectivity("Correct the Tenant URL"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::fault;

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
