use super::written;
use crate::expression::Kind;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "switch-on-reference",
        section: Section::Expression,
        severity: Severity::Warning,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "Switch is used on an attribute that refers to another object",
        page: page!("switch-on-reference"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for written in written(target)? {
        let Some(object) = &written.mapping.source else { continue };
        let is_reference = |name: &str| {
            let kind = object.attribute(name).and_then(|definition| definition.kind.as_deref());
            // role-expression checks the roles of a user, which have their own functions.
            name != "appRoleAssignments" && kind.is_some_and(|kind| kind.eq_ignore_ascii_case("Reference"))
        };
        let calls = written.tree.calls().into_iter().filter(|call| call.name == "Switch");
        let attributes =
            calls.flat_map(|call| call.arguments.iter().flatten()).filter_map(|argument| match &argument.kind {
                Kind::Attribute(attribute) => Some((attribute, argument.span.clone())),
                _ => None,
            });
        let found = attributes.filter(|(attribute, _)| is_reference(attribute));
        written.report(found, findings, |(attribute, span), findings| {
                let name = written.row.target;
                findings
                    .add(
                        written.mapping.subject(name),
                        written.pointer(),
                        format!(
                            "In the expression of `{name}`, `Switch` is used on `{attribute}`, which refers to another object. Switch supports only plain values"
                        ),
                    )
                    .label("a reference")
                    .within(span)
                    .manual(
                        format!("Map {attribute} directly"),
                        portal::edit_row(
                            written.mapping,
                            name,
                            format!("Set Mapping type to Direct and Source attribute to {attribute}"),
                        ),
                    );
        });
    }
    Ok(())
}
