//! The shapes of credentials, each found by the few letters that it always has.

use std::ops::Range;
use std::sync::LazyLock;

use super::signs::Signs;

/// A shape of which a text can tell without its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    /// A JSON Web Token: three parts in base64, of which the first two begin with `{"`.
    Token,
    /// What stands behind `Bearer`.
    Bearer,
    /// The form of client secrets of Entra ID: 37 to 40 characters, of which the fourth to sixth are a digit and `Q~`.
    ClientSecret,
}

impl Shape {
    /// What it is called in a finding.
    fn what(self) -> &'static str {
        match self {
            Shape::Token => "a JSON Web Token",
            Shape::Bearer => "a bearer token",
            Shape::ClientSecret => "a client secret",
        }
    }
}

/// Every text of a shape contains one of these. Signs of at least three bytes are found fastest.
pub(crate) const SIGNS: [&str; 13] =
    ["eyJ", "earer", "EARER", "0Q~", "1Q~", "2Q~", "3Q~", "4Q~", "5Q~", "6Q~", "7Q~", "8Q~", "9Q~"];

/// The shortest part of a JSON Web Token, behind its `eyJ`.
const PART: usize = 8;
/// The shortest token behind `Bearer`.
const BEARER: usize = 16;
/// What stands before the digit of a client secret, and behind its `Q~`.
const BEFORE: usize = 3;
const BEHIND: Range<usize> = 31..34;

fn in_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn in_bearer(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'~' | b'+' | b'/' | b'=' | b'-')
}

fn in_secret(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'~' | b'.' | b'-')
}

/// Whether a sign is part of a credential.
#[derive(Debug, PartialEq, Eq)]
enum Judged {
    No,
    /// An escape may hide the rest.
    Unsure,
    Yes(Shape, Range<usize>),
}

/// Judges signs in the order of the text. Reads every byte a few times at most, however many signs there are.
struct Eye<'t> {
    text: &'t [u8],
    /// Runs of letters of tokens that were read before: several signs may be in one.
    runs: [Range<usize>; 4],
    oldest: usize,
}

impl<'t> Eye<'t> {
    fn new(text: &'t str) -> Self {
        Eye { text: text.as_bytes(), runs: Default::default(), oldest: 0 }
    }

    /// Where the run of letters of a token ends that goes on at `start`.
    fn token_run(&mut self, start: usize) -> usize {
        if let Some(run) = self.runs.iter().find(|run| run.contains(&start)) {
            return run.end;
        }
        let end = start + run(self.text, start, in_token);
        if start < end {
            self.runs[self.oldest] = start..end;
            self.oldest = (self.oldest + 1) % self.runs.len();
        }
        end
    }

    fn judge(&mut self, sign: Range<usize>) -> Judged {
        match self.text[sign.start] {
            b'e' if self.text[sign.clone()] == *b"eyJ" => self.token(sign.start),
            b'e' | b'E' => self.bearer(&sign),
            _ => self.client_secret(&sign),
        }
    }

    fn token(&mut self, start: usize) -> Judged {
        let mut at = start;
        for _ in 0..2 {
            if !self.text[at..].starts_with(b"eyJ") {
                return self.unless_escaped(at..at + 3);
            }
            let end = self.token_run(at + 3);
            if end < at + 3 + PART || self.text.get(end) != Some(&b'.') {
                return self.unless_escaped(end..end + 1);
            }
            at = end + 1;
        }
        Judged::Yes(Shape::Token, start..self.token_run(at))
    }

    fn bearer(&self, sign: &Range<usize>) -> Judged {
        let first = sign.start.checked_sub(1).map(|before| self.text[before]);
        let begins = match first {
            Some(b'B') => true,
            Some(b'b') => self.text[sign.start] == b'e',
            _ => false,
        };
        if !begins {
            return Judged::No;
        }
        let blank = |byte: u8| matches!(byte, b'\t'..=b'\r' | b' ');
        let start = sign.end + run(self.text, sign.end, blank);
        let end = start + run(self.text, start, in_bearer);
        if start == sign.end || end < start + BEARER {
            return self.unless_escaped(end..end + 1);
        }
        Judged::Yes(Shape::Bearer, sign.start - 1..end)
    }

    fn client_secret(&self, sign: &Range<usize>) -> Judged {
        let Some(start) = sign.start.checked_sub(BEFORE) else { return Judged::No };
        let behind = &self.text[sign.end..self.text.len().min(sign.end + BEHIND.end)];
        let length = run(behind, 0, in_secret);
        if run(&self.text[..sign.start], start, in_secret) < BEFORE {
            return self.unless_escaped(start..sign.start);
        }
        if length < BEHIND.start {
            return self.unless_escaped(sign.end + length..sign.end + length + 1);
        }
        Judged::Yes(Shape::ClientSecret, start..sign.end + length)
    }

