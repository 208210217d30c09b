//! `preview` and `eval`, as people and scripts use them.

use std::fs;

use crate::common::{Ran, flat, provlint, run, run_with_input};
use serde_json::{Value, json};

const DEFAULT: &str = "fixtures/default-export.json";
const TOTAL: &str = "fixtures/total-export.json";
const SALES: &str = "fixtures/scope-filter-sales.json";
const JANE: &str = "fixtures/users/jane.json";
const SEVERAL: &str = "fixtures/users/several.csv";

fn preview(schema: &str, users: &str, more: &[&str]) -> Ran {
    run(&[&["preview", schema, "--user", users], more].concat())
}

#[test]
fn preview_shows_who_is_in_scope_and_what_is_sent() {
    assert_agreed!("one-user", preview(TOTAL, JANE, &[]).page());
    assert_agreed!("several-users", preview(SALES, SEVERAL, &[]).page());
    assert_agreed!("one-page-of-several", preview(TOTAL, "fixtures/users/twins.json", &[]).page());
}

#[test]
fn another_schema_shows_the_change_from_mail_nickname_to_object_id() {
    let ran = preview(DEFAULT, JANE, &["--diff", TOTAL]);
    assert_agreed!("default-against-total", ran.page());
    let report = preview(DEFAULT, JANE, &["--diff", TOTAL, "--format", "json"]).json();
    let jane: Value = serde_json::from_str(&fs::read_to_string(JANE).unwrap()).unwrap();
    assert_eq!(
        report["users"][0]["changes"],
        json!([{
            "target": "externalId",
            "before": {"value": jane["mailNickname"]},
            "after": {"value": jane["id"]},
        }])
    );
    assert_agreed!("several-against-another", preview(TOTAL, SEVERAL, &["--diff", SALES]).page());
    let report = preview(TOTAL, SEVERAL, &["--diff", SALES, "--format", "json"]).json();
    assert_eq!(report["users"][1]["scope"]["inScope"], true);
    assert_eq!(report["users"][1]["scopeAfter"]["inScope"], false);
}

#[test]
fn json_preview_has_the_resource_and_the_reasons() {
    let report = preview(TOTAL, JANE, &["--format", "json"]).json();
    assert_eq!(report["version"], 1);
    let user = &report["users"][0];
    assert_eq!(user["scope"], json!({"inScope": true, "reason": "no scope filter"}));
    assert_eq!(user["matching"][0]["filter"], "userName eq \"jane.doe@contoso.com\"");
    assert_eq!(user["resource"]["active"], true);
    assert_eq!(user["resource"]["externalId"], "5b3a1d52-7c1e-4d0f-9a55-0f4c2a6e9b01");
    assert_eq!(user["dropped"], json!(["addresses[type eq \"work\"].region", "phoneNumbers[type eq \"fax\"].value"]));
    let rows = user["rows"].as_array().unwrap();
    let manager = rows.iter().find(|row| row["source"] == "[manager]").unwrap();
    assert_eq!(manager["reference"], "9c0e7a11-31b4-4c8e-8a6e-2d1f6a7b8c02");
    let report = preview(SALES, SEVERAL, &["--format", "json"]).json();
    let inside: Vec<&Value> =
        report["users"].as_array().unwrap().iter().map(|user| &user["scope"]["inScope"]).collect();
    assert_eq!(inside, [true, false, true, false, false]);
    assert_eq!(report["summary"]["inScope"], 2);
    assert_eq!(report["summary"]["outOfScope"], 3);
}

#[test]
fn users_with_the_same_matching_value_are_reported() {
    let report = preview(TOTAL, "fixtures/users/twins.json", &["--format", "json"]).json();
    assert_eq!(
        report["summary"]["collisions"],
        json!([{
            "target": "userName",
            "value": "jane.doe@contoso.com",
            "users": ["jane.doe@contoso.com", "Jane.Doe@contoso.com"],
        }])
    );
}

#[test]
fn a_property_missing_from_the_file_is_unknown() {
    let report = preview(TOTAL, "fixtures/users/twins.json", &["--format", "json"]).json();
    let rows = report["users"][0]["rows"].as_array().unwrap();
    let title = rows.iter().find(|row| row["target"] == "title").unwrap();
    assert_eq!(title["unknown"], "the user's jobTitle is not in the input");
    assert!(report["summary"]["missing"].as_array().unwrap().contains(&json!("jobTitle")));
    assert_eq!(report["summary"]["lacks"][0]["empty"], json!([]));
}

