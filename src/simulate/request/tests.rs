//! The requests of published traces, built from values.

use serde_json::{Value as Json, json};

use super::*;
use crate::expression::Evaluator;
use crate::model::{ObjectKind, ObjectMapping};
use crate::simulate::{Match, Plan, User};

const MANAGER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";
const NUMBER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber";

fn user(values: &[(&str, Json)]) -> State {
    let mut state = State::empty(Schemas::EnterpriseUser);
    for (target, value) in values {
        assert!(state.set(target, value.clone()), "{target}");
    }
    state
}

fn operations(request: Option<Request>) -> Json {
    request.map_or(Json::Null, |request| request.body.unwrap()["Operations"].clone())
}

/// The state that a mapping with these rows, `target` and `expression`, gives for a user.
fn previewed(target_object: &str, rows: &[(&str, &str)], user: &User) -> State {
    let rows: Vec<Json> = rows
        .iter()
        .map(|(target, expression)| {
            json!({"targetAttributeName": target, "source": {"expression": expression, "name": "x", "type": "Function"}})
        })
        .collect();
    let mapping = json!({"targetObjectName": target_object, "attributeMappings": rows}).to_string();
    let mapping: ObjectMapping<'_> = serde_json::from_str(&mapping).unwrap();
    let plan = Plan::new(&mapping, |_| None);
    plan.preview(user, &Evaluator::new(jiff::Timestamp::UNIX_EPOCH, 0)).state()
}

fn graph_user(properties: Json) -> User {
    User::from_object(properties.as_object().unwrap())
}

#[test]
fn queries_are_encoded_as_in_the_traces() {
    let cases = [
        (
            search(ObjectKind::User, "userName", "7d420df3-0000-4000-8000-000000000001"),
            "/Users?filter=userName+eq+%227d420df3-0000-4000-8000-000000000001%22",
        ),
        (
            search(ObjectKind::User, "userName", "dale.mohr@example.com"),
            "/Users?filter=userName+eq+%22dale.mohr%40example.com%22",
        ),
        (search(ObjectKind::User, "externalId", "o'b&c+d e"), "/Users?filter=externalId+eq+%22o%27b%26c%2Bd+e%22"),
        (
            search(ObjectKind::User, r#"emails[type eq "work"].value"#, "a"),
            "/Users?filter=emails%5Btype+eq+%22work%22%5D.value+eq+%22a%22",
        ),
        (search(ObjectKind::User, "userName", "a\"b\\c"), "/Users?filter=userName+eq+%22a%5C%22b%5C%5Cc%22"),
        (
            search(ObjectKind::Group, "displayName", "EDU All personal"),
            "/Groups?excludedAttributes=members&filter=displayName+eq+%22EDU+All+personal%22",
        ),
        (read(ObjectKind::User, "7"), "/Users/7"),
        (read(ObjectKind::Group, "7"), "/Groups/7?excludedAttributes=members"),
        (delete(ObjectKind::Group, "7"), "/Groups/7"),
        (delete(ObjectKind::User, "a/../b\"?c d%é"), "/Users/a%2F..%2Fb%22%3Fc%20d%25%C3%A9"),
        (has_manager("1", "2"), "/Users?filter=id+eq+%221%22+and+manager+eq+%222%22&attributes=id"),
        (has_member("1", "2"), "/Groups?filter=id+eq+%221%22+and+members+eq+%222%22&attributes=id"),
    ];
    for (request, path) in cases {
        assert_eq!((request.path.as_str(), &request.body), (path, &None));
        assert!(!request.origin.sources.is_empty());
    }
    for id in ["", ".", ".."] {
        assert!(!is_usable_id(id), "{id}");
    }
    assert!(is_usable_id("..."));
}

#[test]
fn an_object_is_searched_for_by_each_matching_attribute_in_turn() {
    let found = |target: &str, precedence, value: Option<&str>| Match {
        target: target.to_owned(),
        precedence,
        value: value.map(str::to_owned),
        is_unknown: false,
        redacted: false,
    };
    let matching = [found("externalId", 1, Some("1")), found("mail", 2, None), found("userName", 3, Some("a"))];
    let requests = searches(ObjectKind::User, &matching);
    let paths: Vec<&str> = requests.iter().map(|request| request.path.as_str()).collect();
    assert_eq!(paths, ["/Users?filter=externalId+eq+%221%22", "/Users?filter=userName+eq+%22a%22"]);
    assert!(requests[0].origin.unknown.contains("inferred"));
    assert_eq!(searches(ObjectKind::User, &matching[..1])[0].origin.unknown, "");
}

#[test]
fn a_user_is_created_as_microsofts_guide_shows_it() {
    let state = user(&[
        ("externalId", json!("0a21f0f2")),
        ("userName", json!("a@x")),
        ("active", json!(true)),
        (r#"emails[type eq "home"].value"#, json!("h@x")),
        (r#"emails[type eq "work"].value"#, json!("a@x")),
        ("name.familyName", json!("B")),
        ("name.givenName", json!("A")),
        (NUMBER, json!("1")),
        ("urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User:CustomAttribute", json!("701984")),
        (r#"roles[primary eq "True"].value"#, json!("Admin")),
    ]);
    let request = create(&state);
    assert_eq!((request.method, request.path.as_str()), (Method::Post, "/Users"));
    let expected = json!({
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        ],
        "externalId": "0a21f0f2",
        "userName": "a@x",
        "active": true,
        "emails": [{"type": "home", "value": "h@x"}, {"type": "work", "value": "a@x", "primary": true}],
        "name": {"familyName": "B", "givenName": "A"},
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"employeeNumber": "1"},
        "urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User": {"CustomAttribute": "701984"},
        "roles": [{"primary": true, "value": "Admin", "type": "WindowsAzureActiveDirectoryRole"}],
        "meta": {"resourceType": "User"},
    });
    assert_eq!(request.body, Some(expected));

    let small = user(&[("userName", json!("a")), ("active", json!(true))]);
    let body = |creation| create_as(&small, creation).body.unwrap();
    assert_eq!(body(Creation::CoreSchemaOnly)["schemas"], json!(["urn:ietf:params:scim:schemas:core:2.0:User"]));
    assert_eq!(body(Creation::EmptyList)["roles"], json!([]));
    assert_eq!(body(Creation::TextBoolean)["active"], json!("True"));
    let with_manager = body(Creation::WithManager(MANAGER, "9"));
    let extension = &with_manager["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"];
    assert_eq!(extension, &json!({"manager": "9"}));
    assert_eq!(create_as(&small, Creation::TextBoolean).origin.weight, Weight::Warn);
}

#[test]
fn a_group_is_created_as_in_both_traces() {
    let mut state = State::empty(Schemas::Group);
    state.set("externalId", json!("8"));
    state.set("displayName", json!("G"));
    let marker = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";
    assert_eq!(
        create(&state).body,
        Some(json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group", marker],
            "externalId": "8",
            "displayName": "G",
            "meta": {"resourceType": "Group"},
        }))
    );
    let other = create_as(&state, Creation::EmptyList);
    assert_eq!((other.path.as_str(), other.origin.weight), ("/Groups", Weight::Must));
    assert_eq!(
        other.body,
        Some(json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            "externalId": "8",
            "displayName": "G",
            "members": [],
            "meta": {"resourceType": "Group"},
        }))
    );
}

