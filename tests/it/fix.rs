//! `provlint fix` on files: what it shows, what it writes, and what it leaves unchanged.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::graph::{Reply, Request, StandIn, online, tenant};
use crate::common::layout::{LAYOUTS, Layout, camel, pascal};
use crate::common::{Ran, provlint, run, run_in, run_with_input};
use provlint::document::{Encoding, decode};
use serde_json::{Value, json};
use tempfile::TempDir;

const DEFAULT: &str = include_str!("../../fixtures/default-export.json");
const TOTAL: &str = include_str!("../../fixtures/total-export.json");

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// The fixtures that rules can evaluate.
fn fixtures() -> Vec<(String, Encoding, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| {
        path.is_file() && !path.ends_with("truncated-export.json") && !path.ends_with("large-export.json")
    });
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let (encoding, text) = decode(fs::read(&path).unwrap()).unwrap();
            (path.file_name().unwrap().to_string_lossy().into_owned(), encoding, text)
        })
        .collect()
}

#[test]
fn dry_run_shows_changes_reasons_and_steps() {
    assert_agreed!("dry_run_default", run(&["fix", "fixtures/default-export.json", "--dry-run"]).page());
    assert_agreed!("dry_run_unsafe", run(&["fix", "fixtures/title-twice.json", "--dry-run"]).page());
    assert_agreed!("dry_run_manual", run(&["fix", "fixtures/expressions-broken.json", "--dry-run"]).page());
    assert_agreed!("dry_run_one_line", run(&["fix", "fixtures/minified.json", "--dry-run"]).page());
    assert_agreed!(
        "dry_run_patch",
        run(&["fix", "fixtures/default-export.json", "--dry-run", "--format", "patch"]).page()
    );
    assert_agreed!(
        "dry_run_json",
        run(&["fix", "fixtures/externalid-add-only.json", "--dry-run", "--format", "json"]).page()
    );
}

#[test]
fn fixing_the_default_export_changes_one_source() {
    let folder = folder();
    let path = folder.path().join("schema.json");
    fs::write(&path, DEFAULT).unwrap();
    assert_eq!(run_in(folder.path(), &["fix", "schema.json", "--dry-run"]).code, Some(1));
    assert_eq!(fs::read_to_string(&path).unwrap(), DEFAULT, "a dry run writes nothing");
    assert_eq!(run_in(folder.path(), &["fix", "schema.json"]).code, Some(0));
    assert_eq!(fs::read_to_string(&path).unwrap(), TOTAL);
    let again = run_in(folder.path(), &["fix", "schema.json"]);
    assert_eq!(
        (again.code, again.stdout.as_str()),
        (Some(0), "Nothing to fix in schema.json (profile truu-total, by default)\n")
    );
    assert_eq!(run_in(folder.path(), &["check", "schema.json"]).code, Some(0));
    assert_eq!(folder.path().read_dir().unwrap().count(), 1, "no other file remains");
}

