//! Steps in the Microsoft Entra admin center, and the names of its pages, buttons and fields.
//!
//! The portal is renamed page by page, and tenants get it at different times. So every name stands here once, with the
//! name that it had before, and every step is made from these names. A test finds steps that are written elsewhere.

use std::fmt;

use super::MappingView;
use crate::operation::STAGED_DELETE;

/// A page, button or field of the portal. Its text gives the names that it had before in brackets.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    /// Its name today.
    pub today: &'static str,
    /// The names that older pages, screenshots and tenants show.
    pub before: &'static [&'static str],
    /// The page that shows today's name.
    pub source: Source,
}

/// A public page that shows the portal.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// Its address.
    pub page: &'static str,
    /// The date that it bears, else the date when it was read.
    pub dated: &'static str,
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.today)?;
        if !self.before.is_empty() {
            write!(formatter, " (or {})", self.before.join(", or "))?;
        }
        Ok(())
    }
}

const fn source(page: &'static str, dated: &'static str) -> Source {
    Source { page, dated }
}

const CUSTOMIZE: Source = source(
    "https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes",
    "2026-11-30",
);
const CLEAR_VALUES: Source =
    source("https://learn.microsoft.com/entra/identity/app-provisioning/clear-attribute-values", "2026-08");
const CROSS_TENANT: Source = source(
    "https://learn.microsoft.com/entra/identity/multi-tenant-organizations/cross-tenant-synchronization-configure",
    "2026-11-30",
);
const DELETIONS: Source =
    source("https://learn.microsoft.com/entra/identity/app-provisioning/accidental-deletions", "2026-11-30");
const ON_DEMAND_PAGE: Source =
    source("https://learn.microsoft.com/entra/identity/app-provisioning/provision-on-demand", "2026-11-30");
const ASSIGNMENTS: Source = source(
    "https://learn.microsoft.com/entra/identity/enterprise-apps/assign-user-or-group-access-portal",
    "2026-11-30",
);
const NEW_CONNECTION: Source =
    source("https://github.com/scaleway/docs-content (configure-scim-for-entra-id.mdx)", "2026-04-15");
const FEDERATION: Source = source(
    "https://github.com/AzureAD/SCIMReferenceCode/blob/master/Workload-Identity-Federation-for-SCIM-Provisioning.md",
    "2026-06-09",
);

