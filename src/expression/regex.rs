//! .NET regular expressions, translated to the syntax of `fancy-regex`.
//!
//! <https://learn.microsoft.com/dotnet/standard/base-types/regular-expression-language-quick-reference>

use std::cell::RefCell;
use std::rc::Rc;

use fancy_regex::{Captures, Error, ParseError, Regex, RegexBuilder};
use foldhash::HashMap;

use super::value::Unknown;

/// Maximum number of backtracking steps of a search.
const BACKTRACKS: usize = 20_000;
/// Maximum length of a searched text, in bytes.
const LONGEST_TEXT: usize = 16 << 10;
/// Maximum size of a compiled regular expression, in bytes.
const LARGEST: usize = 1 << 20;

/// A compiled .NET regular expression.
#[derive(Debug)]
pub struct Pattern(Regex);

/// Why a regular expression cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Every regular expression engine rejects it: a bracket is missing, or a quantifier has nothing to repeat.
    #[error("{0}")]
    Wrong(String),
    /// It may be valid in .NET, but is not supported here.
    #[error("provlint does not support this regular expression: {0}")]
    Unsupported(String),
}

/// Compiled regular expressions, by their text.
#[derive(Debug, Default)]
pub struct Patterns(RefCell<HashMap<String, Result<Rc<Pattern>, PatternError>>>);

impl Patterns {
    /// The compiled form of a regular expression.
    ///
    /// # Errors
    /// If it cannot be compiled; see [`PatternError`].
    pub fn get(&self, pattern: &str) -> Result<Rc<Pattern>, PatternError> {
        if let Some(known) = self.0.borrow().get(pattern) {
            return known.clone();
        }
        let compiled = Pattern::new(pattern).map(Rc::new);
        self.0.borrow_mut().insert(pattern.to_owned(), compiled.clone());
        compiled
    }
}

impl Pattern {
    /// Compiles a .NET regular expression.
    ///
    /// # Errors
    /// If it cannot be compiled; see [`PatternError`].
    pub fn new(pattern: &str) -> Result<Self, PatternError> {
        let compiled = RegexBuilder::new(&translate(pattern)?)
            .backtrack_limit(BACKTRACKS)
            .delegate_size_limit(LARGEST)
            .delegate_dfa_size_limit(LARGEST)
            .max_prog_size(LARGEST)
            .build();
        compiled.map(Pattern).map_err(|error| match &error {
            Error::ParseError(_, kind) => match kind {
                ParseError::UnclosedOpenParen => PatternError::Wrong("a round bracket is never closed".into()),
                ParseError::InvalidClass => PatternError::Wrong("a square bracket is never closed".into()),
                ParseError::TrailingBackslash => PatternError::Wrong("a backslash at the end escapes nothing".into()),
                ParseError::TargetNotRepeatable => PatternError::Wrong("a quantifier has nothing to repeat".into()),
                _ => PatternError::Unsupported(error.to_string()),
            },
            _ => PatternError::Unsupported(error.to_string()),
        })
    }

    /// Whether it matches anywhere in `text`.
    ///
    /// # Errors
    /// If the search takes too long.
    pub fn is_match(&self, text: &str) -> Result<bool, Unknown> {
        short_enough(text)?;
        self.0.is_match(text).map_err(|error| too_long(&error))
    }

