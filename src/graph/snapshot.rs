//! Everything about one app, read in three steps that depend on each other.

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use futures_util::future::join_all;
use futures_util::{FutureExt, StreamExt, stream};
use serde_json::{Map, Value, json};

use super::app::find;
use super::batch::missing_part;
use super::claims::Claims;
use super::client::{AT_A_TIME, sort};
use super::{AppClient, AppError, Client, GraphError, Need, claims, group, member};
use crate::document::{Edit, Pointer, applied, laid_out, locate};
use crate::secret::mask_url;

/// An app as read from a tenant.
#[derive(Clone, Debug)]
pub struct LiveApp {
    /// Its display name.
    pub name: String,
    /// The snapshot as in a file, with `null` in the place of each schema that was read: they are large.
    pub snapshot: Value,
    /// The schema of each job as Graph spells it, with annotations; `None` if it could not be read.
    pub schemas: Vec<Option<String>>,
}

impl LiveApp {
    /// The object id of the service principal.
    pub fn principal_id(&self) -> Option<&str> {
        self.snapshot["servicePrincipal"]["id"].as_str()
    }

    /// Why a part could not be read; `None` if it was read, or not requested.
    pub fn why_unread(&self, part: &str) -> Option<&str> {
        self.snapshot["provlint"]["unread"][part].as_str()
    }

    /// The snapshot as in a file.
    pub fn into_snapshot(mut self) -> Value {
        let jobs = self.snapshot.get_mut("jobs").and_then(Value::as_array_mut).into_iter().flatten();
        for (job, text) in jobs.zip(&self.schemas) {
            let schema = text.as_ref().and_then(|text| serde_json::from_str(text).ok());
            if let (Some(mut schema), Some(job)) = (schema, job.as_object_mut()) {
                without_annotations(&mut schema);
                job.insert("schema".to_owned(), schema);
            }
        }
        self.snapshot
    }

    /// The snapshot as the text of a file.
    pub fn into_text(self) -> String {
        format!("{:#}\n", self.into_snapshot())
    }

    /// The snapshot as the text of a file with the schemas as Graph spells them, so that they can be written back.
    pub fn to_exact_text(&self) -> String {
        let read = self.schemas.iter().enumerate().filter_map(|(index, schema)| {
            Some((Pointer::root().key("jobs").index(index).key("schema"), schema.as_ref()?))
        });
        let (pointers, schemas): (Vec<Pointer>, Vec<&String>) = read.unzip();
        let text = format!("{:#}\n", self.snapshot);
        let places = locate(&text, &pointers).into_iter().zip(schemas);
        let edits: Vec<Edit> = places
            .filter_map(|(place, schema)| {
                let span = place?.span;
                let line = text[..span.start].rsplit('\n').next().unwrap_or_default();
                let indent = line.len().saturating_sub(line.trim_start().len());
                Some(Edit { text: laid_out(schema, indent), span })
            })
            .collect();
        applied(&text, &edits)
    }
}

/// The names of groups, given an app's display name.
pub type GroupNames<'w> = Box<dyn Fn(&str) -> Vec<String> + 'w>;

/// What a job's schema makes it necessary to read.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// The properties of users, which are read with the members.
    pub properties: Vec<String>,
    /// Whether the managers of users are read, too.
    pub managers: bool,
    /// The lists of the schema: `functions`, `filterOperators`.
    pub lists: Vec<&'static str>,
}

/// What to read about an app besides what every check needs.
pub struct Wanted<'w> {
    /// The names of the groups to look for, given the app's display name.
    pub group_names: GroupNames<'w>,
    /// What a job's schema needs, given its text and whether members are read.
    pub needs: fn(&str, bool) -> Needs,
    /// Whether to read the groups' members.
    pub members: bool,
    /// Whether Entra tests the saved credentials.
    pub test_connection: bool,
    /// The job to check, if an app has several; it comes first. `None` for the one that Graph lists first.
    pub job: Option<String>,
}

/// Reads everything about an app. The snapshot names the parts that cannot be read, with the reasons.
///
/// # Errors
/// When the app is not found, or nothing can be read.
pub async fn read_app(
    client: &Client,
    name: &str,
    wanted: &Wanted<'_>,
    now: jiff::Timestamp,
) -> Result<LiveApp, AppError> {
    let principal = find(client, name).await?;
    Ok(read_principal(client, principal, wanted, now).await?)
}

