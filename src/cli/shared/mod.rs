//! Flags that several commands share, and the code behind them.

pub(in crate::cli) mod baseline;
pub(in crate::cli) mod candidates;
pub(in crate::cli) mod cycle;
pub(in crate::cli) mod destination;
pub(in crate::cli) mod endpoint;
mod exporter;
pub(in crate::cli) mod format;
pub(in crate::cli) mod input;
pub(in crate::cli) mod interval;
pub(in crate::cli) mod job;
pub(in crate::cli) mod judging;
pub(in crate::cli) mod live;
pub(in crate::cli) mod next;
pub(in crate::cli) mod policies;
pub(in crate::cli) mod ready;
pub(in crate::cli) mod schema_text;
pub(in crate::cli) mod secret_token;
pub(in crate::cli) mod users;
pub(in crate::cli) mod writing;
