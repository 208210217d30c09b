//! No safe fix harms: for every fix of every mistake here, the users and groups of a crowd are simulated before and
//! after. Where one of them is in scope, matched, created, disabled or deleted differently, the fix is unsafe.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::graph::SCHEMA;
use crate::common::page::{blocks, file, policy as policy_of, written_out};
use crate::common::run_in;
use provlint::document::{self, Change};
use provlint::expression::Evaluator;
use provlint::finding::{Applicability, Evidence, Finding, Severity};
use provlint::fix::apply_fixes;
use provlint::inspection::Inspection;
use provlint::model::{self, Action, ObjectKind};
use provlint::policy::{self, Policy};
use provlint::rules::{self, RULES, Selection, Target};
use provlint::simulate::{Plan, Sent, User};
use serde_json::{Value, json};

/// Objects of which at least one shows any difference: every attribute is missing for one of them, and each differs
/// from the others of the same object.
fn crowd() -> Vec<User> {
    let full = json!({
        "id": "3f0c1c52-0000-4000-8000-000000000009", "userPrincipalName": "Ann.Lee@contoso.com",
        "mail": "ann@mail.contoso.com", "mailNickname": "annie", "displayName": "Ann Lee", "givenName": "Ann",
        "surname": "Lee", "jobTitle": "Clerk", "department": "Sales", "companyName": "Contoso", "employeeId": "007",
        "city": "Graz", "state": "Styria", "country": "AT", "postalCode": "8010", "streetAddress": "Ring 1",
        "officeLocation": "1.01", "mobilePhone": "+43 1", "faxNumber": "+43 2", "usageLocation": "AT",
        "preferredLanguage": "de-AT", "userType": "Member", "onPremisesImmutableId": "abc==",
        "businessPhones": ["+43 3"], "otherMails": ["ann@example.org"], "proxyAddresses": ["SMTP:a@contoso.com"],
        "accountEnabled": true, "onPremisesSyncEnabled": true, "members": ["u1"], "manager": {"id": "u2"},
        "securityEnabled": true, "mailEnabled": false,
    });
    let members = full.as_object().unwrap();
    let mut people = vec![members.clone()];
    for name in members.keys().filter(|name| *name != "id" && *name != "userPrincipalName") {
        let mut lacking = members.clone();
        lacking.insert(name.clone(), Value::Null);
        people.push(lacking);
    }
    for (name, value) in [
        ("accountEnabled", json!(false)),
        ("deletedDateTime", json!("2026-10-05T08:12:44Z")),
        ("IsSoftDeleted", json!(true)),
        ("userPrincipalName", json!("guest_fabrikam.com#EXT#@contoso.onmicrosoft.com")),
        ("department", json!("Finance")),
        ("userType", json!("Guest")),
    ] {
        let mut other = members.clone();
        other.insert(name.to_owned(), value);
        people.push(other);
    }
    people.iter().map(|person| User::from_graph(person).unwrap().unwrap()).collect()
}

/// What happens to one object; two that are equal are treated alike.
#[derive(Debug, PartialEq)]
struct Fate {
    in_scope: Option<bool>,
    /// The matching attributes with their values, those of one precedence together.
    matched: Vec<Vec<String>>,
    created: bool,
    updated: bool,
    deleted: bool,
    /// The values sent for `active`.
    active: Vec<String>,
}

