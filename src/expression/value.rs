//! Values of expressions, the attributes they come from, and the reasons why a value is unknown.

use std::fmt;

use serde_json::json;

/// A value as in Entra. Booleans are the texts `True` and `False`.
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

    /// Whether there is nothing to send: null, an empty text or an empty list.
    pub fn is_empty(&self) -> bool {
        match self {
            Value::Null => true,
            Value::Text(text) => text.is_empty(),
            Value::Number(_) => false,
            Value::List(items) => items.is_empty(),
        }
    }

    /// The value as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Value::Null => serde_json::Value::Null,
            Value::Text(text) => json!(text),
            Value::Number(number) => json!(number),
            Value::List(items) => json!(items),
        }
    }

    /// The approximate size in bytes.
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

/// Why a value is unknown. An unknown value is never replaced by a guess.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// The input for this user does not contain the property.
    #[error("the user's {0} is not in the input")]
    NotGiven(String),
    /// Another reason, as a sentence without a full stop.
    #[error("{0}")]
    Because(String),
}

impl Unknown {
    /// An unknown value for this reason, a sentence without a full stop.
    pub fn new(reason: impl Into<String>) -> Self {
        Unknown::Because(reason.into())
    }

    /// The reason without the values that it may quote.
    pub(super) fn redacted(self) -> Self {
        match self {
            Unknown::NotGiven(name) => Unknown::NotGiven(name),
            Unknown::Because(_) => Unknown::new("the redacted value is unknown"),
        }
    }
}

/// The object whose attributes an expression reads.
pub trait Attributes {
    /// The value of an attribute; [`Value::Null`] if the object has none.
    ///
    /// # Errors
    /// If it is unknown whether the object has a value.
    fn attribute(&self, name: &str) -> Result<Value, Unknown>;
}

impl<F: Fn(&str) -> Result<Value, Unknown>> Attributes for F {
    fn attribute(&self, name: &str) -> Result<Value, Unknown> {
        self(name)
    }
}