const fn name(today: &'static str, before: &'static [&'static str], source: Source) -> Name {
    Name { today, before, source }
}

const CONNECTIVITY: Name = name("Connectivity", &["Settings"], FEDERATION);
const ATTRIBUTE_MAPPING: Name = name("Attribute mapping", &["Mappings"], CLEAR_VALUES);
const ADVANCED_OPTIONS: Name = name("Advanced options", &["tick Show advanced options"], CLEAR_VALUES);
const EDIT_ATTRIBUTE_LIST: Name = name("Edit attribute list for", &[], CUSTOMIZE);
const REVIEW_SCHEMA: Name = name("Review your schema here", &[], CUSTOMIZE);
const ADD_MAPPING: Name = name("Add New Mapping", &[], CUSTOMIZE);
pub(super) const ACTIONS: Name = name("Target Object Actions", &[], CUSTOMIZE);
const SOURCE_SCOPE: Name = name("Source Object Scope", &[], CUSTOMIZE);
const RESTORE_DEFAULTS: Name = name("Restore default mappings", &[], CUSTOMIZE);
const CONNECT: Name =
    name("Connect your application", &["New configuration", "Create your connection"], NEW_CONNECTION);
pub(super) const AUTHENTICATION: Name = name("Authentication method", &[], NEW_CONNECTION);
pub(super) const CLIENT_CREDENTIALS: Name = name("OAuth2 client credentials grant", &[], NEW_CONNECTION);
pub(super) const WORKLOAD_IDENTITY: Name = name("Workload identity", &["Workload Identity Federation"], NEW_CONNECTION);
pub(super) const TENANT_URL: Name = name("Tenant URL", &[], NEW_CONNECTION);
pub(super) const SECRET_TOKEN: Name = name("Secret token", &[], NEW_CONNECTION);
const TEST_CONNECTION: Name = name("Test connection", &[], NEW_CONNECTION);
const PROPERTIES: Name = name("Overview > Properties", &["Provisioning > Settings"], CROSS_TENANT);
const APPLY: Name = name("Apply", &["Save"], CROSS_TENANT);
pub(super) const SCOPE: Name = name("Scope", &[], CROSS_TENANT);
pub(super) const ONLY_ASSIGNED: Name = name("Sync only assigned users and groups", &[], CROSS_TENANT);
pub(super) const SEND_EMAIL: Name = name("Send an email notification when a failure occurs", &[], CROSS_TENANT);
pub(super) const NOTIFICATION_EMAIL: Name = name("Notification email", &[], CROSS_TENANT);
pub(super) const DELETION_PREVENTION: Name =
    name("Accidental deletion prevention", &["Prevent accidental deletion"], CROSS_TENANT);
const START: Name = name("Start provisioning", &[], CROSS_TENANT);
const PAUSE: Name = name("Pause provisioning", &[], CROSS_TENANT);
const RESTART: Name = name("Restart provisioning", &[], CROSS_TENANT);
const LOGS: Name = name("View provisioning logs", &[], CROSS_TENANT);
const ALLOW_DELETES: Name = name("Allow deletes", &[], DELETIONS);
const ON_DEMAND: Name = name("Provision on demand", &[], ON_DEMAND_PAGE);
const USERS_AND_GROUPS: Name = name("Users and groups", &[], ASSIGNMENTS);
const ADD_ASSIGNMENT: Name = name("Add user/group", &[], ASSIGNMENTS);
const EDIT_ASSIGNMENT: Name = name("Edit assignment", &[], ASSIGNMENTS);

/// Every name that a step is made from.
pub const NAMES: &[Name] = &[
    CONNECTIVITY,
    ATTRIBUTE_MAPPING,
    ADVANCED_OPTIONS,
    EDIT_ATTRIBUTE_LIST,
    REVIEW_SCHEMA,
    ADD_MAPPING,
    ACTIONS,
    SOURCE_SCOPE,
    RESTORE_DEFAULTS,
    CONNECT,
    AUTHENTICATION,
    CLIENT_CREDENTIALS,
    WORKLOAD_IDENTITY,
    TENANT_URL,
    SECRET_TOKEN,
    TEST_CONNECTION,
    PROPERTIES,
    APPLY,
    SCOPE,
    ONLY_ASSIGNED,
    SEND_EMAIL,
    NOTIFICATION_EMAIL,
    DELETION_PREVENTION,
    START,
    PAUSE,
    RESTART,
    LOGS,
    ALLOW_DELETES,
    ON_DEMAND,
    USERS_AND_GROUPS,
    ADD_ASSIGNMENT,
    EDIT_ASSIGNMENT,
];

/// A page of the enterprise app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// Provisioning as a whole, before it is set up.
    Provisioning,
    /// The state of the job.
    Overview,
    /// The tenant URL and the credentials.
    Connectivity,
    /// The scope, the notification and the deletion threshold.
    Settings,
    /// The object mappings.
    AttributeMapping,
    /// Provisions one user or group.
    OnDemand,
    /// Who is assigned.
    Assignments,
    /// Whether users can sign in.
    Properties,
    /// The owners.
    Owners,
    /// What the app is told when somebody signs in by SAML.
    Claims,
}

impl Page {
    /// The way to it from the app's own page.
    pub(crate) fn path(self) -> String {
        match self {
            Page::Provisioning => "Provisioning".to_owned(),
            Page::Overview => "Provisioning > Overview".to_owned(),
            Page::Connectivity => format!("Provisioning > {CONNECTIVITY}"),
            Page::Settings => {
                format!("Provisioning > {} > Basics > Edit (or {})", PROPERTIES.today, PROPERTIES.before.join(", or "))
            }
            Page::AttributeMapping => format!("Provisioning > {ATTRIBUTE_MAPPING}"),
            Page::OnDemand => format!("Provisioning > {ON_DEMAND}"),
            Page::Assignments => USERS_AND_GROUPS.to_string(),
            Page::Properties => "Properties".to_owned(),
            Page::Owners => "Owners".to_owned(),
            Page::Claims => "Single sign-on > Attributes & Claims > Edit".to_owned(),
        }
    }
}

