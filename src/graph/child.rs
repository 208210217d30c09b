//! Runs the Azure CLI so that nothing of it is left when nobody waits for it any more.

use std::ffi::OsStr;
use std::io;
use std::process::{Output, Stdio};

use azure_identity::Executor;
use tokio::process::{Child, Command};

#[cfg(not(unix))]
use super::azure_cli::program;

/// Runs a program, and ends it with all its children when the run is dropped or this program ends.
#[derive(Debug)]
pub(super) struct Guarded;

/// Runs the rest of the arguments in the group of this shell. The watcher reads a pipe that only provlint holds open; at
/// its end, whatever the reason, it ends the group.
#[cfg(unix)]
const GUARD: &str = r#"exec 3<&0 </dev/null
{ read -r _ <&3; kill -KILL 0; } >/dev/null 2>&1 &
watcher=$!
"$@" 3<&-
status=$?
kill -KILL "$watcher"
exit "$status""#;

#[async_trait::async_trait]
impl Executor for Guarded {
    async fn run(&self, program: &OsStr, args: &[&OsStr]) -> io::Result<Output> {
        #[cfg(unix)]
        let mut command = {
            let mut command = Command::new("/bin/sh");
            command.args(["-c", GUARD, "sh"]).arg(program).args(args).stdin(Stdio::piped()).process_group(0);
            command
        };
        #[cfg(not(unix))]
        let mut command = {
            let _ = program;
            let (mut command, words) = (alone()?, args.last().copied().unwrap_or_default());
            command.args(words_after_program(words)).stdin(Stdio::null());
            command
        };
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let tree = Tree::of(&mut child);
        let output = child.wait_with_output().await;
        tree.has_ended();
        output
    }
}

/// The Azure CLI by its path, in the system's directory.
///
/// `azure_identity` runs `cmd /C "cd %SYSTEMROOT% && az …"`. On Windows, a program is looked for in the working directory
/// first, and `cd` does not leave the drive, so this would run an `az.cmd` beside the exports that somebody else wrote.
#[cfg(not(unix))]
fn alone() -> io::Result<Command> {
    let variable = |name: &str| std::env::var_os(name).ok_or(io::ErrorKind::NotFound);
    let program = program(&variable("PATH")?).ok_or(io::ErrorKind::NotFound)?;
    let mut command = Command::new(program);
    // The CLI's script may itself start `python` by its name.
    command.current_dir(std::path::Path::new(&variable("SYSTEMROOT")?).join("System32"));
    Ok(command)
}

/// The arguments in `cd %SYSTEMROOT% && az ARGUMENTS`. They are flags, a URL and the name of a tenant, which
/// `azure_identity` has checked: none has a space.
#[cfg(any(test, not(unix)))]
fn words_after_program(command: &OsStr) -> Vec<String> {
    let command = command.to_string_lossy();
    let (_, arguments) = command.split_once(" && az ").unwrap_or_default();
    arguments.split_ascii_whitespace().map(str::to_owned).collect()
}

/// A running program with its children, which ends with this value.
struct Tree {
    /// The pipe that the watcher reads.
    #[cfg(unix)]
    pipe: Option<tokio::process::ChildStdin>,
    /// The program's process id, until it has ended.
    #[cfg(not(unix))]
    id: Option<u32>,
}

#[cfg(unix)]
impl Tree {
    fn of(child: &mut Child) -> Self {
        Tree { pipe: child.stdin.take() }
    }

    fn has_ended(mut self) {
        self.pipe = None;
    }
}

#[cfg(not(unix))]
impl Tree {
    fn of(child: &mut Child) -> Self {
        Tree { id: child.id() }
    }

    fn has_ended(mut self) {
        self.id = None;
    }
}

#[cfg(not(unix))]
impl Drop for Tree {
    fn drop(&mut self) {
        let (Some(id), Some(root)) = (self.id, std::env::var_os("SYSTEMROOT")) else { return };
        let program = std::path::Path::new(&root).join("System32").join("taskkill.exe");
        let mut kill = std::process::Command::new(program);
        kill.args(["/T", "/F", "/PID", &id.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // The time is up anyway; a program that cannot be ended changes nothing.
        let _ = kill.status();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_of_the_azure_cli_are_those_of_the_library() {
        let command = "cd C:\\WINDOWS && az account get-access-token -o json --scope https://graph.microsoft.com/.default --tenant t-1";
        let words = words_after_program(OsStr::new(command));
        assert_eq!(words[..4], ["account", "get-access-token", "-o", "json"]);
        assert_eq!(words[4..], ["--scope", "https://graph.microsoft.com/.default", "--tenant", "t-1"]);
    }
}
