//! What differs on Windows: patterns, names in two cases, quotation marks in paths, devices, locked files, and pipes of
//! PowerShell.

use std::fs;
use std::os::windows::fs::OpenOptionsExt;
use std::path::Path;

use crate::common::{finish, flat, provlint, run, run_in};

const DEFAULT: &str = include_str!("../../fixtures/default-export.json");

/// A folder with two exports.
fn exports() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("my exports")).unwrap();
    for name in ["a.json", "b [1].json"] {
        fs::write(folder.path().join("my exports").join(name), DEFAULT).unwrap();
    }
    folder
}

fn targets(folder: &Path, paths: &[&str]) -> Vec<String> {
    let ran = run_in(folder, &[&["check", "--format", "json"], paths].concat());
    let report = ran.json();
    report["targets"].as_array().unwrap().iter().map(|target| target["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn patterns_are_expanded_and_each_file_counts_once() {
    let folder = exports();
    let both = ["my exports/a.json", "my exports/b [1].json"];
    assert_eq!(targets(folder.path(), &[r"my exports\*.json"]), both);
    assert_eq!(targets(folder.path(), &[r"MY EXPORTS\?*.JSON"]).len(), 2);
    assert_eq!(targets(folder.path(), &[r"my exports\b [1].json"]), both[1..]);
    assert_eq!(targets(folder.path(), &[r"my exports\a.json", r"My Exports\A.JSON"]).len(), 1);
    let ran = run_in(folder.path(), &["check", r"my exports\*.yaml"]);
    assert!(ran.code == Some(2) && flat(&ran.stderr).contains("no file has a name like this"), "{ran:?}");
}

/// A shell passes `"C:\my exports\"` as `C:\my exports"`.
#[test]
fn a_backslash_before_a_closing_quotation_mark_does_no_harm_or_is_explained() {
    let folder = exports();
    assert_eq!(targets(folder.path(), &["my exports\""]).len(), 2);
    let ran = run_in(folder.path(), &["check", "my exports\" --format json"]);
    assert!(ran.code == Some(2) && flat(&ran.stderr).contains("leave out the backslash"), "{ran:?}");
}

#[test]
fn the_device_nul_takes_a_result() {
    let folder = exports();
    let file = folder.path().join("my exports/a.json");
    for name in ["nul", "NUL"] {
        let ran = run_in(folder.path(), &["fix", r"my exports\a.json", "-o", name]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
    assert_eq!(fs::read_to_string(file).unwrap(), DEFAULT);
    assert_eq!(folder.path().read_dir().unwrap().count(), 1, "nothing but the folder");
}

#[test]
fn a_locked_file_is_left_alone_and_the_message_says_what_to_do() {
    let folder = exports();
    let file = folder.path().join("my exports/a.json");
    let locked = fs::File::options().read(true).share_mode(0).open(&file).unwrap();
    let ran = run_in(folder.path(), &["check", r"my exports\a.json"]);
    assert!(ran.code == Some(2) && flat(&ran.stderr).contains("close the program that has it open"), "{ran:?}");
    drop(locked);
    let shared = fs::File::options().read(true).share_mode(1).open(&file).unwrap();
    let ran = run_in(folder.path(), &["fix", r"my exports\a.json"]);
    assert!(ran.code == Some(2) && flat(&ran.stderr).contains("close the program that has it open"), "{ran:?}");
    drop(shared);
    assert_eq!(fs::read_to_string(&file).unwrap(), DEFAULT);
}

#[test]
fn a_pipe_of_powershell_gets_frames_and_commands_that_it_can_use() {
    let folder = exports();
    let mut command = provlint(&["check", r"my exports\a.json"]);
    let ran =
        finish(command.current_dir(folder.path()).env_remove("SHELL").env_remove("POWERSHELL_DISTRIBUTION_CHANNEL"));
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(!ran.stdout.contains(['│', '╭', '─']), "{}", ran.stdout);
    assert!(ran.stdout.contains("provlint fix \"my exports/a.json\""), "{}", ran.stdout);
    let posix = run_in(folder.path(), &["check", r"my exports\a.json"]);
    assert!(posix.stdout.contains("provlint fix 'my exports/a.json'"), "{}", posix.stdout);
}

#[test]
fn help_calls_the_program_by_its_name() {
    for arguments in [&["--help"][..], &["check", "--help"], &["check", "--no-such-flag"]] {
        let ran = run(arguments);
        assert!(!ran.page().contains("provlint.exe") && ran.page().contains("Usage: provlint"), "{ran:?}");
    }
}
