//! Parses tokens into a syntax tree.

use std::ops::Range;

use super::token::{Token, TokenKind, Tokens, tokens};
use super::{Call, Expression, Kind, LONGEST_READ, Operation, SyntaxError};

/// Maximum nesting of functions: enough for any sensible expression of 10,000 characters, the most that Entra accepts, and
/// small enough for a small stack.
pub const DEEPEST: usize = 500;

/// The result of parsing a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The tree, with [`Kind::Unreadable`] for parts that could not be parsed.
    pub expression: Expression,
    /// The errors, in order.
    pub errors: Vec<SyntaxError>,
}

impl Default for Parsed {
    /// The result without a text.
    fn default() -> Self {
        Parsed { expression: Kind::Unreadable.into(), errors: Vec::new() }
    }
}

impl Parsed {
    /// The tree of a text without errors.
    ///
    /// # Errors
    /// The first error.
    pub fn into_result(self) -> Result<Expression, SyntaxError> {
        match self.errors.into_iter().next() {
            None => Ok(self.expression),
            Some(error) => Err(error),
        }
    }
}

/// Parses an expression. Continues after an error, to find the others as well.
pub fn parse(text: &str) -> Parsed {
    if text.len() > LONGEST_READ {
        let message = format!("it has more than {LONGEST_READ} bytes, and is not read");
        return Parsed { errors: vec![SyntaxError { message, span: 0..0 }], ..Parsed::default() };
    }
    let Tokens { tokens, errors, unclosed_quote } = tokens(text);
    let end = text.trim_end().len();
    let mut parser = Parser { tokens, next: 0, end, depth: 0, operations: 0, errors, stopped: false, unclosed_quote };
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
    /// Number of operators so far; each makes the tree one level deeper.
    operations: usize,
    errors: Vec<SyntaxError>,
    /// Whether parsing stopped early. Later errors are consequences and are not reported.
    stopped: bool,
    /// Whether an unclosed quotation mark includes the rest of the text.
    unclosed_quote: bool,
}

impl Parser {
    fn peek(&self) -> Option<&TokenKind> {
        self.tokens.get(self.next).map(|token| &token.kind)
    }

    /// The span of the next token; at the end, the span of the last one.
    fn here(&self) -> Range<usize> {
        match (self.tokens.get(self.next), self.tokens.last()) {
            (Some(token), _) => token.span.clone(),
            (None, Some(last)) => last.span.clone(),
            (None, None) => 0..self.end,
        }
    }

    fn error(&mut self, span: Range<usize>, message: impl Into<String>) {
        if !self.stopped {
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
                TokenKind::Close => "this closing bracket is one too many",
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
                self.stopped = true;
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
            self.error(span.clone(), "an attribute, a text or a function is missing after this");
            self.stopped = true;
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
                    _ => "an attribute, a text or a function is missing before this",
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

    /// The arguments up to the closing bracket. An omitted one, in the middle or after a comma, is `None`.
    fn arguments(&mut self, opened: &Range<usize>) -> Vec<Option<Expression>> {
        let mut arguments = Vec::new();
        if self.depth == DEEPEST {
            self.error(opened.clone(), "functions are nested too deeply");
            self.stopped = true;
            self.next = self.tokens.len();
            return arguments;
        }
        self.depth += 1;
        loop {
            let is_omitted = matches!(self.peek(), Some(TokenKind::Comma | TokenKind::Close) | None);
            let argument = if is_omitted { None } else { Some(self.expression()) };
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
                    if !self.unclosed_quote {
                        self.error(opened.clone(), "the bracket after this name is never closed");
                    }
                    self.stopped = true;
                    break;
                }
            }
        }
        self.depth -= 1;
        arguments
    }

    /// Skips to the next comma or closing bracket of this function, and reports at most one error.
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
            // The lexer has recorded its error.
            TokenKind::Strange => {}
            TokenKind::Word(word) if is_connective(&word) => self.error(span, CONNECTIVE),
            _ if self.next == self.tokens.len() => {}
            _ => self.error(span, "a comma is missing before this"),
        }
    }
}

const CONNECTIVE: &str = "conditions cannot be joined with AND or OR; nest a second IIF instead";

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
    fn an_expression_with_omitted_arguments_is_printed_as_entra_prints_it() {
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
    fn an_error_has_a_place_and_a_message() {
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
            ("Join('x', [a])", "'", "double ones"),
            ("Join(`x`, [a])", "`", "double ones"),
            ("Join(\"x”, [a])", "”", "curly"),
            ("Join(« », [a])", "«", "curly"),
            ("Join(\" \"，[a])", "，", "full-width"),
            ("IIF([a] == \"b\", \"c\", \"d\")", "==", "write `=`"),
            ("IIF([a] != \"b\", \"c\", \"d\")", "!=", "write `<>`"),
            ("IIF([a] = \"b\" && [c] = \"d\", \"e\", \"f\")", "&&", "nest a second IIF"),
            ("IIF([a] = \"b\" || [c] = \"d\", \"e\", \"f\")", "||", "nest a second IIF"),
            ("[a] + [b]", "+", "Join"),
            ("Left([a],\u{200b} 2)", "\u{200b}", "invisible"),
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
    fn several_errors_are_found_at_once_and_the_rest_is_parsed() {
        let parsed = parse("Join('x', [a] [b], Left([c]; 2), [d])");
        assert_eq!(parsed.errors.len(), 3, "{:?}", parsed.errors);
        assert_eq!(parsed.expression.attributes(), ["a", "c", "d"]);
    }

    #[test]
    fn deep_nesting_does_not_overflow_the_stack() {
        for text in ["F(", "(", "F([a], ", "[", "\"", "F(1)(", "1&", "-", "F(1 & F("] {
            assert!(!parse(&text.repeat(100_000)).errors.is_empty(), "{text}");
        }
    }
}
