//! Four times the input takes about four times the time, whatever there is more of.
//!
//! `benches/hostile` measures more kinds, and larger inputs.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::provlint;

/// What is linear takes four times as long for four times the input, what is quadratic sixteen times. Between them is room
/// for a busy machine.
#[cfg(target_os = "linux")]
const GROWTH: u128 = 9;

fn row(target: &str, source: &str) -> Value {
    json!({
        "defaultValue": null, "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always",
        "matchingPriority": 0, "targetAttributeName": target,
        "source": {"expression": format!("[{source}]"), "name": source, "type": "Attribute", "parameters": []},
    })
}

fn attribute(name: &str) -> Value {
    json!({"name": name, "type": "String", "anchor": false, "multivalued": false, "required": false})
}

/// The correct export with more of everything: rows of the user mapping, attributes of both sides, object mappings.
fn export(rows: Vec<Value>, attributes: &[String], mappings: usize) -> Value {
    let mut export: Value = serde_json::from_str(include_str!("../../fixtures/total-export.json")).unwrap();
    let all = export["synchronizationRules"][0]["objectMappings"].as_array_mut().unwrap();
    let user = all.iter_mut().find(|mapping| mapping["sourceObjectName"] == "User").unwrap();
    user["attributeMappings"].as_array_mut().unwrap().extend(rows);
    let copies = vec![user.clone(); mappings];
    all.extend(copies);
    for directory in export["directories"].as_array_mut().unwrap() {
        for object in directory["objects"].as_array_mut().unwrap() {
            let list = object["attributes"].as_array_mut().unwrap();
            list.extend(attributes.iter().map(|name| attribute(name)));
        }
    }
    export
}

#[cfg(target_os = "linux")]
fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("attribute{number:06}")).collect()
}

/// Nanoseconds of processor time that a run takes, as Linux counts them.
#[cfg(target_os = "linux")]
fn spent(arguments: &[&str], folder: &TempDir) -> u128 {
    let mut child = provlint(arguments)
        .current_dir(folder.path())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let of_process = |file: &str| fs::read_to_string(format!("/proc/{}/{file}", child.id())).unwrap();
    // A process that ended and was not waited for still has its times.
    while of_process("stat").rsplit_once(") ").is_none_or(|(_, state)| !state.starts_with('Z')) {
        std::thread::yield_now();
    }
    let threads = of_process("schedstat");
    child.wait().unwrap();
    threads.split_whitespace().next().unwrap().parse().unwrap()
}

/// Runs the program on an input and on one of four times the size.
#[cfg(target_os = "linux")]
fn expect_linear(what: &str, arguments: &[&str], count: usize, files: impl Fn(usize) -> Vec<(&'static str, String)>) {
    let [small, large] = [count, 4 * count].map(|count| {
        let folder = TempDir::new().unwrap();
        for (name, text) in files(count) {
            fs::write(folder.path().join(name), text).unwrap();
        }
        spent(arguments, &folder)
    });
    assert!(
        large < GROWTH * small,
        "{what}: {} ms, and {} ms for four times as much",
        small / 1_000_000,
        large / 1_000_000
    );
}

#[test]
#[cfg(target_os = "linux")]
fn time_grows_like_the_input() {
    let json = &["check", "x.json", "--format", "json"][..];
    let one = |export: Value| vec![("x.json", export.to_string())];
    let unknown = |count: usize| names(count).iter().map(|name| row(name, &format!("un{name}"))).collect::<Vec<_>>();
    expect_linear("unknown sources and attributes", json, 600, |count| one(export(unknown(count), &names(count), 0)));
    expect_linear("findings in one line", json, 2_000, |count| {
        let targets = names(count);
        one(export(targets.iter().map(|name| row(name, "nothing")).collect(), &targets, 0))
    });
    expect_linear("object mappings", json, 60, |count| one(export(Vec::new(), &names(count), count)));
    expect_linear("rows to delete", &["fix", "x.json", "--unsafe", "--dry-run", "--format", "json"], 400, |count| {
        one(export(vec![row("nickName", "mail"); count], &names(1), 0))
    });
    expect_linear("rows in another order", &["diff", "x.json", "y.json"], 2_000, |count| {
        let targets = names(count);
        let rows = |targets: &mut dyn Iterator<Item = &String>| targets.map(|name| row(name, "mail")).collect();
        let (here, there) =
            (export(rows(&mut targets.iter()), &[], 0), export(rows(&mut targets.iter().rev()), &[], 0));
        vec![("x.json", here.to_string()), ("y.json", there.to_string())]
    });
}

#[test]
fn of_one_expression_the_first_mistakes_are_reported_and_the_others_counted() {
    let called: Vec<String> = (0..200).map(|number| format!("Nothing{number}([unknown{number}])")).collect();
    let mut wrong = row("nickName", "mail");
    wrong["source"] = json!({"expression": format!("Join(\"\", {})", called.join(", ")), "type": "Function"});
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("x.json"), export(vec![wrong], &[], 0).to_string()).unwrap();
    for rule in ["unknown-function", "unknown-source"] {
        let arguments = ["check", "x.json", "--format", "json", "--select", rule];
        let ran = crate::common::finish(provlint(&arguments).current_dir(folder.path()));
        let report = ran.json();
        let findings = report["findings"].as_array().unwrap();
        let last = findings.iter().find(|found| found["message"].as_str().unwrap().contains("180 more")).unwrap();
        assert!(
            findings.len() == 21 && last["subject"] == "User/nickName" && ran.code == Some(1),
            "{rule}: {report:#}"
        );
    }
}

#[test]
fn an_expression_that_is_far_too_long_is_said_not_to_be_read() {
    let mut long = row("nickName", "mail");
    let expression = format!("Join(\"\", {})", vec!["[mail]"; 20_000].join(", "));
    long["source"] = json!({"expression": expression, "name": "Join", "type": "Function", "parameters": []});
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("x.json"), export(vec![long], &[], 0).to_string()).unwrap();
    let arguments = ["check", "x.json", "--format", "compact"];
    let ran = crate::common::finish(provlint(&arguments).current_dir(folder.path()));
    let unread = "it has more than 100000 bytes, and is not read";
    assert!(
        ran.code == Some(1) && ran.stdout.contains(unread) && ran.stdout.contains("expression-too-long"),
        "{ran:?}"
    );
}
