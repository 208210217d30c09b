use serde_json::json;

use crate::document::Change;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::ObjectKind;
use crate::rules::source_change::RowSource;
use crate::rules::{Findings, Judged, MappingView, NotJudged, RowView, Rule, Target, page, portal};

pub(in crate::rules) const WEAK: Rule = Rule {
    metadata: Metadata {
        id: "weak-matching-attribute",
        section: Section::Matching,
        severity: Severity::Warning,
        fix: Applicability::Unsafe,
        evidence: &[Evidence::Schema],
        summary: "Users are matched by an attribute that is not unique or may change",
        page: page!("weak-matching-attribute"),
    },
    check: weak,
};

pub(in crate::rules) const MULTI_SOURCE: Rule = Rule {
    metadata: Metadata {
        id: "multi-source-matching",
        section: Section::Matching,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "A matching attribute reads several source attributes, which Entra rejects",
        page: page!("multi-source-matching"),
    },
    check: multi_source,
};

pub(in crate::rules) const CONSTANT: Rule = Rule {
    metadata: Metadata {
        id: "constant-matching",
        section: Section::Matching,
        severity: Severity::Warning,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "A matching attribute has the same value for everyone",
        page: page!("constant-matching"),
    },
    check: constant,
};

pub(in crate::rules) const UNFILTERABLE: Rule = Rule {
    metadata: Metadata {
        id: "unfilterable-matching",
        section: Section::Matching,
        severity: Severity::Warning,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "Objects are matched by an attribute that the app cannot search by",
        page: page!("unfilterable-matching"),
    },
    check: unfilterable,
};

/// User attributes that several people may share, or that change with a marriage, a move or a promotion.
const SHARED: [&str; 18] = [
    "displayName",
    "mailNickname",
    "jobTitle",
    "givenName",
    "surname",
    "department",
    "companyName",
    "physicalDeliveryOfficeName",
    "streetAddress",
    "city",
    "state",
    "postalCode",
    "country",
    "telephoneNumber",
    "mobile",
    "facsimileTelephoneNumber",
    "preferredLanguage",
    "manager",
];

/// Functions that return a different value each time.
const CHANGING: [&str; 4] = ["SelectUniqueValue", "Guid", "RandomString", "Now"];

/// More matching attributes than this are rarely intended.
const MANY: usize = 2;

fn matching<'m, 'a>(mapping: &'m MappingView<'a>) -> impl Iterator<Item = &'m RowView<'a>> + use<'m, 'a> {
    mapping.rows.iter().filter(|row| row.row.is_matching())
}

/// Whether the policy requires this row as a matching attribute.
fn wanted(target: &Target<'_>, mapping: &MappingView<'_>, row: &RowView<'_>) -> bool {
    mapping
        .kind
        .and_then(|kind| target.policy.requirements(kind).row(row.target))
        .is_some_and(|row| row.precedence.is_some_and(|precedence| precedence > 0))
}

/// Whether objects can be matched by a row: it has a single source that differs between objects and stays the same, and the
/// app can be searched by it.
pub(super) fn can_match(target: &Target<'_>, mapping: &MappingView<'_>, row: &RowView<'_>) -> bool {
    row.source.attributes().len() == 1
        && !is_changing(&row.source)
        && filterable(target, mapping).is_none_or(|names| writes_one_of(names, row))
}

/// Whether a source returns a different value each time.
fn is_changing(row_source: &RowSource<'_>) -> bool {
    let RowSource::Expression(_, Ok(tree)) = row_source else { return false };
    tree.calls().iter().any(|call| CHANGING.contains(&&*call.name))
}

/// The attributes that the app can be searched by, if the policy lists them.
fn filterable<'t>(target: &'t Target<'_>, mapping: &MappingView<'_>) -> Option<&'t Vec<String>> {
    mapping.kind.and_then(|kind| target.policy.requirements(kind).filterable.as_ref())
}

/// Whether a row writes one of these attributes.
fn writes_one_of(names: &[String], row: &RowView<'_>) -> bool {
    names.iter().any(|name| name.eq_ignore_ascii_case(row.target))
}

/// Whether a row matches users by an attribute that several may share, although the policy does not require it.
fn is_weak(target: &Target<'_>, mapping: &MappingView<'_>, row: &RowView<'_>) -> bool {
    let is_shared = |name: &str| SHARED.contains(&name);
    !wanted(target, mapping, row) && matches!(&row.source, RowSource::Attribute(name) if is_shared(name))
}

