//! The consequences of a change for a running app, as sentences that are shown before anything is written.

use super::touched::Touched;
use crate::model::{Action, ObjectKind, SynchronizationJob, TenantChange};
use crate::secret::{TENANT_URL, mask_url};

/// The consequences of a change, one sentence each. `vendor` is the vendor of the app that users sign in to.
///
/// <https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes>
pub fn consequences(touched: &Touched, job: &SynchronizationJob<'_>, vendor: &str) -> Vec<String> {
    if touched.nothing() {
        return Vec::new();
    }
    let mut said = Vec::new();
    if job.is_on() {
        said.push(
            "Provisioning is on: the change takes effect with the next cycle. --pause pauses provisioning first, so that \
             you can review the result."
                .to_owned(),
        );
    }
    let users = provisioned(job, "User");
    if touched.schema {
        let begins = "A new initial cycle starts and evaluates every user and group";
        said.push(match users {
            Some(0) => format!("{begins}."),
            Some(users) => format!("{begins}; {users} users are provisioned now."),
            None => format!("{begins}; the number of users provisioned now is unknown."),
        });
    }
    if touched.external_id && users != Some(0) {
        said.push(format!(
            "`externalId` changes for every user who is already provisioned. They cannot sign in until {vendor} re-syncs its \
             data: ask its support."
        ));
    }
    if touched.scope {
        said.push(
            "The scope changes: users who come into scope are created in the app, and users who fall out of scope are \
             disabled or deleted."
                .to_owned(),
        );
    }
    if touched.matching {
        said.push(
            "Matching changes: users who are not found by the new matching attribute are created a second time."
                .to_owned(),
        );
    }
    if touched.active {
        said.push(
            "`active` changes: users who lost access may be disabled in the app, and users who are disabled may be enabled."
                .to_owned(),
        );
    }
    said.extend(touched.actions.iter().map(|(kind, action, selected)| of_action(*kind, *action, *selected).to_owned()));
    said.extend(of_tenant(&touched.tenant));
    if touched.because_unsafe {
        said.push("Some of these fixes need --unsafe: compare the diff with the vendor's guide.".to_owned());
    }
    said
}

/// The consequence of selecting or clearing a Target Object Action.
///
/// <https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works#deprovisioning>
fn of_action(kind: ObjectKind, action: Action, selected: bool) -> &'static str {
    match (action, selected, kind) {
        (Action::Create, true, ObjectKind::User) => {
            "Create is selected: users in scope that are not in the app are created there."
        }
        (Action::Create, true, ObjectKind::Group) => {
            "Create is selected: groups in scope that are not in the app are created there."
        }
        (Action::Create, false, ObjectKind::User) => "Create is cleared: new users are no longer created in the app.",
        (Action::Create, false, ObjectKind::Group) => "Create is cleared: new groups are no longer created in the app.",
        (Action::Update, true, ObjectKind::User) => {
            "Update is selected: users who lost access are disabled in the app, and changed values are sent."
        }
        (Action::Update, true, ObjectKind::Group) => "Update is selected: changed values and members are sent.",
        (Action::Update, false, ObjectKind::User) => {
            "Update is cleared: users who lose access are no longer disabled in the app, and no changes are sent."
        }
        (Action::Update, false, ObjectKind::Group) => "Update is cleared: changed values and members are not sent.",
        (Action::Delete, true, ObjectKind::User) => {
            "Delete is selected: users who are deleted in Entra ID, and users who leave the scope if the app cannot disable \
             them, will be deleted in the app."
        }
        (Action::Delete, true, ObjectKind::Group) => {
            "Delete is selected: groups that leave the scope or are deleted in Entra ID will be deleted in the app."
        }
        (Action::Delete, false, ObjectKind::User) => "Delete is cleared: users are no longer deleted in the app.",
        (Action::Delete, false, ObjectKind::Group) => "Delete is cleared: groups are no longer deleted in the app.",
    }
}

