//! Generates the fixtures from `default-export.json` and compares them with the committed files.
//!
//! `PROVLINT_UPDATE=1 cargo test --test it fixtures` writes them.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

const DEFAULT: &str = include_str!("../../fixtures/default-export.json");
pub const USER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

/// A parsed export.
pub struct Export(pub Value);

impl Export {
    fn default() -> Self {
        Export(serde_json::from_str(DEFAULT).unwrap())
    }

    /// The default export with the one change that TOTAL requires.
    pub fn total() -> Self {
        Export::default().row(USER, "externalId", |row| row["source"] = attribute("objectId"))
    }

    pub fn mapping(mut self, object: &str, change: impl FnOnce(&mut Value)) -> Self {
        let mappings = self.0["synchronizationRules"][0]["objectMappings"].as_array_mut().unwrap();
        change(mappings.iter_mut().find(|mapping| mapping["targetObjectName"] == object).unwrap());
        self
    }

    pub fn rows(self, object: &str, change: impl FnOnce(&mut Vec<Value>)) -> Self {
        self.mapping(object, |mapping| change(mapping["attributeMappings"].as_array_mut().unwrap()))
    }

    pub fn row(self, object: &str, target: &str, change: impl FnOnce(&mut Value)) -> Self {
        self.rows(object, |rows| change(rows.iter_mut().find(|row| row["targetAttributeName"] == target).unwrap()))
    }

    pub fn without_row(self, object: &str, target: &str) -> Self {
        self.rows(object, |rows| rows.retain(|row| row["targetAttributeName"] != target))
    }

    fn pretty(&self) -> String {
        format!("{:#}\n", self.0)
    }
}

pub fn attribute(name: &str) -> Value {
    json!({"expression": format!("[{name}]"), "name": name, "type": "Attribute", "parameters": []})
}

pub fn function(expression: &str) -> Value {
    let name = expression.split('(').next().unwrap();
    json!({"expression": expression, "name": name, "type": "Function", "parameters": []})
}

fn filter(groups: Value) -> Value {
    json!({"groups": groups, "inputFilterGroups": [], "categoryFilterGroups": []})
}

fn clause(attribute: &str, operator: &str, value: &str) -> Value {
    let values: Vec<&str> = if value.is_empty() { Vec::new() } else { vec![value] };
    json!({"sourceOperandName": attribute, "operatorName": operator, "targetOperand": {"values": values}})
}

/// The output of `ConvertTo-Json`: PascalCase keys.
fn pascal_case(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| !name.contains("@odata"))
            .map(|(name, member)| (format!("{}{}", name[..1].to_uppercase(), &name[1..]), pascal_case(member)))
            .chain([("AdditionalProperties".to_owned(), json!({}))])
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(pascal_case).collect(),
        other => other.clone(),
    }
}

