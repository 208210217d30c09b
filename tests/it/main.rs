//! Every test that drives the program or reads more than one room: one binary, a module a subject.
//!
//! `cargo test --test it lsp::` runs one module.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests stop where something is not as it should be"
)]

#[macro_use]
mod common;

#[cfg(unix)]
mod action;
mod architecture;
mod baseline;
mod book;
mod check;
mod commands;
mod completion;
mod diff;
mod documents;
mod examples;
mod expressions;
mod fix;
mod fixtures;
mod formats;
mod hostile;
mod laws;
mod live;
mod lsp;
mod mend;
mod pages;
mod peers;
mod picture;
mod preview;
mod probe;
mod profiles;
mod reports;
mod running;
mod schemas;
mod sign_in;
mod tenants;
mod write;
