//! No name in a file or a tenant controls the terminal or the pipeline that shows the output.

use std::fs;
use std::path::Path;

use crate::common::graph::{JOB, PRINCIPAL};
use crate::common::writable::Writable;
use crate::common::{Ran, provlint, run_in, run_with_input, side_by_side};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The second line of a name; no output line may start with it.
const FORGED: &str = "FORGED";
/// An escape sequence, marks that reverse or end a line, and pipeline commands.
const HOSTILE: &str = "a\u{1b}[31m\u{9b}2J\u{202e}\u{61c}\u{2028}\r\n::error::pwned\n ::add-mask::pwned\nFORGED\n\
                       ##vso[task.setvariable variable=pwned]x##[add-mask]##\u{200d}vso[task.complete]z";
/// The same as a file name, as far as the file system allows it.
const FILE: &str = if cfg!(unix) { "##vso[task.complete]\u{1b}[31m\u{202e}\n::error::x.json" } else { "b.json" };

/// The reader of a format.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Reader {
    /// A person, through a terminal or a log.
    Person,
    /// A program.
    Program,
    /// GitHub, which accepts the commands that provlint prints.
    GitHub,
    /// Azure Pipelines, which accepts the commands that provlint prints.
    Azure,
    /// A program that patches a file: lines of the file are printed unchanged.
    Patch,
}

impl Reader {
    fn of(format: &str) -> Self {
        match format {
            "github" => Reader::GitHub,
            "azure" => Reader::Azure,
            "patch" => Reader::Patch,
            "pretty" | "compact" | "table" | "markdown" => Reader::Person,
            _ => Reader::Program,
        }
    }
}