/// A step in the portal. A rule does not know what the app is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Opens this page of the enterprise app.
    App(String),
    /// Opens this page of the app's registration.
    Registration(String),
    /// Anything else.
    Other(String),
}

impl Step {
    /// The step as people read it, with the name of the app if it is known.
    pub(crate) fn of_app(self, name: Option<&str>) -> String {
        let name = name.unwrap_or("your app");
        match self {
            Step::App(page) => format!("{ADMIN_CENTER}: Entra ID > Enterprise apps > {name} > {page}"),
            Step::Registration(page) => format!("{ADMIN_CENTER}: App registrations > {name} > {page}"),
            Step::Other(text) => text,
        }
    }
}

impl From<String> for Step {
    fn from(text: String) -> Self {
        Step::Other(text)
    }
}

impl From<&str> for Step {
    fn from(text: &str) -> Self {
        Step::Other(text.to_owned())
    }
}

const ADMIN_CENTER: &str = "Entra admin center";

const SAVE: &str = "Click Save";

/// Saves a row.
const SAVE_ROW: &str = "Click Ok, then Save";

/// Opens a page of the app.
pub(super) fn app(page: Page) -> Step {
    Step::App(page.path())
}

/// Opens a page of the app and does `what` there.
pub(super) fn on(page: Page, what: impl Into<String>) -> Vec<Step> {
    vec![app(page), what.into().into()]
}

/// Creates a non-gallery app. `guide` shows the same step.
pub(crate) fn new_app() -> String {
    format!("{ADMIN_CENTER}: Entra ID > Enterprise apps > New application > Create your own application")
}

/// The kind of app to choose for a non-gallery app.
pub(super) fn non_gallery() -> Step {
    "Choose Integrate any other application you don't find in the gallery (Non-gallery), click Create".into()
}

/// Creates the connection on the page *Provisioning*.
pub(crate) fn connect() -> String {
    format!(
        "Click {CONNECT}, choose the {AUTHENTICATION}, enter the {TENANT_URL} and the credentials from the vendor, click \
         {TEST_CONNECTION}, then Create"
    )
}

/// Opens an object mapping's page.
pub(super) fn open(mapping: &MappingView<'_>) -> Step {
    Step::App(format!("{} > {}", Page::AttributeMapping.path(), mapping.portal_name()))
}

/// Edits a row: opens it, does `what`, saves.
pub(super) fn edit_row(mapping: &MappingView<'_>, target: &str, what: impl Into<String>) -> Vec<Step> {
    vec![
        open(mapping),
        format!("In the row whose target attribute is {target}, click Edit").into(),
        what.into().into(),
        SAVE_ROW.into(),
    ]
}

/// Opens the row of a target attribute and does `what`, as one step of several.
pub(super) fn in_row(target: &str, what: &str) -> String {
    format!("In the row whose target attribute is {target}, click Edit and {what}")
}

/// The step that fills in a direct mapping.
pub(super) fn direct(source: &str, target: &str) -> String {
    format!("Set Source attribute to {source} and Target attribute to {target}")
}

/// Adds a row and fills it in by `what`.
pub(super) fn add_row(mapping: &MappingView<'_>, what: String) -> Vec<Step> {
    vec![open(mapping), format!("Click {ADD_MAPPING}").into(), what.into(), SAVE_ROW.into()]
}

/// Deletes a row.
pub(super) fn delete_row(mapping: &MappingView<'_>, target: &str) -> Vec<Step> {
    let delete = format!("In the row whose target attribute is {target}, click Delete");
    vec![open(mapping), delete.into(), SAVE.into()]
}

/// Does `what` on an object mapping's page.
pub(super) fn on_mapping(mapping: &MappingView<'_>, what: impl Into<String>) -> Vec<Step> {
    vec![open(mapping), what.into().into(), SAVE.into()]
}

