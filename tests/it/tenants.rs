//! Every rule about live configuration has a finding for the tenant on its page, and the same finding offline in that
//! tenant's export.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex};

use crate::common::graph::{APP_ID, PRINCIPAL, Reply, Request, StandIn, online, tenant};
use crate::common::page::{blocks, file, policy as policy_of, written_out};
use crate::common::prism::{as_sent, description, passed_on, prism};
use crate::common::schema::Schema;
use crate::common::{Ran, finish, provlint, side_by_side};
use provlint::finding::{Metadata, Section};
use provlint::rules::RULES;
use serde_json::{Value, json};

/// A mistake in a tenant: the rule that finds it, the path whose answer changes, and the change.
type Broken = (&'static str, &'static str, fn(&mut Value));

const ADMIN: &str = "3f0c1c52-0000-4000-8000-000000000001";
const JOBS: &str = "/synchronization/jobs";
const SCHEMA: &str = "/schema";
const APP: &str = "eq%20'TOTAL'";
const ADMIN_GROUP: &str = "/groups/3f0c1c52-0000-4000-8000-000000000001?";
const ADMIN_MEMBERS: &str = "/groups/3f0c1c52-0000-4000-8000-000000000001/members";

fn job(body: &mut Value) -> &mut Value {
    &mut body["value"][0]
}

fn members(body: &mut Value, change: fn(&mut Vec<Value>)) {
    change(body["value"].as_array_mut().unwrap());
}

fn user_mapping(schema: &mut Value) -> &mut Value {
    let mappings = schema["synchronizationRules"][0]["objectMappings"].as_array_mut().unwrap();
    mappings.iter_mut().find(|mapping| mapping["targetObjectName"].as_str().unwrap().ends_with(":User")).unwrap()
}

/// Answers of another form than in the correct tenant.
#[rustfmt::skip]
const FORMS: &[Broken] = &[
    ("provisioning-not-configured", JOBS, |body| body["value"] = json!([])),
    ("job-quarantined", JOBS, |body| {
        job(body)["status"]["code"] = json!("Quarantine");
        job(body)["status"]["quarantine"] = json!({"reason": "EncounteredQuarantineException", "seriesBegan": "2026-11-20T00:00:00Z"});
    }),
    ("credentials-rejected", "/validateCredentials", |body| *body = json!({"error": {"code": "InvalidCredentials", "message": "You appear to have entered invalid credentials."}})),
    ("nested-group", ADMIN_MEMBERS, |body| members(body, |list| list.push(json!({
        "@odata.type": "#microsoft.graph.group", "id": "3f0c1c52-0000-4000-8000-000000000007", "displayName": "Inner"})))),
    ("group-deleted", ADMIN_GROUP, |group| *group = Value::Null),
];

const POLICY: &str = "version: 1
groups: [TOTAL-Admin, TOTAL-Analyst]
app:
  target-directory: customappsso
  tenant-url: \"https://*.example.com/scim*\"
users:
  direct-assignment: warn
";

/// The answer of a tenant in which the answers to one path are changed.
fn changed(request: &Request, part: &str, change: fn(&mut Value)) -> Reply {
    let mut reply = tenant(request);
    // The jobs, but not their schemas.
    if !request.path.contains(part) || (part == JOBS && !request.path.ends_with(JOBS)) {
        return reply;
    }
    if let Reply::Text(204, ..) = reply {
        reply = Reply::Json(400, Vec::new(), Value::Null);
    }
    if let Reply::Json(_, _, body) = &mut reply {
        change(body);
        if body.is_null() {
            return Reply::error(404, "Request_ResourceNotFound", "Resource does not exist");
        }
    }
    reply
}

fn broken(part: &'static str, change: fn(&mut Value)) -> StandIn {
    StandIn::start(move |request, _| changed(request, part, change))
}

fn under(stand_in: &StandIn, policy: &Path, arguments: &[&str]) -> Ran {
    let policy = policy.display().to_string();
    online(stand_in, &[arguments, &["--policy", &policy]].concat())
}

