//! Ctrl-C that ends a wait instead of the program.

use std::io;
use std::pin::pin;
use std::time::Duration;

/// Waits for `work`; `None` if Ctrl-C came first.
pub(in crate::cli) async fn unless_pressed<T>(work: impl Future<Output = T>) -> Option<T> {
    unless(work, &mut pin!(tokio::signal::ctrl_c())).await
}

/// Like `unless_pressed`, with a Ctrl-C listener that is already active, so earlier presses count.
pub(in crate::cli) async fn unless<T>(
    work: impl Future<Output = T>,
    pressed: &mut (impl Future<Output = io::Result<()>> + Unpin),
) -> Option<T> {
    tokio::select! {
        done = work => Some(done),
        Ok(()) = pressed => None,
    }
}

/// Waits for a while, by the clock of the tokio runtime.
pub(in crate::cli) async fn rest(
    pause: Duration,
    pressed: &mut (impl Future<Output = io::Result<()>> + Unpin),
) -> Option<()> {
    unless(tokio::time::sleep(pause), pressed).await
}
