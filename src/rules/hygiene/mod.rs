//! Rows that Entra rejects or never sends.

pub(super) mod anchor_mapped;
pub(super) mod attribute_definition_altered;
pub(super) mod custom_attribute_name;
pub(super) mod custom_attribute_type;
pub(super) mod directory;
pub(super) mod duplicate_target;
pub(super) mod read_only_target;
pub(super) mod required_target_unmapped;
pub(super) mod source_fields_disagree;
pub(super) mod type_mismatch;
pub(super) mod unknown_source;
pub(super) mod unknown_target;
pub(super) mod unsupported_source;
pub(super) mod unsupported_target;

use super::{Judged, NotJudged};

/// The outcome of a rule that needs the directories' attribute lists: skipped if one of them is missing from the file.
fn judged_by_lists(unlisted: bool) -> Judged {
    if unlisted { Err(NotJudged::skipped("the attribute list of a mapped object")) } else { Ok(()) }
}
