use serde_json::json;

use crate::document::Change;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::ObjectKind;
use crate::rules::feed_change::Feed;
use crate::rules::{Findings, Judged, MappingView, NotJudged, RowView, Rule, Target, page, portal};

pub(in crate::rules) const WEAK: Rule = Rule {
    metadata: Metadata {
        id: "weak-matching-attribute",
        section: Section::Matching,
        severity: Severity::Warning,
        fix: Applicability::Unsafe,
        evidence: &[Evidence::Schema],
        summary: "Objects are joined by an attribute that is not unique or changes",
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
        summary: "A matching attribute is made of several source attributes, which Entra refuses",
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
        summary: "Objects are joined by an attribute that the endpoint can't be searched by",
        page: page!("unfilterable-matching"),
    },
    check: unfilterable,
};

/// Attributes of a user that several people may share or that change with a marriage, a move or a promotion.
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

/// Functions that give another value each time.
const CHANGING: [&str; 4] = ["SelectUniqueValue", "Guid", "RandomString", "Now"];

/// More matching attributes than this are seldom meant.
const MANY: usize = 2;

fn matching<'m, 'a>(mapping: &'m MappingView<'a>) -> impl Iterator<Item = &'m RowView<'a>> + use<'m, 'a> {
    mapping.rows.iter().filter(|row| row.row.is_matching())
}

/// Whether the policy itself asks for objects to be joined by this row.
fn wanted(target: &Target<'_>, mapping: &MappingView<'_>, row: &RowView<'_>) -> bool {
    mapping
        .kind
        .and_then(|kind| target.policy.requirements(kind).row(row.target))
        .is_some_and(|row| row.precedence.is_some_and(|precedence| precedence > 0))
}

/// Whether objects can be joined by a row at all: it has one source, which tells them apart, and the app can be searched
/// by it.
pub(super) fn can_match(target: &Target<'_>, mapping: &MappingView<'_>, row: &RowView<'_>) -> bool {
    row.feed.attributes().len() == 1
        && !is_changing(&row.feed)
        && filterable(target, mapping).is_none_or(|names| holds(names, row))
}

/// Whether something gives another value each time.
fn is_changing(feed: &Feed<'_>) -> bool {
    let Feed::Expression(_, Ok(tree)) = feed else { return false };
    tree.calls().iter().any(|call| CHANGING.contains(&&*call.name))
}

/// The attributes that the app can be searched by, where the policy says so.
fn filterable<'t>(target: &'t Target<'_>, mapping: &MappingView<'_>) -> Option<&'t Vec<String>> {
    mapping.kind.and_then(|kind| target.policy.requirements(kind).filterable.as_ref())
}

/// Whether a row writes one of some attributes.
fn holds(names: &[String], row: &RowView<'_>) -> bool {
    names.iter().any(|name| name.eq_ignore_ascii_case(row.target))
}

/// Whether the policy leaves it open how users are joined, and a row does it by what several may share.
fn is_weak(target: &Target<'_>, mapping: &MappingView<'_>, row: &RowView<'_>) -> bool {
    let is_shared = |name: &str| SHARED.contains(&name);
    !wanted(target, mapping, row) && matches!(&row.feed, Feed::Attribute(name) if is_shared(name))
}

fn weak(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.active_mappings()?.filter(|mapping| mapping.kind == Some(ObjectKind::User)) {
        for row in matching(mapping).filter(|row| is_weak(target, mapping, row)) {
            let Feed::Attribute(name) = &row.feed else { continue };
            let message = format!(
                "Users are matched by `{}`, which is fed from `{name}`: two people may share it, and whoever changes it becomes somebody else at the target",
                row.target
            );
            let pointer = row.pointer().key("matchingPriority");
            let is_good = |other: &RowView<'_>| can_match(target, mapping, other) && !is_weak(target, mapping, other);
            let others = matching(mapping).any(is_good);
            let changes =
                if others { vec![Change::Set { pointer: pointer.clone(), value: json!(0) }] } else { Vec::new() };
            findings.add(mapping.subject(row.target), pointer, message).label(format!("matches by {name}")).fix(
                Applicability::Unsafe,
                "Match users by an attribute fed from userPrincipalName or objectId",
                portal::edit_row(
                    mapping,
                    row.target,
                    "Set Match objects using this attribute to No, and to Yes in a row with a unique source",
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
                        "Users are matched by {} attributes, {}: each more is another way to match the wrong person",
                        rows.len(),
                        names.join(", ")
                    ),
                )
                .label("many matching attributes")
                .at_most(Severity::Info)
                .manual(
                    "Match by one or two attributes",
                    portal::on_mapping(mapping, "Set Match objects using this attribute to No where it isn't needed"),
                );
        }
    }
    Ok(())
}

fn multi_source(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.active_mappings()? {
        for row in matching(mapping) {
            let feed = &row.feed;
            let names = feed.attributes();
            if names.len() < 2 {
                continue;
            }
            let message = format!(
                "`{}` matches objects by {feed}, which reads {}: Entra refuses more than one source for a matching attribute (SchemaInvalid)",
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
            let feed = &row.feed;
            let why = match feed {
                Feed::Constant(_) | Feed::Nothing => {
                    "which is the same for everyone: all of them are matched with one object"
                }
                feed if is_changing(feed) => "which gives another value each time: nobody is ever found again",
                Feed::Expression(_, Ok(tree)) if tree.attributes().is_empty() => {
                    "which is the same for everyone: all of them are matched with one object"
                }
                _ => continue,
            };
            findings
                .add(
                    mapping.subject(row.target),
                    row.pointer().key("source"),
                    format!("`{}` matches objects by {feed}, {why}", row.target),
                )
                .label("can't tell anyone apart")
                .manual(
                    "Match by an attribute that is unique",
                    portal::edit_row(
                        mapping,
                        row.target,
                        "Set Match objects using this attribute to No, and to Yes in a row with a unique source",
                    ),
                );
        }
    }
    Ok(())
}

fn unfilterable(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let mut stated = false;
    for mapping in target.active_mappings()? {
        let Some(filterable) = filterable(target, mapping) else { continue };
        stated = true;
        for row in matching(mapping) {
            if holds(filterable, row) {
                continue;
            }
            let message = format!(
                "{} is matched by `{}`, but {} can be searched only by {}: nobody is found, and all are created again",
                mapping.name,
                row.target,
                target.policy.vendor,
                filterable.join(", ")
            );
            findings
                .add(mapping.subject(row.target), row.pointer().key("matchingPriority"), message)
                .label("can't be searched by")
                .manual(
                    format!("Match by {}", filterable.join(" or ")),
                    portal::edit_row(
                        mapping,
                        row.target,
                        "Set Match objects using this attribute to No, and to Yes in the right row",
                    ),
                );
        }
    }
    if stated { Ok(()) } else { Err(NotJudged::skipped("a list of filterable attributes in the profile or policy")) }
}
