//! What a required row may come from: an attribute, or an expression in which parts are free.

use std::fmt;

use super::fits;
use crate::expression::{Call, Expression, FUNCTIONS, Kind, Mistake, mistakes, parse};

/// What a row may come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// An attribute, directly.
    Attribute(String),
    /// An expression or a constant.
    Expression(Template),
}

impl Source {
    /// Reads what was typed: the name of an attribute, else an expression.
    ///
    /// # Errors
    /// What is wrong with the expression, in serde's words where the nearest name of a function may help.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        if !text.contains(['(', '"', '[']) {
            return Ok(Source::Attribute(text.to_owned()));
        }
        let tree = parse(text).into_result().map_err(|error| format!("`{text}` is no expression: {error}"))?;
        match mistakes(&tree).into_iter().next() {
            None => {}
            Some(Mistake::UnknownFunction(call)) => return Err(unknown_function(&call.name)),
            Some(Mistake::WrongCase(call, function)) => {
                return Err(format!("the function is spelt `{}`, not `{}`", function.name, call.name));
            }
            Some(Mistake::Arguments(call, _, mistake)) => return Err(format!("`{}`: {mistake}", call.name)),
            Some(Mistake::OtherDialect { name, .. }) => {
                return Err(format!("`{name}` exists in cloud sync alone, not in the mappings of apps"));
            }
            Some(Mistake::Misplaced(error)) => return Err(format!("`{text}` is no expression: {error}")),
        }
        Ok(match tree.kind {
            Kind::Attribute(name) => Source::Attribute(name),
            _ => Source::Expression(Template { tree }),
        })
    }

    /// The attribute, where it is one.
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
    /// Whether it is the attribute of that name.
    fn eq(&self, name: &str) -> bool {
        self.as_attribute() == Some(name)
    }
}

/// As serde says it of a word that isn't among those it knows.
fn unknown_function(name: &str) -> String {
    let known: Vec<String> = FUNCTIONS.iter().map(|function| format!("`{}`", function.name)).collect();
    format!("unknown variant `{name}`, expected one of {}", known.join(", "))
}

/// An expression in whose texts `*` stands for anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    tree: Expression,
}

impl Template {
    /// The expression itself, where no part of it is free.
    pub fn exact(&self) -> Option<&Expression> {
        let mut free = false;
        self.tree.visit(&mut |part| free |= matches!(&part.kind, Kind::Text(text) if text.contains('*')));
        (!free).then_some(&self.tree)
    }

    /// The text, where it is a constant.
    pub fn as_text(&self) -> Option<&str> {
        if let Kind::Text(text) = &self.tree.kind { Some(text) } else { None }
    }

    /// Whether an expression is what is meant. Blanks don't count, the case of texts and names does, and an argument
    /// left out at the end is none at all.
    pub fn fits(&self, expression: &Expression) -> bool {
        alike(&self.tree, expression)
    }

    /// Whether the constant `text` is what is meant.
    pub fn fits_text(&self, text: &str) -> bool {
        self.as_text().is_some_and(|wanted| fits(wanted, text))
    }
}

fn alike(wanted: &Expression, found: &Expression) -> bool {
    match (&wanted.kind, &found.kind) {
        (Kind::Text(wanted), Kind::Text(found)) => fits(wanted, found),
        // A number is stored as a text.
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
    fn an_attribute_is_one_with_and_without_brackets() {
        for text in ["objectId", "[objectId]"] {
            assert_eq!(Source::read(text).unwrap(), *"objectId", "{text}");
        }
    }

    #[test]
    fn a_template_leaves_free_what_it_marks_and_nothing_else() {
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
    fn only_a_template_without_free_parts_can_be_written_as_it_stands() {
        let exact = |text: &str| match Source::read(text).unwrap() {
            Source::Expression(template) => template.exact().is_some(),
            Source::Attribute(_) => true,
        };
        assert!(exact(r#"Join(" ", [givenName], [surname])"#) && exact(r#""true""#));
        assert!(!exact(r#"Append("*:", [objectId])"#));
    }
}