/// Does `what` in the target's attribute list. The button ends with the name of the target directory.
pub(super) fn attribute_list(mapping: &MappingView<'_>, what: impl Into<String>) -> Vec<Step> {
    let of = mapping.directory.filter(|name| !name.is_empty()).unwrap_or("your app");
    let edit = format!("Expand {ADVANCED_OPTIONS} and click {EDIT_ATTRIBUTE_LIST} {of}");
    vec![open(mapping), edit.into(), what.into().into(), SAVE.into()]
}

/// Downloads the schema again, then does `what` with the file.
pub(super) fn download_again(what: &str) -> Vec<Step> {
    let review = format!("Expand {ADVANCED_OPTIONS} and click {REVIEW_SCHEMA}");
    let any = Step::App(format!("{} > any mapping", Page::AttributeMapping.path()));
    vec![any, review.into(), format!("Click Download, then {what}").into()]
}

/// Restores the default mappings, and what that undoes. Microsoft wants provisioning to be off meanwhile.
pub(super) fn restore_default_mappings() -> Vec<Step> {
    vec![
        Step::App(format!("{}: click {PAUSE}", Page::Overview.path())),
        format!("Open {}", Page::AttributeMapping.path()).into(),
        format!(
            "Select {RESTORE_DEFAULTS} and click Save. This resets every mapping and every scoping filter, and everyone is \
             synchronized again"
        )
        .into(),
    ]
}

/// Does `what` on the page with the tenant URL and the credentials, and tests the connection.
pub(super) fn on_connectivity(what: impl Into<String>) -> Vec<Step> {
    vec![app(Page::Connectivity), format!("{}, then click {TEST_CONNECTION}", what.into()).into(), SAVE.into()]
}

/// Chooses workload identity federation on the page with the tenant URL and the credentials.
pub(crate) fn choose_federation() -> String {
    format!(
        "choose {WORKLOAD_IDENTITY} as the {AUTHENTICATION}, enter client ID and token endpoint, click {TEST_CONNECTION}, then save"
    )
}

/// Tests the connection.
pub(crate) fn test_connection() -> String {
    format!("Click {TEST_CONNECTION}")
}

/// Does `what` on the page with the scope, the notification and the deletion threshold.
pub(super) fn on_settings(what: impl Into<String>) -> Vec<Step> {
    vec![app(Page::Settings), what.into().into(), format!("Click {APPLY}").into()]
}

/// Does `what` on the app's properties.
pub(super) fn on_properties(what: &str) -> Vec<Step> {
    vec![app(Page::Properties), what.into(), SAVE.into()]
}

/// Makes `attribute` the NameID.
pub(super) fn on_claims(attribute: &str) -> Vec<Step> {
    let choose = format!("Click Unique User Identifier (Name ID) and choose {attribute} as its source attribute");
    vec![app(Page::Claims), choose.into(), SAVE.into()]
}

/// Starts provisioning.
pub(crate) fn start() -> String {
    format!("Click {START}")
}

/// Restarts provisioning.
pub(crate) fn restart() -> String {
    format!("Click {RESTART}")
}

/// Opens the provisioning log, to do `what` there.
pub(crate) fn logs(what: &str) -> String {
    let what = if what.is_empty() { String::new() } else { format!(" and {what}") };
    format!("Click {LOGS}{what}")
}

/// Ends a quarantine once its cause is fixed.
pub(crate) fn end_quarantine() -> Vec<String> {
    vec![format!("Click {LOGS}, fix the cause of the errors, then click {RESTART}")]
}

/// Decides about deletions that accidental deletion prevention holds back.
/// <https://learn.microsoft.com/entra/identity/app-provisioning/accidental-deletions>
pub(crate) fn decide_on_deletions() -> Vec<String> {
    vec![
        format!(
            "Click {LOGS} and filter by the action {STAGED_DELETE}: these users and groups are waiting to be removed"
        ),
        format!(
            "If all of them should be removed from the app, click {ALLOW_DELETES}, as provlint restart --reset force-deletes does"
        ),
        format!(
            "If not, undo the cause first: assign them again, or bring them back into scope. Only then click {RESTART}"
        ),
    ]
}

