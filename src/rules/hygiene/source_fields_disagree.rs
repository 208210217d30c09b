use foldhash::HashSet;
use serde_json::json;

use crate::document::Change;
use crate::expression::{Expression, Kind, Stored, parse, says_the_same};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::{AttributeMappingSource, SourceKind};
use crate::rules::source_change::stored;
use crate::rules::{Findings, Judged, RowView, Rule, Target, page, portal};
use crate::text::shortened;

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "source-fields-disagree",
        section: Section::Hygiene,
        severity: Severity::Warning,
        fix: Applicability::Safe,
        evidence: &[Evidence::Schema],
        summary: "The expression and the other fields of a source contradict each other",
        page: page!("source-fields-disagree"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.active_mappings()? {
        for row in &mapping.rows {
            let Some(source) = row.row.filled_source().filter(|source| source.direct().is_none()) else { continue };
            let Some(expression) = source.expression.as_deref() else { continue };
            let Ok(tree) = parse(expression).into_result() else { continue };
            let Some(difference) = disagreement(source, &tree) else { continue };
            let message = format!(
                "`{}` has the expression `{}`, but {}. The file was edited by hand, and which of the two Entra uses is not documented",
                row.target,
                shortened(expression),
                shortened(&difference)
            );
            findings
                .add(mapping.subject(row.target), row.pointer().key("source"), message)
                .label("contradictory fields")
                .fix(
                    format!("Set the other fields of {} from its expression", row.target),
                    portal::edit_row(mapping, row.target, "Choose the source again, or paste the expression again"),
                    changes(row, &tree),
                );
        }
    }
    Ok(())
}

/// How the other fields differ from the expression; `None` unless they certainly mean something else.
fn disagreement(source: &AttributeMappingSource<'_>, tree: &Expression) -> Option<String> {
    let kind = match &tree.kind {
        Kind::Attribute(_) => SourceKind::Attribute,
        Kind::Text(_) | Kind::Number(_) | Kind::Word(_) => SourceKind::Constant,
        Kind::Call(_) | Kind::Operation(_) | Kind::Unreadable => SourceKind::Function,
    };
    if source.source_kind().is_some_and(|stored| stored != kind) {
        return source.kind.as_deref().map(|kind| format!("its type is `{kind}`"));
    }
    let name = source.name.as_deref();
    let differs = match &tree.kind {
        Kind::Attribute(named) => name.is_some_and(|name| name != named),
        Kind::Call(call) => name.is_some_and(|name| name != call.name),
        Kind::Text(text) => name.is_some_and(|name| plain(text) != plain(name)),
        Kind::Number(_) | Kind::Word(_) | Kind::Operation(_) | Kind::Unreadable => false,
    };
    if let (true, Some(name)) = (differs, name) {
        return Some(format!("its name is `{name}`"));
    }
    let call = tree.as_call()?;
    let parameters = source.parameters.as_deref().unwrap_or_default();
    // Without parameters in the file there is nothing to compare.
    if parameters.is_empty() || call.arguments.is_empty() {
        return None;
    }
    let stored = stored(source)?.to_expression()?;
    if says_the_same(&stored, tree) {
        return None;
    }
    let (in_expression, in_parameters) = (tree.attributes(), stored.attributes());
    let first_besides = |names: &[&str], others: &[&str]| {
        let others: HashSet<&str> = others.iter().copied().collect();
        names.iter().find(|name| !others.contains(*name)).map(|name| (*name).to_owned())
    };
    let extra = first_besides(&in_parameters, &in_expression);
    let missing = first_besides(&in_expression, &in_parameters);
    Some(match (extra, missing) {
        (Some(extra), _) => format!("its parameters read `{extra}`"),
        (None, Some(missing)) => format!("its parameters do not read `{missing}`"),
        (None, None) => format!("its parameters mean `{stored}`"),
    })
}

/// A text without the escapes in which its two stored forms may differ.
fn plain(text: &str) -> String {
    text.replace(['\\', '"'], "")
}

/// The changes that set the other fields from the expression; none if its stored form is unknown.
fn changes(row: &RowView<'_>, tree: &Expression) -> Vec<Change> {
    let source = row.pointer().key("source");
    let Some(stored) = Stored::of(tree).map(|stored| stored.to_json()) else { return Vec::new() };
    ["name", "type", "parameters"]
        .into_iter()
        .map(|field| Change::Set {
            pointer: source.key(field),
            value: stored.get(field).cloned().unwrap_or(json!(null)),
        })
        .collect()
}
