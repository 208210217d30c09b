use super::assigned;
use super::expected::{Expected, candidates};
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
    let assigned: Vec<_> = assigned(target).into_iter().filter(|assigned| assigned.is_a("Group")).collect();
    for group in &target.policy.groups {
        let Some(expected) = Expected::of(target, group) else { continue };
        let label = group.label();
        let there = assigned.iter().any(|assigned| expected.is(assigned));
        let (message, mark, title, portal) = match expected {
            Expected::Ambiguous(several) => (
                format!("{} groups are called {label}: {}", several.len(), candidates(several)),
                format!("which {label}?"),
                format!("Name {label} by its object id in the policy"),
                vec![BY_ID.to_owned()],
            ),
            _ if there => continue,
            Expected::Missing(alike) => {
                let alike = if alike.is_empty() { String::new() } else { format!("; there are {}", candidates(alike)) };
                (
                    format!("The tenant has no group {label}{alike}"),
                    format!("{label} is not here"),
                    format!("Correct the name {label} in the policy, or create the group and assign it"),
                    vec![BY_ID.to_owned()],
                )
            }
            Expected::Id(_) | Expected::Name(_) => {
                let twin = assigned.iter().any(|assigned| group.name.as_deref() == Some(assigned.name()));
                let twin = if twin { "; a group of the same name is, but it has another object id" } else { "" };
                (
                    format!(
                        "The group {label} is not assigned to the app, so neither it nor its members are \
                         provisioned{twin}"
                    ),
                    format!("{label} is not here"),
                    format!("Assign the group {label} to the app"),
                    vec![
                        "Entra admin center: Enterprise applications > your app > Users and groups > Add user/group"
                            .into(),
                        format!("Under Groups click None Selected, choose {label}, click Select"),
                        "Click Assign".into(),
                    ],
                )
            }
        };
        findings
            .add(format!("Group/{label}"), target.pointer.key("appRoleAssignedTo"), message)
            .label(mark)
            .manual(title, portal);
    }
    Ok(())
}

const BY_ID: &str = "Entra admin center: Groups > All groups: the object id stands beside each name";
