//! The YAML as typed.

use std::fmt;
use std::marker::PhantomData;

use indexmap::IndexMap;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, Expected, MapAccess, SeqAccess, Unexpected, Visitor};

use super::connection::ConnectionFile;
use super::{DirectAssignment, GroupReference, Level, Scope, Source, TokenPrefix};
use crate::finding::Severity;
use crate::model::{Action, Authentication};
use crate::text::nearest;

/// A policy file, or one entry of its `policies`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct PolicyFile {
    #[expect(dead_code, reason = "only checked when it is read, because there is only one version")]
    pub(super) version: Option<Version>,
    pub(super) profile: Option<String>,
    #[serde(default)]
    pub(super) app: AppFile,
    pub(super) groups: Option<Vec<GroupFile>>,
    #[serde(default)]
    pub(super) users: UsersFile,
    #[serde(default)]
    pub(super) mappings: MappingsFile,
    #[serde(default)]
    pub(super) rules: Entries<Level>,
    #[serde(default)]
    pub(super) ignore: Vec<IgnoreFile>,
    #[serde(default)]
    pub(super) connection: ConnectionFile,
    #[serde(default)]
    pub(super) export: ExportFile,
    pub(super) policies: Option<Vec<PolicyFile>>,
}

/// A built-in profile: a vendor's requirements and their source.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ProfileFile {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) source: String,
    #[serde(default)]
    pub(super) pages: Vec<String>,
    pub(super) checked_on: String,
    pub(super) policy: PolicyFile,
}

/// The format's version, which is 1.
#[derive(Debug)]
pub(super) struct Version;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct AppFile {
    pub(super) names: Option<Vec<String>>,
    pub(super) tenant_url: Option<Patterns>,
    pub(super) scim_flag: Option<ScimFlag>,
    pub(super) token_prefix: Option<TokenPrefix>,
    pub(super) target_directory: Option<String>,
    pub(super) name_id: Option<String>,
    pub(super) scope: Option<Scope>,
}

/// One pattern, or several.
#[derive(Debug)]
pub(super) struct Patterns(pub(super) Vec<String>);

/// Whether the flag `aadOptscim062020` is required or forbidden.
#[derive(Debug)]
pub(super) struct ScimFlag {
    pub(super) required: bool,
}

#[derive(Debug)]
pub(super) struct GroupFile(pub(super) GroupReference);

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct UsersFile {
    pub(super) direct_assignment: Option<DirectAssignment>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct MappingsFile {
    #[serde(default)]
    pub(super) user: ObjectFile,
    #[serde(default)]
    pub(super) group: ObjectFile,
}

/// `enabled`, `actions`, `forbid`, `allow`, `single` and `filterable`; every other key is a target attribute.
#[derive(Debug, Default)]
pub(super) struct ObjectFile {
    pub(super) enabled: Option<bool>,
    pub(super) actions: Option<Actions>,
    pub(super) forbid: Option<Vec<String>>,
    pub(super) allow: Option<Vec<String>>,
    pub(super) single: Option<Vec<String>>,
    pub(super) filterable: Option<Vec<String>>,
    pub(super) rows: Entries<RowFile>,
}

/// The Target Object Actions that must be selected: at least one, because a mapping without any is a disabled one.
#[derive(Debug)]
pub(super) struct Actions(pub(super) Vec<Action>);

/// `title: jobTitle`, or a mapping with more requirements.
#[derive(Debug, Default)]
pub(super) struct RowFile {
    pub(super) sources: Vec<Source>,
    pub(super) apply_always: Option<bool>,
    pub(super) precedence: Option<i64>,
    pub(super) severity: Option<Severity>,
    pub(super) because: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct IgnoreFile {
    /// Required; a missing one is reported together with the entry's other mistakes.
    pub(super) rule: Option<String>,
    pub(super) subject: Option<String>,
    /// Required, as `rule` is.
    pub(super) reason: Option<Reason>,
    pub(super) until: Option<Day>,
}

#[derive(Debug)]
pub(super) struct Reason(pub(super) String);

#[derive(Debug)]
pub(super) struct Day(pub(super) Date);

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ExportFile {
    pub(super) max_age_days: Option<u32>,
}

/// Parses a scalar from its text. Must happen inside the visitor, because only there serde_yaml knows the place of a
/// mistake.
pub(super) fn scalar<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expecting: &'static str,
    parse: fn(&str) -> Result<T, String>,
) -> Result<T, D::Error> {
    struct Scalar<T>(&'static str, fn(&str) -> Result<T, String>);
    impl<T> Visitor<'_> for Scalar<T> {
        type Value = T;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str(self.0)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            self.1(text).map_err(E::custom)
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
            self.visit_str(&number.to_string())
        }
    }
    deserializer.deserialize_any(Scalar(expecting, parse))
}

macro_rules! scalars {
    ($($type:ty, $expecting:literal, $parse:expr;)*) => {$(
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                scalar(deserializer, $expecting, $parse)
            }
        }
    )*};
}

