//! Watching a job until its cycle has ended.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::job::{AppJob, standing};
use super::live::Connection;
use super::problem::Problem;
use super::screen::Screen;
use crate::graph::GraphError;
use crate::operation::{Standing, State};
use crate::report::counts;

/// How to wait.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// Between two looks.
    pub(super) every: Duration,
    /// All in all; `None` for as long as it takes.
    pub(super) longest: Option<Duration>,
    /// How long the first cycle takes by Microsoft's estimate, in minutes at least and at most.
    pub(super) estimate: Option<(u64, u64)>,
}

/// Why watching ended. The job goes on in any case.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ended {
    /// A cycle has ended well.
    Through(Standing),
    /// Entra has put the job into quarantine, or somebody has paused it.
    Stopped(Standing),
    /// It takes longer than was wanted.
    TooLong(Standing),
    /// Somebody pressed Ctrl-C.
    Interrupted,
}

/// Looks at a job until a cycle has ended that hadn't `before`.
pub(super) fn watch(
    connection: &Connection,
    job: &AppJob,
    before: &Standing,
    patience: Patience,
    screen: &Screen,
) -> Result<Ended, Problem> {
    let begun = Instant::now();
    let mut display = Display::new(connection.shows_progress());
    let ended = loop {
        let now = match connection.block_on(look(connection, job)) {
            Look::Seen(Ok(seen)) => standing(&seen)?,
            Look::Seen(Err(error)) => {
                display.end();
                return Err(job.refused("the job could not be looked at; it goes on all the same", &error));
            }
            Look::Interrupted => break Ended::Interrupted,
        };
        if matches!(now.state, State::Quarantine | State::Paused | State::NotConfigured) {
            break Ended::Stopped(now);
        }
        if is_through(before, &now) {
            break Ended::Through(now);
        }
        display.show(&line(&now, begun.elapsed(), patience.estimate), &progress(&now), screen);
        if patience.longest.is_some_and(|longest| begun.elapsed() + patience.every > longest) {
            break Ended::TooLong(now);
        }
        if connection.block_on(interrupted(patience.every)) {
            break Ended::Interrupted;
        }
    };
    display.end();
    Ok(ended)
}

enum Look {
    Seen(Result<serde_json::Value, GraphError>),
    Interrupted,
}

async fn look(connection: &Connection, job: &AppJob) -> Look {
    tokio::select! {
        seen = async { job.client(connection).job(&job.standing.job).await } => Look::Seen(seen),
        Ok(()) = tokio::signal::ctrl_c() => Look::Interrupted,
    }
}

/// Waits; whether somebody pressed Ctrl-C meanwhile.
pub(super) async fn interrupted(pause: Duration) -> bool {
    tokio::select! {
        () = tokio::time::sleep(pause) => false,
        Ok(()) = tokio::signal::ctrl_c() => true,
    }
}

/// Whether everything was synchronized since. Times are compared with each other, not with this machine's clock.
fn is_through(before: &Standing, now: &Standing) -> bool {
    let newer = |old, new: Option<jiff::Timestamp>| new.is_some() && new > old;
    let ended = |standing: &Standing| standing.last_success.as_ref().and_then(|cycle| cycle.ended);
    now.first_steady.is_some()
        && (newer(before.first_steady, now.first_steady)
            || newer(before.last_steady, now.last_steady)
            || newer(ended(before), ended(now)))
}

/// `first cycle: 2 min of 1 to 4 min; 12 users, 1 group; 2 wait for another try`
fn line(now: &Standing, elapsed: Duration, estimate: Option<(u64, u64)>) -> String {
    let minutes = elapsed.as_secs() / 60;
    let of = match estimate {
        Some((least, most)) if least == most || least == 0 => format!(" of up to {most} min"),
        Some((least, most)) => format!(" of {least} to {most} min"),
        None => String::new(),
    };
    format!("{minutes} min{of}; {}", progress(now))
}

/// What changes while a cycle runs.
fn progress(now: &Standing) -> String {
    let cycle = if now.state == State::InitialCycle { "first cycle" } else { "cycle" };
    let waiting = match now.escrowed() {
        0 => String::new(),
        waiting => format!("; {waiting} wait for another try"),
    };
    format!("{cycle}: {} provisioned{waiting}", counts(now))
}

/// On a terminal a line that changes; in a pipe a line for each change.
struct Display {
    bar: Option<ProgressBar>,
    shown: String,
    wanted: bool,
}

impl Display {
    fn new(wanted: bool) -> Self {
        let is_terminal = std::io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        let bar = (wanted && is_terminal).then(|| {
            let bar = ProgressBar::new_spinner();
            // The template is right; if it weren't, the usual one would do.
            let style = ProgressStyle::with_template("{spinner} {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Display { bar, shown: String::new(), wanted }
    }

    fn show(&mut self, line: &str, what: &str, screen: &Screen) {
        match &self.bar {
            Some(bar) => bar.set_message(line.to_owned()),
            None if self.wanted && self.shown != what => {
                screen.remark(line);
                what.clone_into(&mut self.shown);
            }
            None => {}
        }
    }

    fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
