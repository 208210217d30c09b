//! Whole processes: `provlint check` beside a process that only reads the file into `IgnoredAny`.
//!
//! `cargo bench` runs it. The reader is this very program, started with `READ` and a file, so that both are
//! started alike.

use std::env;
use std::fs;
use std::process::{Command, Stdio};

use serde::de::IgnoredAny;

/// The word that makes this program the reader.
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

#[expect(clippy::expect_used, reason = "a benchmark of a missing file means nothing")]
fn read(path: &str) {
    let text = fs::read(path).expect("the fixture is there");
    serde_json::from_slice::<IgnoredAny>(&text).expect("the fixture is JSON");
}

#[expect(clippy::expect_used, reason = "a benchmark of a program that doesn't run means nothing")]
fn run(command: &mut Command) {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the program runs");
}

fn provlint(arguments: &[&str]) {
    run(Command::new(env!("CARGO_BIN_EXE_provlint")).args(arguments));
}

#[expect(clippy::expect_used, reason = "a program that can't name itself can't start itself")]
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

#[divan::bench(sample_count = 200, sample_size = 1)]
fn version() {
    provlint(&["--version"]);
}
