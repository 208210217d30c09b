//! Watching a job until its cycle has ended.

use std::io;
use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::time::timeout;

use super::job::{AppJob, standing};
use super::live::Connection;
use crate::cli::terminal::interrupt::{rest, unless};
use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::screen::{Screen, can_be_cleared};
use crate::graph::GraphError;
use crate::operation::{Standing, State};
use crate::report::counts;
use crate::text::printable_line;

/// How to wait.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct Patience {
    /// Between two looks.
    pub(in crate::cli) every: Duration,
    /// All in all; `None` for as long as it takes.
    pub(in crate::cli) longest: Option<Duration>,
    /// How long the first cycle takes by Microsoft's estimate, in minutes at least and at most.
    pub(in crate::cli) estimate: Option<(u64, u64)>,
}

/// Why watching ended. The job goes on in any case.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::cli) enum Ended {
    /// A cycle has ended well.
    Through(Standing),
    /// Entra has put the job into quarantine, or somebody has paused it.
    Stopped(Standing),
    /// It takes longer than was wanted.
    TooLong,
    /// Somebody pressed Ctrl-C.
    Interrupted,
}

/// Looks at a job until a cycle has ended that hadn't `before`.
pub(in crate::cli) fn watch(
    connection: &Connection,
    job: &AppJob,
    before: &Standing,
    patience: Patience,
    screen: &Screen,
) -> Result<Ended, Problem> {
    let begun = Instant::now();
    let mut display = Display::new(connection.shows_progress());
    // One that is listened for all the time: what is pressed between two looks counts too.
    let mut pressed = pin!(tokio::signal::ctrl_c().fuse());
    let mut unseen = 0;
    let ended = loop {
        let is_over = patience.longest.is_some_and(|longest| begun.elapsed() >= longest);
        let client = job.client(connection);
        let looking = async {
            let look = client.job(&job.standing.job);
            match patience.longest {
                // The last look has a moment of its own.
                Some(longest) => timeout(longest.saturating_sub(begun.elapsed()).max(LAST_LOOK), look).await.ok(),
                None => Some(look.await),
            }
        };
        let now = match connection.block_on(unless(looking, &mut pressed)) {
            None => break Ended::Interrupted,
            Some(None) => break Ended::TooLong,
            Some(Some(seen)) => seen,
        };
        let now = match now {
            Ok(seen) => standing(&seen)?,
            // Graph may be busy for a while, and the job doesn't mind.
            Err(error) if is_passing(&error) && unseen < MOST_UNSEEN && !is_over => {
                unseen += 1;
                display.remark(&format!("the job could not be looked at: {error}"), screen);
                match connection.block_on(rest(patience.next(begun.elapsed()), &mut pressed)) {
                    Some(()) => continue,
                    None => break Ended::Interrupted,
                }
            }
            Err(error) => {
                display.end();
                let what = if error.status() == Some(404) {
                    "the job is gone"
                } else {
                    "the job could not be looked at; it goes on all the same"
                };
                return Err(job.refused(what, &error));
            }
        };
        unseen = 0;
        if has_stopped(before, &now) && (!is_same(before, &now) || begun.elapsed() > GRACE) {
            break Ended::Stopped(now);
        }
        if is_through(before, &now) {
            break Ended::Through(now);
        }
        display.show(&line(&now, begun.elapsed(), patience.estimate), &progress(&now), screen);
        if is_over {
            break Ended::TooLong;
        }
        if connection.block_on(rest(patience.next(begun.elapsed()), &mut pressed)).is_none() {
            break Ended::Interrupted;
        }
    };
    display.end();
    Ok(ended)
}

impl Patience {
    /// How long to wait before the next look: the last is at the end.
    fn next(&self, elapsed: Duration) -> Duration {
        self.longest.map_or(self.every, |longest| self.every.min(longest.saturating_sub(elapsed)))
    }
}

/// So many looks in a row may fail.
pub(in crate::cli) const MOST_UNSEEN: usize = 10;

/// How long the last look may take.
const LAST_LOOK: Duration = Duration::from_secs(5);

/// Whether a later look may well succeed.
pub(in crate::cli) fn is_passing(error: &GraphError) -> bool {
    error.status().is_none_or(|status| status == 429 || status >= 500)
}

/// So long may a job that was started show the state that it had before.
const GRACE: Duration = Duration::from_secs(90);

/// Whether no cycle comes any more, or only now and then.
fn has_stopped(before: &Standing, now: &Standing) -> bool {
    match now.state {
        State::InitialCycle | State::Steady => false,
        State::Quarantine => true,
        // It wasn't known what to make of it before either.
        State::Unknown => before.state != State::Unknown,
        State::Paused | State::NotConfigured | State::NotStarted | State::Off => true,
    }
}

/// Whether a job that was told to run shows nothing of it yet.
fn is_same(before: &Standing, now: &Standing) -> bool {
    let since = |standing: &Standing| standing.quarantine.as_ref().and_then(|quarantine| quarantine.since);
    before.state == now.state && since(before) == since(now)
}

/// Whether everything was synchronized since. Times of Graph are compared with each other, not with this machine's
/// clock.
fn is_through(before: &Standing, now: &Standing) -> bool {
    match before.first_steady {
        None => now.first_steady.is_some(),
        Some(_) => now.last_steady > before.last_steady,
    }
}

/// `2 min of 1 to 4 min; first cycle: 12 users, 1 group provisioned; 2 wait for another try`
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
    let failed = match (now.failures_in_a_row, now.last.as_ref().and_then(|last| last.error.as_ref())) {
        (..=0, _) => String::new(),
        (count, error) => {
            let said = error.map(|error| format!(": {error}")).unwrap_or_default();
            format!("; cycles that failed altogether: {count}{said}")
        }
    };
    printable_line(&format!("{cycle}: {} provisioned{waiting}{failed}", counts(now))).into_owned()
}

/// On a terminal a line that changes; in a pipe a line for each change.
struct Display {
    bar: Option<ProgressBar>,
    shown: String,
    wanted: bool,
}

impl Display {
    fn new(wanted: bool) -> Self {
        let bar = (wanted && can_be_cleared(&io::stderr())).then(|| {
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

    /// Says something beside the line.
    fn remark(&self, text: &str, screen: &Screen) {
        match &self.bar {
            Some(bar) => bar.suspend(|| screen.remark(text)),
            None => screen.remark(text),
        }
    }

    fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
