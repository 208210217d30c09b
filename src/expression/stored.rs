//! The tree of `name`, `type` and `parameters` that Graph stores with each expression.
//!
//! <https://learn.microsoft.com/graph/api/resources/synchronization-attributemappingsource>

use foldhash::{HashMap, HashMapExt};
use serde_json::{Value, json};

use super::functions::{Function, function};
use super::{Call, Expression, Kind, parse};

/// The members of an `attributeMappingSource` that determine the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The expression.
    pub expression: Option<String>,
    /// The name of the attribute or function, or the text of the constant.
    pub name: String,
    /// Attribute, constant or function.
    pub kind: StoredKind,
    /// The arguments with their keys.
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
    /// The value in Graph.
    pub fn as_str(self) -> &'static str {
        match self {
            StoredKind::Attribute => "Attribute",
            StoredKind::Constant => "Constant",
            StoredKind::Function => "Function",
        }
    }
}

impl Stored {
    /// What Graph stores for an expression; `None` if the keys of a function's parameters are unknown, or if the expression
    /// contains something that was never seen in a stored tree.
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

    /// The JSON that Graph writes.
    pub fn to_json(&self) -> Value {
        // Not `json!` for the whole object: it would copy the subtree again at each level.
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

    /// The expression that `name`, `type` and `parameters` represent; `None` if that is unclear.
    pub fn to_expression(&self) -> Option<Expression> {
        match self.kind {
            StoredKind::Attribute => Some(Expression::attribute(&self.name)),
            StoredKind::Constant => {
                // Prefer the expression: how the name of a constant is escaped is not documented.
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

    /// The arguments, ordered by their keys.
    fn by_key(&self, function: &Function) -> Option<Vec<Option<Expression>>> {
        let mut arguments: Vec<Option<Expression>> = Vec::new();
        let limit = function.parameters.len() + self.parameters.len();
        // The first index that an argument with this key can still have.
        let mut next: HashMap<String, usize> = HashMap::new();
        for (key, value) in &self.parameters {
            let key = key.to_ascii_lowercase();
            let fits = |index: &usize| {
                let name = function.parameter(*index).and_then(|parameter| parameter.key);
                name.is_some_and(|name| name.eq_ignore_ascii_case(&key))
            };
            let index = (next.get(&key).copied().unwrap_or_default()..limit).find(fits)?;
            next.insert(key, index + 1);
            if arguments.len() <= index {
                arguments.resize(index + 1, None);
            }
            arguments[index] = Some(value.to_expression()?);
        }
        Some(arguments)
    }
}

/// Whether two expressions have the same meaning in stored form, where a number equals its text, and an argument omitted at
/// the end equals no argument.
pub fn says_the_same(left: &Expression, right: &Expression) -> bool {
    plain(left) == plain(right)
}

fn plain(expression: &Expression) -> Expression {
    match &expression.kind {
        Kind::Number(number) | Kind::Word(number) => Kind::Text(number.clone()).into(),
        Kind::Call(call) => {
            let mut arguments: Vec<Option<Expression>> =
                call.arguments.iter().map(|argument| argument.as_ref().map(plain)).collect();
            // An omitted argument is recognisable only if its key is unique; arguments that share a key have only an order.
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
    fn an_expression_in_stored_form_reads_back_as_the_same_expression() {
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
    fn the_stored_form_is_the_one_that_entra_stores() {
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
