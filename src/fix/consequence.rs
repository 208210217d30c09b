//! What follows for a running app when its schema is changed.

use serde_json::Value;

use super::Made;
use crate::finding::Applicability;
use crate::model::{Difference, SynchronizationJob, TenantChange, differences};

/// What is touched by a change, as far as something follows from it.
#[derive(Clone, Debug, Default)]
pub struct Touched {
    schema: bool,
    external_id: bool,
    scope: bool,
    matching: bool,
    because_unsafe: bool,
    tenant: Vec<TenantChange>,
}

impl Touched {
    /// What fixes touch that make one schema of another.
    pub fn by_fixes(made: &[Made], before: &Value, after: &Value) -> Self {
        let change = |made: &Made| made.finding.fix.as_ref()?.tenant.clone();
        let schema = || made.iter().filter(|made| change(made).is_none());
        let is_unsafe =
            |made: &Made| made.finding.fix.as_ref().is_some_and(|fix| fix.applicability == Applicability::Unsafe);
        let tenant = made.iter().filter_map(change).collect();
        Touched {
            schema: schema().next().is_some(),
            because_unsafe: schema().any(is_unsafe),
            ..Touched::by_differences(&differences(before, after), before, after, tenant)
        }
    }

    /// What is touched when the schema `old` becomes `new`, which differs in `differences`, and the tenant is changed
    /// besides.
    pub fn by_differences(differences: &[Difference], old: &Value, new: &Value, tenant: Vec<TenantChange>) -> Self {
        let of_mapping = |difference: &Difference| {
            let property = difference.property.as_deref();
            let subject = &difference.subject;
            property.is_none_or(|property| matches!(property, "scope" | "enabled"))
                && !subject.starts_with("attributes of ")
                && ["User", "Group"].iter().any(|kind| subject.rsplit('/').next() == Some(kind))
        };
        Touched {
            schema: !differences.is_empty(),
            external_id: differences.iter().any(|difference| is_external_id(&difference.subject)),
            scope: differences.iter().any(of_mapping),
            matching: matching(old) != matching(new),
            because_unsafe: false,
            tenant,
        }
    }

    /// What several changes touch.
    pub fn together(all: impl IntoIterator<Item = Touched>) -> Self {
        all.into_iter().fold(Touched::default(), |sum, one| Touched {
            schema: sum.schema || one.schema,
            external_id: sum.external_id || one.external_id,
            scope: sum.scope || one.scope,
            matching: sum.matching || one.matching,
            because_unsafe: sum.because_unsafe || one.because_unsafe,
            tenant: sum.tenant.into_iter().chain(one.tenant).collect(),
        })
    }

    fn nothing(&self) -> bool {
        !self.schema && self.tenant.is_empty()
    }
}

fn is_external_id(subject: &str) -> bool {
    !subject.starts_with("attributes of ") && subject.to_ascii_lowercase().ends_with("user/externalid")
}

/// By what people and groups are matched: of each object mapping the matching rows, in the order of their precedence, and
/// what feeds them. Numbers that only stand farther apart match the same.
fn matching(schema: &Value) -> Vec<(&Value, Vec<(&Value, &Value)>)> {
    let mappings = elements(&schema["synchronizationRules"]).flat_map(|rule| elements(&rule["objectMappings"]));
    let rows = |mapping| {
        let priority = |row: &Value| row["matchingPriority"].as_i64().unwrap_or_default();
        let mut rows: Vec<&Value> = elements(mapping).filter(|row| priority(row) > 0).collect();
        rows.sort_by_key(|row| priority(row));
        rows.into_iter().map(|row| (&row["targetAttributeName"], &row["source"]["expression"])).collect()
    };
    mappings.map(|mapping| (&mapping["targetObjectName"], rows(&mapping["attributeMappings"]))).collect()
}