    /// Every match, as .NET finds them: an empty match may directly follow another match.
    ///
    /// # Errors
    /// If the search takes too long.
    pub fn matches<'t>(&self, text: &'t str) -> Result<Vec<Captures<'t, str>>, Unknown> {
        short_enough(text)?;
        let mut found = Vec::new();
        let mut from = 0;
        while from <= text.len() {
            let Some(captures) = self.0.captures_from_pos(text, from).map_err(|error| too_long(&error))? else { break };
            let Some(whole) = captures.get(0) else { break };
            from = whole.end();
            if whole.start() == whole.end() {
                from += text[from..].chars().next().map_or(1, char::len_utf8);
            }
            found.push(captures);
        }
        Ok(found)
    }

    /// The index of the group that .NET calls `name`: unnamed groups are numbered first, then those with names.
    pub fn group(&self, name: &str) -> Option<usize> {
        let names: Vec<Option<&str>> = self.0.capture_names().collect();
        if let Some(index) = names.iter().position(|known| *known == Some(name)) {
            return Some(index);
        }
        let number: usize = name.parse().ok()?;
        if number == 0 {
            return Some(0);
        }
        let groups = || names.iter().enumerate().skip(1);
        let in_order = groups().filter(|(_, name)| name.is_none()).chain(groups().filter(|(_, name)| name.is_some()));
        in_order.map(|(index, _)| index).nth(number - 1)
    }

    /// Replaces the substitutions in `replacement` for one match: `$1`, `${name}`, `$$`, `$&`.
    /// <https://learn.microsoft.com/dotnet/standard/base-types/substitutions-in-regular-expressions>
    ///
    /// # Errors
    /// If it contains a substitution that is not supported here.
    pub fn expand(&self, replacement: &str, captures: &Captures<'_, str>) -> Result<String, Unknown> {
        let mut expanded = String::new();
        let mut rest = replacement;
        while let Some((before, after)) = rest.split_once('$') {
            expanded.push_str(before);
            let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let braced = after.strip_prefix('{').and_then(|inner| inner.split_once('}'));
            let (name, left) = match (braced, after.chars().next()) {
                (Some((name, left)), _) => (name, left),
                (None, Some('$')) => {
                    expanded.push('$');
                    rest = &after[1..];
                    continue;
                }
                (None, Some('&')) => ("0", &after[1..]),
                (None, Some('`' | '\'' | '+' | '_')) => {
                    return Err(Unknown::new("provlint does not support a substitution in the replacement"));
                }
                (None, _) if digits > 0 => after.split_at(digits),
                (None, _) => ("", after),
            };
            match self.group(name) {
                Some(group) => expanded.push_str(captures.get(group).map_or("", |group| group.as_str())),
                // Without a group of that name, it is plain text.
                None => {
                    expanded.push('$');
                    expanded.push_str(&after[..after.len() - left.len()]);
                }
            }
            rest = left;
        }
        expanded.push_str(rest);
        Ok(expanded)
    }
}

fn short_enough(text: &str) -> Result<(), Unknown> {
    if text.len() > LONGEST_TEXT { Err(Unknown::new("the text is too long for provlint to search")) } else { Ok(()) }
}

fn too_long(_: &Error) -> Unknown {
    Unknown::new("the regular expression takes too long to evaluate")
}

