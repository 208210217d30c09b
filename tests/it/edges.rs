//! Where rules begin and end: what the examples on their pages do not show.

use crate::common::page::file;
use crate::fixtures::{Export, GROUP, USER, attribute, function};
use crate::pages::found;
use provlint::document::Change;
use provlint::finding::{Finding, Severity};
use provlint::policy::{self, Policy};
use provlint::rules;
use serde_json::{Value, json};

fn policy(text: &str) -> Policy {
    policy::read(text, None, rules::ids()).unwrap().remove(0)
}

/// The findings of one rule.
fn of(rule: &str, requirements: &str, file: &Value) -> Vec<Finding> {
    found(&[rule], file, &policy(requirements))
}

fn subjects(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.subject.as_str()).collect()
}

/// The values that fixes set, with the target attribute of the row.
fn set(file: &Value, findings: &[Finding]) -> Vec<(String, Value)> {
    let fixes = findings.iter().filter_map(|finding| finding.fix.as_ref());
    let changes = fixes.flat_map(|fix| &fix.changes).filter_map(|change| match change {
        Change::Set { pointer, value } => Some((pointer.to_string(), value.clone())),
        _ => None,
    });
    let row_of = |pointer: &str| {
        let row = pointer.rsplit_once('/').map_or("", |(row, _)| row);
        file.pointer(row).and_then(|row| row["targetAttributeName"].as_str()).unwrap_or_default().to_owned()
    };
    changes.map(|(pointer, value)| (row_of(&pointer), value)).collect()
}

fn matching(mut export: Export, object: &str, rows: &[(&str, i64)]) -> Value {
    export = export.rows(object, |rows| rows.iter_mut().for_each(|row| row["matchingPriority"] = json!(0)));
    for (target, priority) in rows {
        export = export.row(object, target, |row| row["matchingPriority"] = json!(priority));
    }
    export.0
}

#[test]
fn a_missing_row_says_where_else_it_is() {
    let requirements =
        "mappings:\n  user:\n    displayName: { source: displayName }\n    title: { source: jobTitle }\n";
    let export = Export::total().without_row(USER, "displayName").without_row(USER, "title").0;
    let findings = of("required-mapping-missing", requirements, &export);
    let elsewhere = |found: &&Finding| found.message.contains("Only the Group mapping has one");
    let said: Vec<&str> = findings.iter().filter(elsewhere).map(|found| found.subject.as_str()).collect();
    assert_eq!((findings.len(), said), (2, vec!["User/displayName"]), "groups have no title");
}

#[test]
fn a_required_source_is_judged_once_and_by_what_it_yields() {
    let requirements = "mappings:\n  user:\n    title: { source: jobTitle }\n";
    let severity = |source: Value| {
        let export = Export::total().row(USER, "title", |row| row["source"] = source).0;
        let findings = of("required-mapping-source", requirements, &export);
        findings.first().map(|finding| finding.severity)
    };
    for (source, severest) in [
        (attribute("jobTitle"), None),
        // unknown-source reports it.
        (attribute("JOBTITLE"), None),
        (attribute("department"), Some(Severity::Error)),
        (attribute("notListed"), Some(Severity::Error)),
        (function("Coalesce([jobTitle])"), Some(Severity::Warning)),
        (function("ToLower([jobTitle])"), Some(Severity::Error)),
    ] {
        assert_eq!(severity(source.clone()), severest, "{source}");
    }
}

#[test]
fn another_spelling_that_the_directory_lists_is_another_attribute() {
    let requirements = "mappings:\n  user:\n    title: { source: jobTitle }\n";
    let mut export = Export::total().row(USER, "title", |row| row["source"] = attribute("JOBTITLE")).0;
    let objects = export["directories"][0]["objects"].as_array_mut().unwrap();
    let user = objects.iter_mut().find(|object| object["name"] == "User").unwrap();
    let attributes = user["attributes"].as_array_mut().unwrap();
    let mut listed = attributes.iter().find(|attribute| attribute["name"] == "jobTitle").unwrap().clone();
    listed["name"] = json!("JOBTITLE");
    attributes.push(listed);
    assert_eq!(of("required-mapping-source", requirements, &export).len(), 1);
}

#[test]
fn only_a_required_precedence_excuses_a_weak_matching_attribute() {
    let export = matching(Export::total(), USER, &[("userName", 1), ("title", 2)]);
    for (requirements, expected) in [
        ("{}", vec!["User/title"]),
        ("mappings:\n  user:\n    title: { source: jobTitle, precedence: 2 }\n", vec![]),
        ("mappings:\n  user:\n    title: { source: jobTitle, precedence: 0 }\n", vec!["User/title"]),
    ] {
        let findings = of("weak-matching-attribute", requirements, &export);
        assert_eq!(subjects(&findings), expected, "{requirements}");
    }
}

