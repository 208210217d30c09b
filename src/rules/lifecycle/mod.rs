//! Who can sign in, who is switched off.

pub(super) mod username_source;
