//! Standard output and standard error: their style is decided once, and all output goes through here.

use std::env;
use std::io::{self, BufWriter, IsTerminal, Write};

use clap::ValueEnum;
use supports_unicode::Stream;

use super::problem::Problem;
use super::shell;
use crate::report::{self, Style};
use crate::text::shell::Shell;
use crate::text::{Outlet, one_line};

/// The narrowest layout; narrower text is not readable.
const NARROWEST: usize = 40;
/// The widest layout; longer lines are hard to read.
const WIDEST: usize = 120;
/// The width without a terminal.
const USUAL: usize = 100;

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ColorChoice {
    /// On a terminal only
    Auto,
    /// Also in a pipe or a file
    Always,
    /// Never
    Never,
}

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
            color: colored(choice, terminal && shows_colors(stream)),
            unicode: shows_frames(terminal, stream),
            width,
            folds: terminal,
            verbose: false,
            quiet: false,
        };
        Screen {
            out: style(io::stdout().is_terminal(), Stream::Stdout),
            err: style(io::stderr().is_terminal(), Stream::Stderr),
        }
    }

    /// Standard output.
    pub(in crate::cli) fn output(&self) -> Outlet<'static> {
        Outlet::new(BufWriter::new(io::stdout().lock()), self.out.color)
    }

    /// Standard error.
    fn error(&self) -> Outlet<'static> {
        Outlet::new(io::stderr().lock(), self.err.color)
    }

    /// A row of a table for standard output: on a terminal `text` is folded, with `indent` before each further line. A
    /// pipe gets one line for each row, which can be searched.
    pub(in crate::cli) fn row(&self, text: &str, indent: usize) -> String {
        if !io::stdout().is_terminal() {
            return text.to_owned();
        }
        let indent = " ".repeat(indent);
        textwrap::fill(text, textwrap::Options::new(self.out.width).subsequent_indent(&indent))
    }

    /// Writes results to standard output.
    pub(in crate::cli) fn print(&self, text: &str) -> Result<(), Problem> {
        let mut out = self.output();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Problem::output)
    }

    /// Writes a report to standard output, or to standard error, which may have another style.
    pub(in crate::cli) fn show(
        &self,
        on_error: bool,
        write: impl FnOnce(&Style, &mut Outlet<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let (style, mut out) = if on_error { (&self.err, self.error()) } else { (&self.out, self.output()) };
        write(style, &mut out)?;
        out.flush()
    }

    /// Writes a sentence to standard output.
    pub(in crate::cli) fn say(&self, sentence: &str) -> Result<(), Problem> {
        self.print(&format!("{}\n", one_line(sentence)))
    }

    /// Writes a problem to standard error. Nothing can be done when that fails.
    pub(in crate::cli) fn complain(&self, problem: &Problem) {
        if let Some((parts, count)) = problem.parts() {
            return parts.iter().chain([&count]).for_each(|part| self.complain(part));
        }
        let mut out = self.error();
        let _ = write!(out, "{}", report::render(problem, &self.err)).and_then(|()| out.flush());
    }

    /// A problem as [`Screen::complain`] shows it.
    pub(in crate::cli) fn rendered(&self, problem: &Problem) -> String {
        report::render(problem, &Style { color: false, ..self.err })
    }

    /// Writes a remark to standard error.
    pub(in crate::cli) fn remark(&self, text: &str) {
        note(text);
    }
}

/// Writes a remark to standard error.
pub(in crate::cli) fn note(text: &str) {
    tell(&format!("note: {}\n", one_line(text)));
}

/// Writes text without colours to standard error. Adds no line end, so that an answer can be typed after it. Nothing
/// can be done when that fails.
pub(in crate::cli) fn tell(text: &str) {
    let mut out = Outlet::new(io::stderr().lock(), false);
    let _ = write!(out, "{text}").and_then(|()| out.flush());
}

/// Writes bytes to standard output unchanged: a document of this program, or the content of a file.
pub(in crate::cli) fn document(bytes: &[u8]) -> Result<(), Problem> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(Problem::output)
}

/// Clears the terminal that shows standard output.
pub(in crate::cli) fn clear() -> Result<(), Problem> {
    document(b"\x1b[H\x1b[2J")
}

/// Whether text on a stream can be cleared again.
pub(in crate::cli) fn can_be_cleared(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Whether a terminal shows colours. A console of Windows does only after they are switched on.
#[cfg(windows)]
fn shows_colors(stream: Stream) -> bool {
    let console = match stream {
        Stream::Stdout => console::Term::stdout(),
        Stream::Stderr => console::Term::stderr(),
    };
    console.features().colors_supported() || env::var_os("NO_COLOR").is_some()
}

#[cfg(not(windows))]
fn shows_colors(_: Stream) -> bool {
    true
}

/// Whether box-drawing characters can be shown. Both PowerShells read a pipe in the console's code page, which seldom has
/// them.
fn shows_frames(terminal: bool, stream: Stream) -> bool {
    let is_read_by_powershell = !terminal && shell::here() != Shell::Posix;
    !is_read_by_powershell && supports_unicode::on(stream)
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
