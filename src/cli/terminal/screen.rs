//! What the terminal can do, decided once.

use std::env;
use std::io::{self, BufWriter, IsTerminal, Write};

use supports_unicode::Stream;

use super::problem::{Harmless, Problem};
use crate::cli::ColorChoice;
use crate::report::{self, Style};
use crate::text::printable_lines;

/// The narrowest a page is laid out for; below that nothing is readable anyway.
const NARROWEST: usize = 40;
/// The widest, for lines that can still be followed.
const WIDEST: usize = 120;
/// Where there is no terminal to ask.
const USUAL: usize = 100;

/// Standard output and standard error as the reader sees them.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct Screen {
    /// How results are shown.
    pub(in crate::cli) out: Style,
    /// How remarks and problems are shown.
    pub(in crate::cli) err: Style,
}

impl Screen {
    pub(in crate::cli) fn new(choice: ColorChoice) -> Self {
        let width =
            terminal_size::terminal_size().map_or(USUAL, |(width, _)| usize::from(width.0)).clamp(NARROWEST, WIDEST);
        let style = |terminal: bool, stream: Stream| Style {
            color: colored(choice, terminal),
            unicode: supports_unicode::on(stream),
            width,
            verbose: false,
            quiet: false,
        };
        let screen = Screen {
            out: style(io::stdout().is_terminal(), Stream::Stdout),
            err: style(io::stderr().is_terminal(), Stream::Stderr),
        };
        colored::control::set_override(screen.out.color);
        screen
    }

    /// Writes results to standard output.
    pub(in crate::cli) fn print(&self, text: &str) -> Result<(), Problem> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| output_error(&error))
    }

    /// Writes a page for people to standard output, or to standard error, which may have another style.
    pub(in crate::cli) fn show(
        &self,
        on_error: bool,
        write: impl FnOnce(&Style, &mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let (style, mut out): (_, Box<dyn Write>) = if on_error {
            (&self.err, Box::new(io::stderr().lock()))
        } else {
            (&self.out, Box::new(BufWriter::new(io::stdout().lock())))
        };
        colored::control::set_override(style.color);
        write(style, &mut out)?;
        out.flush()
    }

    /// Writes a sentence to standard output, whatever names are in it.
    pub(in crate::cli) fn say(&self, sentence: &str) -> Result<(), Problem> {
        self.print(&format!("{}\n", printable_lines(sentence)))
    }

    /// Writes a problem to standard error. Nobody can be told when that fails.
    pub(in crate::cli) fn complain(&self, problem: &Problem) {
        let _ = write!(io::stderr().lock(), "{}", report::render(&Harmless(problem), &self.err));
    }

    /// Writes a remark to standard error.
    pub(in crate::cli) fn remark(&self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "note: {}", printable_lines(text));
    }
}

/// Whether what was written to a stream can be taken away again.
pub(in crate::cli) fn can_be_cleared(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// An error of standard output: a closed pipe ends quietly.
pub(in crate::cli) fn output_error(error: &io::Error) -> Problem {
    if error.kind() == io::ErrorKind::BrokenPipe {
        Problem::ClosedPipe
    } else {
        Problem::Usage { message: format!("the output could not be written: {error}"), help: String::new() }
    }
}

/// `--color`, then NO_COLOR (<https://no-color.org>), then CLICOLOR_FORCE, then the terminal.
fn colored(choice: ColorChoice, terminal: bool) -> bool {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if set("NO_COLOR").is_some() => false,
        ColorChoice::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
        ColorChoice::Auto => {
            terminal
                && set("TERM").is_none_or(|term| term != "dumb")
                && set("CLICOLOR").is_none_or(|value| value != "0")
        }
    }
}
