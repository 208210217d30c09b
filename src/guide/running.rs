//! The steps from the start of provisioning on.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::part::{Lack, Part, Why};
use super::step::Step;
use super::way::Way;
use super::{AssignedGroup, Done, FIRST_CYCLE, GROUPS_THERE, Known, Log, Milestone, RECENT, STARTED, names};
use crate::operation::{Event, Standing, State, in_words, unhealed};
use crate::rules::portal::{self, Page};
use crate::text::shell::option;

/// Without a successful cycle for longer than this, cycles do not run as they should.
const STALE: SignedDuration = SignedDuration::from_hours(24);

impl<'k> Known<'k> {
    /// The job; without one, notes why there is none.
    fn job(&self, step: &mut Step<'k>) -> Option<&'k Standing> {
        let standing = self.seen.standing.as_ref();
        if standing.is_none() {
            if self.seen.has_no_job() {
                step.open("provisioning must be configured first (step 2)");
            } else {
                step.has(Part::Jobs);
            }
        }
        standing
    }

    pub(super) fn started(&'k self) -> Milestone {
        let mut step = Step::without_rules(self, STARTED);
        let Some(standing) = self.job(&mut step) else { return step.finish(|_| Way::default()) };
        let now_is = format!("provisioning {}", standing.state.in_words());
        match standing.state {
            State::InitialCycle | State::Steady => {
                step.prove(now_is);
                if let Some(last) = &standing.last {
                    step.prove(format!("the last cycle began on {}", last.began.strftime("%Y-%m-%d %H:%M UTC")));
                }
            }
            State::Quarantine => step.open(standing.quarantine_in_words(self.today)),
            State::NotConfigured => step.open("provisioning must be configured first (step 2)"),
            State::NotStarted => {
                step.open(now_is);
                step.open("optional: provlint rehearse plays Entra's part against a test endpoint first");
            }
            State::Off | State::Paused => step.open(now_is),
            State::Unknown => {
                if step.has(Part::JobState) {
                    step.doubt(now_is);
                }
            }
        }
        step.finish(|_| match standing.state {
            State::NotConfigured => Way::default(),
            State::Quarantine => self.out_of_quarantine(standing),
            // Whether it has to be started is unknown.
            State::Unknown => self.overview("See whether provisioning is on").or_run(self.status()),
            _ => self.overview(&portal::start()).or_run(self.run("start", &format!("{} --wait", self.groups_again()))),
        })
    }

    /// How many objects failed recently and have not succeeded since.
    fn failing(&self) -> usize {
        let events = unhealed(self.log.events()).into_iter();
        let recent = events.filter(|event| event.time.is_some_and(|time| self.now.duration_since(time) < RECENT));
        let failed = recent.filter(Event::failed).map(|event| event.id.unwrap_or(event.who));
        failed.collect::<BTreeSet<String>>().len()
    }

    pub(super) fn first_cycle(&'k self) -> Milestone {
        let mut step = Step::without_rules(self, FIRST_CYCLE);
        let Some(standing) = self.job(&mut step) else { return step.finish(|_| Way::default()) };
        let is_known = standing.state != State::Unknown || step.has(Part::JobState);
        match standing.first_steady {
            Some(time) => step.prove(format!("the first cycle ended on {}", time.strftime("%Y-%m-%d %H:%M UTC"))),
            None if is_known => step.open("the first cycle has not ended"),
            None => {}
        }
        for trouble in self.troubles(standing) {
            step.open(trouble);
        }
        if standing.first_steady.is_some() {
            match standing.count("User") {
                Some(1..) => step.prove(format!("provisioned: {}", standing.counts_in_words())),
                Some(_) => step.open("no user is provisioned"),
                None => step.doubt("the state of the job does not include the number of provisioned users"),
            }
        }
        match self.log {
            Log::Unread(_) => step.note("the provisioning log could not be read; the counts of the job decide"),
            Log::Read(_) => step.prove("the provisioning log shows no failure in the last 48 hours"),
            Log::NotRequested => {}
        }
        step.finish(|_| match standing.state {
            State::Quarantine => self.out_of_quarantine(standing),
            _ => self.overview(&portal::see_cycle()).or_run(self.status()),
        })
    }

    /// The command shows the cause, which must be fixed before a restart; or what accidental deletion prevention holds
    /// back, which must be decided first.
    fn out_of_quarantine(&self, standing: &Standing) -> Way {
        let (steps, command) = match standing.holds_deletions_back() {
            true => (portal::decide_on_deletions(), self.staged_deletions()),
            false => (portal::end_quarantine(), self.status()),
        };
        let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
        self.on(Page::Overview, &steps).or_run(command)
    }

    /// What goes wrong in the cycles.
    fn troubles(&self, standing: &Standing) -> Vec<String> {
        let mut troubles = Vec::new();
        if standing.state == State::Quarantine {
            troubles.push("Entra has put the job into quarantine".to_owned());
        }
        match standing.failures_in_a_row {
            ..=0 => {}
            1 => troubles.push("the last cycle failed completely".to_owned()),
            several => troubles.push(format!("the last {several} cycles failed completely")),
        }
        if standing.escrowed() > 0 {
            troubles.push(format!("{} failed and will be retried", standing.escrowed()));
        }
        if standing.escrows_pruned {
            troubles.push("Entra stopped retrying failed objects until provisioning is restarted".to_owned());
        }
        let failing = self.failing();
        if failing > 0 {
            troubles.push(format!("{failing} failed last according to the provisioning log"));
        }
        let last_state =
            standing.last.as_ref().filter(|last| last.ended.is_some()).and_then(|last| last.state.as_deref());
        if let Some(state) = last_state.filter(|state| !state.eq_ignore_ascii_case("Succeeded") && troubles.is_empty())
        {
            troubles.push(format!("the last cycle {}", in_words(state)));
        }
        let last_success = standing.last_success.as_ref().and_then(|last| last.ended);
        if let Some(ended) = last_success
            && standing.state.is_running()
            && self.now.duration_since(ended) > STALE
        {
            troubles.push(format!("no cycle has succeeded since {}", ended.strftime("%Y-%m-%d %H:%M UTC")));
        }
        troubles
    }

    /// Access depends on group membership, so the groups must be provisioned too.
    /// <https://docs.truu.ai/Intergrations/EntraID/Ongoing>
    pub(super) fn groups_provisioned(&'k self) -> Milestone {
        let mut step = Step::without_rules(self, GROUPS_THERE);
        let standing = self.job(&mut step);
        if !self.seen.has_no_job() {
            step.has(Part::Assignments);
        }
        let (Some(standing), Some(groups)) = (standing, self.seen.groups.as_deref()) else {
            return step.finish(|_| Way::default());
        };
        if self.seen.mappings.is_some_and(|mappings| !mappings.groups && mappings.enabled > 0) {
            step.prove("not needed: the mapping of groups is not enabled, so Entra provisions only their members");
            return step.finish(|_| Way::default());
        }
        if groups.is_empty() {
            match self.seen.direct_users {
                0 => step.open("no group is assigned (step 6)"),
                _ => step.prove("not needed: only users are assigned, directly"),
            }
            return step.finish(|_| Way::default());
        }
        let missing: Vec<&AssignedGroup> = groups.iter().filter(|group| !self.is_there(group)).collect();
        let failed = || groups.iter().filter(|group| self.last(group, |_| true).is_some_and(Event::failed));
        let has_failed = failed().next().is_some();
        let counted = standing.count("Group");
        let all = i64::try_from(groups.len()).unwrap_or(i64::MAX);
        let in_numbers = |count: i64| format!("provisioned: {count} groups, assigned: {all}");
        match counted {
            _ if has_failed => step.open(format!("failed last: {}", names(failed()))),
            Some(count) if count >= all => step.prove(in_numbers(count)),
            _ if missing.is_empty() => {
                step.prove(format!("according to the provisioning log: {}", names(groups.iter())));
            }
            _ if standing.state == State::NotStarted => step.open("nothing has been provisioned yet"),
            Some(count) if matches!(self.log, Log::Read(_)) || count == 0 => step.open(in_numbers(count)),
            counted => {
                let none = "the state of the job does not include the number of provisioned groups".to_owned();
                step.doubt(counted.map_or(none, in_numbers));
                if let Log::Unread(reason) = self.log {
                    step.lack(&Lack { part: Part::Log, why: Why::Unread(reason.clone()) });
                }
            }
        }
        step.finish(|step| {
            // What may be there already must not be provisioned again.
            let is_known = step.done() == Done::No && !has_failed;
            self.provisioning(missing.first().copied().filter(|_| is_known))
        })
    }

    /// How a missing group is provisioned; `None` if it is unknown what is missing, or why.
    fn provisioning(&self, missing: Option<&AssignedGroup>) -> Way {
        if self.file.is_some() {
            return Way::default().or_run(self.again());
        }
        let Some(group) = missing else {
            return self.overview(&portal::logs("")).or_run(self.status());
        };
        // A name that several groups have is ambiguous.
        let groups = self.seen.groups.as_deref().unwrap_or_default();
        let is_name = groups.iter().filter(|other| other.name.eq_ignore_ascii_case(&group.name)).count() == 1;
        let named = option("--group", if is_name { &group.name } else { &group.id });
        self.on(Page::OnDemand, &[portal::provision_group()]).or_run(self.run("provision", &named))
    }

    /// The last event of a group that is `wanted`.
    fn last(&self, group: &AssignedGroup, wanted: fn(&Event) -> bool) -> Option<&Event> {
        let is_of = |event: &Event| match &event.id {
            Some(id) => id.eq_ignore_ascii_case(&group.id),
            None => event.who.eq_ignore_ascii_case(&group.name),
        };
        let mut events = self.log.events().iter();
        events.rfind(|event| event.kind.as_deref() == Some("Group") && is_of(event) && wanted(event))
    }

    /// Whether the log shows that a group is provisioned.
    fn is_there(&self, group: &AssignedGroup) -> bool {
        let last = self.last(group, |event| event.status == "success");
        last.is_some_and(|event| !matches!(event.action.as_str(), "delete" | "stageddelete" | "disable"))
    }
}
