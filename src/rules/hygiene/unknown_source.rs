use std::ops::Range;

use foldhash::{HashSet, HashSetExt};

use super::unsupported_source;
use crate::document::Pointer;
use crate::expression::parse;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::expression::first_in_expression;
use crate::rules::source_change::{RowSource, map_directly, rewrite};
use crate::rules::suggestion::Suggestions;
use crate::rules::{Findings, Judged, ObjectView, RowView, Rule, Target, page, portal};
use crate::text::{look_alikes, without_look_alikes};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "unknown-source",
        section: Section::Hygiene,
        severity: Severity::Error,
        fix: Applicability::Safe,
        evidence: &[Evidence::Schema],
        summary: "A row reads an attribute that is not in Entra ID's attribute list",
        page: page!("unknown-source"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let mut unlisted = false;
    let mut suggestions = Suggestions::new();
    for mapping in target.active_mappings()? {
        let Some(object) = &mapping.source else {
            unlisted = true;
            continue;
        };
        for row in mapping.rows.iter().filter(|row| row.source_definition.is_none()) {
            let is_unknown = |read: &Read<'_>| {
                object.attribute(read.name).is_none() && !unsupported_source::is_unsupported(read.name)
            };
            let unknown = reads(row).into_iter().filter(is_unknown);
            first_in_expression(mapping, row, unknown, findings, |read, findings| {
                let name = read.name;
                let other_case = right_name(object, name);
                let message = match other_case {
                    Some(right) if !name.eq_ignore_ascii_case(right) => format!(
                        "`{}` reads `{name}`, which has characters that only look like those of `{right}`: {}",
                        row.target,
                        look_alikes(name)
                    ),
                    Some(right) => format!(
                        "`{}` reads `{name}`, but the attribute is called `{right}`. Upper and lower case matter here",
                        row.target
                    ),
                    None => format!(
                        "`{}` reads `{name}`, which is not in Entra ID's attribute list for this object",
                        row.target
                    ),
                };
                let near = other_case.or_else(|| suggestions.of(name, object));
                let found = findings
                    .add(mapping.subject(row.target), read.pointer, message)
                    .label(near.map_or_else(|| "not in the list".to_owned(), |near| format!("did you mean {near}?")))
                    .within(read.span);
                let Some(right) = other_case else {
                    let title = near.map_or_else(
                        || format!("Replace {name} with an attribute from the list"),
                        |near| format!("Read {near} instead of {name}, if that is what you mean"),
                    );
                    found.manual(
                        title,
                        portal::edit_row(mapping, row.target, "Choose the source attribute from the list"),
                    );
                    return;
                };
                let changes = match &row.source {
                    RowSource::Attribute(_) => map_directly(mapping, row, right),
                    _ => rewrite(row, &in_right_case(row, object)),
                };
                let step = format!("Choose {right} from the list");
                found.fix(format!("Read {right}"), portal::edit_row(mapping, row.target, step), changes);
            });
        }
    }
    super::judged_by_lists(unlisted)
}

/// The attribute of the list that a name differs from only in case, or in characters that look alike.
fn right_name<'a>(object: &ObjectView<'a>, name: &str) -> Option<&'a str> {
    let plain = without_look_alikes(name);
    let of_plain = |plain: String| {
        let exact = object.attribute(&plain).and_then(|attribute| attribute.name.as_deref());
        exact.or_else(|| object.other_case(&plain))
    };
    object.other_case(name).or_else(|| plain.and_then(of_plain))
}

/// An attribute that a row reads, and its place.
struct Read<'r> {
    name: &'r str,
    pointer: Pointer,
    /// The byte range within the expression; empty if the row has none.
    span: Range<usize>,
}

fn reads<'r>(row: &'r RowView<'_>) -> Vec<Read<'r>> {
    let source = row.pointer().key("source");
    match &row.source {
        RowSource::Attribute(name) => vec![Read { name, pointer: source, span: 0..0 }],
        RowSource::Expression(_, Ok(tree)) => {
            let pointer = source.key("expression");
            let mut seen = HashSet::new();
            let places = tree.attribute_places().into_iter().filter(|(name, _)| seen.insert(*name));
            places.map(|(name, span)| Read { name, pointer: pointer.clone(), span }).collect()
        }
        RowSource::Expression(_, Err(_)) | RowSource::Constant(_) | RowSource::Nothing => Vec::new(),
    }
}

/// The row's expression with every attribute in the case of the attribute list; nothing else is changed.
fn in_right_case(row: &RowView<'_>, object: &ObjectView<'_>) -> String {
    let source = row.row.source.as_ref();
    let mut text = source.and_then(|source| source.expression.as_deref()).unwrap_or_default().to_owned();
    let parsed = parse(&text).expression;
    // Replace from the end, so that the earlier spans stay valid.
    for (name, span) in parsed.attribute_places().into_iter().rev() {
        if object.attribute(name).is_none()
            && let Some(right) = right_name(object, name)
        {
            text.replace_range(span, &format!("[{right}]"));
        }
    }
    text
}
