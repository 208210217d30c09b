//! The whole way from an app to users who can sign in to it, as a checklist.
//!
//! The milestones are those of the vendor's guide (<https://docs.truu.ai/Intergrations/EntraID/Part3>) and of Microsoft's
//! (<https://learn.microsoft.com/entra/identity/app-provisioning/configure-automatic-user-provisioning-portal>). They
//! are decided by the findings of rules, the state of the job, and its log.

mod checklist;
mod obstacles;
mod part;
mod running;
mod seen;
mod setup;
mod step;
mod way;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

pub use checklist::{Checklist, Done, Milestone};
pub use obstacles::{Obstacle, obstacles};
pub use part::{Lack, Part, Why};
pub use seen::{Mappings, Principal, Seen, Settings, Template};
pub use way::Way;

use crate::finding::{Metadata, Section};
use crate::operation::Event;
use crate::rules::{RULES, id, portal};

/// A group that is assigned to the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignedGroup {
    /// The object id.
    pub id: String,
    /// The display name.
    pub name: String,
}

/// The provisioning log.
#[derive(Clone, Debug)]
pub enum Log {
    /// It was not requested: a file does not include it, and without a job there is none.
    NotRequested,
    /// It could not be read; holds the reason.
    Unread(String),
    /// Its events, the oldest first.
    Read(Vec<Event>),
}

impl Log {
    /// The events that were read.
    fn events(&self) -> &[Event] {
        match self {
            Log::Read(events) => events,
            Log::NotRequested | Log::Unread(_) => &[],
        }
    }
}

/// How far back the log is read at least: an object that failed, or a cycle that succeeded, this recently counts.
pub const RECENT: SignedDuration = SignedDuration::from_hours(48);

/// The evidence for the milestones, and how commands name it.
#[derive(Clone, Copy, Debug)]
pub struct Known<'k> {
    /// What was read.
    pub seen: &'k Seen,
    /// The groups that were named on the command line, instead of the policy's.
    pub named: &'k [String],
    /// The provisioning log.
    pub log: &'k Log,
    /// The current time, or when the snapshot was taken.
    pub now: Timestamp,
    /// Today, from which deadlines are counted.
    pub today: Date,
    /// The flag that names the app: `--app TOTAL`.
    pub app: &'k str,
    /// The flags for its Graph: ` --cloud usgov`.
    pub reach: &'k str,
    /// The flag for its job, where it has several: ` --job ID`.
    pub job: &'k str,
    /// The flags for the requirements: ` --policy FILE`.
    pub judged_by: &'k str,
    /// The file that is read; `None` for an app in the tenant.
    pub file: Option<&'k str>,
}

const APPLICATION: &str = "The enterprise application exists and is enabled";
const SET_UP: &str = "Provisioning is configured";
const CONNECTION: &str = "The connection is saved and the app accepts it";
const MAPPINGS: &str = "The mappings meet the vendor's requirements";
const SCOPE: &str = "The scope is set as required";
const GROUPS: &str = "The users and groups are assigned";
const NOTICES: &str = "Failures are reported by email";
const STARTED: &str = "Provisioning is started";
const FIRST_CYCLE: &str = "The first cycle has ended and users are provisioned";
const GROUPS_THERE: &str = "The groups are provisioned";

/// Every milestone, in order.
const TITLES: [&str; 10] =
    [APPLICATION, SET_UP, CONNECTION, MAPPINGS, SCOPE, GROUPS, NOTICES, STARTED, FIRST_CYCLE, GROUPS_THERE];

/// The milestone that a rule decides; `None` for rules about a file, or about the state of the job, which is read
/// directly.
fn step_of(rule: &Metadata) -> Option<&'static str> {
    match (rule.section, rule.id) {
        // Licences decide whether groups can be assigned.
        (_, id::LICENCE_MISSING) => Some(GROUPS),
        (Section::Application, _) => Some(APPLICATION),
        (_, id::SCOPE_ALL_USERS | id::SCOPE_UNSET | id::OUT_OF_SCOPE_DELETION_SKIPPED) => Some(SCOPE),
        (_, id::NOTIFICATION_EMAIL_MISSING | id::ACCIDENTAL_DELETION_GUARD) => Some(NOTICES),
        (Section::Connection, _) => Some(CONNECTION),
        (_, id::PROVISIONING_NOT_CONFIGURED | id::MULTIPLE_JOBS | id::LEGACY_JOB | id::UNEXPECTED_TEMPLATE) => {
            Some(SET_UP)
        }
        (Section::Job | Section::Document, _) => None,
        (Section::Assignment | Section::Member, _) => Some(GROUPS),
        (
            Section::Mapping
            | Section::Object
            | Section::Hygiene
            | Section::Matching
            | Section::Lifecycle
            | Section::Group
            | Section::Role
            | Section::Expression
            | Section::Scope,
            _,
        ) => Some(MAPPINGS),
    }
}

/// The rules that decide a milestone.
fn rules_of(step: &str) -> Vec<&'static str> {
    let rules = RULES.iter().map(|rule| &rule.metadata);
    rules.filter(|rule| step_of(rule) == Some(step)).map(|rule| rule.id).collect()
}

/// The checklist, with what is done.
pub fn guide(known: &Known<'_>) -> Checklist {
    let steps = vec![
        known.application(),
        known.set_up(),
        known.connection(),
        known.mappings(),
        known.scope(),
        known.groups_assigned(),
        known.notices(),
        known.started(),
        known.first_cycle(),
        known.groups_provisioned(),
    ];
    Checklist::of(steps, known)
}

/// The checklist for an app that was not found. `alike` are the names and object ids of apps with similar names;
/// `flags` are those of the run except for the app.
pub fn guide_without_app(name: &str, alike: &[(String, String)], flags: &str) -> Checklist {
    let waits = |title| Milestone::open(title, vec!["the application must exist first (step 1)".to_owned()]);
    let mut steps: Vec<Milestone> = TITLES.into_iter().map(waits).collect();
    let mut evidence = vec![format!("there is no enterprise application `{name}`")];
    if !alike.is_empty() {
        let named: Vec<String> = alike.iter().map(|(name, id)| format!("{name} ({id})")).collect();
        evidence.push(format!("similar names: {}", named.join(", ")));
    }
    let portal = vec![portal::new_app()];
    let way = match alike {
        [(_, id)] => Way { portal, command: Some(format!("provlint guide --app {id}{flags}")) },
        _ => Way { portal, command: None },
    };
    steps[0] = Milestone { way, ..Milestone::open(APPLICATION, evidence) };
    Checklist::without_app(steps)
}

/// The names of groups.
fn names<'g>(groups: impl Iterator<Item = &'g AssignedGroup>) -> String {
    groups.map(|group| group.name.as_str()).collect::<Vec<_>>().join(", ")
}