/// The consequences of changes outside the schema.
fn of_tenant(changes: &[TenantChange]) -> Vec<String> {
    let (mut said, mut settings, mut coming, mut going) = (Vec::new(), false, Vec::new(), Vec::new());
    for change in changes {
        match change {
            TenantChange::Setting { key, value } => {
                settings = true;
                if key == TENANT_URL && !value.is_empty() {
                    said.push(format!(
                        "From the next cycle on, Entra sends users and the saved credentials to {}. Only the saved credentials \
                         can be tested: `provlint connect` tests a new tenant URL before it is saved.",
                        mask_url(value)
                    ));
                }
                if key == "SyncAll" {
                    said.push(match value.to_ascii_lowercase().as_str() {
                        "false" => {
                            "Users who are not assigned fall out of scope and are disabled or deleted in the app. This \
                             takes effect only after `provlint restart`."
                        }
                        "true" => "Every user in the tenant comes into scope, assigned or not.",
                        _ => "The scope setting is removed: every user in the tenant may come into scope.",
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
            "The other settings are sent again unchanged. Credentials cannot be, because Graph masks them, and Microsoft does \
             not document whether Graph keeps what is not sent. All settings are read back and compared. Keep the app's token \
             ready: if Graph drops it, `provlint connect` saves it again."
                .to_owned(),
        );
    }
    if !coming.is_empty() {
        said.push(format!(
            "The members of {} get access and are provisioned from the next cycle on.",
            coming.join(", ")
        ));
    }
    if !going.is_empty() {
        said.push(format!("The members of {} lose access and are disabled or deleted in the app.", going.join(", ")));
    }
    said
}

/// The number of provisioned objects of a kind; `None` where Graph does not report it.
fn provisioned(job: &SynchronizationJob<'_>, kind: &str) -> Option<i64> {
    let status = job.status.as_ref()?;
    if status.code.as_deref().is_some_and(|code| code.eq_ignore_ascii_case("NotRun")) {
        return Some(0);
    }
    let counts = status.synchronized_entry_count_by_type.as_ref()?.iter();
    let of_kind = |key: &str| key.split_whitespace().next() == Some(kind);
    let mut of_kind = counts.filter(|count| count.key.as_deref().is_some_and(of_kind)).peekable();
    // A missing count is not a count of zero.
    of_kind.peek()?;
    of_kind.map(|count| count.value).try_fold(0_i64, |sum, count| Some(sum.saturating_add(count?)))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::document::from_str;
    use crate::finding::Applicability;
    use crate::fix::{FixedText, apply_fixes};
    use crate::inspection::Inspection;
    use crate::rules::{self, Selection, Target};
    use crate::{model, policy};

    fn fixed(text: &str) -> FixedText {
        let policy = policy::default_policy(None).unwrap();
        let judge = |text: &str| {
            let inspection = Inspection::of(text);
            let resources = inspection.read().ok()?;
            let target = Target::new(&inspection, &resources[0], &policy, jiff::civil::Date::default());
            Some(rules::judge(&target, &Selection::default()).findings)
        };
        apply_fixes(text, Applicability::Unsafe, judge).unwrap()
    }

    fn touched(text: &str) -> Touched {
        let fixed = fixed(text);
        Touched::by_fixes(&fixed.made, &from_str(text).unwrap(), &from_str(&fixed.text).unwrap())
    }

    fn said(fixture: &str, job: &str) -> Vec<String> {
        consequences(&touched(fixture), &from_str(job).unwrap(), "TOTAL")
    }

    #[test]
    fn a_running_job_and_the_vendors_sync_are_mentioned() {
        let default = include_str!("../../fixtures/default-export.json");
        let running = r#"{"schedule": {"state": "Active"}, "status": {"code": "Active", "synchronizedEntryCountByType":
            [{"key": "User to urn", "value": 41}, {"key": "Group to urn", "value": 3}]}}"#;
        let sentences = said(default, running);
        assert_eq!(sentences.len(), 3, "{sentences:?}");
        assert!(
            sentences[0].starts_with("Provisioning is on")
                && sentences[1].contains("41 users")
                && sentences[2].contains("re-sync"),
            "{sentences:?}"
        );
        let never = r#"{"schedule": {"state": "Disabled"}, "status": {"code": "NotRun"}}"#;
        assert_eq!(said(default, never), ["A new initial cycle starts and evaluates every user and group."]);
        assert!(said(default, "{}").iter().any(|line| line.contains("unknown")));
        assert_eq!(said(include_str!("../../fixtures/total-export.json"), running), [""; 0]);
    }

    #[test]
    fn selected_actions_and_a_changed_active_name_what_happens_to_people() {
        let right: Value = from_str(include_str!("../../fixtures/total-export.json")).unwrap();
        let consequences = |change: fn(&mut Value)| {
            let mut old = right.clone();
            let mappings = old["synchronizationRules"][0]["objectMappings"].as_array_mut().unwrap();
            change(mappings.iter_mut().find(|one| one["targetObjectName"] == ObjectKind::User.urn()).unwrap());
            let touched = Touched::by_differences(&model::differences(&old, &right), &old, &right);
            consequences(&touched, &from_str("{}").unwrap(), "TOTAL").join(" ")
        };
        let all = consequences(|user| user["flowTypes"] = "None".into());
        for part in ["are created there", "lost access are disabled", "will be deleted in the app"] {
            assert!(all.contains(part), "{part}: {all}");
        }
        let delete = consequences(|user| user["flowTypes"] = "Add, Update".into());
        assert!(delete.contains("Delete is selected") && !delete.contains("Create is"), "{delete}");
        let active = consequences(|user| {
            user["attributeMappings"].as_array_mut().unwrap().retain(|row| row["targetAttributeName"] != "active");
        });
        assert!(active.contains("`active` changes") && !active.contains("The scope changes"), "{active}");
    }

    /// A fix may change what no mapping reads, which a comparison of mappings does not show.
    #[test]
    fn a_fix_of_the_schema_starts_an_initial_cycle_whatever_it_changes() {
        let default = include_str!("../../fixtures/default-export.json");
        let made = fixed(default).made;
        let same: Value = from_str(default).unwrap();
        let said = consequences(&Touched::by_fixes(&made, &same, &same), &from_str("{}").unwrap(), "TOTAL");
        assert!(said.iter().any(|said| said.starts_with("A new initial cycle starts")), "{said:?}");
        let none = consequences(&Touched::by_fixes(&[], &same, &same), &from_str("{}").unwrap(), "TOTAL");
        assert_eq!(none, [""; 0]);
    }

    #[test]
    fn settings_and_assignments_name_what_happens_to_people() {
        let said = |change: TenantChange| {
            consequences(&Touched::by_change(change), &from_str("{}").unwrap(), "TOTAL").join(" ")
        };
        let set = |key: &str, value: &str| said(TenantChange::Setting { key: key.to_owned(), value: value.to_owned() });
        for (value, happens) in [
            ("False", "Users who are not assigned fall out of scope"),
            ("True", "Every user in the tenant comes into scope"),
            ("", "every user in the tenant may come into scope"),
        ] {
            let said = set("SyncAll", value);
            assert!(said.contains(happens) && said.contains("other settings"), "{value}: {said}");
        }
        let other = set("SkipOutOfScopeDeletions", "True");
        assert!(other.contains("other settings") && !other.contains("scope"), "{other}");
        let [group, name] = ["1", "Sales"].map(str::to_owned);
        let come = said(TenantChange::Assign { group, name: Some(name.clone()), role: "2".to_owned() });
        assert_eq!(come, "The members of Sales get access and are provisioned from the next cycle on.");
        let go = said(TenantChange::Unassign { assignment: "3".to_owned(), name });
        assert_eq!(go, "The members of Sales lose access and are disabled or deleted in the app.");
    }

    #[test]
    fn no_consequence_of_one_change_is_lost_beside_another() {
        let job = from_str("{}").unwrap();
        let right: Value = from_str(include_str!("../../fixtures/total-export.json")).unwrap();
        let user = right["synchronizationRules"][0]["objectMappings"].as_array().unwrap();
        let user = user.iter().position(|one| one["targetObjectName"] == ObjectKind::User.urn()).unwrap();
        let changed = |change: &dyn Fn(&mut Value)| {
            let mut old = right.clone();
            change(&mut old["synchronizationRules"][0]["objectMappings"][user]);
            Touched::by_differences(&model::differences(&old, &right), &old, &right)
        };
        let without = |target: &'static str| {
            changed(&move |user| {
                user["attributeMappings"].as_array_mut().unwrap().retain(|row| row["targetAttributeName"] != target)
            })
        };
        let all = [
            without("externalId"),
            without("active"),
            without("userName"),
            changed(&|user| user["flowTypes"] = "Add, Update".into()),
            changed(&|user| user["enabled"] = false.into()),
            touched(include_str!("../../fixtures/no-matching-attribute.json")),
            Touched::by_change(TenantChange::Unassign { assignment: "3".to_owned(), name: "Sales".to_owned() }),
        ];
        for one in all {
            let alone = consequences(&one, &job, "TOTAL");
            assert!(!alone.is_empty());
            for both in [[one.clone(), Touched::default()], [Touched::default(), one]] {
                assert_eq!(consequences(&Touched::together(both), &job, "TOTAL"), alone);
            }
        }
    }

    #[test]
    fn changed_matching_and_scope_are_mentioned() {
        let paused =
            r#"{"schedule": {"state": "Paused"}, "status": {"code": "Paused", "synchronizedEntryCountByType": []}}"#;
        let matching = said(include_str!("../../fixtures/no-matching-attribute.json"), paused);
        assert!(matching.iter().any(|line| line.starts_with("Matching changes")), "{matching:?}");
        assert!(matching.iter().any(|line| line.contains("need --unsafe")), "{matching:?}");
        // The same attribute with another source finds other users.
        let right = include_str!("../../fixtures/total-export.json");
        let city = right
            .replace("[userPrincipalName]", "[city]")
            .replace("\"userPrincipalName\",\n                \"type\"", "\"city\",\n                \"type\"");
        let sourced = said(&city, paused);
        assert!(sourced.iter().any(|line| line.starts_with("Matching changes")), "{sourced:?}");
        // Neither removing a redundant row nor respelling a source that no matching row reads changes the matching.
        for same in ["title-twice", "source-in-wrong-case"] {
            let path = format!("{}/fixtures/{same}.json", env!("CARGO_MANIFEST_DIR"));
            let said = said(&std::fs::read_to_string(path).unwrap(), paused);
            assert!(!said.is_empty() && said.iter().all(|line| !line.starts_with("Matching")), "{same}: {said:?}");
        }
        let scope = said(include_str!("../../fixtures/scope-filter-sales.json"), paused);
        assert!(scope.iter().any(|line| line.starts_with("The scope changes")), "{scope:?}");
        for broken in ["default-export", "no-matching-attribute", "scope-filter-sales"] {
            let path = format!("{}/fixtures/{broken}.json", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(path).unwrap();
            let (old, new): (Value, Value) = (from_str(right).unwrap(), from_str(&text).unwrap());
            let touched = Touched::by_differences(&model::differences(&old, &new), &old, &new);
            let said = (touched.external_id, touched.scope, touched.matching);
            assert_eq!(
                said,
                (broken.starts_with("default"), broken.contains("scope"), broken.contains("matching")),
                "{broken}"
            );
        }
    }
}
