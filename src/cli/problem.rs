//! Why a command, or one file of it, could not do its work: what happened, where, and what to do.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use miette::{Diagnostic, LabeledSpan, SourceCode};

use crate::document::encoding::DecodeError;
use crate::document::strict::DUPLICATE_KEY;
use crate::document::{Lines, Position};
use crate::nearest::nearest;
use crate::policy::PolicyError;
use crate::report::Excerpt;
use crate::secret;

/// Something the user has to know about, with code 2.
#[derive(Debug, thiserror::Error)]
pub(super) enum Problem {
    /// The reader of our output is gone, which is nobody's mistake.
    #[error("the pipe was closed")]
    ClosedPipe,
    #[error("there is no file {}", path.display())]
    Missing { path: PathBuf },
    #[error("{} could not be read: {error}", path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("{} could not be written: {error}", path.display())]
    Unwritable { path: PathBuf, error: io::Error },
    #[error("{name} is empty")]
    Empty { name: String },
    #[error("{name} has more than {limit} MiB")]
    TooLarge { name: String, limit: u64 },
    #[error("{message}")]
    InText { message: String, help: String, excerpt: Option<Excerpt>, label: String, place: Option<Position> },
    #[error("{name}: this is JSON, but neither a provisioning schema nor a snapshot")]
    NothingToCheck { name: String },
    #[error("{message}")]
    Usage { message: String, help: String },
}

impl Problem {
    /// A file that could not be opened or read.
    pub(super) fn reading(path: &Path, error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound {
            Problem::Missing { path: path.to_owned() }
        } else {
            Problem::Unreadable { path: path.to_owned(), error }
        }
    }

    /// Bytes that are no text.
    pub(super) fn decoding(name: &str, error: &DecodeError) -> Self {
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
            place: (*error != DecodeError::Utf16WithoutMark).then_some(place),
        }
    }

    /// Text that is not JSON, or JSON with a value that Graph never gives.
    pub(super) fn parsing(name: &str, text: &str, error: &serde_json::Error) -> Self {
        let said = error.to_string();
        let said = said.rfind(" at line ").map_or(said.as_str(), |end| &said[..end]);
        let lines = Lines::new(text);
        let mut offset = (lines.start(error.line()) + error.column().saturating_sub(1)).min(text.len());
        let (message, help, label) = if let Some(key) =
            said.strip_prefix(DUPLICATE_KEY).or(said.strip_prefix("duplicate field "))
        {
            let key = key.trim_matches('`');
            let typed = |spelling: &str| text[..text.ceil_char_boundary(offset + 1)].rfind(&format!("\"{spelling}\""));
            let pascal = key[..1].to_ascii_uppercase() + &key[1..];
            offset = typed(key).max(typed(&pascal)).unwrap_or(offset);
            (
                format!("the key `{key}` stands twice in one object"),
                "take one of the two away; nobody can say which of them counts".to_owned(),
                "here for the second time".to_owned(),
            )
        } else if error.is_data() {
            (
                format!("not what Graph gives: {said}"),
                "export the file again; by hand, a value got a type that it can't have".to_owned(),
                "unexpected".to_owned(),
            )
        } else if error.is_eof() {
            let help = match unclosed(text) {
                Some(opened) => {
                    let place = lines.position(opened);
                    format!(
                        "the file ends too early: the `{}` of line {}, column {} is never closed",
                        &text[opened..=opened],
                        place.line,
                        place.column
                    )
                }
                None => "the file ends too early".to_owned(),
            };
            (format!("not JSON: {said}"), help, "the file ends here".to_owned())
        } else if said.contains("recursion limit") {
            (
                "values are nested deeper than 127 levels".to_owned(),
                "no schema is nested so deep; this is another kind of file".to_owned(),
                "too deep".to_owned(),
            )
        } else {
            (
                format!("not JSON: {said}"),
                "look for a comma too many or too few, or a bracket, just before this place".to_owned(),
                said.to_owned(),
            )
        };
        let place = lines.position(offset);
        let excerpt = Excerpt::of_text(name, text, place.offset);
        Problem::InText {
            message: format!("{name}:{}:{}: {message}", place.line, place.column),
            help,
            excerpt: Some(excerpt.map_text(secret::mask_shapes)),
            label,
            place: Some(place),
        }
    }

    /// A mistake in a policy file.
    pub(super) fn in_policy(name: &str, yaml: &str, error: PolicyError) -> Self {
        let place = error.span.as_ref().map(|span| Lines::new(yaml).position(span.start));
        let excerpt = error.span.map(|span| Excerpt::of_span(name, yaml, span));
        let whereabouts = place.map(|place| format!(":{}:{}", place.line, place.column)).unwrap_or_default();
        Problem::InText {
            message: format!("{name}{whereabouts}: {}", error.message),
            help: error.help.unwrap_or_default(),
            excerpt,
            label: String::new(),
            place,
        }
    }

    /// A name that isn't in the list it must be from.
    pub(super) fn unknown_name<'c>(
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

    /// What went wrong in one line, for reports.
    pub(super) fn headline(&self) -> String {
        self.to_string()
    }
}

/// Where the innermost bracket stands that is never closed.
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
            Problem::InText { excerpt: Some(excerpt), .. } => Some(excerpt),
            _ => None,
        }
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let Problem::InText { excerpt: Some(excerpt), label, .. } = self else { return None };
        let label = Some(label.clone()).filter(|label| !label.is_empty());
        Some(Box::new(std::iter::once(LabeledSpan::new_primary_with_span(label, excerpt.label.clone()))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bracket_that_is_never_closed_is_found() {
        assert_eq!(unclosed(r#"{"a": ["]", {"b": 1}"#), Some(6));
        assert_eq!(unclosed(r#"{"a": "{\"{"}"#), None);
    }
}
