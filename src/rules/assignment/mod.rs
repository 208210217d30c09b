//! Who is assigned to the app.

pub(super) mod group_not_assigned;
