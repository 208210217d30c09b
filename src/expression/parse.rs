//! Tokens to tree.

use std::ops::Range;

use super::token::{Token, TokenKind, UNCLOSED_QUOTE, tokens};
use super::{Call, Expression, Kind, Operation, SyntaxError};

/// How deep functions may stand in each other: as deep as 10,000 characters, the most the service takes, can
/// sensibly hold, and no deeper than a small stack can.
pub const DEEPEST: usize = 500;

/// What was made of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The tree, with [`Kind::Unreadable`] where a mistake left nothing.
    pub expression: Expression,
    /// The mistakes, in order.
    pub errors: Vec<SyntaxError>,
}

impl Default for Parsed {
    /// What is made of nothing at all.
    fn default() -> Self {
        Parsed { expression: Kind::Unreadable.into(), errors: Vec::new() }
    }
}

impl Parsed {
    /// The tree of a text without mistakes.
    ///
    /// # Errors
    /// The first mistake.
    pub fn into_result(self) -> Result<Expression, SyntaxError> {
        match self.errors.into_iter().next() {
            None => Ok(self.expression),
            Some(error) => Err(error),
        }
    }
}

/// Reads an expression. Behind a mistake reading goes on, so that the others are found as well.
pub fn parse(text: &str) -> Parsed {
    let (tokens, errors) = tokens(text);
    let swallowed = errors.iter().any(|error| error.message == UNCLOSED_QUOTE);
    let mut parser =
        Parser { tokens, next: 0, end: text.trim_end().len(), depth: 0, operations: 0, errors, lost: false, swallowed };
    let expression = parser.whole();
    let mut errors = parser.errors;
    errors.sort_by_key(|error| error.span.start);
    Parsed { expression, errors }
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    end: usize,
    depth: usize,
    /// How many there were: each makes the tree deeper by one.
    operations: usize,
    errors: Vec<SyntaxError>,
    /// Whether the end was reached too early, which is said once.
    lost: bool,
    /// Whether a quote that is never closed took the rest along.
    swallowed: bool,
}

impl Parser {
    fn peek(&self) -> Option<&TokenKind> {
        self.tokens.get(self.next).map(|token| &token.kind)
    }

    /// The bytes of the next token; behind the end, those of the last one.
    fn here(&self) -> Range<usize> {
        match (self.tokens.get(self.next), self.tokens.last()) {
            (Some(token), _) => token.span.clone(),
            (None, Some(last)) => last.span.clone(),
            (None, None) => 0..self.end,
        }
    }

    fn error(&mut self, span: Range<usize>, message: impl Into<String>) {
        if !self.lost {
            self.errors.push(SyntaxError { message: message.into(), span });
        }
    }

    fn take(&mut self, kind: &TokenKind) -> bool {
        let found = self.peek() == Some(kind);
        self.next += usize::from(found);
        found
    }

    fn whole(&mut self) -> Expression {
        if self.tokens.is_empty() {
            self.error(0..self.end, "an expression is missing: an attribute, a text or a function");
            return Expression { kind: Kind::Unreadable, span: 0..self.end };
        }
        let expression = self.expression();
        if let Some(token) = self.tokens.get(self.next).filter(|token| token.kind != TokenKind::Strange) {
            let message = match &token.kind {
                TokenKind::Close => "there is a closing bracket too many",
                TokenKind::Word(word) if is_connective(word) => CONNECTIVE,
                _ => "the expression should end here",
            };
            self.error(token.span.clone(), message);
        }
        expression
    }

    fn expression(&mut self) -> Expression {
        let mut left = self.operand();
        while let Some(TokenKind::Operator(operator)) = self.peek() {
            let operator = *operator;
            if self.operations == DEEPEST {
                let here = self.here();
                self.error(here, "there are too many operators");
                self.lost = true;
                self.next = self.tokens.len();
                return left;
            }
            self.operations += 1;
            self.next += 1;
            let right = self.operand();
            let span = left.span.start..right.span.end;
            left = Expression { kind: Kind::Operation(Box::new(Operation { left, operator, right })), span };
        }
        left
    }

    fn operand(&mut self) -> Expression {
        let Some(token) = self.tokens.get(self.next).cloned() else {
            let span = self.here();
            self.error(span.clone(), "something is missing behind this: an attribute, a text or a function");
            self.lost = true;
            return Expression { kind: Kind::Unreadable, span };
        };
        let kind = match token.kind {
            TokenKind::Attribute(name) => Kind::Attribute(name),
            TokenKind::Text(text) => Kind::Text(text),
            TokenKind::Number(number) => Kind::Number(number),
            TokenKind::Word(name) => {
                self.next += 1;
                if !self.take(&TokenKind::Open) {
                    return Expression { kind: Kind::Word(name), span: token.span };
                }
                let arguments = self.arguments(&token.span);
                let end = self.tokens[..self.next].last().map_or(token.span.end, |last| last.span.end);
                let span = token.span.start..end;
                return Expression { kind: Kind::Call(Call { name, name_span: token.span, arguments }), span };
            }
            TokenKind::Strange => Kind::Unreadable,
            TokenKind::Open | TokenKind::Close | TokenKind::Comma | TokenKind::Operator(_) => {
                let message = match token.kind {
                    TokenKind::Open => "a function's name is missing before this bracket",
                    _ => "something is missing before this: an attribute, a text or a function",
                };
                self.error(token.span.clone(), message);
                if token.kind == TokenKind::Open {
                    self.next += 1;
                    self.arguments(&token.span);
                }
                return Expression { kind: Kind::Unreadable, span: token.span };
            }
        };
        self.next += 1;
        Expression { kind, span: token.span }
    }

