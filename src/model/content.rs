//! The content of a JSON file: a schema, possibly wrapped, or a snapshot.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::{DirectoryDefinition, Snapshot, SynchronizationJob, SynchronizationRule, SynchronizationSchema, Text};
use crate::document::{self, Pointer};

/// One resource in a file that can be checked.
#[derive(Debug)]
pub struct Resource<'a> {
    /// Its place in the file.
    pub pointer: Pointer,
    /// What it is.
    pub content: Content<'a>,
}

impl<'a> Resource<'a> {
    /// The object id of the enterprise application it is about.
    pub fn service_principal_id(&self) -> Option<&str> {
        match &self.content {
            Content::Schema(schema) => schema.service_principal_id(),
            Content::Snapshot(snapshot) => snapshot.service_principal.as_ref()?.id.as_deref(),
        }
    }

    /// What identifies it within its file: the id of the schema, which is that of its job, or the id of the app.
    pub fn id(&self) -> Option<&str> {
        match &self.content {
            Content::Schema(schema) => schema.id.as_deref(),
            Content::Snapshot(_) => self.service_principal_id(),
        }
    }

    /// The jobs of a snapshot, with their places in the file.
    pub fn jobs(&self) -> impl Iterator<Item = (Pointer, &SynchronizationJob<'a>)> {
        (0..).map_while(|index| self.job(index))
    }

    /// The job at an index of the list of jobs.
    pub fn job(&self, index: usize) -> Option<(Pointer, &SynchronizationJob<'a>)> {
        let Content::Snapshot(snapshot) = &self.content else { return None };
        Some((self.pointer.key("jobs").index(index), snapshot.jobs.as_ref()?.get(index)?))
    }

    /// The schema that is checked unless a job is named, its place in the file, and its job in a snapshot.
    pub fn schema(&self) -> Option<PlacedSchema<'_, 'a>> {
        match &self.content {
            Content::Schema(schema) => Some((self.pointer.clone(), schema, None)),
            Content::Snapshot(_) => self.jobs().find_map(|(place, job)| schema_of(&place, job)),
        }
    }

    /// The schema of the job at an index of the list of jobs.
    pub fn schema_of_job(&self, index: usize) -> Option<PlacedSchema<'_, 'a>> {
        self.job(index).and_then(|(place, job)| schema_of(&place, job))
    }
}

/// A schema, its place in the file, and its job in a snapshot.
pub type PlacedSchema<'r, 'a> = (Pointer, &'r SynchronizationSchema<'a>, Option<&'r SynchronizationJob<'a>>);

fn schema_of<'r, 'a>(place: &Pointer, job: &'r SynchronizationJob<'a>) -> Option<PlacedSchema<'r, 'a>> {
    Some((place.key("schema"), job.schema.as_ref()?, Some(job)))
}

/// What can be checked.
#[derive(Debug)]
pub enum Content<'a> {
    /// A schema on its own.
    Schema(SynchronizationSchema<'a>),
    /// A snapshot of a whole app.
    Snapshot(Box<Snapshot<'a>>),
}

/// Why a text contains nothing to check.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Not JSON, or JSON with a value of the wrong type.
    #[error("{error}")]
    Json {
        /// The parser's error.
        error: serde_json::Error,
        /// Whether the text mentions configuration, so that it was meant to be read.
        is_meant: bool,
    },
    /// JSON, but neither a schema nor a snapshot.
    #[error("this is JSON, but neither a provisioning schema nor a snapshot")]
    NothingToCheck,
    /// An error that Graph answered with, which was saved instead of the answer.
    /// <https://learn.microsoft.com/graph/errors>
    #[error("this is an error answer of Microsoft Graph: {code}: {message}")]
    ErrorAnswer {
        /// Graph's code.
        code: String,
        /// Graph's message.
        message: String,
    },
}

impl ReadError {
    /// Whether the text is of another kind, which a directory may hold beside configuration.
    pub fn is_no_configuration(&self) -> bool {
        match self {
            ReadError::NothingToCheck => true,
            ReadError::Json { is_meant, .. } => !is_meant,
            ReadError::ErrorAnswer { .. } => false,
        }
    }
}