fn elements(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// What follows from a change, in sentences; nothing where nothing is touched. `vendor` is whom people sign in to.
///
/// <https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes>
pub fn consequences(touched: &Touched, job: &SynchronizationJob<'_>, vendor: &str) -> Vec<String> {
    if touched.nothing() {
        return Vec::new();
    }
    let mut said = Vec::new();
    if job.is_on() {
        said.push(
            "Provisioning is on: the change counts from the next cycle. --pause pauses it first, to look at the result in \
             peace."
                .to_owned(),
        );
    }
    let users = provisioned(job, "User");
    if touched.schema {
        let begins = "The initial cycle begins anew and evaluates every user and group";
        said.push(match users {
            Some(0) => format!("{begins}."),
            Some(users) => format!("{begins}; {users} users are provisioned now."),
            None => format!("{begins}; how many are provisioned now is not known."),
        });
    }
    if touched.external_id && users != Some(0) {
        said.push(format!(
            "`externalId` changes for everyone who is provisioned already. {vendor} has to re-sync its data afterwards, or they \
             still can't sign in: ask its support."
        ));
    }
    if touched.scope {
        said.push("Who is in scope changes: who falls out of it is disabled or deleted at the app.".to_owned());
    }
    if touched.matching {
        said.push(
            "People are matched anew: who isn't found by the new matching attribute is created a second time."
                .to_owned(),
        );
    }
    said.extend(of_tenant(&touched.tenant));
    if touched.because_unsafe {
        said.push(
            "Some of these fixes are made because of --unsafe: look at the diff with the vendor's guide beside it."
                .to_owned(),
        );
    }
    said
}

/// What follows from changes that stand in no schema.
fn of_tenant(changes: &[TenantChange]) -> Vec<String> {
    let (mut said, mut settings, mut coming, mut going) = (Vec::new(), false, Vec::new(), Vec::new());
    for change in changes {
        match change {
            TenantChange::Setting { key, value } => {
                settings = true;
                if key == "SyncAll" {
                    said.push(match value.to_ascii_lowercase().as_str() {
                        "false" => {
                            "Who isn't assigned falls out of scope and is disabled or deleted at the app. That takes a \
                             restart of provisioning (provlint restart)."
                        }
                        "true" => "Everybody in the tenant comes into scope, assigned or not.",
                        _ => "Nothing says any more who is in scope, which may be everybody in the tenant.",
                    }
                    .to_owned());
                }
            }
            TenantChange::Assign { group, name, .. } => coming.push(name.as_ref().unwrap_or(group).as_str()),
            TenantChange::Unassign { name, .. } => going.push(name.as_str()),
        }
    }
    if settings {
        // <https://learn.microsoft.com/graph/api/synchronization-serviceprincipal-put-synchronization>
        said.push(
            "Whether Graph keeps the settings that aren't written along is not documented: all are read back and compared. \
             A credential that is lost has to be entered again under Provisioning > Connectivity."
                .to_owned(),
        );
    }
    if !coming.is_empty() {
        said.push(format!(
            "The members of {} get access, and are provisioned from the next cycle on.",
            coming.join(", ")
        ));
    }
    if !going.is_empty() {
        said.push(format!("The members of {} lose access, and are disabled or deleted at the app.", going.join(", ")));
    }
    said
}

/// How many objects of a kind are provisioned; `None` where Graph doesn't say.
fn provisioned(job: &SynchronizationJob<'_>, kind: &str) -> Option<i64> {
    let status = job.status.as_ref()?;
    if status.code.as_deref().is_some_and(|code| code.eq_ignore_ascii_case("NotRun")) {
        return Some(0);
    }
    let counts = status.synchronized_entry_count_by_type.as_ref()?.iter();
    let of_kind = |key: &str| key.split_whitespace().next() == Some(kind);
    let mut of_kind = counts.filter(|count| count.key.as_deref().is_some_and(of_kind)).peekable();
    // Nobody counted is not nobody there.
    of_kind.peek()?;
    of_kind.map(|count| count.value).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::from_str;
    use crate::fix::mend;
    use crate::inspection::Inspection;
    use crate::rules::{self, Selection, Target};
    use crate::{model, policy};

    fn touched(text: &str) -> Touched {
        let policy = policy::default_policy(None).unwrap();
        let judge = |text: &str| {
            let resources = model::read(text).ok()?;
            let inspection = Inspection::of(text);
            let target = Target::new(text, &resources[0], &policy, &inspection, jiff::civil::Date::default());
            Some(rules::judge(&target, &Selection::default()).findings)
        };
        let mended = mend(text, Applicability::Unsafe, judge).unwrap();
        Touched::by_fixes(&mended.made, &from_str(text).unwrap(), &from_str(&mended.text).unwrap())
    }

    fn said(fixture: &str, job: &str) -> Vec<String> {
        consequences(&touched(fixture), &from_str(job).unwrap(), "TOTAL")
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
        // Another source finds other people by the same attribute.
        let right = include_str!("../../fixtures/total-export.json");
        let city = right
            .replace("[userPrincipalName]", "[city]")
            .replace("\"userPrincipalName\",\n                \"type\"", "\"city\",\n                \"type\"");
        let sourced = said(&city, paused);
        assert!(sourced.iter().any(|line| line.starts_with("People are matched anew")), "{sourced:?}");
        // A second row that matches nobody goes, and so does another spelling of what no matching row reads.
        for same in ["title-twice", "source-in-wrong-case"] {
            let path = format!("{}/fixtures/{same}.json", env!("CARGO_MANIFEST_DIR"));
            let said = said(&std::fs::read_to_string(path).unwrap(), paused);
            assert!(!said.is_empty() && said.iter().all(|line| !line.starts_with("People are")), "{same}: {said:?}");
        }
        let scope = said(include_str!("../../fixtures/scope-filter-sales.json"), paused);
        assert!(scope.iter().any(|line| line.starts_with("Who is in scope")), "{scope:?}");
        for broken in ["default-export", "no-matching-attribute", "scope-filter-sales"] {
            let path = format!("{}/fixtures/{broken}.json", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(path).unwrap();
            let (old, new): (Value, Value) = (from_str(right).unwrap(), from_str(&text).unwrap());
            let touched = Touched::by_differences(&model::differences(&old, &new), &old, &new, Vec::new());
            let said = (touched.external_id, touched.scope, touched.matching);
            assert_eq!(
                said,
                (broken.starts_with("default"), broken.contains("scope"), broken.contains("matching")),
                "{broken}"
            );
        }
    }
}