/// Reads everything about an app whose service principal is known.
pub(super) async fn read_principal(
    client: &Client,
    principal: Value,
    wanted: &Wanted<'_>,
    now: jiff::Timestamp,
) -> Result<LiveApp, GraphError> {
    let found = Cell::new(Err(missing_part()));
    read_principals(client, vec![principal], wanted, now, &|_, read| found.set(read)).await;
    found.into_inner()
}

/// Reads everything about several apps, which share their batches, and passes each with its index to `take`.
pub(super) async fn read_principals(
    client: &Client,
    principals: Vec<Value>,
    wanted: &Wanted<'_>,
    now: jiff::Timestamp,
    take: &dyn Fn(usize, Result<LiveApp, GraphError>),
) {
    let named = |principal: &Value| (wanted.group_names)(&text(&principal["displayName"]));
    let names: Vec<Vec<String>> = principals.iter().map(named).collect();
    let paths: Vec<Vec<String>> =
        principals.iter().zip(&names).map(|(principal, names)| first_paths(principal, names)).collect();
    let mut answers = match client.get_all(&paths.concat()).await {
        Ok(answers) => answers.into_iter(),
        Err(error) => return (0..principals.len()).for_each(|index| take(index, Err(error.clone()))),
    };
    let begun = principals.into_iter().zip(&names).zip(&paths).map(|((principal, names), paths)| {
        let answers: Vec<_> = answers.by_ref().take(paths.len()).collect();
        Begun::of(client, principal, names, answers, wanted)
    });
    let apps: Vec<Begun> = join_all(begun.collect::<Vec<_>>()).await;

    let mut group_ids: Vec<String> =
        apps.iter().flat_map(|app| assigned(app.assignments.as_deref(), "Group")).collect();
    group_ids.sort_unstable();
    group_ids.dedup();
    let groups = async {
        // Members that are read in full are counted there.
        let read = group::read(client, &group_ids, !wanted.members).await;
        Rc::new(read.map(|groups| group_ids.iter().cloned().zip(groups).collect::<HashMap<String, group::Read>>()))
    };
    let groups = groups.shared();
    // Each app is passed on as soon as it is whole, so that it is worked on while others arrive.
    let whole = apps.into_iter().enumerate().map(|(index, mut app)| {
        let groups = groups.clone();
        async move {
            let schemas: Vec<String> = app.schema_paths().collect();
            let (schemas, tested, claims, groups) = tokio::join!(
                each(client, &schemas),
                app.tested(client, wanted),
                claims::read(client, &app.principal),
                groups
            );
            let groups = app.groups_among(&groups);
            (index, app.finished(client, schemas, groups, (tested, claims), wanted, now).await)
        }
    });
    let whole = stream::iter(whole).buffer_unordered(AT_A_TIME);
    whole.for_each(async |(index, app)| take(index, Ok(app))).await;
}

/// The paths of what depends on nothing but the service principal; `names` are those of groups to look for.
fn first_paths(principal: &Value, names: &[String]) -> Vec<String> {
    let (id, app_id) = (text(&principal["id"]), text(&principal["appId"]));
    let mut paths = vec![
        format!("/servicePrincipals/{id}/synchronization/jobs"),
        format!("/servicePrincipals/{id}/synchronization/secrets"),
        format!("/servicePrincipals/{id}/appRoleAssignedTo?$top=999"),
        format!("/applications(appId='{app_id}')?$select=id,appId,displayName,passwordCredentials"),
        format!("/servicePrincipals/{id}/owners?$select=id"),
        "/subscribedSkus?$select=id,skuPartNumber,capabilityStatus,servicePlans".to_owned(),
        "/organization?$select=id,tenantType".to_owned(),
    ];
    paths.extend(names.iter().flat_map(|name| group::paths_of_name(name)));
    paths
}

/// An app of which the first parts are read.
struct Begun {
    principal: Value,
    parts: Parts,
    jobs: Option<Vec<Value>>,
    secrets: Option<Vec<Value>>,
    assignments: Option<Vec<Value>>,
    application: Option<Value>,
    owners: Option<Vec<Value>>,
    subscriptions: Option<Vec<Value>>,
    organization: Option<Vec<Value>>,
    named: Option<Vec<Value>>,
}