/// The examples of Microsoft's page about the flag.
#[test]
fn updates_are_written_as_the_page_about_the_flag_shows_them() {
    let targets =
        ["displayName", r#"emails[type eq "work"].value"#, "name.givenName", "name.familyName", "externalId", NUMBER];
    let state = |value: &str| user(&targets.map(|target| (target, json!(format!("{value} {target}")))));
    let (before, after) = (state("old"), state("new"));
    let request = update("7", &before, &after, Update::new(Form::Default)).unwrap();
    assert_eq!((request.method, request.path.as_str()), (Method::Patch, "/Users/7"));
    assert_eq!(request.origin.mark, Mark::Inferred);
    let one = |target: &str| json!({"op": "Replace", "path": target, "value": format!("new {target}")});
    assert_eq!(
        request.body,
        Some(json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": targets.map(one),
        }))
    );
    assert_eq!(
        operations(update("7", &before, &after, Update::new(Form::Flagged))),
        json!([
            {"op": "replace", "path": "emails[type eq \"work\"].value", "value": "new emails[type eq \"work\"].value"},
            {"op": "replace", "value": {
                "displayName": "new displayName",
                "name.givenName": "new name.givenName",
                "name.familyName": "new name.familyName",
                "externalId": "new externalId",
                NUMBER: format!("new {NUMBER}"),
            }},
        ])
    );

    let (before, after) = (user(&[]), user(&[("nickName", json!("Babs"))]));
    for (form, word) in [(Form::Default, "Add"), (Form::Flagged, "add")] {
        let expected = json!([{"op": word, "path": "nickName", "value": "Babs"}]);
        assert_eq!(operations(update("7", &before, &after, Update::new(form))), expected);
    }
    let pathless = Update { single: Single::Pathless, ..Update::new(Form::Flagged) };
    assert_eq!(
        operations(update("7", &before, &after, pathless)),
        json!([{"op": "add", "value": {"nickName": "Babs"}}])
    );
}

