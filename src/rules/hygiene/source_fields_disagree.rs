use serde_json::json;

use crate::document::{Change, shortened};
use crate::expression::{Expression, parse};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::{AttributeMappingSource, SourceKind};
use crate::rules::{Findings, Judged, RowView, Rule, Target, page, portal};

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
            let Ok(tree) = parse(expression) else { continue };
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
    let kind = match tree {
        Expression::Attribute(_) => SourceKind::Attribute,
        Expression::Text(_) | Expression::Word(_) => SourceKind::Constant,
        Expression::Call { .. } | Expression::Comparison { .. } => SourceKind::Function,
    };
    if source.source_kind().is_some_and(|stored| stored != kind) {
        return source.kind.as_deref().map(|kind| format!("the type `{kind}`"));
    }
    let named = match tree {
        Expression::Attribute(name) | Expression::Call { name, .. } => Some(name.as_str()),
        Expression::Text(_) | Expression::Word(_) | Expression::Comparison { .. } => None,
    };
    if let (Some(named), Some(name)) = (named, source.name.as_deref())
        && named != name
    {
        return Some(format!("the name `{name}`"));
    }
    if let (Expression::Text(text), Some(name)) = (tree, source.name.as_deref())
        && plain(text) != plain(name)
    {
        return Some(format!("the name `{name}`"));
    }
    let parameters = source.parameters.as_deref().filter(|parameters| !parameters.is_empty())?;
    if kind != SourceKind::Function {
        return None;
    }
    let mut stored = Leaves::default();
    for value in parameters.iter().filter_map(|parameter| parameter.value.as_ref()) {
        stored.collect(value);
    }
    let written = tree.attributes();
    let missing = written.iter().find(|name| !stored.attributes.contains(name) && !stored.constants.contains(*name));
    let strange = stored.attributes.iter().find(|name| !written.contains(name));
    match (missing, strange) {
        (_, Some(strange)) => Some(format!("parameters that read `{strange}`")),
        (Some(missing), None) => Some(format!("parameters that don't read `{missing}`")),
        (None, None) => None,
    }
}

/// How a text is stored differs in its escapes, which mean nothing here.
fn plain(text: &str) -> String {
    text.replace(['\\', '"'], "")
}

/// What a stored tree reads and says.
#[derive(Default)]
struct Leaves<'a> {
    attributes: Vec<&'a str>,
    constants: Vec<&'a str>,
}

impl<'a> Leaves<'a> {
    fn collect(&mut self, source: &'a AttributeMappingSource<'a>) {
        let name = source.name.as_deref().unwrap_or_default();
        match source.source_kind() {
            Some(SourceKind::Attribute) => self.attributes.push(name),
            Some(SourceKind::Constant) => self.constants.push(name),
            Some(SourceKind::Function) | None => {}
        }
        for value in source.parameters.iter().flatten().filter_map(|parameter| parameter.value.as_ref()) {
            self.collect(value);
        }
    }
}

/// The other fields made to follow the expression, where that is a change of plain values.
fn changes(row: &RowView<'_>, tree: &Expression) -> Vec<Change> {
    let source = row.pointer().key("source");
    let (name, kind) = match tree {
        Expression::Attribute(name) => (name, "Attribute"),
        Expression::Text(text) => (text, "Constant"),
        _ => return Vec::new(),
    };
    vec![
        Change::Set { pointer: source.key("name"), value: json!(name) },
        Change::Set { pointer: source.key("type"), value: json!(kind) },
        Change::Set { pointer: source.key("parameters"), value: json!([]) },
    ]
}
