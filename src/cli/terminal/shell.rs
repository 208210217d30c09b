//! The shell from which the program runs, for which it quotes the commands that it shows.

use std::env;

use crate::text::shell::Shell;

/// The shell of this process. On Windows, only Git Bash, MSYS2 and Cygwin set `SHELL`, and only PowerShell 7 says how it
/// was installed.
pub(in crate::cli) fn here() -> Shell {
    of(cfg!(windows), |name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

fn of(on_windows: bool, is_set: impl Fn(&str) -> bool) -> Shell {
    if !on_windows || is_set("SHELL") {
        Shell::Posix
    } else if is_set("POWERSHELL_DISTRIBUTION_CHANNEL") {
        Shell::PowerShell
    } else {
        Shell::WindowsPowerShell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shell_is_known_by_its_variables() {
        let of = |on_windows, set: &str| of(on_windows, |name| name == set);
        assert_eq!(of(false, ""), Shell::Posix);
        assert_eq!(of(true, "SHELL"), Shell::Posix);
        assert_eq!(of(true, "POWERSHELL_DISTRIBUTION_CHANNEL"), Shell::PowerShell);
        assert_eq!(of(true, ""), Shell::WindowsPowerShell);
    }
}
