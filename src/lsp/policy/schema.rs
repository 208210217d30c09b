//! What the JSON Schema of policies says about a place.

use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::cursor::Step;
use crate::policy::POLICY_SCHEMA;

/// The schemas of a place: a value may match any of them.
#[derive(Clone, Debug)]
pub(super) struct Choices(Vec<&'static Map<String, Value>>);

/// A key or value that can be written, and its description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
}

fn root() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    // A test checks that it is JSON.
    SCHEMA.get_or_init(|| serde_json::from_str(POLICY_SCHEMA).unwrap_or_default())
}

impl Choices {
    /// The schemas at `path`.
    pub(super) fn at(path: &[Step]) -> Self {
        let top = Choices(alternatives(root()));
        path.iter().fold(top, |choices, step| choices.below(step))
    }

    fn below(&self, step: &Step) -> Self {
        let below = |node: &&'static Map<String, Value>| match step {
            Step::Item => node.get("items"),
            Step::Key(key) => {
                let known = node.get("properties").and_then(|properties| properties.get(key));
                known.or_else(|| node.get("additionalProperties"))
            }
        };
        Choices(self.0.iter().filter_map(below).flat_map(alternatives).collect())
    }

    /// The valid keys.
    pub(super) fn keys(&self) -> Vec<Word> {
        let properties = self.0.iter().filter_map(|node| node.get("properties")?.as_object()).flatten();
        properties.map(|(name, node)| Word { name, about: about(&alternatives(node)) }).collect()
    }

    /// The words that are valid as a value.
    pub(super) fn words(&self) -> Vec<Word> {
        let mut words = Vec::new();
        for node in &self.0 {
            let listed = node.get("enum").and_then(Value::as_array).into_iter().flatten();
            words.extend(listed.filter_map(Value::as_str).map(|name| Word { name, about: "" }));
            if let Some(name) = node.get("const").and_then(Value::as_str) {
                words.push(Word { name, about: description(node) });
            }
            if node.get("type").and_then(Value::as_str) == Some("boolean") {
                words.extend(["true", "false"].map(|name| Word { name, about: "" }));
            }
        }
        words
    }

    /// Whether the value is a mapping or a list, never a scalar.
    pub(super) fn is_block(&self) -> bool {
        let kind = |node: &&Map<String, Value>| node.get("type").is_some_and(|kind| *kind != "string");
        !self.0.is_empty()
            && self.0.iter().all(|node| kind(node) && !node.contains_key("const"))
            && self.words().is_empty()
            && self.0.iter().any(|node| node.contains_key("properties") || node.contains_key("items"))
    }

    /// The description of the place.
    pub(super) fn about(&self) -> &'static str {
        about(&self.0)
    }
}

/// A schema with the schemas that it refers to or combines.
fn alternatives(node: &'static Value) -> Vec<&'static Map<String, Value>> {
    let Some(members) = node.as_object() else { return Vec::new() };
    let mut all = vec![members];
    if let Some(place) = members.get("$ref").and_then(Value::as_str).and_then(|place| place.strip_prefix('#')) {
        all.extend(root().pointer(place).into_iter().flat_map(alternatives));
    }
    for group in ["oneOf", "allOf"] {
        all.extend(members.get(group).and_then(Value::as_array).into_iter().flatten().flat_map(alternatives));
    }
    all
}

fn about(nodes: &[&'static Map<String, Value>]) -> &'static str {
    // The node's own description comes first.
    nodes.iter().map(|node| description(node)).find(|about| !about.is_empty()).unwrap_or_default()
}

fn description(node: &'static Map<String, Value>) -> &'static str {
    node.get("description").and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str) -> Choices {
        let step = |step: &str| if step == "-" { Step::Item } else { Step::Key(step.to_owned()) };
        Choices::at(&path.split('/').filter(|step| !step.is_empty()).map(step).collect::<Vec<_>>())
    }

    fn names(words: Vec<Word>) -> Vec<&'static str> {
        words.into_iter().map(|word| word.name).collect()
    }

    #[test]
    fn keys_and_words_are_those_of_the_schema() {
        assert!(names(at("").keys()).contains(&"mappings"));
        assert_eq!(
            names(at("mappings/user").keys()),
            ["enabled", "actions", "forbid", "allow", "single", "filterable"]
        );
        let row = ["source", "any-of", "apply", "precedence", "severity", "because"];
        assert_eq!(names(at("mappings/user/title").keys()), row);
        assert_eq!(names(at("ignore/-").keys()), ["rule", "subject", "reason", "until"]);
        assert_eq!(names(at("rules/username-source").words()), ["error", "warning", "info", "off"]);
        assert!(names(at("policies/-/ignore/-/rule").words()).contains(&"username-source"));
        assert!(names(at("profile").words()).contains(&"truu-total"));
        assert_eq!(names(at("mappings/user/enabled").words()), ["true", "false"]);
        assert!(at("nowhere/-/x").keys().is_empty());
        for (path, block) in
            [("app", true), ("groups", true), ("rules", true), ("profile", false), ("mappings/user/x", false)]
        {
            assert_eq!(at(path).is_block(), block, "{path}");
        }
    }

    #[test]
    fn every_key_says_what_it_is_for() {
        for path in
            ["", "app", "users", "mappings", "mappings/user", "mappings/user/x", "ignore/-", "export", "groups/-"]
        {
            for word in at(path).keys() {
                assert!(word.about.len() > 10, "{path}/{}", word.name);
            }
        }
    }
}
