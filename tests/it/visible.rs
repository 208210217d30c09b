//! Mistakes that an export or a snapshot shows, each beside a configuration that works.
//!
//! The kinds come from public reports and vendors' guides; the names and values are this project's own.

use crate::common::graph::{SCHEMA, SNAPSHOT};
use provlint::expression::{Stored, parse};
use provlint::inspection::Inspection;
use provlint::model::ObjectKind;
use provlint::policy;
use provlint::rules::{self, Selection, Target};
use serde_json::{Value, json};

/// Every finding as `severity rule subject`, with the profile that requires nothing.
fn findings(file: &Value) -> Vec<String> {
    let text = file.to_string();
    let policy = policy::default_policy(Some("generic")).unwrap();
    let inspection = Inspection::of(&text);
    let resources = inspection.read().unwrap();
    let target = Target::new(&inspection, &resources[0], &policy, "2026-11-30".parse().unwrap());
    let judgement = rules::judge(&target, &Selection::default());
    let found = judgement.findings.iter();
    found.map(|finding| format!("{} {} {}", finding.severity, finding.rule.id, finding.subject)).collect()
}

fn mapping(schema: &mut Value, kind: ObjectKind) -> &mut Value {
    let mappings = schema["synchronizationRules"][0]["objectMappings"].as_array_mut().unwrap();
    mappings.iter_mut().find(|mapping| mapping["targetObjectName"] == kind.urn()).unwrap()
}

fn attributes(schema: &mut Value) -> &mut Vec<Value> {
    let objects = schema["directories"][1]["objects"].as_array_mut().unwrap();
    let user = objects.iter_mut().find(|object| object["name"] == ObjectKind::User.urn()).unwrap();
    user["attributes"].as_array_mut().unwrap()
}

/// Lists an attribute of the app's users: its type, and whether it has several values.
fn list(schema: &mut Value, name: &str, kind: &str, multivalued: bool) {
    let attributes = attributes(schema);
    attributes.retain(|attribute| attribute["name"] != name);
    let mut attribute = attributes.last().unwrap().clone();
    for (key, value) in [("name", json!(name)), ("type", json!(kind)), ("multivalued", json!(multivalued))] {
        attribute[key] = value;
    }
    for key in ["anchor", "required"] {
        attribute[key] = json!(false);
    }
    attributes.push(attribute);
}

fn source(expression: &str) -> Value {
    let name = expression.split('(').next().unwrap();
    // How Graph stores the arguments of a few functions is not known.
    let bare = || json!({"expression": expression, "name": name, "type": "Function", "parameters": []});
    Stored::of(&parse(expression).expression).map_or_else(bare, |stored| stored.to_json())
}

/// Maps an attribute of the app's users from an expression.
fn map(schema: &mut Value, target: &str, expression: &str) {
    let rows = mapping(schema, ObjectKind::User)["attributeMappings"].as_array_mut().unwrap();
    rows.retain(|row| row["targetAttributeName"] != target);
    rows.push(json!({
        "targetAttributeName": target, "source": source(expression), "matchingPriority": 0, "flowType": "Always",
        "flowBehavior": "FlowWhenChanged", "defaultValue": null, "exportMissingReferences": false,
    }));
}

const PRIMARY: &str = r#"roles[primary eq "True"].value"#;