    /// Arguments up to the closing bracket. One left out, in the middle or behind a comma, is `None`.
    fn arguments(&mut self, opened: &Range<usize>) -> Vec<Option<Expression>> {
        let mut arguments = Vec::new();
        if self.depth == DEEPEST {
            self.error(opened.clone(), "functions are nested too deep");
            self.lost = true;
            self.next = self.tokens.len();
            return arguments;
        }
        self.depth += 1;
        loop {
            let left_out = matches!(self.peek(), Some(TokenKind::Comma | TokenKind::Close) | None);
            let argument = if left_out { None } else { Some(self.expression()) };
            self.skip_strange();
            match self.peek() {
                Some(TokenKind::Comma) => {
                    self.next += 1;
                    arguments.push(argument);
                }
                Some(TokenKind::Close) => {
                    self.next += 1;
                    if argument.is_some() || !arguments.is_empty() {
                        arguments.push(argument);
                    }
                    break;
                }
                _ => {
                    arguments.push(argument);
                    if !self.swallowed {
                        self.error(opened.clone(), "the bracket that this opens is never closed");
                    }
                    self.lost = true;
                    break;
                }
            }
        }
        self.depth -= 1;
        arguments
    }

    /// Goes on to the next comma or closing bracket of this function, and says so once.
    fn skip_strange(&mut self) {
        let (from, mut open) = (self.next, 0_usize);
        while let Some(token) = self.tokens.get(self.next) {
            match token.kind {
                TokenKind::Open => open += 1,
                TokenKind::Close if open > 0 => open -= 1,
                TokenKind::Comma if open > 0 => {}
                TokenKind::Comma | TokenKind::Close => break,
                _ => {}
            }
            self.next += 1;
        }
        let Some(first) = self.tokens[from..self.next].first() else { return };
        let (kind, span) = (first.kind.clone(), first.span.clone());
        match kind {
            // Noted when it was read.
            TokenKind::Strange => {}
            TokenKind::Word(word) if is_connective(&word) => self.error(span, CONNECTIVE),
            _ if self.next == self.tokens.len() => {}
            _ => self.error(span, "a comma is missing before this"),
        }
    }
}

const CONNECTIVE: &str = "conditions can't be joined by AND or OR; nest a second IIF instead";

fn is_connective(word: &str) -> bool {
    ["and", "or"].iter().any(|connective| word.eq_ignore_ascii_case(connective))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(text: &str) -> Vec<(String, String)> {
        parse(text).errors.into_iter().map(|error| (text[error.span].to_owned(), error.message)).collect()
    }

    #[test]
    fn an_expression_is_read_with_its_gaps_and_printed_as_the_service_prints_it() {
        for (text, canonical) in [
            (
                "Switch([IsSoftDeleted],,\"False\",\"True\" , \"True\",\"False\")",
                "Switch([IsSoftDeleted], , \"False\", \"True\", \"True\", \"False\")",
            ),
            (
                "Replace([preferredLanguage], \"-\", , , \"_\", ,  )",
                "Replace([preferredLanguage], \"-\", , , \"_\", , )",
            ),
            ("Replace([mail], \"@contoso.com\", , ,\"\", ,)", "Replace([mail], \"@contoso.com\", , , \"\", , )"),
            (" Guid( ) ", "Guid()"),
            ("IIF([a]<>\"b\\\"c\\\\\",\n  1, -10)", "IIF([a] <> \"b\\\"c\\\\\", 1, -10)"),
            ("\"\\d\"", "\"\\\\d\""),
            ("BitAnd(&HF, &HF7)", "BitAnd(&HF, &HF7)"),
            ("\"t-\" & [alias]", "\"t-\" & [alias]"),
            ("[employeeOrgData.costCenter]", "[employeeOrgData.costCenter]"),
        ] {
            let tree = parse(text).into_result().unwrap();
            assert_eq!(tree.to_string(), canonical);
            assert_eq!(parse(canonical).into_result(), Ok(tree));
        }
    }

    #[test]
    fn a_mistake_has_a_place_and_a_name() {
        for (text, place, message) in [
            ("", "", "an expression is missing"),
            ("[a", "[", "never closed"),
            ("Join(\" \", [a]", "Join", "never closed"),
            ("[a] [b]", "[b]", "should end here"),
            ("F(\"x)", "\"", "never closed"),
            ("[]", "[]", "name is missing"),
            ("Join(\" \", [a]))", ")", "too many"),
            ("Join(\" \", ", "Join", "never closed"),
            ("Join(\" \" [a])", "[a]", "comma is missing"),
            ("Join(“ ”, [a])", "“", "curly"),
            ("Join('x', [a])", "'", "double quotes"),
            ("Join(\" \"; [a])", ";", "semicolon"),
            ("IIF([a]=\"x\" AND [b]=\"y\", 1, 2)", "AND", "nest a second IIF"),
            ("([a])", "(", "name is missing"),
            ("IIF([a]=, 1, 2)", ",", "missing before"),
        ] {
            let found = errors(text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert_eq!(found[0].0, place, "{text}");
            assert!(found[0].1.contains(message), "{text}: {}", found[0].1);
        }
    }

    #[test]
    fn several_mistakes_are_found_at_once_and_the_rest_is_read() {
        let parsed = parse("Join('x', [a] [b], Left([c]; 2), [d])");
        assert_eq!(parsed.errors.len(), 3, "{:?}", parsed.errors);
        assert_eq!(parsed.expression.attributes(), ["a", "c", "d"]);
    }

    #[test]
    fn brackets_without_end_do_not_overflow_the_stack() {
        for text in ["F(", "(", "F([a], ", "[", "\"", "F(1)(", "1&", "-", "F(1 & F("] {
            assert!(!parse(&text.repeat(100_000)).errors.is_empty(), "{text}");
        }
    }
}
