//! A sign of life for those who wait.

use std::io::Write;
use std::pin::pin;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::screen::can_be_cleared;
use crate::text::printable_line;

/// What takes less needs none.
const SOON: Duration = Duration::from_millis(500);
const TICK: Duration = Duration::from_millis(100);

/// Waits for `work`; on a terminal `text` stands on the last line of standard error meanwhile, if it takes long.
pub(in crate::cli) async fn shown<T>(wanted: bool, text: &str, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    if !wanted || !can_be_cleared(&std::io::stderr()) {
        return work.await;
    }
    if let Ok(done) = tokio::time::timeout(SOON, &mut work).await {
        return done;
    }
    let bar = ProgressBar::new_spinner().with_message(printable_line(text).into_owned());
    // The template is right; if it weren't, the usual one would do.
    let style = ProgressStyle::with_template("{spinner} {msg} … {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar.enable_steady_tick(TICK);
    let done = work.await;
    bar.finish_and_clear();
    done
}

/// Takes the line away, so that another text can stand there; it comes again with the next tick.
pub(in crate::cli) fn clear() {
    if can_be_cleared(&std::io::stderr()) {
        let _ = write!(std::io::stderr().lock(), "\r\x1b[2K");
    }
}