fn weak(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.active_mappings()?.filter(|mapping| mapping.kind == Some(ObjectKind::User)) {
        for row in matching(mapping).filter(|row| is_weak(target, mapping, row)) {
            let RowSource::Attribute(name) = &row.source else { continue };
            let message = format!(
                "Users are matched by `{}`, which is mapped from `{name}`. Two people may share this value, and a user whose value changes is matched with another account or created again",
                row.target
            );
            let pointer = row.pointer().key("matchingPriority");
            let is_good = |other: &RowView<'_>| can_match(target, mapping, other) && !is_weak(target, mapping, other);
            let others = matching(mapping).any(is_good);
            let changes =
                if others { vec![Change::Set { pointer: pointer.clone(), value: json!(0) }] } else { Vec::new() };
            findings.add(mapping.subject(row.target), pointer, message).label(format!("matched by {name}")).fix(
                "Match users by an attribute mapped from userPrincipalName or objectId",
                portal::edit_row(
                    mapping,
                    row.target,
                    "Set Match objects using this attribute to No. In a row with a unique source, set it to Yes",
                ),
                changes,
            );
        }
        let rows: Vec<&RowView<'_>> = matching(mapping).collect();
        if rows.len() > MANY && !rows.iter().any(|row| wanted(target, mapping, row)) {
            let names: Vec<&str> = rows.iter().map(|row| row.target).collect();
            findings
                .add(
                    mapping.name.clone(),
                    mapping.pointer.key("attributeMappings"),
                    format!(
                        "Users are matched by {} attributes: {}. Each additional attribute may match the wrong user",
                        rows.len(),
                        names.join(", ")
                    ),
                )
                .label("too many matching attributes")
                .at_most(Severity::Info)
                .manual(
                    "Match by one or two attributes",
                    portal::on_mapping(
                        mapping,
                        "In each row that is not needed for matching, set Match objects using this attribute to No",
                    ),
                );
        }
    }
    Ok(())
}

fn multi_source(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.active_mappings()? {
        for row in matching(mapping) {
            let row_source = &row.source;
            let names = row_source.attributes();
            if names.len() < 2 {
                continue;
            }
            let message = format!(
                "`{}` matches objects by {row_source}, which reads {}. Entra rejects a matching attribute with more than one source (SchemaInvalid)",
                row.target,
                names.join(" and ")
            );
            findings
                .add(mapping.subject(row.target), row.pointer().key("source"), message)
                .label(format!("reads {} attributes", names.len()))
                .manual(
                    "Match by an attribute with a single source",
                    portal::edit_row(mapping, row.target, "Choose a single source attribute, or match by another row"),
                );
        }
    }
    Ok(())
}

fn constant(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.active_mappings()? {
        for row in matching(mapping) {
            let row_source = &row.source;
            let why = match row_source {
                RowSource::Constant(_) | RowSource::Nothing => {
                    "which is the same for everyone. All of them are matched with the same object in the app"
                }
                row_source if is_changing(row_source) => {
                    "which is different each time. Existing objects in the app are never found again"
                }
                RowSource::Expression(_, Ok(tree)) if tree.attributes().is_empty() => {
                    "which is the same for everyone. All of them are matched with the same object in the app"
                }
                _ => continue,
            };
            findings
                .add(
                    mapping.subject(row.target),
                    row.pointer().key("source"),
                    format!("`{}` matches objects by {row_source}, {why}", row.target),
                )
                .label("cannot identify an object")
                .manual(
                    "Match by an attribute that is unique",
                    portal::edit_row(
                        mapping,
                        row.target,
                        "Set Match objects using this attribute to No. In a row with a unique source, set it to Yes",
                    ),
                );
        }
    }
    Ok(())
}

fn unfilterable(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let mut is_listed = false;
    for mapping in target.active_mappings()? {
        let Some(filterable) = filterable(target, mapping) else { continue };
        is_listed = true;
        for row in matching(mapping) {
            if writes_one_of(filterable, row) {
                continue;
            }
            let message = format!(
                "The {} mapping matches by `{}`, but {} can be searched only by {}. Existing objects are not found and are created again",
                mapping.name,
                row.target,
                target.policy.vendor,
                filterable.join(", ")
            );
            findings
                .add(mapping.subject(row.target), row.pointer().key("matchingPriority"), message)
                .label("the app cannot search by this")
                .manual(
                    format!("Match by {}", filterable.join(" or ")),
                    portal::edit_row(
                        mapping,
                        row.target,
                        format!(
                            "Set Match objects using this attribute to No. In the row for {}, set it to Yes",
                            filterable.join(" or ")
                        ),
                    ),
                );
        }
    }
    if is_listed { Ok(()) } else { Err(NotJudged::skipped("a list of filterable attributes in the profile or policy")) }
}
