//! What expressions are about: values, where they come from, and why one may not be known.

use std::fmt;

use serde_json::json;

/// A value as the service has them. Booleans are the texts `True` and `False`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// No value: for an attribute, its absence.
    Null,
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// The values of a multi-valued attribute, none of which is null.
    List(Vec<String>),
}

impl Value {
    /// `True` or `False`
    pub fn boolean(value: bool) -> Self {
        Value::Text(if value { "True" } else { "False" }.to_owned())
    }

    /// Whether there is nothing to be sent: null, an empty text, an empty list.
    pub fn is_empty(&self) -> bool {
        match self {
            Value::Null => true,
            Value::Text(text) => text.is_empty(),
            Value::Number(_) => false,
            Value::List(items) => items.is_empty(),
        }
    }

    /// It as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Value::Null => serde_json::Value::Null,
            Value::Text(text) => json!(text),
            Value::Number(number) => json!(number),
            Value::List(items) => json!(items),
        }
    }

    /// How many bytes it takes, about.
    pub(super) fn size(&self) -> usize {
        match self {
            Value::Null => 1,
            Value::Number(_) => 8,
            Value::Text(text) => text.len(),
            Value::List(items) => items.iter().map(|item| item.len() + 8).sum(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => formatter.write_str("null"),
            Value::Text(text) => write!(formatter, "\"{text}\""),
            Value::Number(number) => write!(formatter, "{number}"),
            Value::List(_) => write!(formatter, "{}", self.to_json()),
        }
    }
}

/// Why a value can't be known here: never a reason to make one up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// What is at hand of the object doesn't have this property.
    #[error("the user's {0} isn't given")]
    NotGiven(String),
    /// Another reason, in a sentence without its stop.
    #[error("{0}")]
    Because(String),
}

impl Unknown {
    /// For a reason given as a sentence without its stop.
    pub fn new(reason: impl Into<String>) -> Self {
        Unknown::Because(reason.into())
    }
}

/// Whose attributes an expression reads.
pub trait Attributes {
    /// The value of an attribute; [`Value::Null`] where the object has none.
    ///
    /// # Errors
    /// When it can't be told whether there is one.
    fn attribute(&self, name: &str) -> Result<Value, Unknown>;
}

impl<F: Fn(&str) -> Result<Value, Unknown>> Attributes for F {
    fn attribute(&self, name: &str) -> Result<Value, Unknown> {
        self(name)
    }
}