/// Reads everything in `text` that can be checked: a schema, one wrapped as a job or template, a list of them
/// (`[…]` or Graph's `{"value": […]}`), or a snapshot.
///
/// # Errors
/// When the text is not JSON, has a value of a type that Graph never gives, or contains nothing to check.
pub fn read(text: &str) -> Result<Vec<Resource<'_>>, ReadError> {
    // A folder contains all kinds of files; only a file that mentions a schema is read as one.
    let broken = |error| ReadError::Json { error, is_meant: is_meant(text) };
    if !is_spoken_of(text) {
        document::from_str::<serde::de::IgnoredAny>(text).map_err(broken)?;
        return Err(error_answer(text).unwrap_or(ReadError::NothingToCheck));
    }
    let mut resources = Vec::new();
    match document::from_str::<Shape<'_>>(text) {
        Ok(shape) => shape.collect(&Pointer::root(), &mut resources),
        // A report of provlint mentions a schema, too.
        Err(error) if error.is_data() && document::from_str(text).is_ok_and(|value| !has_members(&value)) => {}
        Err(error) => return Err(broken(error)),
    }
    if resources.is_empty() { Err(ReadError::NothingToCheck) } else { Ok(resources) }
}

/// Whether a text mentions a schema or a snapshot, even if it is not JSON.
pub fn is_spoken_of(text: &str) -> bool {
    let holds = |sign: &[u8]| memchr::memmem::find(text.as_bytes(), sign).is_some();
    holds(b"ynchronizationRules") || holds(br#""provlint""#)
}

/// Whether a text that cannot be parsed is a failed export: it mentions mappings or begins as Graph's answers about them
/// do, or it is what a server or the Azure CLI says instead.
fn is_meant(text: &str) -> bool {
    let holds = |sign: &[u8]| memchr::memmem::find(text.as_bytes(), sign).is_some();
    let start: String = text.trim_start().chars().take(14).collect::<String>().to_ascii_lowercase();
    let is_said =
        ["<!doctype html", "<html", "http/1.", "http/2 ", "error: "].iter().any(|sign| start.starts_with(sign));
    is_said || is_spoken_of(text) || holds(b"/synchronization/jobs(") || holds(b"ttributeMappings")
}

/// The error that Graph answered with, or Entra ID when it was asked for a token, if JSON is one.
/// <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>
fn error_answer(text: &str) -> Option<ReadError> {
    memchr::memmem::find(text.as_bytes(), b"error\"")?;
    let said = |part: Option<Text<'_>>| part.map(|text| text.to_string()).unwrap_or_default();
    let answer = document::from_str::<Answer<'_>>(text).map(|answer| answer.error);
    if let Ok(GraphError { code, message }) = answer {
        return Some(ReadError::ErrorAnswer { code: code.to_string(), message: said(message) });
    }
    let Refusal { error, error_description } = document::from_str(text).ok()?;
    error_description
        .starts_with("AADSTS")
        .then(|| ReadError::ErrorAnswer { code: error.to_string(), message: error_description.to_string() })
}

/// The part of an answer of Graph that says that it is an error.
#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow, alias = "odata.error")]
    error: GraphError<'a>,
}

/// The answer of Entra ID to a request for a token that it refused (RFC 6749, section 5.2).
#[derive(Deserialize)]
struct Refusal<'a> {
    #[serde(borrow)]
    error: Text<'a>,
    #[serde(borrow)]
    error_description: Text<'a>,
}

#[derive(Deserialize)]
struct GraphError<'a> {
    #[serde(borrow)]
    code: Text<'a>,
    #[serde(borrow)]
    message: Option<Text<'a>>,
}

