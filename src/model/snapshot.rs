//! The snapshot: one file with everything that a check reads about one app.
//!
//! Its parts keep Graph's own names and shapes; only `provlint`, the header, is ours.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{ClaimsMappingPolicy, ClaimsPolicy, SynchronizationSchema, Text};

/// The JSON Schema of a snapshot.
pub const SNAPSHOT_SCHEMA: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schemas/snapshot.schema.json"));

/// A snapshot. An absent part was not requested; a part named in the header's `unread` could not be read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot<'a> {
    /// The header.
    #[serde(borrow)]
    pub provlint: SnapshotHeader<'a>,
    /// The enterprise application.
    #[serde(borrow)]
    pub service_principal: Option<ServicePrincipal<'a>>,
    /// Its registration, where that is in the same tenant.
    #[serde(borrow)]
    pub application: Option<Application<'a>>,
    /// Who may change the enterprise application.
    #[serde(borrow, default)]
    pub owners: Option<Vec<DirectoryObject<'a>>>,
    /// The provisioning jobs, each with its schema.
    #[serde(borrow, default)]
    pub jobs: Option<Vec<SynchronizationJob<'a>>>,
    /// The connection's settings, of which credentials are masked.
    #[serde(borrow, default)]
    pub secrets: Option<Vec<Secret<'a>>>,
    /// Who is assigned to the app.
    #[serde(borrow, default)]
    pub app_role_assigned_to: Option<Vec<AppRoleAssignment<'a>>>,
    /// The groups among them.
    #[serde(borrow, default)]
    pub groups: Option<Vec<Group<'a>>>,
    /// The tenant's groups for each group name in the policy.
    #[serde(borrow, default)]
    pub named_groups: Option<Vec<NamedGroup<'a>>>,
    /// The users who are assigned directly; present where members were requested.
    #[serde(borrow, default)]
    pub users: Option<Vec<Member<'a>>>,
    /// The result of Entra's own test of the connection; present where it was requested.
    #[serde(borrow)]
    pub connection_test: Option<ConnectionTest<'a>>,
    /// The tenant's subscriptions, with their plans of Entra ID P1 and P2.
    #[serde(borrow, default)]
    pub subscribed_skus: Option<Vec<SubscribedSku<'a>>>,
    /// The tenant.
    #[serde(borrow, default)]
    pub organization: Option<Vec<Organization<'a>>>,
    /// The policy about the app's claims that the portal saves, if there is one.
    #[serde(borrow, default)]
    pub claims_policies: Option<Vec<ClaimsPolicy<'a>>>,
    /// The older kind of such policies.
    #[serde(borrow, default)]
    pub claims_mapping_policies: Option<Vec<ClaimsMappingPolicy<'a>>>,
}

impl Snapshot<'_> {
    /// Whether the test of the connection is that of another of the snapshot's jobs.
    pub fn is_tested_for_another(&self, job: Option<&str>) -> bool {
        let tested = self.connection_test.as_ref().and_then(|test| test.job_id.as_deref());
        let mut others = self.jobs.iter().flatten().filter_map(|other| other.id.as_deref());
        tested != job && others.any(|other| Some(other) == tested)
    }

    /// Why a part could not be read, if it could not.
    pub fn why_unread(&self, part: &str) -> Option<&str> {
        self.provlint.unread.iter().find(|(name, _)| &***name == part).map(|(_, reason)| &**reason)
    }
}

/// The header of a snapshot.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotHeader<'a> {
    /// The format's version, 1.
    pub snapshot: u32,
    /// When it was taken, RFC 3339.
    #[serde(borrow)]
    pub exported_at: Option<Text<'a>>,
    /// Parts that could not be read, by name, with the reason.
    #[serde(borrow, default)]
    pub unread: BTreeMap<Text<'a>, Text<'a>>,
}

/// `servicePrincipal`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServicePrincipal<'a> {
    /// The object id.
    #[serde(borrow)]
    pub id: Option<Text<'a>>,
    /// The application (client) id.
    #[serde(borrow)]
    pub app_id: Option<Text<'a>>,
    /// The app's display name.
    #[serde(borrow)]
    pub display_name: Option<Text<'a>>,
    /// Whether users can sign in to it.
    pub account_enabled: Option<bool>,
    /// Whether only assigned users can sign in to it.
    pub app_role_assignment_required: Option<bool>,
    /// The template that it was created from: `None` where the file does not say it, `Some(None)` where there is none,
    /// as for an app that was created under *App registrations*.
    #[serde(borrow, default, deserialize_with = "said")]
    pub application_template_id: Option<Option<Text<'a>>>,
    /// How users sign in to it: `saml`, `oidc`, `password` …
    #[serde(borrow)]
    pub preferred_single_sign_on_mode: Option<Text<'a>>,
    /// Its tags, of which some say how it was created.
    #[serde(borrow, default)]
    pub tags: Option<Vec<Text<'a>>>,
    /// The roles that it has.
    #[serde(borrow, default)]
    pub app_roles: Option<Vec<AppRole<'a>>>,
}

