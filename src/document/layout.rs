//! Formats JSON for people without changing the spelling of any value.

/// Formats valid JSON with one member or element per line, two spaces per level, and `margin` spaces before all lines
/// except the first. Numbers and strings keep their spelling; only the white space between them changes.
pub fn laid_out(json: &str, margin: usize) -> String {
    let mut text = String::with_capacity(json.len() * 2);
    let mut depth = 0;
    let new_line = |text: &mut String, depth: usize| {
        text.push('\n');
        let mut spaces = margin + 2 * depth;
        while spaces > 0 {
            let some = spaces.min(SPACES.len());
            text.push_str(&SPACES[..some]);
            spaces -= some;
        }
    };
    let bytes = json.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let begin = at;
        at += 1;
        match byte {
            b'"' => {
                at = behind_string(bytes, at);
                text.push_str(&json[begin..at]);
            }
            b'{' | b'[' => {
                text.push_str(&json[begin..at]);
                at += bytes[at..].iter().take_while(|next| next.is_ascii_whitespace()).count();
                match bytes.get(at) {
                    Some(b'}' | b']') => {
                        text.push_str(&json[at..at + 1]);
                        at += 1;
                    }
                    _ => {
                        depth += 1;
                        new_line(&mut text, depth);
                    }
                }
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut text, depth);
                text.push_str(&json[begin..at]);
            }
            b',' => {
                text.push(',');
                new_line(&mut text, depth);
            }
            b':' => text.push_str(": "),
            space if space.is_ascii_whitespace() => {}
            _ => {
                at += bytes[at..].iter().take_while(|next| !ends_word(**next)).count();
                text.push_str(&json[begin..at]);
            }
        }
    }
    text
}

const SPACES: &str = "                                                                ";

/// Whether a number or a literal ends before a byte.
fn ends_word(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'{' | b'[' | b'}' | b']' | b',' | b':')
}

/// The place behind the quotation mark that ends the string that goes on at `at`.
fn behind_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(found) = memchr::memchr2(b'"', b'\\', &bytes[at..]) {
        at += found + 1;
        if bytes[at - 1] == b'"' {
            return at;
        }
        // Of another character than ASCII, no byte is a quotation mark.
        at += usize::from(bytes.get(at).is_some_and(u8::is_ascii));
    }
    bytes.len()
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
        assert_eq!(laid_out("[1]", 63), format!("[\n{0}  1\n{0}]", " ".repeat(63)));
        for broken in ["\"\\é", "é\"\\", "\"\\", "[é", "]]"] {
            assert_eq!(laid_out(broken, 0).trim(), if broken == "]]" { "]\n]" } else { broken }.replace('[', "[\n  "));
        }
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