#[test]
fn broken_user_files_give_an_error_with_a_location() {
    for name in ["cut-short.json", "no-boolean.csv", "no-header.csv", "no-user.json", "ragged.csv"] {
        let ran = preview(TOTAL, &format!("fixtures/users/broken/{name}"), &[]);
        assert_eq!(ran.code, Some(2), "{name}");
        let others = matches!(name, "no-boolean.csv" | "ragged.csv");
        assert_eq!(ran.stdout.contains("bob@contoso.com"), others, "{name}: {}", ran.stdout);
        assert_agreed!(format!("broken-users-{}", name.replace('.', "-")), ran.stderr);
    }
    let ran = preview(TOTAL, "fixtures/users/twins.json", &[]);
    assert_eq!(ran.code, Some(2), "one of three users is wrong");
    assert!(ran.stderr.contains("twins.json:5:") && ran.stdout.contains("2 users"), "{ran:?}");
}

#[test]
fn a_schema_without_user_mapping_is_an_error() {
    for (schema, said) in [
        ("fixtures/hr-inbound.json", "has no User mapping to an app"),
        ("fixtures/list-of-schemas.json", "contains 2 schemas"),
        ("fixtures/no-such-file.json", "there is no file"),
        (JANE, "neither a provisioning schema nor a snapshot"),
    ] {
        let ran = preview(schema, JANE, &[]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{schema}");
        assert!(ran.stderr.contains(said), "{schema}: {}", ran.stderr);
    }
    let ran = preview("-", "-", &[]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("only once"), "{}", ran.stderr);
    let schema = fs::read(TOTAL).unwrap();
    assert_eq!(run_with_input(&["preview", "-", "--user", JANE], &schema).code, Some(0));
}

#[test]
fn preview_prints_no_credential_of_the_schema() {
    let folder = tempfile::tempdir().unwrap();
    let schema = folder.path().join("schema.json");
    let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJl";
    let text =
        fs::read_to_string(TOTAL).unwrap().replace("[jobTitle]", &format!("Append([jobTitle], \\\"{token}\\\")"));
    assert!(text.contains(token));
    fs::write(&schema, text).unwrap();
    for format in ["pretty", "json"] {
        let ran = preview(schema.to_str().unwrap(), JANE, &["--format", format]);
        assert!(ran.stdout.contains("Account Manager") && !ran.stdout.contains("eyJ"), "{}", ran.stdout);
    }
}

#[test]
fn redacted_values_are_not_shown_or_compared() {
    let folder = tempfile::tempdir().unwrap();
    let schema = folder.path().join("schema.json");
    let mut export: Value = serde_json::from_str(&fs::read_to_string(TOTAL).unwrap()).unwrap();
    for mapping in export["synchronizationRules"][0]["objectMappings"].as_array_mut().unwrap() {
        for row in mapping["attributeMappings"].as_array_mut().unwrap() {
            if row["targetAttributeName"] == "userName" {
                row["source"] = json!({"expression": "Redact([userPrincipalName])", "name": "Redact", "type": "Function", "parameters": []});
            }
        }
    }
    fs::write(&schema, export.to_string()).unwrap();
    let report = preview(schema.to_str().unwrap(), SEVERAL, &["--format", "json"]).json();
    assert_eq!(report["users"][0]["resource"]["userName"], "[Redact]");
    assert_eq!(report["summary"]["collisions"], json!([]), "the file has five users");
    let ran = preview(schema.to_str().unwrap(), JANE, &[]);
    assert!(ran.stdout.contains("redacted     userName"), "{}", ran.stdout);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let mut child = provlint(&["preview", TOTAL, "--user", SEVERAL, "--verbose"]);
    let mut child = child.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn eval(arguments: &[&str]) -> Ran {
    run(&[&["eval"], arguments].concat())
}

#[test]
fn eval_uses_given_attributes_or_a_user_file() {
    for (arguments, json) in [
        (&["Join(\" \", [a], [b])", "--set", "a=Jane", "--set", "b=Doe"][..], json!({"value": "Jane Doe"})),
        (&["Coalesce([mail], [upn])", "--set", "upn=jane"], json!({"value": "jane"})),
        (&["Coalesce([mail], [upn])", "--set", "mail=", "--set", "upn=a=b"], json!({"value": "a=b"})),
        (&["Count([x])", "--set", "x=1", "--set", "x=2"], json!({"value": 2})),
        (&["Split([x], \",\")", "--set", "x=a,b"], json!({"value": ["a", "b"]})),
        (&["Switch([IsSoftDeleted], , \"False\", \"on\")", "--set", "IsSoftDeleted=false"], json!({"value": "on"})),
        (&["[jobTitle]", "--user", JANE], json!({"value": "Account Manager"})),
        (&["Append([jobTitle], [x])", "--user", JANE, "--set", "x=!"], json!({"value": "Account Manager!"})),
        (&["[x]"], json!({"value": null})),
        (&["IgnoreFlowIfNullOrEmpty([x])"], json!({"value": null, "dropped": "attribute"})),
        (&["IIF([x] = \"1\", IgnoreObjectFlow, \"a\")", "--set", "x=1"], json!({"value": null, "dropped": "object"})),
        (&["Now()", "--now", "2021-07-02T15:33:38Z"], json!({"value": "7/2/2021 3:33:38 PM", "changing": true})),
        (&["Now()", "--now", "2027-01-31"], json!({"value": "1/31/2027 12:00:00 AM", "changing": true})),
        (&["Now()", "--now", "2027-01-31T08:00"], json!({"value": "1/31/2027 8:00:00 AM", "changing": true})),
        (&["Redact([x])", "--set", "x=secret"], json!({"value": "[Redact]", "redacted": true})),
        (
            &["[extensionAttribute1]", "--user", JANE],
            json!({"unknown": "the user's extensionAttribute1 is not in the input"}),
        ),
    ] {
        let ran = eval(&[arguments, &["--format", "json"]].concat());
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.stderr);
        assert_eq!(ran.json(), json, "{arguments:?}");
    }
    assert_eq!(eval(&["Guid()", "--seed", "7"]).stdout, eval(&["Guid()", "--seed", "7"]).stdout);
    let ran = eval(&["[displayName]", "--user", SEVERAL, "--format", "json"]).json();
    assert_eq!(ran[1], json!({"user": "bob@contoso.com", "value": "Smith, Bob"}));
    assert_agreed!("eval-several", eval(&["Append([jobTitle], \"!\")", "--user", SEVERAL]).page());
    assert_eq!(run_with_input(&["eval", "-"], b"ToUpper(\"x\")\n").stdout, "\"X\"\n");
}

#[test]
fn eval_takes_any_object_or_row_and_says_which_value_no_expression_can_take() {
    let given = |name: &str, text: &str, expression: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let ran = eval(&[expression, "--user", path.to_str().unwrap(), "--format", "json"]);
        assert_eq!(ran.code, Some(0), "{text}: {}", ran.stderr);
        ran.json()
    };
    let worker = r#"{"WorkerID": "7", "Active": true, "grades": [1, 2], "tags": ["a", "b"], "value": ["x"]}"#;
    assert_eq!(given("w.json", worker, "Join(\"-\", [WorkerID], [Active], [tags])"), json!({"value": "7-True-a-b"}));
    let reason = "grades is a list of numbers, which no expression can take";
    assert_eq!(given("w.json", worker, "Count([grades])"), json!({"unknown": reason}));
    assert_eq!(given("w.json", worker, "[City]"), json!({"unknown": "the user's City is not in the input"}));
    let rows = "WorkerID;City\n7;Oslo\n8;\n";
    assert_eq!(
        given("w.csv", rows, "[City]"),
        json!([{"value": "Oslo", "user": "user 1"}, {"value": null, "user": "user 2"}])
    );
}

