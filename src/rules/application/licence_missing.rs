use super::SUBJECT;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::SubscribedSku;
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
    if !subscriptions.iter().any(has_premium) {
        findings
            .add(
                SUBJECT,
                target.pointer.key("subscribedSkus"),
                "The tenant has no Microsoft Entra ID P1 or P2: groups cannot be assigned to the app",
            )
            .label("no P1 or P2")
            .manual(
                "Buy Microsoft Entra ID P1 or P2, alone or as part of Microsoft 365",
                vec!["Microsoft 365 admin center: Billing > Purchase services".into()],
            );
    }
    Ok(())
}

/// Whether an active subscription includes P1 or P2. `Warning` is the grace period.
fn has_premium(subscription: &SubscribedSku<'_>) -> bool {
    let status = subscription.capability_status.as_deref();
    let names = || subscription.service_plans.iter().filter_map(|plan| plan.service_plan_name.as_deref());
    matches!(status, Some("Enabled" | "Warning") | None) && names().any(|name| name.starts_with("AAD_PREMIUM"))
}
