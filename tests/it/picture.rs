//! The picture in the README is real output.

use std::env;
use std::fs;
use std::path::Path;

use crate::common::run;

/// `PROVLINT_UPDATE=1 cargo test --test it picture` draws it.
#[test]
fn the_picture_shows_what_the_program_prints() {
    let ran = run(&["check", "fixtures/default-export.json", "--color", "always"]);
    let page = format!("$ provlint check fixtures/default-export.json\n{}", ran.stdout);
    let picture = anstyle_svg::Term::new().render_svg(&page);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/report.svg");
    if env::var_os("PROVLINT_UPDATE").is_some() {
        fs::write(&path, &picture).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == picture, "docs/report.svg is not what is printed; PROVLINT_UPDATE=1 draws it anew");
}
