use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "group-not-assigned",
        section: Section::Assignment,
        severity: Severity::Error,
        fix: Applicability::Unsafe,
        evidence: &[Evidence::Assignments],
        summary: "A group that the policy names is not assigned to the app",
        page: page!("group-not-assigned"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    if target.policy.groups.is_empty() {
        return Err(NotJudged::skipped("groups in the policy (or --group)"));
    }
    let Some(snapshot) = target.snapshot else { return Ok(()) };
    let same = |a: Option<&str>, b: &str| a.is_some_and(|a| a.eq_ignore_ascii_case(b));
    let assigned: Vec<_> = snapshot
        .app_role_assigned_to
        .iter()
        .flatten()
        .filter(|assignment| same(assignment.principal_type.as_deref(), "Group"))
        .collect();
    for group in &target.policy.groups {
        let by_name =
            |name: &str| assigned.iter().any(|assignment| assignment.principal_display_name.as_deref() == Some(name));
        let there = match (&group.id, &group.name) {
            (Some(id), _) => assigned.iter().any(|assignment| same(assignment.principal_id.as_deref(), id)),
            (None, Some(name)) => by_name(name),
            (None, None) => true,
        };
        if there {
            continue;
        }
        let label = group.label();
        let mut message =
            format!("The group {label} is not assigned to the app, so neither it nor its members are provisioned");
        if group.id.is_some() && group.name.as_deref().is_some_and(by_name) {
            message.push_str("; a group of the same name is, but it has another object id");
        }
        findings
            .add(format!("Group/{label}"), target.pointer.key("appRoleAssignedTo"), message)
            .label(format!("{label} is not here"))
            .manual(
                format!("Assign the group {label} to the app"),
                vec![
                    "Entra admin center: Enterprise applications > your app > Users and groups > Add user/group".into(),
                    format!("Under Groups click None Selected, choose {label}, click Select"),
                    "Click Assign".into(),
                ],
            );
    }
    Ok(())
}
