//! What an endpoint gives back, compared with what was sent.

use serde_json::{Map, Value as Json};

use super::State;
use crate::simulate::resource::Path;

/// How an attribute that reads back differs.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference {
    /// It is not there.
    Missing,
    /// It has another value, or one of another type.
    Changed(Json),
    /// It is there so many times.
    Several(usize),
}

impl State {
    /// The target attributes that a resource does not have as this state does. Names are compared without regard to case,
    /// values exactly; what the resource has besides is ignored.
    pub fn differences(&self, resource: &Map<String, Json>) -> Vec<(&str, Difference)> {
        let compared = self.attributes.iter().filter_map(|attribute| {
            let found = attribute.path.find(resource);
            let difference = match found.as_slice() {
                [] | [Json::Null] => Difference::Missing,
                [one] if includes(one, &attribute.value) => return None,
                [one] => Difference::Changed((*one).clone()),
                several => Difference::Several(several.len()),
            };
            Some((attribute.target.as_str(), difference))
        });
        compared.collect()
    }
}

/// The values of a target attribute in a resource: several where several elements fit its filter.
pub fn found<'v>(resource: &'v Map<String, Json>, target: &str) -> Vec<&'v Json> {
    Path::new(target).map(|path| path.find(resource)).unwrap_or_default()
}

/// Where a target attribute is in a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The schema that extends the resource; `None` for the core schema.
    pub extension: Option<String>,
    /// The attribute.
    pub attribute: String,
    /// The part of it.
    pub sub_attribute: Option<String>,
}

/// Where a target attribute is; `None` where it is not a valid path.
pub fn place(target: &str) -> Option<Place> {
    let path = Path::new(target)?;
    let sub_attribute = path.sub_attribute().map(str::to_owned);
    Some(Place {
        extension: path.extension().map(str::to_owned),
        attribute: path.attribute().to_owned(),
        sub_attribute,
    })
}

/// Whether a value has everything that was sent: lists may have more elements, and objects more members.
fn includes(found: &Json, sent: &Json) -> bool {
    match (found, sent) {
        (Json::Array(found), Json::Array(sent)) => {
            sent.iter().all(|sent| found.iter().any(|found| includes(found, sent)))
        }
        (Json::Object(found), Json::Object(sent)) => sent.iter().all(|(name, sent)| {
            found.iter().any(|(known, found)| known.eq_ignore_ascii_case(name) && includes(found, sent))
        }),
        (found, sent) => found == sent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::request::Schemas;
    use serde_json::json;

    #[test]
    fn values_are_compared_exactly_and_names_without_regard_to_case() {
        let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let mut state = State::empty(Schemas::EnterpriseUser);
        let department = format!("{enterprise}:department");
        for (target, value) in [
            ("userName", json!("jane")),
            ("active", json!(true)),
            ("name.givenName", json!("Jane")),
            (r#"emails[type eq "work"].value"#, json!("jane@example.com")),
            (department.as_str(), json!("Sales")),
        ] {
            assert!(state.set(target, value));
        }
        let right = json!({
            "USERNAME": "jane", "active": true, "name": {"GivenName": "Jane", "familyName": "x"}, "more": 1,
            "emails": [{"Type": "Work", "value": "jane@example.com", "primary": true}, {"type": "home", "value": "y"}],
            enterprise: {"department": "Sales"},
        });
        assert_eq!(state.differences(right.as_object().unwrap()), []);
        let wrong = json!({
            "userName": "JANE", "active": "True",
            "emails": [{"type": "work", "value": "jane@example.com"}, {"type": "work", "value": "jane@example.com"}],
            department.as_str(): "Sales",
        });
        assert_eq!(
            state.differences(wrong.as_object().unwrap()),
            [
                ("userName", Difference::Changed(json!("JANE"))),
                ("active", Difference::Changed(json!("True"))),
                ("name.givenName", Difference::Missing),
                (r#"emails[type eq "work"].value"#, Difference::Several(2)),
                (department.as_str(), Difference::Missing),
            ]
        );
    }
}