#[test]
fn eval_traces_every_part_from_the_inside_out() {
    let text = "IIF(Len([a]) > 3, ToUpper(Mid([a], 1, 2)), Redact([b]))";
    let ran = eval(&[text, "--set", "a=jane", "--set", "b=secret", "--trace"]);
    assert_agreed!("eval-trace", ran.page());
    let ran = eval(&[text, "--set", "a=al", "--set", "b=secret", "--trace", "--format", "json"]);
    assert!(!ran.stdout.contains("secret"), "{}", ran.stdout);
    let trace = &ran.json()["trace"];
    assert_eq!(trace[1], json!({"part": "Len([a])", "value": 2}));
    assert_eq!(trace[3], json!({"part": "Mid([a], 1, 2)", "evaluated": false}));
    assert_eq!(trace[5], json!({"part": "[b]", "value": "[Redact]"}));
    let random = eval(&["Join(\"-\", Guid(), Guid())", "--trace", "--format", "json"]).json();
    let parts = random["trace"].as_array().unwrap();
    assert!(random["value"].as_str().unwrap().starts_with(parts[0]["value"].as_str().unwrap()), "{random}");
}

#[test]
fn eval_points_to_an_argument_that_a_function_does_not_accept() {
    for (name, expression) in [
        ("pattern", "Replace([mail], , \"(\", , \"x\", , )"),
        ("group", "Replace([mail], , \"(?<user>.*)@\", , \"\\\"${name}\", , )"),
        ("way", "Replace([mail], \"@\", \"_\")"),
    ] {
        let ran = eval(&[expression, "--set", "mail=a@b"]);
        assert_eq!(ran.code, Some(1), "{expression}");
        assert_agreed!(format!("eval-argument-{name}"), ran.page());
    }
    let ran = eval(&["Join(\" \", \"[givenName]\")"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "\"[givenName]\"\n"));
    assert!(ran.stderr.contains("Write [givenName] without quotation marks"), "{}", ran.stderr);
    let ran = eval(&["NormalizeWhitespace([a])"]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.stderr.contains("not in Microsoft's reference of 20"), "{}", ran.stderr);
    for (expression, instead) in [
        ("Lower([a])", "ToLower([attribute])"),
        ("Upper([a])", "ToUpper([attribute])"),
        ("Substring([a], 0, 3)", "Mid([attribute]"),
        ("Concat([a], [b])", "Join(\"\""),
        ("IIF([a] == \"x\", 1, 2)", "write `=`"),
        ("IIF([a] = \"x\" && [b] = \"y\", 1, 2)", "nest a second IIF"),
        ("Join(' ', [a])", "double ones"),
        ("Join(“ ”, [a])", "straight one"),
    ] {
        let ran = eval(&[expression]);
        assert_eq!(ran.code, Some(2), "{expression}");
        assert!(flat(&ran.stderr).contains(instead), "{expression}: {}", ran.stderr);
    }
}

