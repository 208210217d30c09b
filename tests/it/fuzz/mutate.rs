//! Mutations of values and texts.

use fastrand::Rng;
use serde_json::{Value, json};

use crate::common::layout::{LAYOUTS, pascal};

/// Texts that mean something to a rule, a reader or a terminal.
const TEXTS: &[&str] = &[
    "",
    " ",
    "externalId",
    "userName",
    "title",
    "active",
    "displayName",
    "members",
    "id",
    "manager",
    "emails[type eq \"work\"].value",
    "roles[primary eq \"True\"].value",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
    "objectId",
    "mailNickname",
    "userPrincipalName",
    "[mail]",
    "Switch([IsSoftDeleted], , \"False\", \"True\", \"True\", \"False\")",
    "SingleAppRoleAssignment([appRoleAssignments])",
    "Join(\" \", [a], \"",
    "Always",
    "ObjectAddOnly",
    "Add,Update,Delete",
    "Add",
    "Attribute",
    "Function",
    "Constant",
    "String",
    "Reference",
    "Boolean",
    "ReadOnly",
    "true",
    "False",
    "System.Object[]",
    "https://a.example/scim?aadOptscim062020",
    "2026-11-23T10:00:00Z",
    "9999-12-31T23:59:59.9999999Z",
    "00000000-0000-0000-0000-000000000000",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "a\u{1b}[31m\u{9b}\u{202e}\u{2028}\r\n::error::x\n##vso[task.complete]\u{0}\u{feff}é\u{1f600}",
    "`|*_<script>]]>&\"'\\",
];

/// Any text: a likely one, a long one, or a piece of it.
pub fn text(rng: &mut Rng) -> String {
    let likely = TEXTS[rng.usize(..TEXTS.len())];
    match rng.u8(..12) {
        0 => likely.repeat(rng.usize(1..60)),
        1 => format!("{likely}{}", TEXTS[rng.usize(..TEXTS.len())]),
        _ => likely.to_owned(),
    }
}

fn leaf(rng: &mut Rng) -> Value {
    match rng.u8(..12) {
        0 => Value::Null,
        1 => json!(rng.bool()),
        2 => json!(rng.i64(-2..4)),
        3 => json!([i64::MIN, i64::MAX, 1 << 31, 1 << 53][rng.usize(..4)]),
        4 => json!(u64::MAX),
        5 => json!(1e300),
        6 => json!([]),
        7 => json!({}),
        _ => text(rng).into(),
    }
}

/// The value at the end of a random way; ways stop early now and then, so that whole parts are picked too.
fn pick<'v>(value: &'v mut Value, rng: &mut Rng) -> &'v mut Value {
    let mut here = value;
    loop {
        let count = match &*here {
            Value::Array(items) => items.len(),
            Value::Object(members) => members.len(),
            _ => 0,
        };
        if count == 0 || rng.u8(..12) == 0 {
            return here;
        }
        let at = rng.usize(..count);
        here = match here {
            Value::Array(items) => &mut items[at],
            Value::Object(members) => members.values_mut().nth(at).unwrap(),
            leaf => return leaf,
        };
    }
}

/// Changes a few places of a value; `others` give parts of theirs.
pub fn value(value: &mut Value, others: &[Value], rng: &mut Rng) {
    for _ in 0..rng.usize(1..6) {
        let mut other = others[rng.usize(..others.len())].clone();
        let new = if rng.bool() { leaf(rng) } else { pick(&mut other, rng).clone() };
        let place = pick(value, rng);
        match (rng.u8(..10), &mut *place) {
            // Within a list: removed, repeated, added, exchanged.
            (0..=5, Value::Array(items)) if !items.is_empty() => {
                let (at, to) = (rng.usize(..items.len()), rng.usize(..items.len()));
                match rng.u8(..4) {
                    0 => drop(items.remove(at)),
                    1 => items.insert(to, items[at].clone()),
                    2 => items.insert(to, new),
                    _ => items.swap(at, to),
                }
            }
            // Within an object: removed, renamed, added.
            (0..=5, Value::Object(members)) if !members.is_empty() => {
                let key = members.keys().nth(rng.usize(..members.len())).unwrap().clone();
                match rng.u8(..4) {
                    0 => drop(members.shift_remove(&key)),
                    1 => {
                        let member = members.shift_remove(&key).unwrap();
                        members.insert(if rng.bool() { key.to_uppercase() } else { text(rng) }, member);
                    }
                    2 => drop(members.insert(text(rng), new)),
                    _ => drop(members.insert(key, new)),
                }
            }
            (0..=4, Value::String(old)) => *old = bytes(old, rng),
            (0..=6, Value::Bool(old)) => *old = !*old,
            (0..=4, Value::Number(old)) => {
                *place = json!(old.as_i64().unwrap_or_default().wrapping_add(rng.i64(-2..3)))
            }
            (8, _) => *place = json!([place.take()]),
            _ => *place = new,
        }
    }
}

/// A value as a tool would write it, and now and then as a tool would not.
pub fn written(value: &Value, rng: &mut Rng) -> String {
    let layout = &LAYOUTS[rng.usize(..LAYOUTS.len())];
    let text = if rng.u8(..6) == 0 { layout.print(&pascal(value)) } else { layout.print(value) };
    if rng.u8(..8) == 0 { bytes(&text, rng) } else { text }
}

fn boundary(text: &str, rng: &mut Rng) -> usize {
    text.floor_char_boundary(rng.usize(..=text.len()))
}

/// A text with a few pieces removed, repeated, exchanged or added.
pub fn bytes(text: &str, rng: &mut Rng) -> String {
    let mut result = text.to_owned();
    for _ in 0..rng.usize(1..4) {
        let (one, two) = (boundary(&result, rng), boundary(&result, rng));
        let (start, end) = (one.min(two), one.max(two));
        // Most pieces are short.
        let end = if rng.u8(..4) > 0 { result.floor_char_boundary(end.min(start + rng.usize(..12))) } else { end };
        let end = end.max(start);
        let piece = result[start..end].to_owned();
        match rng.u8(..8) {
            0 | 1 => result.replace_range(start..end, ""),
            2 => result.insert_str(start, &piece),
            3 => result.insert_str(two, &piece),
            4 => result.insert_str(start, &self::text(rng)),
            5 => result.replace_range(start..end, &self::text(rng)),
            6 => result
                .insert(start, ['"', '\\', '{', '[', ',', ':', '\n', '(', ')', '#', '\u{feff}', 'é'][rng.usize(..12)]),
            _ => result.truncate(two),
        }
        if result.len() > 400_000 {
            result.truncate(result.floor_char_boundary(400_000));
        }
        // An insertion moves the second place.
        if result.is_empty() {
            break;
        }
    }
    result
}
