//! Previews ten thousand users with the default schema, as a process and within this one.
//!
//! Run it with `cargo bench --bench preview`. A preview uses only one core.

use std::fs;
use std::process::{Command, Stdio};

use provlint::expression::Evaluator;
use provlint::model::{self, Content};
use provlint::simulate::{Crowd, Plan, Preview, User};
use serde_json::{Value, json};

const DEFAULT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/default-export.json");
const USERS: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/ten-thousand-users.json");
const JANE: &str = include_str!("../fixtures/users/jane.json");
const COUNT: usize = 10_000;

fn main() {
    divan::main();
}

/// Copies of Jane, each with its own id and names.
#[expect(clippy::expect_used, reason = "a benchmark needs its users")]
fn users() -> Vec<Value> {
    let jane: Value = serde_json::from_str(JANE).expect("the fixture is JSON");
    let numbered = |number: usize| {
        let mut user = jane.clone();
        user["id"] = json!(format!("5b3a1d52-7c1e-4d0f-9a55-{number:012x}"));
        for name in ["userPrincipalName", "mail", "mailNickname", "displayName", "employeeId"] {
            user[name] = json!(format!("{number}-{}", user[name].as_str().unwrap_or_default()));
        }
        user
    };
    (0..COUNT).map(numbered).collect()
}

#[expect(clippy::expect_used, reason = "a benchmark needs a program that starts")]
fn previewed(arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_provlint"));
    command.args(["preview", DEFAULT, "--user", USERS]).args(arguments);
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the program runs");
    assert!(status.success(), "{status}");
}

#[divan::bench(sample_count = 10, sample_size = 1)]
#[expect(clippy::expect_used, reason = "a benchmark needs its users")]
fn table(bencher: divan::Bencher<'_, '_>) {
    fs::write(USERS, json!({"value": users()}).to_string()).expect("the build directory is writable");
    bencher.bench_local(|| previewed(&[]));
}

#[divan::bench(sample_count = 10, sample_size = 1)]
#[expect(clippy::expect_used, reason = "a benchmark needs its users")]
fn json_report(bencher: divan::Bencher<'_, '_>) {
    fs::write(USERS, json!({"value": users()}).to_string()).expect("the build directory is writable");
    bencher.bench_local(|| previewed(&["--format", "json"]));
}

/// Only the previews, without reading the users and writing the report.
#[divan::bench(sample_count = 10, sample_size = 1)]
#[expect(clippy::expect_used, reason = "a benchmark needs its fixture")]
fn previews_alone(bencher: divan::Bencher<'_, '_>) {
    let text = fs::read_to_string(DEFAULT).expect("the fixture is there");
    let resources = model::read(&text).expect("the fixture is a schema");
    let users: Vec<User> = users().iter().filter_map(|user| User::from_graph(user.as_object()?).ok()?).collect();
    let Content::Schema(schema) = &resources[0].content else { return };
    let rule = &schema.synchronization_rules.as_deref().unwrap_or_default()[0];
    let mappings = rule.object_mappings.as_deref().unwrap_or_default();
    let mapping = mappings.iter().find(|mapping| mapping.source_object_name.as_deref() == Some("User"));
    let plan = Plan::new(mapping.expect("a User mapping"), |_| None);
    let evaluator = Evaluator::new(jiff::Timestamp::UNIX_EPOCH, 0);
    bencher.bench_local(|| {
        let previews: Vec<Preview> = users.iter().map(|user| plan.preview(user, &evaluator)).collect();
        assert_eq!(Crowd::of(&plan, &previews, &[]).inside, COUNT);
    });
}
