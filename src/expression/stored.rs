//! The tree of `name`, `type` and `parameters` that Graph stores beside each expression.
//!
//! <https://learn.microsoft.com/graph/api/resources/synchronization-attributemappingsource>

use serde_json::{Value, json};

use super::functions::{Function, function};
use super::{Call, Expression, Kind, parse};

/// An `attributeMappingSource`, as far as it says what the value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The expression.
    pub expression: Option<String>,
    /// The attribute's, the function's or the constant's name.
    pub name: String,
    /// What it is.
    pub kind: StoredKind,
    /// The arguments, each with its key.
    pub parameters: Vec<(String, Stored)>,
}

/// The `type` of an `attributeMappingSource`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredKind {
    /// An attribute.
    Attribute,
    /// A text, or a number as a text.
    Constant,
    /// A function.
    Function,
}

impl StoredKind {
    /// Graph's word.
    pub fn as_str(self) -> &'static str {
        match self {
            StoredKind::Attribute => "Attribute",
            StoredKind::Constant => "Constant",
            StoredKind::Function => "Function",
        }
    }
}

impl Stored {
    /// What Graph would store for an expression; `None` where the keys of a function's parameters aren't known,
    /// or where the expression has something that no stored tree was seen with.
    pub fn of(expression: &Expression) -> Option<Self> {
        let stored = |name: &str, text: String, kind, parameters| {
            Some(Stored { expression: Some(text), name: name.to_owned(), kind, parameters })
        };
        match &expression.kind {
            Kind::Attribute(name) => stored(name, expression.to_string(), StoredKind::Attribute, Vec::new()),
            Kind::Text(text) => stored(text, expression.to_string(), StoredKind::Constant, Vec::new()),
            Kind::Number(number) => stored(number, format!("\"{number}\""), StoredKind::Constant, Vec::new()),
            Kind::Call(call) => {
                let function = function(&call.name).filter(|function| function.is_storable())?;
                let mut parameters = Vec::new();
                for (index, argument) in call.arguments.iter().enumerate() {
                    let Some(argument) = argument else { continue };
                    parameters.push((function.parameter(index)?.key?.to_owned(), Stored::of(argument)?));
                }
                stored(&call.name, expression.to_string(), StoredKind::Function, parameters)
            }
            Kind::Word(_) | Kind::Operation(_) | Kind::Unreadable => None,
        }
    }

    /// It as Graph writes it.
    pub fn to_json(&self) -> Value {
        // `json!` copies what it is given, at each level of the tree again.
        let object = |members: Vec<(&str, Value)>| {
            Value::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
        };
        let parameters =
            self.parameters.iter().map(|(key, value)| object(vec![("key", json!(key)), ("value", value.to_json())]));
        object(vec![
            ("expression", json!(self.expression)),
            ("name", json!(self.name)),
            ("type", json!(self.kind.as_str())),
            ("parameters", Value::Array(parameters.collect())),
        ])
    }

    /// The expression that `name`, `type` and `parameters` stand for; `None` where that can't be told.
    pub fn to_expression(&self) -> Option<Expression> {
        match self.kind {
            StoredKind::Attribute => Some(Expression::attribute(&self.name)),
            StoredKind::Constant => {
                // How a constant's name is escaped isn't documented, so its expression goes first.
                let written = self.expression.as_deref().and_then(|text| parse(text).into_result().ok());
                let text = written.filter(|tree| matches!(tree.kind, Kind::Text(_) | Kind::Number(_)));
                Some(text.unwrap_or_else(|| Kind::Text(self.name.clone()).into()))
            }
            StoredKind::Function => {
                let arguments = match function(&self.name).filter(|function| function.is_storable()) {
                    Some(function) => self.by_key(function)?,
                    None => {
                        let values = self.parameters.iter().map(|(_, value)| value.to_expression().map(Some));
                        values.collect::<Option<Vec<_>>>()?
                    }
                };
                Some(Kind::Call(Call { name: self.name.clone(), name_span: 0..0, arguments }).into())
            }
        }
    }

