//! Writes untrusted text as Markdown, so that it does not become markup, a link or a mention.

use crate::text::printable_line;

/// A code span, fenced by more backticks than the text holds.
pub(crate) fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let text = printable_line(text);
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    // Markdown removes one space at each end, and a backtick at an end would join the fence.
    let gap = if longest > 0 || (text.starts_with(' ') && text.ends_with(' ')) { " " } else { "" };
    format!("{fence}{gap}{text}{gap}{fence}")
}

/// A sentence on one line. Text between backticks is code, written by `code`; everything else is plain text.
pub(crate) fn prose(text: &str, code: fn(&str) -> String) -> String {
    let text = printable_line(text);
    let mut rest = text.as_ref();
    let mut prose = String::with_capacity(text.len());
    while let Some((before, behind)) = rest.split_once('`') {
        prose.push_str(&words(before, code));
        match behind.split_once('`') {
            Some((inside, behind)) if !inside.is_empty() => {
                prose.push_str(&code(inside));
                rest = behind;
            }
            _ => {
                prose.push_str("\\`");
                rest = behind;
            }
        }
    }
    prose.push_str(&words(rest, code));
    no_block(prose)
}

/// Plain text. Words that GitHub or GitLab would turn into links or mentions, such as `jane@contoso.com` or `#12`, become
/// code.
fn words(text: &str, code: fn(&str) -> String) -> String {
    text.split_inclusive(' ')
        .map(|word| {
            let bare = word.trim_end_matches(' ');
            let spaces = &word[bare.len()..];
            if is_reference(bare) { format!("{}{spaces}", code(bare)) } else { format!("{}{spaces}", plain(bare)) }
        })
        .collect()
}

fn is_reference(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let marked = word.char_indices().any(|(at, character)| {
        matches!(character, '#' | '!' | '~' | '%' | '$' | '&' | '^')
            && word[at + 1..].starts_with(|next: char| next.is_alphanumeric() || next == '"')
    });
    marked || word.contains('@') || ["://", "www.", "mailto:"].iter().any(|sign| lower.contains(sign))
}

fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => plain.push_str("&amp;"),
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '\\' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '$' | '!' => plain.extend(['\\', character]),
            other => plain.push(other),
        }
    }
    plain
}

/// Escapes the start of a list, a heading or a rule.
fn no_block(text: String) -> String {
    let digits = text.len() - text.trim_start_matches(|first: char| first.is_ascii_digit()).len();
    if text.starts_with(['-', '+', '=']) {
        format!("\\{text}")
    } else if digits > 0 && text[digits..].starts_with(['.', ')']) {
        format!("{}\\{}", &text[..digits], &text[digits..])
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_a_name() {
        assert_eq!(code("a*b|c"), "`a*b|c`");
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("a\nb"), "`a b`");
    }

    #[test]
    fn nothing_but_code_is_markup() {
        for (text, written) in [
            ("`externalId` is mapped from `[mail]`", "`externalId` is mapped from `[mail]`"),
            ("a ` alone, <b> and *c* | d_e", "a \\` alone, &lt;b&gt; and \\*c\\* \\| d\\_e"),
            ("ask jane@contoso.com, @team or #12", "ask `jane@contoso.com,` `@team` or `#12`"),
            ("see https://example.com", "see `https://example.com`"),
            ("1. Enterprise applications > your app", "1\\. Enterprise applications &gt; your app"),
            ("- x", "\\- x"),
            ("`a|b`", "`a|b`"),
        ] {
            assert_eq!(prose(text, code), written);
        }
    }
}