/// The fates of the crowd under every object mapping towards an app.
fn fates(text: &str, crowd: &[User]) -> BTreeMap<String, Vec<Fate>> {
    let policy = policy::default_policy(Some("generic")).unwrap();
    let inspection = Inspection::of(text);
    let resources = inspection.read().unwrap();
    let mut all = BTreeMap::new();
    for (number, resource) in resources.iter().enumerate() {
        let target = Target::new(&inspection, resource, &policy, "2026-11-23".parse().unwrap());
        for view in target.mappings().unwrap_or_default() {
            let plan = Plan::new(view.mapping, |name| view.target.as_ref()?.attribute(name));
            let flows = view.mapping.flow_types.as_deref();
            let does = |action: Action| view.is_active() && flows.is_none_or(|flows| action.is_in(flows));
            let evaluator = Evaluator::new(jiff::Timestamp::UNIX_EPOCH, 0);
            let fate = |user: &User| {
                let preview = plan.preview(user, &evaluator);
                let sent = |target: &str| {
                    preview.rows.iter().filter(|row| *row.target == *target).map(|row| said(&row.sent)).collect()
                };
                let is_filled = |target: &str| {
                    let row = preview.rows.iter().find(|row| *row.target == *target);
                    row.is_some_and(|row| matches!(row.sent, Sent::Value { .. } | Sent::Reference(_)))
                };
                let matched = preview.matching.chunk_by(|left, right| left.precedence == right.precedence);
                let missing = view.target.iter().flat_map(|object| &object.definitions).any(|(_, object)| {
                    object.attributes.iter().flatten().any(|attribute| {
                        attribute.required == Some(true)
                            && attribute.name.as_deref().is_some_and(|name| name != "id" && !is_filled(name))
                    })
                });
                let in_scope = preview.scope.is_in().map(|inside| inside && view.is_active());
                Fate {
                    in_scope,
                    matched: matched
                        .map(|same| {
                            let one = |found: &provlint::simulate::Match| {
                                let sent: Vec<String> = sent(&found.target);
                                format!("{} {sent:?}", found.target)
                            };
                            same.iter().map(one).collect()
                        })
                        .collect(),
                    created: does(Action::Create) && !missing && plan.needed().all(is_filled),
                    updated: does(Action::Update),
                    deleted: does(Action::Delete),
                    active: sent("active"),
                }
            };
            all.insert(format!("{number} {}", view.pointer.as_str()), crowd.iter().map(fate).collect());
        }
    }
    all
}

fn said(sent: &Sent) -> String {
    match sent {
        Sent::Value { value, .. } => value.to_string(),
        Sent::Reference(id) => format!("reference {id}"),
        Sent::Empty => "nothing".to_owned(),
        // Whatever the reason, Entra may do anything.
        Sent::Unknown(_) => "unknown".to_owned(),
    }
}

/// A text with mistakes, and its policy.
struct Case {
    name: String,
    policy: Policy,
    text: String,
}

impl Case {
    fn findings(&self, text: &str) -> Option<Vec<Finding>> {
        let inspection = Inspection::of(text);
        let resources = inspection.read().ok()?;
        let today = "2026-11-23".parse().unwrap();
        let targets = resources.iter().map(|resource| Target::new(&inspection, resource, &self.policy, today));
        Some(targets.flat_map(|target| rules::judge(&target, &Selection::default()).findings).collect())
    }
}

/// The bad examples of every page.
fn examples() -> Vec<Case> {
    let mut cases = Vec::new();
    for rule in RULES {
        let blocks = blocks(rule.metadata.page);
        let policy = policy::read(policy_of(&blocks), None, rules::ids()).unwrap().remove(0);
        for (number, block) in blocks.iter().enumerate() {
            let Some(place) = block.info.strip_prefix("json bad") else { continue };
            let place = Some(place.trim()).filter(|place| !place.is_empty()).unwrap_or("file");
            let text = file(place, &serde_json::from_str(&written_out(&block.text)).unwrap()).to_string();
            if model::read(&text).is_ok() {
                cases.push(Case { name: format!("{} {number}", rule.metadata.id), policy: policy.clone(), text });
            }
        }
    }
    cases
}

const DEFAULT_EXPORT: &str = include_str!("../../fixtures/default-export.json");
const HEADLINE: &str = "Entra's default mappings";

type Mistake = fn(&mut Value);

