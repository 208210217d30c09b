//! The ids of the rules that other parts of the program name. Each is read from the rule, so that a wrong name does not
//! compile.

use super::{application, assignment, connection, job, mapping};

/// The app is disabled.
pub const SERVICE_PRINCIPAL_DISABLED: &str = application::principal::DISABLED.metadata.id;
/// The tenant has no licence to assign groups.
pub const LICENCE_MISSING: &str = application::licence_missing::RULE.metadata.id;
/// The app has no provisioning job.
pub const PROVISIONING_NOT_CONFIGURED: &str = job::presence::NOT_CONFIGURED.metadata.id;
/// Several jobs provision the app.
pub const MULTIPLE_JOBS: &str = job::presence::MULTIPLE.metadata.id;
/// The job is of the type used before 2018.
pub const LEGACY_JOB: &str = job::template::LEGACY.metadata.id;
/// The job was created for another type of app.
pub const UNEXPECTED_TEMPLATE: &str = job::template::UNEXPECTED.metadata.id;
/// The tenant URL is missing.
pub const TENANT_URL_MISSING: &str = connection::tenant_url::MISSING.metadata.id;
/// The tenant URL cannot be used.
pub const TENANT_URL_INVALID: &str = connection::tenant_url::INVALID.metadata.id;
/// The tenant URL is not the policy's.
pub const TENANT_URL_MISMATCH: &str = connection::tenant_url::MISMATCH.metadata.id;
/// The tenant URL contains a flag.
pub const TENANT_URL_FLAG: &str = connection::tenant_url::FLAG.metadata.id;
/// The secret token cannot be used.
pub const SECRET_TOKEN_MALFORMED: &str = connection::secret_token::MALFORMED.metadata.id;
/// The secret token has expired or expires soon.
pub const SECRET_TOKEN_EXPIRING: &str = connection::secret_token::EXPIRING.metadata.id;
/// The secret token is missing.
pub const SECRET_TOKEN_MISSING: &str = connection::secret_token::MISSING.metadata.id;
/// The app rejects the saved credentials.
pub const CREDENTIALS_REJECTED: &str = connection::credentials_rejected::RULE.metadata.id;
/// Everyone in the tenant is in scope.
pub const SCOPE_ALL_USERS: &str = connection::scope::ALL_USERS.metadata.id;
/// The scope setting is missing.
pub const SCOPE_UNSET: &str = connection::scope::UNSET.metadata.id;
/// Users who fall out of scope are not disabled.
pub const OUT_OF_SCOPE_DELETION_SKIPPED: &str = connection::scope::DELETION_SKIPPED.metadata.id;
/// No notification email address is set.
pub const NOTIFICATION_EMAIL_MISSING: &str = connection::notification::EMAIL_MISSING.metadata.id;
/// The guard against accidental deletions is not set.
pub const ACCIDENTAL_DELETION_GUARD: &str = connection::notification::DELETION_GUARD.metadata.id;
/// A mapping has another source than the vendor requires.
pub const REQUIRED_MAPPING_SOURCE: &str = mapping::required_mapping_source::RULE.metadata.id;
/// A mapping that the vendor requires is missing.
pub const REQUIRED_MAPPING_MISSING: &str = mapping::required_mapping_missing::RULE.metadata.id;
/// No one is assigned to the app.
pub const NOTHING_ASSIGNED: &str = assignment::who::NOTHING_ASSIGNED.metadata.id;
/// A group is assigned that is not in the policy.
pub const UNEXPECTED_ASSIGNMENT: &str = assignment::who::UNEXPECTED.metadata.id;
/// A group of the policy is not assigned.
pub const GROUP_NOT_ASSIGNED: &str = assignment::group_not_assigned::RULE.metadata.id;
