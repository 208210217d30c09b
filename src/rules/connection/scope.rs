use super::{CONNECTION, is_set_up, setting, steps};
use crate::finding::Severity;
use crate::model::TenantChange;
use crate::policy::Scope;
use crate::rules::{Findings, Judged, Rule, Target, page};

pub(in crate::rules) const ALL_USERS: Rule = CONNECTION
    .rule(
        "scope-all-users",
        Severity::Error,
        "Everybody in the tenant is in scope, assigned or not",
        page!("scope-all-users"),
        all_users,
    )
    .fixed_unsafely();

pub(in crate::rules) const UNSET: Rule = CONNECTION
    .rule(
        "scope-unset",
        Severity::Warning,
        "Nothing says whether everybody or only who is assigned is in scope",
        page!("scope-unset"),
        unset,
    )
    .fixed_unsafely();

pub(in crate::rules) const DELETION_SKIPPED: Rule = CONNECTION
    .rule(
        "out-of-scope-deletion-skipped",
        Severity::Warning,
        "Who falls out of scope is not switched off",
        page!("out-of-scope-deletion-skipped"),
        deletion_skipped,
    )
    .fixed_unsafely();

fn all_users(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    // Where scope filters are meant to decide, they may decide over everybody.
    if target.policy.scope == Some(Scope::Filtered) {
        return Ok(());
    }
    let (value, pointer) = setting(target, "SyncAll");
    if value.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        findings
            .add(
                "connection/scope",
                pointer,
                "The scope is all users and groups: the whole tenant is provisioned, assigned or not",
            )
            .label("everybody")
            .in_tenant(
                "Provision only who is assigned, then restart provisioning: without that the others stay",
                steps("Under Settings set Scope to Sync only assigned users and groups"),
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
                "Nothing says who is in scope: whether that means everybody or only who is assigned is not documented alike everywhere",
            )
            .label("no SyncAll");
        if target.policy.scope == Some(Scope::Filtered) {
            found.manual("Set the scope", steps("Under Settings set Scope"));
        } else {
            let portal = steps("Under Settings set Scope to Sync only assigned users and groups");
            found.in_tenant("Provision only who is assigned", portal, change("SyncAll", "false"));
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
                "Who loses the assignment is not switched off at the target (SkipOutOfScopeDeletions)",
            )
            .label("nobody is switched off")
            .in_tenant(
                "Let Entra switch off who falls out of scope",
                vec!["Set SkipOutOfScopeDeletions to False with Graph; the portal doesn't show it".into()],
                change("SkipOutOfScopeDeletions", "False"),
            );
    }
    Ok(())
}

fn change(key: &str, value: &str) -> TenantChange {
    TenantChange::Setting { key: key.to_owned(), value: value.to_owned() }
}
