//! Checks a text: every resource in it, with every rule. Also holds the results that formats, the editor and the
//! command line share.
//!
//! [`text()`] checks a whole text, [`One`] is the only resource of a text, [`differences()`] compares two of them. What
//! a check returns is in `found.rs`. Nothing here reads files or knows the command line.

mod compare;
mod error;
mod found;
mod judge;
mod kind;
mod known;
mod located;
mod mistake;
mod named;
mod one;
mod outcome;
mod part;
mod text;
mod view;

pub use crate::policy::{AppliedProfile, ChosenBy};
pub use crate::rules::{RuleReport, RuleState};
pub use compare::differences;
pub use error::CheckError;
pub use found::{
    App, AskedFor, Hidden, LocatedFinding, LocatedPlace, PassedOver, Run, Source, TargetKind, TargetReport, open_flags,
    undecided,
};
pub use judge::{FailOn, Judge, today};
pub use kind::OtherKind;
pub use known::{Known, Record};
pub use mistake::{JsonMistake, beginning};
pub use named::expect_named;
pub use one::{JobSchema, One, about, is_checked, paired};
pub use outcome::{InputKind, Options, Origin, Outcome, States};
pub use part::Part;
pub use text::text;
pub use view::{Assigned, MappingRow, MappingTable, View};
