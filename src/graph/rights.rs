//! The permissions of Microsoft Graph: which ones each purpose needs, which broader ones include them, and what to do
//! where one is missing.
//!
//! <https://learn.microsoft.com/graph/permissions-reference>

use super::GraphError;

/// The page that shows how to grant permissions.
pub const PAGE: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/how-to/sign-in.md");

const APPLICATIONS: &str = "Application.Read.All";
const SYNCHRONIZATION: &str = "Synchronization.Read.All";
const GROUPS: &str = "GroupMember.Read.All";
const USERS: &str = "User.Read.All";
const LICENCES: &str = "LicenseAssignment.Read.All";
const ORGANIZATION: &str = "Organization.Read.All";
const CLAIMS: &str = "Policy.Read.ApplicationConfiguration";
const MAPPED_CLAIMS: &str = "Policy.Read.All";
const WRITE_APPLICATIONS: &str = "Application.ReadWrite.All";
const LOG: &str = "ProvisioningLog.Read.All";
const WRITE: &str = "Synchronization.ReadWrite.All";
const ASSIGN: &str = "AppRoleAssignment.ReadWrite.All";

/// Graph's code for a token that has expired, or is for another audience.
const INVALID_TOKEN: &str = "InvalidAuthenticationToken";

/// The broader permissions that include each permission, by the permission tables of the requests that need it.
///
/// `Application.ReadWrite.OwnedBy` is not among them: it is valid only for apps that the caller owns.
const BROADER: [(&str, &[&str]); 12] = [
    (APPLICATIONS, &["Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]),
    (SYNCHRONIZATION, &[WRITE]),
    (
        GROUPS,
        &[
            "GroupMember.ReadWrite.All",
            "Group.Read.All",
            "Group.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ],
    ),
    (USERS, &["User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]),
    (
        LICENCES,
        &["Organization.Read.All", "Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    ),
    (ORGANIZATION, &["Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]),
    (CLAIMS, &["Policy.ReadWrite.ApplicationConfiguration"]),
    (MAPPED_CLAIMS, &["Policy.ReadWrite.ApplicationConfiguration"]),
    (WRITE_APPLICATIONS, &[]),
    (LOG, &["AuditLog.Read.All", "Directory.Read.All"]),
    (WRITE, &[]),
    (ASSIGN, &["Application.ReadWrite.All"]),
];

/// A permission that covers only the apps that the caller owns, so that it is unknown what it includes.
pub const OWNED_ONLY: &str = "Application.ReadWrite.OwnedBy";

/// Something that provlint can be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// `check`, `export`, `diff`, `guide`
    Check,
    /// `check --members`
    Members,
    /// The rule about the tenant's licences.
    Licences,
    /// The rule about the kind of tenant.
    Tenant,
    /// The rule about how users of an app are identified when they sign in by SAML.
    SignIn,
    /// `check --test-connection`
    TestConnection,
    /// The provisioning log: `logs`, `status`, `start --wait`
    Log,
    /// `connect`, `fix`, `restore`, `start`, `pause`, `restart`
    Fix,
    /// Provisioning on demand.
    Provision,
    /// `fix --assign-groups`, `fix --remove-unexpected`
    AssignGroups,
}

impl Purpose {
    /// All of them, those that only read first.
    pub const ALL: [Purpose; 10] = [
        Purpose::Check,
        Purpose::Members,
        Purpose::Licences,
        Purpose::Tenant,
        Purpose::SignIn,
        Purpose::TestConnection,
        Purpose::Log,
        Purpose::Fix,
        Purpose::Provision,
        Purpose::AssignGroups,
    ];

    /// The key in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Purpose::Check => "check",
            Purpose::Members => "members",
            Purpose::Licences => "licences",
            Purpose::Tenant => "tenant",
            Purpose::SignIn => "sign-in",
            Purpose::TestConnection => "test-connection",
            Purpose::Log => "log",
            Purpose::Fix => "fix",
            Purpose::Provision => "provision",
            Purpose::AssignGroups => "assign-groups",
        }
    }

    /// The commands in words.
    pub fn commands(self) -> &'static str {
        match self {
            Purpose::Check => "check",
            Purpose::Members => "check --members",
            Purpose::Licences => "the rule about licences",
            Purpose::Tenant => "the rule about the kind of tenant",
            Purpose::SignIn => "the rule about sign-in by SAML",
            Purpose::TestConnection => "check --test-connection",
            Purpose::Log => "logs and status",
            Purpose::Fix => "connect, fix, restore, start, pause and restart",
            Purpose::Provision => "provision",
            Purpose::AssignGroups => "fix --assign-groups",
        }
    }

    /// The permissions that it needs.
    pub fn rights(self) -> &'static [&'static str] {
        match self {
            Purpose::Check => &[APPLICATIONS, SYNCHRONIZATION, GROUPS],
            Purpose::Members => &[APPLICATIONS, SYNCHRONIZATION, GROUPS, USERS],
            Purpose::Licences => &[LICENCES],
            Purpose::Tenant => &[ORGANIZATION],
            Purpose::SignIn => &[CLAIMS, MAPPED_CLAIMS, WRITE_APPLICATIONS],
            Purpose::TestConnection | Purpose::Fix => &[APPLICATIONS, WRITE, GROUPS],
            Purpose::Log => &[APPLICATIONS, SYNCHRONIZATION, LOG],
            Purpose::Provision => &[APPLICATIONS, WRITE, GROUPS, USERS],
            Purpose::AssignGroups => &[APPLICATIONS, WRITE, GROUPS, ASSIGN],
        }
    }

    /// The permissions that it needs and that no granted one includes.
    pub fn missing(self, granted: &[String]) -> Vec<&'static str> {
        self.rights().iter().copied().filter(|needed| !includes(granted, needed)).collect()
    }
}

/// Whether the granted permissions include the needed one.
fn includes(granted: &[String], needed: &str) -> bool {
    let broader = BROADER.iter().find(|(name, _)| *name == needed).map_or(&[][..], |(_, broader)| broader);
    granted.iter().any(|right| right == needed || broader.contains(&right.as_str()))
}

/// The roles that a person needs in addition.
pub const ROLES: &str =
    "the role Application Administrator (Global Reader cannot read provisioning), and Reports Reader for the log";

/// What a request needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// To read everything that a check reads.
    Check,
    /// To read apps and their assignments.
    Applications,
    /// To read provisioning.
    Synchronization,
    /// To read the settings of the connection.
    Secrets,
    /// To read groups.
    Groups,
    /// To read the members of groups.
    Members,
    /// To read users.
    Users,
    /// To read the tenant's licences.
    Licences,
    /// To read the kind of tenant.
    Organization,
    /// To read the policy about an app's claims that the portal saves.
    Claims,
    /// To read the older policies about an app's claims.
    MappedClaims,
    /// To have Entra test the credentials.
    TestConnection,
    /// To read the provisioning log.
    Log,
    /// To change provisioning or assignments.
    Write,
}

impl Need {
    /// The need of a part of a snapshot.
    pub(super) fn of_part(part: &str) -> Self {
        match part {
            "jobs" | "schema" => Need::Synchronization,
            "secrets" => Need::Secrets,
            "groups" | "namedGroups" | "memberCounts" => Need::Groups,
            "members" => Need::Members,
            "users" | "managers" => Need::Users,
            "organization" => Need::Organization,
            "claimsPolicies" => Need::Claims,
            "claimsMappingPolicies" => Need::MappedClaims,
            "connectionTest" | "functions" | "filterOperators" => Need::TestConnection,
            "subscribedSkus" => Need::Licences,
            _ => Need::Applications,
        }
    }

    /// The permissions in words.
    fn rights(self) -> String {
        match self {
            Need::Check => format!("{APPLICATIONS}, {SYNCHRONIZATION} and {GROUPS}"),
            Need::Applications => APPLICATIONS.to_owned(),
            Need::Synchronization => SYNCHRONIZATION.to_owned(),
            // Not documented: <https://learn.microsoft.com/graph/api/resources/synchronization-overview>
            Need::Secrets => format!("{SYNCHRONIZATION} (or {WRITE}: Microsoft does not document which)"),
            Need::Groups => GROUPS.to_owned(),
            Need::Members => format!("{GROUPS} and {USERS}"),
            Need::Users => USERS.to_owned(),
            Need::Licences => LICENCES.to_owned(),
            Need::Organization => ORGANIZATION.to_owned(),
            Need::Claims => CLAIMS.to_owned(),
            Need::MappedClaims => format!("{MAPPED_CLAIMS} and {WRITE_APPLICATIONS}"),
            Need::TestConnection => WRITE.to_owned(),
            Need::Log => LOG.to_owned(),
            Need::Write => format!("{WRITE}, and {ASSIGN} to assign groups"),
        }
    }

    /// The role that a person needs as well.
    fn role(self) -> Option<&'static str> {
        match self {
            Need::Check | Need::Synchronization | Need::Secrets => {
                Some("Application Administrator (Global Reader cannot read provisioning)")
            }
            Need::TestConnection | Need::Write => Some("Application Administrator"),
            Need::Log => Some("Reports Reader"),
            _ => None,
        }
    }

    /// What to do where the permission is missing.
    pub fn to_grant(self) -> String {
        let role = self.role().map(|role| format!("; a person also needs the role {role}")).unwrap_or_default();
        format!(
            "the token needs {}{role}. provlint auth status shows what it has; {PAGE} shows how to grant more",
            self.rights()
        )
    }

    /// What to do about an error; empty where the error says it all.
    pub fn advice(self, error: &GraphError) -> String {
        if error.is_denied() {
            return self.to_grant();
        }
        match error {
            GraphError::Status { status: 401, .. } => {
                "the token has expired or is for another audience; get one for https://graph.microsoft.com".to_owned()
            }
            error if error.is_passing() => "this may pass: try again later".to_owned(),
            _ => String::new(),
        }
    }
}

impl GraphError {
    /// Whether a permission or role is missing. For a path of provisioning Graph then answers 401 with an empty message.
    pub fn is_denied(&self) -> bool {
        match self {
            GraphError::Status { status: 401, code, .. } => code != INVALID_TOKEN,
            GraphError::Status { status: 403, .. } | GraphError::Hidden { .. } => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(purpose: Purpose, granted: &[&str]) -> Vec<&'static str> {
        purpose.missing(&granted.iter().map(|right| (*right).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn broader_permissions_include_the_needed_ones() {
        assert_eq!(missing(Purpose::Check, &["Directory.Read.All", "Synchronization.ReadWrite.All"]), [""; 0]);
        assert_eq!(missing(Purpose::Check, &["Directory.Read.All"]), [SYNCHRONIZATION]);
        assert_eq!(missing(Purpose::Check, &["Application.ReadWrite.All", "Group.Read.All"]), [SYNCHRONIZATION]);
        assert_eq!(missing(Purpose::Check, &[OWNED_ONLY]), [APPLICATIONS, SYNCHRONIZATION, GROUPS]);
        assert_eq!(missing(Purpose::Log, &[APPLICATIONS, SYNCHRONIZATION, "AuditLog.Read.All"]), [""; 0]);
        assert_eq!(missing(Purpose::AssignGroups, &["Application.ReadWrite.All", GROUPS]), [WRITE]);
    }

    #[test]
    fn reading_rights_are_not_enough_to_write() {
        let reading = [APPLICATIONS, SYNCHRONIZATION, GROUPS, USERS];
        assert_eq!(missing(Purpose::Check, &reading), [""; 0]);
        assert_eq!(missing(Purpose::Fix, &reading), [WRITE]);
        assert_eq!(missing(Purpose::Provision, &reading), [WRITE]);
        assert_eq!(missing(Purpose::AssignGroups, &reading), [WRITE, ASSIGN]);
    }

    #[test]
    fn every_needed_permission_is_in_the_table_of_broader_ones() {
        for right in Purpose::ALL.iter().flat_map(|purpose| purpose.rights()) {
            assert!(BROADER.iter().any(|(name, _)| name == right), "{right}");
        }
    }

    #[test]
    fn an_expired_token_is_not_a_missing_permission() {
        let answer = |status: u16, code: &str| {
            let body = serde_json::json!({"error": {"code": code, "message": ""}});
            Need::Synchronization.advice(&GraphError::of_status(status, &body, String::new(), None))
        };
        assert_eq!(answer(401, "UnknownError"), answer(403, "Forbidden"));
        assert!(answer(401, "UnknownError").contains(SYNCHRONIZATION));
        assert!(answer(401, INVALID_TOKEN).contains("expired"));
        assert_eq!(answer(404, "NotFound"), "");
    }
}