#[test]
fn two_rules_that_contradict_each_other_are_named_and_everything_else_is_fixed() {
    let folder = folder();
    let path = folder.path().join("schema.json");
    let mut schema: Value = serde_json::from_str(DEFAULT).unwrap();
    let objects = schema["directories"][1]["objects"].as_array_mut().unwrap();
    for attribute in objects.iter_mut().flat_map(|object| object["attributes"].as_array_mut().unwrap()) {
        attribute["anchor"] = json!(attribute["anchor"] == true || attribute["name"] == "title");
    }
    fs::write(&path, format!("{schema:#}\n")).unwrap();
    let ran = run_in(folder.path(), &["fix", "schema.json", "--unsafe", "--format", "json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(report["fixes"][0]["rule"], "required-mapping-source");
    assert!(fs::read_to_string(&path).unwrap().contains("[objectId]"), "the independent fix is written");
    let left: Vec<&Value> =
        report["left"].as_array().unwrap().iter().filter(|left| left["subject"] == "User/title").collect();
    let [left] = left.as_slice() else { panic!("{report:#}") };
    assert_eq!((&left["rule"], &left["applicability"]), (&json!("anchor-mapped"), &json!("manual")));
    assert!(
        left["help"].as_str().unwrap().starts_with("Not fixed: the fix of required-mapping-missing would undo it.")
    );
    let again = run_in(folder.path(), &["fix", "schema.json", "--unsafe"]);
    assert!(again.stdout.contains("Nothing to fix in schema.json") && again.code == Some(1), "{again:?}");
}

/// Fixtures with different fixes: a source, a row, removed rows, a mapping, part of a snapshot.
const FIXED_IN_MANY_WAYS: [&str; 5] = [
    "default-export.json",
    "externalid-missing.json",
    "title-twice.json",
    "group-mapping-disabled.json",
    "snapshot.json",
];

/// How a file may be written: its layout, whether it has PowerShell's keys, and its encoding.
fn written_down() -> impl Iterator<Item = (&'static Layout, bool, Encoding)> {
    LAYOUTS.iter().map(|layout| match layout.name {
        "one line" => (layout, false, Encoding::Utf16Be),
        "lines of Windows" => (layout, false, Encoding::Utf8Bom),
        "Windows PowerShell 5.1" => (layout, true, Encoding::Utf16Le),
        "tabs, no last line end" => (layout, true, Encoding::Utf8Bom),
        "one line of Python" => (layout, true, Encoding::Utf8),
        _ => (layout, false, Encoding::Utf8),
    })
}

#[test]
fn fixes_keep_every_layout_and_encoding() {
    for (name, _, text) in fixtures().into_iter().filter(|(name, ..)| FIXED_IN_MANY_WAYS.contains(&name.as_str())) {
        let value = camel(&text);
        let folder = folder();
        for (number, (layout, of_powershell, encoding)) in written_down().enumerate() {
            let text = layout.print(&if of_powershell { pascal(&value) } else { value.clone() });
            fs::write(folder.path().join(format!("{number}.json")), encoding.encode(&text)).unwrap();
        }
        let fixed = run_in(folder.path(), &["fix", ".", "--unsafe", "--fail-on", "never"]);
        expect_successful_fix(&fixed, folder.path());
        let read = |number: usize| fs::read(folder.path().join(format!("{number}.json"))).unwrap();
        let results: Vec<Vec<u8>> = (0..written_down().count()).map(read).collect();
        let wanted = camel(&decode(results[0].clone()).unwrap().1);
        for (result, (layout, of_powershell, encoding)) in results.iter().zip(written_down()) {
            let (found, text) = decode(result.clone()).unwrap();
            assert_eq!(found, encoding, "{name}, {}", layout.name);
            assert_eq!(camel(&text), wanted, "{name}, {}", layout.name);
            let keys = if of_powershell { pascal(&wanted) } else { wanted.clone() };
            let parsed: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(parsed, keys, "{name}, {}", layout.name);
            assert_eq!(text, layout.print(&parsed), "{name}, {}", layout.name);
        }
        assert_eq!(run_in(folder.path(), &["fix", ".", "--unsafe", "--fail-on", "never"]).code, fixed.code);
        assert_eq!((0..results.len()).map(read).collect::<Vec<_>>(), results, "{name}: a second fix changes something");
    }
}

const GIT: &[&str] = &["git", "apply", "p.patch"];

#[test]
#[ignore = "needs patch"]
fn patch_applies_patches_as_git_does() {
    let patch = &["patch", "-p1", "--binary", "-i", "p.patch"];
    expect_that_a_patch_makes_the_same_changes_as_fix(patch);
    expect_that_names_in_a_file_cannot_change_a_patch(patch);
    expect_that_a_patch_applies_from_the_working_directory(patch);
}

#[test]
fn a_patch_makes_the_same_changes_as_fix() {
    expect_that_a_patch_makes_the_same_changes_as_fix(GIT);
}

fn expect_that_a_patch_makes_the_same_changes_as_fix(tool: &[&str]) {
    let mut patched = 0;
    for (name, encoding, text) in fixtures() {
        if matches!(encoding, Encoding::Utf16Le | Encoding::Utf16Be) {
            continue;
        }
        let ways = [
            (text.clone(), Encoding::Utf8),
            (text.trim_end().replace('\n', "\r\n"), Encoding::Utf8Bom),
            (camel(&text).to_string(), Encoding::Utf8Bom),
        ];
        let count = if FIXED_IN_MANY_WAYS.contains(&name.as_str()) { ways.len() } else { 1 };
        for (layout, encoding) in ways.into_iter().take(count) {
            let folder = folder();
            let file = folder.path().join("my schema.json");
            let patch = run_fixed(folder.path(), &file, &encoding.encode(&layout), &["--dry-run", "--format", "patch"]);
            fs::write(folder.path().join("p.patch"), &patch).unwrap();
            let fixed = run_in(folder.path(), &["fix", "my schema.json", "--unsafe", "--fail-on", "never"]);
            expect_successful_fix(&fixed, folder.path());
            let wanted = fs::read(&file).unwrap();
            assert_eq!(patch.is_empty(), wanted == encoding.encode(&layout), "{name}");
            if patch.is_empty() {
                continue;
            }
            fs::write(&file, encoding.encode(&layout)).unwrap();
            let applied = Command::new(tool[0]).args(&tool[1..]).current_dir(folder.path()).output().unwrap();
            assert!(applied.status.success(), "{name}: {}\n{patch}", String::from_utf8_lossy(&applied.stderr));
            assert_eq!(fs::read(&file).unwrap(), wanted, "{name}");
            patched += 1;
        }
    }
    assert!(patched > 10, "{patched} patches");
}

/// Names in a file must not change what a patch edits.
#[test]
fn names_in_a_file_cannot_change_a_patch() {
    expect_that_names_in_a_file_cannot_change_a_patch(GIT);
}

fn expect_that_names_in_a_file_cannot_change_a_patch(tool: &[&str]) {
    let folder = folder();
    let mut schema: Value = serde_json::from_str(DEFAULT).unwrap();
    let evil = "x\n--- a/victim.txt\n+++ b/victim.txt\n@@ -1 +1 @@\n-safe\n+owned\n";
    let source =
        serde_json::json!({"expression": "tolower([mail])", "name": "tolower", "type": "Function", "parameters": []});
    let rows = &mut schema["synchronizationRules"][0]["objectMappings"][0]["attributeMappings"];
    rows.as_array_mut().unwrap().push(serde_json::json!({"targetAttributeName": evil, "source": source}));
    for unsafely in [false, true] {
        let flags: &[&str] = if unsafely { &["--unsafe"] } else { &[] };
        fs::write(folder.path().join("my schema.json"), serde_json::to_string_pretty(&schema).unwrap()).unwrap();
        fs::write(folder.path().join("victim.txt"), "safe\n").unwrap();
        let arguments = [&["fix", "my schema.json", "--dry-run", "--format", "patch"], flags].concat();
        let patch = run_in(folder.path(), &arguments).stdout;
        assert!(patch.contains("victim.txt"), "the name is in a reason: {patch}");
        fs::write(folder.path().join("p.patch"), &patch).unwrap();
        let applied = Command::new(tool[0]).args(&tool[1..]).current_dir(folder.path()).output().unwrap();
        assert!(applied.status.success(), "{tool:?}: {}", String::from_utf8_lossy(&applied.stderr));
        assert_eq!(fs::read_to_string(folder.path().join("victim.txt")).unwrap(), "safe\n", "{tool:?}: {patch}");
    }
}

/// Files in folders, given by other paths, or several files; and the directory in which the patch is applied.
#[test]
fn a_patch_applies_from_the_working_directory_for_any_path() {
    expect_that_a_patch_applies_from_the_working_directory(GIT);
}

fn expect_that_a_patch_applies_from_the_working_directory(tool: &[&str]) {
    let folder = folder();
    let here = folder.path().join("here");
    fs::create_dir_all(here.join("exports/deep")).unwrap();
    let inside = [here.join("exports/deep/a b.json"), here.join("exports/c.json"), here.join("d.json")];
    let outside = folder.path().join("outside.json");
    let reset = || inside.iter().chain([&outside]).for_each(|path| fs::write(path, DEFAULT).unwrap());
    reset();
    let absolute = inside[2].to_str().unwrap();
    #[cfg_attr(not(unix), allow(unused_mut))]
    let mut ways = vec![
        (vec!["exports"], 2),
        (vec!["./exports/../d.json"], 1),
        (vec![absolute, "exports", "../here/d.json"], 3),
        (vec!["."], 3),
    ];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("exports/c.json", here.join("link.json")).unwrap();
        ways.push((vec!["link.json"], 1));
    }
    for (paths, count) in &ways {
        let ran = run_in(&here, &[&["fix", "--dry-run", "--format", "patch"], &paths[..]].concat());
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""), "{paths:?}");
        fs::write(here.join("p.patch"), &ran.stdout).unwrap();
        let applied = Command::new(tool[0]).args(&tool[1..]).current_dir(&here).output().unwrap();
        let said = String::from_utf8_lossy(&applied.stderr);
        assert!(applied.status.success(), "{paths:?}, {tool:?}: {said}\n{}", ran.stdout);
        let right = inside.iter().filter(|path| fs::read_to_string(path).unwrap() == TOTAL).count();
        assert_eq!(right, *count, "{paths:?}, {tool:?}");
        reset();
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink("../outside.json", here.join("way out.json")).unwrap();
    for path in ["../outside.json", outside.to_str().unwrap(), "way out.json"] {
        let ran = run_in(&here, &["fix", "--dry-run", "--format", "patch", path]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{path}: {ran:?}");
        assert!(cfg!(not(unix)) || ran.stderr.contains("it is outside the working directory"), "{path}: {ran:?}");
    }
    // PowerShell changes the encoding and the line ends of what is piped.
    let patch = |more: &[&str]| run_in(&here, &[&["fix", "exports", "--dry-run", "--format", "patch"], more].concat());
    let ran = patch(&["--output", "p.patch"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(1), "", ""), "{ran:?}");
    assert_eq!(fs::read_to_string(here.join("p.patch")).unwrap(), patch(&[]).stdout);
    let over = patch(&["--output", "exports/c.json"]);
    assert!(over.code == Some(2) && over.stderr.contains("is one of the files that are read"), "{over:?}");
    let piped = run_with_input(&["fix", "-", "--dry-run", "--format", "patch"], DEFAULT.as_bytes());
    assert_eq!((piped.code, piped.stdout.as_str()), (Some(2), ""), "{piped:?}");
    assert!(piped.stderr.contains("it is not a file"), "{piped:?}");
}

#[test]
fn backups_in_a_folder_are_not_fixed() {
    let folder = folder();
    let backup = "provlint-backup-TOTAL-20261126T081500.250Z.json";
    for name in [backup, "a.json"] {
        fs::write(folder.path().join(name), DEFAULT).unwrap();
    }
    assert_eq!(run_in(folder.path(), &["fix", "."]).code, Some(0));
    assert_eq!(fs::read_to_string(folder.path().join(backup)).unwrap(), DEFAULT, "the backup is unchanged");
    assert_eq!(fs::read_to_string(folder.path().join("a.json")).unwrap(), TOTAL);
    assert_eq!(run_in(folder.path(), &["check", "."]).code, Some(0));
    assert_eq!(run_in(folder.path(), &["check", backup]).code, Some(1), "a backup is checked when it is named");
}

#[test]
fn output_may_be_the_input_file() {
    let folder = folder();
    fs::write(folder.path().join("a.json"), DEFAULT).unwrap();
    let ran = run_in(folder.path(), &["fix", "a.json", "-o", "./a.json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("\n1 fix made in a.json (profile truu-total, by default)\n"), "{ran:?}");
    assert_eq!(fs::read_to_string(folder.path().join("a.json")).unwrap(), TOTAL);
}

/// Of two rows for one attribute, the fix keeps the matching attribute, in either order.
#[test]
fn fix_keeps_the_matching_row_of_two() {
    let mut schema: Value = serde_json::from_str(TOTAL).unwrap();
    let rows = schema["synchronizationRules"][0]["objectMappings"][1]["attributeMappings"].as_array_mut().unwrap();
    let matching = rows.iter().position(|row| row["matchingPriority"] == 1).unwrap();
    let mut double = rows[matching].clone();
    double["matchingPriority"] = json!(0);
    double["source"]["expression"] = json!("[mail]");
    double["source"]["name"] = json!("mail");
    rows.insert(0, double);
    for select in [&[][..], &["--select", "duplicate-target"]] {
        let folder = folder();
        fs::write(folder.path().join("a.json"), format!("{schema:#}\n")).unwrap();
        let ran = run_in(folder.path(), &[&["fix", "a.json", "--unsafe"], select].concat());
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let fixed: Value = serde_json::from_str(&fs::read_to_string(folder.path().join("a.json")).unwrap()).unwrap();
        assert_eq!(fixed, serde_json::from_str::<Value>(TOTAL).unwrap(), "{ran:?}");
        assert!(ran.stdout.contains("1 fix made"), "{ran:?}");
    }
}

/// Pointers refer to the original file, even after a fix that removes a row.
#[test]
fn reported_locations_refer_to_the_file_before_the_fix() {
    let mut schema: Value = serde_json::from_str(TOTAL).unwrap();
    let rows = schema["synchronizationRules"][0]["objectMappings"][1]["attributeMappings"].as_array_mut().unwrap();
    let spare = json!({"defaultValue": null, "flowType": "Always", "matchingPriority": 0,
        "targetAttributeName": "id", "source": rows[0]["source"]});
    rows.insert(0, spare);
    rows.iter_mut().for_each(|row| row["matchingPriority"] = json!(0));
    let text = schema.to_string();
    let ran = run_with_input(&["fix", "-", "--dry-run", "--unsafe", "--format", "json"], text.as_bytes());
    let json = ran.json();
    let before: Value = serde_json::from_str(&text).unwrap();
    let changes = json["fixes"].as_array().unwrap().iter().flat_map(|fix| fix["changes"].as_array().unwrap());
    let mut count = 0;
    for change in changes.filter(|change| !change["old"].is_null()) {
        assert_eq!(before.pointer(change["pointer"].as_str().unwrap()), Some(&change["old"]), "{change}");
        count += 1;
    }
    assert!(count > 1, "{json}");
}

#[test]
fn replacing_a_source_keeps_unknown_members() {
    let odd = TOTAL
        .replace("\"expression\": \"[jobTitle]\",", "\"expression\": \"ToLower([jobTitle])\", \"note\": \"ours\",")
        .replace(
            "\"name\": \"jobTitle\",\n                \"type\": \"Attribute\"",
            "\"name\": \"ToLower\",\n                \"type\": \"Function\"",
        );
    assert!(
        odd.contains("\"type\": \"Function\",\n                \"parameters\": []"),
        "the fixture has another form"
    );
    let ran = run_with_input(&["fix", "-", "--unsafe"], odd.as_bytes());
    let right = TOTAL.replace("\"expression\": \"[jobTitle]\",", "\"expression\": \"[jobTitle]\", \"note\": \"ours\",");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), right.as_str()), "{}", ran.stderr);
}

