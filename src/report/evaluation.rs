//! What an expression returns, for each user, with its parts.

use serde_json::{Value as Json, json};
use textwrap::core::display_width;

use crate::expression::{Outcome, Part, Unknown, Value};
use crate::text::{Lines, one_line};

/// The result of an expression for one user.
#[derive(Debug)]
pub struct Evaluation<'e> {
    /// Whose attributes it was evaluated with, if there are several users.
    pub user: Option<String>,
    /// The result.
    pub outcome: Result<Outcome, Unknown>,
    /// The parts of the expression with their values, if they were asked for.
    pub parts: Option<Vec<Part<'e>>>,
}

/// Width beyond which the left column of a table does not grow.
const WIDEST: usize = 44;

/// The results as text: a line per user, and before it one per part.
pub fn evaluation_page(list: &[Evaluation<'_>]) -> String {
    let mut page = String::new();
    let traced = list.iter().any(|one| one.parts.is_some());
    let mut rows: Vec<(String, String)> = Vec::new();
    for (index, one) in list.iter().enumerate() {
        let result = result_in_words(&one.outcome);
        let Some(parts) = &one.parts else {
            rows.push((one.user.clone().unwrap_or_default(), result));
            continue;
        };
        if let Some(user) = &one.user {
            if index > 0 {
                page.line("");
            }
            page.line(user);
        }
        // The last part is the whole expression.
        let parts = parts.iter().map(|part| (part.expression.to_string(), part_in_words(part)));
        let mut parts: Vec<(String, String)> = parts.collect();
        match parts.last_mut() {
            Some(whole) => whole.1 = result,
            None => parts.push((String::new(), result)),
        }
        table(&mut page, &parts, if one.user.is_some() { "  " } else { "" });
    }
    if !traced {
        table(&mut page, &rows, "");
    }
    page
}

/// Two columns; a row whose left part is too wide continues on the next line.
fn table(page: &mut String, rows: &[(String, String)], indent: &str) {
    let lefts: Vec<_> = rows.iter().map(|(left, _)| one_line(left)).collect();
    let width = lefts.iter().map(|left| display_width(left)).filter(|width| *width <= WIDEST).max().unwrap_or(0);
    for (left, (_, right)) in lefts.iter().zip(rows) {
        let own = display_width(left);
        if left.is_empty() {
            page.line(format_args!("{indent}{right}"));
        } else if own <= width {
            page.line(format_args!("{indent}{left}{}  {right}", " ".repeat(width - own)));
        } else {
            page.line(format_args!("{indent}{left}"));
            page.line(format_args!("{indent}{}  {right}", " ".repeat(width)));
        }
    }
}

fn result_in_words(outcome: &Result<Outcome, Unknown>) -> String {
    match outcome {
        Ok(outcome) => {
            let note = match outcome {
                Outcome { object_ignored: true, .. } => " (the object is not provisioned)",
                Outcome { ignored: true, .. } => " (the attribute is not sent)",
                Outcome { changing: true, .. } => " (changes with every evaluation)",
                _ => "",
            };
            format!("{}{note}", outcome.shown())
        }
        Err(reason) => format!("unknown: {reason}"),
    }
}

fn part_in_words(part: &Part<'_>) -> String {
    match &part.value {
        Some(Ok(value)) => value.to_string(),
        Some(Err(reason)) => format!("unknown: {reason}"),
        None => "not evaluated".to_owned(),
    }
}

/// The results as JSON: an object, or a list of objects for several users.
pub fn evaluation_json(list: &[Evaluation<'_>]) -> Json {
    let documents: Vec<Json> = list.iter().map(document).collect();
    match <[Json; 1]>::try_from(documents) {
        Ok([only]) if list.iter().all(|one| one.user.is_none()) => only,
        Ok(only) => json!(only),
        Err(several) => Json::Array(several),
    }
}

fn document(one: &Evaluation<'_>) -> Json {
    let mut document = match &one.outcome {
        Ok(outcome) => {
            let mut document = value_of(&outcome.shown());
            if outcome.object_ignored {
                document["dropped"] = json!("object");
            } else if outcome.ignored {
                document["dropped"] = json!("attribute");
            }
            for (key, is_so) in [("redacted", outcome.redacted), ("changing", outcome.changing)] {
                if is_so {
                    document[key] = json!(true);
                }
            }
            document
        }
        Err(reason) => json!({"unknown": reason.to_string()}),
    };
    if let Some(user) = &one.user {
        document["user"] = json!(user);
    }
    if let Some(parts) = &one.parts {
        document["trace"] = parts.iter().map(part_document).collect();
    }
    document
}

fn value_of(value: &Value) -> Json {
    json!({"value": value.to_json()})
}

fn part_document(part: &Part<'_>) -> Json {
    let mut document = match &part.value {
        Some(Ok(value)) => value_of(value),
        Some(Err(reason)) => json!({"unknown": reason.to_string()}),
        None => json!({"evaluated": false}),
    };
    document["part"] = json!(part.expression.to_string());
    document
}
