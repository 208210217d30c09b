//! .NET regular expressions: parsed, refused where .NET refuses them, and run as .NET runs them.
//!
//! <https://learn.microsoft.com/dotnet/standard/base-types/regular-expression-language-quick-reference>

mod blocks;
mod class;
mod groups;
mod parse;
mod program;
mod replacement;
mod run;
mod scan;
mod tree;

use std::cell::RefCell;
use std::rc::Rc;

use foldhash::HashMap;

use self::groups::Groups;
use self::program::Program;
pub use self::replacement::Replacement;
use self::run::{Matcher, Spans, Stop};
use self::scan::Fault;
use super::unicode::text;
use super::value::Unknown;

/// Maximum length of a searched text, in UTF-16 units.
const LONGEST_TEXT: usize = 16 << 10;

/// A .NET regular expression.
#[derive(Debug)]
pub struct Pattern {
    groups: Groups,
    /// `None` if it is nested too deeply.
    program: Option<Program>,
}

/// Why .NET refuses a regular expression, or the text that replaces its matches.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct PatternError {
    /// Where it is wrong, as an offset in bytes.
    pub at: usize,
    /// What is wrong, without a full stop.
    pub why: String,
}

/// Compiled regular expressions, by their text.
#[derive(Debug, Default)]
pub struct Patterns(RefCell<HashMap<String, Result<Rc<Pattern>, PatternError>>>);

impl Patterns {
    /// The compiled form of a regular expression.
    ///
    /// # Errors
    /// If .NET refuses it.
    pub fn get(&self, pattern: &str) -> Result<Rc<Pattern>, PatternError> {
        if let Some(known) = self.0.borrow().get(pattern) {
            return known.clone();
        }
        let parsed = Pattern::parse(pattern).map(Rc::new);
        self.0.borrow_mut().insert(pattern.to_owned(), parsed.clone());
        parsed
    }
}

/// A text as .NET sees it, in UTF-16 units, and where a pattern matches it.
#[derive(Debug)]
pub struct Matches {
    text: Vec<u16>,
    spans: Vec<Spans>,
}

impl Pattern {
    /// Parses a .NET regular expression.
    ///
    /// # Errors
    /// If .NET refuses it.
    pub fn parse(pattern: &str) -> Result<Self, PatternError> {
        let units: Vec<u16> = pattern.encode_utf16().collect();
        match parse::parse(&units) {
            Ok(parsed) => Ok(Pattern { program: Some(Program::new(&parsed)), groups: parsed.groups }),
            Err(Fault::TooDeep) => Ok(Pattern { groups: Groups::default(), program: None }),
            Err(Fault::Wrong { at, why }) => Err(PatternError { at: byte_offset(pattern, at), why }),
        }
    }

    /// Whether it matches anywhere in `text`.
    ///
    /// # Errors
    /// If that is unknown.
    pub fn is_match(&self, text: &str) -> Result<bool, Unknown> {
        let text = units(text)?;
        let found = Matcher::new(self.program()?, &text).first(0).map_err(unknown)?;
        Ok(found.is_some())
    }

    /// Whether it matches the whole of `text`, as between `^` and `$`.
    ///
    /// # Errors
    /// If that is unknown.
    pub fn is_whole_match(&self, text: &str) -> Result<bool, Unknown> {
        Matcher::new(self.program()?, &units(text)?).is_whole().map_err(unknown)
    }

    /// Every match.
    ///
    /// # Errors
    /// If it is unknown which these are.
    pub fn matches(&self, text: &str) -> Result<Matches, Unknown> {
        let text = units(text)?;
        let spans = Matcher::new(self.program()?, &text).all().map_err(unknown)?;
        Ok(Matches { text, spans })
    }

    /// The place of the group that .NET calls `name`, among the spans of a match. Groups without names are numbered first,
    /// then those with names.
    ///
    /// # Errors
    /// If that is unknown.
    pub fn group(&self, name: &str) -> Result<Option<usize>, Unknown> {
        if self.program.is_none() {
            self.program()?;
        }
        // By name, .NET does not find it.
        if self.groups.is_number_of_name(name) {
            return Err(Unknown::new("whether a group with a name can be given by its number is not documented"));
        }
        Ok(self.groups.slot_of_any_name(name))
    }

    fn program(&self) -> Result<&Program, Unknown> {
        let Some(program) = &self.program else {
            return Err(Unknown::new("the regular expression is nested too deeply for provlint"));
        };
        match program.unexplained {
            Some(what) => {
                Err(Unknown::new(format!("the regular expression has {what}, which .NET runs in its own way")))
            }
            None => Ok(program),
        }
    }
}

impl Matches {
    /// The text between two matches, or between a match and an end of the text.
    fn between(&self, start: usize, end: usize) -> &[u16] {
        self.text.get(start..end).unwrap_or_default()
    }

