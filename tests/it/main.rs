//! Every test that runs the program or spans several rooms: one binary with one module per subject.
//!
//! `cargo test --test it lsp::` runs one module.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking"
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
mod dotnet;
mod edges;
mod examples;
mod expressions;
mod expressions_in_use;
#[cfg(unix)]
mod files;
mod fix;
mod fixes;
mod fixtures;
mod formats;
mod fuzz;
mod growth;
mod hostile;
mod laws;
mod leading_on;
mod live;
mod lsp;
mod pages;
mod peers;
mod picture;
mod policy;
mod preview;
mod probe;
mod profiles;
mod rehearse;
mod reports;
mod running;
mod safety;
mod schemas;
mod secrets;
mod sign_in;
mod tenants;
mod verdict;
mod visible;
#[cfg(windows)]
mod windows;
mod write;
