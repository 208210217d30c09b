//! What the program says if it fails in the middle of a change: what stands, and the way back.

use std::io::Write;
use std::panic;
use std::sync::{Mutex, PoisonError, TryLockError};

use crate::text::Outlet;

/// The text while a change is made. The release aborts on a panic, so nothing else would say it.
static WORDS: Mutex<Option<String>> = Mutex::new(None);

/// Ends with the change: from then on there is nothing to say.
#[must_use = "the text is forgotten when this is dropped"]
pub(in crate::cli) struct LastWords(());

impl LastWords {
    /// The start of a change; there is nothing to say yet.
    pub(in crate::cli) fn new() -> Self {
        LastWords(())
    }

    /// The text if the program fails from now on.
    pub(in crate::cli) fn set(&self, text: String) {
        *WORDS.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
    }
}

impl Drop for LastWords {
    fn drop(&mut self) {
        // While a panic unwinds, the hook has already spoken.
        *WORDS.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Lets every panic say the text, after the usual message.
pub(in crate::cli) fn install() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        usual(info);
        let _ = speak(&mut std::io::stderr().lock());
    }));
}

/// Writes the text, if there is one.
fn speak(to: &mut dyn Write) -> std::io::Result<()> {
    // The thread that fails may hold the lock.
    let words = match WORDS.try_lock() {
        Ok(words) => words.clone(),
        Err(TryLockError::Poisoned(words)) => words.into_inner().clone(),
        Err(TryLockError::WouldBlock) => None,
    };
    let Some(words) = words else { return Ok(()) };
    let mut out = Outlet::new(to, false);
    out.write_all(words.as_bytes())?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_stands_only_while_a_change_is_made() {
        let said = || {
            let mut said = Vec::new();
            speak(&mut said).unwrap();
            String::from_utf8(said).unwrap()
        };
        assert_eq!(said(), "");
        let words = LastWords::new();
        assert_eq!(said(), "");
        words.set("the schema was sent\n".to_owned());
        words.set("the setting was sent; this restores it:\nprovlint restore b.json\n".to_owned());
        assert_eq!(said(), "the setting was sent; this restores it:\nprovlint restore b.json\n");
        let failed = panic::catch_unwind(panic::AssertUnwindSafe(|| {
            let _held = WORDS.lock();
            assert_eq!(said(), "", "a lock that is held does not block the end of the program");
            panic::resume_unwind(Box::new("a failure"));
        }));
        assert!(failed.is_err() && said().starts_with("the setting was sent"), "a poisoned lock still has its text");
        drop(words);
        assert_eq!(said(), "");
    }
}