/// The output of `>` in Windows PowerShell: UTF-16, little endian, with a byte order mark and CRLF.
fn utf_16(text: &str) -> Vec<u8> {
    let text = text.replace('\n', "\r\n");
    [0xFEFF_u16].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// A correct export with many custom attributes, about 1.5 MB.
fn large() -> Export {
    const ATTRIBUTES: usize = 1350;
    let name = |number: usize| format!("urn:ietf:params:scim:schemas:extension:contoso:2.0:User:attribute{number:04}");
    let mut export = Export::total().rows(USER, |rows| {
        let template = rows.iter().find(|row| row["targetAttributeName"] == "displayName").unwrap().clone();
        rows.extend((1..=ATTRIBUTES).map(|number| {
            let mut row = template.clone();
            row["targetAttributeName"] = json!(name(number));
            row["source"] = attribute(&format!("extensionAttribute{}", number % 15 + 1));
            row
        }));
    });
    let objects = export.0["directories"][1]["objects"].as_array_mut().unwrap();
    let user = objects.iter_mut().find(|object| object["name"] == USER).unwrap();
    let attributes = user["attributes"].as_array_mut().unwrap();
    let template = attributes.iter().find(|attribute| attribute["name"] == "title").unwrap().clone();
    attributes.extend((1..=ATTRIBUTES).map(|number| {
        let mut attribute = template.clone();
        attribute["name"] = json!(name(number));
        attribute
    }));
    export
}

/// Truncated like the output of `ConvertTo-Json` without `-Depth`.
fn truncated() -> String {
    let mut export = pascal_case(&Export::default().0);
    let mapping = "Microsoft.Graph.PowerShell.Models.MicrosoftGraphObjectMapping";
    export["SynchronizationRules"][0]["ObjectMappings"] = json!(format!("{mapping} {mapping}"));
    export["SynchronizationRules"][0]["Metadata"] = json!("System.Object[]");
    for directory in export["Directories"].as_array_mut().unwrap() {
        directory["Objects"] = json!("Microsoft.Graph.PowerShell.Models.MicrosoftGraphObjectDefinition");
    }
    format!("{export:#}\n")
}

/// A schema between two other directories.
fn between(source: &str, target: &str, object: &str) -> String {
    let mut export = Export::default().0;
    let rule = &mut export["synchronizationRules"][0];
    rule["sourceDirectoryName"] = json!(source);
    rule["targetDirectoryName"] = json!(target);
    rule["objectMappings"].as_array_mut().unwrap().remove(0);
    rule["objectMappings"][0]["targetObjectName"] = json!(object);
    export["directories"][0]["name"] = json!(source);
    export["directories"][1]["name"] = json!(target);
    format!("{export:#}\n")
}

/// What exports of other apps have and the default has not: a target directory named by its vendor, an object that is
/// listed in two parts, a disabled mapping without a source, blanks between flow types, a version that is no date.
fn vendors_own() -> String {
    let mut export = Export::total()
        .mapping(GROUP, |mapping| {
            mapping["enabled"] = json!(false);
            mapping["sourceObjectName"] = json!("");
            let unsynchronized = mapping["metadata"].as_array_mut().unwrap().iter_mut();
            unsynchronized
                .filter(|entry| entry["key"] == "Unsynchronized")
                .for_each(|entry| entry["value"] = json!("true"));
        })
        .mapping(USER, |mapping| mapping["flowTypes"] = json!("Add, Update, Delete"))
        .row(USER, "preferredLanguage", |row| {
            row["source"] = Value::Null;
            row["defaultValue"] = json!("en-US");
        })
        .0;
    const NAME: &str = "Doors & Gates (Contoso) v2";
    export["provisioningTaskIdentifier"] = json!("doors.v2");
    export["version"] = json!("v1.2");
    let rule = &mut export["synchronizationRules"][0];
    rule["id"] = json!(format!("{}#V2", rule["id"].as_str().unwrap()));
    rule["targetDirectoryName"] = json!(NAME);
    export["directories"][1]["name"] = json!(NAME);
    let objects = export["directories"][0]["objects"].as_array_mut().unwrap();
    let mut rest = objects.iter().find(|object| object["name"] == "User").unwrap().clone();
    let user = objects.iter_mut().find(|object| object["name"] == "User").unwrap();
    rest["attributes"] = user["attributes"].as_array_mut().unwrap().split_off(20).into();
    objects.push(rest);
    format!("{export:#}\n")
}

fn snapshot() -> String {
    let schema = Export::total().0;
    let snapshot = json!({
        "provlint": {"snapshot": 1, "exportedAt": "2026-10-05T09:20:00Z"},
        "servicePrincipal": {
            "id": "e2b7f4a0-58c1-4d39-9f6e-31a7c05d8b24",
            "appId": "0c9d4e17-6b58-4f2a-93e1-7a5f80d2c346",
            "displayName": "TOTAL",
            "accountEnabled": true,
            "appRoleAssignmentRequired": true,
            "applicationTemplateId": "8adf8e6e-67b2-4cf2-a259-e3dc5476c621",
            "appRoles": [{"id": "18d14569-c3bd-439b-9a66-3a2aee01d14f", "displayName": "User", "isEnabled": true}],
        },
        "application": {"id": "77a1c0de-0000-4000-8000-000000000001", "passwordCredentials": []},
        "owners": [{"id": "77a1c0de-0000-4000-8000-000000000002"}],
        "jobs": [{
            "id": schema["id"],
            "templateId": "scim",
            "schedule": {"expiration": null, "interval": "PT40M", "state": "Active"},
            "status": {
                "code": "Active",
                "countSuccessiveCompleteFailures": 0,
                "escrowsPruned": false,
                "lastSuccessfulExecution": {"timeBegan": "2026-10-05T08:58:11Z", "timeEnded": "2026-10-05T09:01:40Z"},
                "steadyStateFirstAchievedTime": "2026-10-01T10:12:00Z",
                "synchronizedEntryCountByType": [{"key": format!("User to {USER}"), "value": 42}],
                "quarantine": null,
            },
            "schema": schema,
        }],
        "secrets": [
            {"key": "BaseAddress", "value": "https://total.example.com/scim"},
            {"key": "SecretToken", "value": "*"},
            {"key": "SyncAll", "value": "false"},
            {"key": "SyncNotificationSettings", "value": json!({
                "Enabled": true, "Recipients": "it@example.com", "DeleteThresholdEnabled": true, "DeleteThresholdValue": 10,
            }).to_string()},
        ],
        "appRoleAssignedTo": [{
            "id": "4dLz8lYc0UWfbjGnwF2LJBq1eM9kC3pPj0x7v2QyTzE",
            "principalId": "3f0c1c52-0000-4000-8000-000000000001",
            "principalType": "Group",
            "principalDisplayName": "TOTAL-Admin",
            "resourceId": "e2b7f4a0-58c1-4d39-9f6e-31a7c05d8b24",
            "appRoleId": "18d14569-c3bd-439b-9a66-3a2aee01d14f",
        }],
        "groups": [{
            "id": "3f0c1c52-0000-4000-8000-000000000001",
            "displayName": "TOTAL-Admin",
            "securityEnabled": true,
            "membershipRuleProcessingState": null,
            "visibility": null,
            "memberCount": 42,
            "memberGroups": [],
        }],
        "organization": [{"id": "5f2c0a61-0000-4000-8000-00000000000c", "tenantType": "AAD"}],
    });
    format!("{snapshot:#}\n")
}

fn fixtures() -> Vec<(&'static str, Vec<u8>)> {
    let total = Export::total;
    let texts: Vec<(&str, String)> = vec![
        ("total-export.json", total().pretty()),
        ("pascal-case.json", format!("{:#}\n", pascal_case(&Export::default().0))),
        ("minified.json", Export::default().0.to_string()),
        ("large-export.json", large().pretty()),
        (
            "list-of-schemas.json",
            format!(
                "{:#}\n",
                json!({"value": [{"id": "scim", "schema": Export::default().0}, {"id": "scim", "schema": total().0}]})
            ),
        ),
        (
            "externalid-constant.json",
            total()
                .row(USER, "externalId", |row| {
                    row["source"] =
                        json!({"expression": "\"objectId\"", "name": "objectId", "type": "Constant", "parameters": []});
                })
                .pretty(),
        ),
        ("externalid-missing.json", total().without_row(USER, "externalId").pretty()),
        (
            "externalid-add-only.json",
            total().row(USER, "externalId", |row| row["flowType"] = json!("ObjectAddOnly")).pretty(),
        ),
        (
            "department-misspelt.json",
            total()
                .row(USER, &format!("{USER}:department"), |row| {
                    row["targetAttributeName"] =
                        json!("urn:ietf:params:scim:schemas:extension:enterprise:2.0User:department");
                })
                .pretty(),
        ),
        (
            "group-mapping-disabled.json",
            total()
                .mapping(GROUP, |mapping| {
                    mapping["enabled"] = json!(false);
                    mapping["sourceObjectName"] = json!("");
                })
                .pretty(),
        ),
        ("members-missing.json", total().without_row(GROUP, "members").pretty()),
        (
            "title-twice.json",
            total()
                .rows(USER, |rows| {
                    let title = rows.iter().find(|row| row["targetAttributeName"] == "title").unwrap().clone();
                    rows.push(title);
                })
                .pretty(),
        ),
        (
            "source-in-wrong-case.json",
            total().row(USER, "externalId", |row| row["source"] = attribute("ObjectID")).pretty(),
        ),
        (
            "expressions-broken.json",
            total()
                .row(USER, "displayName", |row| row["source"] = function("Jion(\" \", [givenName], [lastName])"))
                .row(USER, "title", |row| row["source"] = function("Append(\"\\\"é\\\"\", [JobTitle])"))
                .row(USER, "preferredLanguage", |row| {
                    row["source"] = function("Replace([preferredLanguage], \"-\" [mail], , \"_\", , ");
                })
                .row(USER, "name.givenName", |row| row["source"] = function("tolower(Trim([givenName]))"))
                .row(USER, "name.familyName", |row| row["source"] = function("Left([surname])"))
                .row(USER, "name.formatted", |row| {
                    row["source"] = function("IIF(IsPresent([displayName]), [displayName], Switch(IsNull([mail]), , \"True\", \"x\"))");
                })
                .row(USER, "active", |row| {
                    row["source"] = function("Switch([IsSoftDeleted], , \"True\", \"True\", \"False\", \"False\")");
                })
                .pretty(),
        ),
        (
            "scope-filters.json",
            total()
                .mapping(USER, |mapping| {
                    mapping["scope"] = filter(json!([
                        {"name": "Sales and Marketing", "clauses": [
                            clause("department", "EQUALS", "Sales"),
                            clause("department", "EQUALS", "Marketing"),
                        ]},
                        {"name": "Domain", "clauses": [
                            clause("userPrincipalName", "REGEX MATCH", ".*@(example\\.com"),
                            clause("Country", "EQUAL", "US"),
                        ]},
                    ]));
                })
                .pretty(),
        ),
        (
            "scope-filter-sales.json",
            total()
                .mapping(USER, |mapping| {
                    mapping["scope"] = filter(json!([
                        {"name": "Sales", "clauses": [clause("department", "EQUALS", "Sales"), clause("accountEnabled", "IS TRUE", "")]},
                        {"name": "Board", "clauses": [clause("jobTitle", "REGEX MATCH", "Chief .*")]},
                    ]));
                })
                .pretty(),
        ),
        (
            "no-matching-attribute.json",
            total().row(USER, "userName", |row| row["matchingPriority"] = json!(0)).pretty(),
        ),
        (
            "secret-in-file.json",
            total()
                .mapping(USER, |mapping| {
                    mapping["metadata"]
                        .as_array_mut()
                        .unwrap()
                        .push(json!({"key": "SecretToken", "value": "not-a-real-token"}));
                })
                .pretty(),
        ),
        ("truncated-export.json", truncated()),
        ("cloud-sync.json", between("Active Directory", "Azure Active Directory", "User")),
        ("hr-inbound.json", between("Workday", "Active Directory", "user")),
        ("gallery-app.json", between("Azure Active Directory", "salesforce.com", "User")),
        ("vendors-own.json", vendors_own()),
        ("snapshot.json", snapshot()),
        ("broken/trailing-comma.json", DEFAULT.replacen("\"parameters\": []", "\"parameters\": [],", 1)),
        (
            "broken/duplicate-key.json",
            DEFAULT.replacen("\"editable\": true,", "\"editable\": true,\n      \"editable\": false,", 1),
        ),
        ("broken/wrong-type.json", DEFAULT.replacen("\"matchingPriority\": 1,", "\"matchingPriority\": \"1\",", 1)),
        ("broken/cut-short.json", DEFAULT[..DEFAULT.len() / 3].to_owned()),
        ("broken/too-deep.json", format!("{{\"synchronizationRules\": {}", "[".repeat(1_000))),
        ("broken/empty.json", String::new()),
        (
            "broken/something-else.json",
            "{\n  \"name\": \"a package\",\n  \"directories\": {\"lib\": \"src\"}\n}\n".to_owned(),
        ),
    ];
    let mut fixtures: Vec<_> = texts.into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
    fixtures.push(("utf-16.json", utf_16(DEFAULT)));
    let mut latin_1 = DEFAULT.as_bytes()[..200].to_vec();
    latin_1.extend(b"\xE4\xF6\xFC\"}");
    fixtures.push(("broken/not-utf-8.json", latin_1));
    fixtures
}

#[test]
fn committed_fixtures_are_current() {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let update = env::var_os("PROVLINT_UPDATE").is_some();
    let mut differing = Vec::new();
    for (name, bytes) in fixtures() {
        let path = directory.join(name);
        if update {
            fs::write(&path, &bytes).unwrap();
        } else if fs::read(&path).ok().as_deref() != Some(&bytes) {
            differing.push(name);
        }
    }
    assert!(differing.is_empty(), "{differing:?} differ; PROVLINT_UPDATE=1 cargo test --test it fixtures writes them");
}

/// The members, metadata keys and source attributes of an export: paths as in `real-export.txt`, where the key of an entry
/// stands behind a blank, and JSON in a string begins anew.
fn names(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) if members.len() == 2 && members.contains_key("key") => {
            let key = members["key"].as_str().unwrap();
            found.insert(format!("{path} {key}"));
            match members["value"].as_str().and_then(|text| serde_json::from_str::<Value>(text).ok()) {
                Some(inner) if inner.is_array() || inner.is_object() => names(&inner, &format!("{key}:"), found),
                _ => names(&members["value"], path, found),
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let between = if path.is_empty() || path.ends_with(':') { "" } else { "." };
                let path = format!("{path}{between}{name}");
                found.insert(path.clone());
                names(member, &path, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, path, found)),
        _ => {}
    }
}

