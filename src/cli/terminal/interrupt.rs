//! Ctrl-C that ends a wait instead of the program.

use std::io;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Whether Ctrl-C was listened for. From then on it no longer ends the program by itself, until the program ends.
static IS_HEARD: AtomicBool = AtomicBool::new(false);

/// Waits for work that changes nothing; `None` if Ctrl-C came first. Until Ctrl-C is listened for elsewhere, it ends
/// the program by itself.
pub(in crate::cli) async fn unless_pressed_again<T>(work: impl Future<Output = T>) -> Option<T> {
    if IS_HEARD.load(Ordering::Relaxed) { unless_pressed(work).await } else { Some(work.await) }
}

/// Waits for `work`; `None` if Ctrl-C came first.
pub(in crate::cli) async fn unless_pressed<T>(work: impl Future<Output = T>) -> Option<T> {
    unless(work, &mut pin!(tokio::signal::ctrl_c())).await
}

/// Waits for Ctrl-C, or for what ends a program in a pipeline or a container.
pub(in crate::cli) async fn stopped() {
    IS_HEARD.store(true, Ordering::Relaxed);
    #[cfg(unix)]
    if let Ok(mut ended) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = ended.recv() => {}
        }
        return;
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// Like `unless_pressed`, with a Ctrl-C listener that is already active, so earlier presses count.
pub(in crate::cli) async fn unless<T>(
    work: impl Future<Output = T>,
    pressed: &mut (impl Future<Output = io::Result<()>> + Unpin),
) -> Option<T> {
    IS_HEARD.store(true, Ordering::Relaxed);
    tokio::select! {
        done = work => Some(done),
        Ok(()) = pressed => None,
    }
}

/// Reads a line from standard input; `None` if Ctrl-C came first, where it no longer ends the program by itself.
pub(in crate::cli) fn line_unless_pressed() -> io::Result<Option<(usize, String)>> {
    let read = || {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|length| (length, line))
    };
    if !IS_HEARD.load(Ordering::Relaxed) {
        return read().map(Some);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let line = runtime.block_on(unless_pressed(async { tokio::task::spawn_blocking(read).await? }));
    // Nothing can end a read of the terminal, so nobody waits for it.
    runtime.shutdown_background();
    line.transpose()
}

/// Waits for a while, by the clock of the tokio runtime.
pub(in crate::cli) async fn rest(
    pause: Duration,
    pressed: &mut (impl Future<Output = io::Result<()>> + Unpin),
) -> Option<()> {
    unless(tokio::time::sleep(pause), pressed).await
}