/// Mistakes at the rows that decide about people, of the rules whose own example is at another row.
const DECIDING: &[(&str, &str, Mistake)] = &[
    ("a misspelt active", "", |schema| row(schema, "active")["targetAttributeName"] = json!("active ")),
    ("a misspelt matching row", "", |schema| row(schema, "userName")["targetAttributeName"] = json!("username")),
    ("a function of the wrong case for active", "", |schema| {
        row(schema, "active")["source"] = called("not([IsSoftDeleted])");
    }),
    ("a function of the wrong case in a matching row", "", |schema| {
        row(schema, "userName")["source"] = called("toLower([userPrincipalName])");
    }),
    ("a function of the wrong case in a plain row", "", |schema| {
        row(schema, "displayName")["source"] = called("toUpper([displayName])");
    }),
    ("an unknown source of a matching row", "", |schema| {
        row(schema, "userName")["source"] = direct("userprincipalname");
    }),
    ("an unknown source of active", "", |schema| {
        row(schema, "active")["source"] = called("Not([isSoftDeleted])");
    }),
    ("another source of a matching externalId", "", |schema| {
        row(schema, "externalId")["source"] = direct("mailNickname");
        row(schema, "externalId")["matchingPriority"] = json!(2);
    }),
    ("a matching externalId that is applied once", "", |schema| {
        row(schema, "externalId")["flowType"] = json!("ObjectAddOnly");
        row(schema, "externalId")["matchingPriority"] = json!(2);
    }),
    ("a default value of a matching row", "title: { source: jobTitle, precedence: 2 }", |schema| {
        row(schema, "title")["defaultValue"] = json!("none");
        row(schema, "title")["matchingPriority"] = json!(2);
    }),
    ("another source of active", "active: 'Not([IsSoftDeleted])'", |schema| {
        row(schema, "active")["source"] = direct("accountEnabled");
    }),
    (
        "a default value of active",
        "active: 'Switch([IsSoftDeleted], , \"False\", \"True\", \"True\", \"False\")'",
        |schema| {
            row(schema, "active")["defaultValue"] = json!("True");
        },
    ),
    (
        "active that is applied once",
        "active: { any-of: [accountEnabled, 'Not([IsSoftDeleted])'], apply: always }",
        |schema| {
            row(schema, "active")["source"] = called("Not([IsSoftDeleted])");
            row(schema, "active")["flowType"] = json!("ObjectAddOnly");
        },
    ),
    ("active that is missing but required", "active: 'Not([IsSoftDeleted])'", |schema| {
        rows(schema).retain(|row| row["targetAttributeName"] != "active");
    }),
    ("another source of a userName that does not match", "userName: userPrincipalName", |schema| {
        row(schema, "externalId")["matchingPriority"] = json!(1);
        row(schema, "userName")["matchingPriority"] = json!(0);
        row(schema, "userName")["source"] = direct("mail");
    }),
    ("userName that is missing but required", "userName: userPrincipalName", |schema| {
        row(schema, "externalId")["matchingPriority"] = json!(1);
        rows(schema).retain(|row| row["targetAttributeName"] != "userName");
    }),
    ("active twice", "", |schema| {
        let mut again = row(schema, "active").clone();
        again["source"] = direct("accountEnabled");
        rows(schema).push(again);
    }),
    ("a forbidden active", "forbid: [active]", |_| {}),
    ("fields of active that disagree", "", |schema| {
        row(schema, "active")["source"]["expression"] = json!("Not([IsSoftDeleted])");
    }),
    ("actions that are not wanted", "actions: [update]", |_| {}),
    ("a mapping that is not wanted", "enabled: false", |_| {}),
];

fn user(schema: &mut Value) -> &mut Value {
    let mappings = schema["synchronizationRules"][0]["objectMappings"].as_array_mut().unwrap();
    mappings.iter_mut().find(|mapping| mapping["targetObjectName"] == ObjectKind::User.urn()).unwrap()
}

fn rows(schema: &mut Value) -> &mut Vec<Value> {
    user(schema)["attributeMappings"].as_array_mut().unwrap()
}

