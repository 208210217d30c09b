//! The source that a policy requires of a row: an attribute, or an expression with wildcards.

use std::fmt;

use super::fits;
use crate::expression::{Call, Expression, FUNCTIONS, Kind, Meant, Mistake, mistakes, parse};

/// A source that a policy accepts for a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// An attribute, directly.
    Attribute(String),
    /// An expression or a constant.
    Expression(Template),
}

impl Source {
    /// Reads the name of an attribute, or an expression.
    ///
    /// # Errors
    /// If the expression is not valid. For an unknown function, the message has the form of serde's, so that the nearest name
    /// is suggested.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        if !text.contains(['(', '"', '[']) {
            return Ok(Source::Attribute(text.to_owned()));
        }
        let tree = parse(text).into_result().map_err(|error| format!("`{text}` is not a valid expression: {error}"))?;
        // A function that resembles none may be newer than this program.
        let is_new = |mistake: &Mistake<'_>| matches!(mistake, Mistake::UnknownFunction(_, Meant::Nothing));
        match mistakes(&tree).into_iter().find(|mistake| !is_new(mistake)) {
            None => {}
            Some(Mistake::UnknownFunction(call, _)) => return Err(unknown_function(&call.name)),
            Some(Mistake::WrongCase(call, function)) => {
                return Err(format!("the function is called `{}`, not `{}`", function.name, call.name));
            }
            Some(Mistake::Arguments(call, _, mistake)) => return Err(format!("`{}`: {mistake}", call.name)),
            Some(Mistake::OtherDialect { name, .. }) => {
                return Err(format!("`{name}` is available only in cloud sync, not for apps"));
            }
            Some(Mistake::Misplaced(error)) => return Err(format!("`{text}` is not a valid expression: {error}")),
        }
        Ok(match tree.kind {
            Kind::Attribute(name) => Source::Attribute(name),
            _ => Source::Expression(Template { tree }),
        })
    }

    /// The attributes that it reads.
    pub fn attributes(&self) -> Vec<&str> {
        match self {
            Source::Attribute(name) => vec![name],
            Source::Expression(template) => template.tree.attributes(),
        }
    }

    /// The attribute, if it is one.
    pub fn as_attribute(&self) -> Option<&str> {
        match self {
            Source::Attribute(name) => Some(name),
            Source::Expression(_) => None,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Attribute(name) => formatter.write_str(name),
            Source::Expression(template) => template.fmt(formatter),
        }
    }
}

impl PartialEq<str> for Source {
    /// Whether it is the attribute with that name.
    fn eq(&self, name: &str) -> bool {
        self.as_attribute() == Some(name)
    }
}

/// The message for an unknown function, in the form that serde uses for an unknown variant.
fn unknown_function(name: &str) -> String {
    let known: Vec<String> = FUNCTIONS.iter().map(|function| format!("`{}`", function.name)).collect();
    format!("unknown variant `{name}`, expected one of {}", known.join(", "))
}

/// An expression with wildcards: `*` in its texts matches any text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    tree: Expression,
}

impl Template {
    /// The expression itself, if it has no wildcard.
    pub fn exact(&self) -> Option<&Expression> {
        let mut has_wildcard = false;
        self.tree.visit(&mut |part| has_wildcard |= matches!(&part.kind, Kind::Text(text) if text.contains('*')));
        (!has_wildcard).then_some(&self.tree)
    }

    /// The text, if it is a constant.
    pub fn as_text(&self) -> Option<&str> {
        if let Kind::Text(text) = &self.tree.kind { Some(text) } else { None }
    }

    /// Whether an expression matches. Spaces between tokens do not matter, the case of texts and names does, and an argument
    /// omitted at the end equals no argument.
    pub fn fits(&self, expression: &Expression) -> bool {
        alike(&self.tree, expression)
    }

    /// Whether the constant `text` matches.
    pub fn fits_text(&self, text: &str) -> bool {
        self.as_text().is_some_and(|wanted| fits(wanted, text))
    }
}

