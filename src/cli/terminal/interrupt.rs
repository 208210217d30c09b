//! Ctrl-C, where it ends a wait and not the program.

use std::io;
use std::pin::pin;
use std::time::Duration;

/// Waits for `work`; `None` where somebody pressed Ctrl-C first.
pub(in crate::cli) async fn unless_pressed<T>(work: impl Future<Output = T>) -> Option<T> {
    unless(work, &mut pin!(tokio::signal::ctrl_c())).await
}

/// The same with an ear that has been open for a while: what was pressed since counts too.
pub(in crate::cli) async fn unless<T>(
    work: impl Future<Output = T>,
    pressed: &mut (impl Future<Output = io::Result<()>> + Unpin),
) -> Option<T> {
    tokio::select! {
        done = work => Some(done),
        Ok(()) = pressed => None,
    }
}

/// Waits for a while. The clock is the runtime's, so that this has to be awaited in it.
pub(in crate::cli) async fn rest(
    pause: Duration,
    pressed: &mut (impl Future<Output = io::Result<()>> + Unpin),
) -> Option<()> {
    unless(tokio::time::sleep(pause), pressed).await
}