fn row<'s>(schema: &'s mut Value, target: &str) -> &'s mut Value {
    rows(schema).iter_mut().find(|row| row["targetAttributeName"] == target).unwrap()
}

fn direct(name: &str) -> Value {
    json!({"expression": format!("[{name}]"), "name": name, "type": "Attribute", "parameters": []})
}

fn called(expression: &str) -> Value {
    let name = expression.split('(').next();
    json!({"expression": expression, "name": name, "type": "Function", "parameters": []})
}

fn cases() -> Vec<Case> {
    let mut cases = examples();
    let total = policy::default_policy(None).unwrap();
    cases.push(Case { name: HEADLINE.to_owned(), policy: total, text: DEFAULT_EXPORT.to_owned() });
    for (name, requirement, mistake) in DECIDING {
        let mut schema = SCHEMA.clone();
        mistake(&mut schema);
        let yaml = format!("mappings:\n  user:\n    {requirement}\n");
        let yaml = if requirement.is_empty() { "" } else { &yaml };
        let policy = policy::read(yaml, None, rules::ids()).unwrap_or_else(|error| panic!("{name}: {error}")).remove(0);
        cases.push(Case { name: (*name).to_owned(), policy, text: schema.to_string() });
    }
    cases
}

fn with_changes(text: &str, changes: &[Change]) -> String {
    document::applied(text, &document::edits(text, &[changes]).concat())
}

#[test]
fn a_fix_that_changes_what_happens_to_anyone_is_unsafe() {
    let crowd = crowd();
    let (mut wrong, mut seen, mut harming) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for case in cases() {
        let before = std::cell::LazyCell::new(|| fates(&case.text, &crowd));
        for finding in case.findings(&case.text).unwrap() {
            let Some(fix) = finding.fix.as_ref().filter(|fix| !fix.changes.is_empty()) else { continue };
            let id = finding.rule.id;
            seen.insert(id);
            if fates(&with_changes(&case.text, &fix.changes), &crowd) != *before {
                harming.insert(id);
                if fix.applicability == Applicability::Safe {
                    wrong.push(format!("{}: {id} {}: {}", case.name, finding.subject, fix.title));
                }
            }
        }
    }
    assert_eq!(wrong, [""; 0], "safe fixes that change what happens to someone");
    let fixable = RULES
        .iter()
        .map(|rule| &rule.metadata)
        .filter(|rule| rule.fix != Applicability::Manual && rule.evidence == [Evidence::Schema]);
    let fixable: BTreeSet<&str> = fixable.map(|rule| rule.id).collect();
    assert_eq!(fixable.difference(&seen).collect::<Vec<_>>(), [&""; 0], "rules whose fix no example shows");
    assert!(harming.len() > 15, "the crowd shows too little: {harming:?}");
}

#[test]
fn all_safe_fixes_together_change_nothing_for_anyone() {
    let crowd = crowd();
    let mut made = 0;
    for case in cases() {
        let fixed = apply_fixes(&case.text, Applicability::Safe, |text| case.findings(text)).unwrap();
        if fixed.made.is_empty() {
            continue;
        }
        made += fixed.made.len();
        assert!(fates(&fixed.text, &crowd) == fates(&case.text, &crowd), "{}", case.name);
    }
    assert!(made > 10, "{made} fixes");
}

#[test]
fn the_source_of_a_plain_external_id_is_fixed_safely() {
    let case = cases().into_iter().find(|case| case.name == HEADLINE).unwrap();
    let found = case.findings(&case.text).unwrap();
    let found = found.iter().find(|found| found.rule.id == "required-mapping-source").unwrap();
    assert_eq!(found.fix.as_ref().unwrap().applicability, Applicability::Safe);
    assert_eq!(found.help, "Map externalId from objectId");
}

type ActionCase = (&'static str, &'static str, &'static [(&'static str, Severity)]);

