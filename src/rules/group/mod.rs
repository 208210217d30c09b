//! The Group mapping.

pub(super) mod external_id;
pub(super) mod incomplete;