#[test]
fn three_matching_attributes_are_many_unless_one_is_required() {
    let rows = [("userName", 1), ("externalId", 2), ("emails[type eq \"work\"].value", 3)];
    let required = "mappings:\n  user:\n    externalId: { source: objectId, precedence: 2 }\n";
    for (rows, requirements, expected) in
        [(&rows[..2], "{}", vec![]), (&rows[..], "{}", vec!["User"]), (&rows[..], required, vec![])]
    {
        let findings = of("weak-matching-attribute", requirements, &matching(Export::total(), USER, rows));
        assert_eq!(subjects(&findings), expected, "{requirements}: {rows:?}");
    }
}

#[test]
fn of_equal_precedences_the_required_row_keeps_its_own() {
    let export = matching(Export::total(), USER, &[("userName", 1), ("externalId", 1)]);
    for (requirements, expected) in [
        ("{}", "User/externalId"),
        ("mappings:\n  user:\n    externalId: { source: objectId, precedence: 1 }\n", "User/userName"),
        ("mappings:\n  user:\n    externalId: { source: objectId, precedence: 2 }\n", "User/externalId"),
        ("mappings:\n  user:\n    externalId: { source: objectId }\n", "User/externalId"),
    ] {
        let findings = of("duplicate-matching-priority", requirements, &export);
        assert_eq!(subjects(&findings), [expected], "{requirements}");
    }
}

#[test]
fn without_a_matching_attribute_the_usual_one_is_proposed_if_it_can_match() {
    let users = matching(Export::total(), USER, &[]);
    let findings = of("no-matching-attribute", "{}", &users);
    assert_eq!(set(&users, &findings), [("userName".to_owned(), json!(1))]);
    let groups = matching(Export::total(), GROUP, &[]);
    let findings = of("no-matching-attribute", "{}", &groups);
    assert_eq!(set(&groups, &findings), [("displayName".to_owned(), json!(1))]);
    let constant = Export::total().row(USER, "userName", |row| row["source"] = function("Now()"));
    let constant = matching(constant, USER, &[]);
    let findings = of("no-matching-attribute", "{}", &constant);
    assert_eq!((subjects(&findings), set(&constant, &findings)), (vec!["User"], Vec::new()));
}

#[test]
fn each_missing_action_says_what_does_not_happen() {
    for (flow_types, said) in [
        ("Update,Delete", "New objects are not created"),
        ("Add,Delete", "users who leave are not disabled"),
        ("Add,Update", "deleted in Entra ID stay in the app"),
    ] {
        let export = Export::total().mapping(USER, |mapping| mapping["flowTypes"] = json!(flow_types)).0;
        let findings = of("object-mapping-actions", "mappings:\n  user: { enabled: true }\n", &export);
        assert_eq!(findings.len(), 1, "{flow_types}");
        assert!(findings[0].message.contains(said), "{}", findings[0].message);
    }
}

#[test]
fn a_job_is_in_quarantine_by_its_code_or_by_its_details() {
    let details = json!({"currentBegan": "2026-11-01T00:00:00Z", "reason": "EncounteredQuarantineException"});
    for (code, quarantine, expected) in [
        ("Active", Value::Null, 0),
        ("Quarantine", Value::Null, 1),
        ("Active", details.clone(), 1),
        ("Quarantine", details, 1),
    ] {
        let job = file("job", &json!({"status": {"code": code, "quarantine": quarantine}}));
        assert_eq!(of("job-quarantined", "{}", &job).len(), expected, "{code}, {quarantine}");
    }
}

#[test]
fn a_missing_scope_is_set_unless_scope_filters_decide() {
    let unset = file("secret/SyncAll", &Value::Null);
    for (requirements, is_set) in [("{}", true), ("app: { scope: filtered }\n", false)] {
        let findings = of("scope-unset", requirements, &unset);
        let fix = findings[0].fix.as_ref().unwrap();
        assert_eq!((fix.tenant.is_some(), fix.is_manual()), (is_set, !is_set), "{requirements}");
    }
}

/// The correct export with another name for an attribute, in its row and, if it `is_listed`, in the directories.
fn renamed(target: &str, name: &str, is_listed: bool) -> Value {
    let mut export = Export::total().row(USER, target, |row| row["targetAttributeName"] = json!(name)).0;
    let directories = export["directories"].as_array_mut().unwrap().iter_mut().filter(|_| is_listed);
    let objects = directories.flat_map(|directory| directory["objects"].as_array_mut().unwrap());
    for attributes in objects.map(|object| object["attributes"].as_array_mut().unwrap()) {
        let same = attributes.iter().find(|one| one["name"] == target).cloned();
        attributes.extend(same.map(|mut one| {
            one["name"] = json!(name);
            one
        }));
    }
    export
}

