use super::{ASSERTIVE, COMPLEX, PLAIN, SINGLE, calls, is_call_of, outermost, rows};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::portal::Step;
use crate::rules::{Findings, Judged, MappingView, RowView, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "role-target",
        section: Section::Role,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "A function for app roles and its target attribute do not fit together",
        page: page!("role-target"),
    },
    check,
};

/// The target that Microsoft documents for one role.
const PRIMARY: &str = r#"roles[primary eq "True"].value"#;

/// What does not fit, and how to correct it.
struct Misfit {
    message: String,
    label: &'static str,
    remedy: String,
    steps: Vec<Step>,
    severity: Severity,
}

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for (mapping, row) in rows(target)?.into_iter().filter(|(mapping, _)| mapping.is_non_gallery()) {
        let Some(misfit) =
            list_to_one(mapping, row).or_else(|| one_to_list(mapping, row)).or_else(|| role_type(mapping, row))
        else {
            continue;
        };
        findings
            .add(mapping.subject(row.target), row.pointer().key("targetAttributeName"), misfit.message)
            .label(misfit.label)
            .at_most(misfit.severity)
            .manual(misfit.remedy, misfit.steps);
    }
    Ok(())
}

/// Every role, written to an attribute that takes one.
fn list_to_one(mapping: &MappingView<'_>, row: &RowView<'_>) -> Option<Misfit> {
    let call = outermost(row)?;
    if !is_call_of(call, &[COMPLEX, ASSERTIVE, PLAIN]) {
        return None;
    }
    let (name, target) = (&call.name, row.target);
    let add = "Add the attribute roles: type String, Multi-Value ticked, not required";
    let misfit = |problem: String, label: &'static str, remedy: String, steps: Vec<Step>| {
        let message = format!("`{target}` is mapped from {name}, which returns every role of a user, but {problem}");
        Some(Misfit { message, label, remedy, steps, severity: Severity::Error })
    };
    if is_part_of_a_value(target) {
        let remedy = if is_call_of(call, &[PLAIN]) {
            format!(
                "Map {ASSERTIVE}([appRoleAssignments]) to a multi-valued attribute roles, or use {SINGLE} for one role"
            )
        } else {
            format!("Map the expression to a multi-valued attribute roles, or use {SINGLE} for one role")
        };
        let mut steps = portal::attribute_list(mapping, format!("{add}, if it is not in the list"));
        steps.push(portal::in_row(target, "set Target attribute to roles").into());
        return misfit("this attribute is one value of one role".into(), "takes one role", remedy, steps);
    }
    let definition = row.definition?;
    if definition.multivalued == Some(false) {
        return misfit(
            "the attribute list says that this attribute has one value. The app receives a text instead of a list of roles"
                .into(),
            "not multi-valued in the attribute list",
            format!("Make {target} multi-valued in the attribute list"),
            portal::attribute_list(mapping, format!("For {target}, tick Multi-Value")),
        );
    }
    let kind = definition.kind.as_deref().filter(|kind| !kind.eq_ignore_ascii_case("String"))?;
    misfit(
        format!("the attribute list gives this attribute the type {kind} instead of String"),
        "not a String in the attribute list",
        format!("Set the type of {target} to String in the attribute list"),
        portal::attribute_list(mapping, format!("Set the type of {target} to String")),
    )
}

/// One role, written to a list of roles.
fn one_to_list(mapping: &MappingView<'_>, row: &RowView<'_>) -> Option<Misfit> {
    let target = row.target;
    let is_list = row.definition.and_then(|definition| definition.multivalued) == Some(true);
    if !is_list || is_part_of_a_value(target) || !calls(row, SINGLE) {
        return None;
    }
    let remedy = format!("Map it to {PRIMARY}, or send every role with {ASSERTIVE}([appRoleAssignments])");
    Some(Misfit {
        message: format!(
            "`{target}` is mapped from {SINGLE}, which returns the name of one role, but the attribute is multi-valued. Microsoft documents `{PRIMARY}` as the target for one role"
        ),
        label: "a list of roles",
        steps: portal::edit_row(mapping, target, format!("Set Target attribute to {PRIMARY}")),
        remedy,
        severity: Severity::Warning,
    })
}

/// A role that is sent only as the type of a role, which Entra overwrites:
/// <https://github.com/MicrosoftDocs/entra-docs/issues/391>.
fn role_type(mapping: &MappingView<'_>, row: &RowView<'_>) -> Option<Misfit> {
    let before = row.target.strip_suffix(".type")?;
    if !before.starts_with("roles[") || !calls(row, SINGLE) {
        return None;
    }
    let is_sent_too = |part: &str| mapping.rows.iter().any(|other| other.target == format!("{before}.{part}"));
    if is_sent_too("value") || is_sent_too("display") {
        return None;
    }
    let value = format!("{before}.value");
    Some(Misfit {
        message: format!(
            "`{}` is the only attribute that is mapped from {SINGLE}, but Entra always sends WindowsAzureActiveDirectoryRole as the type of a role. The app does not receive the role",
            row.target
        ),
        label: "Entra overwrites the type",
        steps: portal::edit_row(mapping, row.target, format!("Set Target attribute to {value}")),
        remedy: format!("Map the expression to {value}"),
        severity: Severity::Warning,
    })
}

/// Whether a target names a part of one value: `roles[primary eq "True"].value`, `roles.value`.
fn is_part_of_a_value(target: &str) -> bool {
    let own = target.rsplit_once(":2.0:User:").map_or(target, |(_, own)| own);
    own.contains('[') || (own.contains('.') && !own.starts_with("urn:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dots_of_a_urn_name_no_part_of_a_value() {
        for (target, is_part) in [
            ("roles", false),
            ("roles.value", true),
            ("roles[primary eq \"True\"].value", true),
            ("urn:ietf:params:scim:schemas:extension:x:2.0:User:roles.value", true),
            ("urn:ietf:params:scim:schemas:extension:x:2.0:User:roles", false),
            ("urn:example:roles:1.0:roles", false),
        ] {
            assert_eq!(is_part_of_a_value(target), is_part, "{target}");
        }
    }
}