/// What a policy says of actions, the actions of the User mapping, and the findings.
const ACTIONS: &[ActionCase] = &[
    ("profile: generic", "Update", &[("User/Add", Severity::Warning), ("User/Delete", Severity::Info)]),
    ("profile: generic", "Add, Delete", &[("User/Update", Severity::Error)]),
    ("profile: truu-total", "Update", &[("User/Add", Severity::Error), ("User/Delete", Severity::Warning)]),
    ("profile: generic\nmappings: { user: { actions: [update] } }", "Update", &[]),
    (
        "profile: truu-total\nmappings: { user: { actions: [update, delete] } }",
        "Add,Update",
        &[("User/Add", Severity::Error), ("User/Delete", Severity::Error)],
    ),
    (
        "mappings: { user: { actions: [create, delete] } }\nrules: { object-mapping-actions: info }",
        "Add",
        &[("User/Delete", Severity::Info)],
    ),
];

#[test]
fn the_policy_decides_which_actions_are_wrong() {
    for (yaml, flow_types, expected) in ACTIONS {
        let mut schema = SCHEMA.clone();
        user(&mut schema)["flowTypes"] = json!(flow_types);
        let policy = policy::read(yaml, None, rules::ids()).unwrap().remove(0);
        let case = Case { name: (*yaml).to_owned(), policy, text: schema.to_string() };
        let of_actions = |text: &str| -> Vec<Finding> {
            let found = case.findings(text).unwrap().into_iter();
            found.filter(|found| found.rule.id == "object-mapping-actions").collect()
        };
        let found = of_actions(&case.text);
        let found: Vec<(&str, Severity)> = found.iter().map(|found| (found.subject.as_str(), found.severity)).collect();
        assert_eq!(found, *expected, "{yaml}, {flow_types}");
        let fixed = apply_fixes(&case.text, Applicability::Unsafe, |text| Some(of_actions(text))).unwrap();
        assert_eq!(fixed.left.len(), 0, "{yaml}, {flow_types}");
    }
}

#[test]
fn fix_leaves_actions_alone_without_unsafe_and_says_what_they_do() {
    let folder = tempfile::tempdir().unwrap();
    let mut schema = SCHEMA.clone();
    user(&mut schema)["flowTypes"] = json!("Update");
    std::fs::write(folder.path().join("schema.json"), schema.to_string()).unwrap();
    let ran = run_in(folder.path(), &["fix", "schema.json"]);
    let said = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "Needs --unsafe",
        "Users in scope that are not in the app are created there",
        "Users who are deleted in Entra ID, and users who leave the scope if the app cannot disable them, are deleted",
        "2 more with --unsafe",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(std::fs::read_to_string(folder.path().join("schema.json")).unwrap(), schema.to_string());
}

/// A rule's page and the lists name the usual kind of its fixes; at a row that decides about people it may be worse.
#[test]
fn no_fix_is_safer_than_its_rule_says() {
    let mut safe = BTreeSet::new();
    for case in cases() {
        for finding in case.findings(&case.text).unwrap() {
            let Some(fix) = &finding.fix else { continue };
            if fix.applicability == Applicability::Safe {
                safe.insert(finding.rule.id);
            }
        }
    }
    let said: BTreeSet<&str> = RULES
        .iter()
        .map(|rule| &rule.metadata)
        .filter(|rule| rule.fix == Applicability::Safe)
        .map(|rule| rule.id)
        .collect();
    assert_eq!(safe, said);
}

#[test]
fn every_page_says_how_safe_its_fix_is_as_the_lists_do() {
    let wrong = RULES.iter().map(|rule| &rule.metadata).filter(|rule| {
        let section = rule.page.split("## Fix safety\n\n").nth(1).unwrap_or_default();
        let mut kind = rule.fix.as_str().to_owned();
        kind[..1].make_ascii_uppercase();
        !section.starts_with(&kind)
    });
    assert_eq!(wrong.map(|rule| rule.id).collect::<Vec<_>>(), [""; 0]);
}
