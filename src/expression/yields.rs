//! Whether an expression always returns the value of one attribute.

use jiff::Timestamp;

use super::value::{Unknown, Value};
use super::{Evaluator, Expression, Kind};

/// Values that show whether an expression changes a text: its case, spaces, accents, length or separators.
const TEXTS: [&str; 9] = [
    "a",
    "A",
    "Jane Doe",
    " padded ",
    "Zoë-Øst, ß_ł",
    "jane.doe@example.com",
    "CN=Jane,OU=x;y|z\\w/v",
    "\"quoted\" 'line'\nnext",
    "123",
];

/// Values of an object id, which is a lowercase GUID and never missing.
const IDS: [&str; 3] = [
    "00000000-0000-4000-8000-000000000000",
    "9f1c52de-ab34-4c67-89de-f0123456789a",
    "ffffffff-ffff-4fff-bfff-ffffffffffff",
];

impl Expression {
    /// Whether the expression returns the value of `attribute` for every object. To find out, it is evaluated with values
    /// that reveal changes, including the texts in the expression.
    ///
    /// `false` if a value is unknown.
    pub fn always_yields(&self, attribute: &str) -> bool {
        if !self.attributes().contains(&attribute) {
            return false;
        }
        let evaluator = Evaluator::new(Timestamp::UNIX_EPOCH, 0);
        let yields = |probe: &Value| {
            let attributes = |name: &str| {
                if name == attribute {
                    Ok(probe.clone())
                } else {
                    Err(Unknown::new("another attribute may have any value"))
                }
            };
            let outcome = evaluator.evaluate(self, &attributes);
            outcome.is_ok_and(|outcome| {
                !outcome.changing && (outcome.value == *probe || (probe.is_empty() && outcome.value.is_empty()))
            })
        };
        if attribute == "objectId" {
            return IDS.iter().all(|id| yields(&Value::from(*id)));
        }
        let mut probes: Vec<Value> = TEXTS.iter().map(|text| Value::from(*text)).collect();
        probes.push(Value::Null);
        probes.push(Value::Text("x".repeat(2000)));
        self.visit(&mut |part| {
            if let Kind::Text(text) = &part.kind {
                probes.push(Value::Text(text.clone()));
                probes.push(Value::Text(format!("x{text}y")));
            }
        });
        probes.iter().all(yields)
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn functions_that_do_not_change_an_attribute_are_recognised() {
        let yields = |text: &str, attribute: &str| parse(text).into_result().unwrap().always_yields(attribute);
        for (text, attribute) in [
            ("[objectId]", "objectId"),
            ("ToLower([objectId])", "objectId"),
            ("Left([objectId], 36)", "objectId"),
            ("Coalesce([objectId], [mail])", "objectId"),
            ("Append([objectId], \"\")", "objectId"),
            ("Join(\";\", [jobTitle])", "jobTitle"),
            ("Coalesce([jobTitle])", "jobTitle"),
            ("IgnoreFlowIfNullOrEmpty([jobTitle])", "jobTitle"),
            ("Switch([jobTitle], [jobTitle], \"x\", \"x\")", "jobTitle"),
            ("Redact([jobTitle])", "jobTitle"),
        ] {
            assert!(yields(text, attribute), "{text}");
        }
        for (text, attribute) in [
            ("Coalesce([mail], [objectId])", "objectId"),
            ("Append([objectId], \"x\")", "objectId"),
            ("\"objectId\"", "objectId"),
            ("Left([objectId], 8)", "objectId"),
            ("ToUpper([objectId])", "objectId"),
            ("ToLower([jobTitle])", "jobTitle"),
            ("Left([jobTitle], 100)", "jobTitle"),
            ("Coalesce([jobTitle], \"none\")", "jobTitle"),
            ("Switch([jobTitle], [jobTitle], \"Boss\", \"Chief\")", "jobTitle"),
            ("Replace([jobTitle], \"zzz\", , , \"\", , )", "jobTitle"),
            ("StripSpaces([jobTitle])", "jobTitle"),
            ("IIF([department] = \"x\", [jobTitle], [jobTitle])", "jobTitle"),
        ] {
            assert!(!yields(text, attribute), "{text}");
        }
    }
}
