//! What tells whether a step is done, and what to do next.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::{AssignedGroup, CONNECTION, Done, FIRST_CYCLE, GROUPS, GROUPS_THERE, Known, Next, STARTED, Step, rules_of};
use crate::finding::{Applicability, Finding, Severity};
use crate::model::TenantChange;
use crate::operation::{Event, State, unhealed};
use crate::rules::Judgement;
use crate::text::shell::{option, options};

/// What a person has to do about the first of some findings.
pub(super) fn by_hand(findings: &[&Finding]) -> Option<Next> {
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
    pub(super) fn by_rules(
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
            Some(_) => Some(self.run("guide", &self.groups_again())),
            None => unread.then(|| Next::Run(format!("provlint auth status{}", self.reach))),
        }
    }

    /// A command on the app, judged by the same.
    pub(super) fn run(&self, command: &str, flags: &str) -> Next {
        Next::Run(format!("provlint {command} {}{}{}{flags}", self.app, self.job, self.judged_by))
    }

    /// What shows how the job fares.
    fn status(&self) -> Next {
        Next::Run(format!("provlint status {}{}", self.app, self.job))
    }

    /// The groups that were named, as they are named again.
    fn groups_again(&self) -> String {
        options("--group", self.named)
    }

    /// What mends the mappings.
    pub(super) fn mended(&self, findings: &[&Finding]) -> Option<Next> {
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
        let Judgement { passed, failed, .. } = self.judgement;
        let unjudged = essential.iter().find(|id| !passed.contains(id) && !failed.contains(id));
        match unjudged {
            None => Judged { done: Done::Yes, evidence: vec![well.to_owned()], findings, unread: false },
            Some(id) => Judged {
                done: Done::Unknown,
                evidence: vec![format!("not at hand for {id}: {}", self.why(id).unwrap_or("the rule is off"))],
                findings,
                unread: self.is_unread(id),
            },
        }
    }

    /// Whether what a rule needs could not be read.
    fn is_unread(&self, rule: &str) -> bool {
        self.judgement.unknown.iter().any(|(id, _)| *id == rule)
    }

    /// Why a rule couldn't judge.
    fn why(&self, rule: &str) -> Option<&'k str> {
        let Judgement { unknown, skipped, .. } = self.judgement;
        let why = unknown.iter().chain(skipped).find(|(of, _)| *of == rule);
        why.map(|(_, reason)| reason.as_str())
    }

    pub(super) fn connection(&self) -> Step {
        let Judged { mut done, mut evidence, findings, unread } =
            self.judged(&rules_of(CONNECTION), &["tenant-url-missing"], "tenant URL and secret token are saved");
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
            next = Some(self.run("guide", &format!("{} --test-connection", self.groups_again())));
        }
        Step { title: CONNECTION, done, evidence, next }
    }

    pub(super) fn groups_assigned(&self) -> Step {
        let rules = rules_of(GROUPS);
        // Without groups in the policy there is nothing that could be missing.
        let wanted = self.is_unread("group-not-assigned");
        let essential: &[&str] =
            if wanted { &["nothing-assigned", "group-not-assigned"] } else { &["nothing-assigned"] };
        let assigned = self.groups.unwrap_or_default();
        let Judged { mut done, mut evidence, findings, unread } =
            self.judged(&rules, essential, &names(assigned.iter()));
        let known = self.judgement.failed.contains(&"group-not-assigned");
        let flags = if known { self.groups_again() } else { " --group NAME".to_owned() };
        let assign = || Some(self.run("fix", &format!("{flags} --assign-groups")));
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
        Step { title: GROUPS, done, evidence, next }
    }

    /// What to do about a step that jobs tell of.
    fn of_job(&self, done: Done, next: Next) -> Option<Next> {
        match (done, self.standing) {
            (Done::Yes, _) => None,
            (Done::Unknown, None) => self.look(self.is_unread("provisioning-not-configured")),
            _ => Some(next),
        }
    }

    pub(super) fn started(&self) -> Step {
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
            // Whether it is to be started is what nobody knows.
            Done::Unknown => self.status(),
            _ => self.run("start", &format!("{} --wait", self.groups_again())),
        };
        let next = self.of_job(done, next);
        Step { title: STARTED, done, evidence: vec![evidence], next }
    }

    fn no_job(&self) -> (Done, String) {
        if self.judgement.failed.contains(&"provisioning-not-configured") {
            (Done::No, "there is no provisioning job".to_owned())
        } else {
            let why = self.why("provisioning-not-configured");
            (Done::Unknown, format!("not at hand: {}", why.unwrap_or("jobs")))
        }
    }

    /// How many objects failed lately, and didn't succeed since.
    fn failing(&self) -> usize {
        let events = unhealed(self.events.unwrap_or_default()).into_iter();
        let lately = events.filter(|event| event.time.is_some_and(|time| self.now.duration_since(time) < LATELY));
        let failed = lately.filter(Event::failed).map(|event| event.id.unwrap_or(event.who));
        failed.collect::<BTreeSet<String>>().len()
    }

    pub(super) fn first_cycle(&self) -> Step {
        let (done, evidence) = match self.standing {
            None => self.no_job(),
            Some(standing) if standing.state == State::Quarantine => {
                (Done::No, "Entra has put the job into quarantine".to_owned())
            }
            Some(standing) if standing.first_steady.is_none() => (Done::No, "it has not ended yet".to_owned()),
            Some(standing) => {
                let said = |kind: &str| standing.count(kind).map_or("?".to_owned(), |count| count.to_string());
                let failed = self.failing();
                let done = match standing.count("User") {
                    Some(1..) if standing.escrowed() == 0 && failed == 0 => Done::Yes,
                    Some(_) => Done::No,
                    None => Done::Unknown,
                };
                let mut evidence = format!("provisioned: {} users, {} groups", said("User"), said("Group"));
                if standing.escrowed() > 0 {
                    evidence.push_str(&format!("; {} failed and wait for another try", standing.escrowed()));
                }
                if failed > 0 {
                    evidence.push_str(&format!("; the provisioning log has {failed} who failed last"));
                }
                (done, evidence)
            }
        };
        let next = self.of_job(done, self.status());
        Step { title: FIRST_CYCLE, done, evidence: vec![evidence], next }
    }

    /// Membership is what gives access, so groups have to come over too.
    /// <https://docs.truu.ai/Intergrations/EntraID/Ongoing>
    pub(super) fn groups_provisioned(&self) -> Step {
        let counted = self.standing.and_then(|standing| standing.count("Group"));
        // What was done with a group last decides.
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
            let why = self.why("nothing-assigned").unwrap_or("assignments");
            let unread = self.is_unread("nothing-assigned");
            let evidence = vec![format!("not at hand: {why}")];
            return Step { title: GROUPS_THERE, done: Done::Unknown, evidence, next: self.look(unread) };
        };
        let (missing, there): (Vec<&AssignedGroup>, Vec<&AssignedGroup>) =
            groups.iter().partition(|group| !in_log(group));
        let failed: Vec<&AssignedGroup> =
            groups.iter().filter(|group| last(group, |_| true).is_some_and(Event::failed)).collect();
        let all = i64::try_from(groups.len()).unwrap_or(i64::MAX);
        let (done, evidence) = match counted {
            _ if !failed.is_empty() => (Done::No, format!("failed the last time: {}", names(failed.iter().copied()))),
            _ if all == 0 => (Done::Unknown, "no group is assigned".to_owned()),
            Some(count) if count >= all => (Done::Yes, format!("provisioned: {count} groups, assigned: {all}")),
            _ if missing.is_empty() => (Done::Yes, format!("the provisioning log has {}", names(there.into_iter()))),
            Some(count) => (Done::No, format!("provisioned: {count} groups, assigned: {all}")),
            None if self.standing.is_some_and(|standing| standing.state == State::NotStarted) => {
                (Done::No, "nothing has been provisioned yet".to_owned())
            }
            None => (Done::Unknown, "not at hand: how many groups are provisioned".to_owned()),
        };
        let next = match (done, missing.first()) {
            (Done::No, _) if !failed.is_empty() => Some(self.status()),
            (Done::No, Some(group)) => {
                // A name that several bear names none of them.
                let is_name = groups.iter().filter(|other| other.name.eq_ignore_ascii_case(&group.name)).count() == 1;
                let named = option("--group", if is_name { &group.name } else { &group.id });
                Some(self.run("provision", &named))
            }
            (Done::Unknown, Some(_)) => self.look(self.events.is_none()),
            _ => None,
        };
        Step { title: GROUPS_THERE, done, evidence: vec![evidence], next }
    }
}

/// Groups by name, for people.
fn names<'g>(groups: impl Iterator<Item = &'g AssignedGroup>) -> String {
    groups.map(|group| group.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// A cycle that went through so lately says that the connection works.
const LATELY: SignedDuration = SignedDuration::from_hours(48);
