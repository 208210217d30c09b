//! Forms that only Microsoft's documentation, its SCIM Validator or older versions have are warnings; and app roles.

use serde_json::{Value, json};

use crate::common::endpoint::{ENTERPRISE, Endpoint, Fault, TOKEN};
use crate::common::graph::Reply;
use crate::common::side_by_side;

use super::{Rehearsal, run_both, schema, steps};

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0";

/// The schemas of a server that knows what the correct schema of TOTAL maps, without `missing`.
fn described(missing: &str) -> Value {
    let attributes = |names: &[&str]| {
        let known = names.iter().filter(|name| **name != missing);
        let one = |name: &str| match name.split_once('.') {
            None => json!({"name": name, "type": "string"}),
            Some((name, parts)) => {
                let parts: Vec<Value> = parts.split(' ').map(|part| json!({"name": part, "type": "string"})).collect();
                json!({"name": name, "type": "complex", "subAttributes": parts})
            }
        };
        known.map(|name| one(name)).collect::<Vec<Value>>()
    };
    let user = [
        "userName",
        "active",
        "displayName",
        "title",
        "preferredLanguage",
        "emails.value type primary",
        "phoneNumbers.value type",
        "name.givenName familyName formatted",
        "addresses.formatted streetAddress locality region postalCode country type",
    ];
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 3,
        "Resources": [
            {"id": format!("{CORE}:User"), "attributes": attributes(&user)},
            {"id": format!("{CORE}:Group"), "attributes": attributes(&["displayName", "members.value type"])},
            {"id": ENTERPRISE, "attributes": attributes(&["employeeNumber", "department", "manager.value"])},
        ],
    })
}

/// A server with faults that has /Schemas.
pub(super) fn describing(faults: &[Fault]) -> Endpoint {
    with_schemas(faults, described(""))
}

fn with_schemas(faults: &[Fault], schemas: Value) -> Endpoint {
    Endpoint::hooked(faults, move |request, _, usual| {
        let is_asked = request.path == "/scim/Schemas" && request.authorization == format!("Bearer {TOKEN}");
        if is_asked { Reply::Text(200, "application/scim+json", schemas.to_string()) } else { usual() }
    })
}

/// Faults that are no more than a warning.
const WARNED: [(Fault, &str, &str); 8] = [
    (Fault::PagesIgnored, "list-users", "older-form"),
    (Fault::ManagerNotFound, "query-manager", "older-form"),
    (Fault::ReplacingAbsentRefused, "replace-missing-values", "absent-element"),
    (Fault::BooleanRefused, "disable-user-boolean", "older-form"),
    (Fault::ValueRemovalRefused, "remove-value", "older-form"),
    (Fault::EmptyUpdateRefused, "change-nothing", "older-form"),
    (Fault::RepeatedOperationRefused, "change-one-value-twice", "older-form"),
    (Fault::DeletedTwice, "delete-group-again", "older-form"),
];

#[test]
fn a_form_that_entra_is_not_known_to_send_is_a_warning() {
    side_by_side(WARNED, |(fault, step, name)| {
        let ran = run_both(&Endpoint::with(&[fault]));
        let report = ran.json();
        let warned = steps(&report, "warned");
        assert!(warned.contains(&(step.to_owned(), name.to_owned())), "{fault:?}: {warned:#?}");
        assert_eq!((ran.code, steps(&report, "failed")), (Some(0), Vec::new()), "{fault:?}");
    });
}

#[test]
fn an_operation_without_a_path_for_one_attribute_is_a_warning() {
    let endpoint = Endpoint::hooked(&[], |request, _, usual| {
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        let is_it =
            body["Operations"][0]["path"].is_null() && body["Operations"][0]["value"]["displayName"].is_string();
        let is_one = body["Operations"][0]["value"].as_object().is_some_and(|value| value.len() == 1);
        if is_it && is_one { Reply::Text(400, "application/scim+json", "{}".into()) } else { usual() }
    });
    let rehearsal = Rehearsal::new();
    let url = format!("{}?aadOptscim062020", endpoint.url());
    let ran = rehearsal.of_correct_schema(&url, "json");
    let expected = [("change-one-value-without-path".to_owned(), "older-form".to_owned())];
    assert_eq!((ran.code, steps(&ran.json(), "warned")), (Some(0), expected.into()), "{ran:?}");
}

