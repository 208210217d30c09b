//! Microsoft Graph: where it is, how it is asked, and everything about one enterprise application.
//!
//! A token goes to the Graph root's host and nowhere else. Only commands that were asked to go online set anything
//! of this up.

mod app;
mod certificate;
mod client;
mod error;
mod root;
mod sign_in;
mod snapshot;
mod user;

pub use app::{AppError, Candidate};
pub use client::{Client, Limits};
pub use error::GraphError;
pub use root::{CLOUDS, Root, RootError};
pub use sign_in::{SignIn, SignInError, SignInKind};
pub use snapshot::{LiveApp, read_app};
pub use user::read_user;