scalars! {
    Version, "the version, 1", |text| match text {
        "1" => Ok(Version),
        other => Err(format!("version {other} is not supported; this provlint supports version 1")),
    };
    Reason, "a reason", |text| match text.trim() {
        "" => Err("the reason is empty; explain why the finding is accepted".to_owned()),
        reason => Ok(Reason(reason.to_owned())),
    };
    Day, "a date such as 2027-06-30", |text| {
        text.parse().map(Day).map_err(|_| format!("`{text}` is not a date such as 2027-06-30"))
    };
    Level, "a severity", |text| match (text, text.parse()) {
        ("off", _) => Ok(Level::Off),
        (_, Ok(severity)) => Ok(Level::At(severity)),
        (_, Err(_)) => Err(unknown_word(text, &["error", "warning", "info", "off"])),
    };
    DirectAssignment, "`allow`, `warn` or `forbid`", |text| match text {
        "allow" => Ok(DirectAssignment::Allow),
        "warn" => Ok(DirectAssignment::Warn),
        "forbid" => Ok(DirectAssignment::Forbid),
        other => Err(unknown_word(other, &["allow", "warn", "forbid"])),
    };
    Scope, "`assigned` or `filtered`", |text| match text {
        "assigned" => Ok(Scope::Assigned),
        "filtered" => Ok(Scope::Filtered),
        other => Err(unknown_word(other, &["assigned", "filtered"])),
    };
    Authentication, "`bearer`, `oauth2` or `workload-identity`", |text| match text {
        "bearer" => Ok(Authentication::Bearer),
        "oauth2" => Ok(Authentication::ClientCredentials),
        "workload-identity" => Ok(Authentication::Federation),
        other => Err(unknown_word(other, &["bearer", "oauth2", "workload-identity"])),
    };
    ScimFlag, "`required` or `forbidden`", |text| match text {
        "required" => Ok(ScimFlag { required: true }),
        "forbidden" => Ok(ScimFlag { required: false }),
        other => Err(unknown_word(other, &["required", "forbidden"])),
    };
    ActionWord, "`create`, `update` or `delete`", |text| match text {
        "create" => Ok(ActionWord(Action::Create)),
        "update" => Ok(ActionWord(Action::Update)),
        "delete" => Ok(ActionWord(Action::Delete)),
        other => Err(unknown_word(other, &["create", "update", "delete"])),
    };
    Worst, "a severity", |text| match text.parse() {
        Ok(severity) => Ok(Worst(severity)),
        Err(_) => Err(unknown_word(text, &["error", "warning", "info"])),
    };
    Source, "a source attribute or an expression", Source::read;
    Apply, "`always` or `any`", |text| match text {
        "always" => Ok(Apply { always: true }),
        "any" => Ok(Apply { always: false }),
        other => Err(unknown_word(other, &["always", "any"])),
    };
}

fn unknown_word(word: &str, known: &'static [&'static str]) -> String {
    serde::de::value::Error::unknown_variant(word, known).to_string()
}

/// One of the Target Object Actions.
struct ActionWord(Action);

/// The maximum severity of findings about a row.
struct Worst(Severity);

/// Whether a row must always be applied.
struct Apply {
    always: bool,
}

/// A mapping with arbitrary keys, without duplicates, in order.
#[derive(Debug)]
pub(super) struct Entries<T>(pub(super) IndexMap<String, T>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Entries(IndexMap::new())
    }
}

impl<T> Entries<T> {
    /// Reads the next entry's value from `access`.
    fn add<'de, A: MapAccess<'de>>(
        &mut self,
        key: String,
        access: &mut A,
        value: impl DeserializeSeed<'de, Value = T>,
    ) -> Result<(), A::Error> {
        if self.0.contains_key(&key) {
            return Err(A::Error::custom(format_args!("`{key}` appears twice")));
        }
        self.0.insert(key, access.next_value_seed(value)?);
        Ok(())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for EntriesVisitor<T> {
            type Value = Entries<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of `name: value`")
            }

            fn visit_unit<E>(self) -> Result<Entries<T>, E> {
                Ok(Entries::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Entries<T>, A::Error> {
                let mut entries = Entries::default();
                while let Some(key) = access.next_key()? {
                    entries.add(key, &mut access, PhantomData)?;
                }
                Ok(entries)
            }
        }
        deserializer.deserialize_any(EntriesVisitor(PhantomData))
    }
}

impl<'de> Deserialize<'de> for ObjectFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;
        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = ObjectFile;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("`enabled`, and target attributes with their sources")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<ObjectFile, A::Error> {
                let mut object = ObjectFile::default();
                while let Some(key) = access.next_key::<String>()? {
                    match key.as_str() {
                        "enabled" => object.enabled = Some(access.next_value()?),
                        "actions" => object.actions = Some(access.next_value()?),
                        "forbid" => object.forbid = Some(access.next_value()?),
                        "allow" => object.allow = Some(access.next_value()?),
                        "single" => object.single = Some(access.next_value()?),
                        "filterable" => object.filterable = Some(access.next_value()?),
                        _ => {
                            let row = Row { key: key.clone() };
                            object.rows.add(key, &mut access, row)?;
                        }
                    }
                }
                Ok(object)
            }
        }
        deserializer.deserialize_map(ObjectVisitor)
    }
}