/// Translates a .NET regular expression to the syntax of `fancy-regex`.
fn translate(pattern: &str) -> Result<String, PatternError> {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut characters = pattern.chars().peekable();
    // Number of open sets. .NET opens a second one only to subtract it.
    let mut sets = 0_usize;
    let mut at_start_of_set = false;
    while let Some(character) = characters.next() {
        let first_in_set = std::mem::take(&mut at_start_of_set);
        match character {
            '\\' => match characters.next() {
                Some(escaped @ ('<' | '>' | '_' | '@' | '"' | '\'' | '%' | ',' | ';' | ':' | '=' | '!' | '`')) => {
                    out.push(escaped)
                }
                Some('Z') if sets == 0 => out.push_str(r"(?=\n?\z)"),
                Some('e') => out.push_str(r"\x1B"),
                // In .NET this names a Unicode block, in other engines a script.
                Some('p' | 'P') if characters.clone().take(3).eq("{Is".chars()) => {
                    return Err(PatternError::Unsupported("Unicode blocks are not supported".into()));
                }
                Some('c') => return Err(PatternError::Unsupported("\\c is not supported".into())),
                Some(escaped) => out.extend(['\\', escaped]),
                None => return Err(PatternError::Wrong("a backslash at the end escapes nothing".into())),
            },
            '[' if sets == 0 => {
                sets = 1;
                out.push('[');
                if characters.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
                at_start_of_set = true;
            }
            ']' if first_in_set => out.push_str(r"\]"),
            ']' if sets > 0 => {
                sets -= 1;
                out.push(']');
            }
            '-' if sets > 0 && characters.peek() == Some(&'[') && !first_in_set => {
                characters.next();
                sets += 1;
                out.push_str("--[");
                if characters.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
                at_start_of_set = true;
            }
            '[' | '&' | '~' if sets > 0 => out.extend(['\\', character]),
            '-' if sets > 0 && characters.peek() == Some(&'-') => out.push_str(r"\-"),
            '(' if sets == 0 => {
                out.push('(');
                let ahead: String = characters.clone().take_while(|next| !matches!(next, '>' | ')')).collect();
                if let Some(named) = ahead.strip_prefix("?'") {
                    let name = named.split('\'').next().unwrap_or_default();
                    out.push_str(&format!("?<{name}>"));
                    characters.nth(name.chars().count() + 2);
                } else if ahead.starts_with("?<")
                    && !ahead.starts_with("?<!")
                    && !ahead.starts_with("?<=")
                    && ahead.contains('-')
                {
                    return Err(PatternError::Unsupported("balancing groups are not supported".into()));
                }
            }
            // In .NET, $ also matches before a line break at the end.
            '$' if sets == 0 => out.push_str(r"(?=\n?\z)"),
            _ => out.push(character),
        }
    }
    if sets > 0 {
        return Err(PatternError::Wrong("a square bracket is never closed".into()));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_as_in_dotnet() {
        for (pattern, text, found) in [
            (r"^\d+$", "12\n", true),
            (r"[()[\]-]+", "a[b", true),
            (r"[a-z-[aeiou]]", "aei", false),
            (r"[a-z-[aeiou]]", "aeix", true),
            (r"[]a]", "]", true),
            (r"[a&&b]", "&", true),
            (r"(?'year'\d{4})-\k<year>", "2020-2020", true),
            (r".*\@domain\.com", "x@domain.com", true),
            (r"\<tag\>", "<tag>", true),
            (r"(?=.*\d)(?=.*[a-z])\w{3,}", "ab1", true),
            (r"(?i)sales", "SALES", true),
            ("sales", "SALES", false),
        ] {
            assert_eq!(Pattern::new(pattern).unwrap().is_match(text), Ok(found), "{pattern} in {text}");
        }
    }

    #[test]
    fn only_patterns_that_every_engine_rejects_are_wrong() {
        for pattern in ["(", "[a", "a\\", "*a", "a(b"] {
            assert!(
                matches!(Pattern::new(pattern), Err(PatternError::Wrong(_))),
                "{pattern}: {:?}",
                Pattern::new(pattern)
            );
        }
        for pattern in [r"(?<open-close>x)", r"\p{IsGreek}", r"\cA"] {
            assert!(
                matches!(Pattern::new(pattern), Err(PatternError::Unsupported(_))),
                "{pattern}: {:?}",
                Pattern::new(pattern)
            );
        }
    }

    #[test]
    fn empty_matches_are_found_as_in_dotnet() {
        let count = |pattern: &str, text: &str| Pattern::new(pattern).unwrap().matches(text).unwrap().len();
        assert_eq!(count("a*", "baaac"), 4);
        assert_eq!(count("x*", "äb"), 3);
    }

    #[test]
    fn groups_without_names_are_numbered_first() {
        let pattern = Pattern::new(r"(?<a>x)(y)(?<b>z)").unwrap();
        let captures = pattern.matches("xyz").unwrap().remove(0);
        assert_eq!(pattern.expand("$1-$2-${b}-$$-$&-$9-$x", &captures).unwrap(), "y-x-z-$-xyz-$9-$x");
    }

    #[test]
    fn a_search_that_takes_too_long_is_stopped() {
        let pattern = Pattern::new(r"^(a+)+\1$").unwrap();
        assert!(pattern.is_match(&"a".repeat(400).replace("aaaa", "aaab")).is_ok());
        let stubborn = Pattern::new(r"(?=(a+)+b)(a*)*c").unwrap();
        assert!(stubborn.is_match(&format!("{}c", "a".repeat(60))).is_err() || stubborn.is_match("aaaa") == Ok(false));
        assert!(Pattern::new(&"(a{1000}){1000}".repeat(9)).is_err());
    }
}