#[test]
fn a_row_is_misspelt_that_resembles_a_missing_one_unless_the_directory_lists_it() {
    const TOTAL: &str = "version: 1\nprofile: truu-total\n";
    const DEPARTMENT: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
    const CUSTOM: &str = "mappings:\n  user:\n    shoeSize: { source: jobTitle }\n";
    let wrong = DEPARTMENT.replace("2.0", "2.1");
    let of_department = format!("User/{DEPARTMENT}");
    for (requirements, target, name, is_listed, misspelt) in [
        (TOTAL, "externalId", "exernalId", false, vec!["User/externalId"]),
        (TOTAL, "externalId", "exernalId", true, vec![]),
        (TOTAL, "externalId", "shoeSize", false, vec![]),
        // That a misspelt URN is listed does not make it right.
        (TOTAL, DEPARTMENT, &wrong, true, vec![of_department.as_str()]),
        (CUSTOM, "title", "shoeSize", true, vec![]),
    ] {
        let found = of("misspelt-target", requirements, &renamed(target, name, is_listed));
        assert_eq!(subjects(&found), misspelt, "{target} as {name}, {is_listed}");
    }
}

#[test]
fn a_filter_by_membership_is_answered_with_what_works_instead() {
    let text = include_str!("../../fixtures/scope-filter-sales.json");
    for spelling in ["IsMemberOf", "isMemberOf"] {
        let mut export: Value = serde_json::from_str(text).unwrap();
        for mapping in export["synchronizationRules"][0]["objectMappings"].as_array_mut().unwrap() {
            if let Some(clause) = mapping.pointer_mut("/scope/groups/0/clauses/0/sourceOperandName") {
                *clause = json!(spelling);
            }
        }
        let found = of("scope-filter-attribute", "{}", &export);
        assert!(found.len() == 1 && found[0].message.contains("Assign the group instead"), "{found:?}");
    }
}

#[test]
fn a_flag_in_the_tenant_url_is_answered_by_what_is_wrong_with_it() {
    let mut snapshot: Value = serde_json::from_str(include_str!("../../fixtures/snapshot.json")).unwrap();
    for (flag, why) in [
        ("AzureAdScimPatch062020", "appears only in a screenshot"),
        ("AADOPTSCIM062020", "whether another case works is not documented"),
        ("addOptscim062020", "is not a flag of Entra"),
    ] {
        let settings = snapshot["secrets"].as_array_mut().unwrap();
        let url = settings.iter_mut().find(|setting| setting["key"] == "BaseAddress").unwrap();
        url["value"] = json!(format!("https://total.example.com/scim?{flag}"));
        let found = of("tenant-url-flag", "{}", &snapshot);
        assert!(found.len() == 1 && found[0].message.contains(why), "{flag}: {found:?}");
    }
}

#[test]
fn the_name_of_a_group_matches_where_nothing_else_does() {
    for (missing, matching, priorities) in [
        ("displayName", None, vec![1]),
        ("displayName", Some("externalId"), vec![0]),
        ("members", None, vec![0]),
        ("members", Some("externalId"), vec![0]),
    ] {
        let export = Export::total().rows(GROUP, |rows| {
            rows.retain(|row| row["targetAttributeName"] != missing);
            for row in rows {
                row["matchingPriority"] =
                    json!(i32::from(matching.is_some_and(|name| row["targetAttributeName"] == name)));
            }
        });
        let found = of("group-mapping-incomplete", "{}", &export.0);
        let changes = found.iter().filter_map(|finding| finding.fix.as_ref()).flat_map(|fix| &fix.changes);
        let added: Vec<i64> = changes
            .filter_map(|change| match change {
                Change::Append { value, .. } => value["matchingPriority"].as_i64(),
                _ => None,
            })
            .collect();
        assert_eq!(added, priorities, "{missing}, {matching:?}: {found:?}");
    }
}

#[test]
fn the_type_of_a_role_may_be_sent_beside_its_value() {
    const ROLE: &str = r#"roles[primary eq "True"]"#;
    const OTHER: &str = r#"ims[type eq "aim"]"#;
    let single = || function("SingleAppRoleAssignment([appRoleAssignments])");
    for (of_what, beside, source, found) in [
        (ROLE, vec![], single(), 1),
        (ROLE, vec!["value"], single(), 0),
        (ROLE, vec!["display"], single(), 0),
        (ROLE, vec!["value", "display"], single(), 0),
        (ROLE, vec![], attribute("jobTitle"), 0),
        (OTHER, vec![], single(), 0),
    ] {
        let export = Export::total().rows(USER, |rows| {
            let row = rows.iter().find(|row| row["targetAttributeName"] == "title").unwrap().clone();
            let of = |part: &str, source: &Value| {
                let mut row = row.clone();
                (row["targetAttributeName"], row["source"]) = (json!(format!("{of_what}.{part}")), source.clone());
                row
            };
            rows.push(of("type", &source));
            rows.extend(beside.iter().map(|part| of(part, &single())));
        });
        assert_eq!(of("role-target", "{}", &export.0).len(), found, "{of_what} {beside:?}, {source}");
    }
}