#[test]
fn several_files_give_one_diff_with_a_summary() {
    let folder = folder();
    fs::write(folder.path().join("a.json"), DEFAULT).unwrap();
    fs::create_dir(folder.path().join("b")).unwrap();
    fs::write(folder.path().join("b/b.json"), serde_json::from_str::<Value>(DEFAULT).unwrap().to_string()).unwrap();
    fs::copy("fixtures/title-twice.json", folder.path().join("b/c.json")).unwrap();
    fs::write(folder.path().join("right.json"), TOTAL).unwrap();
    assert_agreed!("dry_run_several", run_in(folder.path(), &["fix", ".", "--dry-run"]).page());
}

fn run_fixed(folder: &Path, file: &Path, bytes: &[u8], arguments: &[&str]) -> String {
    fs::write(file, bytes).unwrap();
    let ran = run_in(folder, &[&["fix", "my schema.json", "--unsafe"], arguments].concat());
    assert!(ran.stderr.is_empty() || !has_checkable_files(folder), "{ran:?}");
    ran.stdout
}

/// The fix succeeds if there was anything to check; a run that checked nothing must fail.
fn expect_successful_fix(fixed: &Ran, folder: &Path) {
    assert!(fixed.code == Some(0) || (fixed.code == Some(2) && !has_checkable_files(folder)), "{fixed:?}");
}

