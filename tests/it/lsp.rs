//! `provlint lsp` over pipes. `peers.rs` tests it with pygls.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::editor::{Editor, edited, uri};
use crate::common::{run, run_in};
use serde_json::{Value, json};
use tempfile::TempDir;

fn fixture(name: &str) -> (PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    let text = fs::read_to_string(&path).unwrap();
    (path, text)
}

fn rules(wrong: &[Value]) -> Vec<&str> {
    wrong.iter().map(|one| one["code"].as_str().unwrap_or_default()).collect()
}

#[test]
fn diagnostics_match_the_findings_of_check() {
    let mut editor = Editor::start(&[]);
    for name in [
        "default-export.json",
        "title-twice.json",
        "snapshot.json",
        "minified.json",
        "pascal-case.json",
        "total-export.json",
    ] {
        let (path, text) = fixture(name);
        let report = run(&["check", path.to_str().unwrap(), "--format", "json"]).json();
        editor.open(&uri(&path), &text);
        let wrong = editor.wrong(&uri(&path));
        let said = report["findings"].as_array().unwrap();
        assert_eq!(wrong.len(), said.len(), "{name}");
        for (wrong, said) in wrong.iter().zip(said) {
            assert_eq!((&wrong["code"], &wrong["source"]), (&said["rule"], &json!("provlint")), "{name}");
            assert_eq!(wrong["codeDescription"]["href"], said["url"]);
            let severity =
                ["error", "warning", "info"][usize::try_from(wrong["severity"].as_u64().unwrap()).unwrap() - 1];
            assert_eq!(severity, said["severity"]);
            let message = format!("{}\n{}", said["message"].as_str().unwrap(), said["help"].as_str().unwrap());
            assert_eq!(wrong["message"], message.trim_end());
            let start = &said["location"]["start"];
            assert_eq!(wrong["range"]["start"]["line"], start["line"].as_u64().unwrap() - 1, "{name}");
            assert_eq!(wrong["range"]["start"]["character"], start["column"].as_u64().unwrap() - 1, "{name}");
        }
    }
    assert_eq!(editor.end(), Some(0));
}

#[test]
fn positions_count_utf_16_units() {
    let (path, text) = fixture("minified.json");
    let before = r#"{"😀ä":1,"#;
    let text = text.replacen('{', before, 1);
    let mut editor = Editor::start(&[]);
    let uri = uri(&path);
    editor.open(&uri, &text);
    let wrong = editor.wrong(&uri);
    let character = usize::try_from(wrong[0]["range"]["start"]["character"].as_u64().unwrap()).unwrap();
    let units: Vec<u16> = text.encode_utf16().skip(character).take(14).collect();
    assert_eq!(String::from_utf16(&units).unwrap(), "{\"expression\":");
}

