//! The whole way from an app to people who can sign in to it, as a checklist.
//!
//! The steps are those of the vendor's guide (<https://docs.truu.ai/Intergrations/EntraID/Part3>) and of Microsoft's
//! (<https://learn.microsoft.com/entra/identity/app-provisioning/configure-automatic-user-provisioning-portal>). What
//! decides a step is what the rules found, and what the job and its log say.

mod known;

use std::fmt;

use jiff::Timestamp;
use known::by_hand;

use crate::finding::{Metadata, Section};
use crate::operation::{Event, Standing};
use crate::rules::{Judgement, RULES};

/// A step of the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is to be done.
    pub title: &'static str,
    /// Whether it is.
    pub done: Done,
    /// What says so.
    pub evidence: Vec<String>,
    /// What to do next; `None` where there is nothing to do, or nothing that anybody could name.
    pub next: Option<Next>,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// A command to run.
    Run(String),
    /// What to do in the portal, or by somebody who may.
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

/// Whether a step is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It is.
    Yes,
    /// It isn't.
    No,
    /// What would tell isn't at hand.
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

/// A group that is assigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignedGroup {
    /// The object id.
    pub id: String,
    /// The display name.
    pub name: String,
}

/// What the steps are decided by.
#[derive(Clone, Copy, Debug)]
pub struct Known<'k> {
    /// What the rules made of the app.
    pub judgement: &'k Judgement,
    /// Where the job stands; `None` where there is no job, or nobody knows of one.
    pub standing: Option<&'k Standing>,
    /// The groups that are assigned; `None` where nobody knows of any.
    pub groups: Option<&'k [AssignedGroup]>,
    /// The groups that were named for this run, which go before the policy's.
    pub named: &'k [String],
    /// The provisioning log; `None` where it wasn't read.
    pub events: Option<&'k [Event]>,
    /// The present, or when the snapshot was taken.
    pub now: Timestamp,
    /// How the app is named on the command line: `--app TOTAL`.
    pub app: &'k str,
    /// How its Graph is: ` --cloud usgov`.
    pub reach: &'k str,
    /// How its job is, where it has several: ` --job ID`.
    pub job: &'k str,
    /// How what it is judged by is: ` --policy FILE`.
    pub judged_by: &'k str,
    /// The file that is looked at; `None` for an app in the tenant.
    pub file: Option<&'k str>,
}

const APPLICATION: &str = "The enterprise application is there and enabled";
const SET_UP: &str = "Provisioning is set up";
const CONNECTION: &str = "The connection is saved, and the app takes it";
const MAPPINGS: &str = "The mappings are as the vendor requires";
const SCOPE: &str = "Only who is assigned is in scope";
const GROUPS: &str = "The groups are assigned";
const NOTICES: &str = "Somebody is told when provisioning fails";
const STARTED: &str = "Provisioning is started";
const FIRST_CYCLE: &str = "The first cycle has ended, and people came over";
const GROUPS_THERE: &str = "The groups came over";

/// Every step, in the order of the way.
const TITLES: [&str; 10] =
    [APPLICATION, SET_UP, CONNECTION, MAPPINGS, SCOPE, GROUPS, NOTICES, STARTED, FIRST_CYCLE, GROUPS_THERE];

/// The step that a rule decides; `None` for one about a file, or about what the job's own state tells.
fn step_of(rule: &Metadata) -> Option<&'static str> {
    match (rule.section, rule.id) {
        (Section::Application, _) => Some(APPLICATION),
        (_, "scope-all-users" | "scope-unset" | "out-of-scope-deletion-skipped") => Some(SCOPE),
        (_, "notification-email-missing" | "accidental-deletion-guard") => Some(NOTICES),
        (Section::Connection, _) => Some(CONNECTION),
        (_, "provisioning-not-configured" | "multiple-jobs" | "legacy-job" | "unexpected-template") => Some(SET_UP),
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

/// The rules that decide a step.
fn rules_of(step: &str) -> Vec<&'static str> {
    let rules = RULES.iter().map(|rule| &rule.metadata);
    rules.filter(|rule| step_of(rule) == Some(step)).map(|rule| rule.id).collect()
}

/// The way, with what is done of it.
pub fn guide(known: &Known<'_>) -> Vec<Step> {
    vec![
        known.by_rules(
            APPLICATION,
            &rules_of(APPLICATION),
            &["service-principal-disabled"],
            "it is enabled, and can be provisioned to",
            by_hand,
        ),
        known.by_rules(
            SET_UP,
            &rules_of(SET_UP),
            &["provisioning-not-configured"],
            "it has a provisioning job",
            by_hand,
        ),
        known.connection(),
        known.by_rules(
            MAPPINGS,
            &rules_of(MAPPINGS),
            &["required-mapping-source", "required-mapping-missing"],
            "the schema follows the vendor's guide",
            |findings| known.mended(findings),
        ),
        known.by_rules(
            SCOPE,
            &rules_of(SCOPE),
            &["scope-all-users"],
            "the scope is set to assigned users and groups",
            |_| Some(known.run("fix", " --unsafe")),
        ),
        known.groups_assigned(),
        known.by_rules(
            NOTICES,
            &rules_of(NOTICES),
            &["notification-email-missing"],
            "a notification e-mail and the guard against accidental deletion are set",
            by_hand,
        ),
        known.started(),
        known.first_cycle(),
        known.groups_provisioned(),
    ]
}

/// The way for an app that isn't there yet, or bears another name; `alike` are names that begin like the one that was
/// looked for, and their object ids; `flags` are those of the run but for the app.
pub fn guide_without_app(name: &str, alike: &[(String, String)], flags: &str) -> Vec<Step> {
    let waits =
        |title| Step { title, done: Done::No, evidence: vec!["the application comes first".to_owned()], next: None };
    let mut steps: Vec<Step> = TITLES.into_iter().map(waits).collect();
    let mut evidence = vec![format!("there is no enterprise application `{name}`")];
    if !alike.is_empty() {
        let named: Vec<String> = alike.iter().map(|(name, id)| format!("{name} ({id})")).collect();
        evidence.push(format!("names that begin alike: {}", named.join(", ")));
    }
    let next = match alike {
        [(_, id)] => Next::Run(format!("provlint guide --app {id}{flags}")),
        _ => Next::Portal("Enterprise applications > New application > Create your own application".to_owned()),
    };
    steps[0] = Step { evidence, next: Some(next), ..waits(APPLICATION) };
    steps
}
