//! Every function: its name, its parameters and what they accept, the page that documents it, and what it does.
//!
//! The rules, the evaluator, the editor, the stored form and `docs/expressions.md` all use [`FUNCTIONS`].

mod case;
mod convert;
mod date;
mod list;
mod logic;
mod meant;
mod random;
mod reference;
mod replace;
mod table;
mod text;

use super::arguments::{bound, one_of};
use super::evaluate::Arguments;
use super::value::{Unknown, Value};
pub use meant::Meant;
pub(super) use meant::{foreign_operator, meant};
pub use reference::{BARE_WORDS, BareWord, REFERENCES, Reference};
pub use table::FUNCTIONS;

/// A function of the language.
#[derive(Debug)]
pub struct Function {
    /// The name. Case matters.
    pub name: &'static str,
    /// The dialect it belongs to.
    pub dialect: Dialect,
    /// The page that documents it, as of a date.
    pub reference: &'static Reference,
    /// The parameters, in order.
    pub parameters: &'static [Parameter],
    /// How many of the last parameters may be repeated together.
    pub repeating: usize,
    /// The number of arguments of an older form that still works.
    pub older_form: Option<usize>,
    /// The combinations of optional parameters that the documentation describes; empty if every combination works.
    pub ways: &'static [&'static [&'static str]],
    /// What becomes of an attribute without a value.
    pub(super) missing: Missing,
    /// What it does, in one line.
    pub summary: &'static str,
    /// What the documentation leaves open, and how this program handles it.
    pub open: &'static str,
    /// Evaluates it.
    pub(super) run: fn(&Arguments<'_, '_>) -> Result<Value, Unknown>,
}

/// The provisioning service that has a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// App provisioning, including SCIM.
    Apps,
    /// Only app provisioning to Active Directory.
    ActiveDirectory,
    /// Only cloud sync between Entra ID and Active Directory.
    CloudSync,
}

/// A parameter of a function.
#[derive(Debug)]
pub struct Parameter {
    /// The name in the documentation.
    pub name: &'static str,
    /// The key under which Graph stores it, if it is known.
    pub key: Option<&'static str>,
    /// The kind of argument.
    pub takes: Takes,
    /// Whether the argument is required.
    pub required: bool,
}

/// What becomes of an attribute without a value that a function reads.
#[derive(Clone, Copy, Debug)]
pub(super) enum Missing {
    /// It reaches the result.
    Flows,
    /// The documentation gives the function a value of its own for it.
    Replaced,
    /// Only that of the argument whose value is returned reaches the result. Finds the argument's index.
    Chosen(fn(&Arguments<'_, '_>) -> Result<Option<usize>, Unknown>),
}

/// The kind of argument that a parameter accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Any expression.
    Any,
    /// A text.
    Text,
    /// A text that is searched for or inserted as it is. `"[mail]"` in it may be intended.
    Literal,
    /// A whole number.
    Number,
    /// A whole number from a range that the documentation states.
    Within(i64, i64),
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A .NET regular expression.
    Pattern,
    /// The name of a group of the function's regular expression.
    Group,
    /// The text that replaces a match; may refer to groups: `${name}`, `$1`.
    Replacement,
    /// A .NET date format, to read a date with.
    InputFormat,
    /// A .NET date format, to write a date with.
    OutputFormat,
    /// Members of .NET's `DateTimeStyles`.
    DateStyles,
    /// The name of a culture, such as `de-DE`.
    Culture,
    /// The attribute `appRoleAssignments`, and nothing else.
    Roles,
    /// A date and time, as returned by `CDate`.
    Date,
    /// A multi-valued attribute.
    List,
    /// A condition: true or false, or a comparison.
    Condition,
    /// One of these bare words.
    Word(&'static [&'static str]),
}

impl Takes {
    /// The name for tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Takes::Any => "any",
            Takes::Text | Takes::Literal => "text",
            Takes::Number | Takes::Within(..) => "number",
            Takes::OneOf(_) => "choice",
            Takes::Pattern => "regular expression",
            Takes::Group => "group of the regular expression",
            Takes::Replacement => "text with groups",
            Takes::InputFormat | Takes::OutputFormat => "date format",
            Takes::DateStyles => "date styles",
            Takes::Culture => "culture",
            Takes::Roles => "[appRoleAssignments]",
            Takes::Date => "date",
            Takes::List => "list",
            Takes::Condition => "condition",
            Takes::Word(_) => "word",
        }
    }
}

impl Parameter {
    /// What its argument must be, in a few words; `None` if it may be any expression or text.
    pub fn accepts(&self) -> Option<String> {
        Some(match self.takes {
            Takes::Any | Takes::Text | Takes::Literal => return None,
            Takes::Word(words) | Takes::OneOf(words) => one_of(words),
            Takes::Within(least, most) => format!("a number {}", bound(least, most)),
            other => other.as_str().to_owned(),
        })
    }
}

impl Function {
    /// The minimum and maximum number of arguments; no maximum if parameters repeat.
    pub fn arity(&self) -> (usize, Option<usize>) {
        let minimum = self.parameters.iter().rposition(|parameter| parameter.required).map_or(0, |last| last + 1);
        let maximum = if self.repeating == 0 { Some(self.parameters.len()) } else { None };
        (minimum, maximum)
    }

    /// Whether it can be called with that many arguments.
    pub fn takes(&self, count: usize) -> bool {
        let (minimum, maximum) = self.arity();
        self.older_form == Some(count) || (count >= minimum && maximum.is_none_or(|maximum| count <= maximum))
    }

    /// The parameter at an index, with the repeating ones repeated.
    pub fn parameter(&self, index: usize) -> Option<&'static Parameter> {
        let fixed = self.parameters.len() - self.repeating;
        match (index.checked_sub(fixed), self.repeating) {
            (Some(beyond), 1..) => self.parameters.get(fixed + beyond % self.repeating),
            _ => self.parameters.get(index),
        }
    }

    /// The signature for display: `Left(source, length)`.
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
    fn repeating_parameters_repeat() {
        let switch = function("Switch").unwrap();
        let names: Vec<&str> = (0..8).filter_map(|index| switch.parameter(index)).map(|found| found.name).collect();
        assert_eq!(names, ["source", "defaultValue", "key1", "value1", "key1", "value1", "key1", "value1"]);
        assert_eq!(switch.arity(), (4, None));
        assert!(function("Left").unwrap().parameter(2).is_none());
    }
}
