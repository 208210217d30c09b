//! Microsoft Graph: its clouds, sign-in, the client, and everything about one enterprise application.
//!
//! A token is sent to the Graph root's host only. Only commands with online options use this room.

// What a server sends must not overflow, whatever it is. Tests compute with their own numbers.
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

mod app;
mod azure_cli;
mod batch;
mod certificate;
mod child;
mod claims;
mod client;
mod connection;
mod device_code;
mod error;
mod group;
mod identity;
mod issuer;
mod job;
mod member;
mod network;
mod rights;
mod root;
mod sign_in;
mod snapshot;
mod tenant;
mod user;
mod workflow;
mod write;

pub use app::{AppError, Candidate};
pub use azure_cli::AzureCli;
pub use client::{Attempts, Client};
pub use connection::{ConnectionRequest, JobTemplate, Setting, SettingValue};
pub use error::GraphError;
pub use identity::{Holder, Identity};
pub use job::{FoundApp, find_app};
pub use member::read_members;
pub use network::{Limits, Network};
pub use rights::{Need, OWNED_ONLY, PAGE, Purpose, ROLES};
pub use root::{CLOUDS, Root, RootError};
pub use sign_in::{SignIn, SignInError, SignInKind};
pub use snapshot::{GroupNames, LiveApp, Needs, Wanted, read_app};
pub use tenant::{TenantApp, read_apps};
pub use user::read_user;
pub use write::AppClient;

pub(crate) use client::retry_after;
pub(crate) use network::{bearer, bounded, tls_error};
pub(crate) use root::is_loopback;
pub(crate) use snapshot::masked;

/// A random UUID.
pub(crate) fn random_id() -> String {
    uuid::Builder::from_random_bytes(fastrand::u128(..).to_le_bytes()).into_uuid().to_string()
}
