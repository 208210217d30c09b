//! Characters that look like those of ASCII: word processors, web pages and other alphabets put them into names.

/// The ASCII characters that look like each of these: quotation marks, dashes and spaces of typography, and letters of
/// the Cyrillic and Greek alphabets whose forms are those of Latin ones.
/// <https://www.unicode.org/Public/security/latest/confusables.txt>
const PAIRS: [(&str, &str); 8] = [
    ("“”„‟«»″❝❞〝〞", "\"\"\"\"\"\"\"\"\"\"\""),
    ("‘’‚‛′´", "''''''"),
    ("‐‑‒–—―−", "-------"),
    ("\u{a0}\u{2002}\u{2003}\u{2007}\u{2009}\u{202f}\u{3000}", "       "),
    ("꞉˸∶", ":::"),
    ("аеорсухіјѕԁһԛԝ", "aeopcyxijsdhqw"),
    ("АВЕКМНОРСТУХІЈЅ", "ABEKMHOPCTYXIJS"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονı", "ABEZHIKMNOPTYXovi"),
];

/// Characters that are not seen at all.
const UNSEEN: &str = "\u{ad}\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}";

/// The ASCII character that a character looks like, if there is one.
fn plain_character(character: char) -> Option<char> {
    // The full-width forms of ASCII.
    if let Some(offset) = (character as u32).checked_sub(0xff01).filter(|offset| *offset < 94) {
        return char::from_u32(offset + 0x21);
    }
    PAIRS.iter().find_map(|(strange, plain)| {
        let at = strange.chars().position(|other| other == character)?;
        plain.chars().nth(at)
    })
}

/// A text with ASCII in place of what looks like it; `None` if nothing does, or if the text has other characters too, so
/// that it is meant to be in another language.
pub fn without_look_alikes(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let seen = text.chars().filter(|character| !UNSEEN.contains(*character));
    seen.map(|character| if character.is_ascii() { Some(character) } else { plain_character(character) }).collect()
}

/// The characters of a text that look like ASCII, each once, as people can look them up: `“ (U+201C)`.
pub fn look_alikes(text: &str) -> String {
    let mut found: Vec<char> = Vec::new();
    for character in text.chars().filter(|character| !character.is_ascii()) {
        if !found.contains(&character) {
            found.push(character);
        }
    }
    let named = |character: &char| match UNSEEN.contains(*character) || character.is_whitespace() {
        true => format!("U+{:04X}", *character as u32),
        false => format!("{character} (U+{:04X})", *character as u32),
    };
    found.iter().map(named).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_look_alike_has_its_ascii_character() {
        for (strange, plain) in PAIRS {
            assert_eq!(strange.chars().count(), plain.chars().count(), "{plain}");
            assert!(plain.is_ascii() && strange.chars().all(|character| !character.is_ascii()), "{plain}");
        }
    }

    #[test]
    fn only_texts_that_look_like_ascii_are_changed() {
        for (text, plain) in [
            ("emails[type eq “work”].value", Some("emails[type eq \"work\"].value")),
            ("dіsplayNаme", Some("displayName")),
            ("ｔｉｔｌｅ", Some("title")),
            ("user\u{200b}Name", Some("userName")),
            ("emails[type\u{a0}eq \"work\"].value", Some("emails[type eq \"work\"].value")),
            ("title", None),
            ("größe", None),
            ("должность", None),
        ] {
            assert_eq!(without_look_alikes(text).as_deref(), plain, "{text}");
        }
        assert_eq!(look_alikes("a“b”\u{a0}"), "“ (U+201C), ” (U+201D), U+00A0");
    }
}
