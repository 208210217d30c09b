//! Snapshots that do not change when a rule is added.

use insta::Settings;

/// Like `insta::assert_snapshot!`, without the numbers of rules: only a rule's own outcome may change a snapshot.
macro_rules! assert_agreed {
    ($($argument:tt)*) => {
        $crate::common::agreed::settings().bind(|| insta::assert_snapshot!($($argument)*))
    };
}

/// The filters for every snapshot.
pub fn settings() -> Settings {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/snapshots"));
    for (found, shown) in [
        // The line at the end of a report.
        (r"\b\d+ rules? passed", "[n] rules passed"),
        (r"(rules? passed(?:, \d+ failed)?), \d+ skipped", "$1, [n] skipped"),
        (r"(rules? passed[^)\n]*), \d+ unknown", "$1, [n] unknown"),
        (r"\b\d+ rules\b", "[n] rules"),
        // The name of a backup.
        (r"\d{8}T\d{6}\.\d{3}Z", "[time]"),
        // JSON; only the first element of a list of rules is kept.
        (r#""passed": \d+"#, r#""passed": "[n]""#),
        (r#"("skipped": \[\s*\{[^{}]*\})(?:,\s*\{[^{}]*\})+"#, "$1, …"),
        // SARIF and JUnit.
        (r#""ruleIndex": \d+"#, r#""ruleIndex": "[n]""#),
        (r#"(tests|skipped)="\d+""#, r#"$1="[n]""#),
    ] {
        settings.add_filter(found, shown);
    }
    settings
}
