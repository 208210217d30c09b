//! Why a command, or one file of it, could not do its work: what happened, where, and what to do.

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use miette::{Diagnostic, LabeledSpan, SourceCode};

use crate::document::Lines;
use crate::document::encoding::DecodeError;
use crate::document::strict::DUPLICATE_KEY;
use crate::fix::file::WriteError;
use crate::inspection::Inspection;
use crate::policy::PolicyError;
use crate::report::{self, Excerpt};
use crate::secret;
use crate::text::nearest;
use crate::text::shortened;

/// An error that ends with exit code 2.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum Problem {
    /// The reader of our output is gone. This is not an error.
    #[error("the pipe was closed")]
    ClosedPipe,
    #[error("there is no file {}", path.display())]
    Missing { path: PathBuf },
    #[error("{} could not be read: {error}", path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("{} could not be written: {error}", path.display())]
    Unwritable { path: PathBuf, error: WriteError },
    #[error("{name} is empty")]
    Empty { name: String },
    #[error("{name} has more than {limit} MiB")]
    TooLarge { name: String, limit: u64 },
    #[error("{message}")]
    InText { message: String, help: String, excerpt: Option<Box<Excerpt>>, label: String, span: Option<Range<usize>> },
    #[error("{name}: this is JSON, but neither a provisioning schema nor a snapshot")]
    NothingToCheck { name: String },
    #[error("{message}")]
    Usage { message: String, help: String },
}

impl Problem {
    /// A file that could not be opened or read.
    pub(in crate::cli) fn reading(path: &Path, error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound {
            Problem::Missing { path: path.to_owned() }
        } else {
            Problem::Unreadable { path: path.to_owned(), error }
        }
    }

    /// Bytes that cannot be decoded as text.
    pub(in crate::cli) fn decoding(name: &str, error: &DecodeError) -> Self {
        let valid = error.valid();
        let place = Lines::new(valid).position(valid.len());
        let whereabouts = match error {
            DecodeError::Utf16WithoutMark => String::new(),
            _ => format!(" at line {}, column {}", place.line, place.column),
        };
        Problem::InText {
            message: format!("{name}: {error}{whereabouts}"),
            help: "save it as UTF-8; UTF-16 is read too where it begins with a byte order mark, as PowerShell's Out-File writes it".into(),
            excerpt: None,
            label: String::new(),
            span: None,
        }
    }

    /// Text that is not JSON, or JSON with a value that Graph never gives.
    pub(in crate::cli) fn parsing(name: &str, text: &str, error: &serde_json::Error) -> Self {
        if error.is_data() && !Inspection::of(text).cut_off.is_empty() {
            return Problem::cut_off(name);
        }
        let said = error.to_string();
        let said = said.rfind(" at line ").map_or(said.as_str(), |end| &said[..end]);
        let lines = Lines::new(text);
        let offset = (lines.start(error.line()) + error.column().saturating_sub(1)).min(text.len());
        let mut span = token(text, offset);
        let (message, help, label) = if let Some(key) = repeated_key(said) {
            span = last_spelling(text, span.end, key).unwrap_or(span);
            (
                format!("the key `{}` appears twice in one object", shortened(key)),
                "remove one of the two; which one counts is undefined".to_owned(),
                "here for the second time",
            )
        } else if said.starts_with("recursion limit") {
            span.end = span.start + 1;
            let help = "a schema is never nested this deep; this is another kind of file";
            ("values are nested deeper than 127 levels".to_owned(), help.to_owned(), "too deep")
        } else if error.is_data() {
            let help = "export the file again; a value has a type that Graph never returns";
            (format!("not what Graph gives: {}", in_words_of_json(&shortened(said))), help.to_owned(), "unexpected")
        } else if error.is_eof() {
            ("not JSON: the file ends too early".to_owned(), end_help(text, &lines), "the file ends here")
        } else {
            let help = "look for a missing or extra comma or bracket here or just before";
            (format!("not JSON: {}", shortened(said)), help.to_owned(), "here")
        };
        let place = lines.position(span.start);
        let excerpt = Excerpt::of_span(name, text, span.clone()).map_text(secret::mask_shapes);
        Problem::InText {
            message: format!("{name}:{}:{}: {message}", place.line, place.column),
            help,
            excerpt: Some(Box::new(excerpt)),
            label: label.to_owned(),
            span: Some(span),
        }
    }