impl Begun {
    /// Takes the answers to [`first_paths`], and reads further pages.
    async fn of(
        client: &Client,
        principal: Value,
        names: &[String],
        answers: Vec<Result<Value, GraphError>>,
        wanted: &Wanted<'_>,
    ) -> Self {
        let mut answers = answers.into_iter();
        let mut next = || answers.next().unwrap_or(Err(missing_part()));
        let mut parts = Parts::default();
        // For an app without provisioning Graph answers with an empty list or 404.
        let mut jobs = parts.list(client, "jobs", none_if_missing(next())).await;
        if let (Some(jobs), Some(wanted)) = (&mut jobs, &wanted.job) {
            jobs.sort_by_key(|job| job["id"].as_str() != Some(wanted));
        }
        let secrets = match next() {
            Err(error) if error.status() == Some(404) => match jobs.as_deref() {
                Some([]) => Some(Vec::new()),
                Some(_) => parts.unknown("secrets", settings_not_found(&error, "the app has a provisioning job")),
                None => parts.unknown("secrets", settings_not_found(&error, "the app may have a provisioning job")),
            },
            page => parts.list(client, "secrets", page).await,
        };
        let assignments = parts.list(client, "appRoleAssignedTo", next()).await;
        // A gallery app of another tenant has no application here.
        let application = match next() {
            Err(error) if error.status() == Some(404) => None,
            answer => parts.take("application", answer),
        };
        let owners = parts.list(client, "owners", next()).await;
        let subscriptions = parts.list(client, "subscribedSkus", next()).await;
        let organization = parts.list(client, "organization", next()).await;
        let named: Result<Vec<Value>, GraphError> =
            names.iter().map(|name| group::of_name(name, next(), next())).collect();
        let named = parts.take("namedGroups", named);
        Begun { principal, parts, jobs, secrets, assignments, application, owners, subscriptions, organization, named }
    }

    fn schema_paths(&self) -> impl Iterator<Item = String> {
        let id = text(&self.principal["id"]);
        let path =
            move |job: &Value| format!("/servicePrincipals/{id}/synchronization/jobs/{}/schema", text(&job["id"]));
        self.jobs.iter().flatten().map(path)
    }

    /// The groups that are assigned, among all that were read.
    fn groups_among(
        &mut self,
        read: &Result<HashMap<String, group::Read>, GraphError>,
    ) -> Result<Vec<Value>, GraphError> {
        let read = read.as_ref().map_err(Clone::clone)?;
        let ids = assigned(self.assignments.as_deref(), "Group");
        let of_app = || ids.iter().filter_map(|id| read.get(id));
        if let Some(error) = of_app().find_map(|read| read.uncounted.clone()) {
            self.parts.take::<()>("memberCounts", Err(error));
        }
        group::existing(of_app().map(|read| read.group.clone()))
    }

    /// Entra's own test of the first job's connection, if it is wanted.
    async fn tested(&self, client: &Client, wanted: &Wanted<'_>) -> Option<Result<Value, GraphError>> {
        let job = self.jobs.as_ref().and_then(|jobs| jobs.first()).filter(|_| wanted.test_connection)?;
        Some(test_connection(client, &text(&self.principal["id"]), &text(&job["id"])).await)
    }

