//! The synchronizationSchema: which objects are provisioned from which directory to which, attribute by attribute.

use serde::Deserialize;

use super::{Filter, Text};

/// `synchronizationSchema`, as the portal's *Download* and `GET …/schema` return it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SynchronizationSchema<'a> {
    /// `https://graph.microsoft.com/…/servicePrincipals('…')/synchronization/jobs('…')/schema/$entity`.
    #[serde(borrow, rename = "@odata.context")]
    pub context: Option<Text<'a>>,
    /// The id of the job it belongs to.
    #[serde(borrow)]
    pub id: Option<Text<'a>>,
    /// `Date:2024-06-19T14:53:12.7416198Z, ActivityId:…`: when it was last changed.
    #[serde(borrow)]
    pub version: Option<Text<'a>>,
    /// `synchronizationRules`.
    #[serde(borrow, default)]
    pub synchronization_rules: Option<Vec<SynchronizationRule<'a>>>,
    /// `directories`: the attributes either side has.
    #[serde(borrow, default)]
    pub directories: Option<Vec<DirectoryDefinition<'a>>>,
}

impl SynchronizationSchema<'_> {
    /// The object id of the service principal that the schema was read from, as its context names it.
    pub fn service_principal_id(&self) -> Option<&str> {
        self.context_id("servicePrincipals('")
    }

    /// The id of the job that the schema was read from, as its context names it.
    pub fn job_id(&self) -> Option<&str> {
        self.context_id("jobs('")
    }

    fn context_id(&self, before: &str) -> Option<&str> {
        let (_, rest) = self.context.as_deref()?.split_once(before)?;
        rest.split_once('\'').map(|(id, _)| id)
    }
}

/// `synchronizationRule`: one direction between two directories.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SynchronizationRule<'a> {
    /// The rule's id, which a request to provision on demand names.
    #[serde(borrow)]
    pub id: Option<Text<'a>>,
    /// The rule's name, `USERGROUP_OUTBOUND_USERGROUP` for an enterprise application.
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
    /// The name of the directory that is read.
    #[serde(borrow)]
    pub source_directory_name: Option<Text<'a>>,
    /// The name of the directory that is written, `customappsso` for a non-gallery app.
    #[serde(borrow)]
    pub target_directory_name: Option<Text<'a>>,
    /// `objectMappings`.
    #[serde(borrow, default)]
    pub object_mappings: Option<Vec<ObjectMapping<'a>>>,
}

/// `objectMapping`: one kind of object, users or groups.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectMapping<'a> {
    /// Whether objects of this kind are provisioned.
    pub enabled: Option<bool>,
    /// The *Target Object Actions*, `Add,Update,Delete` with or without spaces.
    #[serde(borrow)]
    pub flow_types: Option<Text<'a>>,
    /// The kind of object in the source directory; empty where the mapping is disabled.
    #[serde(borrow)]
    pub source_object_name: Option<Text<'a>>,
    /// The kind of object in the target directory: what identifies the mapping.
    #[serde(borrow)]
    pub target_object_name: Option<Text<'a>>,
    /// `scope`, the portal's *Source Object Scope*; null where it has none.
    #[serde(borrow)]
    pub scope: Option<Filter<'a>>,
    /// `attributeMappings`, the rows of the portal's table.
    #[serde(borrow, default)]
    pub attribute_mappings: Option<Vec<AttributeMapping<'a>>>,
}

/// `attributeMapping`: what is written into one attribute of the target.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttributeMapping<'a> {
    /// The attribute that is written.
    #[serde(borrow)]
    pub target_attribute_name: Option<Text<'a>>,
    /// Where the value comes from. Null means the default value alone (the portal's mapping type *None*).
    #[serde(borrow)]
    pub source: Option<AttributeMappingSource<'a>>,
    /// The value that is written if the source has none; the portal stores "" for no default.
    #[serde(borrow)]
    pub default_value: Option<Text<'a>>,
    /// 0 for an ordinary row; from 1 on for rows that match objects, 1 first.
    pub matching_priority: Option<i64>,
    /// `Always`, or one of the `…AddOnly` modes of *Apply this mapping*.
    #[serde(borrow)]
    pub flow_type: Option<Text<'a>>,
}

