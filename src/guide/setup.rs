//! The steps before provisioning is started.

use super::part::Part;
use super::seen::{Settings, Template};
use super::step::Step;
use super::way::Way;
use super::{APPLICATION, CONNECTION, GROUPS, Known, MAPPINGS, Milestone, NOTICES, RECENT, SCOPE, SET_UP, names};
use crate::check::ChosenBy;
use crate::finding::{Applicability, Finding};
use crate::model::TenantChange;
use crate::operation::State;
use crate::rules::portal::Page;
use crate::rules::{id, portal};

impl<'k> Known<'k> {
    pub(super) fn application(&'k self) -> Milestone {
        let mut step = Step::new(self, APPLICATION);
        step.has(Part::Principal);
        let Some(principal) = self.seen.principal else {
            return step.finish(|_| Way::default());
        };
        match principal.enabled {
            Some(true) => step.prove("it is enabled for users to sign in"),
            Some(false) => {}
            None => step.doubt("Graph does not say whether the app is enabled"),
        }
        let has_job = self.seen.jobs.as_ref().is_some_and(|jobs| !jobs.is_empty());
        let mut is_registration = false;
        match principal.template {
            Template::NonGallery => step.prove("it is a non-gallery app, which Entra can provision to over SCIM"),
            _ if has_job => step.prove("it has a provisioning job, so Entra can provision to it"),
            Template::Gallery => {
                step.prove(
                    "it was created from a template of the gallery; step 2 shows whether Entra can provision to it",
                );
            }
            Template::None => {
                is_registration = true;
                step.open(
                    "it was created under App registrations, and Entra cannot provision to such an app. Create a second, \
                     non-gallery app for provisioning",
                );
            }
            Template::Unknown => {
                step.doubt("it is unknown what the app was created from, so whether Entra can provision to it")
            }
        }
        let new_app = || vec![portal::new_app()];
        step.finish(|step| {
            if is_registration {
                return Way::default().or_in(new_app);
            }
            Way::of(&step.findings).or_in(|| self.page(Page::Properties, &["See Enabled for users to sign-in"]))
        })
    }

    pub(super) fn set_up(&'k self) -> Milestone {
        let mut step = Step::new(self, SET_UP);
        let state = self.seen.standing.as_ref().map(|standing| standing.state);
        match &self.seen.jobs {
            None => drop(step.has(Part::Jobs)),
            // The rule may be off, and without a job there is still nothing that could run.
            Some(jobs) if jobs.is_empty() => {
                if step.findings.is_empty() {
                    step.open("the app has no provisioning job");
                }
            }
            Some(_) if state == Some(State::NotConfigured) => {
                step.open("it has a provisioning job, but the job has no connection to the app (NotConfigured)");
            }
            Some(_) => match &self.seen.job_template {
                Some(template) => {
                    step.prove(format!("it has a provisioning job, created from the template {template}"))
                }
                None => step.prove("it has a provisioning job"),
            },
        }
        step.finish(|step| {
            // A job of the wrong kind is not connected.
            let is_open = self.seen.has_no_job() || state == Some(State::NotConfigured);
            let connect = is_open.then(|| self.connect());
            let steps = || self.page(Page::Provisioning, &[&portal::connect()]);
            Way::of(&step.findings).or_in(steps).or_run(connect)
        })
    }

    /// A step that cannot be done before there is a job.
    fn waiting(&'k self, title: &'static str) -> Milestone {
        let mut step = Step::without_rules(self, title);
        step.open("provisioning must be configured first (step 2)");
        step.finish(|_| Way::default())
    }

    pub(super) fn connection(&'k self) -> Milestone {
        if self.seen.has_no_job() {
            return self.waiting(CONNECTION);
        }
        let mut step = Step::new(self, CONNECTION);
        step.has(Part::Settings);
        let Some(settings) = &self.seen.settings else {
            return step.finish(|_| Way::default());
        };
        self.saved(&mut step, settings);
        self.accepted(&mut step);
        let untested = self.run("guide", &format!("{} --test-connection", self.groups_again()));
        step.finish(|step| match step.findings.as_slice() {
            [] => self.on(Page::Connectivity, &[&portal::test_connection()]).or_run(untested),
            // connect saves a secret token, and refuses to replace another way of signing in.
            findings => Way::of(findings).or_run((!settings.has_other_sign_in).then(|| self.connect())),
        })
    }

