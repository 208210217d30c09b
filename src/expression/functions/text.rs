//! Text functions.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::case::{Culture, lower};
use crate::expression::evaluate::Arguments;
use crate::expression::unicode;
use crate::expression::value::{Unknown, Value};

/// Applies `change` to the source; null stays null.
fn change(arguments: &Arguments<'_, '_>, change: impl FnOnce(String) -> String) -> Result<Value, Unknown> {
    Ok(arguments.text(0)?.map_or(Value::Null, |source| Value::Text(change(source))))
}

/// A text that may be empty, but not null.
fn present(arguments: &Arguments<'_, '_>, index: usize, function: &str) -> Result<String, Unknown> {
    arguments
        .text(index)?
        .ok_or_else(|| Unknown::new(format!("the result of {function} for a missing value is not documented")))
}

pub(super) fn append(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    Ok(Value::Text(present(arguments, 0, "Append")? + &present(arguments, 1, "Append")?))
}

pub(super) fn prepend(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    Ok(Value::Text(present(arguments, 0, "Prepend")? + &present(arguments, 1, "Prepend")?))
}

pub(super) fn as_is(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    change(arguments, |source| source)
}

pub(super) fn error(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    Err(Unknown::new(format!("the expression stops with an error: {}", arguments.text(0)?.unwrap_or_default())))
}

pub(super) fn default_domain(_: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    Err(Unknown::new("the tenant's default domain is not in the input"))
}

/// A part of a text, counted as in .NET: in UTF-16 units, of which an emoji has two.
fn part(text: &str, start: usize, length: usize) -> Result<Value, Unknown> {
    let units: Vec<u16> = text.encode_utf16().skip(start).take(length).collect();
    unicode::text(&units).map(Value::Text)
}

pub(super) fn left(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    let Some(source) = arguments.text(0)? else { return Ok(Value::from("")) };
    match usize::try_from(arguments.number(1)?) {
        Ok(length) => part(&source, 0, length),
        Err(_) => Ok(Value::Text(source)),
    }
}

/// The number of UTF-16 units.
pub(super) fn len(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    let length = arguments.text(0)?.map_or(0, |text| text.encode_utf16().count());
    Ok(Value::Number(i64::try_from(length).unwrap_or(i64::MAX)))
}

pub(super) fn mid(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    let Some(source) = arguments.text(0)? else { return Ok(Value::Null) };
    let start = arguments.number(1)?;
    let length = arguments.number(2)?;
    match (usize::try_from(start.saturating_sub(1)), usize::try_from(length)) {
        (Ok(start), Ok(length)) => part(&source, start, length),
        _ => Err(Unknown::new(format!("the result of Mid for start {start} and length {length} is not documented"))),
    }
}

pub(super) fn in_str(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    let (text, find) = (present(arguments, 0, "InStr")?, present(arguments, 1, "InStr")?);
    let start = if arguments.has(2) { arguments.number(2)? } else { 1 };
    let Some(start) = usize::try_from(start).ok().and_then(|start| start.checked_sub(1)) else {
        return Err(Unknown::new(format!("the result of InStr for start {start} is not documented")));
    };
    if find.is_empty() {
        return Err(Unknown::new("the result of InStr for an empty text is not documented"));
    }
    let fold = match arguments.word(3) {
        Some("vbTextCompare") => true,
        Some("vbBinaryCompare") | None => false,
        Some(word) => return Err(Unknown::new(format!("InStr does not support {word}"))),
    };
    let units = |text: &str| -> Result<Vec<u16>, Unknown> {
        let text = if fold { &lower(text, Culture::Invariant)? } else { text };
        Ok(text.encode_utf16().collect())
    };
    let (text, find) = (units(&text)?, units(&find)?);
    let found = text.windows(find.len()).skip(start).position(|window| window == find);
    let place = found.map_or(0, |at| at + start + 1);
    Ok(Value::Number(i64::try_from(place).unwrap_or(i64::MAX)))
}

pub(super) fn strip_spaces(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    change(arguments, |source| source.replace(' ', ""))
}

pub(super) fn trim(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    change(arguments, |source| source.trim().to_owned())
}

/// Removes accents by Unicode's decomposition, which covers the documented table except for these letters.
pub(super) fn normalize_diacritics(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    change(arguments, |source| {
        let mut plain = String::with_capacity(source.len());
        for character in source.nfd().filter(|character| !is_combining_mark(*character)) {
            match character {
                'æ' => plain.push_str("ae"),
                'Æ' => plain.push_str("AE"),
                'ø' | 'œ' => plain.push_str("oe"),
                'Ø' | 'Œ' => plain.push_str("OE"),
                'ß' => plain.push_str("ss"),
                'ł' => plain.push('l'),
                'Ł' => plain.push('L'),
                'ı' => plain.push('i'),
                other => plain.push(other),
            }
        }
        // Recompose scripts that decompose for other reasons, such as Korean.
        plain.nfc().collect()
    })
}

pub(super) fn normalize_diacritics_by_culture(_: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    Err(Unknown::new("what NormalizeDiacriticsByCulture returns is not documented"))
}

pub(super) fn word(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    let Some(source) = arguments.text(0)? else { return Ok(Value::from("")) };
    let number = arguments.number(1)?;
    let delimiters = arguments.text(2)?.unwrap_or_default();
    let Some(index) = usize::try_from(number).ok().and_then(|number| number.checked_sub(1)) else {
        return Ok(Value::from(""));
    };
    let split = || source.split(|character| delimiters.contains(character));
    let with_empty = split().nth(index).unwrap_or_default();
    let without = split().filter(|word| !word.is_empty()).nth(index).unwrap_or_default();
    if with_empty == without {
        Ok(Value::from(without))
    } else {
        Err(Unknown::new("whether two delimiters in a row make an empty word is not documented"))
    }
}

/// The value of a part of a distinguished name, counted from 1.
pub(super) fn dn_component(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    let Some(dn) = arguments.text(0)? else { return Ok(Value::Null) };
    if dn.contains('\\') {
        return Err(Unknown::new("provlint does not support distinguished names with escapes"));
    }
    let number = arguments.number(1)?;
    let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    let component = index.and_then(|index| dn.split(',').nth(index)).and_then(|part| part.split_once('='));
    match component {
        Some((_, value)) => Ok(Value::from(value)),
        None => Err(Unknown::new(format!("the distinguished name has no part {number}"))),
    }
}
