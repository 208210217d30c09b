//! Whether a milestone is reached, and what to do next.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::{
    AssignedGroup, CONNECTION, Done, FIRST_CYCLE, GROUPS, GROUPS_THERE, Known, Milestone, Next, STARTED, rules_of,
};
use crate::finding::{Applicability, Finding, Severity};
use crate::model::TenantChange;
use crate::operation::{Event, State, unhealed};
use crate::rules::{Judgement, id};
use crate::text::shell::{option, options};

/// The portal steps of the first finding that has any.
pub(super) fn by_hand(findings: &[&Finding]) -> Option<Next> {
    let portal = findings.iter().find_map(|finding| finding.fix.as_ref().map(|fix| &fix.portal))?;
    (!portal.is_empty()).then(|| Next::Portal(portal.join("; ")))
}

/// The results of the rules of a milestone.
struct Judged<'k> {
    done: Done,
    evidence: Vec<String>,
    /// What they found.
    findings: Vec<&'k Finding>,
    /// Whether their evidence could not be read, rather than not requested.
    unread: bool,
}

impl<'k> Known<'k> {
    pub(super) fn by_rules(
        &self,
        title: &'static str,
        rules: &[&'static str],
        essential: &[&str],
        well: &str,
        fix: impl Fn(&[&Finding]) -> Option<Next>,
    ) -> Milestone {
        let Judged { done, evidence, findings, unread } = self.judged(rules, essential, well);
        let next = match done {
            Done::Yes => None,
            Done::No => fix(&findings),
            Done::Unknown => self.look(unread),
        };
        Milestone { title, done, evidence, next }
    }

    /// How to get missing evidence. What is unknown must not be fixed.
    fn look(&self, unread: bool) -> Option<Next> {
        match self.file {
            Some(_) => Some(self.run("guide", &self.groups_again())),
            None => unread.then(|| Next::Run(format!("provlint auth status{}", self.reach))),
        }
    }

    /// A command for the app, with the same requirements.
    pub(super) fn run(&self, command: &str, flags: &str) -> Next {
        Next::Run(format!("provlint {command} {}{}{}{flags}", self.app, self.job, self.judged_by))
    }

    /// The command that shows the state of the job.
    fn status(&self) -> Next {
        Next::Run(format!("provlint status {}{}", self.app, self.job))
    }

    /// The flags that name the same groups again.
    fn groups_again(&self) -> String {
        options("--group", self.named)
    }

    /// The command or the portal steps that fix the mappings.
    pub(super) fn fixed(&self, findings: &[&Finding]) -> Option<Next> {
        let fixes = || findings.iter().filter_map(|finding| finding.fix.as_ref()).filter(|fix| !fix.is_manual());
        let safe = fixes().any(|fix| fix.applicability == Applicability::Safe);
        fixes().next().map_or_else(
            || by_hand(findings),
            |_| {
                let flag = if safe { "" } else { " --unsafe" };
                Some(match self.file {
                    Some(file) => Next::Run(format!("provlint fix {file}{} --dry-run{flag}", self.judged_by)),
                    None => self.run("fix", flag),
                })
            },
        )
    }

    /// Whether rules found no error and no warning, and the `essential` ones were evaluated.
    fn judged(&self, rules: &[&'static str], essential: &[&str], well: &str) -> Judged<'k> {
        let of_step = |id: &str| rules.contains(&id);
        let found = self.judgement.findings.iter();
        let found = found.filter(|finding| of_step(finding.rule.id) && finding.severity >= Severity::Warning);
        let findings: Vec<&Finding> = found.collect();
        if !findings.is_empty() {
            let evidence = findings.iter().map(|finding| finding.message.clone()).collect();
            return Judged { done: Done::No, evidence, findings, unread: false };
        }
        let Judgement { passed, failed, .. } = self.judgement;
        let unjudged = essential.iter().find(|id| !passed.contains(id) && !failed.contains(id));
        match unjudged {
            None => Judged { done: Done::Yes, evidence: vec![well.to_owned()], findings, unread: false },
            Some(id) => Judged {
                done: Done::Unknown,
                evidence: vec![match self.why(id) {
                    Some(reason) => format!("cannot tell: {id} was not evaluated: {reason}"),
                    None => format!("cannot tell: {id} is switched off"),
                }],
                findings,
                unread: self.is_unread(id),
            },
        }
    }

    /// Whether the evidence of a rule could not be read.
    fn is_unread(&self, rule: &str) -> bool {
        self.judgement.unknown.iter().any(|(id, _)| *id == rule)
    }

    /// Why a rule was not evaluated.
    fn why(&self, rule: &str) -> Option<&'k str> {
        let Judgement { unknown, skipped, .. } = self.judgement;
        let why = unknown.iter().chain(skipped).find(|(of, _)| *of == rule);
        why.map(|(_, reason)| reason.as_str())
    }

    pub(super) fn connection(&self) -> Milestone {
        let Judged { mut done, mut evidence, findings, unread } =
            self.judged(&rules_of(CONNECTION), &[id::TENANT_URL_MISSING], "tenant URL and secret token are saved");
        let mut next = match done {
            Done::Yes => None,
            Done::No => by_hand(&findings),
            Done::Unknown => self.look(unread),
        };
        let tested = self.judgement.passed.contains(&id::CREDENTIALS_REJECTED);
        let went_well = self.standing.is_some_and(|standing| {
            let ended = standing.last_success.as_ref().and_then(|last| last.ended);
            let recent = ended.is_some_and(|ended| self.now.duration_since(ended) < RECENT);
            recent && standing.failures_in_a_row == 0 && standing.state.is_running()
        });
        if done == Done::Yes && tested {
            evidence.push("Entra has tested the saved credentials: the app accepts them".to_owned());
        } else if done == Done::Yes && went_well {
            evidence.push("a cycle succeeded in the last 48 hours".to_owned());
        } else if done == Done::Yes {
            done = Done::Unknown;
            evidence.push("the saved credentials were not tested".to_owned());
            next = Some(self.run("guide", &format!("{} --test-connection", self.groups_again())));
        }
        Milestone { title: CONNECTION, done, evidence, next }
    }

    pub(super) fn groups_assigned(&self) -> Milestone {
        let rules = rules_of(GROUPS);
        // Without groups in the policy, no group can be missing.
        let wanted = self.is_unread(id::GROUP_NOT_ASSIGNED);
        let essential: &[&str] =
            if wanted { &[id::NOTHING_ASSIGNED, id::GROUP_NOT_ASSIGNED] } else { &[id::NOTHING_ASSIGNED] };
        let assigned = self.groups.unwrap_or_default();
        let Judged { mut done, mut evidence, findings, unread } =
            self.judged(&rules, essential, &names(assigned.iter()));
        let known = self.judgement.failed.contains(&id::GROUP_NOT_ASSIGNED);
        let flags = if known { self.groups_again() } else { " --group NAME".to_owned() };
        let assign = || Some(self.run("fix", &format!("{flags} --assign-groups")));
        let assigns = |finding: &&Finding| {
            let change = finding.fix.as_ref().and_then(|fix| fix.tenant.as_ref());
            matches!(change, Some(TenantChange::Assign { .. }))
        };
        let mut next = match done {
            Done::Yes => None,
            Done::No if findings.iter().any(assigns) => assign(),
            Done::No if findings.iter().all(|found| found.rule.id == id::NOTHING_ASSIGNED) => assign(),
            Done::No => by_hand(&findings),
            Done::Unknown => self.look(unread),
        };
        if done == Done::Yes && assigned.is_empty() {
            (done, evidence) = (Done::Unknown, vec!["no group is assigned, only users directly".to_owned()]);
            next = assign();
        }
        Milestone { title: GROUPS, done, evidence, next }
    }

    /// What to do about a milestone that depends on the job.
    fn of_job(&self, done: Done, next: Next) -> Option<Next> {
        match (done, self.standing) {
            (Done::Yes, _) => None,
            (Done::Unknown, None) => self.look(self.is_unread(id::PROVISIONING_NOT_CONFIGURED)),
            _ => Some(next),
        }
    }

    pub(super) fn started(&self) -> Milestone {
        let (done, evidence) = match self.standing {
            None => self.no_job(),
            Some(standing) => {
                let done = match standing.state {
                    State::Unknown => Done::Unknown,
                    state if state.is_on() => Done::Yes,
                    _ => Done::No,
                };
                (done, format!("provisioning {}", standing.state.in_words()))
            }
        };
        let next = match done {
            // Whether it has to be started is unknown.
            Done::Unknown => self.status(),
            _ => self.run("start", &format!("{} --wait", self.groups_again())),
        };
        let next = self.of_job(done, next);
        Milestone { title: STARTED, done, evidence: vec![evidence], next }
    }

    fn no_job(&self) -> (Done, String) {
        if self.judgement.failed.contains(&id::PROVISIONING_NOT_CONFIGURED) {
            (Done::No, "there is no provisioning job".to_owned())
        } else {
            let why = self.why(id::PROVISIONING_NOT_CONFIGURED);
            (Done::Unknown, format!("cannot tell: {}", why.unwrap_or("the jobs were not read")))
        }
    }

    /// How many objects failed recently and have not succeeded since.
    fn failing(&self) -> usize {
        let events = unhealed(self.events.unwrap_or_default()).into_iter();
        let recent = events.filter(|event| event.time.is_some_and(|time| self.now.duration_since(time) < RECENT));
        let failed = recent.filter(Event::failed).map(|event| event.id.unwrap_or(event.who));
        failed.collect::<BTreeSet<String>>().len()
    }

    pub(super) fn first_cycle(&self) -> Milestone {
        let (done, evidence) = match self.standing {
            None => self.no_job(),
            Some(standing) if standing.state == State::Quarantine => {
                (Done::No, "Entra has put the job into quarantine".to_owned())
            }
            Some(standing) if standing.first_steady.is_none() => (Done::No, "it has not ended yet".to_owned()),
            Some(standing) => {
                let said = |kind: &str| standing.count(kind).map_or("unknown".to_owned(), |count| count.to_string());
                let failed = self.failing();
                let done = match standing.count("User") {
                    Some(1..) if standing.escrowed() == 0 && failed == 0 => Done::Yes,
                    Some(_) => Done::No,
                    None => Done::Unknown,
                };
                let mut evidence = format!("provisioned users: {}; groups: {}", said("User"), said("Group"));
                if standing.escrowed() > 0 {
                    evidence.push_str(&format!("; {} failed and will be retried", standing.escrowed()));
                }
                if failed > 0 {
                    evidence.push_str(&format!("; {failed} failed last according to the provisioning log"));
                }
                (done, evidence)
            }
        };
        let next = self.of_job(done, self.status());
        Milestone { title: FIRST_CYCLE, done, evidence: vec![evidence], next }
    }

    /// Access depends on group membership, so the groups must be provisioned too.
    /// <https://docs.truu.ai/Intergrations/EntraID/Ongoing>
    pub(super) fn groups_provisioned(&self) -> Milestone {
        let counted = self.standing.and_then(|standing| standing.count("Group"));
        // The last event of a group decides.
        let last = |group: &AssignedGroup, wanted: fn(&Event) -> bool| {
            let is_of = |event: &Event| match &event.id {
                Some(id) => id.eq_ignore_ascii_case(&group.id),
                None => event.who.eq_ignore_ascii_case(&group.name),
            };
            let mut events = self.events.unwrap_or_default().iter();
            events.rfind(|event| event.kind.as_deref() == Some("Group") && is_of(event) && wanted(event))
        };
        let in_log = |group: &AssignedGroup| {
            let last = last(group, |event| event.status == "success");
            last.is_some_and(|event| !matches!(event.action.as_str(), "delete" | "stageddelete" | "disable"))
        };
        let Some(groups) = self.groups else {
            let why = self.why(id::NOTHING_ASSIGNED).unwrap_or("the assignments were not read");
            let unread = self.is_unread(id::NOTHING_ASSIGNED);
            let evidence = vec![format!("cannot tell: {why}")];
            return Milestone { title: GROUPS_THERE, done: Done::Unknown, evidence, next: self.look(unread) };
        };
        let (missing, there): (Vec<&AssignedGroup>, Vec<&AssignedGroup>) =
            groups.iter().partition(|group| !in_log(group));
        let failed: Vec<&AssignedGroup> =
            groups.iter().filter(|group| last(group, |_| true).is_some_and(Event::failed)).collect();
        let all = i64::try_from(groups.len()).unwrap_or(i64::MAX);
        let (done, evidence) = match counted {
            _ if !failed.is_empty() => (Done::No, format!("failed last: {}", names(failed.iter().copied()))),
            _ if all == 0 => (Done::Unknown, "no group is assigned".to_owned()),
            Some(count) if count >= all => (Done::Yes, format!("provisioned: {count} groups, assigned: {all}")),
            _ if missing.is_empty() => {
                (Done::Yes, format!("according to the provisioning log: {}", names(there.into_iter())))
            }
            Some(count) => (Done::No, format!("provisioned: {count} groups, assigned: {all}")),
            None if self.standing.is_some_and(|standing| standing.state == State::NotStarted) => {
                (Done::No, "nothing has been provisioned yet".to_owned())
            }
            None => (Done::Unknown, "the number of provisioned groups is unknown".to_owned()),
        };
        let next = match (done, missing.first()) {
            (Done::No, _) if !failed.is_empty() => Some(self.status()),
            (Done::No, Some(group)) => {
                // A name that several groups have is ambiguous.
                let is_name = groups.iter().filter(|other| other.name.eq_ignore_ascii_case(&group.name)).count() == 1;
                let named = option("--group", if is_name { &group.name } else { &group.id });
                Some(self.run("provision", &named))
            }
            (Done::Unknown, Some(_)) => self.look(self.events.is_none()),
            _ => None,
        };
        Milestone { title: GROUPS_THERE, done, evidence: vec![evidence], next }
    }
}

/// The names of groups.
fn names<'g>(groups: impl Iterator<Item = &'g AssignedGroup>) -> String {
    groups.map(|group| group.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// A cycle that succeeded, or an object that failed, this recently counts.
const RECENT: SignedDuration = SignedDuration::from_hours(48);
