use super::SUBJECT;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::{Assignment, Snapshot, SubscribedSku};
use crate::policy::GroupReference;
use crate::rules::{Findings, Judged, Rule, Target, page};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "licence-missing",
        section: Section::Application,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[Evidence::Subscriptions],
        summary: "The tenant has no Entra ID P1 or P2, which assigning groups requires",
        page: page!("licence-missing"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let subscriptions = target.snapshot.and_then(|snapshot| snapshot.subscribed_skus.as_deref()).unwrap_or_default();
    if subscriptions.iter().any(has_premium) {
        return Ok(());
    }
    // Users who are assigned directly need no licence.
    target.has(Evidence::Assignments)?;
    let assigned = target.snapshot.and_then(Snapshot::assignments).unwrap_or_default();
    let groups = assigned.iter().filter(|assignment| assignment.is_group()).count();
    let is_assigned = |wanted: &GroupReference| {
        let (id, name) = (wanted.id.as_deref(), wanted.name.as_deref());
        let is_it = |one: &Assignment<'_, '_>| {
            id.is_some_and(|id| one.has_id(id)) || name.is_some_and(|name| one.is_called(name))
        };
        assigned.iter().any(is_it)
    };
    let (message, severity) = if target.policy.groups.iter().any(|wanted| !is_assigned(wanted)) {
        (
            "The tenant has no Microsoft Entra ID P1 or P2: the groups of the policy cannot be assigned to the app",
            Severity::Error,
        )
    } else if groups > 0 {
        (
            "The tenant has no Microsoft Entra ID P1 or P2, but a group is assigned to the app. What Entra does with its members is not documented; users who are assigned directly are provisioned",
            Severity::Warning,
        )
    } else {
        return Ok(());
    };
    findings
        .add(SUBJECT, target.pointer.key("subscribedSkus"), message)
        .label("no P1 or P2")
        .by_default(severity)
        .manual(
            "Buy Microsoft Entra ID P1 or P2, alone or as part of Microsoft 365, or assign users directly",
            vec!["Microsoft 365 admin center: Billing > Purchase services".into()],
        );
    Ok(())
}

/// Whether an active subscription includes P1 or P2. `Warning` is the grace period.
fn has_premium(subscription: &SubscribedSku<'_>) -> bool {
    let status = subscription.capability_status.as_deref();
    let names = || subscription.service_plans.iter().filter_map(|plan| plan.service_plan_name.as_deref());
    matches!(status, Some("Enabled" | "Warning") | None) && names().any(|name| name.starts_with("AAD_PREMIUM"))
}
