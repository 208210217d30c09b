//! What files, links and file systems can do to a run: nothing outside a directory is read or written, no input is
//! overwritten, and every file is whole.

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use crate::common::{Ran, finish, flat, provlint, run_in};
use serde_json::{Value, json};
use tempfile::TempDir;

const DEFAULT: &str = include_str!("../../fixtures/default-export.json");
const TOTAL: &str = include_str!("../../fixtures/total-export.json");
/// Has no shape that would be masked.
const SECRET: &str = "s3cr3t-of-another-file";

/// A repository with `exports/a.json`.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for directory in ["exports", "outside", ".git"] {
        fs::create_dir(folder.path().join(directory)).unwrap();
    }
    put(&folder, "exports/a.json", DEFAULT);
    put(&folder, "outside/o.json", DEFAULT);
    put(&folder, ".git/config", &format!("[remote \"o\"]\n\turl = https://x:{SECRET}@example.com\n"));
    folder
}

fn put(folder: &TempDir, name: &str, text: &str) {
    fs::write(folder.path().join(name), text).unwrap();
}

fn read(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).unwrap()
}

fn link(folder: &TempDir, name: &str, target: &str) {
    symlink(target, folder.path().join(name)).unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    let entries = folder.read_dir().unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn target_names(ran: &Ran) -> Vec<String> {
    let targets = ran.json()["targets"].as_array().unwrap().clone();
    targets.iter().map(|target| target["name"].as_str().unwrap().to_owned()).collect()
}

/// Runs it where no file may be longer than 4 or 8 KiB, as on a disk that is full.
fn run_on_a_full_disk(folder: &TempDir, arguments: &[&str]) -> Ran {
    let mut shell = provlint(&[]);
    let program = shell.get_program().to_owned();
    shell = {
        let mut limited = Command::new("sh");
        limited.args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$@\"", "sh"]).arg(program).args(arguments);
        limited.envs(shell.get_envs().filter_map(|(name, value)| Some((name, value?))));
        limited
    };
    finish(shell.current_dir(folder.path()))
}

