//! What follows for a running app when its schema is changed.

use super::Made;
use crate::finding::{Applicability, Section};
use crate::model::SynchronizationJob;

/// What follows from fixes, in sentences; nothing where none is made. `vendor` is whom people sign in to.
///
/// <https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes>
pub fn consequences(made: &[Made], job: &SynchronizationJob<'_>, vendor: &str) -> Vec<String> {
    if made.is_empty() {
        return Vec::new();
    }
    let mut said = Vec::new();
    let users = provisioned(job, "User");
    if is_on(job) {
        said.push(
            "Provisioning is on: the change counts from the next cycle. Pause it first to look at the result in peace."
                .to_owned(),
        );
    }
    said.push(match users {
        Some(0) => "The initial cycle begins anew and evaluates every user and group.".to_owned(),
        Some(users) => format!("The initial cycle begins anew and evaluates every user and group; {users} users are provisioned now."),
        None => "The initial cycle begins anew and evaluates every user and group; how many are provisioned now is not known.".to_owned(),
    });
    let touches = |end: &str| made.iter().any(|made| made.finding.subject.to_ascii_lowercase().ends_with(end));
    if touches("user/externalid") && users != Some(0) {
        said.push(format!(
            "`externalId` changes for everyone who is provisioned already. {vendor} has to re-sync its data afterwards, or they \
             still can't sign in: ask its support."
        ));
    }
    if made.iter().any(|made| matches!(made.finding.rule.section, Section::Scope | Section::Object)) {
        said.push("Who is in scope changes: who falls out of it is disabled or deleted at the app.".to_owned());
    }
    let matching = |made: &Made| {
        made.finding.rule.section == Section::Matching
            || made.values.iter().any(|value| value.pointer.as_str().ends_with("/matchingPriority"))
    };
    if made.iter().any(matching) {
        said.push(
            "People are matched anew: who isn't found by the new matching attribute is created a second time."
                .to_owned(),
        );
    }
    if made.iter().any(|made| made.finding.fix.as_ref().is_some_and(|fix| fix.applicability == Applicability::Unsafe)) {
        said.push(
            "Some of these fixes are made because of --unsafe: look at the diff with the vendor's guide beside it."
                .to_owned(),
        );
    }
    said
}

fn is_on(job: &SynchronizationJob<'_>) -> bool {
    let schedule = job.schedule.as_ref().and_then(|schedule| schedule.state.as_deref());
    let status = job.status.as_ref().and_then(|status| status.code.as_deref());
    let is = |found: Option<&str>, word: &str| found.is_some_and(|found| found.eq_ignore_ascii_case(word));
    is(schedule, "Active") && !is(status, "Paused") && !is(status, "NotConfigured")
}

/// How many objects of a kind are provisioned; `None` where Graph doesn't say.
fn provisioned(job: &SynchronizationJob<'_>, kind: &str) -> Option<i64> {
    let status = job.status.as_ref()?;
    if status.code.as_deref().is_some_and(|code| code.eq_ignore_ascii_case("NotRun")) {
        return Some(0);
    }
    let counts = status.synchronized_entry_count_by_type.as_ref()?.iter();
    let of_kind = |key: &str| key.split_whitespace().next() == Some(kind);
    counts.filter(|count| count.key.as_deref().is_some_and(of_kind)).map(|count| count.value).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::from_str;
    use crate::fix::mend;
    use crate::inspection::Inspection;
    use crate::rules::{self, Selection, Target};
    use crate::{model, policy};

    fn made(text: &str) -> Vec<Made> {
        let policy = policy::default_policy(None).unwrap();
        let judge = |text: &str| {
            let resources = model::read(text).ok()?;
            let inspection = Inspection::of(text);
            let target = Target::new(text, &resources[0], &policy, &inspection, jiff::civil::Date::default());
            Some(rules::judge(&target, &Selection::default()).findings)
        };
        mend(text, Applicability::Unsafe, judge).unwrap().made
    }

    fn said(fixture: &str, job: &str) -> Vec<String> {
        consequences(&made(fixture), &from_str(job).unwrap(), "TOTAL")
    }

    #[test]
    fn a_job_that_runs_is_told_of_and_who_must_sync_again() {
        let default = include_str!("../../fixtures/default-export.json");
        let running = r#"{"schedule": {"state": "Active"}, "status": {"code": "Active", "synchronizedEntryCountByType":
            [{"key": "User to urn", "value": 41}, {"key": "Group to urn", "value": 3}]}}"#;
        let told = said(default, running);
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(
            told[0].starts_with("Provisioning is on") && told[1].contains("41 users") && told[2].contains("re-sync"),
            "{told:?}"
        );
        let never = r#"{"schedule": {"state": "Disabled"}, "status": {"code": "NotRun"}}"#;
        assert_eq!(said(default, never), ["The initial cycle begins anew and evaluates every user and group."]);
        assert!(said(default, "{}").iter().any(|line| line.contains("not known")));
        assert_eq!(said(include_str!("../../fixtures/total-export.json"), running), [""; 0]);
    }

    #[test]
    fn new_matching_and_new_scope_are_told_of() {
        let paused =
            r#"{"schedule": {"state": "Paused"}, "status": {"code": "Paused", "synchronizedEntryCountByType": []}}"#;
        let matching = said(include_str!("../../fixtures/no-matching-attribute.json"), paused);
        assert!(matching.iter().any(|line| line.starts_with("People are matched anew")), "{matching:?}");
        let scope = said(include_str!("../../fixtures/scope-filter-sales.json"), paused);
        assert!(scope.iter().any(|line| line.starts_with("Who is in scope")), "{scope:?}");
    }
}
