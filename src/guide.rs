//! The whole way from an app to people who can sign in to it, as a checklist.
//!
//! The steps are those of the vendor's guide (<https://docs.truu.ai/Intergrations/EntraID/Part3>) and of Microsoft's
//! (<https://learn.microsoft.com/entra/identity/app-provisioning/configure-automatic-user-provisioning-portal>). What
//! decides a step is what the rules found, and what the job and its log say.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use crate::finding::{Applicability, Finding, Section, Severity};
use crate::model::TenantChange;
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

/// What the steps are decided by.
#[derive(Clone, Copy, Debug)]
pub struct Known<'k> {
    /// What the rules made of the app.
    pub judgement: &'k Judgement,
    /// Where the job stands; `None` where there is no job, or nobody knows of one.
    pub standing: Option<&'k Standing>,
    /// The groups that are assigned, by name; `None` where nobody knows of any.
    pub groups: Option<&'k [String]>,
    /// The groups that were named for this run, which go before the policy's.
    pub named: &'k [String],
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
        known.by_rules(
            FIRST,
            &["service-principal-disabled", "unexpected-app-template", "licence-missing"],
            &["service-principal-disabled"],
            "it is enabled, and can be provisioned to",
            by_hand,
        ),
        known.by_rules(
            "Provisioning is set up",
            &["provisioning-not-configured", "multiple-jobs", "legacy-job", "unexpected-template"],
            &["provisioning-not-configured"],
            "it has a provisioning job",
            by_hand,
        ),
        known.connection(),
        known.by_rules(
            "The mappings are as the vendor requires",
            &mapping,
            &["required-mapping-source", "required-mapping-missing"],
            "the schema follows the vendor's guide",
            |findings| known.mended(findings),
        ),
        known.by_rules(
            "Only who is assigned is in scope",
            &["scope-all-users", "scope-unset", "out-of-scope-deletion-skipped"],
            &["scope-all-users"],
            "the scope is set to assigned users and groups",
            |_| Some(Next::Run(format!("provlint fix {} --unsafe", known.app))),
        ),
        known.groups_assigned(),
        known.by_rules(
            "Somebody is told when provisioning fails",
            &["notification-email-missing", "accidental-deletion-guard"],
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
/// looked for, and their object ids.
pub fn guide_without_app(name: &str, alike: &[(String, String)]) -> Vec<Step> {
    let nothing = Judgement::default();
    let known = Known {
        judgement: &nothing,
        standing: None,
        groups: None,
        named: &[],
        events: None,
        now: Timestamp::UNIX_EPOCH,
        app: "",
        file: None,
    };
    let mut steps = guide(&known);
    for step in &mut steps {
        (step.done, step.evidence, step.next) = (Done::No, vec!["the application comes first".to_owned()], None);
    }
    if let Some(first) = steps.first_mut() {
        first.evidence = vec![format!("there is no enterprise application `{name}`")];
        if !alike.is_empty() {
            let named: Vec<String> = alike.iter().map(|(name, id)| format!("{name} ({id})")).collect();
            first.evidence.push(format!("names that begin alike: {}", named.join(", ")));
        }
        let create = "Enterprise applications > New application > Create your own application";
        first.next = Some(match alike {
            [(_, id)] => Next::Run(format!("provlint guide --app {id}")),
            _ => Next::Portal(create.to_owned()),
        });
    }
    steps
}

const FIRST: &str = "The enterprise application is there and enabled";

/// What a person has to do about the first of some findings.
fn by_hand(findings: &[&Finding]) -> Option<Next> {
    let portal = findings.iter().find_map(|finding| finding.fix.as_ref().map(|fix| &fix.portal))?;
    (!portal.is_empty()).then(|| Next::Portal(portal.join("; ")))
}

/// What rules say of a step.
struct Judged<'k> {
    done: Done,
    evidence: Vec<String>,
    /// What they found.
    findings: Vec<&'k Finding>,
    /// Whether what they need could not be read, as opposed to wasn't asked for.
    unread: bool,
}