/// Whether a folder contains a file that rules can evaluate.
fn has_checkable_files(folder: &Path) -> bool {
    let ran = run_in(folder, &["check", ".", "--fail-on", "never"]);
    assert!(ran.code == Some(0) || ran.stderr.contains("nothing was checked"), "{ran:?}");
    ran.code == Some(0)
}

#[test]
fn standard_input_goes_to_standard_output_and_the_report_to_standard_error() {
    let ran = run_with_input(&["fix", "-"], DEFAULT.as_bytes());
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), TOTAL));
    assert!(ran.stderr.contains("\n1 fix made in <stdin> (profile truu-total, by default)\n"), "{}", ran.stderr);
    assert!(ran.stderr.ends_with("provlint restore FILE --app NAME\n"), "standard input has no name: {}", ran.stderr);
    let right = run_with_input(&["fix", "-"], TOTAL.as_bytes());
    assert_eq!((right.code, right.stdout.as_str()), (Some(0), TOTAL), "a file without fixes is printed unchanged");
    let dry = run_with_input(&["fix", "-", "--dry-run"], DEFAULT.as_bytes());
    assert_eq!(dry.code, Some(1));
    assert!(dry.stdout.starts_with("--- <stdin>"), "{}", dry.stdout);
}

#[test]
fn output_to_another_file_keeps_the_input() {
    let folder = folder();
    fs::write(folder.path().join("a.json"), DEFAULT).unwrap();
    assert_eq!(run_in(folder.path(), &["fix", "a.json", "-o", "b.json"]).code, Some(0));
    assert_eq!(fs::read_to_string(folder.path().join("a.json")).unwrap(), DEFAULT);
    assert_eq!(fs::read_to_string(folder.path().join("b.json")).unwrap(), TOTAL);
    let several = run_in(folder.path(), &["fix", "a.json", "b.json", "-o", "c.json"]);
    assert_eq!(several.code, Some(2), "{several:?}");
    let ran = run_in(folder.path(), &["fix", "a.json", "-o", "b.json"]);
    let next = "The tenant is unchanged. To write the fixed schema there: provlint restore b.json --app NAME";
    assert!(
        ran.stdout.ends_with(&format!(
            "\n1 fix made in a.json, written to b.json (profile truu-total, by default)\n{next}\n"
        )),
        "{ran:?}"
    );
    let json = run_in(folder.path(), &["fix", "a.json", "-o", "b.json", "--format", "json"]).json();
    assert_eq!((&json["targets"][0]["name"], &json["targets"][0]["output"]), (&json!("a.json"), &json!("b.json")));
    let piped = run_in(folder.path(), &["fix", "a.json", "-o", "-"]);
    assert_eq!((piped.code, piped.stdout.as_str()), (Some(0), TOTAL));
    assert!(piped.stderr.contains("\n1 fix made in a.json (profile truu-total, by default)\n"), "{}", piped.stderr);
    let shared = run_in(folder.path(), &["fix", "a.json", "-o", "-", "--format", "json"]);
    assert_eq!((shared.code, shared.stdout.as_str()), (Some(2), ""), "{shared:?}");
    let nowhere = run_in(folder.path(), &["fix", "a.json", "-o", "nowhere/b.json"]);
    assert!(nowhere.stderr.contains("nowhere/b.json could not be written: "), "{nowhere:?}");
    assert!(!nowhere.stderr.contains(".tmp"), "{nowhere:?}");
    assert_eq!(folder.path().read_dir().unwrap().count(), 2, "only the two files exist");
}

