//! Formats JSON for people without changing the spelling of any value.

/// Formats valid JSON with one member or element per line, two spaces per level, and `margin` spaces before all lines
/// except the first. Numbers and strings keep their spelling; only the white space between them changes.
pub fn laid_out(json: &str, margin: usize) -> String {
    let mut text = String::with_capacity(json.len() * 2);
    let mut depth = 0;
    let new_line = |text: &mut String, depth: usize| {
        text.push('\n');
        text.extend(std::iter::repeat_n(' ', margin + 2 * depth));
    };
    let mut characters = json.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                text.push('"');
                while let Some(inner) = characters.next() {
                    text.push(inner);
                    match inner {
                        '\\' => text.extend(characters.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '{' | '[' => {
                text.push(character);
                while characters.next_if(|next| next.is_ascii_whitespace()).is_some() {}
                if let Some(end) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    text.push(end);
                } else {
                    depth += 1;
                    new_line(&mut text, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut text, depth);
                text.push(character);
            }
            ',' => {
                text.push(',');
                new_line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            space if space.is_ascii_whitespace() => {}
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn values_keep_their_spelling() {
        let text = r#" {"a" : [1.0e3,-0, "x\" , {:"], "b":{ }, "c":[
            ]}"#;
        assert_eq!(
            laid_out(text, 2),
            "{\n    \"a\": [\n      1.0e3,\n      -0,\n      \"x\\\" , {:\"\n    ],\n    \"b\": {},\n    \"c\": []\n  }"
        );
        assert_eq!(laid_out("\"\\\\\"", 0), "\"\\\\\"");
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![Just(Value::Null), any::<i64>().prop_map(Value::from), ".*".prop_map(Value::from)];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((".*", inner), 0..6).prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn it_is_the_layout_that_serde_gives(value in values()) {
            prop_assert_eq!(laid_out(&value.to_string(), 0), format!("{:#}", value));
        }
    }
}