impl<'k> Known<'k> {
    fn by_rules(
        &self,
        title: &'static str,
        rules: &[&'static str],
        essential: &[&str],
        well: &str,
        mend: impl Fn(&[&Finding]) -> Option<Next>,
    ) -> Step {
        let Judged { done, evidence, findings, unread } = self.judged(rules, essential, well);
        let next = match done {
            Done::Yes => None,
            Done::No => mend(&findings),
            Done::Unknown => self.look(unread),
        };
        Step { title, done, evidence, next }
    }

    /// How to find out what can't be told: what nobody knows is not to be mended.
    fn look(&self, unread: bool) -> Option<Next> {
        match self.file {
            Some(_) => Some(Next::Run(format!("provlint guide {}{}", self.app, self.flags()))),
            None => unread.then(|| Next::Run("provlint auth status".to_owned())),
        }
    }

    /// The groups that were named, as they are named again.
    fn flags(&self) -> String {
        self.named.iter().map(|group| format!(" --group {}", quoted(group))).collect()
    }

    /// What mends the mappings.
    fn mended(&self, findings: &[&Finding]) -> Option<Next> {
        let fixes = || findings.iter().filter_map(|finding| finding.fix.as_ref()).filter(|fix| !fix.is_manual());
        let safe = fixes().any(|fix| fix.applicability == Applicability::Safe);
        fixes().next().map_or_else(
            || by_hand(findings),
            |_| {
                let flag = if safe { "" } else { " --unsafe" };
                Some(Next::Run(match self.file {
                    Some(file) => format!("provlint fix {file} --dry-run{flag}"),
                    None => format!("provlint fix {}{flag}", self.app),
                }))
            },
        )
    }

    /// Whether rules found nothing worth mending, and looked at what is `essential`.
    fn judged(&self, rules: &[&'static str], essential: &[&str], well: &str) -> Judged<'k> {
        let of_step = |id: &str| rules.contains(&id);
        let found = self.judgement.findings.iter();
        let found = found.filter(|finding| of_step(finding.rule.id) && finding.severity >= Severity::Warning);
        let findings: Vec<&Finding> = found.collect();
        if !findings.is_empty() {
            let evidence = findings.iter().map(|finding| finding.message.clone()).collect();
            return Judged { done: Done::No, evidence, findings, unread: false };
        }
        let Judgement { passed, failed, unknown, .. } = self.judgement;
        let unjudged = essential.iter().find(|id| !passed.contains(id) && !failed.contains(id));
        match unjudged {
            None => Judged { done: Done::Yes, evidence: vec![well.to_owned()], findings, unread: false },
            Some(id) => Judged {
                done: Done::Unknown,
                evidence: vec![format!("not at hand for {id}: {}", self.why(id).unwrap_or("the rule is off"))],
                findings,
                unread: unknown.iter().any(|(of, _)| of == id),
            },
        }
    }

    /// Why a rule couldn't judge.
    fn why(&self, rule: &str) -> Option<&'k str> {
        let Judgement { unknown, skipped, .. } = self.judgement;
        let why = unknown.iter().chain(skipped).find(|(of, _)| *of == rule);
        why.map(|(_, reason)| reason.as_str())
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
        let Judged { mut done, mut evidence, findings, unread } =
            self.judged(&rules, &["tenant-url-missing"], "tenant URL and secret token are saved");
        let mut next = match done {
            Done::Yes => None,
            Done::No => by_hand(&findings),
            Done::Unknown => self.look(unread),
        };
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
            next = Some(Next::Run(format!("provlint guide {}{} --test-connection", self.app, self.flags())));
        }
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
        let assigned = self.groups.unwrap_or_default();
        let Judged { mut done, mut evidence, findings, unread } = self.judged(&rules, essential, &assigned.join(", "));
        let known = self.judgement.failed.contains(&"group-not-assigned");
        let flags = if known { self.flags() } else { " --group NAME".to_owned() };
        let assign = || Some(Next::Run(format!("provlint fix {}{flags} --assign-groups", self.app)));
        let assigns = |finding: &&Finding| {
            let change = finding.fix.as_ref().and_then(|fix| fix.tenant.as_ref());
            matches!(change, Some(TenantChange::Assign { .. }))
        };
        let mut next = match done {
            Done::Yes => None,
            Done::No if findings.iter().any(assigns) => assign(),
            Done::No if findings.iter().all(|found| found.rule.id == "nothing-assigned") => assign(),
            Done::No => by_hand(&findings),
            Done::Unknown => self.look(unread),
        };
        if done == Done::Yes && assigned.is_empty() {
            (done, evidence) = (Done::Unknown, vec!["no group is assigned, users by themselves alone".to_owned()]);
            next = assign();
        }
        Step { title: "The groups are assigned", done, evidence, next }
    }

    /// What to do about a step that jobs tell of.
    fn of_job(&self, done: Done, command: String) -> Option<Next> {
        match (done, self.standing) {
            (Done::Yes, _) => None,
            (Done::Unknown, None) => {
                let unread = self.judgement.unknown.iter().any(|(id, _)| *id == "provisioning-not-configured");
                self.look(unread)
            }
            _ => Some(Next::Run(command)),
        }
    }

    fn started(&self) -> Step {
        let (done, evidence) = match self.standing {
            None => self.no_job(),
            Some(standing) => {
                let done = if standing.state.is_on() { Done::Yes } else { Done::No };
                (done, format!("provisioning {}", standing.state.in_words()))
            }
        };
        let next = self.of_job(done, format!("provlint start {} --wait", self.app));
        Step { title: "Provisioning is started", done, evidence: vec![evidence], next }
    }

    fn no_job(&self) -> (Done, String) {
        if self.judgement.failed.contains(&"provisioning-not-configured") {
            (Done::No, "there is no provisioning job".to_owned())
        } else {
            let why = self.why("provisioning-not-configured");
            (Done::Unknown, format!("not at hand: {}", why.unwrap_or("jobs")))
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
        let next = self.of_job(done, format!("provlint status {}", self.app));
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
        let Some(groups) = self.groups else {
            let why = self.why("nothing-assigned").unwrap_or("assignments");
            let unread = self.judgement.unknown.iter().any(|(id, _)| *id == "nothing-assigned");
            let evidence = vec![format!("not at hand: {why}")];
            return Step { title, done: Done::Unknown, evidence, next: self.look(unread) };
        };
        let (missing, there): (Vec<&String>, Vec<&String>) = groups.iter().partition(|group| !in_log(group));
        let list = |groups: &[&String]| groups.iter().map(|group| group.as_str()).collect::<Vec<_>>().join(", ");
        let all = i64::try_from(groups.len()).unwrap_or(i64::MAX);
        let (done, evidence) = match counted {
            _ if all == 0 => (Done::Unknown, "no group is assigned".to_owned()),
            Some(count) if count >= all => (Done::Yes, format!("provisioned: {count} groups, assigned: {all}")),
            _ if missing.is_empty() => (Done::Yes, format!("the provisioning log has {}", list(&there))),
            Some(count) => (Done::No, format!("provisioned: {count} groups, assigned: {all}")),
            None if self.standing.is_some_and(|standing| standing.state == State::NotStarted) => {
                (Done::No, "nothing has been provisioned yet".to_owned())
            }
            None => (Done::Unknown, "not at hand: how many groups are provisioned".to_owned()),
        };
        let next = match (done, missing.first()) {
            (Done::No, Some(group)) => {
                Some(Next::Run(format!("provlint provision {} --group {}", self.app, quoted(group))))
            }
            (Done::Unknown, Some(_)) => self.look(self.events.is_none()),
            _ => None,
        };
        Step { title, done, evidence: vec![evidence], next }
    }
}

/// A cycle that went through so lately says that the connection works.
const LATELY: SignedDuration = SignedDuration::from_hours(48);