/// Whether a value has the members of a schema or a snapshot, of any type, in the places where they are expected.
fn has_members(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_members),
        Value::Object(members) => {
            let rules = members.keys().any(|key| key.eq_ignore_ascii_case("synchronizationRules"));
            let inside = ["value", "schema"].iter().filter_map(|name| members.get(*name)).any(has_members);
            rules || inside || members.get("provlint").is_some_and(Value::is_object)
        }
        _ => false,
    }
}

/// A document, a list of documents, or something else.
enum Shape<'a> {
    One(Box<Envelope<'a>>),
    Many(Vec<Shape<'a>>),
    Other,
}

/// The members that distinguish the kinds of document.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    #[serde(borrow, rename = "@odata.context")]
    context: Option<Text<'a>>,
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    version: Option<super::Text<'a>>,
    #[serde(borrow, default)]
    synchronization_rules: Option<Vec<SynchronizationRule<'a>>>,
    #[serde(borrow, default)]
    directories: Option<Vec<DirectoryDefinition<'a>>>,
    #[serde(borrow)]
    schema: Option<SynchronizationSchema<'a>>,
    #[serde(borrow)]
    value: Option<Shape<'a>>,
    #[serde(borrow)]
    provlint: Option<super::SnapshotHeader<'a>>,
    #[serde(borrow)]
    service_principal: Option<super::ServicePrincipal<'a>>,
    #[serde(borrow, default)]
    jobs: Option<Vec<SynchronizationJob<'a>>>,
    #[serde(borrow, default)]
    app_role_assigned_to: Option<Vec<super::AppRoleAssignment<'a>>>,
    #[serde(borrow, default)]
    groups: Option<Vec<super::Group<'a>>>,
    #[serde(borrow, default)]
    secrets: Option<Vec<super::Secret<'a>>>,
    #[serde(borrow)]
    application: Option<super::Application<'a>>,
    #[serde(borrow, default)]
    owners: Option<Vec<super::DirectoryObject<'a>>>,
    #[serde(borrow, default)]
    named_groups: Option<Vec<super::NamedGroup<'a>>>,
    #[serde(borrow, default)]
    users: Option<Vec<super::Member<'a>>>,
    #[serde(borrow)]
    connection_test: Option<super::ConnectionTest<'a>>,
    #[serde(borrow, default)]
    subscribed_skus: Option<Vec<super::SubscribedSku<'a>>>,
    #[serde(borrow, default)]
    organization: Option<Vec<super::Organization<'a>>>,
    #[serde(borrow, default)]
    claims_policies: Option<Vec<super::ClaimsPolicy<'a>>>,
    #[serde(borrow, default)]
    claims_mapping_policies: Option<Vec<super::ClaimsMappingPolicy<'a>>>,
}

impl<'a> Shape<'a> {
    fn collect(self, pointer: &Pointer, resources: &mut Vec<Resource<'a>>) {
        match self {
            Shape::One(envelope) => envelope.collect(pointer, resources),
            Shape::Many(shapes) => {
                for (index, shape) in shapes.into_iter().enumerate() {
                    shape.collect(&pointer.index(index), resources);
                }
            }
            Shape::Other => {}
        }
    }
}

impl<'a> Envelope<'a> {
    fn collect(self, pointer: &Pointer, resources: &mut Vec<Resource<'a>>) {
        let (pointer, content) = if let Some(provlint) = self.provlint {
            let snapshot = Snapshot {
                provlint,
                service_principal: self.service_principal,
                jobs: self.jobs,
                secrets: self.secrets,
                application: self.application,
                owners: self.owners,
                app_role_assigned_to: self.app_role_assigned_to,
                groups: self.groups,
                named_groups: self.named_groups,
                users: self.users,
                connection_test: self.connection_test,
                subscribed_skus: self.subscribed_skus,
                organization: self.organization,
                claims_policies: self.claims_policies,
                claims_mapping_policies: self.claims_mapping_policies,
            };
            (pointer.clone(), Content::Snapshot(Box::new(snapshot)))
        } else if self.synchronization_rules.is_some() {
            let schema = SynchronizationSchema {
                context: self.context,
                id: self.id,
                version: self.version,
                synchronization_rules: self.synchronization_rules,
                directories: self.directories,
            };
            (pointer.clone(), Content::Schema(schema))
        } else if let Some(schema) = self.schema {
            (pointer.key("schema"), Content::Schema(schema))
        } else {
            if let Some(value) = self.value {
                value.collect(&pointer.key("value"), resources);
            }
            return;
        };
        resources.push(Resource { pointer, content });
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Shape<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor)
    }
}