/// A member that is there, even if it is null.
fn said<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Text<'a>>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// The template of non-gallery apps.
/// <https://learn.microsoft.com/graph/application-provisioning-configure-manually>
pub const NON_GALLERY_TEMPLATE: &str = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";

impl ServicePrincipal<'_> {
    /// The template that it was created from, if it was created from one.
    pub fn template(&self) -> Option<&str> {
        self.application_template_id.as_ref()?.as_deref()
    }

    /// Whether it was created from no template, so that Entra does not offer provisioning for it. Every app from a
    /// template has one of two tags, also an old one.
    /// <https://learn.microsoft.com/entra/identity/app-provisioning/known-issues>
    pub fn has_no_template(&self) -> bool {
        let mut tags = self.tags.iter().flatten();
        let is_of_template = |tag: &Text<'_>| {
            tag.starts_with("WindowsAzureActiveDirectoryCustomSingleSignOnApplication")
                || tag.starts_with("WindowsAzureActiveDirectoryGalleryApplication")
        };
        matches!(self.application_template_id, Some(None)) && !tags.any(is_of_template)
    }
}

impl AppRole<'_> {
    /// Whether users and groups may have it.
    pub fn is_for_users(&self) -> bool {
        self.is_enabled != Some(false)
            && self.allowed_member_types.as_ref().is_none_or(|types| types.iter().any(|of| &**of == "User"))
    }
}

/// `appRole`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppRole<'a> {
    /// The id by which assignments name it.
    #[serde(borrow)]
    pub id: Option<Text<'a>>,
    /// Its name, for people.
    #[serde(borrow)]
    pub display_name: Option<Text<'a>>,
    /// Its name in tokens.
    #[serde(borrow)]
    pub value: Option<Text<'a>>,
    /// Whether it may be assigned.
    pub is_enabled: Option<bool>,
    /// Who may have it: `User`, which means groups too, or `Application`.
    #[serde(borrow, default)]
    pub allowed_member_types: Option<Vec<Text<'a>>>,
}

/// `application`: the app's registration.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Application<'a> {
    /// Its client secrets, without their values.
    #[serde(borrow, default)]
    pub password_credentials: Option<Vec<PasswordCredential<'a>>>,
}

/// `passwordCredential`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordCredential<'a> {
    /// When it expires.
    #[serde(borrow)]
    pub end_date_time: Option<Text<'a>>,
}

/// `directoryObject`, of which only id and name matter.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DirectoryObject<'a> {
    /// The object id.
    #[serde(borrow)]
    pub id: Option<Text<'a>>,
    /// The name, if it was requested.
    #[serde(borrow)]
    pub display_name: Option<Text<'a>>,
}

/// `synchronizationJob`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SynchronizationJob<'a> {
    /// The job's id, `scim.<tenant>.<guid>` for a non-gallery app.
    #[serde(borrow)]
    pub id: Option<Text<'a>>,
    /// The template that it was created from, `scim` for a non-gallery app.
    #[serde(borrow)]
    pub template_id: Option<Text<'a>>,
    /// Its schedule.
    #[serde(borrow)]
    pub schedule: Option<SynchronizationSchedule<'a>>,
    /// Its status.
    #[serde(borrow)]
    pub status: Option<SynchronizationStatus<'a>>,
    /// The job's schema.
    #[serde(borrow)]
    pub schema: Option<SynchronizationSchema<'a>>,
    /// The functions that expressions may call in this tenant; read where the schema calls one that is not known.
    #[serde(borrow, default)]
    pub functions: Option<Vec<Offered<'a>>>,
    /// The operators that scope filters may use in this tenant; read where the schema uses one that is not known.
    #[serde(borrow, default)]
    pub filter_operators: Option<Vec<Offered<'a>>>,
}

/// `attributeMappingFunctionSchema` or `filterOperatorSchema`: the documentation gives them a name, the metadata an id.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Offered<'a> {
    /// The name.
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
    /// The same.
    #[serde(borrow)]
    pub id: Option<Text<'a>>,
}

impl Offered<'_> {
    /// Its name.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref().or(self.id.as_deref())
    }
}

