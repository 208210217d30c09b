//! Progress on standard error while a request runs.

use std::io::Write;
use std::pin::pin;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::screen::can_be_cleared;
use crate::text::printable_line;

/// Shorter waits show nothing.
const SOON: Duration = Duration::from_millis(500);
const TICK: Duration = Duration::from_millis(100);

/// Waits for `work`; on a terminal, shows `text` on the last line of standard error if it takes long.
pub(in crate::cli) async fn shown<T>(wanted: bool, text: &str, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    if !wanted || !can_be_cleared(&std::io::stderr()) {
        return work.await;
    }
    if let Ok(done) = tokio::time::timeout(SOON, &mut work).await {
        return done;
    }
    let bar = ProgressBar::new_spinner().with_message(printable_line(text).into_owned());
    // The template is valid; the default is a fallback that the types ask for.
    let style = ProgressStyle::with_template("{spinner} {msg} … {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar.enable_steady_tick(TICK);
    let done = work.await;
    bar.finish_and_clear();
    done
}

/// Clears the line for other output; the next tick draws it again.
pub(in crate::cli) fn clear() {
    if can_be_cleared(&std::io::stderr()) {
        let _ = write!(std::io::stderr().lock(), "\r\x1b[2K");
    }
}