/// The button that lets deletions happen that are held back.
pub(crate) fn allow_deletes() -> String {
    ALLOW_DELETES.to_string()
}

/// Sees the current cycle or the log.
pub(crate) fn see_cycle() -> String {
    format!("See the current cycle, or click {LOGS}")
}

/// Provisions a group on demand.
pub(crate) fn provision_group() -> &'static str {
    "Select the group, click Provision"
}

/// Assigns a user or a group.
pub(crate) fn assign() -> String {
    format!("Click {ADD_ASSIGNMENT}")
}

/// Assigns this group.
pub(super) fn assign_group(label: &str) -> Vec<Step> {
    vec![
        Step::App(format!("{} > {ADD_ASSIGNMENT}", Page::Assignments.path())),
        format!("Under Groups click None Selected, choose {label}, click Select").into(),
        "Click Assign".into(),
    ]
}

/// Removes an assignment, of what is called `name`.
pub(super) fn unassign(name: &str) -> Vec<Step> {
    on(Page::Assignments, format!("Select {name}, click Remove"))
}

/// Removes an assignment and assigns something else.
pub(super) fn reassign(name: &str) -> Vec<Step> {
    on(Page::Assignments, format!("Select {name}, click Remove, then {ADD_ASSIGNMENT}"))
}

/// Gives an assignment another role.
pub(super) fn edit_assignment(name: &str) -> Vec<Step> {
    on(Page::Assignments, format!("Select {name}, click {EDIT_ASSIGNMENT} and choose a role"))
}

/// Adds an owner.
pub(super) fn add_owner() -> Vec<Step> {
    on(Page::Owners, "Click Add")
}

/// A page of the groups of the tenant.
pub(super) fn groups(path: &str) -> Step {
    format!("{ADMIN_CENTER}: Groups > {path}").into()
}

/// Does `what` on the list of the tenants that the user may switch to.
pub(super) fn tenants(what: &str) -> Step {
    format!("{ADMIN_CENTER}: Settings (the gear) > Directories + subscriptions: {what}").into()
}

/// Does `what` with the users of the tenant.
pub(super) fn users(what: impl Into<Step>) -> Vec<Step> {
    vec![format!("{ADMIN_CENTER}: Users > All users").into(), what.into()]
}

/// The way to edit a user's properties.
pub(super) fn edit_user() -> Step {
    "Select the user, click Properties, then Edit".into()
}

/// The way to enable a user.
pub(super) fn enable_user() -> Step {
    "Select the user, click Edit properties, tick Account enabled".into()
}

/// Opens the scoping filters of a mapping and does `what` with them.
pub(super) fn scope_filters(mapping: &MappingView<'_>, what: &str) -> Vec<Step> {
    on_mapping(mapping, format!("Open {SOURCE_SCOPE} and {what}"))
}

/// Looks at what decides who is in scope.
pub(super) fn look_at_scope() -> String {
    format!("Open {USERS_AND_GROUPS}, and {SOURCE_SCOPE} of each mapping")
}

/// Opens the records of a scoping filter, to do `what`.
pub(super) fn all_records(what: &str) -> Step {
    format!("Click All records under {SOURCE_SCOPE}, and {what}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_names_the_app_and_a_text_is_never_searched_for_it() {
        let page = || app(Page::Properties);
        assert_eq!(page().of_app(Some("TOTAL")), "Entra admin center: Entra ID > Enterprise apps > TOTAL > Properties");
        assert_eq!(page().of_app(None), "Entra admin center: Entra ID > Enterprise apps > your app > Properties");
        assert_eq!(Step::from("Select your app").of_app(Some("TOTAL")), "Select your app");
    }

    #[test]
    fn a_name_of_today_stands_before_the_older_ones() {
        assert_eq!(ATTRIBUTE_MAPPING.to_string(), "Attribute mapping (or Mappings)");
        assert_eq!(LOGS.to_string(), "View provisioning logs");
        for name in NAMES {
            let Source { page, dated } = name.source;
            assert!(page.starts_with("https://") && dated.starts_with("2026-"), "{} has no source", name.today);
        }
    }
}