/// `synchronizationSchedule`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct SynchronizationSchedule<'a> {
    /// How often a cycle runs, an ISO 8601 duration: `PT40M`.
    #[serde(borrow)]
    pub interval: Option<Text<'a>>,
    /// `Active`, `Disabled` or `Paused`.
    #[serde(borrow)]
    pub state: Option<Text<'a>>,
}

/// `synchronizationStatus`. Times of what never happened are in the year 1.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SynchronizationStatus<'a> {
    /// `NotConfigured`, `NotRun`, `Active`, `Paused` or `Quarantine`.
    #[serde(borrow)]
    pub code: Option<Text<'a>>,
    /// How many cycles in a row failed completely.
    pub count_successive_complete_failures: Option<i64>,
    /// Whether Entra stopped retrying objects that had failed.
    pub escrows_pruned: Option<bool>,
    /// The last cycle.
    #[serde(borrow)]
    pub last_execution: Option<SynchronizationTaskExecution<'a>>,
    /// The last successful cycle.
    #[serde(borrow)]
    pub last_successful_execution: Option<SynchronizationTaskExecution<'a>>,
    /// When everything was synchronized for the first time.
    #[serde(borrow)]
    pub steady_state_first_achieved_time: Option<Text<'a>>,
    /// When everything was last synchronized.
    #[serde(borrow)]
    pub steady_state_last_achieved_time: Option<Text<'a>>,
    /// How many objects of each kind are synchronized.
    #[serde(borrow, default)]
    pub synchronized_entry_count_by_type: Option<Vec<EntryCount<'a>>>,
    /// The quarantine, where the job is in one.
    #[serde(borrow)]
    pub quarantine: Option<SynchronizationQuarantine<'a>>,
}

/// `synchronizationTaskExecution`: one cycle.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SynchronizationTaskExecution<'a> {
    /// `Succeeded`, `Failed` or `EntryLevelErrors`.
    #[serde(borrow)]
    pub state: Option<Text<'a>>,
    /// How many objects were read.
    pub count_imported: Option<i64>,
    /// How many changes were sent to the app.
    pub count_exported: Option<i64>,
    /// How many objects failed and will be retried.
    pub count_escrowed: Option<i64>,
    /// What went wrong.
    #[serde(borrow)]
    pub error: Option<SynchronizationError<'a>>,
    /// When it began.
    #[serde(borrow)]
    pub time_began: Option<Text<'a>>,
    /// When it ended.
    #[serde(borrow)]
    pub time_ended: Option<Text<'a>>,
}

/// An entry of `synchronizedEntryCountByType`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct EntryCount<'a> {
    /// `User to urn:ietf:params:scim:schemas:extension:enterprise:2.0:User`
    #[serde(borrow)]
    pub key: Option<Text<'a>>,
    /// How many.
    pub value: Option<i64>,
}

/// `synchronizationQuarantine`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SynchronizationQuarantine<'a> {
    /// A reason from Graph's list.
    #[serde(borrow)]
    pub reason: Option<Text<'a>>,
    /// Since when.
    #[serde(borrow)]
    pub series_began: Option<Text<'a>>,
    /// When Entra tries again.
    #[serde(borrow)]
    pub next_attempt: Option<Text<'a>>,
    /// What went wrong.
    #[serde(borrow)]
    pub error: Option<SynchronizationError<'a>>,
}

/// `synchronizationError`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct SynchronizationError<'a> {
    /// Graph's code.
    #[serde(borrow)]
    pub code: Option<Text<'a>>,
    /// Graph's message.
    #[serde(borrow)]
    pub message: Option<Text<'a>>,
}

/// `appRoleAssignment`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppRoleAssignment<'a> {
    /// The assignment's own id.
    #[serde(borrow)]
    pub id: Option<Text<'a>>,
    /// The object id of the principal.
    #[serde(borrow)]
    pub principal_id: Option<Text<'a>>,
    /// `User`, `Group` or `ServicePrincipal`.
    #[serde(borrow)]
    pub principal_type: Option<Text<'a>>,
    /// The name of the principal when it was assigned.
    #[serde(borrow)]
    pub principal_display_name: Option<Text<'a>>,
    /// The app role; all zeros for the default access.
    #[serde(borrow)]
    pub app_role_id: Option<Text<'a>>,
}

/// `synchronizationSecretKeyStringValuePair`
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Secret<'a> {
    /// `BaseAddress`, `SyncAll`, `SecretToken`, …
    #[serde(borrow)]
    pub key: Option<Text<'a>>,
    /// The setting; `*` for a credential.
    #[serde(borrow)]
    pub value: Option<Text<'a>>,
}

