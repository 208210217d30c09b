//! Splits an expression into tokens.

use std::ops::Range;

use super::functions::foreign_operator;
use super::{Operator, SyntaxError};

/// A word, sign or text, with its span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    Attribute(String),
    Text(String),
    Number(String),
    Word(String),
    Open,
    Close,
    Comma,
    Operator(Operator),
    /// A character that is not allowed in an expression; its error is already recorded.
    Strange,
}

/// Quotation marks that word processors and chat programs insert instead of the straight one.
const CURLY: [char; 10] = ['“', '”', '„', '‟', '″', '«', '»', '〝', '〞', '＂'];

/// Single quotation marks, straight ones and those that are inserted instead.
const SINGLE: [char; 9] = ['\'', '‘', '’', '‚', '‛', '`', '´', '′', '＇'];

/// Characters of East Asian keyboards, and the ones that they look like.
const FULL_WIDTH: [(char, char); 7] =
    [('（', '('), ('）', ')'), ('，', ','), ('、', ','), ('［', '['), ('］', ']'), ('＝', '=')];

fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// The result of splitting a text into tokens.
pub(super) struct Tokens {
    pub(super) tokens: Vec<Token>,
    pub(super) errors: Vec<SyntaxError>,
    /// Whether an unclosed quotation mark includes the rest of the text.
    pub(super) unclosed_quote: bool,
}