#[test]
fn what_schemas_do_not_describe_is_a_warning() {
    let mut with_null = described("");
    with_null["Resources"][0]["description"] = Value::Null;
    let cases = [
        (described("title"), "not described: title"),
        (
            described("department"),
            "not described: urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        ),
        (with_null, "null values"),
        (json!([]), "not a JSON object"),
        (json!({"Resources": "none"}), "not a ListResponse"),
    ];
    side_by_side(cases, |(schemas, said)| {
        let ran = run_both(&with_schemas(&[], schemas));
        let report = ran.json();
        let expected = [("schemas".to_owned(), "discovery".to_owned())];
        assert_eq!((ran.code, steps(&report, "warned")), (Some(0), expected.into()), "{said}");
        assert!(ran.stdout.contains(said), "{said}: {}", ran.stdout);
    });
}

/// A snapshot whose app has two roles, and whose schema writes them with this function to this target.
fn with_roles(function: &str, target: &str) -> Value {
    let mut snapshot: Value = serde_json::from_str(&std::fs::read_to_string(schema("snapshot.json")).unwrap()).unwrap();
    let role = |number: u32, value: &str| {
        json!({
            "id": format!("06b0a1c2-0000-4000-8000-00000000000{number}"), "value": value, "displayName": value,
            "isEnabled": true, "allowedMemberTypes": ["User"],
        })
    };
    snapshot["servicePrincipal"]["appRoles"] = json!([role(1, "Admin"), role(2, "Reader"), role(3, "Auditor")]);
    let row = json!({
        "targetAttributeName": target, "flowType": "Always", "flowBehavior": "FlowWhenChanged", "matchingPriority": 0,
        "source": {
            "type": "Function", "name": function, "expression": format!("{function}([appRoleAssignments])"),
            "parameters": [{"key": "source", "value": {"type": "Attribute", "name": "appRoleAssignments",
                "expression": "[appRoleAssignments]", "parameters": []}}],
        },
    });
    let mappings = snapshot.pointer_mut("/jobs/0/schema/synchronizationRules/0/objectMappings");
    let mappings = mappings.expect("the schema of the job").as_array_mut().unwrap();
    let users = mappings.iter_mut().find(|mapping| mapping["targetObjectName"].as_str().unwrap().ends_with("User"));
    users.unwrap()["attributeMappings"].as_array_mut().unwrap().push(row);
    snapshot
}

const ROLES: [(&str, &str); 3] = [
    ("SingleAppRoleAssignment", r#"roles[primary eq "True"].value"#),
    ("AppRoleAssignmentsComplex", "roles"),
    ("AssertiveAppRoleAssignmentsComplex", "roles"),
];

#[test]
fn app_roles_are_written_and_read_back() {
    side_by_side(
        ROLES.into_iter().flat_map(|roles| [(roles, false), (roles, true)]),
        |((function, target), forgets)| {
            let endpoint = Endpoint::with(if forgets { &[Fault::RolesForgotten] } else { &[] });
            let rehearsal = Rehearsal::new();
            let path = rehearsal.folder.path().join("roles.json");
            std::fs::write(&path, with_roles(function, target).to_string()).unwrap();
            let url = endpoint.url();
            let path = path.to_str().unwrap();
            let words = ["--tenant-url", &url, "--yes", "--both", "--settle", "0", "--format", "json"];
            let ran = rehearsal.run(&[&[path], &words[..]].concat());
            let report = ran.json();
            let named = |step: &str| (step.to_owned(), "roles".to_owned());
            let failed = match forgets {
                true => vec![named("write-roles"), named("write-roles"), named("create-user-with-roles")],
                false => Vec::new(),
            };
            assert_eq!(steps(&report, "failed"), failed, "{function}: {ran:?}");
            assert_eq!(steps(&report, "warned"), Vec::new(), "{function}");
            assert_eq!(ran.code, Some(i32::from(forgets)), "{function}");
            let played = ["passed", "failed"].map(|verdict| steps(&report, verdict)).concat();
            for (step, count) in [("write-roles", 2), ("create-user-with-roles", 1)] {
                assert_eq!(played.iter().filter(|(known, _)| known == step).count(), count, "{function}: {step}");
            }
            assert!(endpoint.left().is_empty(), "{:?}", endpoint.left());
        },
    );
}
