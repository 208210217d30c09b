//! The whole way from an app to people who can sign in to it, as a checklist.
//!
//! The steps are those of the vendor's guide (<https://docs.truu.ai/Intergrations/EntraID/Part3>) and of Microsoft's
//! (<https://learn.microsoft.com/entra/identity/app-provisioning/configure-automatic-user-provisioning-portal>). What
//! decides a step is what the rules found, and what the job and its log say.

use crate::finding::{Section, Severity};
use crate::operation::{Event, Standing, State};
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
        by_rules(
            "The groups are assigned",
            &[
                "nothing-assigned",
                "group-not-assigned",
                "group-not-security",
                "group-deleted",
                "group-name-collision",
                "nested-group",
            ],
            &["nothing-assigned"],
            &known.groups.join(", "),
            format!("provlint fix {app} --group NAME --assign-groups"),
        ),
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
    /// Whether rules found nothing worth mending, and could look at what is `essential`.
    fn judged(&self, rules: &[&'static str], essential: &[&str], well: &str) -> (Done, Vec<String>) {
        let of_step = |id: &str| rules.contains(&id);
        let found = self.judgement.findings.iter();
        let found = found.filter(|finding| of_step(finding.rule.id) && finding.severity >= Severity::Warning);
        let evidence: Vec<String> = found.map(|finding| finding.message.clone()).collect();
        if !evidence.is_empty() {
            return (Done::No, evidence);
        }
        let unjudged = self.judgement.unknown.iter().chain(&self.judgement.skipped);
        let unjudged: Vec<String> = unjudged
            .filter(|(id, _)| essential.contains(id))
            .map(|(_, reason)| format!("not at hand: {reason}"))
            .collect();
        match unjudged.into_iter().next() {
            Some(reason) => (Done::Unknown, vec![reason]),
            None => (Done::Yes, vec![well.to_owned()]),
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
            standing.last_success.is_some() && standing.failures_in_a_row == 0 && standing.state != State::Quarantine
        });
        if done == Done::Yes && tested {
            evidence.push("Entra has tested the saved credentials: the app takes them".to_owned());
        } else if done == Done::Yes && went_well {
            evidence.push("the last cycles went through".to_owned());
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

    fn started(&self) -> Step {
        let (done, evidence) = match self.standing {
            None => self.no_job(),
            Some(standing) => {
                let is_on = matches!(standing.state, State::InitialCycle | State::Steady | State::Quarantine);
                (if is_on { Done::Yes } else { Done::No }, format!("provisioning {}", standing.state.in_words()))
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
        let title = "The groups came over with their members";
        let counted = self.standing.and_then(|standing| standing.count("Group"));
        let in_log = |group: &String| {
            let events = self.events.unwrap_or_default().iter();
            events.rev().any(|event| event.status == "success" && event.who.eq_ignore_ascii_case(group))
        };
        let (missing, there): (Vec<&String>, Vec<&String>) = self.groups.iter().partition(|group| !in_log(group));
        let list = |groups: &[&String]| groups.iter().map(|group| group.as_str()).collect::<Vec<_>>().join(", ");
        let all = i64::try_from(self.groups.len()).unwrap_or(i64::MAX);
        let (done, evidence) = match counted {
            _ if !self.groups.is_empty() && missing.is_empty() => {
                (Done::Yes, format!("the provisioning log has {}", list(&there)))
            }
            Some(count) if count >= all && all > 0 => (Done::Yes, format!("{count} groups are provisioned")),
            Some(count) => (Done::No, format!("{count} of {all} assigned groups are provisioned")),
            None => (Done::Unknown, "not at hand: how many groups are provisioned".to_owned()),
        };
        let group = missing.first().map_or("NAME", |group| group.as_str());
        let group = if group.contains(' ') { format!("\"{group}\"") } else { group.to_owned() };
        let next = (done != Done::Yes).then(|| format!("provlint provision {} --group {group}", self.app));
        Step { title, done, evidence: vec![evidence], next }
    }
}