/// Splits a text into tokens. Continues after an error, to find the others as well.
pub(super) fn tokens(text: &str) -> Tokens {
    let mut lexer = Lexer { text, at: 0, errors: Vec::new(), unclosed_quote: false };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next() {
        tokens.push(token);
    }
    Tokens { tokens, errors: lexer.errors, unclosed_quote: lexer.unclosed_quote }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    errors: Vec<SyntaxError>,
    unclosed_quote: bool,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn error(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.errors.push(SyntaxError { message: message.into(), span });
    }

    fn next(&mut self) -> Option<Token> {
        self.skip_space();
        let start = self.at;
        let kind = self.kind(self.rest().chars().next()?);
        Some(Token { kind, span: start..self.at })
    }

    /// Skips spaces, and invisible characters with an error.
    fn skip_space(&mut self) {
        loop {
            self.at += self.rest().len() - self.rest().trim_start().len();
            let Some(next) = self.rest().chars().next().filter(|next| is_invisible(*next)) else { return };
            let end = self.at + next.len_utf8();
            self.error(self.at..end, "there is an invisible character here; delete it");
            self.at = end;
        }
    }

    fn kind(&mut self, first: char) -> TokenKind {
        let rest = self.rest();
        let digit_at = |at: usize| rest[at..].starts_with(|next: char| next.is_ascii_digit());
        if let Some(hexadecimal) = rest.strip_prefix("&H") {
            let digits = hexadecimal.len() - hexadecimal.trim_start_matches(|c: char| c.is_ascii_hexdigit()).len();
            if digits > 0 {
                return TokenKind::Number(self.take(2 + digits));
            }
        }
        match first {
            '[' => self.attribute(),
            '"' => self.string('"'),
            _ if CURLY.contains(&first) => {
                let from = self.at;
                self.error(from..from + first.len_utf8(), "this is a curly quotation mark; use a straight one (\")");
                self.string(first)
            }
            _ if SINGLE.contains(&first) => {
                let from = self.at;
                let message = "this is a single quotation mark; write a text in double ones: \"text\"";
                self.error(from..from + first.len_utf8(), message);
                self.at += first.len_utf8();
                let length = self.rest().find(SINGLE).unwrap_or(0);
                let text = self.take(length);
                self.at += self.rest().chars().next().filter(|next| SINGLE.contains(next)).map_or(0, char::len_utf8);
                TokenKind::Text(text)
            }
            '(' => self.sign(TokenKind::Open),
            ')' => self.sign(TokenKind::Close),
            ',' => self.sign(TokenKind::Comma),
            '-' if digit_at(1) => self.number(),
            _ if first.is_ascii_digit() => self.number(),
            _ if first.is_alphabetic() || first == '_' => {
                let word = |character: char| character.is_alphanumeric() || matches!(character, '_' | '.');
                let length = rest.find(|character| !word(character)).unwrap_or(rest.len());
                TokenKind::Word(self.take(length))
            }
            _ => {
                if let Some((operator, message)) = foreign_operator(rest) {
                    self.error(self.at..self.at + operator.len(), message);
                    self.at += operator.len();
                    return match operator {
                        "==" | "===" => TokenKind::Operator(Operator::Equal),
                        "!=" | "!==" => TokenKind::Operator(Operator::NotEqual),
                        "=>" => TokenKind::Operator(Operator::GreaterOrEqual),
                        "=<" => TokenKind::Operator(Operator::LessOrEqual),
                        _ => TokenKind::Strange,
                    };
                }
                if let Some((_, plain)) = FULL_WIDTH.iter().find(|(wide, _)| *wide == first) {
                    let end = self.at + first.len_utf8();
                    self.error(self.at..end, format!("this is a full-width character; use `{plain}`"));
                    self.at = end;
                    return match plain {
                        '(' => TokenKind::Open,
                        ')' => TokenKind::Close,
                        ',' => TokenKind::Comma,
                        '=' => TokenKind::Operator(Operator::Equal),
                        _ => TokenKind::Strange,
                    };
                }
                if let Some(operator) = Operator::ALL.into_iter().find(|operator| rest.starts_with(operator.as_str())) {
                    self.at += operator.as_str().len();
                    return TokenKind::Operator(operator);
                }
                let end = self.at + first.len_utf8();
                let message = match first {
                    ';' => "this is a semicolon; separate arguments with commas".to_owned(),
                    ']' => "this bracket was never opened".to_owned(),
                    '+' => "texts cannot be added with +; write Join(\"\", first, second)".to_owned(),
                    '!' => "`!` is not an operator; write Not(…), or <> for not equal".to_owned(),
                    _ => format!("`{}` is not allowed here", first.escape_debug()),
                };
                self.error(self.at..end, message);
                self.at = end;
                TokenKind::Strange
            }
        }
    }

    fn take(&mut self, length: usize) -> String {
        let taken = self.rest()[..length].to_owned();
        self.at += length;
        taken
    }

    fn sign(&mut self, kind: TokenKind) -> TokenKind {
        self.at += 1;
        kind
    }

    fn number(&mut self) -> TokenKind {
        let rest = self.rest();
        let length = rest[1..].find(|next: char| !next.is_ascii_digit() && next != '.').map_or(rest.len(), |at| at + 1);
        TokenKind::Number(self.take(length))
    }

    fn attribute(&mut self) -> TokenKind {
        let rest = self.rest();
        // An attribute name contains none of these. So an unclosed bracket ends here instead of at the end of the text.
        let length = rest[1..].find([']', '[', '"', ',', '(', ')']).map_or(rest.len(), |at| at + 1);
        let name = rest[1..length].trim().to_owned();
        let closed = rest[length..].starts_with(']');
        let span = self.at..self.at + length + usize::from(closed);
        self.at = span.end;
        if !closed {
            self.error(span.start..span.start + 1, "this bracket is never closed");
        } else if name.is_empty() {
            self.error(span, "an attribute's name is missing between the brackets");
        }
        TokenKind::Attribute(name)
    }

    /// A text up to its closing quotation mark. One that starts with a curly mark may end with any mark.
    fn string(&mut self, opening: char) -> TokenKind {
        let start = self.at;
        let closes = |character: char| character == '"' || (opening != '"' && CURLY.contains(&character));
        let mut value = String::new();
        let mut characters = self.rest().char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            match character {
                _ if closes(character) => {
                    self.at += at + character.len_utf8();
                    return TokenKind::Text(value);
                }
                '\\' => match characters.next() {
                    Some((_, escaped @ ('"' | '\\'))) => value.push(escaped),
                    Some((_, other)) => value.extend(['\\', other]),
                    None => break,
                },
                _ => value.push(character),
            }
        }
        self.at = self.text.len();
        self.unclosed_quote = true;
        // The mark that was meant to close the text may be a curly one.
        match self.text[start + opening.len_utf8()..].char_indices().find(|(_, next)| CURLY.contains(next)) {
            Some((at, curly)) => {
                let at = start + opening.len_utf8() + at;
                self.error(at..at + curly.len_utf8(), "this is a curly quotation mark; use a straight one (\")");
            }
            None => self.error(start..start + opening.len_utf8(), "this quotation mark is never closed"),
        }
        TokenKind::Text(value)
    }
}