impl Snapshot<'_> {
    /// The setting of that key.
    pub fn secret(&self, key: &str) -> Option<&str> {
        let mut secrets = self.secrets.iter().flatten();
        secrets.find(|secret| secret.key.as_deref() == Some(key)).and_then(|secret| secret.value.as_deref())
    }
}

/// `group`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group<'a> {
    /// The object id.
    #[serde(borrow)]
    pub id: Option<Text<'a>>,
    /// The group's name.
    #[serde(borrow)]
    pub display_name: Option<Text<'a>>,
    /// Whether it is a security group; only security groups can be assigned.
    pub security_enabled: Option<bool>,
    /// Whether its membership rule, if it has one, is processed: `On` or `Paused`.
    #[serde(borrow)]
    pub membership_rule_processing_state: Option<Text<'a>>,
    /// `HiddenMembership`, where only some may see the members.
    #[serde(borrow)]
    pub visibility: Option<Text<'a>>,
    /// How many direct members it has; present where the members were not requested.
    pub member_count: Option<u64>,
    /// The groups among its direct members; present where the members were not requested.
    #[serde(borrow, default)]
    pub member_groups: Option<Vec<DirectoryObject<'a>>>,
    /// Its direct members, with `@odata.type` and, of users, the properties that the mapping reads; present where members
    /// were requested.
    #[serde(borrow, default)]
    pub members: Option<Vec<Member<'a>>>,
}

/// A time of Graph; `None` for what never happened, which is in the year 1.
pub fn time(text: Option<&str>) -> Option<Timestamp> {
    let time: Timestamp = text?.parse().ok()?;
    (time > Timestamp::UNIX_EPOCH).then_some(time)
}

/// A member of a group, or a user, as raw JSON: there may be many thousands, each read once.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(transparent)]
pub struct Member<'a> {
    #[serde(borrow)]
    text: &'a RawValue,
}

/// What identifies a member.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberIdentity<'a> {
    #[serde(borrow, rename = "@odata.type")]
    kind: Option<Text<'a>>,
    /// The object id.
    #[serde(borrow)]
    pub id: Option<Text<'a>>,
    /// The name.
    #[serde(borrow)]
    pub display_name: Option<Text<'a>>,
    /// Whether a user may sign in.
    pub account_enabled: Option<bool>,
}

impl<'a> Member<'a> {
    /// What identifies it; empty where the value is not a member.
    pub fn identity(&self) -> MemberIdentity<'a> {
        serde_json::from_str(self.text.get()).unwrap_or_default()
    }

    /// All its properties; none where the value is not a member.
    pub fn properties(&self) -> Map<String, Value> {
        serde_json::from_str(self.text.get()).unwrap_or_default()
    }
}

impl MemberIdentity<'_> {
    /// Whether it is a `user`, `group`, `device`, …
    pub fn is_a(&self, kind: &str) -> bool {
        let said = self.kind.as_deref();
        said.map_or(kind == "user", |said| said.strip_prefix("#microsoft.graph.") == Some(kind))
    }
}

/// A name, and the groups of the tenant that have it.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct NamedGroup<'a> {
    /// The name in the policy.
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
    /// The groups of that name.
    #[serde(borrow, default)]
    pub value: Vec<DirectoryObject<'a>>,
    /// Groups whose names begin with it, where no group has it.
    #[serde(borrow, default)]
    pub alike: Vec<DirectoryObject<'a>>,
}

/// The outcome of `validateCredentials`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionTest<'a> {
    /// The job whose credentials were tested.
    #[serde(borrow)]
    pub job_id: Option<Text<'a>>,
    /// Whether the app accepted the saved credentials.
    pub valid: bool,
    /// Why not.
    #[serde(borrow)]
    pub error: Option<SynchronizationError<'a>>,
}

/// `organization`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Organization<'a> {
    /// `AAD` for a tenant of a workforce, `AAD B2C` or `CIAM` for one of customers.
    #[serde(borrow)]
    pub tenant_type: Option<Text<'a>>,
}

/// `subscribedSku`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubscribedSku<'a> {
    /// `Enabled`, `Warning`, `Suspended`, `Deleted` or `LockedOut`.
    #[serde(borrow)]
    pub capability_status: Option<Text<'a>>,
    /// The plans in it.
    #[serde(borrow, default)]
    pub service_plans: Vec<ServicePlan<'a>>,
}

/// `servicePlanInfo`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServicePlan<'a> {
    /// `AAD_PREMIUM` for Entra ID P1, `AAD_PREMIUM_P2` for P2.
    #[serde(borrow)]
    pub service_plan_name: Option<Text<'a>>,
}
