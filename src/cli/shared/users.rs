//! Files of users, in the formats of Graph and of the portal's *Download users*.

use std::path::Path;

use serde_json::Value;

use super::input::Input;
use crate::check::{CheckError, beginning};
use crate::cli::terminal::problem::Problem;
use crate::document::{self, Lines, Pointer, locate};
use crate::simulate::{User, WrongType, is_user_property};

/// The users of a file.
#[derive(Debug, Default)]
pub(in crate::cli) struct Users {
    /// Those that could be read, in the order of the file.
    pub(in crate::cli) users: Vec<User>,
    /// The problems of the others.
    pub(in crate::cli) problems: Vec<Problem>,
    /// A remark on the file as a whole.
    pub(in crate::cli) remark: Option<String>,
}

/// What a file holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// Users of Graph or of the portal, whose properties have known names and types.
    Users,
    /// Objects with any attributes.
    Anything,
}

/// Reads one user, a list, a page of Graph's, or a CSV file with a header.
///
/// # Errors
/// If the file cannot be read, or holds no user.
pub(in crate::cli) fn read(path: &Path) -> Result<Users, Problem> {
    read_as(path, Holds::Users)
}

/// Reads objects with any attributes: one, a list, a page of Graph's, or a CSV file with a header.
///
/// # Errors
/// If the file cannot be read, or holds no object.
pub(in crate::cli) fn read_any(path: &Path) -> Result<Users, Problem> {
    read_as(path, Holds::Anything)
}

/// The name and the text of a file of users.
pub(in crate::cli) fn text(path: &Path) -> Result<(String, String), Problem> {
    let input = Input::of(path);
    Ok((input.name.clone(), input.text()?))
}

/// Reads users from the text of a file with this name.
///
/// # Errors
/// As [`read`].
pub(in crate::cli) fn from_text(name: &str, text: &str) -> Result<Users, Problem> {
    text_as(name, text, Holds::Users)
}

fn read_as(path: &Path, holds: Holds) -> Result<Users, Problem> {
    let (name, text) = text(path)?;
    text_as(&name, &text, holds)
}

fn text_as(name: &str, text: &str, holds: Holds) -> Result<Users, Problem> {
    let csv = Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    let users = if csv || !text.trim_start().starts_with(['{', '[']) {
        csv_as(name, text, holds)?
    } else {
        json_as(name, text, holds)?
    };
    if users.users.is_empty() && users.problems.is_empty() {
        return Err(Problem::NoUsers { name: name.to_owned() });
    }
    Ok(users)
}

/// Users in JSON, as Graph writes them.
///
/// # Errors
/// As [`read`].
pub(in crate::cli) fn from_json(name: &str, text: &str) -> Result<Users, Problem> {
    json_as(name, text, Holds::Users)
}

fn json_as(name: &str, text: &str, holds: Holds) -> Result<Users, Problem> {
    let graphs: Value = document::from_str(text).map_err(|error| CheckError::parsing(name, text, &error))?;
    let value = match holds {
        Holds::Users => graphs,
        // Names are attributes, so their case matters.
        Holds::Anything => serde_json::from_str(text).map_err(|error| CheckError::parsing(name, text, &error))?,
    };
    let mut users = Users::default();
    let (items, pointer) = match (&value, value.get("value")) {
        (Value::Array(items), _) => (items.as_slice(), Pointer::root()),
        (_, Some(Value::Array(items))) if holds == Holds::Users || items.iter().all(Value::is_object) => {
            (items.as_slice(), Pointer::root().key("value"))
        }
        _ => (std::slice::from_ref(&value), Pointer::root()),
    };
    if value.get("@odata.nextLink").is_some() {
        users.remark = Some(format!("{name} is one page of several: its @odata.nextLink leads to more users"));
    }
    let one = value.is_object() && pointer == Pointer::root();
    let mut mistakes: Vec<(Pointer, String)> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let pointer = if one { pointer.clone() } else { pointer.index(index) };
        let read = match holds {
            Holds::Users => item.as_object().map(User::from_graph),
            Holds::Anything => item.as_object().map(|object| Ok(Some(User::from_object(object)))),
        };
        match read {
            Some(Ok(Some(user))) => users.users.push(user),
            // A single object that is not a user means that the file is of another kind.
            Some(Ok(None)) if one => return Ok(users),
            Some(Ok(None)) | None => {
                let message = match holds {
                    Holds::Users => "this is not a user: it has none of a user's properties",
                    Holds::Anything => "this is not an object with attributes",
                };
                mistakes.push((pointer, message.into()));
            }
            Some(Err(error)) => mistakes.push((place_of(&pointer, &error), error.to_string())),
        }
    }
    let places = locate(text, mistakes.iter().map(|(pointer, _)| pointer));
    let help = "correct the value, or export the users again; the other users are shown";
    let spans = places.into_iter().map(|place| place.map_or(0..0, |place| place.span));
    let mistakes = spans.zip(mistakes).map(|(span, (_, message))| (span, message)).collect();
    users.problems = Problem::in_text(name, text, mistakes, help);
    Ok(users)
}

fn place_of(user: &Pointer, error: &WrongType) -> Pointer {
    error.property.split('.').fold(user.clone(), |pointer, key| pointer.key(key))
}

fn csv_as(name: &str, text: &str, holds: Holds) -> Result<Users, Problem> {
    // The template for bulk operations begins with a version line.
    let skipped = if text.starts_with("version:") { text.find('\n').map_or(text.len(), |at| at + 1) } else { 0 };
    let body = &text[skipped..];
    let header = body.lines().next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|delimiter| header.bytes().filter(|byte| byte == delimiter).count())
        .unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(csv::Trim::Headers)
        .from_reader(body.as_bytes());
    let failed = |error: csv::Error| Problem::Csv { name: name.to_owned(), error };
    let headers: Vec<String> = reader.headers().map_err(failed)?.iter().map(attribute_name).collect();
    if holds == Holds::Users && !headers.iter().any(|header| is_user_property(header)) {
        let message = "the first line must be a header with attributes of users, and names none";
        let help =
            "begin the file with a line like userPrincipalName,displayName,mail, as the portal's Download users does";
        // This may be any file, named by mistake.
        let shown = beginning(text);
        return Err(Problem::at(name, &shown, 0..shown.len(), message, help));
    }
    let lines = Lines::new(text);
    let mut mistakes = Vec::new();
    let mut users = Users::default();
    for record in reader.records() {
        let record = record.map_err(failed)?;
        let span = || {
            let at = record.position().map_or(0, |position| usize::try_from(position.byte()).unwrap_or(0)) + skipped;
            let line = lines.position(at.min(text.len())).line;
            lines.start(line)..lines.start(line) + lines.line(line).trim_end().len()
        };
        if record.len() != headers.len() {
            let message = format!("this line has {} fields, but the header has {}", record.len(), headers.len());
            mistakes.push((span(), message));
            continue;
        }
        let properties = headers.iter().map(String::as_str).zip(record.iter());
        let read = match holds {
            Holds::Users => User::from_texts(properties),
            Holds::Anything => Ok(User::from_row(properties)),
        };
        match read {
            Ok(user) => users.users.push(user),
            Err(error) => mistakes.push((span(), error.to_string())),
        }
    }
    users.problems = Problem::in_text(name, text, mistakes, "correct the line; the other users are shown");
    Ok(users)
}

/// The attribute of a column; the template writes `User name [userPrincipalName] Required`.
fn attribute_name(header: &str) -> String {
    let inner = header.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map(|(inner, _)| inner);
    inner.unwrap_or(header).trim().to_owned()
}
