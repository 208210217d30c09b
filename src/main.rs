//! The `provlint` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    provlint::cli::main()
}
