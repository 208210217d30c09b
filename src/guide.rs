//! The whole way from an app to people who can sign in to it, as a checklist.
//!
//! The steps are those of the vendor's guide (<https://docs.truu.ai/Intergrations/EntraID/Part3>) and of Microsoft's
//! (<https://learn.microsoft.com/entra/identity/app-provisioning/configure-automatic-user-provisioning-portal>). What
//! decides a step is what the rules found, and what the job and its log say.

use jiff::{SignedDuration, Timestamp};

use crate::finding::{Section, Severity};
use crate::operation::{Event, Standing, State};
use crate::rules::{Judgement, RULES};
use crate::shell::quoted;

/// A step of the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is to be done.
    pub title: &'static str,
    /// Whether it is.
    pub done: Done,
    /// What says so.
    pub evidence: Vec<String>,
    /// What to run, or to do in the portal, next.
    pub next: Option<String>,
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

/// What the steps are decided by.
#[derive(Clone, Copy, Debug)]
pub struct Known<'k> {
    /// What the rules made of the app.
    pub judgement: &'k Judgement,
    /// Where the job stands; `None` where there is no job, or nobody knows of one.
    pub standing: Option<&'k Standing>,
    /// The groups that are assigned, by name.
    pub groups: &'k [String],
    /// The provisioning log; `None` where it wasn't read.
    pub events: Option<&'k [Event]>,
    /// The present, or when the snapshot was taken.
    pub now: Timestamp,
    /// How the app is named on the command line: `--app TOTAL`.
    pub app: &'k str,
    /// The file that is looked at; `None` for an app in the tenant.
    pub file: Option<&'k str>,
}

/// The way, with what is done of it.
pub fn guide(known: &Known<'_>) -> Vec<Step> {
    let app = known.app;
    let by_rules = |title, rules: &[&'static str], essential: &[&str], well: &str, next: String| {
        let (done, evidence) = known.judged(rules, essential, well);
        Step { title, done, evidence, next: (done != Done::Yes).then_some(next) }
    };
    let sections = |sections: &[Section]| -> Vec<&'static str> {
        let rules = RULES.iter().map(|rule| &rule.metadata);
        rules.filter(|rule| sections.contains(&rule.section)).map(|rule| rule.id).collect()
    };
    let mapping = sections(&[
        Section::Mapping,
        Section::Object,
        Section::Hygiene,
        Section::Matching,
        Section::Lifecycle,
        Section::Group,
        Section::Role,
        Section::Expression,
        Section::Scope,
    ]);
    vec![
        by_rules(
            "The enterprise application is there and enabled",
            &["service-principal-disabled", "unexpected-app-template", "licence-missing"],
            &["service-principal-disabled"],
            "it is enabled, and can be provisioned to",
            "portal: Enterprise applications > New application > Create your own application".to_owned(),
        ),
        by_rules(
            "Provisioning is set up",
            &["provisioning-not-configured", "multiple-jobs", "legacy-job", "unexpected-template"],
            &["provisioning-not-configured"],
            "it has a provisioning job",
            "portal: Provisioning > New configuration, with the tenant URL and the secret token from the vendor"
                .to_owned(),
        ),
        known.connection(),
        by_rules(
            "The mappings are as the vendor requires",
            &mapping,
            &["required-mapping-source", "required-mapping-missing"],
            "the schema follows the vendor's guide",
            known.file.map_or_else(|| format!("provlint fix {app}"), |file| format!("provlint fix {file} --dry-run")),
        ),
        by_rules(
            "Only who is assigned is in scope",
            &["scope-all-users", "scope-unset", "out-of-scope-deletion-skipped"],
            &["scope-all-users"],
            "the scope is set to assigned users and groups",
            format!("provlint fix {app} --unsafe"),
        ),
        known.groups_assigned(),
        by_rules(
            "Somebody is told when provisioning fails",
            &["notification-email-missing", "accidental-deletion-guard"],
            &["notification-email-missing"],
            "a notification e-mail and the guard against accidental deletion are set",
            "portal: Provisioning > Settings".to_owned(),
        ),
        known.started(),
        known.first_cycle(),
        known.groups_provisioned(),
    ]
}

