//! The way to the end of a step: pages of the Microsoft Entra admin center, and commands.

use super::Known;
use crate::check::ChosenBy;
use crate::finding::Finding;
use crate::operation::STAGED_DELETE;
use crate::rules::id;
use crate::rules::portal::{Page, Step};
use crate::text::shell::{options, reading};

/// How a step is completed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// The page of the portal, then what to do there; empty if it cannot be done in the portal.
    pub portal: Vec<String>,
    /// The command; `None` if no command does it.
    pub command: Option<String>,
}

impl Way {
    /// Whether there is neither a command nor a page of the portal.
    pub fn is_empty(&self) -> bool {
        self.command.is_none() && self.portal.is_empty()
    }

    /// The steps in the portal on one line.
    pub fn in_portal(&self) -> String {
        self.portal.join("; ")
    }

    /// The same with a command.
    pub(super) fn or_run(mut self, command: impl Into<Option<String>>) -> Self {
        self.command = command.into();
        self
    }

    /// The portal steps of the first finding that has any, with those of the others on the same page.
    pub(super) fn of(findings: &[&Finding]) -> Self {
        let steps = findings.iter().filter_map(|finding| finding.fix.as_ref().map(|fix| &fix.portal));
        let mut steps = steps.filter(|steps| !steps.is_empty());
        let mut portal = steps.next().cloned().unwrap_or_default();
        let page = portal.first().cloned();
        for other in steps.filter(|steps| steps.first() == page.as_ref()) {
            let new: Vec<String> = other.iter().filter(|step| !portal.contains(step)).cloned().collect();
            // The last step saves.
            let before_last = portal.len().saturating_sub(1).max(1);
            portal.splice(before_last..before_last, new);
        }
        Way { portal, command: None }
    }

    /// The same, or these steps if there are none.
    pub(super) fn or_in(mut self, portal: impl FnOnce() -> Vec<String>) -> Self {
        if self.portal.is_empty() {
            self.portal = portal();
        }
        self
    }
}

impl Known<'_> {
    /// A page of the app in the portal, and what to do there.
    pub(super) fn page(&self, page: Page, steps: &[&str]) -> Vec<String> {
        let page = Step::App(page.path()).of_app(self.seen.app.as_deref());
        std::iter::once(page).chain(steps.iter().map(|step| (*step).to_owned())).collect()
    }

    /// The way that begins on a page of the app.
    pub(super) fn on(&self, page: Page, steps: &[&str]) -> Way {
        Way { portal: self.page(page, steps), command: None }
    }

    /// A command for the app, with the same requirements.
    pub(super) fn run(&self, command: &str, flags: &str) -> String {
        // Writing requires that somebody chose the vendor.
        let is_open = self.file.is_none() && self.seen.profile.chosen_by == ChosenBy::Default;
        let choice =
            if is_open && ["connect", "fix", "start", "provision"].contains(&command) { " --profile NAME" } else { "" };
        format!("provlint {command} {}{}{}{choice}{flags}", self.app, self.job, self.judged_by)
    }

    /// The command that connects the app, with the tenant URL of the policy or the one that is saved, if there is one.
    pub(super) fn connect(&self) -> String {
        let is_saved = self.seen.settings.as_ref().is_some_and(|settings| settings.host.is_some());
        let is_wrong = [id::TENANT_URL_INVALID, id::TENANT_URL_MISMATCH, id::TENANT_URL_FLAG].iter();
        let is_wrong = is_wrong.copied().any(|rule| self.seen.failed(rule));
        let url = if self.seen.wants_tenant_url || (is_saved && !is_wrong) { "" } else { " --tenant-url URL" };
        reading(&self.run("connect", &format!("{url} --token-stdin")), "token.txt")
    }

    /// The command that shows the state of the job.
    pub(super) fn status(&self) -> String {
        format!("provlint status {}{}", self.app, self.job)
    }

    /// The command that lists the deletions that are held back.
    pub(super) fn staged_deletions(&self) -> String {
        format!("provlint logs {}{} --action {STAGED_DELETE} --since 7d", self.app, self.job)
    }

    /// The command that reads again what is missing in a file.
    pub(super) fn again(&self) -> String {
        self.run("guide", &self.groups_again())
    }

    /// The command that shows which permissions are missing.
    pub(super) fn rights(&self) -> String {
        format!("provlint auth status{}", self.reach)
    }

    /// The flags that name the same groups again.
    pub(super) fn groups_again(&self) -> String {
        options("--group", self.named)
    }
}