/// Target, expression, the type and the cardinality in the attribute list, and the findings about the row.
type RoleCase = (&'static str, &'static str, &'static str, bool, &'static [&'static str]);

#[rustfmt::skip]
const ROLES: &[RoleCase] = &[
    // As guides of vendors have it.
    (PRIMARY, "SingleAppRoleAssignment([appRoleAssignments])", "String", false, &[]),
    ("roles", "AssertiveAppRoleAssignmentsComplex([appRoleAssignments])", "String", true, &[]),
    ("roles", "AppRoleAssignmentsComplex([appRoleAssignments])", "String", true, &["info role-never-removed"]),
    ("urn:ietf:params:scim:schemas:extension:orgs:2.0:User:orgRole", "Switch(SingleAppRoleAssignment([appRoleAssignments]), \"member\", \"My Owners\", \"owner\")", "String", false, &[]),
    ("userType", "SingleAppRoleAssignment([appRoleAssignments])", "String", false, &[]),
    ("roles[primary eq \"True\"].display", "SingleAppRoleAssignment([appRoleAssignments])", "String", false, &[]),
    // A list for one value.
    (PRIMARY, "AppRoleAssignments([appRoleAssignments])", "String", false, &["error role-target"]),
    (PRIMARY, "AppRoleAssignmentsComplex([appRoleAssignments])", "String", false, &["error role-target", "info role-never-removed"]),
    (PRIMARY, "AssertiveAppRoleAssignmentsComplex([appRoleAssignments])", "String", true, &["error role-target"]),
    ("roles", "AssertiveAppRoleAssignmentsComplex([appRoleAssignments])", "String", false, &["error role-target"]),
    ("roles", "IgnoreFlowIfNullOrEmpty(AssertiveAppRoleAssignmentsComplex([appRoleAssignments]))", "String", false, &["error role-target"]),
    ("roles", "AssertiveAppRoleAssignmentsComplex([appRoleAssignments])", "Reference", true, &["error role-target"]),
    // One value for a list, and the type, which Entra overwrites.
    ("roles", "SingleAppRoleAssignment([appRoleAssignments])", "String", true, &["warning role-target"]),
    ("roles[primary eq \"True\"].type", "SingleAppRoleAssignment([appRoleAssignments])", "String", false, &["warning role-target"]),
];

#[test]
fn functions_for_roles_are_held_against_their_targets() {
    for (target, expression, kind, multivalued, expected) in ROLES {
        let mut schema = SCHEMA.clone();
        list(&mut schema, target, kind, *multivalued);
        map(&mut schema, target, expression);
        let expected: Vec<String> = expected.iter().map(|finding| format!("{finding} User/{target}")).collect();
        assert_eq!(findings(&schema), expected, "{target} <- {expression}");
    }
}

#[test]
fn roles_of_a_gallery_app_are_left_to_its_template() {
    let mut schema = SCHEMA.clone();
    list(&mut schema, "roles", "String", false);
    map(&mut schema, "roles", "AppRoleAssignmentsComplex([appRoleAssignments])");
    schema["synchronizationRules"][0]["targetDirectoryName"] = json!("Example App");
    schema["directories"][1]["name"] = json!("Example App");
    assert!(!findings(&schema).iter().any(|finding| finding.contains("role")), "{:?}", findings(&schema));
}

#[test]
fn no_function_for_roles_fits_the_scope_of_all_users() {
    for (target, function) in [
        (PRIMARY, "SingleAppRoleAssignment"),
        ("roles", "AppRoleAssignmentsComplex"),
        ("roles", "AssertiveAppRoleAssignmentsComplex"),
    ] {
        for (all, found) in [("true", true), ("false", false)] {
            let mut snapshot = SNAPSHOT.clone();
            let schema = &mut snapshot["jobs"][0]["schema"];
            list(schema, target, "String", target == "roles");
            map(schema, target, &format!("{function}([appRoleAssignments])"));
            for secret in snapshot["secrets"].as_array_mut().unwrap() {
                if secret["key"] == "SyncAll" {
                    secret["value"] = json!(all);
                }
            }
            let expected = format!("warning role-expression User/{target}");
            assert_eq!(findings(&snapshot).contains(&expected), found, "{function} {all}: {:?}", findings(&snapshot));
        }
    }
}

/// A role of the app by its display name and value.
fn role(number: usize, name: &str, value: Option<&str>) -> Value {
    json!({
        "id": format!("18d14569-c3bd-439b-9a66-0000000000{number:02}"), "displayName": name, "value": value,
        "isEnabled": true, "allowedMemberTypes": ["User"],
    })
}

#[test]
fn keys_and_names_of_roles_are_held_against_the_app() {
    let keyed =
        "Switch(SingleAppRoleAssignment([appRoleAssignments]), \" \", \"Owners\", \"owner\", \"edit\", \"editor\")";
    let (owners, editors) = (role(1, "Owners", Some("own")), role(2, "Editors", Some("edit")));
    for (roles, expected) in [
        (vec![owners.clone(), editors.clone()], vec![]),
        (vec![role(1, "owners", None), editors.clone()], vec!["warning role-unknown-key User/title"]),
        (
            vec![owners.clone(), editors.clone(), role(3, "More", Some("edit"))],
            vec!["warning duplicate-app-role app role/edit"],
        ),
        (
            vec![owners.clone(), editors, role(3, "Owners", Some("x"))],
            vec!["warning duplicate-app-role app role/Owners"],
        ),
    ] {
        let mut snapshot = SNAPSHOT.clone();
        map(&mut snapshot["jobs"][0]["schema"], "title", keyed);
        snapshot["servicePrincipal"]["appRoles"] = json!(roles);
        snapshot["appRoleAssignedTo"][0]["appRoleId"] = roles[0]["id"].clone();
        assert_eq!(findings(&snapshot), expected, "{roles:?}");
    }
}

#[test]
fn custom_attributes_have_one_plain_value() {
    const CUSTOM: &str = "urn:ietf:params:scim:schemas:extension:acme.io:2.0:User:";
    for (name, kind, multivalued, severity) in [
        (format!("{CUSTOM}badge"), "String", false, None),
        (format!("{CUSTOM}badge"), "Integer", false, None),
        (format!("{CUSTOM}name.first"), "String", false, Some("error")),
        (format!("{CUSTOM}badges[type eq \"main\"].value"), "String", false, Some("error")),
        (format!("{CUSTOM}badges"), "String", true, Some("error")),
        ("badges".to_owned(), "String", true, Some("warning")),
        ("department.name".to_owned(), "String", false, None),
        ("urn:ietf:params:scim:schemas:core:2.0:User:name.givenName".to_owned(), "String", false, None),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName".to_owned(),
            "String",
            false,
            None,
        ),
        ("name.honorificPrefix".to_owned(), "String", false, None),
        ("phoneNumbers[type eq \"home\"].value".to_owned(), "String", false, None),
    ] {
        let mut schema = SCHEMA.clone();
        list(&mut schema, &name, kind, multivalued);
        map(&mut schema, &name, "[jobTitle]");
        let expected: Vec<String> =
            severity.iter().map(|severity| format!("{severity} custom-attribute-type User/{name}")).collect();
        assert_eq!(findings(&schema), expected, "{name}");
    }
}

#[test]
fn unsupported_attributes_are_named_on_both_sides() {
    for (target, from, expected) in [
        ("entitlements[type eq \"plan\"].value", "[jobTitle]", vec!["info unsupported-target"]),
        ("urn:ietf:params:scim:schemas:core:2.0:User:entitlements", "[jobTitle]", vec!["info unsupported-target"]),
        ("password", "[jobTitle]", vec!["info unsupported-target"]),
        ("nickName", "[thumbnailPhoto]", vec!["error unsupported-source"]),
        ("nickName", "[passwordProfile.password]", vec!["error unsupported-source"]),
        ("nickName", "[jobTitle]", vec![]),
    ] {
        let mut schema = SCHEMA.clone();
        list(&mut schema, target, "String", false);
        map(&mut schema, target, from);
        let expected: Vec<String> = expected.iter().map(|finding| format!("{finding} User/{target}")).collect();
        assert_eq!(findings(&schema), expected, "{target} <- {from}");
    }
}

/// Every finding after the fixes of a schema are made, unsafe ones too.
fn fixed(schema: &Value) -> (Value, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.json");
    std::fs::write(&path, format!("{schema:#}")).unwrap();
    let file = path.to_str().unwrap();
    let ran = crate::common::run(&["fix", file, "--unsafe", "--profile", "generic"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let after: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let found = findings(&after);
    (after, found)
}

#[test]
fn characters_that_look_like_others_are_replaced_in_targets_and_sources() {
    let right = "emails[type eq \"work\"].value";
    for wrong in [
        "emails[type eq “work”].value",
        "Emails[type eq “work”].value",
        "emails[type eq 'work'].value",
        "emails[type\u{a0}eq \"work\"].value",
        "еmails[type eq \"work\"].value",
    ] {
        for is_listed in [false, true] {
            let mut schema = SCHEMA.clone();
            let rows = mapping(&mut schema, ObjectKind::User)["attributeMappings"].as_array_mut().unwrap();
            let row = rows.iter_mut().find(|row| row["targetAttributeName"] == right).unwrap();
            row["targetAttributeName"] = json!(wrong);
            if is_listed {
                list(&mut schema, wrong, "String", false);
            }
            assert_eq!(findings(&schema), [format!("error misspelt-target User/{right}")], "{wrong} {is_listed}");
            let (after, found) = fixed(&schema);
            assert_eq!(found, [""; 0], "{wrong}");
            assert!(after.to_string().contains(&json!(right).to_string()), "{wrong}");
        }
    }
    // An attribute that only the list has, under the wrong name, is renamed in both places.
    let mut schema = SCHEMA.clone();
    let wrong = "emails[type eq “private”].value";
    list(&mut schema, wrong, "String", false);
    map(&mut schema, wrong, "[jobTitle]");
    let (after, found) = fixed(&schema);
    assert_eq!((found, after.to_string().contains('“')), (Vec::new(), false));
    // Sources: a letter of another alphabet, and typographic quotation marks.
    for wrong in ["[ѕurname]", "Append([surname], “x”)", "Switch([surname], , “a”, \"b\")"] {
        let mut schema = SCHEMA.clone();
        map(&mut schema, "nickName", "[surname]");
        let rows = mapping(&mut schema, ObjectKind::User)["attributeMappings"].as_array_mut().unwrap();
        rows.last_mut().unwrap()["source"]["expression"] = json!(wrong);
        if wrong.contains('(') {
            rows.last_mut().unwrap()["source"]["type"] = json!("Function");
            rows.last_mut().unwrap()["source"]["name"] = json!(wrong.split('(').next().unwrap());
        } else {
            rows.last_mut().unwrap()["source"]["name"] = json!("ѕurname");
        }
        assert_eq!(findings(&schema).len(), 1, "{wrong}: {:?}", findings(&schema));
        assert_eq!(fixed(&schema).1, [""; 0], "{wrong}");
    }
}

/// A filter of users by one clause.
fn filter(attribute: &str, operator: &str, value: &str) -> Value {
    json!({"groups": [{"name": "g", "clauses": [
        {"sourceOperandName": attribute, "operatorName": operator, "targetOperand": {"values": [value]}},
    ]}]})
}

#[test]
fn a_filter_on_the_id_of_a_group_is_found_for_users_only() {
    let id = SNAPSHOT["appRoleAssignedTo"][0]["principalId"].as_str().unwrap().to_owned();
    for (kind, scope, found) in [
        (ObjectKind::User, filter("objectId", "EQUALS", &id), true),
        (ObjectKind::User, filter("objectId", "EQUALS", &id.to_uppercase()), true),
        (ObjectKind::User, filter("objectId", "REGEX MATCH", &format!("^{id}$")), true),
        (ObjectKind::User, filter("objectId", "EQUALS", "0a000000-0000-4000-8000-000000000001"), false),
        (ObjectKind::User, filter("extensionAttribute1", "EQUALS", &id), false),
        (ObjectKind::Group, filter("objectId", "EQUALS", &id), false),
    ] {
        let mut snapshot = SNAPSHOT.clone();
        mapping(&mut snapshot["jobs"][0]["schema"], kind)["scope"] = scope.clone();
        let is_found = findings(&snapshot).iter().any(|finding| finding == "error scope-filter-group-id User/scope");
        assert_eq!(is_found, found, "{scope}: {:?}", findings(&snapshot));
    }
}

#[test]
fn an_app_without_a_template_is_named_as_far_as_it_can_be_known() {
    let finding = |severity: &str| format!("{severity} app-not-provisionable app");
    let never = json!({"code": "NotConfigured"});
    for (template, tags, jobs, severity) in [
        (Some(Value::Null), json!([]), json!([]), Some("error")),
        (
            Some(Value::Null),
            json!(["WindowsAzureActiveDirectoryIntegratedApp"]),
            json!([{"id": "scim.1", "status": never}]),
            Some("warning"),
        ),
        (Some(Value::Null), json!([]), SNAPSHOT["jobs"].clone(), Some("info")),
        (Some(Value::Null), json!(["WindowsAzureActiveDirectoryCustomSingleSignOnApplication"]), json!([]), None),
        (Some(json!("8adf8e6e-67b2-4cf2-a259-e3dc5476c621")), json!([]), json!([]), None),
        (None, json!([]), json!([]), None),
    ] {
        let mut snapshot = SNAPSHOT.clone();
        let principal = snapshot["servicePrincipal"].as_object_mut().unwrap();
        principal.remove("applicationTemplateId");
        principal.extend(template.clone().map(|template| ("applicationTemplateId".to_owned(), template)));
        principal.insert("tags".to_owned(), tags.clone());
        snapshot["jobs"] = jobs;
        let found: Vec<String> =
            findings(&snapshot).into_iter().filter(|finding| finding.contains("app-not-provisionable")).collect();
        assert_eq!(found, severity.map(finding).into_iter().collect::<Vec<_>>(), "{template:?} {tags}");
    }
}

#[test]
fn only_characters_that_break_a_search_are_reported_in_names_of_groups() {
    for (name, found) in
        [("TOTAL \"Admin\"", true), ("TOTAL\\Admin", true), ("TOTAL-Admin (EU) & R+D #1, 100 % – Zürich's", false)]
    {
        let mut snapshot = SNAPSHOT.clone();
        snapshot["groups"][0]["displayName"] = json!(name);
        let expected: Vec<String> =
            found.then(|| format!("warning matching-value-characters Group/{name}")).into_iter().collect();
        assert_eq!(findings(&snapshot), expected);
        // Groups that are not provisioned are not searched for.
        mapping(&mut snapshot["jobs"][0]["schema"], ObjectKind::Group)["enabled"] = json!(false);
        assert!(!findings(&snapshot).iter().any(|finding| finding.contains("matching-value-characters")));
    }
}