impl Known<'_> {
    /// Whether rules found nothing worth mending, and looked at what is `essential`.
    fn judged(&self, rules: &[&'static str], essential: &[&str], well: &str) -> (Done, Vec<String>) {
        let of_step = |id: &str| rules.contains(&id);
        let found = self.judgement.findings.iter();
        let found = found.filter(|finding| of_step(finding.rule.id) && finding.severity >= Severity::Warning);
        let evidence: Vec<String> = found.map(|finding| finding.message.clone()).collect();
        if !evidence.is_empty() {
            return (Done::No, evidence);
        }
        let Judgement { passed, failed, skipped, unknown, .. } = self.judgement;
        let unjudged = essential.iter().find(|id| !passed.contains(id) && !failed.contains(id));
        match unjudged {
            None => (Done::Yes, vec![well.to_owned()]),
            Some(id) => {
                let why = unknown.iter().chain(skipped).find(|(of, _)| of == id);
                let why = why.map_or("the rule is off", |(_, reason)| reason);
                (Done::Unknown, vec![format!("not at hand for {id}: {why}")])
            }
        }
    }

    fn connection(&self) -> Step {
        let title = "The connection is saved, and the app takes it";
        let rules = [
            "tenant-url-missing",
            "tenant-url-invalid",
            "tenant-url-mismatch",
            "secret-token-missing",
            "credentials-rejected",
        ];
        let (mut done, mut evidence) =
            self.judged(&rules, &["tenant-url-missing"], "tenant URL and secret token are saved");
        let tested = self.judgement.passed.contains(&"credentials-rejected");
        let went_well = self.standing.is_some_and(|standing| {
            let ended = standing.last_success.as_ref().and_then(|last| last.ended);
            let lately = ended.is_some_and(|ended| self.now.duration_since(ended) < LATELY);
            lately && standing.failures_in_a_row == 0 && matches!(standing.state, State::Steady | State::InitialCycle)
        });
        if done == Done::Yes && tested {
            evidence.push("Entra has tested the saved credentials: the app takes them".to_owned());
        } else if done == Done::Yes && went_well {
            evidence.push("a cycle has gone through lately".to_owned());
        } else if done == Done::Yes {
            done = Done::Unknown;
            evidence.push("the saved credentials were not tested".to_owned());
        }
        let next = match (done, evidence.len()) {
            (Done::Yes, _) => None,
            (Done::Unknown, 2) => Some(format!("provlint guide {} --test-connection", self.app)),
            _ => Some(
                "portal: Provisioning > Connectivity: enter tenant URL and secret token, Test connection, Save"
                    .to_owned(),
            ),
        };
        Step { title, done, evidence, next }
    }

    fn groups_assigned(&self) -> Step {
        let rules = [
            "nothing-assigned",
            "group-not-assigned",
            "group-not-security",
            "group-deleted",
            "group-name-collision",
            "nested-group",
        ];
        // Without groups in the policy there is nothing that could be missing.
        let wanted = self.judgement.unknown.iter().any(|(id, _)| *id == "group-not-assigned");
        let essential: &[&str] =
            if wanted { &["nothing-assigned", "group-not-assigned"] } else { &["nothing-assigned"] };
        let (mut done, mut evidence) = self.judged(&rules, essential, &self.groups.join(", "));
        if done == Done::Yes && self.groups.is_empty() {
            (done, evidence) = (Done::Unknown, vec!["no group is assigned, users by themselves alone".to_owned()]);
        }
        let next = (done != Done::Yes).then(|| format!("provlint fix {} --group NAME --assign-groups", self.app));
        Step { title: "The groups are assigned", done, evidence, next }
    }

    fn started(&self) -> Step {
        let (done, evidence) = match self.standing {
            None => self.no_job(),
            Some(standing) => {
                let done = if standing.state.is_on() { Done::Yes } else { Done::No };
                (done, format!("provisioning {}", standing.state.in_words()))
            }
        };
        let next = (done != Done::Yes).then(|| format!("provlint start {} --wait", self.app));
        Step { title: "Provisioning is started", done, evidence: vec![evidence], next }
    }

    fn no_job(&self) -> (Done, String) {
        if self.judgement.failed.contains(&"provisioning-not-configured") {
            (Done::No, "there is no provisioning job".to_owned())
        } else {
            (Done::Unknown, "not at hand: jobs".to_owned())
        }
    }

    fn first_cycle(&self) -> Step {
        let title = "The first cycle has ended, and people came over";
        let (done, evidence) = match self.standing {
            None => self.no_job(),
            Some(standing) if standing.state == State::Quarantine => {
                (Done::No, "Entra has put the job into quarantine".to_owned())
            }
            Some(standing) if standing.first_steady.is_none() => (Done::No, "it has not ended yet".to_owned()),
            Some(standing) => {
                let said = |kind: &str| standing.count(kind).map_or("?".to_owned(), |count| count.to_string());
                let done = match standing.count("User") {
                    Some(1..) => Done::Yes,
                    Some(_) => Done::No,
                    None => Done::Unknown,
                };
                (done, format!("provisioned: {} users, {} groups", said("User"), said("Group")))
            }
        };
        let next = (done != Done::Yes).then(|| format!("provlint status {}", self.app));
        Step { title, done, evidence: vec![evidence], next }
    }

    /// Membership is what gives access, so groups have to come over too.
    /// <https://docs.truu.ai/Intergrations/EntraID/Ongoing>
    fn groups_provisioned(&self) -> Step {
        let title = "The groups came over";
        let counted = self.standing.and_then(|standing| standing.count("Group"));
        // What was done with a group last decides.
        let in_log = |group: &String| {
            let mut events = self.events.unwrap_or_default().iter().filter(|event| event.status == "success");
            let last =
                events.rfind(|event| event.kind.as_deref() == Some("Group") && event.who.eq_ignore_ascii_case(group));
            last.is_some_and(|event| !matches!(event.action.as_str(), "delete" | "stageddelete" | "disable"))
        };
        let (missing, there): (Vec<&String>, Vec<&String>) = self.groups.iter().partition(|group| !in_log(group));
        let list = |groups: &[&String]| groups.iter().map(|group| group.as_str()).collect::<Vec<_>>().join(", ");
        let all = i64::try_from(self.groups.len()).unwrap_or(i64::MAX);
        let (done, evidence) = match counted {
            _ if all == 0 => (Done::Unknown, "no group is assigned".to_owned()),
            Some(count) if count >= all => (Done::Yes, format!("provisioned: {count} groups, assigned: {all}")),
            _ if missing.is_empty() => (Done::Yes, format!("the provisioning log has {}", list(&there))),
            Some(count) => (Done::No, format!("provisioned: {count} groups, assigned: {all}")),
            None => (Done::Unknown, "not at hand: how many groups are provisioned".to_owned()),
        };
        let group = missing.first().map_or_else(|| "NAME".to_owned(), |group| quoted(group));
        let next = (done != Done::Yes).then(|| format!("provlint provision {} --group {group}", self.app));
        Step { title, done, evidence: vec![evidence], next }
    }
}

/// A cycle that went through so lately says that the connection works.
const LATELY: SignedDuration = SignedDuration::from_hours(48);
