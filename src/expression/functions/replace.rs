//! `Replace`, which works in five ways.

use std::rc::Rc;

use crate::expression::evaluate::Arguments;
use crate::expression::regex::{Pattern, Replacement};
use crate::expression::value::{Unknown, Value};

const SOURCE: usize = 0;
const OLD: usize = 1;
const PATTERN: usize = 2;
const GROUP: usize = 3;
const NEW: usize = 4;
const OTHER: usize = 5;
const TEMPLATE: usize = 6;

pub(super) fn replace(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    let source = arguments.text(SOURCE)?;
    let given: Vec<usize> = (OLD..=TEMPLATE).filter(|index| arguments.has(*index)).collect();
    match given.as_slice() {
        [PATTERN, GROUP, OTHER] => from_other(arguments, source),
        [OLD, TEMPLATE] => into_template(arguments, source),
        [OLD, NEW] | [PATTERN, NEW] | [PATTERN, GROUP, NEW] => {
            let Some(source) = source else { return Ok(Value::Null) };
            let new = arguments.text(NEW)?.unwrap_or_default();
            match given.as_slice() {
                [OLD, _] => plain(arguments, &source, &old(arguments)?, &new),
                [_, NEW] => pattern(arguments, &source, &new),
                _ => group(arguments, &source, &new),
            }
            .map(Value::Text)
        }
        _ => Err(Unknown::new("the result of Replace for this combination of arguments is not documented")),
    }
}

fn old(arguments: &Arguments<'_, '_>) -> Result<String, Unknown> {
    let old = arguments.text(OLD)?.unwrap_or_default();
    if old.is_empty() {
        Err(Unknown::new("the result of Replace for an empty oldValue is not documented"))
    } else {
        Ok(old)
    }
}

fn plain(arguments: &Arguments<'_, '_>, text: &str, old: &str, new: &str) -> Result<String, Unknown> {
    arguments.spend(text.matches(old).count().saturating_mul(new.len()))?;
    Ok(text.replace(old, new))
}

fn into_template(arguments: &Arguments<'_, '_>, source: Option<String>) -> Result<Value, Unknown> {
    let Some(source) = source.filter(|source| !source.is_empty()) else {
        return Err(Unknown::new("the result of Replace for a template without a source is not documented"));
    };
    let template = arguments.text(TEMPLATE)?.unwrap_or_default();
    plain(arguments, &template, &old(arguments)?, &source).map(Value::Text)
}

fn pattern(arguments: &Arguments<'_, '_>, source: &str, new: &str) -> Result<String, Unknown> {
    let pattern = compiled(arguments)?;
    let replacement = Replacement::parse(new, &pattern)
        .map_err(|error| Unknown::new(format!("the replacement is not valid: {error}")))?;
    pattern.matches(source)?.replace(&replacement, |size| arguments.spend(size))
}

/// "Replaces all values matching regexGroupName": this may mean only the matches, or every occurrence of the same text. If
/// the results differ, the value is unknown.
fn group(arguments: &Arguments<'_, '_>, source: &str, new: &str) -> Result<String, Unknown> {
    let pattern = compiled(arguments)?;
    let group = group_index(arguments, &pattern)?;
    let matches = pattern.matches(source)?;
    let in_place = matches.replace_group(group, new, |size| arguments.spend(size))?;
    let mut everywhere = source.to_owned();
    for value in matches.of_group(group)? {
        if value.is_empty() {
            return Err(Unknown::new("the result of Replace for an empty group is not documented"));
        }
        everywhere = plain(arguments, &everywhere, &value, new)?;
    }
    if in_place == everywhere {
        Ok(in_place)
    } else {
        Err(Unknown::new(
            "whether Replace replaces only the group's match or every occurrence of its text is not documented",
        ))
    }
}

fn from_other(arguments: &Arguments<'_, '_>, source: Option<String>) -> Result<Value, Unknown> {
    if let Some(source) = source.filter(|source| !source.is_empty()) {
        return Ok(Value::Text(source));
    }
    let Some(other) = arguments.text(OTHER)? else { return Ok(Value::Null) };
    let pattern = compiled(arguments)?;
    let group = group_index(arguments, &pattern)?;
    let value = pattern.matches(&other)?.first_of_group(group)?;
    Ok(value.map_or(Value::Null, Value::Text))
}

fn compiled(arguments: &Arguments<'_, '_>) -> Result<Rc<Pattern>, Unknown> {
    let pattern = arguments.text(PATTERN)?.unwrap_or_default();
    arguments
        .patterns()
        .get(&pattern)
        .map_err(|error| Unknown::new(format!("the regular expression is not valid: {error}")))
}

fn group_index(arguments: &Arguments<'_, '_>, pattern: &Pattern) -> Result<usize, Unknown> {
    let name = arguments.text(GROUP)?.unwrap_or_default();
    pattern.group(&name)?.ok_or_else(|| Unknown::new(format!("the regular expression has no group {name}")))
}