fn findings(ran: &Ran) -> Vec<[String; 4]> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let report = ran.json();
    let list = report["findings"].as_array().unwrap().iter();
    list.map(|found| [&found["rule"], &found["subject"], &found["pointer"], &found["message"]].map(text)).collect()
}

/// The output of `provlint json-schema snapshot`.
fn snapshot_schema() -> Schema {
    let schema: Value = serde_json::from_str(&crate::common::run(&["json-schema", "snapshot"]).stdout).unwrap();
    Schema::new(&schema)
}

fn objections(schema: &Schema, snapshot: &str) -> Vec<String> {
    let snapshot: Value = serde_json::from_str(snapshot).unwrap();
    schema.objections(&snapshot)
}

#[test]
fn the_snapshot_schema_accepts_only_snapshots() {
    let schema = snapshot_schema();
    let right = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/snapshot.json")).unwrap();
    assert_eq!(objections(&schema, &right), [""; 0]);
    for (wrong, path) in [
        (r#"{"servicePrincipal": {"id": "x"}}"#, ""),
        (r#"{"provlint": {"snapshot": 2}}"#, "/provlint/snapshot"),
        (r#"{"provlint": {"snapshot": 1}, "group": []}"#, ""),
        (
            r#"{"provlint": {"snapshot": 1}, "secrets": [{"key": "SecretToken", "value": "s3cret"}]}"#,
            "/secrets/0/value",
        ),
    ] {
        let found = objections(&schema, wrong);
        assert!(found.len() == 1 && found[0].starts_with(&format!("{path}:")), "{wrong}: {found:?}");
    }
}

/// The tenant in the first bad example on a rule's page; other parts are those of the correct tenant.
fn shown_by(rule: &Metadata) -> (String, Value) {
    let blocks = blocks(rule.page);
    let bad = blocks.iter().find_map(|block| Some((block.info.strip_prefix("json bad ")?, &block.text)));
    let (place, text) = bad.unwrap_or_else(|| panic!("{}: the page has no bad example of a snapshot", rule.id));
    let mut snapshot = file(place, &serde_json::from_str(&written_out(text)).unwrap());
    if place == "file" && snapshot["appRoleAssignedTo"] == json!([]) {
        // Such a file contains only groups, but a live check reads only assigned groups.
        snapshot.as_object_mut().unwrap().remove("appRoleAssignedTo");
    }
    for group in snapshot["groups"].as_array_mut().into_iter().flatten() {
        for member in group["members"].as_array_mut().into_iter().flatten() {
            // Graph always returns the type of a member, and the name of a user to callers that may read users.
            let members = member.as_object_mut().unwrap();
            let name = format!("{}@contoso.com", members["id"].as_str().unwrap());
            if members
                .entry("@odata.type")
                .or_insert_with(|| json!("#microsoft.graph.user"))
                .as_str()
                .unwrap()
                .ends_with(".user")
            {
                members.entry("userPrincipalName").or_insert(json!(name));
            }
        }
    }
    (policy_of(&blocks).to_owned(), snapshot)
}

/// Graph's answer for the tenant of a snapshot; missing parts are those of the correct tenant.
fn served(snapshot: &Value, request: &Request) -> Reply {
    let path = request.path.split('?').next().unwrap();
    let path = path.strip_prefix("/v1.0").or_else(|| path.strip_prefix("/beta")).unwrap();
    let of_app = path.strip_prefix(&format!("/servicePrincipals/{PRINCIPAL}")).unwrap_or_default();
    let list = |part: &str| snapshot[part].as_array().map(|list| Reply::ok(json!({"value": list})));
    let group = |id: &str| snapshot["groups"].as_array().map(|groups| groups.iter().find(|group| group["id"] == id));
    let is_wanted = !request.path.contains("$filter") || request.path.contains(APP);
    let found = match of_app {
        "/synchronization/jobs" => snapshot["jobs"].as_array().map(|jobs| {
            let bare = jobs.iter().cloned().map(|mut job| {
                job.as_object_mut().unwrap().remove("schema");
                job
            });
            Reply::ok(json!({"value": bare.collect::<Vec<_>>()}))
        }),
        "/synchronization/secrets" => list("secrets"),
        "/appRoleAssignedTo" => list("appRoleAssignedTo"),
        "/owners" => list("owners"),
        "/claimsMappingPolicies" => list("claimsMappingPolicies"),
        "/claimsPolicy" => match snapshot["claimsPolicies"][0].clone() {
            Value::Null => Some(Reply::error(404, "Request_ResourceNotFound", "Resource does not exist")),
            policy => Some(Reply::ok(policy)),
        },
        _ if of_app.ends_with("/schema") => {
            let jobs = snapshot["jobs"].as_array().into_iter().flatten();
            let mut named = jobs.filter(|job| of_app.contains(&format!("/{}/", job["id"].as_str().unwrap())));
            let schema = named.next().map(|job| &job["schema"]).filter(|schema| schema.is_object());
            return schema
                .map_or_else(|| Reply::ok(crate::common::graph::SCHEMA.clone()), |schema| Reply::ok(schema.clone()));
        }
        _ if of_app.ends_with("/validateCredentials") => match &snapshot["connectionTest"]["error"] {
            Value::Null => Some(Reply::Text(204, "text/plain", String::new())),
            error => Some(Reply::Json(400, Vec::new(), json!({"error": error}))),
        },
        _ if path == "/subscribedSkus" => list("subscribedSkus"),
        _ if path == "/organization" => list("organization"),
        _ if path == "/users" && request.path.contains("manager") => {
            let groups = snapshot["groups"].as_array().into_iter().flatten();
            let members = groups.flat_map(|group| group["members"].as_array().into_iter().flatten());
            let named = members.filter(|member| request.path.contains(member["id"].as_str().unwrap()));
            let managed = named.map(|member| json!({"id": member["id"], "manager": member["manager"]}));
            Some(Reply::ok(json!({"value": managed.collect::<Vec<_>>()})))
        }
        _ if path.starts_with("/applications(") => {
            snapshot["application"].is_object().then(|| Reply::ok(snapshot["application"].clone()))
        }
        _ if snapshot["servicePrincipal"].is_object() && is_wanted && path.starts_with("/servicePrincipals") => {
            let mut principal = snapshot["servicePrincipal"].clone();
            (principal["id"], principal["appId"]) = (json!(PRINCIPAL), json!(APP_ID));
            let is_list = path == "/servicePrincipals";
            Some(Reply::ok(if is_list { json!({"value": [principal]}) } else { principal }))
        }
        _ => match path.strip_prefix("/groups/").map(|rest| rest.split_once('/').unwrap_or((rest, ""))) {
            Some((id, "")) => group(id).map(|group| match group {
                Some(group) => {
                    let mut group = group.clone();
                    group.as_object_mut().unwrap().remove("members");
                    Reply::ok(group)
                }
                None => Reply::error(404, "Request_ResourceNotFound", "Resource does not exist"),
            }),
            Some((id, _)) => group(id)
                .flatten()
                .and_then(|group| group["members"].as_array())
                .map(|members| Reply::ok(json!({"value": members}))),
            None => None,
        },
    };
    found.unwrap_or_else(|| tenant(request))
}

/// The rule about the token, which Graph masks.
const SHOWN_BY_NO_TENANT: &str = "secret-token-malformed";

/// Each rule of a section has a finding for the tenant on its page, and the same in the tenant's export.
fn expect_findings_live_and_in_the_export(section: Section) {
    let folder = tempfile::tempdir().unwrap();
    let schema = snapshot_schema();
    let rules = RULES.iter().map(|rule| &rule.metadata).filter(|rule| rule.section == section);
    side_by_side(rules.filter(|rule| rule.id != SHOWN_BY_NO_TENANT), |rule| {
        let (yaml, snapshot) = shown_by(rule);
        let policy = folder.path().join(format!("{}.yaml", rule.id));
        std::fs::write(&policy, yaml).unwrap();
        let stand_in = StandIn::start(move |request, _| served(&snapshot, request));
        let everything = ["--app", "TOTAL", "--members", "--test-connection"];
        let live = under(&stand_in, &policy, &[&["check", "--format", "json"], &everything[..]].concat());
        let found = findings(&live);
        assert!(found.iter().any(|[id, ..]| id == rule.id), "{}: {found:?} {}", rule.id, live.stderr);
        let file = folder.path().join(format!("{}.json", rule.id));
        let written =
            under(&stand_in, &policy, &[&["export", "-q", "-o", file.to_str().unwrap()], &everything[..]].concat());
        assert_eq!((written.code, written.stderr.as_str()), (Some(0), ""), "{}", rule.id);
        assert_eq!(objections(&schema, &std::fs::read_to_string(&file).unwrap()), [""; 0], "{}", rule.id);
        let mut command = provlint(&["check", file.to_str().unwrap(), "--format", "json"]);
        let offline = finish(command.arg("--policy").arg(&policy));
        assert_eq!(findings(&offline), found, "{}: the export and the tenant have different findings", rule.id);
        assert_eq!(offline.code, live.code, "{}", rule.id);
    });
}

#[test]
fn job_rules_have_the_same_findings_live_and_in_the_export() {
    expect_findings_live_and_in_the_export(Section::Job);
}

#[test]
fn connection_rules_have_the_same_findings_live_and_in_the_export() {
    expect_findings_live_and_in_the_export(Section::Connection);
}

#[test]
fn application_rules_have_the_same_findings_live_and_in_the_export() {
    expect_findings_live_and_in_the_export(Section::Application);
}

#[test]
fn assignment_rules_have_the_same_findings_live_and_in_the_export() {
    expect_findings_live_and_in_the_export(Section::Assignment);
}

#[test]
fn member_rules_have_the_same_findings_live_and_in_the_export() {
    expect_findings_live_and_in_the_export(Section::Member);
}

#[test]
fn a_correct_tenant_has_no_findings_for_its_members() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("provlint.yaml");
    std::fs::write(&policy, POLICY).unwrap();
    let stand_in = StandIn::start(|request, _| tenant(request));
    let ran =
        under(&stand_in, &policy, &["check", "--app", "TOTAL", "--members", "--test-connection", "--format", "json"]);
    assert_eq!(findings(&ran), Vec::<[String; 4]>::new(), "{}", ran.stderr);
    let rules = &ran.json()["targets"][0]["rules"];
    let skipped = rules["skipped"].as_array().unwrap().iter().map(|skipped| skipped["rule"].as_str().unwrap());
    assert_eq!(rules["unknown"], json!([]));
    assert_eq!(
        skipped.collect::<Vec<_>>(),
        [
            "unfilterable-matching",
            "stale-export",
            "secret-token-malformed",
            "secret-token-expiring",
            "auth-method-mismatch",
            "sign-in-identity"
        ],
        "all other rules are evaluated: four require more policy, one the token, which Graph masks, one sign-in by SAML"
    );
    let requests = stand_in.requests();
    assert_eq!(requests.len(), 8, "two groups, their managers and the test take four more requests: {requests:?}");
    let of_members = requests.iter().find(|request| request.path.contains("/members")).unwrap();
    for property in ["id", "userPrincipalName", "accountEnabled", "jobTitle", "department"] {
        assert!(of_members.path.contains(property), "{}", of_members.path);
    }
    assert!(!of_members.path.contains("companyName"), "unused properties are not requested: {}", of_members.path);
}

/// The tenant of an ordinary check, in which one group has members as given: their number, and the groups among them.
fn counted(count: usize, inner: &[&str]) -> StandIn {
    let inner: Vec<Value> =
        inner.iter().map(|name| json!({"id": format!("id of {name}"), "displayName": name})).collect();
    StandIn::start(move |request, _| {
        let path = request.path.split('?').next().unwrap();
        if path.ends_with(&format!("{ADMIN}/members/microsoft.graph.group")) {
            Reply::ok(json!({"@odata.count": inner.len(), "value": inner}))
        } else if path.ends_with(&format!("{ADMIN}/members")) {
            let first: Vec<Value> = (0..count.min(1)).map(|_| json!({"id": "m1"})).collect();
            Reply::ok(json!({"@odata.count": count, "value": first}))
        } else {
            tenant(request)
        }
    })
}

#[test]
fn nested_empty_and_large_groups_are_seen_without_reading_the_members() {
    let group = "Group/TOTAL-Admin";
    for (count, inner, expected) in [
        (2, &[][..], vec![]),
        (0, &[], vec![format!("empty-group {group}")]),
        (1, &["Inner"], vec![format!("empty-group {group}"), format!("nested-group {group}/Inner")]),
        (9, &["Inner", "Other"], vec![format!("nested-group {group}/Inner"), format!("nested-group {group}/Other")]),
        (1000, &[], vec![format!("large-group {group}")]),
    ] {
        let stand_in = counted(count, inner);
        let ran = with_policy(&stand_in, POLICY, &["check", "--app", "TOTAL", "--format", "json"]);
        let found: Vec<String> = findings(&ran).iter().map(|[rule, subject, ..]| format!("{rule} {subject}")).collect();
        assert_eq!(found, expected, "{count} {inner:?} {}", ran.stderr);
        let mut counts = stand_in.requests().into_iter().filter(|request| request.path.contains("/members"));
        assert!(counts.all(|request| request.in_batch), "the counts come with the groups");
    }
}

#[test]
fn without_the_permission_for_groups_their_members_are_unknown() {
    let stand_in = StandIn::start(|request, _| {
        if request.path.contains("/members") {
            return Reply::error(403, "Authorization_RequestDenied", "Insufficient privileges");
        }
        tenant(request)
    });
    let ran = with_policy(&stand_in, POLICY, &["check", "--app", "TOTAL", "--format", "json"]);
    let unknown = ran.json()["targets"][0]["rules"]["unknown"].clone();
    let named: Vec<&str> = unknown.as_array().unwrap().iter().map(|one| one["rule"].as_str().unwrap()).collect();
    assert_eq!((ran.code, named), (Some(2), vec!["nested-group", "empty-group", "large-group"]), "{unknown}");
    assert!(unknown.to_string().contains("GroupMember.Read.All"), "{unknown}");
}

#[test]
fn the_kind_of_tenant_is_optional() {
    for (answer, unknown) in [
        (Reply::error(403, "Authorization_RequestDenied", "Insufficient privileges"), true),
        (Reply::ok(json!({"value": [{"id": "t", "tenantType": null}]})), true),
        (Reply::ok(json!({"value": [{"id": "t", "tenantType": "AAD"}]})), false),
    ] {
        let answer = Mutex::new(Some(answer));
        let stand_in = StandIn::start(move |request, _| {
            let is_asked = request.path.contains("/organization") && request.path.contains("tenantType");
            is_asked.then(|| answer.lock().unwrap().take()).flatten().unwrap_or_else(|| tenant(request))
        });
        let ran = with_policy(&stand_in, POLICY, &["check", "--app", "TOTAL", "--format", "json"]);
        let rules = ran.json()["targets"][0]["rules"]["unknown"].to_string();
        assert_eq!((ran.code, rules.contains("tenant-kind")), (Some(0), unknown), "{rules}");
        assert_eq!(rules.contains("Organization.Read.All"), unknown, "{rules}");
    }
}

/// The tenant with a function and an operator that are in no reference, and what it says of them.
fn offering(functions: fn() -> Reply, operators: fn() -> Reply) -> StandIn {
    let mut schema = crate::common::graph::SCHEMA.clone();
    let mapping = &mut schema["synchronizationRules"][0]["objectMappings"][1];
    mapping["scope"] = json!({"groups": [{"name": "g", "clauses": [{"sourceOperandName": "department",
        "operatorName": "Sounds Like", "targetOperand": {"values": ["Sales"]}}]}]});
    let rows = mapping["attributeMappings"].as_array_mut().unwrap();
    let row = rows.iter_mut().find(|row| row["targetAttributeName"] == "displayName").unwrap();
    row["source"] = json!({"type": "Function", "name": "Soundex", "expression": "Soundex([displayName])",
        "parameters": [{"key": "source", "value": {"type": "Attribute", "name": "displayName", "expression": "[displayName]"}}]});
    StandIn::start(move |request, _| match request.path.split('?').next().unwrap() {
        path if path.ends_with("/schema") => Reply::ok(schema.clone()),
        path if path.ends_with("/schema/functions") => functions(),
        path if path.ends_with("/schema/filterOperators") => operators(),
        _ => tenant(request),
    })
}

#[test]
fn what_the_tenant_offers_is_known_whatever_the_references_say() {
    let both = ["unknown-function", "scope-filter-operator"];
    for (functions, operators, expected) in [
        // The documentation calls it `name`, the metadata `id`.
        (
            (|| Reply::ok(json!({"value": [{"name": "Soundex", "parameters": []}]}))) as fn() -> Reply,
            (|| Reply::ok(json!({"value": [{"id": "SOUNDS LIKE", "arity": "Binary"}]}))) as fn() -> Reply,
            &[][..],
        ),
        (
            || Reply::ok(json!({"value": [{"name": "Join"}]})),
            || Reply::ok(json!({"value": [{"name": "EQUALS"}]})),
            &both,
        ),
        (|| Reply::ok(json!({"value": []})), || Reply::ok(json!({"value": []})), &both),
        (|| Reply::error(403, "Forbidden", ""), || Reply::error(404, "NotFound", ""), &both),
    ] {
        let stand_in = offering(functions, operators);
        let select =
            ["check", "--app", "TOTAL", "--format", "json", "--select", "unknown-function,scope-filter-operator"];
        let ran = with_policy(&stand_in, POLICY, &select);
        let found: Vec<String> = findings(&ran).into_iter().map(|[rule, ..]| rule).collect();
        assert_eq!(
            found.iter().map(String::as_str).collect::<HashSet<_>>(),
            expected.iter().copied().collect(),
            "{ran:?}"
        );
    }
    let asked = StandIn::start(|request, _| tenant(request));
    with_policy(&asked, POLICY, &["check", "--app", "TOTAL"]);
    let is_list = |request: &Request| request.path.contains("/functions") || request.path.contains("/filterOperators");
    assert!(!asked.requests().iter().any(is_list), "a schema of known words is not asked about");
}

#[test]
fn what_users_sign_in_with_is_compared_with_what_is_provisioned() {
    let name_id = |attribute: &str| {
        json!([{"claims": [{"@odata.type": "#microsoft.graph.samlNameIdClaim",
            "configurations": [{"attribute": {"id": attribute, "source": "user"}}]}]}])
    };
    let (all, none) = (json!([]), Value::Null);
    let compares = |attribute: &str| POLICY.replace("app:", &format!("app:\n  name-id: {attribute}"));
    for (mode, custom, policy, expected) in [
        // userName is the source of the NameID that nobody changed.
        ("saml", &all, POLICY, &[][..]),
        ("SAML", &name_id("objectid"), POLICY, &[]),
        ("saml", &name_id("employeeid"), POLICY, &["info User/sign-in"]),
        ("saml", &name_id("objectid"), &compares("externalId"), &[]),
        ("saml", &all, &compares("externalId"), &["error User/externalId"]),
        ("saml", &all, &compares("userName"), &[]),
        ("saml", &all, &compares("nickName"), &[]),
        ("oidc", &name_id("employeeid"), &compares("externalId"), &[]),
        ("saml", &none, &compares("externalId"), &["unknown"]),
    ] {
        let (mode, custom) = (mode.to_owned(), custom.clone());
        let is_read = !custom.is_null();
        let stand_in = StandIn::start(move |request, _| {
            let path = request.path.split('?').next().unwrap();
            if path.ends_with("/claimsPolicy") || path.ends_with("/claimsMappingPolicies") {
                assert!(mode.eq_ignore_ascii_case("saml"), "the claims of an app with {mode} are not read");
                return match custom.as_array().map(Vec::as_slice) {
                    None => Reply::error(403, "Forbidden", ""),
                    Some([policy]) if path.starts_with("/beta") => Reply::ok(policy.clone()),
                    Some(_) if path.starts_with("/beta") => Reply::error(404, "NotFound", ""),
                    Some(_) => Reply::ok(json!({"value": []})),
                };
            }
            match tenant(request) {
                Reply::Json(200, headers, mut body) if path.ends_with("/servicePrincipals") => {
                    body["value"][0]["preferredSingleSignOnMode"] = json!(mode);
                    Reply::Json(200, headers, body)
                }
                reply => reply,
            }
        });
        let select =
            ["check", "--app", "TOTAL", "--format", "json", "--select", "sign-in-identity", "--fail-on", "info"];
        let ran = with_policy(&stand_in, policy, &select);
        let json = ran.json();
        let found = json["findings"].as_array().unwrap().iter();
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        let mut found: Vec<String> =
            found.map(|found| format!("{} {}", word(&found["severity"]), word(&found["subject"]))).collect();
        let unknown = json["targets"][0]["rules"]["unknown"].as_array().unwrap();
        found.extend(unknown.iter().map(|_| "unknown".to_owned()));
        assert_eq!(found, expected, "{is_read} {policy} {}", ran.stderr);
        assert_eq!(
            ran.code,
            Some(i32::from(found.iter().any(|word| word != "unknown"))),
            "{found:?}: unread claims change no exit code"
        );
    }
}

fn with_policy(stand_in: &StandIn, policy: &str, arguments: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("provlint.yaml");
    std::fs::write(&file, policy).unwrap();
    under(stand_in, &file, arguments)
}

#[test]
fn members_without_readable_properties_are_unknown() {
    let stand_in = broken("/members", |body| {
        for member in body["value"].as_array_mut().unwrap() {
            *member = json!({"@odata.type": "#microsoft.graph.user", "id": member["id"], "jobTitle": null, "accountEnabled": null});
        }
    });
    let ran = with_policy(
        &stand_in,
        POLICY,
        &["check", "--app", "TOTAL", "--members", "--test-connection", "--format", "json"],
    );
    assert_eq!(findings(&ran), Vec::<[String; 4]>::new(), "unknown values cause no finding");
    let unknown = ran.json()["targets"][0]["rules"]["unknown"].to_string();
    assert!(unknown.contains("member-missing-attribute") && unknown.contains("User.Read.All"), "{unknown}");
}

#[test]
fn users_are_named_only_with_verbose() {
    let stand_in = broken(ADMIN_MEMBERS, |body| body["value"][0]["jobTitle"] = Value::Null);
    for (arguments, named) in [
        (&["check", "--app", "TOTAL", "--members"][..], false),
        (&["check", "--app", "TOTAL", "--members", "-v"], true),
    ] {
        for format in ["pretty", "json"] {
            let ran = with_policy(&stand_in, POLICY, &[arguments, &["--format", format]].concat());
            assert!(ran.stdout.contains("1 of 3 members has no jobTitle"), "{ran:?}");
            assert_eq!(ran.stdout.contains("user1@contoso.com"), named, "{format}: {ran:?}");
        }
    }
}

#[test]
fn an_unknown_or_ambiguous_group_name_lists_candidates() {
    let right = StandIn::start(|request, _| tenant(request));
    let policy = "version: 1\ngroups: [TOTAL-Admin, TOTAL-Analyst, TOTAL-Admn]\n";
    let ran = with_policy(&right, policy, &["check", "--app", "TOTAL", "--format", "json"]);
    let found = findings(&ran);
    assert_eq!((found.len(), ran.code), (1, Some(1)), "{found:?}");
    let [rule, subject, _, message] = &found[0];
    assert_eq!((rule.as_str(), subject.as_str()), ("group-not-assigned", "Group/TOTAL-Admn"));
    assert!(
        message.contains("no group TOTAL-Admn") && message.contains(&format!("TOTAL-Admin ({ADMIN})")),
        "{message}"
    );

    let stand_in = broken("/groups?$filter=displayName%20eq%20'TOTAL-Admin'", |body| {
        let twin = json!({"id": "3f0c1c52-0000-4000-8000-000000000009", "displayName": "TOTAL-Admin"});
        body["value"].as_array_mut().unwrap().push(twin);
    });
    let policy = "version: 1\ngroups: [TOTAL-Admin, TOTAL-Analyst]\n";
    let ran = with_policy(&stand_in, policy, &["check", "--app", "TOTAL", "--format", "json"]);
    let found = findings(&ran);
    assert_eq!((found.len(), ran.code), (1, Some(1)), "{found:?}");
    assert!(found[0][3].contains("2 groups are called TOTAL-Admin") && found[0][3].contains(ADMIN), "{found:?}");
}

#[test]
#[ignore = "needs prism, and PROVLINT_DESCRIPTION: the OpenAPI description of Microsoft Graph"]
fn requests_and_answers_match_the_official_description() {
    let description = description();
    type Change = (&'static str, fn(&mut Value));
    let nothing: Change = ("no path has this in it", |_| {});
    let now: Arc<Mutex<Change>> = Arc::new(Mutex::new(nothing));
    let (of_graph, of_front) = (Arc::clone(&now), Arc::clone(&now));
    let answer = |now: &Mutex<Change>, request: &Request| {
        let (part, change) = *now.lock().unwrap();
        changed(request, part, change)
    };
    let graph = StandIn::start(move |request, _| answer(&of_graph, &as_sent(request)));
    let prism = prism(&description, &graph.url);
    let objections = Arc::new(Mutex::new(Vec::new()));
    let (url, noted) = (prism.url(), Arc::clone(&objections));
    let front = StandIn::start(move |request, _| {
        // The description is an excerpt without batches, registrations, owners, users and subscriptions.
        let described = ["/v1.0/servicePrincipals", "/v1.0/groups"].iter().any(|known| request.path.starts_with(known))
            && !request.path.contains("/owners");
        // Its $select of members allows only id and deletedDateTime, even for users; Microsoft's own
        // examples and programs that run live select a user's properties.
        let path = match request.path.split_once('?') {
            Some((path, query)) if path.contains("/members") => {
                let kept: Vec<&str> = query.split('&').filter(|part| !part.starts_with("$select=")).collect();
                format!("{path}?{}", kept.join("&"))
            }
            _ => request.path.clone(),
        };
        let judged = Request { path, ..request.clone() };
        if described { passed_on(&url, &judged, &noted) } else { answer(&of_front, request) }
    });
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("provlint.yaml");
    std::fs::write(&policy, POLICY).unwrap();
    let everything = ["check", "--app", "TOTAL", "--members", "--test-connection", "--format", "json"];
    let ran = under(&front, &policy, &everything);
    assert_eq!(*objections.lock().unwrap(), [""; 0]);
    assert_eq!((findings(&ran), ran.code), (Vec::new(), Some(0)), "{} {:?}", ran.stderr, graph.requests());
    for app in [PRINCIPAL, APP_ID] {
        let ran = under(&front, &policy, &["export", "--app", app]);
        assert_eq!(ran.code, Some(0), "{} {:?}", ran.stderr, objections.lock().unwrap());
    }
    // Prism takes a second per request, so only answers of another form are tested.
    for (rule, part, change) in FORMS {
        *now.lock().unwrap() = (part, *change);
        let found = findings(&under(&front, &policy, &everything));
        assert!(found.iter().any(|[id, ..]| id == rule), "{rule}: {found:?}");
    }
    assert_eq!(*objections.lock().unwrap(), [""; 0]);
    let judged = graph.requests().len();
    assert!(judged > FORMS.len() * 8, "prism judged {judged} requests");
    // Prism must object to a wrong answer, or the test proves nothing.
    *now.lock().unwrap() =
        (SCHEMA, |schema| user_mapping(schema)["attributeMappings"][0]["matchingPriority"] = json!("1"));
    under(&front, &policy, &everything);
    assert!(!objections.lock().unwrap().is_empty(), "prism lets anything pass");
}
