//! The picture in the README shows real output.

use std::env;
use std::fs;
use std::path::Path;

use crate::common::run;

/// `PROVLINT_UPDATE=1 cargo test --test it picture` draws it.
#[test]
fn the_readme_picture_is_current() {
    let ran = run(&["check", "fixtures/default-export.json", "--color", "always"]);
    let page = format!("$ provlint check fixtures/default-export.json\n{}", ran.stdout);
    let picture = anstyle_svg::Term::new().render_svg(&page);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/report.svg");
    // A new rule changes only the counts, which does not require a new picture.
    let counts = regex_lite::Regex::new(r"\d+ rules? (passed|needs?)|, \d+ (skipped|unknown)").unwrap();
    let same = |committed: &str| counts.replace_all(committed, "") == counts.replace_all(&picture, "");
    let committed = || fs::read_to_string(&path).unwrap_or_default();
    if env::var_os("PROVLINT_UPDATE").is_some() && !same(&committed()) {
        fs::write(&path, &picture).unwrap();
    }
    assert!(same(&committed()), "docs/report.svg is not what is printed; PROVLINT_UPDATE=1 draws it");
}