#[test]
fn eval_reports_the_position_of_an_error() {
    for (name, expression) in [
        ("unclosed", "Join(\" \", [givenName], [surname]"),
        ("unknown-function", "Jion(\" \", [givenName])"),
        ("arguments", "Left([givenName])"),
        ("case", "tolower([givenName])"),
        ("bare-word", "ToLower(givenName)"),
        ("comparison", "Append([a] = \"b\", \"c\")"),
        ("empty", ""),
    ] {
        let ran = eval(&[expression]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{expression}");
        assert_agreed!(format!("eval-{name}"), ran.stderr);
    }
    let ran = eval(&["Trim(\" x \")"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "\"x\"\n"));
    assert!(ran.stderr.contains("only in cloud sync"), "{}", ran.stderr);
    assert_eq!(eval(&["[a]", "--set", "novalue"]).code, Some(2));
}

/// The requests of one user, by reason.
fn requests(report: &Value, user: usize) -> Vec<(String, Value)> {
    let all = report["users"][user]["requests"].as_array().unwrap();
    all.iter().map(|request| (request["reason"].as_str().unwrap().to_owned(), request.clone())).collect()
}

fn written(folder: &tempfile::TempDir, name: &str, value: &Value) -> String {
    let path = folder.path().join(name);
    fs::write(&path, value.to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn requests_are_shown_as_an_editor_sends_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut was: Value = serde_json::from_str(&fs::read_to_string(JANE).unwrap()).unwrap();
    was["jobTitle"] = json!("Sales Representative");
    was["mobilePhone"] = Value::Null;
    was["state"] = json!("Viken");
    was["manager"] = Value::Null;
    let was = written(&folder, "was.json", &was);
    assert_agreed!("requests-new-user", preview(TOTAL, JANE, &["--requests"]).page());
    let ran = preview(TOTAL, JANE, &["--requests", "--was", &was, "--verbose"]);
    assert_agreed!("requests-changed-user", ran.page());

    let report = preview(TOTAL, JANE, &["--requests", "--was", &was, "--format", "json"]).json();
    assert_eq!(report["requests"]["flag"], json!([false, true]));
    assert_eq!(report["requests"]["tenantUrl"], Value::Null);
    let found = requests(&report, 0);
    let reasons: Vec<&str> = found.iter().map(|(reason, _)| reason.as_str()).collect();
    assert_eq!(reasons, ["search", "update", "update", "refer", "refer"]);
    assert_eq!(found[1].1["body"]["Operations"][1]["op"], "Add");
    assert_eq!(
        found[2].1["body"]["Operations"][1],
        json!({"op": "replace", "path": "title", "value": "Account Manager"})
    );
    assert_eq!((&found[1].1["mark"], &found[1].1["weight"]), (&json!("inferred"), &json!("must")));
    assert_eq!(report["users"][0]["notCleared"], json!(["addresses[type eq \"work\"].region"]));
}

#[test]
fn the_flag_of_the_tenant_url_decides_how_updates_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = fs::read_to_string("fixtures/snapshot.json").unwrap();
    let mut leaver: Value = serde_json::from_str(&fs::read_to_string(JANE).unwrap()).unwrap();
    leaver["accountEnabled"] = json!(false);
    let leaver = written(&folder, "leaver.json", &leaver);
    for (query, flag, value) in [("", false, json!("False")), ("?aadOptscim062020", true, json!(false))] {
        let text =
            snapshot.replace("https://total.example.com/scim", &format!("https://total.example.com/scim{query}"));
        let schema = folder.path().join("snapshot.json");
        fs::write(&schema, text).unwrap();
        let report = preview(schema.to_str().unwrap(), &leaver, &["--requests", "--format", "json"]).json();
        assert_eq!(report["requests"]["flag"], json!([flag]));
        let found = requests(&report, 0);
        let [(search, find), (disable, change)] = &found[..] else { panic!("{found:?}") };
        assert_eq!((search.as_str(), disable.as_str()), ("search", "disable"));
        let url = find["url"].as_str().unwrap();
        assert!(url.starts_with("https://total.example.com/scim/Users?filter=userName+eq+%22jane"), "{url}");
        assert_eq!(change["body"]["Operations"][0]["value"], value);
    }
}

#[test]
fn an_earlier_state_belongs_to_the_user_with_the_same_id() {
    let folder = tempfile::tempdir().unwrap();
    let user = |id: &str, title: &str| json!({"id": id, "userPrincipalName": format!("{id}@x"), "accountEnabled": true, "jobTitle": title});
    let now = written(&folder, "now.json", &json!([user("1", "new"), user("2", "same"), user("3", "hired")]));
    let was = written(&folder, "was.json", &json!([user("2", "same"), user("1", "old")]));
    let report = preview(TOTAL, &now, &["--requests", "--was", &was, "--format", "json"]).json();
    let reasons = |user| requests(&report, user).into_iter().map(|(reason, _)| reason).collect::<Vec<_>>();
    assert_eq!(reasons(0), ["search", "update", "update"]);
    assert_eq!(reasons(1), ["search"]);
    assert_eq!(reasons(2), ["search", "create"]);
    let ran = preview(TOTAL, &now, &["--requests", "--was", &was]);
    assert!(flat(&ran.stdout).contains("does not include this user"), "{}", ran.stdout);
    assert!(ran.stdout.contains("# No update: no value that is sent has changed."), "{}", ran.stdout);
    assert_eq!(preview(TOTAL, JANE, &["--was", &was]).code, Some(2), "--was needs --requests");
    assert_eq!(preview(TOTAL, JANE, &["--requests", "--diff", DEFAULT]).code, Some(2));
}

#[test]
fn a_row_that_is_sent_only_at_creation_is_in_no_update() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(TOTAL).unwrap();
    let mut export: Value = serde_json::from_str(&text).unwrap();
    for mapping in export["synchronizationRules"][0]["objectMappings"].as_array_mut().unwrap() {
        for row in mapping["attributeMappings"].as_array_mut().unwrap() {
            if row["targetAttributeName"] == "title" {
                row["flowType"] = json!("ObjectAddOnly");
            }
        }
    }
    let schema = written(&folder, "schema.json", &export);
    let mut was: Value = serde_json::from_str(&fs::read_to_string(JANE).unwrap()).unwrap();
    was["jobTitle"] = json!("Sales Representative");
    let was = written(&folder, "was.json", &was);
    let report = preview(&schema, JANE, &["--requests", "--was", &was, "--format", "json"]).json();
    assert_eq!(requests(&report, 0).len(), 1, "only the search: {report}");
    assert_eq!(report["users"][0]["onlyCreated"], json!(["title"]));
}