    /// The arguments, each at the place that its key names.
    fn by_key(&self, function: &Function) -> Option<Vec<Option<Expression>>> {
        let mut arguments: Vec<Option<Expression>> = Vec::new();
        let furthest = function.parameters.len() + self.parameters.len();
        for (key, value) in &self.parameters {
            let is_free = |index: &usize| {
                let fits = function.parameter(*index).and_then(|parameter| parameter.key);
                fits.is_some_and(|name| name.eq_ignore_ascii_case(key))
                    && arguments.get(*index).is_none_or(Option::is_none)
            };
            let index = (0..furthest).find(is_free)?;
            if arguments.len() <= index {
                arguments.resize(index + 1, None);
            }
            arguments[index] = Some(value.to_expression()?);
        }
        Some(arguments)
    }
}

/// Whether two expressions say the same, as far as what is stored can tell: a number and its text are one, and
/// so are an argument left out at the end and none at all.
pub fn says_the_same(left: &Expression, right: &Expression) -> bool {
    plain(left) == plain(right)
}

fn plain(expression: &Expression) -> Expression {
    match &expression.kind {
        Kind::Number(number) | Kind::Word(number) => Kind::Text(number.clone()).into(),
        Kind::Call(call) => {
            let mut arguments: Vec<Option<Expression>> =
                call.arguments.iter().map(|argument| argument.as_ref().map(plain)).collect();
            // Only a key of its own tells which argument was left out; others are told by their order alone.
            let own_key = |index: usize| {
                let function = function(&call.name).filter(|function| function.is_storable())?;
                let key = function.parameter(index)?.key;
                let sharing = function.parameters.iter().filter(|parameter| parameter.key == key).count();
                Some(sharing == 1 && index < function.parameters.len())
            };
            let mut index = 0;
            arguments.retain(|argument| {
                index += 1;
                argument.is_some() || own_key(index - 1) == Some(true)
            });
            while arguments.last().is_some_and(Option::is_none) {
                arguments.pop();
            }
            Kind::Call(Call { name: call.name.clone(), name_span: 0..0, arguments }).into()
        }
        kind => kind.clone().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_graph_stores_is_written_and_read_back() {
        for text in [
            "[mail]",
            "\"text\"",
            "Switch([IsSoftDeleted], , \"False\", \"True\", \"True\", \"False\")",
            "Replace([preferredLanguage], \"-\", , , \"_\", , )",
            "Append(Mid([givenName], 1, 3), Mid([surname], 1, 5))",
            "Join(\" \", [givenName], \"\\\"\", [surname])",
        ] {
            let tree = parse(text).into_result().unwrap();
            let stored = Stored::of(&tree).unwrap();
            assert!(says_the_same(&stored.to_expression().unwrap(), &tree), "{text}");
            let other = parse(&text.replace("[givenName]", "[mail]").replace("True", "x")).into_result().unwrap();
            assert_eq!(says_the_same(&stored.to_expression().unwrap(), &other), tree == other, "{text}");
        }
    }

    #[test]
    fn a_tree_is_the_one_that_the_service_was_seen_to_store() {
        let tree = parse("Replace([preferredLanguage], \"-\", , , \"_\", ,  )").into_result().unwrap();
        let leaf = |text: &str, name: &str, kind: &str| json!({"expression": text, "name": name, "type": kind, "parameters": []});
        assert_eq!(
            Stored::of(&tree).unwrap().to_json(),
            json!({
                "expression": "Replace([preferredLanguage], \"-\", , , \"_\", , )",
                "name": "Replace",
                "type": "Function",
                "parameters": [
                    {"key": "source", "value": leaf("[preferredLanguage]", "preferredLanguage", "Attribute")},
                    {"key": "Find", "value": leaf("\"-\"", "-", "Constant")},
                    {"key": "Replacement", "value": leaf("\"_\"", "_", "Constant")},
                ],
            })
        );
        assert_eq!(Stored::of(&parse("Guid()").into_result().unwrap()).unwrap().parameters, []);
        assert_eq!(Stored::of(&parse("Left([a], 1)").into_result().unwrap()), None);
    }
}