fn controls_the_terminal(character: char) -> bool {
    (character.is_control() && !matches!(character, '\n' | '\t'))
        || matches!(character, '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

pub fn expect_no_control(ran: &Ran, format: &str, arguments: &[&str]) {
    let reader = Reader::of(format);
    for (text, reader) in [(&ran.stdout, reader), (&ran.stderr, Reader::Person)] {
        for line in text.lines() {
            let is_of_file =
                line.starts_with([' ', '+', '-']) && !["--- ", "+++ "].iter().any(|head| line.starts_with(head));
            if reader == Reader::Patch && is_of_file {
                continue;
            }
            let bare = line.trim_start().replace(['\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}'], "");
            let ours = match reader {
                Reader::GitHub => {
                    ["::error ", "::warning ", "::notice "].iter().any(|command| line.starts_with(command))
                }
                Reader::Azure => {
                    line.starts_with("##vso[task.logissue ")
                        && bare.matches("##vso[").count() == 1
                        && !bare.contains("##[")
                }
                _ => false,
            };
            let command = bare.starts_with("::") || bare.contains("##vso[") || bare.contains("##[");
            assert!(ours || !command, "{arguments:?}: {line:?}");
            assert!(!line.contains(controls_the_terminal), "{arguments:?}: {line:?}");
            assert!(reader != Reader::Person || !line.starts_with(FORGED), "{arguments:?}: {text}");
        }
    }
}

/// Makes every name in a value hostile: the strings under the keys that hold names.
fn poison(value: &mut Value) {
    const NAMES: [&str; 12] = [
        "displayName",
        "principalDisplayName",
        "userPrincipalName",
        "mail",
        "department",
        "surname",
        "sourceOperandName",
        "targetAttributeName",
        "expression",
        "description",
        "objectMappings/name",
        "givenName",
    ];
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(text) if key == "expression" => *text = format!("[{HOSTILE}]"),
                    Value::String(text) if NAMES.contains(&key.as_str()) => *text = format!("{HOSTILE}{text}"),
                    member => poison(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(poison),
        _ => {}
    }
}

fn fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// A schema that can be fixed, one with hostile names, a snapshot, users, a policy, and an invalid JSON file.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: String| fs::write(folder.path().join(name), text).unwrap();
    let mut fixable = fixture("default-export.json");
    for mapping in fixable["synchronizationRules"][0]["objectMappings"].as_array_mut().unwrap() {
        mapping["attributeMappings"][0]["targetAttributeName"] = json!(HOSTILE);
    }
    put("fixable.json", format!("{fixable:#}"));
    put("plain.json", format!("{:#}", fixture("default-export.json")));
    let mut schema = fixture("default-export.json");
    poison(&mut schema);
    put(FILE, format!("{schema:#}"));
    let mut snapshot = fixture("snapshot.json");
    poison(&mut snapshot);
    put("snapshot.json", format!("{snapshot:#}"));
    let mut user = fixture("users/jane.json");
    poison(&mut user);
    let other = json!({"userPrincipalName": format!("{HOSTILE}2"), "department": HOSTILE, "accountEnabled": true});
    put("users.json", json!([user, other]).to_string());
    put("user.json", user.to_string());
    put("broken.json", format!("{{\"synchronizationRules\": \"{}\"", HOSTILE.replace(['\n', '\r'], " ")));
    put("policy.yaml", format!("version: 1\nrules:\n  {}: off\n", json!(HOSTILE)));
    put("baseline.json", format!("{{{}: 1}}", json!(HOSTILE)));
    folder
}

#[test]
fn no_name_in_a_file_controls_the_terminal_or_pipeline() {
    let folder = folder();
    let group = format!("{HOSTILE}g");
    let mut runs: Vec<(&str, Vec<&str>)> = Vec::new();
    for format in
        ["pretty", "compact", "json", "jsonl", "sarif", "github", "azure", "gitlab", "junit", "markdown", "html"]
    {
        runs.push((
            format,
            vec!["check", FILE, "snapshot.json", "fixable.json", "broken.json", "--group", &group, "-v"],
        ));
    }
    for format in ["pretty", "json", "patch"] {
        runs.push((format, vec!["fix", "--dry-run", "--unsafe", "fixable.json"]));
        runs.push((format, vec!["fix", "--dry-run", FILE]));
    }
    for format in ["pretty", "json", "markdown"] {
        runs.push((format, vec!["diff", FILE, "plain.json"]));
    }
    for format in ["pretty", "json"] {
        for users in ["user.json", "users.json"] {
            runs.push((format, vec!["preview", "plain.json", "--user", users]));
            runs.push((format, vec!["preview", FILE, "--user", users]));
            runs.push((format, vec!["preview", "plain.json", "--user", users, "--diff", FILE]));
            runs.push((format, vec!["eval", "[department]", "--user", users]));
            runs.push((format, vec!["eval", "Join(\"##\", [userPrincipalName], [department])", "--user", users]));
        }
        runs.push((format, vec!["guide", FILE]));
        runs.push((format, vec!["guide", "snapshot.json"]));
    }
    for arguments in [
        &["explain", HOSTILE][..],
        &["check", "plain.json", "--policy", "policy.yaml"],
        &["check", "plain.json", "--profile", HOSTILE],
        &["check", "plain.json", "--baseline", "baseline.json"],
        &["check", "plain.json", "--select", HOSTILE],
        &["check", HOSTILE],
        &["fix", "broken.json", "--dry-run"],
        &["diff", "broken.json", "plain.json"],
        &["preview", "plain.json", "--user", "broken.json"],
        &["preview", "plain.json", "--user", HOSTILE],
        &["eval", HOSTILE],
        &["eval", "[a]", "--user", "broken.json"],
        &["guide", "broken.json"],
        &["profiles", HOSTILE],
        &["rules"],
        &["profiles"],
    ] {
        runs.push(("", arguments.to_vec()));
    }
    side_by_side(&runs, |(format, arguments)| {
        let flags: &[&str] = if format.is_empty() { &[] } else { &["--format", format] };
        let ran = run_in(folder.path(), &[arguments, flags].concat());
        assert!(!ran.stdout.is_empty() || !ran.stderr.is_empty(), "{arguments:?}");
        assert!(!ran.stderr.contains("unexpected argument"), "{ran:?}");
        expect_no_control(&ran, if format.is_empty() { "pretty" } else { format }, arguments);
    });
    let said = run_with_input(&["check", "-"], format!("{{\"a{HOSTILE}").as_bytes());
    expect_no_control(&said, "pretty", &["check", "-"]);
}

#[test]
fn terminal_output_contains_only_our_colours() {
    let folder = folder();
    let cases = [
        &["check", FILE, "snapshot.json", "--fail-on", "never"][..],
        &["fix", "--dry-run", "fixable.json"],
        &["diff", FILE, "plain.json"],
        &["preview", "plain.json", "--user", "users.json"],
        &["guide", FILE],
        &["rules"],
    ];
    side_by_side(cases, |arguments| {
        let colored = run_in(folder.path(), &[arguments, &["--color", "always"]].concat());
        let plain = run_in(folder.path(), &[arguments, &["--color", "never"]].concat());
        let look = regex_lite::Regex::new("\u{1b}\\[[0-9]{1,2}(;[0-9]{1,2})*m").unwrap();
        assert!(look.is_match(&colored.stdout), "{arguments:?}");
        assert_eq!(look.replace_all(&colored.stdout, ""), plain.stdout, "{arguments:?}");
    });
}

#[test]
fn no_name_in_a_github_summary_starts_a_command() {
    let folder = folder();
    let summary = folder.path().join("summary.md");
    let mut command = provlint(&["check", FILE, "snapshot.json", "--format", "github", "-o", "out.txt"]);
    crate::common::finish(command.current_dir(folder.path()).env("GITHUB_STEP_SUMMARY", &summary));
    let [stdout, stderr] = [fs::read_to_string(&summary).unwrap(), String::new()];
    expect_no_control(&Ran { code: None, stdout, stderr }, "markdown", &["summary"]);
    let [stdout, stderr] = [fs::read_to_string(folder.path().join("out.txt")).unwrap(), String::new()];
    expect_no_control(&Ran { code: None, stdout, stderr }, "github", &["-o"]);
}

#[test]
fn no_name_in_a_tenant_controls_the_terminal_or_pipeline() {
    let tenant = Writable::start(&fixture("default-export.json").to_string());
    let who = json!({"displayName": HOSTILE, "identityType": HOSTILE, "id": "1"});
    let event = json!({
        "activityDateTime": jiff::Timestamp::now().to_string(), "provisioningAction": HOSTILE, "jobId": JOB,
        "provisioningStatusInfo": {"status": "failure", "errorInformation": {"errorCode": HOSTILE, "reason": HOSTILE}},
        "sourceIdentity": who, "targetIdentity": who, "servicePrincipal": {"id": PRINCIPAL, "displayName": HOSTILE},
    });
    {
        let mut state = tenant.state();
        state.name = Some(HOSTILE.to_owned());
        state.said = HOSTILE.to_owned();
        state.assignments.iter_mut().for_each(poison);
        state.events = vec![event];
    }
    let app = ["--app", PRINCIPAL];
    let of_commands = |commands: &[(&[&'static str], &[&'static str])]| -> Vec<(&str, Vec<&str>)> {
        let runs = commands.iter().flat_map(|(command, formats)| formats.iter().map(|format| (*format, *command)));
        runs.map(|(format, command)| {
            let flags: &[&str] = if format.is_empty() { &[] } else { &["--format", format] };
            (format, [command, &app, flags].concat())
        })
        .collect()
    };
    let test = |(format, arguments): (&str, Vec<&str>)| {
        let ran = tenant.run(&arguments);
        assert!(!ran.stdout.is_empty() || !ran.stderr.is_empty(), "{arguments:?}");
        assert!(!ran.stderr.contains("unexpected argument"), "{ran:?}");
        expect_no_control(&ran, if format.is_empty() { "pretty" } else { format }, &arguments);
    };
    let reading = of_commands(&[
        (
            &["check"][..],
            &["pretty", "compact", "json", "sarif", "github", "azure", "gitlab", "junit", "markdown", "html"][..],
        ),
        (&["fix", "--dry-run"], &["pretty", "json"]),
        (&["guide"], &["pretty", "json"]),
        (&["status"], &["pretty", "json"]),
        (&["logs"], &["pretty", "jsonl"]),
        (&["export"], &[""]),
    ]);
    side_by_side(reading, test);
    let writing = of_commands(&[
        (&["start"], &[""]),
        (&["pause", "--yes"], &[""]),
        (&["restart", "--yes"], &[""]),
        (&["fix", "--yes", "--profile", "truu-total"], &["pretty"]),
        (&["provision", "--group", HOSTILE, "--yes"], &["pretty", "json"]),
    ]);
    writing.into_iter().for_each(test);
}