impl AttributeMapping<'_> {
    /// Whether objects are matched by this row.
    pub fn is_matching(&self) -> bool {
        self.matching_priority.is_some_and(|priority| priority > 0)
    }

    /// The default value, where it has one that is not empty.
    pub fn default_text(&self) -> Option<&str> {
        self.default_value.as_deref().filter(|value| !value.is_empty())
    }

    /// The source, unless it is empty. PowerShell writes a null source as an object of nulls.
    pub fn filled_source(&self) -> Option<&AttributeMappingSource<'_>> {
        self.source.as_ref().filter(|source| source.expression.is_some() || source.name.is_some())
    }
}

/// `attributeMappingSource`: one value in three forms: as an expression, by name and type, and as the tree of a
/// function's arguments.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttributeMappingSource<'a> {
    /// The whole value in the expression language: `[objectId]`, `"text"`, `Join(" ", [a], [b])`.
    #[serde(borrow)]
    pub expression: Option<Text<'a>>,
    /// The attribute's, function's or constant's name.
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
    /// `Attribute`, `Constant` or `Function`.
    #[serde(borrow, rename = "type")]
    pub kind: Option<Text<'a>>,
    /// The arguments of a function; one key may come several times (`switchValue`).
    #[serde(borrow, default)]
    pub parameters: Option<Vec<SourceParameter<'a>>>,
}

/// An argument of a function: the entry of a `stringKeyAttributeMappingSourceValuePair`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct SourceParameter<'a> {
    /// The argument's name, `source` or `switchValue`.
    #[serde(borrow)]
    pub key: Option<Text<'a>>,
    /// The argument.
    #[serde(borrow)]
    pub value: Option<AttributeMappingSource<'a>>,
}

/// What kind of source a row has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// A direct mapping.
    Attribute,
    /// A text.
    Constant,
    /// An expression.
    Function,
}

impl AttributeMappingSource<'_> {
    /// The attribute, if all fields agree that the source is this attribute, as in nearly all sources.
    pub fn direct(&self) -> Option<&str> {
        let name = self.name.as_deref()?;
        let inner = self.expression.as_deref()?.strip_prefix('[')?.strip_suffix(']')?;
        let plain = || name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_'));
        (inner == name && self.source_kind() == Some(SourceKind::Attribute) && plain()).then_some(name)
    }

    /// The source's kind; `None` for a word that is not in Graph's list.
    pub fn source_kind(&self) -> Option<SourceKind> {
        let kind = self.kind.as_deref()?;
        [("Attribute", SourceKind::Attribute), ("Constant", SourceKind::Constant), ("Function", SourceKind::Function)]
            .into_iter()
            .find_map(|(name, value)| kind.eq_ignore_ascii_case(name).then_some(value))
    }
}

/// `directoryDefinition`: the objects of one side.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct DirectoryDefinition<'a> {
    /// The name by which rules refer to it.
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
    /// Its kinds of object. Two entries may have the same name; their attributes are combined.
    #[serde(borrow, default)]
    pub objects: Option<Vec<ObjectDefinition<'a>>>,
}

/// `objectDefinition`: one kind of object and its attributes.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ObjectDefinition<'a> {
    /// The name by which object mappings refer to it.
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
    /// The attributes, the portal's *attribute list*.
    #[serde(borrow, default)]
    pub attributes: Option<Vec<AttributeDefinition<'a>>>,
}

/// `attributeDefinition`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct AttributeDefinition<'a> {
    /// The attribute's name, which is case-sensitive.
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
    /// `String`, `Boolean`, `Reference`, `Integer`, `Binary` or `DateTime`.
    #[serde(borrow, rename = "type")]
    pub kind: Option<Text<'a>>,
    /// The portal's *Primary key*.
    pub anchor: Option<bool>,
    /// Whether it holds several values.
    pub multivalued: Option<bool>,
    /// Whether every object must have it.
    pub required: Option<bool>,
    /// `ReadWrite`, `ReadOnly`, `Immutable` or `WriteOnly`.
    #[serde(borrow)]
    pub mutability: Option<Text<'a>>,
}