    /// The text with each match replaced.
    ///
    /// # Errors
    /// If half a character would be left, or if `spend` refuses the size of a replacement in bytes.
    pub fn replace(
        &self,
        replacement: &Replacement,
        spend: impl Fn(usize) -> Result<(), Unknown>,
    ) -> Result<String, Unknown> {
        self.rebuilt(0, |found, out| {
            let length = out.len();
            replacement.expand(&self.text, found, out);
            spend((out.len() - length).saturating_mul(2))
        })
    }

    /// The text with what a group matched replaced.
    ///
    /// # Errors
    /// As for [`Matches::replace`].
    pub fn replace_group(
        &self,
        group: usize,
        new: &str,
        spend: impl Fn(usize) -> Result<(), Unknown>,
    ) -> Result<String, Unknown> {
        self.rebuilt(group, |_, out| {
            out.extend(new.encode_utf16());
            spend(new.len())
        })
    }

    fn rebuilt(
        &self,
        group: usize,
        add: impl Fn(&Spans, &mut Vec<u16>) -> Result<(), Unknown>,
    ) -> Result<String, Unknown> {
        let mut out = Vec::with_capacity(self.text.len());
        let mut copied = 0;
        for found in &self.spans {
            let Some((start, end)) = found.get(group).copied().flatten() else { continue };
            out.extend_from_slice(self.between(copied, start));
            add(found, &mut out)?;
            copied = end;
        }
        out.extend_from_slice(self.between(copied, self.text.len()));
        text(&out)
    }

    /// Each text that a group matched, as far as the group took part in a match.
    ///
    /// # Errors
    /// If one is half a character.
    pub fn of_group(&self, group: usize) -> Result<Vec<String>, Unknown> {
        let spans = self.spans.iter().filter_map(|found| found.get(group).copied().flatten());
        spans.map(|(start, end)| text(self.between(start, end))).collect()
    }

    /// What a group matched in the first match; `None` if it took no part or nothing matches.
    ///
    /// # Errors
    /// If it is half a character.
    pub fn first_of_group(&self, group: usize) -> Result<Option<String>, Unknown> {
        let span = self.spans.first().and_then(|found| found.get(group).copied().flatten());
        span.map(|(start, end)| text(self.between(start, end))).transpose()
    }
}

fn units(text: &str) -> Result<Vec<u16>, Unknown> {
    let units: Vec<u16> = text.encode_utf16().collect();
    if units.len() > LONGEST_TEXT {
        Err(Unknown::new("the text is too long for provlint to search"))
    } else {
        Ok(units)
    }
}

fn unknown(stop: Stop) -> Unknown {
    Unknown::new(match stop {
        Stop::TooLong => "the regular expression takes too long to evaluate",
        Stop::EmptyRound => {
            "the regular expression has a lazy repetition that matches nothing, which .NET runs in its own way"
        }
        Stop::Doubtful => "versions of .NET differ in what the regular expression matches in this text",
    })
}