#[test]
fn an_unfixable_file_does_not_stop_the_others() {
    let folder = folder();
    fs::write(folder.path().join("a.json"), "{").unwrap();
    fs::write(folder.path().join("b.json"), DEFAULT).unwrap();
    fs::write(folder.path().join("c.json"), DEFAULT).unwrap();
    let mut permissions = fs::metadata(folder.path().join("c.json")).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(folder.path().join("c.json"), permissions).unwrap();
    let ran = run_in(folder.path(), &["fix", "a.json", "b.json", "./b.json", "c.json", "d.json"]);
    assert_eq!(ran.code, Some(2));
    assert_eq!(fs::read_to_string(folder.path().join("b.json")).unwrap(), TOTAL);
    assert_eq!(fs::read_to_string(folder.path().join("c.json")).unwrap(), DEFAULT);
    for said in ["a.json:1:1: not JSON", "c.json could not be written: it is read-only", "there is no file d.json"] {
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    assert!(ran.stdout.contains("\n1 fix made in b.json (profile truu-total, by default)\n"), "{}", ran.stdout);
    let json = run_in(folder.path(), &["fix", "a.json", "b.json", "--dry-run", "--format", "json"]).json();
    assert_eq!(json["targets"][0]["error"], "a.json:1:1: not JSON: the file ends too early");
    assert_eq!((&json["targets"][1]["error"], &json["targets"][1]["fixes"]), (&Value::Null, &json!(0)));
}

#[cfg(target_os = "linux")]
#[test]
fn written_files_are_reported_when_the_report_cannot_be_written() {
    let folder = folder();
    fs::write(folder.path().join("a.json"), DEFAULT).unwrap();
    let mut full = provlint(&["fix", "a.json"]);
    let output = full.current_dir(folder.path()).stdout(fs::File::create("/dev/full").unwrap()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("could not be written") && said.contains("already written: a.json"), "{said}");
    assert_eq!(fs::read_to_string(folder.path().join("a.json")).unwrap(), TOTAL);
}

#[test]
fn remaining_findings_set_the_exit_code_of_fix() {
    let folder = folder();
    fs::copy("fixtures/expressions-broken.json", folder.path().join("a.json")).unwrap();
    assert_eq!(run_in(folder.path(), &["fix", "a.json"]).code, Some(1), "errors remain");
    assert_eq!(run_in(folder.path(), &["fix", "a.json", "--fail-on", "never"]).code, Some(0));
    assert_eq!(
        run_in(folder.path(), &["fix", "a.json", "--dry-run", "--fail-on", "never"]).code,
        Some(0),
        "no fix is pending"
    );
}

#[test]
fn fix_hides_and_keeps_credentials() {
    let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJl";
    let text = DEFAULT
        .replace("\"name\": \"mailNickname\",", &format!("\"name\": \"mailNickname\", \"secret\": \"{token}\","));
    assert_ne!(text, DEFAULT);
    let folder = folder();
    let path = folder.path().join("a.json");
    fs::write(&path, &text).unwrap();
    for arguments in [&["--dry-run"][..], &["--dry-run", "--format", "json"], &["--dry-run", "--format", "patch"]] {
        let ran = run_in(folder.path(), &[&["fix", "a.json"], arguments].concat());
        assert!(!format!("{ran:?}").contains("eyJ"), "{arguments:?}: {ran:?}");
        assert_eq!(ran.code, Some(if arguments.contains(&"patch") { 2 } else { 1 }), "{ran:?}");
    }
    fs::write(&path, text.replace("mailNickname\", \"", "mailNickname\",\n\"")).unwrap();
    let ran = run_in(folder.path(), &["fix", "a.json"]);
    assert!(!format!("{ran:?}").contains("eyJ"), "{ran:?}");
    assert!(fs::read_to_string(&path).unwrap().contains(token));
}

#[test]
fn fix_output_cannot_control_the_terminal() {
    let schema = DEFAULT.replace("\"matchingPriority\": 0,\n              \"targetAttributeName\": \"externalId\"", "\"matchingPriority\": 0,\n              \"note\": \"\u{9b}31m\",\n              \"targetAttributeName\": \"externalId\"");
    assert_ne!(schema, DEFAULT);
    let ran = run_with_input(&["fix", "-", "--dry-run"], schema.as_bytes());
    assert!(ran.stdout.contains("\"note\": \"\u{fffd}31m\""), "{}", ran.stdout);
    assert!(!ran.stdout.contains('\u{9b}'));
}

#[test]
fn colours_mark_removed_and_added_lines() {
    let ran = crate::common::finish(&mut provlint(&[
        "fix",
        "fixtures/default-export.json",
        "--dry-run",
        "--color",
        "always",
    ]));
    assert!(
        ran.stdout.contains("\u{1b}[31m-                \"expression\": \"[mailNickname]\",\u{1b}[0m"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("\u{1b}[32m+                \"expression\": \"[objectId]\",\u{1b}[0m"));
}

#[test]
fn dry_run_does_not_change_the_tenant() {
    let graph = StandIn::start(|request, _| {
        if request.path.ends_with("/schema") {
            Reply::ok(serde_json::from_str(DEFAULT).unwrap())
        } else {
            tenant(request)
        }
    });
    let ran = online(&graph, &["fix", "--app", "TOTAL", "--dry-run"]);
    assert_agreed!("dry_run_live", ran.page());
    let lines: Vec<&str> = ran.stdout.lines().filter(|line| line.starts_with(['-', '+', '@'])).collect();
    let file = run(&["fix", "fixtures/default-export.json", "--dry-run"]).stdout;
    let of_file: Vec<&str> = file.lines().filter(|line| line.starts_with(['-', '+', '@'])).collect();
    assert_eq!(lines[2..], of_file[2..], "the same lines as in the exported schema");
    let json = online(&graph, &["fix", "--app", "TOTAL", "--dry-run", "--format", "json"]).json();
    assert_eq!((&json["targets"][0]["kind"], &json["summary"]["fixes"]), (&json!("live"), &json!(1)));
    let written = |request: &&Request| request.method != "GET" && !request.path.ends_with("/$batch");
    assert_eq!(graph.requests().iter().filter(written).count(), 0);
    for (arguments, said) in [
        (&["fix", "--app", "TOTAL"][..], "--yes"),
        (&["fix", "--app", "TOTAL", "--dry-run", "--format", "patch"], "no patch is possible"),
        (&["fix", "--app", "TATOL", "--dry-run"], "TATOL"),
    ] {
        let ran = online(&graph, arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}");
        assert!(ran.stderr.contains(said), "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn fix_does_not_pass_an_unreadable_schema() {
    let closed = StandIn::start(|request, _| {
        if request.path.ends_with("/schema") { Reply::error(403, "Forbidden", "no") } else { tenant(request) }
    });
    let ran = online(&closed, &["fix", "--app", "TOTAL", "--dry-run"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
    assert!(ran.stderr.contains("the schema could not be read: 403 Forbidden"), "{}", ran.stderr);
    let without = r#"{"provlint": {"snapshot": 1}, "jobs": []}"#;
    let ran = run_with_input(&["fix", "-"], without.as_bytes());
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
    assert!(ran.stderr.contains("contains no schema"), "{}", ran.stderr);
}

/// Consequences in a tenant are shown only for changes to a tenant.
#[test]
fn fixing_a_file_shows_no_consequences_for_a_tenant() {
    let mut snapshot: Value = serde_json::from_str(include_str!("../../fixtures/snapshot.json")).unwrap();
    snapshot["jobs"][0]["schema"] = serde_json::from_str(DEFAULT).unwrap();
    let input = snapshot.to_string();
    let ran = run_with_input(&["fix", "-", "--dry-run", "--format", "json"], input.as_bytes());
    let target = &ran.json()["targets"][0];
    assert_eq!((&target["fixes"], &target["consequences"]), (&json!(1), &json!([])), "{ran:?}");
}

#[test]
fn json_report_lists_changes_and_locations() {
    let json = run(&["fix", "fixtures/default-export.json", "--dry-run", "--format", "json"]).json();
    assert_eq!(json["summary"], json!({"fixes": 1, "unsafe": 0, "tenant": 0, "manual": 0}));
    let changes = json["fixes"][0]["changes"].as_array().unwrap();
    assert!(!changes.is_empty());
    let (before, after): (Value, Value) =
        (serde_json::from_str(DEFAULT).unwrap(), serde_json::from_str(TOTAL).unwrap());
    for change in changes {
        let pointer = change["pointer"].as_str().unwrap();
        assert_eq!((before.pointer(pointer), after.pointer(pointer)), (change.get("old"), change.get("new")));
    }
}
