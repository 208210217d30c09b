//! Ten thousand users through the default schema, as whole processes and within one.
//!
//! `cargo bench --bench preview` runs it. Nothing of a preview runs on more than one core.

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

/// Jane, again and again, each time with another id and names of her own.
#[expect(clippy::expect_used, reason = "a benchmark without its users means nothing")]
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

#[expect(clippy::expect_used, reason = "a benchmark of a program that doesn't run means nothing")]
fn previewed(arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_provlint"));
    command.args(["preview", DEFAULT, "--user", USERS]).args(arguments);
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the program runs");
    assert!(status.success(), "{status}");
}

#[divan::bench(sample_count = 10, sample_size = 1)]
#[expect(clippy::expect_used, reason = "a benchmark without its users means nothing")]
fn table(bencher: divan::Bencher<'_, '_>) {
    fs::write(USERS, json!({"value": users()}).to_string()).expect("the build folder can be written to");
    bencher.bench_local(|| previewed(&[]));
}

#[divan::bench(sample_count = 10, sample_size = 1)]
#[expect(clippy::expect_used, reason = "a benchmark without its users means nothing")]
fn json_report(bencher: divan::Bencher<'_, '_>) {
    fs::write(USERS, json!({"value": users()}).to_string()).expect("the build folder can be written to");
    bencher.bench_local(|| previewed(&["--format", "json"]));
}

/// Without reading the users and writing the report.
#[divan::bench(sample_count = 10, sample_size = 1)]
#[expect(clippy::expect_used, reason = "a benchmark of a missing file means nothing")]
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
