//! Shortens long texts for messages.

use std::borrow::Cow;

use super::printable;

/// The most characters of a text that a message quotes.
const LONGEST: usize = 120;

/// `text` without control characters; only its start and end if it is too long to quote.
pub fn shortened(text: &str) -> Cow<'_, str> {
    let text = printable(text);
    let count = text.chars().count();
    if count <= LONGEST {
        return text;
    }
    let half = LONGEST / 2;
    let head: String = text.chars().take(half).collect();
    let tail: String = text.chars().skip(count - half).collect();
    Cow::Owned(format!("{head} ... {tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_long_text_loses_its_middle() {
        assert_eq!(shortened("short"), "short");
        let long = format!("begin{}end", "é".repeat(1_000));
        let short = shortened(&long);
        assert!(short.starts_with("begin") && short.ends_with("end") && short.chars().count() < 130, "{short}");
    }
}