/// As a volume of Kubernetes holds its files.
#[test]
fn a_file_that_only_a_link_in_its_directory_names_is_read() {
    let folder = folder();
    fs::create_dir(folder.path().join("exports/..data")).unwrap();
    put(&folder, "exports/..data/e.json", DEFAULT);
    link(&folder, "exports/e.json", "..data/e.json");
    link(&folder, "exports/f.json", "..data/e.json");
    let ran = run_in(folder.path(), &["check", "exports", "--format", "json"]);
    assert_eq!(target_names(&ran), ["exports/a.json", "exports/e.json"], "each file once");
    fs::remove_file(folder.path().join("exports/a.json")).unwrap();
    fs::remove_file(folder.path().join("exports/e.json")).unwrap();
    fs::remove_file(folder.path().join("exports/f.json")).unwrap();
    link(&folder, "exports/o.json", "../outside/o.json");
    let ran = run_in(folder.path(), &["check", "exports"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("passed over: exports/o.json"), "{}", ran.stderr);
}

#[test]
fn links_out_of_a_checked_directory_are_passed_over_and_counted() {
    let folder = folder();
    link(&folder, "exports/environment.json", "/proc/self/environ");
    link(&folder, "exports/git.json", "../.git/config");
    link(&folder, "exports/missing.json", "nowhere");
    link(&folder, "exports/outside.json", "../outside/o.json");
    link(&folder, "exports/outside", "../outside");
    let check = |arguments: &[&str]| {
        finish(provlint(arguments).current_dir(folder.path()).env("CI_TOKEN", format!("synchronizationRules {SECRET}")))
    };
    let ran = check(&["check", "exports", "--format", "json"]);
    assert_eq!(target_names(&ran), ["exports/a.json"]);
    let links = ["environment.json", "git.json", "missing.json", "outside", "outside.json"];
    assert_eq!(ran.json()["passedOver"], json!(links.map(|name| format!("exports/{name}"))));
    let ran = check(&["check", "exports", "-v"]);
    assert!(!format!("{ran:?}").contains(SECRET), "{ran:?}");
    let said = flat(&ran.stdout);
    assert!(said.contains("; 5 files passed over"), "{said}");
    assert!(
        said.contains("Passed over 5 files (links, pipes or devices); to check one, name it: exports/env"),
        "{said}"
    );
    // A link into a hidden folder leads to nothing that the directory offers, even if it stays inside.
    let ran = check(&["check", ".", "--format", "json"]);
    assert_eq!(target_names(&ran), ["./exports/a.json", "./outside/o.json"]);
    assert!(!format!("{ran:?}").contains(SECRET), "{ran:?}");
}

#[test]
fn fix_writes_nothing_outside_a_directory() {
    let folder = folder();
    link(&folder, "exports/outside.json", "../outside/o.json");
    link(&folder, "exports/outside", "../outside");
    let ran = run_in(folder.path(), &["fix", "exports"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains("passed over 2 files (links, pipes or devices); to fix one, name it: exports/outside"));
    assert_eq!((read(&folder, "outside/o.json").as_str(), read(&folder, "exports/a.json").as_str()), (DEFAULT, TOTAL));
}

#[test]
fn a_file_and_a_link_to_it_are_one_input_in_a_directory() {
    let folder = folder();
    link(&folder, "exports/latest.json", "a.json");
    link(&folder, "exports/here", ".");
    fs::create_dir(folder.path().join("exports/old")).unwrap();
    put(&folder, "exports/old/b.json", DEFAULT);
    link(&folder, "exports/previous", "old");
    let ran = run_in(folder.path(), &["check", "exports", "--format", "json"]);
    assert_eq!(target_names(&ran), ["exports/a.json", "exports/old/b.json"]);
    assert_eq!(ran.json()["passedOver"], json!([]));
    let ran = run_in(folder.path(), &["fix", "exports", "exports/latest.json", "--format", "json"]);
    let fixed: Vec<Value> =
        ran.json()["targets"].as_array().unwrap().iter().map(|target| target["fixes"].clone()).collect();
    assert_eq!(fixed, [json!(1), json!(1)], "each file once: {ran:?}");
}

#[test]
fn a_link_that_is_named_is_read_and_its_target_is_fixed() {
    let folder = folder();
    link(&folder, "exports/outside.json", "../outside/o.json");
    link(&folder, "to exports", "exports");
    let ran = run_in(folder.path(), &["check", "exports/outside.json", "to exports", "--format", "json"]);
    assert_eq!(target_names(&ran), ["exports/outside.json", "to exports/a.json"]);
    assert_eq!(run_in(folder.path(), &["fix", "exports/outside.json"]).code, Some(0));
    assert_eq!(read(&folder, "outside/o.json"), TOTAL);
    assert!(fs::symlink_metadata(folder.path().join("exports/outside.json")).unwrap().is_symlink());
}

#[test]
fn links_in_a_folder_of_entra_exporter_are_not_followed() {
    let folder = folder();
    let app = "exports/ServicePrincipals/1";
    fs::create_dir_all(folder.path().join(app).join("AppRoleAssignedTo")).unwrap();
    put(&folder, &format!("{app}/1.json"), r#"{"id": "1", "displayName": "TOTAL", "appId": "2"}"#);
    put(&folder, "provlint.yaml", "app:\n  names: [TOTAL]\n");
    fs::create_dir(folder.path().join("outside/3")).unwrap();
    put(&folder, "outside/3/3.json", &format!("[{SECRET}]"));
    link(&folder, &format!("{app}/AppRoleAssignedTo/3"), "../../../../outside/3");
    fs::create_dir_all(folder.path().join("exports/ServicePrincipals/4")).unwrap();
    link(&folder, "exports/ServicePrincipals/4/4.json", "../../../.git/config");
    let ran = run_in(folder.path(), &["check", "exports", "--format", "json"]);
    assert!(!format!("{ran:?}").contains(SECRET), "{ran:?}");
    assert_eq!(target_names(&ran), [app, "exports/a.json"]);
    assert!(ran.json()["passedOver"].to_string().contains("4/4.json"), "{ran:?}");
}

#[test]
fn pipes_and_directories_that_look_like_exports_do_not_stop_a_run() {
    let folder = folder();
    fs::create_dir(folder.path().join("exports/d.json")).unwrap();
    let made = Command::new("mkfifo").arg(folder.path().join("exports/pipe.json")).status().unwrap();
    assert!(made.success());
    let ran = run_in(folder.path(), &["check", "exports", "--format", "json"]);
    assert_eq!(target_names(&ran), ["exports/a.json"]);
    assert_eq!(ran.json()["passedOver"], json!(["exports/pipe.json"]));
    assert_eq!(run_in(folder.path(), &["fix", "exports"]).code, Some(0));
    let ran = run_in(folder.path(), &["check", "/dev/null", "exports/d.json"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

#[test]
fn a_file_that_would_fill_the_memory_is_not_read() {
    let folder = folder();
    File::create(folder.path().join("huge.json")).unwrap().set_len(513 << 20).unwrap();
    for arguments in [
        &["check", "huge.json"][..],
        &["check", "exports", "--policy", "huge.json"],
        &["check", "exports", "--baseline", "huge.json"],
        &["preview", "exports/a.json", "--user", "huge.json"],
        &["fix", "huge.json"],
    ] {
        let ran = run_in(folder.path(), arguments);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains("huge.json has more than 512 MiB"), "{arguments:?}: {ran:?}");
    }
}

#[test]
fn a_policy_that_nobody_named_is_not_read_through_a_link_out_of_the_repository() {
    let folder = folder();
    for target in ["/proc/self/environ", ".git/config", "/etc/hosts", "outside/o.json"] {
        link(&folder, "provlint.yaml", target);
        let ran = run_in(folder.path(), &["check", "exports"]);
        assert_eq!(ran.code, Some(2), "{target}: {ran:?}");
        let said = flat(&ran.stderr);
        assert!(said.contains("is a link to a file elsewhere, so it is not read by itself"), "{target}: {said}");
        assert!(!said.contains(SECRET), "{said}");
        fs::remove_file(folder.path().join("provlint.yaml")).unwrap();
    }
    put(&folder, "outside/shared.yaml", "profile: generic\n");
    link(&folder, "exports/provlint.yaml", "../outside/shared.yaml");
    let ran = run_in(&folder.path().join("exports"), &["check", "a.json"]);
    assert!(ran.stdout.contains("(profile generic"), "a link within the repository is read: {ran:?}");
}

#[test]
fn of_a_file_that_is_not_json_at_all_a_message_quotes_only_the_beginning() {
    let folder = folder();
    for text in [
        read(&folder, ".git/config"),
        format!("{{ TOKEN={SECRET}; }}"),
        format!("[{SECRET}{SECRET}]"),
        format!("// {SECRET}"),
        format!("\"{SECRET}\"\n"),
        format!("\"synchronizationRules\" {SECRET}"),
        format!("[\"synchronizationRules\",\n\n{SECRET}]"),
        format!("PASSWORD={SECRET}\n"),
        format!("\"a\";\"{SECRET}\"\nb;c\n"),
    ] {
        put(&folder, "x.json", &text);
        for arguments in [
            &["check", "x.json"][..],
            &["check", "x.json", "--format", "json"],
            &["fix", "x.json"],
            &["diff", "x.json", "exports/a.json"],
            &["preview", "exports/a.json", "--user", "x.json"],
            &["check", "exports/a.json", "--baseline", "x.json"],
        ] {
            let ran = run_in(folder.path(), arguments);
            assert_eq!(ran.code, Some(2), "{arguments:?}: {ran:?}");
            assert!(!format!("{ran:?}").contains(SECRET), "{arguments:?}: {ran:?}");
        }
    }
    put(&folder, "x.json", "{\"synchronizationRules\": [\n  1,]}");
    assert!(
        run_in(folder.path(), &["check", "x.json"]).stderr.contains(" 2 │   1,]}"),
        "JSON with a mistake is quoted"
    );
}

#[test]
fn nothing_that_is_read_is_overwritten_under_any_name() {
    let folder = folder();
    link(&folder, "link.json", "exports/a.json");
    fs::hard_link(folder.path().join("exports/a.json"), folder.path().join("hard.json")).unwrap();
    put(&folder, "p.yaml", "profile: truu-total\n");
    assert_eq!(run_in(folder.path(), &["check", "exports", "--write-baseline", "b.json"]).code, Some(0));
    link(&folder, "b-link.json", "b.json");
    link(&folder, "new-link.json", "new.json");
    put(&folder, "ca.pem", "");
    let before: Vec<String> = ["exports/a.json", "p.yaml", "b.json"].map(|name| read(&folder, name)).to_vec();
    for arguments in [
        &["check", "exports", "-o", "link.json"][..],
        &["check", "exports", "-o", "hard.json"],
        &["check", "link.json", "-o", "exports/../exports/a.json"],
        &["check", "hard.json", "-o", "link.json"],
        &["check", "exports", "--policy", "p.yaml", "-o", "p.yaml"],
        &["check", "exports", "--baseline", "b.json", "-o", "b.json"],
        &["check", "exports", "--baseline", "b-link.json", "-o", "b.json"],
        &["check", "exports", "--ca-bundle", "ca.pem", "-o", "ca.pem"],
        &["check", "missing.json", "hard.json", "--format", "json", "-o", "link.json"],
        &["check", "exports", "--profile", "nope", "--format", "json", "-o", "link.json"],
        &["check", "exports", "--format", "json", "-o", "new.json", "--format", "html", "-o", "new-link.json"],
        &["check", "exports", "--format", "json", "-o", "new.json", "--write-baseline", "new-link.json"],
        &["check", "exports", "--write-baseline", "hard.json"],
        &["fix", "exports/a.json", "--policy", "p.yaml", "-o", "p.yaml"],
    ] {
        let ran = run_in(folder.path(), arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {ran:?}");
        let after: Vec<String> = ["exports/a.json", "p.yaml", "b.json"].map(|name| read(&folder, name)).to_vec();
        assert_eq!(after, before, "{arguments:?}");
        assert!(!folder.path().join("new.json").exists(), "{arguments:?}");
    }
    // The nearest policy is read without being named.
    put(&folder, "provlint.yaml", "profile: truu-total\n");
    let ran = run_in(folder.path(), &["check", "exports", "-o", "provlint.yaml"]);
    assert!(ran.stderr.contains("provlint.yaml is one of the files that are read, so nothing was written"), "{ran:?}");
    let mut summary = provlint(&["check", "exports", "--format", "github"]);
    let ran = finish(summary.current_dir(folder.path()).env("GITHUB_STEP_SUMMARY", "link.json"));
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert_eq!(read(&folder, "exports/a.json"), before[0]);
}

#[test]
fn an_export_overwrites_no_file_that_it_reads() {
    let folder = folder();
    put(&folder, "p.yaml", "profile: truu-total\n");
    link(&folder, "p-link.yaml", "p.yaml");
    // Nothing answers there: it is refused before anything is asked.
    let url = ["--graph-url", "http://127.0.0.1:9"];
    let ran = run_in(
        folder.path(),
        &[&["export", "--app", "TOTAL", "--policy", "p.yaml", "-o", "p-link.yaml"], &url[..]].concat(),
    );
    assert!(ran.stderr.contains("p-link.yaml is one of the files that are read, so nothing was written"), "{ran:?}");
    assert_eq!((ran.code, read(&folder, "p.yaml").as_str()), (Some(2), "profile: truu-total\n"), "{ran:?}");
}

#[test]
fn a_report_of_an_earlier_run_in_a_checked_directory_is_replaced() {
    let folder = folder();
    for _ in 0..2 {
        let ran = run_in(folder.path(), &["check", "exports", "-o", "exports/report.json"]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
    }
    assert!(read(&folder, "exports/report.json").contains("required-mapping-source"));
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let folder = folder();
    for (existing, name) in [("", "new.json"), ("an older report", "old.json"), ("an older report", "hard.json")] {
        if !existing.is_empty() {
            put(&folder, name, existing);
        }
        if name == "hard.json" {
            fs::hard_link(folder.path().join(name), folder.path().join("other.json")).unwrap();
        }
        let ran = run_on_a_full_disk(&folder, &["check", "exports", "-o", name]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains(&format!("{name} could not be written: ")), "{ran:?}");
        assert!(!ran.stderr.contains(".provlint-") && !ran.stderr.contains(".tmp"), "{ran:?}");
        if existing.is_empty() {
            assert!(!folder.path().join(name).exists());
        } else {
            assert_eq!(read(&folder, name), existing);
        }
    }
    let ran = run_on_a_full_disk(&folder, &["fix", "exports/a.json"]);
    assert!(ran.stderr.contains("exports/a.json could not be written: ") && !ran.stderr.contains(".tmp"), "{ran:?}");
    assert_eq!(read(&folder, "exports/a.json"), DEFAULT);
    let ran = run_on_a_full_disk(&folder, &["man", "-o", "pages"]);
    assert!(ran.stderr.contains("could not be written: ") && !ran.stderr.contains(".tmp"), "{ran:?}");
    assert_eq!(names(folder.path()), [".git", "exports", "hard.json", "old.json", "other.json", "outside", "pages"]);
    assert_eq!(names(&folder.path().join("exports")), ["a.json"], "nothing is left beside the files");
}

#[test]
fn a_report_goes_to_a_pipe_a_device_or_the_standard_output_as_it_is() {
    let folder = folder();
    let ran = run_in(
        folder.path(),
        &["check", "exports", "-q", "--format", "json", "-o", "/dev/null", "--format", "html", "-o", "/dev/null"],
    );
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(1), "", ""));
    let all = File::create(folder.path().join("all.txt")).unwrap();
    let number = all.metadata().unwrap().ino();
    let mut direct = provlint(&["check", "exports", "-q", "--format", "compact", "-o", "/dev/stdout"]);
    assert_eq!(direct.current_dir(folder.path()).stdout(all).status().unwrap().code(), Some(1));
    assert!(read(&folder, "all.txt").starts_with("exports/a.json:"));
    assert_eq!(fs::metadata(folder.path().join("all.txt")).unwrap().ino(), number, "the open file was written");
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn(move || fs::read_to_string(pipe).unwrap());
    assert_eq!(run_in(folder.path(), &["check", "exports", "-o", "pipe"]).code, Some(1));
    assert!(reader.join().unwrap().contains("required-mapping-source"));
    assert_eq!(names(folder.path()), [".git", "all.txt", "exports", "outside", "pipe"]);
}

#[test]
fn fix_keeps_the_hard_links_of_a_file() {
    let folder = folder();
    fs::hard_link(folder.path().join("exports/a.json"), folder.path().join("hard.json")).unwrap();
    fs::set_permissions(folder.path().join("hard.json"), fs::Permissions::from_mode(0o640)).unwrap();
    let ran = run_in(folder.path(), &["fix", "exports/a.json", "hard.json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!((read(&folder, "exports/a.json").as_str(), read(&folder, "hard.json").as_str()), (TOTAL, TOTAL));
    let metadata = fs::metadata(folder.path().join("hard.json")).unwrap();
    assert_eq!((metadata.nlink(), metadata.mode() & 0o777), (2, 0o640));
    assert_eq!(names(&folder.path().join("exports")), ["a.json"], "the copy of the old content is removed");
}

#[test]
fn fix_keeps_the_owner_of_a_file() {
    const NOBODY: u32 = 65_534;
    let folder = folder();
    let path = folder.path().join("exports/a.json");
    // Only root can make files of others.
    if std::os::unix::fs::chown(&path, Some(NOBODY), Some(NOBODY)).is_err() {
        return;
    }
    assert_eq!(run_in(folder.path(), &["fix", "exports"]).code, Some(0));
    let owners = || fs::metadata(&path).map(|metadata| (metadata.uid(), metadata.gid())).unwrap();
    assert_eq!((owners(), read(&folder, "exports/a.json").as_str()), ((NOBODY, NOBODY), TOTAL));
    // Another user may write to the file and must not become its owner.
    put(&folder, "exports/a.json", DEFAULT);
    std::os::unix::fs::chown(&path, Some(0), Some(0)).unwrap();
    for (path, mode) in [("exports/a.json", 0o666), ("exports", 0o777), (".", 0o755)] {
        fs::set_permissions(folder.path().join(path), fs::Permissions::from_mode(mode)).unwrap();
    }
    let mut other = provlint(&["fix", "exports/a.json"]);
    let Ok(output) = other.current_dir(folder.path()).uid(NOBODY).gid(NOBODY).output() else { return };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!((owners(), read(&folder, "exports/a.json").as_str()), ((0, 0), TOTAL));
    // A report is written to a file in a folder that takes no new ones.
    put(&folder, "report.md", "old");
    fs::set_permissions(folder.path().join("report.md"), fs::Permissions::from_mode(0o666)).unwrap();
    let mut other = provlint(&["check", "exports/a.json", "-o", "report.md"]);
    let output = other.current_dir(folder.path()).uid(NOBODY).gid(NOBODY).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(read(&folder, "report.md").starts_with("## provlint"), "{}", read(&folder, "report.md"));
}

#[test]
fn temporary_files_of_a_killed_run_are_removed_by_a_later_one() {
    let folder = folder();
    let day = SystemTime::now() - Duration::from_secs(24 * 60 * 60);
    for (name, time) in [
        (".provlint-aB3dE6.tmp", day),
        (".provlint-aB3dE7.tmp", SystemTime::now()),
        (".provlint-mine.tmp", day),
        (".provlint-aB3dE6.tmp.json", day),
        ("provlint-backup-a.json-aB3dE6.json", day),
    ] {
        let file = File::create(folder.path().join("exports").join(name)).unwrap();
        file.set_modified(time).unwrap();
    }
    link(&folder, "exports/.provlint-aB3dE8.tmp", "../outside/o.json");
    assert_eq!(run_in(folder.path(), &["fix", "exports"]).code, Some(0));
    assert_eq!(
        names(&folder.path().join("exports")),
        [
            ".provlint-aB3dE6.tmp.json",
            ".provlint-aB3dE7.tmp",
            ".provlint-aB3dE8.tmp",
            ".provlint-mine.tmp",
            "a.json",
            "provlint-backup-a.json-aB3dE6.json"
        ],
        "only what is ours, and old"
    );
}

#[test]
fn init_overwrites_a_file_only_if_that_is_asked_for_and_writes_through_links() {
    let folder = folder();
    put(&folder, "mine.yaml", "mine");
    link(&folder, "provlint.yaml", "mine.yaml");
    let ran = run_in(folder.path(), &["init"]);
    assert_eq!((ran.code, read(&folder, "mine.yaml").as_str()), (Some(2), "mine"), "{ran:?}");
    assert_eq!(run_in(folder.path(), &["init", "--force"]).code, Some(0));
    assert!(read(&folder, "mine.yaml").contains("profile: "));
    assert!(fs::symlink_metadata(folder.path().join("provlint.yaml")).unwrap().is_symlink());
}