    /// What these bytes make of it, which do not fit.
    fn unless_escaped(&self, bytes: Range<usize>) -> Judged {
        let bytes = &self.text[bytes.start.min(self.text.len())..bytes.end.min(self.text.len())];
        if bytes.contains(&b'\\') { Judged::Unsure } else { Judged::No }
    }
}

/// How many bytes from `start` fit.
fn run(text: &[u8], start: usize, fits: impl Fn(u8) -> bool) -> usize {
    text[start.min(text.len())..].iter().take_while(|byte| fits(**byte)).count()
}

/// Where a text has the shape of a credential, and of which, in the order of the kinds.
pub(crate) fn shapes(text: &str) -> Vec<(&'static str, Range<usize>)> {
    static SEARCH: LazyLock<Signs> = LazyLock::new(|| Signs::new(&SIGNS));
    let mut found: Vec<(Shape, Range<usize>)> = Vec::new();
    let (mut eye, mut ends) = (Eye::new(text), [0; 3]);
    SEARCH.each(text, |_, sign| {
        if let Judged::Yes(shape, place) = eye.judge(sign) {
            // A part of the one before is no other.
            let end = &mut ends[shape as usize];
            if place.start >= *end {
                *end = place.end;
                found.push((shape, place));
            }
        }
    });
    found.sort_by_key(|(shape, _)| *shape);
    found.into_iter().map(|(shape, place)| (shape.what(), place)).collect()
}

/// Judges the signs of a text as it is spelt, in order: which of them may be part of a credential.
pub(crate) struct Candidates<'t>(Eye<'t>);

impl<'t> Candidates<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Candidates(Eye::new(text))
    }

    /// Whether a sign may be part of one.
    pub(crate) fn may_be(&mut self, sign: Range<usize>) -> bool {
        self.0.judge(sign) != Judged::No
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJl";

    fn found(text: &str) -> Vec<(&'static str, &str)> {
        shapes(text).into_iter().map(|(what, place)| (what, &text[place])).collect()
    }

    #[test]
    fn every_shape_is_found_whole_and_nothing_shorter() {
        let secret = format!("aBc8Q~{}", "k.".repeat(17));
        assert_eq!(found(&format!("x {TOKEN}, {TOKEN}.")), [("a JSON Web Token", TOKEN); 2]);
        assert_eq!(found(&format!("é{secret}zzz")), [("a client secret", secret.as_str())]);
        for word in ["Bearer", "bearer", "BEARER"] {
            let text = format!("{word} \t0123456789abcde=");
            assert_eq!(found(&format!("({text})")), [("a bearer token", text.as_str())]);
        }
        for shortest in ["eyJ12345678.eyJ12345678.".to_owned(), format!("aBc8Q~{}", "k".repeat(BEHIND.start))] {
            assert_eq!(found(&shortest).iter().map(|(_, text)| *text).collect::<Vec<_>>(), [shortest.as_str()]);
        }
        let bearer = format!("Bearer {TOKEN}");
        assert_eq!(found(&bearer), [("a JSON Web Token", TOKEN), ("a bearer token", bearer.as_str())]);
        for text in [
            "eyJhbGciOiJub25lIn0.eyJzdWIi.c2ln".to_owned(),
            "eyJhbGci.eyJzdWIiOiJub2JvZHkifQ.".to_owned(),
            TOKEN.replace(".eyJ", ".eyK"),
            TOKEN.replace('.', "_"),
            "bEARER 0123456789abcdef".to_owned(),
            "earer 0123456789abcdef".to_owned(),
            "Bearer 0123456789abcde".to_owned(),
            "Bearer0123456789abcdef".to_owned(),
            secret[..36].to_owned(),
            secret[1..].to_owned(),
        ] {
            assert_eq!(found(&text), [], "{text}");
        }
    }

    #[test]
    fn a_sign_that_an_escape_follows_may_be_a_credential() {
        let may_be = |text: &str| {
            let at = text.find("eyJ").or(text.find("earer")).or(text.find("8Q~")).unwrap();
            let length = if text[at..].starts_with("earer") { 5 } else { 3 };
            Candidates::new(text).may_be(at..at + length)
        };
        for text in [
            r"eyJhbGciOiJub25lIn0\u002eeyJ",
            r"eyJhb\u0047",
            r"Bearer\tabc",
            r"Bearer ab\u002Bc",
            r"a\n8Q~",
            r"abc8Q~k\u002e",
        ] {
            assert!(may_be(text), "{text}");
        }
        for text in ["eyJhbGciOiJub25lIn0", "eyJ\"", "Bearer of", "Bearer", "x8Q~", "ab\"8Q~", "abc8Q~k"] {
            assert!(!may_be(text), "{text}");
        }
    }

    #[test]
    fn a_text_of_nothing_but_signs_is_read_in_linear_time() {
        // Quadratic time would be minutes.
        let text = "eyJ".repeat(1 << 15);
        assert_eq!(found(&text), []);
        assert_eq!(found(&format!("{text}.{text}.{text}")).len(), 1);
        assert_eq!(found(&"Bearer ".repeat(1 << 14)), []);
    }
}