#[test]
fn an_update_adds_what_is_new_replaces_what_differs_and_removes_nothing() {
    let before = user(&[("displayName", json!("A")), ("title", json!("T")), ("nickName", json!("N"))]);
    let after =
        user(&[("displayName", json!("B")), ("nickName", json!("N")), ("locale", json!("nb")), ("x", json!(1))]);
    assert_eq!(
        operations(update("7", &before, &after, Update::new(Form::Default))),
        json!([
            {"op": "Replace", "path": "displayName", "value": "B"},
            {"op": "Add", "path": "locale", "value": "nb"},
            {"op": "Add", "path": "x", "value": 1},
        ])
    );
    assert_eq!(
        operations(update("7", &before, &after, Update::new(Form::Flagged))),
        json!([
            {"op": "add", "value": {"locale": "nb", "x": 1}},
            {"op": "replace", "path": "displayName", "value": "B"},
        ])
    );
    assert_eq!(not_cleared(&before, &after), ["title"]);
    assert_eq!(update("7", &before, &before, Update::new(Form::Default)), None);
    for (only, word) in [(Operation::Add, "Add"), (Operation::Replace, "Replace")] {
        let forced = update("7", &before, &after, Update { only: Some(only), ..Update::new(Form::Default) }).unwrap();
        assert_eq!(forced.origin.mark, Mark::Seen);
        let operations = forced.body.unwrap()["Operations"].clone();
        assert!(operations.as_array().unwrap().iter().all(|one| one["op"] == word), "{operations}");
    }
}

#[test]
fn active_is_sent_as_the_mapping_of_the_app_gives_it() {
    let jane = graph_user(json!({"userPrincipalName": "jane", "accountEnabled": true}));
    let default = r#"Switch([IsSoftDeleted], , "False", "True", "True", "False")"#;
    let small = r#"Switch([IsSoftDeleted], , "False", "true", "True", "false")"#;
    let core = "urn:ietf:params:scim:schemas:core:2.0:User";
    for (expression, [on, off]) in [(default, ["True", "False"]), (small, ["true", "false"])] {
        let state = |is_gone| previewed(core, &[("active", expression)], &jane.with_soft_deleted(is_gone));
        let (here, gone) = (state(false), state(true));
        let active = |state: &State, how| operations(set_active("7", state, how));
        let plain = Update::new(Form::Default);
        assert_eq!(active(&gone, plain), json!([{"op": "Replace", "path": "active", "value": off}]));
        assert_eq!(active(&here, plain), json!([{"op": "Replace", "path": "active", "value": on}]));
        let add = Update { only: Some(Operation::Add), ..plain };
        assert_eq!(active(&gone, add), json!([{"op": "Add", "path": "active", "value": off}]));
        let flagged = Update::new(Form::Flagged);
        assert_eq!(active(&gone, flagged), json!([{"op": "replace", "path": "active", "value": false}]));
        let pathless = Update { single: Single::Pathless, ..flagged };
        assert_eq!(active(&here, pathless), json!([{"op": "replace", "value": {"active": true}}]));
        assert_eq!(create(&here).body.unwrap()["active"], json!(true));
        assert_eq!(create(&here).body.unwrap()["schemas"], json!([core]));
    }
    assert_eq!(set_active("7", &user(&[]), Update::new(Form::Default)), None);
}

#[test]
fn a_manager_is_sent_later_and_by_the_id_of_the_endpoint() {
    let set =
        |reference, form, operation| operations(Some(set_reference("7", MANAGER, "9", reference, form, operation)));
    assert_eq!(
        set(Reference::Text, Form::Default, Operation::Add),
        json!([{"op": "Add", "path": MANAGER, "value": "9"}])
    );
    assert_eq!(
        set(Reference::Object, Form::Flagged, Operation::Replace),
        json!([{"op": "replace", "path": MANAGER, "value": {"value": "9"}}])
    );
    assert_eq!(
        set(Reference::List, Form::Default, Operation::Add),
        json!([{"op": "Add", "path": "manager", "value": [{"$ref": "../Users/9", "value": "9"}]}])
    );
    let removed = |removal| operations(Some(remove_reference("7", MANAGER, removal, Form::Default)));
    let replaced = |value: Json| json!([{"op": "Replace", "path": MANAGER, "value": value}]);
    assert_eq!(removed(Removal::EmptyText), replaced(json!("")));
    assert_eq!(removed(Removal::EmptyObject), replaced(json!({"value": ""})));
    assert_eq!(removed(Removal::Null), replaced(Json::Null));
    assert_eq!(removed(Removal::Path), json!([{"op": "Remove", "path": MANAGER}]));
}

