use serde_json::json;

use super::unsupported_source;
use crate::document::Change;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::nearest::nearest;
use crate::rules::source::{Feed, map_directly};
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "unknown-source",
        section: Section::Hygiene,
        severity: Severity::Error,
        fix: Applicability::Safe,
        evidence: &[Evidence::Schema],
        summary: "A row reads an attribute that Entra ID doesn't list",
        page: page!("unknown-source"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let mut unlisted = false;
    for mapping in target.active_mappings()? {
        let Some(object) = &mapping.source else {
            unlisted = true;
            continue;
        };
        for row in mapping.rows.iter().filter(|row| row.source_definition.is_none()) {
            let feed = &row.feed;
            for name in feed.attributes() {
                if object.attribute(name).is_some() || unsupported_source::is_unsupported(name) {
                    continue;
                }
                let direct = matches!(feed, Feed::Attribute(_));
                let pointer =
                    if direct { row.pointer().key("source") } else { row.pointer().key("source").key("expression") };
                let other_case = object.other_case(name);
                let message = match other_case {
                    Some(right) => format!(
                        "`{}` reads `{name}`, but the attribute is spelt `{right}`: upper and lower case count here",
                        row.target
                    ),
                    None => format!(
                        "`{}` reads `{name}`, which is not in Entra ID's attribute list for this object",
                        row.target
                    ),
                };
                let near = other_case.or_else(|| nearest(name, object.names()));
                let found = findings
                    .add(mapping.subject(row.target), pointer.clone(), message)
                    .label(near.map_or_else(|| "not in the list".to_owned(), |near| format!("{near} was meant?")));
                let Some(right) = other_case else {
                    let title = near.map_or_else(
                        || format!("Read an attribute that is in the list instead of {name}"),
                        |near| format!("Read {near} instead of {name}?"),
                    );
                    found.manual(
                        title,
                        portal::edit_row(mapping, row.target, "Choose the source attribute from the list"),
                    );
                    continue;
                };
                let changes = match (&feed, row.row.source.as_ref().and_then(|source| source.expression.as_deref())) {
                    (Feed::Attribute(_), _) => map_directly(row, right),
                    (_, Some(text)) => {
                        vec![Change::Set {
                            pointer,
                            value: json!(text.replace(&format!("[{name}]"), &format!("[{right}]"))),
                        }]
                    }
                    (_, None) => Vec::new(),
                };
                let step = format!("Choose {right} from the list");
                found.fix(
                    Applicability::Safe,
                    format!("Read {right}"),
                    portal::edit_row(mapping, row.target, step),
                    changes,
                );
            }
        }
    }
    super::judged_by_lists(unlisted)
}