    /// The app with what depends on its first parts, and with members if they are wanted.
    async fn finished(
        self,
        client: &Client,
        schemas: Vec<Result<String, GraphError>>,
        groups: Result<Vec<Value>, GraphError>,
        (tested, claims): (Option<Result<Value, GraphError>>, Option<Claims>),
        wanted: &Wanted<'_>,
        now: jiff::Timestamp,
    ) -> LiveApp {
        let Begun {
            principal,
            mut parts,
            mut jobs,
            secrets,
            assignments,
            application,
            owners,
            subscriptions,
            organization,
            named,
        } = self;
        let display_name = text(&principal["displayName"]);
        let tested = tested.and_then(|tested| parts.take("connectionTest", tested));
        let schemas: Vec<Option<String>> = schemas.into_iter().map(|schema| parts.take("schema", schema)).collect();
        for (job, _) in jobs.iter_mut().flatten().zip(&schemas).filter(|(_, schema)| schema.is_some()) {
            job.as_object_mut().map(|job| job.insert("schema".to_owned(), Value::Null));
        }
        let need = |text: &str| (wanted.needs)(text, wanted.members);
        let needs: Vec<Needs> = schemas.iter().map(|text| text.as_deref().map(need).unwrap_or_default()).collect();
        for (job, needs) in jobs.iter_mut().flatten().zip(&needs) {
            parts.read_lists(client, &text(&principal["id"]), job, &needs.lists).await;
        }
        let mut groups = parts.take("groups", groups);

        let mut users = None;
        if wanted.members {
            let mut select: Vec<String> = needs.iter().flat_map(|needs| needs.properties.iter().cloned()).collect();
            select.sort_unstable();
            select.dedup();
            let user_ids = assigned(assignments.as_deref(), "User");
            let groups = groups.as_deref_mut().unwrap_or_default();
            let (members, direct) =
                tokio::join!(member::of_groups(client, groups, &select), member::users(client, &user_ids, &select));
            let read = parts.take("members", members).is_some();
            users = parts.take("users", direct);
            if read && needs.iter().any(|needs| needs.managers) {
                let members = groups.iter_mut().filter_map(|group| group.get_mut("members")?.as_array_mut()).flatten();
                let everyone = members.chain(users.iter_mut().flatten()).collect();
                parts.take("managers", member::managers(client, everyone).await);
            }
        }

        let claims: Vec<_> =
            claims.into_iter().flatten().filter_map(|(part, read)| Some((part, parts.take(part, read)?))).collect();

        let Parts { unread } = parts;
        let mut document = Map::new();
        document.insert(
            "provlint".into(),
            json!({"snapshot": 1, "exportedAt": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), "unread": unread}),
        );
        document.insert("servicePrincipal".into(), principal);
        let lists = [
            ("owners", owners.map(|owners| sorted(owners, "id"))),
            ("jobs", jobs.map(Value::Array)),
            ("secrets", secrets.map(masked)),
            ("appRoleAssignedTo", assignments.map(|found| sorted(found, "principalId"))),
            ("groups", groups.map(|found| sorted(found, "id"))),
            ("namedGroups", named.filter(|named| !named.is_empty()).map(|named| sorted(named, "name"))),
            ("users", users.map(|found| sorted(found, "id"))),
            ("subscribedSkus", subscriptions.map(|found| sorted(premium(found), "id"))),
            ("organization", organization.map(Value::Array)),
        ];
        document.extend(claims.into_iter().map(|(part, found)| (part.to_owned(), Value::Array(found))));
        document.extend(tested.map(|tested| ("connectionTest".to_owned(), tested)));
        document.extend(application.map(|application| ("application".to_owned(), application)));
        document.extend(lists.into_iter().filter_map(|(part, list)| Some((part.to_owned(), list?))));
        let mut snapshot = Value::Object(document);
        without_annotations(&mut snapshot);
        LiveApp { name: display_name, snapshot, schemas }
    }
}

/// The parts that could not be read, with the reasons.
#[derive(Default)]
struct Parts {
    unread: Map<String, Value>,
}

impl Parts {
    fn take<T>(&mut self, part: &str, answer: Result<T, GraphError>) -> Option<T> {
        match answer {
            Ok(answer) => Some(answer),
            Err(error) => self.unknown(part, reason(part, &error)),
        }
    }

    /// Notes why a part is unknown; the first reason stays.
    fn unknown<T>(&mut self, part: &str, reason: String) -> Option<T> {
        self.unread.entry(part).or_insert_with(|| json!(reason));
        None
    }

    /// Reads lists of a job's schema into the job.
    async fn read_lists(&mut self, client: &Client, principal: &str, job: &mut Value, lists: &[&str]) {
        let path = format!("/servicePrincipals/{principal}/synchronization/jobs/{}/schema", text(&job["id"]));
        for list in lists {
            let found = client.list(&format!("{path}/{list}")).await;
            if let (Some(found), Some(job)) = (self.take(list, found), job.as_object_mut()) {
                job.insert((*list).to_owned(), Value::Array(found));
            }
        }
    }