    /// What is saved of the connection.
    fn saved(&self, step: &mut Step<'k>, settings: &Settings) {
        match &settings.host {
            Some(host) => step.prove(format!("the tenant URL is saved: {host}")),
            None if self.seen.failed(id::TENANT_URL_MISSING) || !self.seen.ran(id::TENANT_URL_MISSING) => {}
            None => step.doubt("no tenant URL is saved"),
        }
        match &settings.credential {
            Some(credential) => step.prove(credential.clone()),
            None if self.seen.failed(id::SECRET_TOKEN_MISSING) || !self.seen.ran(id::SECRET_TOKEN_MISSING) => {}
            None => step.doubt("no credential is saved that provlint knows"),
        }
    }

    /// Whether the app accepts what is saved.
    fn accepted(&self, step: &mut Step<'k>) {
        if self.seen.tested == Some(true) {
            step.prove("Entra has tested the saved credentials: the app accepts them");
            return;
        }
        let succeeded = self.seen.standing.as_ref().and_then(|standing| {
            let ended = standing.last_success.as_ref()?.ended?;
            let is_recent = self.now.duration_since(ended) < RECENT;
            (is_recent && standing.failures_in_a_row == 0 && standing.state.is_running()).then_some(ended)
        });
        if let Some(ended) = succeeded {
            step.prove(format!("a cycle succeeded on {}", ended.strftime("%Y-%m-%d %H:%M UTC")));
        } else if self.seen.ran(id::CREDENTIALS_REJECTED) {
            let cycles = match self.seen.standing {
                Some(_) => "no cycle has succeeded in the last 48 hours",
                None => "the state of the job is unknown",
            };
            step.doubt(format!("the saved credentials were not tested, and {cycles}"));
        }
        step.expect_if_requested(Part::Test);
    }

    pub(super) fn mappings(&'k self) -> Milestone {
        if self.seen.has_no_job() {
            return self.waiting(MAPPINGS);
        }
        if self.seen.mappings.is_none() {
            let mut step = Step::without_rules(self, MAPPINGS);
            step.has(Part::Schema);
            return step.finish(|_| Way::default());
        }
        let mut step = Step::new(self, MAPPINGS);
        let passed = super::rules_of(MAPPINGS).into_iter().filter(|id| self.seen.passed(id)).count();
        let profile = &self.seen.profile;
        if let (ChosenBy::Default, Some(app)) = (profile.chosen_by, &self.seen.app) {
            let name = &profile.name;
            step.doubt(format!(
                "nobody chose the requirements of {app}: those of the profile {name} apply by default. Choose them with \
                 --profile NAME or in a policy"
            ));
        }
        match self.seen.mappings {
            Some(mappings) if mappings.enabled == 0 => {
                step.doubt("the schema has no enabled mapping from Entra ID to an app over SCIM")
            }
            _ if passed > 0 => {
                step.prove(format!("{passed} rules of the profile {profile} found nothing wrong in them"))
            }
            _ => {}
        }
        step.finish(|step| self.fixed(&step.findings))
    }

    /// The command and the portal steps that fix the mappings.
    fn fixed(&self, findings: &[&Finding]) -> Way {
        let fixes = || findings.iter().filter_map(|finding| finding.fix.as_ref()).filter(|fix| !fix.is_manual());
        let safe = fixes().any(|fix| fix.applicability == Applicability::Safe);
        let flag = if safe { "" } else { " --unsafe" };
        let command = fixes().next().map(|_| match self.file {
            Some(file) => format!("provlint fix {file}{} --dry-run{flag}", self.judged_by),
            None => self.run("fix", flag),
        });
        Way::of(findings).or_in(|| self.page(Page::AttributeMapping, &[])).or_run(command)
    }

    pub(super) fn scope(&'k self) -> Milestone {
        if self.seen.has_no_job() {
            return self.waiting(SCOPE);
        }
        let mut step = Step::new(self, SCOPE);
        step.has(Part::Settings);
        let Some(settings) = &self.seen.settings else {
            return step.finish(|_| Way::default());
        };
        match settings.sync_all.as_deref() {
            Some("false") => step.prove("only assigned users and groups are in scope (SyncAll is false)"),
            Some("true") if self.seen.passed(id::SCOPE_ALL_USERS) => step.prove(
                "all users and groups are in scope (SyncAll is true); the policy lets scoping filters decide among them",
            ),
            Some("true") if self.seen.failed(id::SCOPE_ALL_USERS) => {}
            Some("true") => step.prove("all users and groups are in scope (SyncAll is true)"),
            Some(other) => step.doubt(format!("SyncAll is `{other}`, which provlint does not recognise")),
            None if self.seen.failed(id::SCOPE_UNSET) || !self.seen.ran(id::SCOPE_UNSET) => {}
            None => step.doubt("the scope (SyncAll) is not among the settings"),
        }
        if self.seen.passed(id::OUT_OF_SCOPE_DELETION_SKIPPED) {
            step.prove("users who fall out of scope are disabled (SkipOutOfScopeDeletions is off)");
        }
        step.finish(|step| {
            let command = self.fixed_in_tenant(&step.findings);
            Way::of(&step.findings).or_in(|| self.page(Page::Settings, &["See Scope"])).or_run(command)
        })
    }

