//! Reads recorded answers of Graph, from Microsoft's documentation and from tenants.
//!
//! `PROVLINT_EXAMPLES` names their folder.

use std::path::Path;

use provlint::document;
use provlint::model::{
    AppRoleAssignment, Group, Member, Secret, ServicePrincipal, SynchronizationJob, SynchronizationSchema,
};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct List<T> {
    value: Vec<T>,
}

/// Reads a text as its expected type and returns the number of objects in it.
type Read = fn(&str) -> serde_json::Result<usize>;

fn one<'a, T: Deserialize<'a>>(text: &'a str) -> serde_json::Result<usize> {
    document::from_str::<T>(text).map(|_| 1)
}

fn list<'a, T: Deserialize<'a>>(text: &'a str) -> serde_json::Result<usize> {
    document::from_str::<List<T>>(text).map(|list| list.value.len())
}

/// How to read the answer to a request, by the end of its path; `None` if provlint never sends that request.
fn meaning(path: &str) -> Option<Read> {
    let path = path.split('?').next().unwrap().replace('*', "x");
    let parts: Vec<&str> = path.split('/').collect();
    Some(match parts.as_slice() {
        ["servicePrincipals"] => |text| list::<ServicePrincipal<'_>>(text),
        ["servicePrincipals", _] if !path.ends_with("delta") && !path.ends_with("$count") => {
            |text| one::<ServicePrincipal<'_>>(text)
        }
        [_, _, "synchronization", "jobs"] => |text| list::<SynchronizationJob<'_>>(text),
        [_, _, "synchronization", "jobs", _] => |text| one::<SynchronizationJob<'_>>(text),
        [_, _, "synchronization", "jobs", _, "schema"] => |text| one::<SynchronizationSchema<'_>>(text),
        [_, _, "synchronization", "templates"] => |text| list::<SynchronizationJob<'_>>(text),
        [_, _, "appRoleAssignedTo"] => |text| list::<AppRoleAssignment<'_>>(text),
        [_, "appRoleAssignedTo", _] | [_, _, "appRoleAssignedTo", _] => |text| one::<AppRoleAssignment<'_>>(text),
        ["groups", _, "transitiveMembers", "microsoft.graph.group"] => |text| list::<Group<'_>>(text),
        ["groups", _, "members" | "transitiveMembers"]
        | ["groups", _, "members" | "transitiveMembers", "microsoft.graph.user"] => |text| list::<Member<'_>>(text),
        _ => return None,
    })
}

#[test]
#[ignore = "needs PROVLINT_EXAMPLES, the folder of answers that others wrote"]
fn documented_graph_answers_are_read() {
    let folder = std::env::var_os("PROVLINT_EXAMPLES").expect("PROVLINT_EXAMPLES names the folder");
    let read = |name: &str| std::fs::read_to_string(Path::new(&folder).join(name)).unwrap();
    let mocks: Value = serde_json::from_str(&read("graph-responses.json")).unwrap();
    let (mut understood, mut broken) = (0, Vec::new());
    for mock in mocks["mocks"].as_array().unwrap().iter().filter(|mock| mock["request"]["method"] == "GET") {
        let url = mock["request"]["url"].as_str().unwrap();
        let Some(meaning) = meaning(url.strip_prefix("https://graph.microsoft.com/v1.0/").unwrap()) else { continue };
        // A body is JSON, or a string that contains JSON.
        let body = &mock["response"]["body"];
        let text = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
        // Some documented bodies are invalid JSON with a trailing comma.
        if let Err(error) = serde_json::from_str::<Value>(&text) {
            broken.push(format!("{url}: {error}"));
            continue;
        }
        let count = meaning(&text).unwrap_or_else(|error| panic!("{url}: {error}"));
        assert!(count > 0, "{url}: nothing was found in it");
        understood += 1;
    }
    assert!(broken.len() <= 2, "{broken:?}");
    assert!(understood > 12, "{understood} answers were understood");

    assert!(list::<Secret<'_>>(&read("secrets-get-cloudsync-2025.json")).unwrap() > 0);
    for job in ["synchronizationJob-awssso-quarantine.json", "synchronizationJob-crosstenant-v1.json"] {
        one::<SynchronizationJob<'_>>(&read(job)).unwrap_or_else(|error| panic!("{job}: {error}"));
    }
    let schema = read("signpath-schema.json");
    assert_eq!(provlint::model::read(&schema).unwrap().len(), 1);
}
