//! Compares `provlint check` with a process that only parses the file into `IgnoredAny`.
//!
//! Run it with `cargo bench`. The parsing process is this program itself, started with `READ` and a file, so that both have
//! the same start-up cost.

use std::env;
use std::fs;
use std::process::{Command, Stdio};

use serde::de::IgnoredAny;

/// The argument that makes this program the parsing process.
const READ: &str = "--only-read";

const LARGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/large-export.json");
const DEFAULT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/default-export.json");

fn main() {
    let arguments: Vec<String> = env::args().collect();
    match arguments.as_slice() {
        [_, word, path] if word == READ => read(path),
        _ => divan::main(),
    }
}

#[expect(clippy::expect_used, reason = "a benchmark needs its fixture")]
fn read(path: &str) {
    let text = fs::read(path).expect("the fixture is there");
    serde_json::from_slice::<IgnoredAny>(&text).expect("the fixture is JSON");
}

#[expect(clippy::expect_used, reason = "a benchmark needs a program that starts")]
fn run(command: &mut Command) {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the program runs");
}

fn provlint(arguments: &[&str]) {
    run(Command::new(env!("CARGO_BIN_EXE_provlint")).args(arguments));
}

#[expect(clippy::expect_used, reason = "the program needs its own path to start itself")]
fn reader(path: &str) {
    run(Command::new(env::current_exe().expect("a path")).args([READ, path]));
}

#[divan::bench(sample_count = 200, sample_size = 1)]
fn large_only_read() {
    reader(LARGE);
}

#[divan::bench(sample_count = 200, sample_size = 1)]
fn large_checked() {
    provlint(&["check", LARGE]);
}

#[divan::bench(sample_count = 200, sample_size = 1)]
fn default_only_read() {
    reader(DEFAULT);
}

#[divan::bench(sample_count = 200, sample_size = 1)]
fn default_checked() {
    provlint(&["check", DEFAULT]);
}

/// The schema without whitespace, written by each run: the same work in fewer bytes.
const MINIFIED: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/large-minified.json");

#[expect(clippy::expect_used, reason = "a benchmark needs its fixture")]
fn minified() -> &'static str {
    let text = fs::read_to_string(LARGE).expect("the fixture is there");
    let value: serde_json::Value = serde_json::from_str(&text).expect("the fixture is JSON");
    fs::write(MINIFIED, value.to_string()).expect("the build directory is writable");
    MINIFIED
}

#[divan::bench(sample_count = 200, sample_size = 1)]
fn minified_only_read(bencher: divan::Bencher<'_, '_>) {
    let path = minified();
    bencher.bench_local(|| reader(path));
}

#[divan::bench(sample_count = 200, sample_size = 1)]
fn minified_checked(bencher: divan::Bencher<'_, '_>) {
    let path = minified();
    bencher.bench_local(|| provlint(&["check", path]));
}

/// Within one process: the cost of skipping the JSON. The next two measure parsing it into the model.
#[divan::bench(sample_count = 200)]
#[expect(clippy::expect_used, reason = "a benchmark needs its fixture")]
fn within_skip(bencher: divan::Bencher<'_, '_>) {
    let text = fs::read_to_string(LARGE).expect("the fixture is there");
    bencher.bench_local(|| serde_json::from_str::<IgnoredAny>(&text).is_ok());
}

#[divan::bench(sample_count = 200)]
#[expect(clippy::expect_used, reason = "a benchmark needs its fixture")]
fn within_plain_serde(bencher: divan::Bencher<'_, '_>) {
    let text = fs::read_to_string(LARGE).expect("the fixture is there");
    bencher.bench_local(|| serde_json::from_str::<provlint::model::SynchronizationSchema<'_>>(&text).is_ok());
}

#[divan::bench(sample_count = 200)]
#[expect(clippy::expect_used, reason = "a benchmark needs its fixture")]
fn within_strict_model(bencher: divan::Bencher<'_, '_>) {
    let text = fs::read_to_string(LARGE).expect("the fixture is there");
    bencher.bench_local(|| provlint::model::read(&text).is_ok());
}

#[divan::bench(sample_count = 200, sample_size = 1)]
fn version() {
    provlint(&["--version"]);
}
