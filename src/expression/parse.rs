//! Text to tree.

use super::Expression;

/// How deep functions may stand in each other. The service names no limit; an expression of 10,000
/// characters, the most it takes, has none of this depth that means anything.
const DEEPEST: usize = 100;

/// Where and why a text is no expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// What was expected.
    pub message: &'static str,
    /// The byte offset in the expression.
    pub offset: usize,
}

/// Reads an expression.
///
/// # Errors
/// When the text isn't one; see [`SyntaxError`].
pub fn parse(text: &str) -> Result<Expression, SyntaxError> {
    let mut parser = Parser { text, at: 0, depth: 0 };
    let expression = parser.expression()?;
    parser.blanks();
    if parser.at == text.len() { Ok(expression) } else { Err(parser.error("the expression should end here")) }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn error(&self, message: &'static str) -> SyntaxError {
        SyntaxError { message, offset: self.at }
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn expression(&mut self) -> Result<Expression, SyntaxError> {
        self.blanks();
        match self.rest().chars().next() {
            Some('[') => self.attribute(),
            Some('"') => self.string(),
            Some(first) if first.is_alphanumeric() || matches!(first, '-' | '&' | '_') => self.word_or_call(),
            _ => Err(self.error("an attribute, a text or a function was expected")),
        }
    }

    fn attribute(&mut self) -> Result<Expression, SyntaxError> {
        let Some(length) = self.rest().find(']') else {
            return Err(self.error("this bracket is never closed"));
        };
        let name = self.rest()[1..length].trim().to_owned();
        if name.is_empty() || name.contains(['[', '"', ',', '(']) {
            return Err(self.error("an attribute's name was expected between brackets"));
        }
        self.at += length + 1;
        Ok(Expression::Attribute(name))
    }

    fn string(&mut self) -> Result<Expression, SyntaxError> {
        let mut value = String::new();
        let mut characters = self.rest().char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    self.at += at + 1;
                    return Ok(Expression::Text(value));
                }
                '\\' => match characters.next() {
                    Some((_, escaped @ ('"' | '\\'))) => value.push(escaped),
                    Some((_, other)) => value.extend(['\\', other]),
                    None => break,
                },
                _ => value.push(character),
            }
        }
        Err(self.error("this quote is never closed"))
    }

    fn word_or_call(&mut self) -> Result<Expression, SyntaxError> {
        let word = |character: char| character.is_alphanumeric() || matches!(character, '-' | '&' | '_' | '.');
        let length = self.rest().find(|character| !word(character)).unwrap_or(self.rest().len());
        let name = self.rest()[..length].to_owned();
        self.at += length;
        self.blanks();
        if !self.take("(") {
            return Ok(Expression::Word(name));
        }
        if self.depth == DEEPEST {
            return Err(self.error("functions are nested too deep"));
        }
        self.depth += 1;
        let arguments = self.arguments()?;
        self.depth -= 1;
        Ok(Expression::Call { name, arguments })
    }

    /// Arguments up to the closing bracket. An argument left out in the middle or behind a comma is `None`.
    fn arguments(&mut self) -> Result<Vec<Option<Expression>>, SyntaxError> {
        let mut arguments = Vec::new();
        loop {
            self.blanks();
            let left_out = self.rest().starts_with([',', ')']);
            let argument = if left_out { None } else { Some(self.condition()?) };
            self.blanks();
            if self.take(",") {
                arguments.push(argument);
            } else if self.take(")") {
                if argument.is_some() || !arguments.is_empty() {
                    arguments.push(argument);
                }
                return Ok(arguments);
            } else {
                return Err(self.error("a comma or a closing bracket was expected"));
            }
        }
    }

    fn condition(&mut self) -> Result<Expression, SyntaxError> {
        let left = self.expression()?;
        self.blanks();
        let Some(operator) = ["<>", "<=", ">=", "=", "<", ">"].into_iter().find(|operator| self.take(operator)) else {
            return Ok(left);
        };
        let right = Box::new(self.expression()?);
        Ok(Expression::Comparison { left: Box::new(left), operator: operator.to_owned(), right })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_read_with_its_gaps() {
        let switch = parse(r#"Switch([IsSoftDeleted], , "False", "True", "True", "False")"#).unwrap();
        let Expression::Call { name, arguments } = &switch else { panic!("{switch:?}") };
        assert_eq!((name.as_str(), arguments.len(), &arguments[1]), ("Switch", 6, &None));
        assert_eq!(switch.attributes(), ["IsSoftDeleted"]);
    }

    #[test]
    fn escapes_in_a_text_are_taken_off() {
        assert_eq!(parse(r#""a\"b\\d""#), Ok(Expression::Text(r#"a"b\d"#.into())));
        assert_eq!(parse(r#""\d""#), Ok(Expression::Text(r"\d".into())));
    }

    #[test]
    fn a_mistake_has_a_place() {
        for (text, offset) in [("", 0), ("[a", 0), ("Join(\" \", [a]", 13), ("[a] [b]", 4), ("F(\"x)", 2), ("[]", 0)] {
            assert_eq!(parse(text).map_err(|error| error.offset), Err(offset), "{text}");
        }
    }

    #[test]
    fn brackets_without_end_do_not_overflow_the_stack() {
        assert!(parse(&"F(".repeat(100_000)).is_err());
    }

    #[test]
    fn what_wraps_an_attribute_without_changing_it_is_seen_through() {
        for text in
            ["[objectId]", "Coalesce([objectId], [mail])", "Append([objectId], \"\")", "Join(\";\", [objectId])"]
        {
            assert!(parse(text).unwrap().always_yields("objectId"), "{text}");
        }
        for text in ["Coalesce([mail], [objectId])", "Append([objectId], \"x\")", "\"objectId\"", "Left([objectId], 8)"]
        {
            assert!(!parse(text).unwrap().always_yields("objectId"), "{text}");
        }
    }
}
