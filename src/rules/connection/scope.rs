use super::{CONNECTION, is_set_up, setting};
use crate::finding::Severity;
use crate::model::TenantChange;
use crate::policy::Scope;
use crate::rules::portal::Step;
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const ALL_USERS: Rule = CONNECTION
    .rule(
        "scope-all-users",
        Severity::Error,
        "Everyone in the tenant is in scope, assigned or not",
        page!("scope-all-users"),
        all_users,
    )
    .fixed_unsafely();

pub(in crate::rules) const UNSET: Rule = CONNECTION
    .rule(
        "scope-unset",
        Severity::Warning,
        "The scope setting is missing: everyone, or only assigned users and groups?",
        page!("scope-unset"),
        unset,
    )
    .fixed_unsafely();

pub(in crate::rules) const DELETION_SKIPPED: Rule = CONNECTION
    .rule(
        "out-of-scope-deletion-skipped",
        Severity::Warning,
        "Users who fall out of scope are not disabled",
        page!("out-of-scope-deletion-skipped"),
        deletion_skipped,
    )
    .fixed_unsafely();

fn all_users(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    // If the policy lets scope filters decide, everyone may be in scope before filtering.
    if target.policy.scope == Some(Scope::Filtered) {
        return Ok(());
    }
    let (value, pointer) = setting(target, "SyncAll");
    if value.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        findings
            .add(
                "connection/scope",
                pointer,
                "The scope is all users and groups. The whole tenant is provisioned, assigned or not",
            )
            .label("everyone")
            .in_tenant(
                "Provision only assigned users and groups, then restart provisioning; without a restart the others stay",
                only_assigned(),
                change("SyncAll", "false"),
            );
    }
    Ok(())
}

fn unset(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let (value, pointer) = setting(target, "SyncAll");
    if value.is_none() && is_set_up(target) {
        let found = findings
            .add(
                "connection/scope",
                pointer,
                "The scope setting (SyncAll) is missing. Microsoft's documentation contradicts itself on whether that means everyone or only assigned users and groups",
            )
            .label("no SyncAll");
        if target.policy.scope == Some(Scope::Filtered) {
            found.manual("Set the scope", portal::on_settings(format!("Set {}", portal::SCOPE)));
        } else {
            let portal = only_assigned();
            found.in_tenant("Provision only assigned users and groups", portal, change("SyncAll", "false"));
        }
    }
    Ok(())
}

fn deletion_skipped(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let (value, pointer) = setting(target, "SkipOutOfScopeDeletions");
    if value.is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1") {
        findings
            .add(
                "connection/scope",
                pointer,
                "SkipOutOfScopeDeletions is on. Users who lose their assignment are not disabled in the app",
            )
            .label("users stay active")
            .in_tenant(
                "Disable users who fall out of scope",
                vec!["Set SkipOutOfScopeDeletions to False with Graph; the portal does not show this setting".into()],
                change("SkipOutOfScopeDeletions", "False"),
            );
    }
    Ok(())
}

fn only_assigned() -> Vec<Step> {
    portal::on_settings(format!("Set {} to {}", portal::SCOPE, portal::ONLY_ASSIGNED))
}

fn change(key: &str, value: &str) -> TenantChange {
    TenantChange::Setting { key: key.to_owned(), value: value.to_owned() }
}