    /// An export whose nested values are missing.
    pub(in crate::cli) fn cut_off(name: &str) -> Self {
        Problem::Usage {
            message: format!("{name} is cut off: it holds type names where nested values should be"),
            help: with_command("how to export it in full", "provlint explain truncated-export"),
        }
    }

    /// Something wrong at a place in a text.
    pub(in crate::cli) fn at(name: &str, text: &str, span: Range<usize>, message: &str, help: &str) -> Self {
        let place = Lines::new(text).position(span.start);
        let excerpt = Excerpt::of_span(name, text, span.clone()).map_text(secret::mask_shapes);
        Problem::InText {
            message: format!("{name}:{}:{}: {message}", place.line, place.column),
            help: help.to_owned(),
            excerpt: Some(Box::new(excerpt)),
            label: "here".to_owned(),
            span: Some(span),
        }
    }

    /// A mistake in a policy file.
    pub(in crate::cli) fn in_policy(name: &str, yaml: &str, error: PolicyError) -> Self {
        let place = error.span.as_ref().map(|span| Lines::new(yaml).position(span.start));
        let excerpt = error.span.clone().map(|span| Box::new(Excerpt::of_span(name, yaml, span)));
        let whereabouts = place.map(|place| format!(":{}:{}", place.line, place.column)).unwrap_or_default();
        Problem::InText {
            message: format!("{name}{whereabouts}: {}", error.message),
            help: error.help.unwrap_or_default(),
            excerpt,
            label: String::new(),
            span: error.span,
        }
    }

    /// A name that is not in the list of known names.
    pub(in crate::cli) fn unknown_name<'c>(
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'c str>,
        list: &str,
    ) -> Self {
        let help = match nearest(name, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("`{list}` shows all"),
        };
        Problem::Usage { message: format!("there is no {what} `{name}`"), help }
    }

    /// The bytes at fault, where it is in a text.
    pub(in crate::cli) fn span(&self) -> Option<Range<usize>> {
        match self {
            Problem::InText { span, .. } => span.clone(),
            _ => None,
        }
    }

    /// What went wrong in one line, for reports.
    pub(in crate::cli) fn headline(&self) -> String {
        self.to_string()
    }
}

/// The key that a repeated-key error is about.
fn repeated_key(said: &str) -> Option<&str> {
    said.strip_prefix(DUPLICATE_KEY).or(said.strip_prefix("duplicate field ")).map(|key| key.trim_matches('`'))
}

/// The last place before `end` where a key stands, in Graph's or PowerShell's spelling.
fn last_spelling(text: &str, end: usize, key: &str) -> Option<Range<usize>> {
    let mut pascal = key.to_owned();
    pascal.get_mut(..1)?.make_ascii_uppercase();
    let quoted = [format!("\"{key}\""), format!("\"{pascal}\"")];
    let start = quoted.iter().filter_map(|quoted| text[..end].rfind(quoted)).max()?;
    Some(start..start + quoted[0].len())
}

/// The string, number or word that ends at or around `offset`; serde_json points at a value's last character.
fn token(text: &str, offset: usize) -> Range<usize> {
    let offset = text.floor_char_boundary(offset);
    let line = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    let next = text[offset..].chars().next();
    let end = offset + next.filter(|next| *next != '\n').map_or(0, char::len_utf8);
    let word = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '+' | '.');
    let start = match next {
        Some('"') => text[line..offset].rfind('"').map_or(offset, |quote| line + quote),
        Some(next) if word(next) => {
            offset - (text[line..offset].len() - text[line..offset].trim_end_matches(word).len())
        }
        _ => offset,
    };
    start..end
}

/// serde's words for types in JSON's.
fn in_words_of_json(said: &str) -> String {
    [
        ("invalid type: ", ""),
        (", expected", " stands where this should be:"),
        ("struct ", "an object, "),
        ("i64", "a whole number"),
        ("a sequence", "a list"),
        ("sequence", "a list"),
        ("a map", "an object"),
        ("map", "an object"),
        ("a boolean", "true or false"),
        ("boolean", "the value"),
    ]
    .iter()
    .fold(said.to_owned(), |said, (from, to)| said.replacen(from, to, 1))
}