/// The offset in bytes of a UTF-16 unit.
fn byte_offset(text: &str, unit: usize) -> usize {
    let mut units = 0;
    let found = text.char_indices().find(|(_, character)| {
        units += character.len_utf16();
        units > unit
    });
    found.map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(pattern: &str, replacement: &str, text: &str) -> Result<String, String> {
        let pattern = Pattern::parse(pattern).map_err(|error| error.to_string())?;
        let replacement = Replacement::parse(replacement, &pattern).map_err(|error| error.to_string())?;
        let matches = pattern.matches(text).map_err(|unknown| unknown.to_string())?;
        matches.replace(&replacement, |_| Ok(())).map_err(|unknown| unknown.to_string())
    }

    #[test]
    fn a_pattern_matches_as_in_dotnet() {
        for (pattern, replacement, text, wanted) in [
            (r"^\d+$", "#", "12\n", "#\n"),
            (r"[()[\]-]+", "", "a[b)-", "ab"),
            (r"[a-z-[aeiou-[o]]]", "", "xaeox", "ae"),
            (r"[]a]", "", "]b", "b"),
            (r"[a&&b]", "", "&c", "c"),
            (r"x{,8}", "#", "x{,8}", "#"),
            (r"(?m)b$", "#", "b\nb", "#\n#"),
            (r"(?'year'\d{4})-\k<year>", "${year}", "2020-2020", "2020"),
            (r"(?<=a+)b", "#", "aab", "aa#"),
            (r"(?<=^.{2}).", "#", "abc", "ab#"),
            (r"(?<open>\()(?<-open>\))", "#", "()(", "#("),
            (r"^(?<o>\()+(?<-o>\))+(?(o)(?!))$", "#", "(())", "#"),
            (r"^(?<o>\()+(?<-o>\))+(?(o)(?!))$", "#", "(()", "(()"),
            (r"(?(?=a)ab|x)", "#", "abx", "##"),
            (r"(a)?(?(1)b|x)", "#", "abx", "##"),
            (r"(?n)(a)(?<n>b)", "$1", "ab", "b"),
            (r"(?x) a b # comment", "#", "ab", "#"),
            (r"\101\cJ\x42\u0043", "#", "A\nBC", "#"),
            (r"\p{IsGreek}+", "#", "αβx", "#x"),
            (r"a*", "#", "baaac", "#b##c#"),
            (r"(a*)*", "[$1]", "aab", "[][]b[]"),
            (r"(?i)STRASSE", "#", "strasse", "#"),
            (r"(?<a>x)(y)(?<b>z)", "$1-$2-${b}-$$-$&-$9-$x", "xyz", "y-x-z-$-xyz-$9-$x"),
            (r"b", "$`|$'|$_|$+", "abc", "aa|c|abc|bc"),
            (r"(\w)\1", "<$1>", "aab", "<a>b"),
        ] {
            assert_eq!(replaced(pattern, replacement, text).as_deref(), Ok(wanted), "{pattern} in {text}");
        }
    }

    #[test]
    fn what_dotnet_refuses_is_refused_with_its_place() {
        for (pattern, at, why) in [
            ("(", 0, "a round bracket is never closed"),
            ("a(b", 1, "a round bracket is never closed"),
            ("a)", 1, "a round bracket is closed that was never opened"),
            ("é[a", 2, "a square bracket is never closed"),
            ("a\\", 1, "a backslash at the end escapes nothing"),
            ("*a", 0, "a quantifier has nothing to repeat"),
            ("a{2}{3}", 4, "a quantifier follows another one"),
            ("a++", 2, "a quantifier follows another one"),
            ("a{3,2}", 1, "a quantifier has a minimum above its maximum"),
            ("[z-a]", 1, "a range in square brackets ends before it begins"),
            (r"[a-\d]", 3, r"a range in square brackets ends with `\d`"),
            (r"\_", 0, r"`\_` means nothing in .NET"),
            (r"\h", 0, r"`\h` means nothing in .NET"),
            (r"\x{41}", 0, r"`\x` is not followed by 2 hexadecimal digits"),
            (r"\pL", 0, r"`\p` is not followed by a name in curly brackets"),
            (r"\p{Latin}", 3, "there is no Unicode category or block `Latin` in .NET"),
            ("(?P<n>a)", 0, "a group begins with `(?` and something that .NET does not know"),
            ("(?R)", 0, "a group begins with `(?` and something that .NET does not know"),
            (r"(a)\2", 3, "there is no group 2"),
            (r"\k<n>", 3, "there is no group n"),
            ("(?<a-b>x)", 5, "there is no group b"),
            ("(?(1)a|b)", 3, "there is no group 1"),
            ("a(?#b", 1, "a comment is never closed"),
        ] {
            let error = Pattern::parse(pattern).unwrap_err();
            assert_eq!((error.at, error.why.as_str()), (at, why), "{pattern}");
        }
    }

    #[test]
    fn a_substitution_without_its_group_is_listed() {
        let pattern = Pattern::parse("(?<a>x)").unwrap();
        let replacement = Replacement::parse("é${a}${b}$1$2", &pattern).unwrap();
        assert_eq!(replacement.missing_groups(), [(6, "b".to_owned()), (12, "2".to_owned())]);
    }

    #[test]
    fn what_depends_on_the_version_of_dotnet_is_unknown() {
        assert!(replaced("(?i)k", "", "\u{212A}").is_err());
        assert!(replaced("(?i)i", "", "İ").is_err());
        assert_eq!(replaced("(?i)john", "x", "İJohn").as_deref(), Ok("İx"));
        assert!(replaced(".", "<$&>", "😀").is_err());
        assert_eq!(replaced("..", "x", "😀").as_deref(), Ok("x"));
    }

    #[test]
    fn a_search_that_takes_too_long_is_stopped() {
        let stubborn = Pattern::parse(r"(?=(a+)+b)(a*)*c").unwrap();
        assert!(stubborn.is_match(&format!("{}c", "a".repeat(60))).is_err());
        assert!(Pattern::parse(&"(a{1000}){1000}".repeat(9)).unwrap().is_match("a") == Ok(false));
        let deep = Pattern::parse(&format!("{}{}", "(".repeat(4000), ")".repeat(4000))).unwrap();
        assert!(deep.is_match("a").is_err());
        let deep = Pattern::parse(&format!("{}{}", "[a-".repeat(4000), "]".repeat(4000))).unwrap();
        assert!(deep.is_match("a").is_err());
    }
}
