use serde_json::json;

use crate::document::Change;
use crate::expression::{Expression, Kind, Stored, parse, says_the_same};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::{AttributeMappingSource, SourceKind};
use crate::rules::feed_change::stored;
use crate::rules::{Findings, Judged, RowView, Rule, Target, page, portal};
use crate::text::shortened;

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "source-fields-disagree",
        section: Section::Hygiene,
        severity: Severity::Warning,
        fix: Applicability::Safe,
        evidence: &[Evidence::Schema],
        summary: "A source says one thing in its expression and another in its other fields",
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
            let Some(said) = disagreement(source, &tree) else { continue };
            let message = format!(
                "`{}` has the expression `{}`, but {}: the file was edited by hand, and which of them Entra goes by is not documented",
                row.target,
                shortened(expression),
                shortened(&said)
            );
            // Which field counts isn't documented, so the fix may change who is matched or switched off.
            let decides = row.row.is_matching() || row.target.eq_ignore_ascii_case("active");
            let applicability = if decides { Applicability::Unsafe } else { Applicability::Safe };
            findings
                .add(mapping.subject(row.target), row.pointer().key("source"), message)
                .label("says two things")
                .fix(
                    applicability,
                    format!("Make the source of {} say one thing", row.target),
                    portal::edit_row(mapping, row.target, "Choose the source again, or paste the expression again"),
                    changes(row, &tree),
                );
        }
    }
    Ok(())
}

/// What the other fields say instead, as far as it is certain that they mean something else.
fn disagreement(source: &AttributeMappingSource<'_>, tree: &Expression) -> Option<String> {
    let kind = match &tree.kind {
        Kind::Attribute(_) => SourceKind::Attribute,
        Kind::Text(_) | Kind::Number(_) | Kind::Word(_) => SourceKind::Constant,
        Kind::Call(_) | Kind::Operation(_) | Kind::Unreadable => SourceKind::Function,
    };
    if source.source_kind().is_some_and(|stored| stored != kind) {
        return source.kind.as_deref().map(|kind| format!("the type `{kind}`"));
    }
    let name = source.name.as_deref();
    let differs = match &tree.kind {
        Kind::Attribute(named) => name.is_some_and(|name| name != named),
        Kind::Call(call) => name.is_some_and(|name| name != call.name),
        Kind::Text(text) => name.is_some_and(|name| plain(text) != plain(name)),
        Kind::Number(_) | Kind::Word(_) | Kind::Operation(_) | Kind::Unreadable => false,
    };
    if let (true, Some(name)) = (differs, name) {
        return Some(format!("the name `{name}`"));
    }
    let call = tree.as_call()?;
    let parameters = source.parameters.as_deref().unwrap_or_default();
    // A file that lists no arguments of a function says nothing about them.
    if parameters.is_empty() || call.arguments.is_empty() {
        return None;
    }
    let said = stored(source)?.to_expression()?;
    if says_the_same(&said, tree) {
        return None;
    }
    let (written, stored) = (tree.attributes(), said.attributes());
    let strange = stored.iter().find(|name| !written.contains(name));
    let missing = written.iter().find(|name| !stored.contains(name));
    Some(match (strange, missing) {
        (Some(strange), _) => format!("parameters that read `{strange}`"),
        (None, Some(missing)) => format!("parameters that don't read `{missing}`"),
        (None, None) => format!("parameters that say `{said}`"),
    })
}

/// How a text is stored differs in its escapes, which mean nothing here.
fn plain(text: &str) -> String {
    text.replace(['\\', '"'], "")
}

/// The other fields made to follow the expression, where it is known how the service would write them.
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