fn end_help(text: &str, lines: &Lines<'_>) -> String {
    match unclosed(text) {
        Some(opened) => {
            let place = lines.position(opened);
            let bracket = &text[opened..=opened];
            format!(
                "the `{bracket}` of line {}, column {} is never closed; copy or export the file again",
                place.line, place.column
            )
        }
        None => "copy or export the file again".to_owned(),
    }
}

/// The position of the innermost bracket that is never closed.
fn unclosed(text: &str) -> Option<usize> {
    let mut open = Vec::new();
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'{' | b'[' => open.push(at),
            b'}' | b']' => drop(open.pop()),
            b'"' => {
                while let Some((_, byte)) = bytes.next() {
                    match byte {
                        b'\\' => drop(bytes.next()),
                        b'"' => break,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    open.pop()
}

impl Diagnostic for Problem {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help: String = match self {
            Problem::Missing { path } => {
                let name = path.file_name()?.to_string_lossy().into_owned();
                let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
                let siblings: Vec<String> = folder
                    .read_dir()
                    .ok()?
                    .flatten()
                    .map(|entry| entry.file_name().to_string_lossy().into_owned())
                    .collect();
                format!(
                    "did you mean `{}`?",
                    folder.join(nearest(&name, siblings.iter().map(String::as_str))?).display()
                )
            }
            Problem::Empty { .. } => {
                "export it again; a command that failed before the pipe leaves an empty file".into()
            }
            Problem::Unwritable { error: WriteError::Changed, .. } => {
                "run provlint again, on the file as it is now".into()
            }
            Problem::Unwritable { error: WriteError::NoFile, .. } => "give the result a file by --output".into(),
            Problem::TooLarge { .. } => "a schema has a few MiB at most".into(),
            Problem::NothingToCheck { .. } => {
                "a schema has synchronizationRules; download it from the portal (provlint --help says where)".into()
            }
            Problem::InText { help, .. } | Problem::Usage { help, .. } if !help.is_empty() => help.clone(),
            _ => return None,
        };
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        match self {
            Problem::InText { excerpt: Some(excerpt), .. } => Some(&**excerpt),
            _ => None,
        }
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let Problem::InText { excerpt: Some(excerpt), label, .. } = self else { return None };
        let label = Some(label.clone()).filter(|label| !label.is_empty());
        Some(Box::new(std::iter::once(LabeledSpan::new_primary_with_span(label, excerpt.label.clone()))))
    }
}

/// Several hints as one, without those that say nothing.
pub(in crate::cli) fn joined<H: AsRef<str>>(hints: impl IntoIterator<Item = H>) -> String {
    let mut all = String::new();
    for hint in hints {
        let hint = hint.as_ref();
        if !all.is_empty() && !hint.is_empty() {
            let ends_with_command = all.lines().last().is_some_and(|line| line.starts_with(report::COMMAND));
            all.push_str(if ends_with_command { "\n" } else { "; " });
        }
        all.push_str(hint);
    }
    all
}

/// A hint, and below it the command that it is about: that has a line of its own, to be copied whole.
pub(in crate::cli) fn with_command(hint: &str, command: &str) -> String {
    format!("{hint}:\n{command}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_at_the_end_of_which_an_error_points_is_found_whole() {
        let text = "{\n  \"a\": \"1 2\",\n  \"b\": -1.5e3 }";
        let at = |sign: &str| text.find(sign).unwrap() + sign.len() - 1;
        assert_eq!(&text[token(text, at("1 2\""))], "\"1 2\"");
        assert_eq!(&text[token(text, at("-1.5e3"))], "-1.5e3");
        assert_eq!(&text[token(text, at("}"))], "}");
        assert_eq!(token(text, text.len()), text.len()..text.len());
        assert_eq!(token("", 0), 0..0);
    }

    #[test]
    fn the_bracket_that_is_never_closed_is_found() {
        assert_eq!(unclosed(r#"{"a": ["]", {"b": 1}"#), Some(6));
        assert_eq!(unclosed(r#"{"a": "{\"{"}"#), None);
    }
}