/// Reads the requirements for the row with that name.
struct Row {
    key: String,
}

/// The keys of an object mapping that are not rows.
const OTHER_KEYS: &[&str] = &["enabled", "actions", "forbid", "allow", "single", "filterable"];

impl Row {
    /// The error for a value that does not describe a row: if the key resembles one of the other keys, it is misspelt.
    fn not_a_row<E: Error>(&self, what: Unexpected<'_>, expected: &dyn Expected) -> E {
        match nearest(&self.key, OTHER_KEYS.iter().copied()) {
            Some(_) => E::unknown_field(&self.key, OTHER_KEYS),
            None => E::invalid_type(what, expected),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Row {
    type Value = RowFile;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<RowFile, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "kebab-case", deny_unknown_fields)]
        struct Conditions {
            source: Option<Source>,
            any_of: Option<Vec<Source>>,
            apply: Option<Apply>,
            precedence: Option<i64>,
            severity: Option<Worst>,
            because: Option<String>,
        }
        struct RowVisitor(Row);
        impl<'de> Visitor<'de> for RowVisitor {
            type Value = RowFile;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a source attribute or an expression, or `{ source: NAME }`")
            }

            fn visit_str<E: Error>(self, source: &str) -> Result<RowFile, E> {
                let source = Source::read(source).map_err(E::custom)?;
                Ok(RowFile { sources: vec![source], ..RowFile::default() })
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<RowFile, E> {
                Err(self.0.not_a_row(Unexpected::Bool(value), &self))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<RowFile, A::Error> {
                Err(self.0.not_a_row(Unexpected::Seq, &self))
            }

            fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<RowFile, A::Error> {
                let typed = Conditions::deserialize(MapAccessDeserializer::new(access))?;
                let sources = match (typed.source, typed.any_of) {
                    (Some(_), Some(_)) => return Err(A::Error::custom("use either `source` or `any-of`, not both")),
                    (Some(source), None) => vec![source],
                    (None, sources) => sources.unwrap_or_default(),
                };
                Ok(RowFile {
                    sources,
                    apply_always: typed.apply.map(|apply| apply.always),
                    precedence: typed.precedence,
                    severity: typed.severity.map(|worst| worst.0),
                    because: typed.because,
                })
            }
        }
        deserializer.deserialize_any(RowVisitor(self))
    }
}

impl<'de> Deserialize<'de> for Actions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ActionsVisitor;
        impl<'de> Visitor<'de> for ActionsVisitor {
            type Value = Actions;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of `create`, `update` and `delete`")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Actions, A::Error> {
                let mut actions = Vec::new();
                while let Some(ActionWord(action)) = access.next_element()? {
                    actions.push(action);
                }
                if actions.is_empty() {
                    return Err(A::Error::custom("the list is empty; to provision nothing, write `enabled: false`"));
                }
                Ok(Actions(actions))
            }
        }
        deserializer.deserialize_seq(ActionsVisitor)
    }
}

impl<'de> Deserialize<'de> for Patterns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PatternsVisitor;
        impl<'de> Visitor<'de> for PatternsVisitor {
            type Value = Patterns;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a pattern, or a list of patterns")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Patterns, E> {
                Ok(Patterns(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Patterns, A::Error> {
                let mut patterns = Vec::new();
                while let Some(pattern) = access.next_element()? {
                    patterns.push(pattern);
                }
                Ok(Patterns(patterns))
            }
        }
        deserializer.deserialize_any(PatternsVisitor)
    }
}

impl<'de> Deserialize<'de> for GroupFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Named {
            id: Option<String>,
            name: Option<String>,
        }
        struct GroupVisitor;
        impl<'de> Visitor<'de> for GroupVisitor {
            type Value = GroupFile;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a group's name or object id, or `{ id: ID, name: NAME }`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<GroupFile, E> {
                Ok(GroupFile(GroupReference::new(text)))
            }

            fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<GroupFile, A::Error> {
                let Named { id, name } = Named::deserialize(MapAccessDeserializer::new(access))?;
                if id.is_none() && name.is_none() {
                    return Err(A::Error::custom("a group needs an `id` or a `name`"));
                }
                let id = match id.map(|id| (GroupReference::new(&id).id, id)) {
                    Some((None, id)) => return Err(A::Error::custom(format_args!("`{id}` is not an object id"))),
                    Some((id, _)) => id,
                    None => None,
                };
                Ok(GroupFile(GroupReference { id, name }))
            }
        }
        deserializer.deserialize_any(GroupVisitor)
    }
}