#[test]
fn default_export_has_every_name_of_a_real_one_and_no_other() {
    let export = Export::default().0;
    let mut found = BTreeSet::new();
    names(&export, "", &mut found);
    for object in export["directories"][0]["objects"].as_array().unwrap() {
        for attribute in object["attributes"].as_array().unwrap() {
            found.insert(format!("{}/{}", object["name"].as_str().unwrap(), attribute["name"].as_str().unwrap()));
        }
    }
    let real: BTreeSet<String> = include_str!("../data/real-export.txt").lines().map(str::to_owned).collect();
    let missing: Vec<_> = real.difference(&found).collect();
    let invented: Vec<_> = found.difference(&real).collect();
    assert!(missing.is_empty() && invented.is_empty(), "missing: {missing:#?}, invented: {invented:#?}");
}

#[test]
fn every_fixture_has_a_recipe() {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let made: Vec<&str> = fixtures().iter().map(|(name, _)| *name).chain(["default-export.json"]).collect();
    for folder in ["", "broken"] {
        for entry in fs::read_dir(directory.join(folder)).unwrap().flatten().filter(|entry| entry.path().is_file()) {
            let name = entry.file_name().into_string().unwrap();
            let name = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            assert!(made.contains(&name.as_str()), "{name} has no recipe");
        }
    }
}