/// The examples of Microsoft's page about roles.
#[test]
fn roles_are_written_as_their_functions_do() {
    let role = |id: &str, name: &str| Role { id: id.into(), value: name.into(), display_name: name.into() };
    let roles = [role("06b0", "Admin"), role("06b1", "User")];
    let with = |target: &str, function| {
        let mut state = user(&[]);
        assert!(state.set_roles(target, function, &roles));
        state
    };
    let kind = "WindowsAzureActiveDirectoryRole";
    let complex = with("roles", RoleFunction::Complex);
    assert_eq!(
        create(&complex).body.unwrap()["roles"],
        json!([
            {"primary": false, "type": kind, "displayName": "Admin", "value": "Admin"},
            {"primary": false, "type": kind, "displayName": "User", "value": "User"},
        ])
    );
    let text = r#"{"id":"06b0","value":"Admin","displayName":"Admin"}"#;
    let added = operations(update("7", &user(&[]), &complex, Update::new(Form::Default)));
    assert_eq!((&added[0]["op"], &added[0]["path"]), (&json!("Add"), &json!("roles")));
    assert_eq!(added[0]["value"][0], json!({"value": text}));
    assert_eq!(added, operations(Some(add_roles_as_text("7", &roles))));
    let added = operations(update("7", &user(&[]), &complex, Update::new(Form::Flagged)));
    assert_eq!((&added[0]["op"], &added[0]["value"][0]["displayName"]), (&json!("add"), &json!("Admin")));

    let assertive = with("roles", RoleFunction::Assertive);
    assert_eq!(
        operations(update("7", &user(&[]), &assertive, Update::new(Form::Default))),
        json!([{"op": "replace", "path": "roles", "value": [
            {"primary": false, "type": kind, "display": "Admin", "value": "Admin"},
            {"primary": false, "type": kind, "display": "User", "value": "User"},
        ]}])
    );

    let mut single = with(r#"roles[primary eq "True"].value"#, RoleFunction::Single);
    single.set_roles(r#"roles[primary eq "True"].type"#, RoleFunction::Single, &roles);
    let created = json!([{"primary": true, "value": "Admin", "type": kind}]);
    assert_eq!(create(&single).body.unwrap()["roles"], created);
    assert!(!single.set_roles("roles", RoleFunction::Single, &roles), "the function needs a part of a role");
    assert!(!single.set_roles("title", RoleFunction::Complex, &roles));
    for (expression, function) in [
        ("AssertiveAppRoleAssignmentsComplex([appRoleAssignments])", Some(RoleFunction::Assertive)),
        ("AppRoleAssignmentsComplex([appRoleAssignments])", Some(RoleFunction::Complex)),
        ("SingleAppRoleAssignment([appRoleAssignments])", Some(RoleFunction::Single)),
        ("[title]", None),
    ] {
        assert_eq!(RoleFunction::of(expression), function, "{expression}");
    }
}

#[test]
fn members_are_added_and_removed_one_by_one() {
    let group = "7";
    assert_eq!(
        operations(Some(add_members(group, &["1", "2"], Form::Default))),
        json!([{"op": "Add", "path": "members", "value": [{"$ref": null, "value": "1"}, {"$ref": null, "value": "2"}]}])
    );
    assert_eq!(
        operations(Some(add_members(group, &["1"], Form::Flagged))),
        json!([{"op": "add", "path": "members", "value": [{"value": "1"}]}])
    );
    let removed = remove_member(group, "u1091", Form::Default);
    assert_eq!(removed.path, "/Groups/7");
    assert_eq!(operations(Some(removed)), json!([{"op": "Remove", "path": "members", "value": [{"value": "u1091"}]}]));
    assert_eq!(
        operations(Some(remove_member(group, "7f4bc1a3", Form::Flagged))),
        json!([{"op": "remove", "path": "members[value eq \"7f4bc1a3\"]"}])
    );
    assert_eq!(
        operations(Some(add_and_remove_member(group, "1"))),
        json!([
            {"op": "add", "path": "members", "value": [{"value": "1"}]},
            {"op": "remove", "path": "members[value eq \"1\"]"},
        ])
    );
    let replaced = replace_members(group, &["1", "2"]);
    assert_eq!(replaced.origin.weight, Weight::Warn);
    assert_eq!(
        operations(Some(replaced)),
        json!([{"op": "replace", "path": "members", "value": [{"value": "1"}, {"value": "2"}]}])
    );
}

#[test]
fn a_group_is_renamed_like_any_object() {
    let named = |name: &str| {
        let mut state = State::empty(Schemas::Group);
        state.set("displayName", json!(name));
        state
    };
    let request = update("7", &named("A"), &named("B"), Update::new(Form::Default)).unwrap();
    assert_eq!(request.path, "/Groups/7");
    assert_eq!(operations(Some(request)), json!([{"op": "Replace", "path": "displayName", "value": "B"}]));
}
