//! The terminal and the process: output, progress, confirmation, errors and exit codes.

mod absent;
pub(in crate::cli) mod advice;
pub(in crate::cli) mod connecting;
pub(in crate::cli) mod consent;
pub(in crate::cli) mod exit;
pub(in crate::cli) mod gap;
pub(in crate::cli) mod interrupt;
pub(in crate::cli) mod last_words;
pub(in crate::cli) mod output;
pub(in crate::cli) mod problem;
pub(in crate::cli) mod progress;
pub(in crate::cli) mod root;
pub(in crate::cli) mod running;
pub(in crate::cli) mod screen;
pub(in crate::cli) mod shell;
pub(in crate::cli) mod wording;
