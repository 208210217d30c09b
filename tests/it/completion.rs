//! Shell completion: the real shells source the scripts, and complete words where that needs no
//! terminal.

use std::env;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::{run, write_whole};

/// What a shell prints for a script, with provlint on its path.
fn said(shell: &[&str], script: &str) -> String {
    let here = Path::new(env!("CARGO_BIN_EXE_provlint")).parent().unwrap().to_owned();
    let path = env::var_os("PATH").unwrap_or_default();
    let paths = env::join_paths(std::iter::once(here).chain(env::split_paths(&path))).unwrap();
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).env_clear().env("PATH", paths).env("HOME", env!("CARGO_TARGET_TMPDIR"));
    command.env("LC_ALL", "C").env("TERM", "dumb");
    command.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{} must be installed: {error}", shell[0]));
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{}: {errors}", shell[0]);
    String::from_utf8(output.stdout).unwrap()
}

/// What is typed, and what the shell must offer.
const TYPED: [(&str, &[&str]); 5] = [
    ("provlint explain required-mapping-s", &["required-mapping-source"]),
    ("provlint check --select duplicate-target,anchor", &["duplicate-target,anchor-mapped"]),
    ("provlint check --profile truu", &["truu-total"]),
    ("provlint check --format sa", &["sarif"]),
    ("provlint check fixtures/total-e", &["fixtures/total-export.json"]),
];

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs bash 4")]
fn bash_offers_rules_profiles_formats_and_files() {
    let mut script = "source <(provlint completions bash)\n".to_owned();
    for (typed, _) in TYPED {
        // The variables that bash sets before it calls the function.
        script += &format!(
            "COMP_WORDS=({typed}); COMP_CWORD=$((${{#COMP_WORDS[@]}}-1)); COMP_TYPE=9; COMPREPLY=()\n\
             _clap_complete_provlint provlint \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"\n\
             echo \"${{COMPREPLY[*]}}\"\n"
        );
    }
    let offered = said(&["bash", "--norc"], &script);
    let wanted: Vec<String> = TYPED.iter().map(|(_, wanted)| wanted.join(" ")).collect();
    assert_eq!(offered.lines().collect::<Vec<_>>(), wanted);
}

#[test]
#[ignore = "needs fish"]
fn fish_offers_the_same_with_descriptions() {
    let mut script = "provlint completions fish | source\n".to_owned();
    for (typed, _) in TYPED {
        script += &format!("complete -C '{typed}'\n");
    }
    let offered = said(&["fish", "--no-config"], &script);
    let names: Vec<&str> = offered.lines().map(|line| line.split('\t').next().unwrap_or_default()).collect();
    assert_eq!(names, TYPED.iter().flat_map(|(_, wanted)| wanted.iter().copied()).collect::<Vec<_>>());
    assert!(
        offered.contains("required-mapping-source\tA target attribute is mapped from a different source"),
        "{offered}"
    );
}

#[test]
#[ignore = "needs zsh"]
fn zsh_offers_the_same_with_descriptions() {
    // Showing completions needs a terminal; print them instead.
    let mut script = "autoload -U compinit && compinit -u -D\nsource <(provlint completions zsh)\n\
                      _describe() { print -rl -- ${(P)3} }\n"
        .to_owned();
    for (typed, _) in TYPED {
        script += &format!("words=({typed}); CURRENT=$#words; $_comps[provlint]\n");
    }
    let offered = said(&["zsh", "-f"], &script);
    let names: Vec<&str> = offered.lines().map(|line| line.split(':').next().unwrap_or_default()).collect();
    assert_eq!(names, TYPED.iter().flat_map(|(_, wanted)| wanted.iter().copied()).collect::<Vec<_>>());
    assert!(
        offered.contains("required-mapping-source:A target attribute is mapped from a different source"),
        "{offered}"
    );
}

/// `PROVLINT_UPDATE=1 cargo test --test it completion` writes them.
#[test]
fn the_committed_scripts_are_current() {
    for (shell, file) in [
        ("bash", "provlint.bash"),
        ("zsh", "_provlint"),
        ("fish", "provlint.fish"),
        ("powershell", "provlint.ps1"),
        ("elvish", "provlint.elv"),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions").join(file);
        let made = run(&["completions", shell]).stdout;
        assert!(made.contains("PROVLINT_COMPLETE"), "{shell}");
        if env::var_os("PROVLINT_UPDATE").is_some() {
            write_whole(&path, &made);
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(committed, made, "{file} is not what `completions {shell}` prints");
    }
}