struct ShapeVisitor;

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = Shape<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a provisioning schema or a snapshot")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Shape<'de>, E> {
        Ok(Shape::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Shape<'de>, E> {
        Ok(Shape::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Shape<'de>, E> {
        Ok(Shape::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Shape<'de>, E> {
        Ok(Shape::Other)
    }

    fn visit_str<E>(self, _: &str) -> Result<Shape<'de>, E> {
        Ok(Shape::Other)
    }

    fn visit_unit<E>(self) -> Result<Shape<'de>, E> {
        Ok(Shape::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Shape<'de>, A::Error> {
        let mut shapes = Vec::new();
        while let Some(shape) = access.next_element()? {
            shapes.push(shape);
        }
        Ok(Shape::Many(shapes))
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Shape<'de>, A::Error> {
        Envelope::deserialize(MapAccessDeserializer::new(access)).map(|envelope| Shape::One(Box::new(envelope)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointers(text: &str) -> Vec<String> {
        read(text).unwrap().iter().map(|resource| resource.pointer.to_string()).collect()
    }

    #[test]
    fn a_schema_is_found_in_each_of_its_wrappings() {
        let schema = r#"{"synchronizationRules": []}"#;
        assert_eq!(pointers(schema), [""]);
        assert_eq!(pointers(r#"{"SynchronizationRules": [], "AdditionalProperties": {}}"#), [""]);
        assert_eq!(pointers(&format!("[{schema}, {schema}]")), ["/0", "/1"]);
        assert_eq!(pointers(&format!(r#"{{"value": [{{"schema": {schema}}}]}}"#)), ["/value/0/schema"]);
        assert_eq!(pointers(&format!(r#"{{"id": "scim", "factoryTag": "x", "schema": {schema}}}"#)), ["/schema"]);
    }

    #[test]
    fn json_of_something_else_is_said_to_be_so() {
        for text in [
            "{}",
            "[]",
            "3",
            r#"{"directories": {"lib": "x"}}"#,
            r#"{"schema": "x", "snapshot": "y", "groups": 1}"#,
            r#"{"error": "Error", "error_description": "Something went wrong"}"#,
            // A report.
            r#"{"version": 1, "tool": {"name": "provlint"}, "findings": [{"pointer": "/synchronizationRules/0"}]}"#,
        ] {
            assert!(matches!(read(text), Err(ReadError::NothingToCheck)), "{text}");
        }
        for text in ["<!DOCTYPE html>", "ERROR: Forbidden", r#"{"@odata.context": "…/synchronization/jobs('s"#] {
            assert!(read(text).is_err_and(|error| !error.is_no_configuration()), "{text}");
        }
        for text in [
            r#"{"error": {"code": "Forbidden", "message": "no"}}"#,
            r#"{"odata.error": {"code": "Forbidden"}}"#,
            r#"{"error": "invalid_client", "error_description": "AADSTS7000215"}"#,
        ] {
            assert!(matches!(read(text), Err(ReadError::ErrorAnswer { .. })), "{text}");
        }
        for text in ["{", "// tab synchronization\n{}", "{}\n{}", "<% template %>"] {
            assert!(read(text).is_err_and(|error| error.is_no_configuration()), "{text}");
        }
        for text in [
            r#"{"attributeMappings": ["#,
            r#"{"synchronizationRules": 1}"#,
            r#"{"value": [{"id": 1, "provlint": {}}]}"#,
        ] {
            assert!(matches!(read(text), Err(ReadError::Json { is_meant: true, .. })), "{text}");
        }
    }
}
