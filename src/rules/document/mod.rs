//! Problems of the file itself.

pub(super) mod schema_of_another_job;
pub(super) mod secret_in_file;
pub(super) mod stale_export;
pub(super) mod truncated_export;
