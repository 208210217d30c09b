//! Runs the real program in the same environment on every machine.

#[macro_use]
pub mod agreed;
pub mod editor;
pub mod endpoint;
pub mod fault;
pub mod graph;
pub mod layout;
pub mod page;
pub mod patch;
pub mod prism;
pub mod schema;
pub mod scim;
pub mod server;
pub mod writable;

use std::io::{self, Write};
use std::panic::resume_unwind;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;

/// The result of a run of the program.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// All of it, for snapshots.
    pub fn page(&self) -> String {
        let part = |name: &str, text: &str| {
            if text.is_empty() { String::new() } else { format!("----- {name} -----\n{text}") }
        };
        let code = self.code.map_or("none".to_owned(), |code| code.to_string());
        format!("exit code: {code}\n{}{}", part("stdout", &self.stdout), part("stderr", &self.stderr))
    }

    /// The printed JSON; a report is validated with its schema.
    pub fn json(&self) -> serde_json::Value {
        let value = serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        schema::expect_report(&value);
        value
    }
}

/// Writes a generated file atomically, so that a concurrent test reads either the old or the new one.
pub fn write_whole(path: &Path, text: &str) {
    let beside = path.with_added_extension("new");
    std::fs::write(&beside, text).expect("it is written");
    std::fs::rename(&beside, path).expect("it takes the old one's place");
}

/// A line as `echo`, `>` and `Out-File` of both PowerShells write it: UTF-8 with and without a byte order mark, and UTF-16.
pub fn as_powershell_writes(line: &str) -> [Vec<u8>; 4] {
    let line = format!("{line}\r\n");
    let utf16 =
        |bytes: fn(u16) -> [u8; 2]| std::iter::once(0xFEFF).chain(line.encode_utf16()).flat_map(bytes).collect();
    [
        line.clone().into_bytes(),
        format!("\u{feff}{line}").into_bytes(),
        utf16(u16::to_le_bytes),
        utf16(u16::to_be_bytes),
    ]
}

/// A path as the program shows it, with forward slashes on Windows, too.
pub fn shown(path: &Path) -> String {
    let path = path.display().to_string();
    if cfg!(windows) { path.replace('\\', "/") } else { path }
}

/// The text without its line breaks.
pub fn flat(text: &str) -> String {
    text.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
}

/// The program, which runs in the project's root unless `current_dir` changes it.
pub fn provlint(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_provlint"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "LANG", "LC_CTYPE", "GITHUB_STEP_SUMMARY"] {
        command.env_remove(name);
    }
    // The sign-in and proxy of the machine must not affect the tests.
    let own = |name: &str| ["AZURE_", "ARM_", "PROVLINT_", "ACTIONS_"].iter().any(|prefix| name.starts_with(prefix));
    let proxy = |name: &str| name.to_ascii_uppercase().ends_with("_PROXY");
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| own(name) || proxy(name)) {
            command.env_remove(name);
        }
    }
    // On Windows, a POSIX shell quotes commands and shows frames as everywhere else.
    command.env("LC_ALL", "C.UTF-8").env("TERM", "xterm-256color").env("SHELL", "/bin/sh");
    command
}

/// Removes every variable, except the one without which Windows has neither sockets nor certificates.
pub fn clear_environment(command: &mut Command) -> &mut Command {
    command.env_clear();
    if let Some(root) = std::env::var_os("SYSTEMROOT") {
        command.env("SYSTEMROOT", root);
    }
    command
}

/// Tests every case, some at the same time: each case runs the program, which mostly waits for its stand-in.
pub fn side_by_side<C: Send>(cases: impl IntoIterator<Item = C, IntoIter: Send>, test: impl Fn(C) + Sync) {
    const AT_ONCE: usize = 4;
    let remaining = Mutex::new(cases.into_iter());
    let next = || remaining.lock().expect("no panic while taking a case").next();
    let work = || {
        while let Some(case) = next() {
            test(case);
        }
    };
    thread::scope(|scope| {
        let workers: [_; AT_ONCE] = std::array::from_fn(|_| scope.spawn(work));
        for worker in workers {
            worker.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
    });
}

pub fn run(arguments: &[&str]) -> Ran {
    finish(&mut provlint(arguments))
}

pub fn run_in(directory: &Path, arguments: &[&str]) -> Ran {
    finish(provlint(arguments).current_dir(directory))
}

/// What Wine answers once in thousands of times instead of starting a process: ERROR_INTERNAL_ERROR.
const WINE_FAILED: i32 = 1359;

pub fn finish(command: &mut Command) -> Ran {
    let mut outputs = std::iter::repeat_with(|| command.output()).take(3);
    let has_run = |output: &io::Result<_>| {
        !cfg!(windows) || output.as_ref().err().and_then(io::Error::raw_os_error) != Some(WINE_FAILED)
    };
    let output = outputs.find(has_run).expect("Wine starts it in three attempts").expect("the program runs");
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("the output is UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("the errors are UTF-8"),
    }
}

/// Runs it with `input` on standard input.
pub fn run_with_input(arguments: &[&str], input: &[u8]) -> Ran {
    let mut command = provlint(arguments);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(input).expect("the program reads its input");
    let output = child.wait_with_output().expect("the program ends");
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