fn alike(wanted: &Expression, found: &Expression) -> bool {
    match (&wanted.kind, &found.kind) {
        (Kind::Text(wanted), Kind::Text(found)) => fits(wanted, found),
        // Graph stores a number as a text.
        (Kind::Number(wanted), Kind::Text(found)) | (Kind::Text(wanted), Kind::Number(found)) => wanted == found,
        (Kind::Call(wanted), Kind::Call(found)) => {
            let argument = |call: &Call, index: usize| call.arguments.get(index).and_then(Option::as_ref).cloned();
            wanted.name == found.name
                && (0..wanted.arguments.len().max(found.arguments.len())).all(|index| {
                    match (argument(wanted, index), argument(found, index)) {
                        (Some(wanted), Some(found)) => alike(&wanted, &found),
                        (wanted, found) => wanted.is_none() && found.is_none(),
                    }
                })
        }
        (Kind::Operation(wanted), Kind::Operation(found)) => {
            wanted.operator == found.operator && alike(&wanted.left, &found.left) && alike(&wanted.right, &found.right)
        }
        (wanted, found) => wanted == found,
    }
}

impl fmt::Display for Template {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tree.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(template: &str, expression: &str) -> bool {
        let Source::Expression(template) = Source::read(template).unwrap() else { panic!("{template}") };
        let tree = parse(expression).into_result().unwrap();
        match &tree.kind {
            Kind::Text(text) => template.fits_text(text),
            _ => template.fits(&tree),
        }
    }

    #[test]
    fn an_attribute_may_be_written_with_or_without_brackets() {
        for text in ["objectId", "[objectId]"] {
            assert_eq!(Source::read(text).unwrap(), *"objectId", "{text}");
        }
    }

    #[test]
    fn a_template_matches_any_text_only_at_its_wildcards() {
        let append = r#"Append("*:", [objectId])"#;
        for (template, expression) in [
            (append, r#"Append("contoso-sso:", [objectId])"#),
            (append, r#"Append( "a:b:" ,[objectId] )"#),
            (r#"Join(" ", [givenName], [surname])"#, r#"Join(" ",[givenName],[surname])"#),
            (r#"Replace([mail], "@", , , "*", , )"#, r#"Replace([mail], "@", , , "+", )"#),
            (r#"Left([mail], 20)"#, r#"Left([mail], "20")"#),
            (r#"IIF([a] = "*", "1", "2")"#, r#"IIF([a] = "x", "1", "2")"#),
            (r#""*-prod""#, r#""app-prod""#),
        ] {
            assert!(fit(template, expression), "{template} {expression}");
        }
        for (template, expression) in [
            (append, r#"Append("contoso-sso", [objectId])"#),
            (append, r#"Append("x:", [mail])"#),
            (append, r#"Append("x:", ToLower([objectId]))"#),
            (append, r#"Join(":", "x", [objectId])"#),
            (r#"Append("X*", [mail])"#, r#"Append("x1", [mail])"#),
            (r#"Join(" ", [givenName], [surname])"#, r#"Join(" ", [surname], [givenName])"#),
            (r#"Join(" ", [givenName])"#, r#"Join(" ", [givenName], [surname])"#),
            (r#"IIF([a] = "*", "1", "2")"#, r#"IIF([a] <> "x", "1", "2")"#),
            (r#""true""#, r#""True""#),
        ] {
            assert!(!fit(template, expression), "{template} {expression}");
        }
    }

    #[test]
    fn only_a_template_without_wildcards_is_exact() {
        let exact = |text: &str| match Source::read(text).unwrap() {
            Source::Expression(template) => template.exact().is_some(),
            Source::Attribute(_) => true,
        };
        assert!(exact(r#"Join(" ", [givenName], [surname])"#) && exact(r#""true""#));
        assert!(!exact(r#"Append("*:", [objectId])"#));
    }
}
