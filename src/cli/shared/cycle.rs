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
use crate::cli::terminal::running::JobProblem;
use crate::cli::terminal::screen::{Screen, can_be_cleared};
use crate::graph::GraphError;
use crate::operation::{Look, Standing, line, progress};
use crate::text::printable_line;

/// How to wait.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct WatchTimes {
    /// Between two reads of the job.
    pub(in crate::cli) every: Duration,
    /// In total; `None` for no limit.
    pub(in crate::cli) longest: Option<Duration>,
    /// The fewest and most minutes of the first cycle, by Microsoft's estimate.
    pub(in crate::cli) estimate: Option<(u64, u64)>,
}

/// Why watching ended. The job itself continues to run.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::cli) enum Ended {
    /// A cycle has ended.
    Through(Standing),
    /// The job is in quarantine, paused or off.
    Stopped(Standing),
    /// The longest wait is over.
    TooLong,
    /// The user pressed Ctrl-C.
    Interrupted,
}

/// Reads a job again and again until a cycle has ended that had not ended `before`.
pub(in crate::cli) fn watch(
    connection: &Connection,
    job: &AppJob,
    before: &Standing,
    times: WatchTimes,
    screen: &Screen,
) -> Result<Ended, Problem> {
    let begun = Instant::now();
    let mut display = Display::new(connection.shows_progress());
    // One listener for the whole wait, so that Ctrl-C between two reads counts too.
    let mut pressed = pin!(tokio::signal::ctrl_c().fuse());
    let mut failed_reads = 0;
    let ended = loop {
        let is_over = times.longest.is_some_and(|longest| begun.elapsed() >= longest);
        let client = job.client(connection);
        let looking = async {
            let look = client.job(&job.standing.job);
            match times.longest {
                // The last read gets a minimum of time.
                Some(longest) => timeout(longest.saturating_sub(begun.elapsed()).max(LAST_READ), look).await.ok(),
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
            // Graph may be busy for a while; that does not affect the job.
            Err(error) if is_passing(&error) && failed_reads < MOST_FAILED_READS && !is_over => {
                failed_reads += 1;
                display.remark(&format!("the job could not be read: {error}"), screen);
                match connection.block_on(rest(times.next(begun.elapsed()), &mut pressed)) {
                    Some(()) => continue,
                    None => break Ended::Interrupted,
                }
            }
            Err(error) => {
                display.end();
                return Err(JobProblem::Lost { app: job.name.clone(), error }.into());
            }
        };
        failed_reads = 0;
        match Look::at(before, &now, begun.elapsed()) {
            Look::Running => {}
            Look::Through => break Ended::Through(now),
            Look::Stopped => break Ended::Stopped(now),
        }
        display.show(&line(&now, begun.elapsed(), times.estimate), &progress(&now), screen);
        if is_over {
            break Ended::TooLong;
        }
        if connection.block_on(rest(times.next(begun.elapsed()), &mut pressed)).is_none() {
            break Ended::Interrupted;
        }
    };
    display.end();
    Ok(ended)
}

impl WatchTimes {
    /// How long to wait before the next read; the last one comes when the longest wait is over.
    fn next(&self, elapsed: Duration) -> Duration {
        self.longest.map_or(self.every, |longest| self.every.min(longest.saturating_sub(elapsed)))
    }
}

/// How many reads in a row may fail.
pub(in crate::cli) const MOST_FAILED_READS: usize = 10;

/// How long the last read may take at least.
const LAST_READ: Duration = Duration::from_secs(5);

/// Whether a later read may succeed.
pub(in crate::cli) fn is_passing(error: &GraphError) -> bool {
    error.status().is_none_or(|status| status == 429 || status >= 500)
}

/// One changing line on a terminal; one line for each change in a pipe.
struct Display {
    bar: Option<ProgressBar>,
    shown: String,
    wanted: bool,
}

impl Display {
    fn new(wanted: bool) -> Self {
        let bar = (wanted && can_be_cleared(&io::stderr())).then(|| {
            let bar = ProgressBar::new_spinner();
            // The template is valid; the default is a fallback that the types ask for.
            let style = ProgressStyle::with_template("{spinner} {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Display { bar, shown: String::new(), wanted }
    }

    fn show(&mut self, line: &str, what: &str, screen: &Screen) {
        match &self.bar {
            // The bar writes to the terminal itself.
            Some(bar) => bar.set_message(printable_line(line).into_owned()),
            None if self.wanted && self.shown != what => {
                screen.remark(line);
                what.clone_into(&mut self.shown);
            }
            None => {}
        }
    }

    /// Prints a remark above the line.
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