    /// A list, over all its pages.
    async fn list(&mut self, client: &Client, part: &str, page: Result<Value, GraphError>) -> Option<Vec<Value>> {
        let page = self.take(part, page)?;
        let elements = client.rest_of(page).await;
        self.take(part, elements)
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn none_if_missing(answer: Result<Value, GraphError>) -> Result<Value, GraphError> {
    match answer {
        Err(error) if error.status() == Some(404) => Ok(json!({"value": []})),
        answer => answer,
    }
}

/// The object ids of the assigned objects of a kind, each once.
fn assigned(assignments: Option<&[Value]>, kind: &str) -> Vec<String> {
    let is_of_kind = |one: &&Value| one["principalType"].as_str().is_some_and(|of| of.eq_ignore_ascii_case(kind));
    let of_kind = assignments.unwrap_or_default().iter().filter(is_of_kind);
    let mut ids: Vec<String> = of_kind.map(|assignment| text(&assignment["principalId"])).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Makes Entra test the credentials that are saved for a job; other jobs are not tested.
/// <https://learn.microsoft.com/graph/api/synchronization-synchronization-validatecredentials>
async fn test_connection(client: &Client, principal: &str, job: &str) -> Result<Value, GraphError> {
    match AppClient::new(client, principal).test_saved(job).await {
        Ok(()) => Ok(json!({"jobId": job, "valid": true})),
        Err(error) => match error.rejection() {
            Some((code, message)) => {
                Ok(json!({"jobId": job, "valid": false, "error": {"code": code, "message": message}}))
            }
            None => Err(error),
        },
    }
}

/// Schemas are too large for a batch.
async fn each(client: &Client, paths: &[String]) -> Vec<Result<String, GraphError>> {
    stream::iter(paths).map(|path| client.get_text(path)).buffered(AT_A_TIME).collect().await
}

/// Why a part could not be read, and what to do about it.
fn reason(part: &str, error: &GraphError) -> String {
    let advice = Need::of_part(part).advice(error);
    if advice.is_empty() { error.to_string() } else { format!("{error}; {advice}") }
}

/// Why the settings are unknown where Graph does not find them, though there is a job, or may be one.
fn settings_not_found(error: &GraphError, job: &str) -> String {
    format!(
        "{error}; {job}, so this does not mean that no settings are saved: look at the connection in the portal. If the \
         token lacks a permission: {}",
        Need::Secrets.to_grant()
    )
}

/// Settings that are not credentials.
/// <https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationsecretkeystringvaluepair>
const CLEAR: [&str; 9] = [
    "BaseAddress",
    "SyncAll",
    "SyncNotificationSettings",
    "SkipOutOfScopeDeletions",
    "HardDeletesEnabled",
    "UpdateKeyOnSoftDelete",
    "AuthenticationType",
    "SingleSignOnType",
    "SynchronizationSchedule",
];

/// Whether a setting is known not to be a credential.
pub(super) fn is_clear(key: &str) -> bool {
    CLEAR.contains(&key)
}

/// Masks every setting that is not known to be harmless: Graph masks credentials itself, but may miss one.
pub(crate) fn masked(mut secrets: Vec<Value>) -> Value {
    for secret in &mut secrets {
        let clear = secret["key"].as_str().is_some_and(is_clear);
        let value = secret.get_mut("value").filter(|value| !clear && !value.is_null() && *value != "");
        if let Some(value) = value {
            *value = json!("*");
        }
        if let (true, Some(Value::String(value))) = (clear, secret.get_mut("value")) {
            *value = mask_url(value);
        }
    }
    sorted(secrets, "key")
}

fn sorted(mut values: Vec<Value>, key: &str) -> Value {
    sort(&mut values, key);
    Value::Array(values)
}

/// The plans of Entra ID P1 and P2 among a tenant's subscriptions.
fn premium(mut subscriptions: Vec<Value>) -> Vec<Value> {
    for subscription in &mut subscriptions {
        let Some(Value::Array(plans)) = subscription.get_mut("servicePlans") else { continue };
        let is_premium =
            |plan: &Value| plan["servicePlanName"].as_str().is_some_and(|name| name.starts_with("AAD_PREMIUM"));
        plans.retain(is_premium);
    }
    subscriptions
}

/// Removes OData annotations, except the schema's context, which names its job, and the types of members.
fn without_annotations(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, value| {
                let names_job =
                    name == "@odata.context" && value.as_str().is_some_and(|context| context.contains("/schema/"));
                !name.contains('@') || names_job || name == member::TYPE
            });
            members.values_mut().for_each(without_annotations);
        }
        Value::Array(items) => items.iter_mut().for_each(without_annotations),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_setting_takes_a_credential_into_a_snapshot() {
        let settings = vec![
            json!({"key": "BaseAddress", "value": "https://u:pw@x.example.com/scim?token=s3cr3t&aadOptscim062020"}),
            json!({"key": "SecretToken", "value": "s3cr3t"}),
            json!({"key": "SyncAll", "value": "false"}),
        ];
        assert_eq!(
            masked(settings),
            json!([
                {"key": "BaseAddress", "value": "https://****@x.example.com/scim?token=******&aadOptscim062020"},
                {"key": "SecretToken", "value": "*"},
                {"key": "SyncAll", "value": "false"},
            ])
        );
    }
}
