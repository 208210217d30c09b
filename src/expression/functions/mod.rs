//! Every function: what it is called, what it takes, where it exists and what it does.
//!
//! Rules, the evaluator, the stored form and `docs/expressions.md` all draw from [`FUNCTIONS`].

mod convert;
mod date;
mod list;
mod logic;
mod random;
mod replace;
mod table;
mod text;

use super::evaluate::Arguments;
use super::value::{Unknown, Value};
pub use table::FUNCTIONS;

/// A function of the language.
#[derive(Debug)]
pub struct Function {
    /// The name, in the one spelling that counts.
    pub name: &'static str,
    /// Where it exists.
    pub dialect: Dialect,
    /// What it takes, in order.
    pub parameters: &'static [Parameter],
    /// How many of the last parameters may come again and again, as one.
    pub repeating: usize,
    /// The number of arguments of an older form that still works.
    pub older_form: Option<usize>,
    /// What it does, in a line.
    pub summary: &'static str,
    /// What its description leaves open, and how that is treated here.
    pub open: &'static str,
    /// Runs it.
    pub(super) run: fn(&Arguments<'_, '_>) -> Result<Value, Unknown>,
}

/// Which provisioning services have a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// App provisioning, SCIM among it.
    Apps,
    /// App provisioning, towards Active Directory alone.
    ActiveDirectory,
    /// Cloud sync between Entra ID and Active Directory alone.
    CloudSync,
}

/// What a function takes at a place.
#[derive(Debug)]
pub struct Parameter {
    /// The name, as the documentation has it.
    pub name: &'static str,
    /// The key under which Graph stores it, where that is known.
    pub key: Option<&'static str>,
    /// What it takes there.
    pub takes: Takes,
    /// Whether it may be left out.
    pub required: bool,
}

/// What a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Any expression.
    Any,
    /// A text.
    Text,
    /// A whole number.
    Number,
    /// A date and time, as `CDate` gives it.
    Date,
    /// An attribute of several values.
    List,
    /// Something that is true or false, comparisons among it.
    Condition,
    /// One of some bare words.
    Word(&'static [&'static str]),
}

impl Takes {
    /// The word for tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Takes::Any => "any",
            Takes::Text => "text",
            Takes::Number => "number",
            Takes::Date => "date",
            Takes::List => "list",
            Takes::Condition => "condition",
            Takes::Word(_) => "word",
        }
    }
}

impl Function {
    /// The fewest and the most arguments; no most where they repeat.
    pub fn arity(&self) -> (usize, Option<usize>) {
        let least = self.parameters.iter().rposition(|parameter| parameter.required).map_or(0, |last| last + 1);
        let most = if self.repeating == 0 { Some(self.parameters.len()) } else { None };
        (least, most)
    }

    /// Whether it can be called with that many arguments.
    pub fn takes(&self, count: usize) -> bool {
        let (least, most) = self.arity();
        self.older_form == Some(count) || (count >= least && most.is_none_or(|most| count <= most))
    }

    /// The parameter at a place; the repeating ones come round.
    pub fn parameter(&self, index: usize) -> Option<&'static Parameter> {
        let fixed = self.parameters.len() - self.repeating;
        match (index.checked_sub(fixed), self.repeating) {
            (Some(beyond), 1..) => self.parameters.get(fixed + beyond % self.repeating),
            _ => self.parameters.get(index),
        }
    }

    /// How it is called, for people: `Left(source, length)`.
    pub fn signature(&self) -> String {
        let mut parts: Vec<String> = self
            .parameters
            .iter()
            .map(
                |parameter| {
                    if parameter.required { parameter.name.to_owned() } else { format!("[{}]", parameter.name) }
                },
            )
            .collect();
        if self.repeating > 0 {
            parts.push("…".to_owned());
        }
        format!("{}({})", self.name, parts.join(", "))
    }

    /// Whether the keys of all its parameters are known, so that its stored form can be written.
    pub fn is_storable(&self) -> bool {
        self.parameters.iter().all(|parameter| parameter.key.is_some())
    }
}

/// The function of exactly that name.
pub fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// The function of that name in another case.
pub(super) fn function_in_other_case(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name.eq_ignore_ascii_case(name) && function.name != name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_unique() {
        let names: Vec<String> = FUNCTIONS.iter().map(|function| function.name.to_ascii_lowercase()).collect();
        let mut sorted = names.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(names, sorted);
    }

    #[test]
    fn parameters_that_repeat_come_round() {
        let switch = function("Switch").unwrap();
        let names: Vec<&str> = (0..8).filter_map(|index| switch.parameter(index)).map(|found| found.name).collect();
        assert_eq!(names, ["source", "defaultValue", "key1", "value1", "key1", "value1", "key1", "value1"]);
        assert_eq!(switch.arity(), (4, None));
        assert!(function("Left").unwrap().parameter(2).is_none());
    }
}
