//! The source of a row's value.

use std::borrow::Cow;
use std::fmt;

use crate::expression::{Expression, Kind, Parsed, Stored, StoredKind, parse};
use crate::model::{AttributeMapping, AttributeMappingSource, SourceKind};
use crate::text::shortened;

/// The source of a row's value, by its expression, else by its name and type.
#[derive(Clone, Debug, PartialEq)]
pub enum RowSource<'a> {
    /// No source: only the default value.
    Nothing,
    /// An attribute, directly.
    Attribute(Cow<'a, str>),
    /// A text, the same for everyone.
    Constant(Cow<'a, str>),
    /// An expression, with its tree, which is partial where the expression cannot be parsed.
    Expression(&'a str, Result<Expression, Box<Parsed>>),
}

impl<'a> RowSource<'a> {
    /// Reads a row's source.
    pub fn of(row: &'a AttributeMapping<'a>) -> Self {
        let Some(source) = row.filled_source() else { return RowSource::Nothing };
        if let Some(name) = source.direct() {
            return RowSource::Attribute(name.into());
        }
        let name = source.name.as_deref().unwrap_or_default();
        let Some(expression) = source.expression.as_deref() else {
            return match source.source_kind() {
                Some(SourceKind::Attribute) => RowSource::Attribute(name.into()),
                Some(SourceKind::Constant) => RowSource::Constant(name.into()),
                Some(SourceKind::Function) => {
                    let tree = stored(source).and_then(|tree| tree.to_expression());
                    RowSource::Expression(name, tree.ok_or_else(Box::default))
                }
                None => RowSource::Expression(name, Err(Box::default())),
            };
        };
        let parsed = parse(expression);
        if !parsed.errors.is_empty() {
            return RowSource::Expression(expression, Err(Box::new(parsed)));
        }
        match parsed.expression {
            Expression { kind: Kind::Attribute(name), .. } => RowSource::Attribute(name.into()),
            Expression { kind: Kind::Text(text), .. } => RowSource::Constant(text.into()),
            tree => RowSource::Expression(expression, Ok(tree)),
        }
    }

    /// The attributes it reads.
    pub fn attributes(&self) -> Vec<&str> {
        match self {
            RowSource::Attribute(name) => vec![name],
            RowSource::Expression(_, Ok(tree)) => tree.attributes(),
            RowSource::Nothing | RowSource::Constant(_) | RowSource::Expression(_, Err(_)) => Vec::new(),
        }
    }

    /// The functions it calls.
    pub fn functions(&self) -> Vec<&str> {
        match self {
            RowSource::Expression(_, Ok(tree)) => tree.calls().iter().map(|call| call.name.as_str()).collect(),
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for RowSource<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RowSource::Nothing => formatter.write_str("only a default value"),
            RowSource::Attribute(name) => write!(formatter, "`{}`", shortened(name)),
            RowSource::Constant(text) => write!(formatter, "the constant \"{}\"", shortened(text)),
            RowSource::Expression(text, _) => write!(formatter, "the expression `{}`", shortened(text)),
        }
    }
}

/// How deep a stored tree may be: deeper than any expression, but not too deep for the stack.
const DEEPEST: usize = crate::expression::DEEPEST;

/// A source's `name`, `type` and `parameters`; `None` where one of them is invalid.
pub fn stored(source: &AttributeMappingSource<'_>) -> Option<Stored> {
    fn tree(source: &AttributeMappingSource<'_>, depth: usize) -> Option<Stored> {
        let kind = match source.source_kind()? {
            SourceKind::Attribute => StoredKind::Attribute,
            SourceKind::Constant => StoredKind::Constant,
            SourceKind::Function => StoredKind::Function,
        };
        let parameters = source.parameters.as_deref().unwrap_or_default().iter().map(|parameter| {
            let value = parameter.value.as_ref().filter(|_| depth < DEEPEST)?;
            Some((parameter.key.as_deref()?.to_owned(), tree(value, depth + 1)?))
        });
        Some(Stored {
            expression: source.expression.as_deref().map(str::to_owned),
            name: source.name.as_deref()?.to_owned(),
            kind,
            parameters: parameters.collect::<Option<_>>()?,
        })
    }
    tree(source, 0)
}
