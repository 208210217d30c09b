//! Commands that are shown, to be copied into a shell.

use std::path::Path;

/// A word as a POSIX shell reads it, whatever is in it.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':' | '@' | '\\');
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// An option with its value: ` --group Sales`. A value that begins like an option is bound to its own.
pub fn option(name: &str, value: &str) -> String {
    let gap = if value.starts_with('-') { '=' } else { ' ' };
    format!(" {name}{gap}{}", quoted(value))
}

/// An option as often as it has values: ` --group Sales --group Ops`.
pub fn options<'v>(name: &str, values: impl IntoIterator<Item = &'v String>) -> String {
    values.into_iter().map(|value| option(name, value)).collect()
}

/// A path as a POSIX shell reads it, and as an operand that no command takes for an option.
pub fn operand(path: &Path) -> String {
    let path = path.display().to_string();
    quoted(&if path.starts_with('-') && path != "-" { format!("./{path}") } else { path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_word_is_run() {
        for (word, shown) in [
            ("TOTAL-Admin", "TOTAL-Admin"),
            ("TruU TOTAL", "'TruU TOTAL'"),
            ("a$(id)", "'a$(id)'"),
            ("it's", "'it'\\''s'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), shown);
        }
        assert_eq!(option("--group", "Sales Team"), " --group 'Sales Team'");
        assert_eq!(option("--group", "-Ops"), " --group=-Ops");
        assert_eq!(["-", "-b/a.json", "a.json"].map(|path| operand(Path::new(path))), ["-", "./-b/a.json", "a.json"]);
    }
}