#[test]
fn safe_fixes_are_preferred_and_match_fix() {
    let (path, text) = fixture("default-export.json");
    let mut editor = Editor::start(&[]);
    let uri = uri(&path);
    editor.open(&uri, &text);
    let wrong = editor.wrong(&uri);
    let actions = editor.actions(&uri, &wrong[0]["range"], &[]);
    assert_eq!((&actions[0]["kind"], &actions[0]["isPreferred"]), (&json!("quickfix"), &json!(true)));
    assert_eq!(actions[0]["title"], "Map externalId from objectId");
    assert_eq!(actions[0]["diagnostics"][0], wrong[0]);
    let fixed = crate::common::run_with_input(&["fix", "-"], text.as_bytes()).stdout;
    assert_eq!(edited(&text, &actions[0], &uri), fixed);
    // All fixes at once, as an editor does before it saves.
    let nowhere = json!({"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}});
    for only in ["source.fixAll", "source", "source.fixAll.provlint"] {
        let all = editor.actions(&uri, &nowhere, &[only]);
        assert_eq!((all.len(), edited(&text, &all[0], &uri)), (1, fixed.clone()), "{only}");
    }
    assert!(editor.actions(&uri, &nowhere, &["refactor", "sour"]).is_empty());
    // Only the buffer changed; the file was not saved.
    editor.change(&uri, None, &fixed);
    assert_eq!(editor.wrong(&uri), [] as [Value; 0]);
    assert_eq!(editor.wrong[&uri]["version"], 2);
    assert!(editor.actions(&uri, &nowhere, &[]).is_empty());
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn unsafe_fixes_are_labelled_and_not_preferred() {
    let (path, text) = fixture("title-twice.json");
    let mut editor = Editor::start(&[]);
    let uri = uri(&path);
    editor.open(&uri, &text);
    let wrong = editor.wrong(&uri);
    let duplicate = wrong.iter().find(|one| one["code"] == "duplicate-target").unwrap();
    let actions = editor.actions(&uri, &duplicate["range"], &["quickfix"]);
    assert_eq!(actions[0]["isPreferred"], false, "{actions:?}");
    assert!(
        actions[0]["title"]
            .as_str()
            .unwrap()
            .ends_with("(unsafe: changes who is matched, created, disabled or removed)")
    );
    editor.change(&uri, None, &edited(&text, &actions[0], &uri));
    assert!(!rules(&editor.wrong(&uri)).contains(&"duplicate-target"));
}

#[test]
fn fix_all_omits_fixes_that_change_who_is_provisioned() {
    let (path, disabled) = fixture("group-mapping-disabled.json");
    let uri = uri(&path);
    let row = |name: &str| fixture("total-export.json").1.replacen("\"active\"", &format!("\"{name}\""), 1);
    let (missing, misspelt) = (row("actve"), row("ACTIVE"));
    let mut editor = Editor::start(&[]);
    for (rule, text) in
        [("object-mapping-disabled", &disabled), ("active-missing", &missing), ("misspelt-target", &misspelt)]
    {
        editor.open(&uri, text);
        let wrong = editor.wrong(&uri);
        let wrong = wrong.iter().find(|one| one["code"] == rule).unwrap_or_else(|| panic!("{rule}: {wrong:?}"));
        let fixes = editor.actions(&uri, &wrong["range"], &["quickfix"]);
        let fix = fixes.iter().find(|fix| fix["diagnostics"][0]["code"] == rule).unwrap();
        assert_eq!(fix["isPreferred"], false, "{rule}");
        assert_ne!(&edited(text, fix, &uri), text, "{rule}");
        assert!(editor.actions(&uri, &wrong["range"], &["source.fixAll"]).is_empty(), "{rule}");
    }
    // The other findings are still fixed.
    let at = disabled.rfind("\"[objectId]\"").unwrap();
    let row = disabled[at..].replacen("objectId", "mailNickname", 2);
    let both = format!("{}{row}", &disabled[..at]);
    editor.open(&uri, &both);
    let nowhere = json!({"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}});
    let all = editor.actions(&uri, &nowhere, &["source.fixAll"]);
    let fixed = edited(&both, &all[0], &uri);
    editor.change(&uri, None, &fixed);
    assert_eq!(rules(&editor.wrong(&uri)), ["object-mapping-disabled"]);
}

#[test]
fn a_carriage_return_ends_a_line() {
    let (path, text) = fixture("default-export.json");
    let text = text.replace("\r\n", "\n").replace('\n', "\r");
    let fixed = crate::common::run_with_input(&["fix", "-"], text.as_bytes()).stdout;
    let mut editor = Editor::start(&[]);
    let uri = uri(&path);
    editor.open(&uri, &text);
    let wrong = editor.wrong(&uri);
    assert!(wrong[0]["range"]["start"]["line"].as_u64().unwrap() > 0, "{wrong:?}");
    let actions = editor.actions(&uri, &wrong[0]["range"], &["quickfix"]);
    assert_eq!(edited(&text, &actions[0], &uri), fixed);
}

#[test]
fn incremental_changes_are_applied() {
    let (path, text) = fixture("externalid-add-only.json");
    let mut editor = Editor::start(&[]);
    let uri = uri(&path);
    editor.open(&uri, &text);
    let at = text.find("ObjectAddOnly").unwrap();
    let line = text[..at].matches('\n').count();
    let column = at - text[..at].rfind('\n').unwrap() - 1;
    let span = |from: usize, to: usize| {
        Some(json!({"start": {"line": line, "character": from}, "end": {"line": line, "character": to}}))
    };
    editor.change(&uri, span(column, column + "ObjectAddOnly".len()), "Al");
    assert!(rules(&editor.wrong(&uri)).contains(&"required-mapping-apply"));
    editor.change(&uri, span(column + 2, column + 2), "ways");
    assert!(!rules(&editor.wrong(&uri)).contains(&"required-mapping-apply"));
    // A missing bracket is reported at its position.
    editor.change(&uri, span(0, column), "");
    let wrong = editor.wrong(&uri);
    assert!(wrong[0]["message"].as_str().unwrap().starts_with("not JSON: "), "{wrong:?}");
    assert_eq!(wrong[0]["range"]["start"]["line"], line);
}

#[test]
fn hovering_a_row_shows_its_source_and_findings() {
    let (path, text) = fixture("default-export.json");
    let mut editor = Editor::start(&[]);
    let uri = uri(&path);
    editor.open(&uri, &text);
    let hover = |editor: &mut Editor, sign: &str| {
        let at = text.find(sign).unwrap();
        let line = text[..at].matches('\n').count();
        let column = at - text[..at].rfind('\n').unwrap() - 1;
        editor.at("textDocument/hover", &uri, u64::try_from(line).unwrap(), u64::try_from(column).unwrap())
    };
    let wrong = hover(&mut editor, "mailNickname]");
    let said = wrong["contents"]["value"].as_str().unwrap();
    assert_eq!(wrong["contents"]["kind"], "markdown");
    assert!(said.starts_with("`User/externalId` ← `mailNickname`  \nSent at every change."), "{said}");
    assert!(said.contains("# required-mapping-source") && said.contains("## In the portal"), "{said}");
    let right = hover(&mut editor, "\"targetAttributeName\": \"userName\"");
    let said = right["contents"]["value"].as_str().unwrap();
    assert!(said.contains("`User/userName` ← `userPrincipalName`") && said.contains("precedence 1"), "{said}");
    let function = hover(&mut editor, "Switch([IsSoftDeleted]");
    let said = function["contents"]["value"].as_str().unwrap();
    assert!(said.starts_with("`Switch(source, [defaultValue], key1, value1, …)`"), "{said}");
    assert!(said.contains("version of 20") && said.contains("`User/active` ←"), "{said}");
    let range = &function["range"];
    let (start, end) = (&range["start"]["character"], &range["end"]["character"]);
    assert_eq!(end.as_u64().unwrap() - start.as_u64().unwrap(), 6, "{range}");
    assert_eq!(editor.at("textDocument/hover", &uri, 0, 0), Value::Null);
}

#[test]
fn names_in_a_file_are_escaped_in_markdown() {
    let (path, text) = fixture("default-export.json");
    let evil = "mail` ![x](https://evil.example/p.png) [go](command:x) <b> a|b";
    let text = text.replacen("[mailNickname]", &format!("[{evil}]"), 1).replacen(
        "\"mailNickname\"",
        &format!("\"{evil}\""),
        1,
    );
    let mut editor = Editor::start(&[]);
    let uri = uri(&path);
    editor.open(&uri, &text);
    let wrong = editor.wrong(&uri);
    let wrong = wrong.iter().find(|one| one["code"] == "required-mapping-source").unwrap();
    let start = &wrong["range"]["start"];
    let (line, character) = (start["line"].as_u64().unwrap(), start["character"].as_u64().unwrap());
    let hover = editor.at("textDocument/hover", &uri, line, character + 1);
    let said = hover["contents"]["value"].as_str().unwrap();
    let (row, finding) = said.split_once("\n\n---\n\n").unwrap();
    assert_eq!(row.lines().next().unwrap().trim_end(), format!("`User/externalId` ← the result of `` [{evil}] ``"));
    let message = finding.lines().next().unwrap();
    assert!(message.starts_with("**error**: `externalId` is mapped from the expression `[mail` "), "{message}");
    assert!(message.contains("`![x](https://evil.example/p.png)` \\[go\\](command:x) &lt;b&gt; a\\|b"), "{message}");
}

#[test]
fn unrelated_json_has_no_diagnostics() {
    let mut editor = Editor::start(&[]);
    for (name, text) in
        [("package.json", "{\"name\": 1}"), ("broken.json", "{"), ("empty.json", ""), ("x.md", "# provlint")]
    {
        let uri = format!("file:///nowhere/{name}");
        editor.open(&uri, text);
        assert_eq!(editor.wrong(&uri), [] as [Value; 0], "{name}");
    }
    // An unsaved document has no directory, but is checked.
    editor.open("untitled:Untitled-1", &fixture("default-export.json").1);
    assert_eq!(rules(&editor.wrong("untitled:Untitled-1")), ["required-mapping-source"]);
    // Its policy comes from the directory where the editor was started, or a parent.
    let (folder, ..) = folder("rules:\n  required-mapping-source: off\n");
    let mut editor = Editor::start_in(&folder.path().join("exports"), &[]);
    editor.open("untitled:Untitled-1", &fixture("default-export.json").1);
    assert_eq!(editor.wrong("untitled:Untitled-1"), [] as [Value; 0]);
}

/// A directory with a policy and a schema.
fn folder(policy: &str) -> (TempDir, String, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let (policy_path, schema_path) = (folder.path().join("provlint.yaml"), folder.path().join("exports/total.json"));
    fs::create_dir(folder.path().join("exports")).unwrap();
    let text = fixture("default-export.json").1;
    fs::write(&policy_path, policy).unwrap();
    fs::write(&schema_path, &text).unwrap();
    (folder, uri(&policy_path), uri(&schema_path), text)
}

#[test]
fn the_policy_of_check_applies_including_unsaved_changes() {
    let (folder, policy, schema, text) = folder("rules:\n  required-mapping-source: warning\n");
    let mut editor = Editor::start(&[]);
    editor.open(&schema, &text);
    assert_eq!(editor.wrong(&schema)[0]["severity"], 2);
    assert!(run_in(folder.path(), &["check", "exports", "--format", "compact"]).stdout.contains("warning"));
    editor.open(&policy, "rules:\n  required-mapping-source: off\n");
    assert_eq!(editor.wrong(&schema), [] as [Value; 0], "without being saved");
    editor.change(&policy, None, "rules:\n  required-mapping-sorce: off\n");
    let wrong = editor.wrong(&policy);
    assert_eq!(
        wrong[0]["message"],
        "there is no rule `required-mapping-sorce`\ndid you mean `required-mapping-source`?"
    );
    assert_eq!(wrong[0]["range"], json!({"start": {"line": 1, "character": 2}, "end": {"line": 1, "character": 24}}));
    let wrong = editor.wrong(&schema);
    assert!(wrong[0]["message"].as_str().unwrap().contains("there is no rule `required-mapping-sorce`"), "{wrong:?}");
    // Discarded changes no longer apply.
    editor.tell("textDocument/didClose", json!({"textDocument": {"uri": policy}}));
    assert_eq!(editor.wrong(&schema)[0]["severity"], 2);
    assert_eq!(editor.wrong(&policy), [] as [Value; 0]);
    fs::write(folder.path().join("provlint.yaml"), "rules:\n  required-mapping-source: info\n").unwrap();
    editor.tell("workspace/didChangeWatchedFiles", json!({"changes": []}));
    assert_eq!(editor.wrong(&schema)[0]["severity"], 3);
}

#[test]
fn initialization_options_choose_policy_and_profile() {
    let (folder, _, schema, text) = folder("rules:\n  required-mapping-source: off\n");
    let other = folder.path().join("other.yaml");
    fs::write(&other, "rules:\n  required-mapping-source: info\n").unwrap();
    let mut editor = Editor::start(&["--stdio", "--profile", "truu-total", "--policy", other.to_str().unwrap()]);
    editor.open(&schema, &text);
    assert_eq!(editor.wrong(&schema)[0]["severity"], 3);
    editor.open(&uri(&other), "versoin: 1\n");
    assert_eq!(editor.wrong(&uri(&other))[0]["message"], "unknown key `versoin`\ndid you mean `version`?");
}

#[test]
fn every_mistake_of_a_policy_has_a_diagnostic_at_its_place() {
    let (_folder, policy, schema, text) = folder("");
    let mut editor = Editor::start(&[]);
    editor.open(&policy, "rules:\n  required-mapping-sorce: off\nversoin: 1\nusers: { direct-assignment: forbit }\n");
    let wrong = editor.wrong(&policy);
    let places: Vec<_> = wrong.iter().map(|one| &one["range"]["start"]).collect();
    assert_eq!(
        places,
        [
            &json!({"line": 1, "character": 2}),
            &json!({"line": 2, "character": 0}),
            &json!({"line": 3, "character": 28})
        ]
    );
    editor.open(&schema, &text);
    assert!(editor.wrong(&schema)[0]["message"].as_str().unwrap().contains("(and 2 more mistakes)"));
    editor.change(&policy, None, "mappings:\n  user:\n    externalId: objectid\n");
    let wrong = editor.wrong(&schema);
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    let message = wrong[0]["message"].as_str().unwrap();
    assert!(message.contains("provlint.yaml:3:17: `objectid`") && message.contains("`objectId`?"), "{message}");
}

#[test]
fn policy_paths_may_be_relative_to_the_working_directory() {
    let (folder, _, schema, text) = folder("rules:\n  required-mapping-source: off\n");
    let root = folder.path();
    fs::write(root.join("other.yaml"), "rules:\n  required-mapping-source: info\n").unwrap();
    for (start, named) in [(root.to_owned(), "other.yaml"), (root.join("exports"), "../other.yaml")] {
        let mut editor = Editor::start_in(&start, &["--policy", named]);
        let other = uri(&fs::canonicalize(root).unwrap().join("other.yaml"));
        editor.open(&schema, &text);
        assert_eq!(editor.wrong(&schema)[0]["severity"], 3, "{named}");
        editor.open(&other, "rules:\n  required-mapping-source: warning\n");
        assert_eq!(editor.wrong(&schema)[0]["severity"], 2, "{named}, without being saved");
        editor.change(&other, None, "versoin: 1\n");
        assert_eq!(editor.wrong(&other)[0]["message"], "unknown key `versoin`\ndid you mean `version`?");
        assert!(!editor.at("textDocument/completion", &other, 0, 0).as_array().unwrap().is_empty(), "{named}");
    }
}

#[test]
fn policies_have_completion_and_hover() {
    let (_folder, policy, ..) = folder("");
    let mut editor = Editor::start(&[]);
    editor.open(&policy, "");
    let labels = |items: &Value| -> Vec<String> {
        items.as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
    };
    for (text, line, character, offered) in [
        ("", 0, 0, "mappings"),
        ("profile: ", 0, 9, "truu-total"),
        ("rules:\n  dup", 1, 5, "duplicate-target"),
        ("rules:\n  duplicate-target: ", 1, 20, "off"),
        ("ignore:\n  - rule: ", 1, 10, "username-source"),
        ("ignore:\n  - rule: username-source\n    ", 2, 4, "reason"),
        ("mappings:\n  user:\n    title: { ", 2, 13, "any-of"),
        ("users:\n  direct-assignment: ", 1, 21, "forbid"),
    ] {
        editor.change(&policy, None, text);
        let items = editor.at("textDocument/completion", &policy, line, character);
        assert!(labels(&items).contains(&offered.to_owned()), "{text:?}: {items}");
        // The accepted completion is at the cursor, and the policy is readable up to there.
        let item = items.as_array().unwrap().iter().find(|item| item["label"] == offered).unwrap();
        assert_eq!(item["textEdit"]["range"]["end"], json!({"line": line, "character": character}));
    }
    editor.change(&policy, None, "# a\nrules:\n  duplicate-target: off\nprofile: truu-total\n");
    let said = |editor: &mut Editor, line, character| {
        editor.at("textDocument/hover", &policy, line, character)["contents"]["value"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    assert!(said(&mut editor, 1, 2).starts_with("The severity of each rule."));
    assert!(said(&mut editor, 2, 4).starts_with("# duplicate-target\n"));
    assert!(said(&mut editor, 3, 12).contains("TruU TOTAL"));
    assert_eq!(said(&mut editor, 0, 2), "");
    assert_eq!(editor.at("textDocument/completion", &policy, 0, 3), json!([]));
}

#[test]
fn the_server_follows_the_protocol_on_bad_input() {
    let mut editor = Editor::silent(&[]);
    let code = |answer: &Value| answer["error"]["code"].as_i64().unwrap_or_default();
    assert_eq!(code(&editor.ask("textDocument/hover", json!({}))), -32002);
    editor.tell("textDocument/didOpen", json!(null));
    let hello = editor.ask("initialize", json!({"capabilities": {}}));
    assert_eq!(hello["result"]["serverInfo"]["name"], "provlint");
    assert_eq!(code(&editor.ask("initialize", json!({}))), -32600);
    assert_eq!(code(&editor.ask("textDocument/rename", json!({}))), -32601);
    for message in ["", "{", "[]", "3", "null", "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"x\"}", "\u{0}"] {
        editor.send(message);
        let answer = editor.answer(&Value::Null);
        assert_eq!(code(&answer), -32700, "{message}");
    }
    editor.send_bytes(b"Content-Length: 2\r\n\r\n\xff\xfe");
    assert_eq!(code(&editor.answer(&Value::Null)), -32700);
    for params in [json!(null), json!([]), json!({"textDocument": 3}), json!({"textDocument": {"uri": "no uri"}})] {
        for method in ["hover", "completion", "codeAction"] {
            assert_eq!(
                code(&editor.ask(&format!("textDocument/{method}"), params.clone())),
                -32602,
                "{method} {params}"
            );
        }
        for method in ["didOpen", "didChange", "didClose", "didSave", "nonsense"] {
            editor.tell(&format!("textDocument/{method}"), params.clone());
        }
    }
    let uri = "file:///nowhere/provlint.yaml";
    assert_eq!(editor.at("textDocument/hover", uri, 3, 3), Value::Null, "it was never opened");
    editor.change(uri, None, "x");
    editor.open(uri, "app: {");
    let far = json!({"start": {"line": 4_000_000_000_u32, "character": 7}, "end": {"line": 0, "character": 4_000_000_000_u32}});
    editor.change(uri, Some(far.clone()), "ä😀");
    assert!(editor.at("textDocument/completion", uri, 4_000_000_000, 4_000_000_000).is_array());
    editor.actions(uri, &far, &["quickfix"]);
    editor.send("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":null}");
    assert_eq!(editor.ask("shutdown", json!(null))["result"], Value::Null);
    assert_eq!(code(&editor.ask("textDocument/hover", json!({}))), -32600);
    editor.tell("exit", json!(null));
    assert_eq!(editor.end(), Some(0));
    let mut rude = Editor::start(&[]);
    rude.tell("exit", json!(null));
    assert_eq!(rude.end(), Some(1));
}

#[test]
fn invalid_messages_are_reported_on_standard_error() {
    let ran = crate::common::run_with_input(&["lsp"], b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(ran.stderr.contains("the Language Server Protocol"), "{}", ran.stderr);
    assert_eq!(crate::common::run_with_input(&["lsp"], b"").code, Some(0));
}