    pub(super) fn groups_assigned(&'k self) -> Milestone {
        let mut step = Step::new(self, GROUPS);
        step.has(Part::Assignments);
        let Some(assigned) = self.seen.groups.as_deref() else {
            return step.finish(|_| Way::default());
        };
        let is_required = self.seen.ran(id::GROUP_NOT_ASSIGNED);
        if is_required && self.seen.lack(Part::NamedGroups).is_some() {
            // A name in an assignment may be old: without the group's id it proves nothing.
            step.disregard(&[id::GROUP_NOT_ASSIGNED, id::UNEXPECTED_ASSIGNMENT]);
            step.has(Part::NamedGroups);
        }
        if !assigned.is_empty() {
            step.expect_if_requested(Part::Groups);
            step.prove(format!("assigned: {}", names(assigned.iter())));
        }
        let users = self.seen.direct_users;
        match (assigned.len(), users) {
            (_, 0) => {}
            (0, _) => step.prove(format!("no group is assigned; assigned directly: {}", people(users))),
            _ => step.prove(format!("assigned directly: {}", people(users))),
        }
        if assigned.is_empty() && users == 0 && step.findings.is_empty() {
            step.open("no user and no group is assigned");
        }
        if is_required && !self.seen.passed(id::GROUP_NOT_ASSIGNED) && !self.seen.failed(id::GROUP_NOT_ASSIGNED) {
            step.note("not checked: which groups must be assigned; name them with --group or in a policy");
        }
        step.finish(|step| self.assigning(step))
    }

    /// How the groups are assigned.
    fn assigning(&self, step: &Step<'_>) -> Way {
        let known = self.seen.failed(id::GROUP_NOT_ASSIGNED);
        let flags = if known { self.groups_again() } else { " --group NAME".to_owned() };
        let assigns = |finding: &&Finding| {
            let change = finding.fix.as_ref().and_then(|fix| fix.tenant.as_ref());
            matches!(change, Some(TenantChange::Assign { .. }))
        };
        let only_empty = step.findings.iter().all(|found| found.rule.id == id::NOTHING_ASSIGNED);
        let assign = only_empty || step.findings.iter().any(assigns);
        let command = assign.then(|| self.run("fix", &format!("{flags} --assign-groups")));
        Way::of(&step.findings).or_in(|| self.page(Page::Assignments, &[&portal::assign()])).or_run(command)
    }

    pub(super) fn notices(&'k self) -> Milestone {
        if self.seen.has_no_job() {
            return self.waiting(NOTICES);
        }
        let mut step = Step::new(self, NOTICES);
        step.has(Part::Settings);
        let Some(settings) = &self.seen.settings else {
            return step.finish(|_| Way::default());
        };
        if self.seen.passed(id::NOTIFICATION_EMAIL_MISSING)
            && let Some(recipients) = &settings.recipients
        {
            step.prove(format!("an email is sent to {recipients} when provisioning fails"));
        }
        if self.seen.passed(id::ACCIDENTAL_DELETION_GUARD)
            && let Some(deletions) = settings.deletions
        {
            step.prove(format!("accidental deletion prevention is on, with the threshold {deletions}"));
        }
        step.finish(|step| {
            let command = self.fixed_in_tenant(&step.findings);
            Way::of(&step.findings)
                .or_in(|| self.page(Page::Settings, &["See the notification and the threshold"]))
                .or_run(command)
        })
    }

    /// The command that writes the settings that the policy requires; `None` if a person must decide on them.
    fn fixed_in_tenant(&self, findings: &[&Finding]) -> Option<String> {
        let is_fixed = |finding: &&Finding| finding.fix.as_ref().is_some_and(|fix| !fix.is_manual());
        findings.iter().any(is_fixed).then(|| self.run("fix", " --unsafe"))
    }

    /// The page with the state of the job, and what to do there.
    pub(super) fn overview(&self, what: &str) -> Way {
        self.on(Page::Overview, &[what])
    }
}

/// `1 user`, `12 users`
fn people(count: usize) -> String {
    format!("{count} user{}", if count == 1 { "" } else { "s" })
}
