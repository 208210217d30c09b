//! The whole way from an app to users who can sign in to it, as a checklist.
//!
//! The milestones are those of the vendor's guide (<https://docs.truu.ai/Intergrations/EntraID/Part3>) and of Microsoft's
//! (<https://learn.microsoft.com/entra/identity/app-provisioning/configure-automatic-user-provisioning-portal>). They
//! are decided by the findings of rules, the state of the job, and its log.

mod known;
mod obstacles;
mod seen;

use std::fmt;

use jiff::Timestamp;
use known::by_hand;
pub use obstacles::{Obstacle, obstacles};
pub use seen::Seen;

use crate::finding::{Metadata, Section};
use crate::operation::{Event, Standing};
use crate::rules::{Judgement, RULES, id, portal};

/// A step of the checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// What has to be done.
    pub title: &'static str,
    /// Whether it is done.
    pub done: Done,
    /// The evidence for that.
    pub evidence: Vec<String>,
    /// What to do next; `None` if nothing has to be done, or nothing can be suggested.
    pub next: Option<Next>,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// A command to run.
    Run(String),
    /// Steps in the portal.
    Portal(String),
}

impl fmt::Display for Next {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Next::Run(command) => formatter.write_str(command),
            Next::Portal(steps) => write!(formatter, "portal: {steps}"),
        }
    }
}

/// Whether a milestone is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It is done.
    Yes,
    /// It is not done.
    No,
    /// The evidence is missing.
    Unknown,
}

impl Done {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Done::Yes => "done",
            Done::No => "not done",
            Done::Unknown => "cannot tell",
        }
    }
}

/// A group that is assigned to the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignedGroup {
    /// The object id.
    pub id: String,
    /// The display name.
    pub name: String,
}

/// The evidence for the milestones, and how commands name it.
#[derive(Clone, Copy, Debug)]
pub struct Known<'k> {
    /// What the rules found.
    pub judgement: &'k Judgement,
    /// The state of the job; `None` if there is no job, or its state is unknown.
    pub standing: Option<&'k Standing>,
    /// The groups that are assigned; `None` where that is unknown.
    pub groups: Option<&'k [AssignedGroup]>,
    /// The groups that were named on the command line, instead of the policy's.
    pub named: &'k [String],
    /// The provisioning log; `None` where it was not read.
    pub events: Option<&'k [Event]>,
    /// The current time, or when the snapshot was taken.
    pub now: Timestamp,
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
const SCOPE: &str = "Only assigned users and groups are in scope";
const GROUPS: &str = "The groups are assigned";
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
pub fn guide(known: &Known<'_>) -> Vec<Milestone> {
    vec![
        known.by_rules(
            APPLICATION,
            &rules_of(APPLICATION),
            &[id::SERVICE_PRINCIPAL_DISABLED],
            "it is enabled and can be provisioned",
            by_hand,
        ),
        known.by_rules(
            SET_UP,
            &rules_of(SET_UP),
            &[id::PROVISIONING_NOT_CONFIGURED],
            "it has a provisioning job",
            by_hand,
        ),
        known.connection(),
        known.by_rules(
            MAPPINGS,
            &rules_of(MAPPINGS),
            &[id::REQUIRED_MAPPING_SOURCE, id::REQUIRED_MAPPING_MISSING],
            "the schema meets the vendor's requirements",
            |findings| known.fixed(findings),
        ),
        known.by_rules(
            SCOPE,
            &rules_of(SCOPE),
            &[id::SCOPE_ALL_USERS],
            "the scope is set to assigned users and groups",
            |_| Some(known.run("fix", " --unsafe")),
        ),
        known.groups_assigned(),
        known.by_rules(
            NOTICES,
            &rules_of(NOTICES),
            &[id::NOTIFICATION_EMAIL_MISSING],
            "a notification email address and the accidental deletion guard are set",
            by_hand,
        ),
        known.started(),
        known.first_cycle(),
        known.groups_provisioned(),
    ]
}

/// The checklist for an app that was not found. `alike` are the names and object ids of apps with similar names;
/// `flags` are those of the run except for the app.
pub fn guide_without_app(name: &str, alike: &[(String, String)], flags: &str) -> Vec<Milestone> {
    let waits = |title| Milestone {
        title,
        done: Done::No,
        evidence: vec!["the application must exist first".to_owned()],
        next: None,
    };
    let mut steps: Vec<Milestone> = TITLES.into_iter().map(waits).collect();
    let mut evidence = vec![format!("there is no enterprise application `{name}`")];
    if !alike.is_empty() {
        let named: Vec<String> = alike.iter().map(|(name, id)| format!("{name} ({id})")).collect();
        evidence.push(format!("similar names: {}", named.join(", ")));
    }
    let next = match alike {
        [(_, id)] => Next::Run(format!("provlint guide --app {id}{flags}")),
        _ => Next::Portal(portal::NEW_APP.to_owned()),
    };
    steps[0] = Milestone { evidence, next: Some(next), ..waits(APPLICATION) };
    steps
}
