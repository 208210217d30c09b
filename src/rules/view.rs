//! Views for rules: a schema's object mappings, their rows, and the definitions of both sides.

use std::cell::OnceCell;
use std::rc::Rc;

use foldhash::{HashMap, HashMapExt};

use super::NotJudged;
use super::source_change::RowSource;
use crate::document::Pointer;
use crate::model::{
    AttributeDefinition, AttributeMapping, NON_GALLERY_DIRECTORY, ObjectDefinition, ObjectKind, ObjectMapping,
    SynchronizationJob, SynchronizationRule, SynchronizationSchema, is_entra_directory,
};

/// A schema, with all its object mappings in one list.
#[derive(Debug)]
pub struct SchemaView<'a> {
    /// The schema's place in the file.
    pub pointer: Pointer,
    /// The schema.
    pub schema: &'a SynchronizationSchema<'a>,
    /// The job it came with, in a snapshot.
    pub job: Option<&'a SynchronizationJob<'a>>,
    /// The object mappings towards an app, enabled or not.
    pub mappings: Vec<MappingView<'a>>,
    /// Their indices, by their places in the file.
    places: HashMap<Pointer, usize>,
}

/// An object mapping with its context.
#[derive(Debug)]
pub struct MappingView<'a> {
    /// `User` or `Group`, numbered from the second on; else the name of the target object.
    pub name: String,
    /// Users, groups, or something of the app's own.
    pub kind: Option<ObjectKind>,
    /// Its place in the file.
    pub pointer: Pointer,
    /// The object mapping.
    pub mapping: &'a ObjectMapping<'a>,
    /// The name of the directory that it writes to.
    pub directory: Option<&'a str>,
    /// Its rows.
    pub rows: Vec<RowView<'a>>,
    /// The indices of its rows in their order, by the target in lower case.
    by_target: OnceCell<HashMap<String, Vec<usize>>>,
    /// The number of rows by which objects are matched.
    pub matching: usize,
    /// The attributes of its source object; `None` if the file does not list them.
    pub source: Option<Rc<ObjectView<'a>>>,
    /// The attributes of its target object; `None` if the file does not list them.
    pub target: Option<Rc<ObjectView<'a>>>,
}

/// The definitions of one object, whose attributes are combined.
#[derive(Debug)]
pub struct ObjectView<'a> {
    /// The definitions and their places in the file.
    pub definitions: Vec<(Pointer, &'a ObjectDefinition<'a>)>,
    by_name: HashMap<&'a str, &'a AttributeDefinition<'a>>,
    /// The first two spellings of each name, by the name in lower case, as indices among all names.
    spellings: OnceCell<HashMap<String, Vec<usize>>>,
    all: Vec<&'a str>,
}

/// A definition, after the indices of its directory and of the object.
type Indexed<'a> = (usize, usize, &'a ObjectDefinition<'a>);

/// The definitions of the objects in a schema's directories, by the names of both.
struct Definitions<'a> {
    pointer: Pointer,
    found: HashMap<(&'a str, &'a str), Vec<Indexed<'a>>>,
    views: HashMap<(&'a str, &'a str), Rc<ObjectView<'a>>>,
}

/// A row of an object mapping.
#[derive(Clone, Debug)]
pub struct RowView<'a> {
    rows: Rc<Pointer>,
    index: usize,
    /// The row.
    pub row: &'a AttributeMapping<'a>,
    /// The target attribute, as spelt in the file; empty if it is missing.
    pub target: &'a str,
    /// The definition of that attribute, where the target lists it.
    pub definition: Option<&'a AttributeDefinition<'a>>,
    /// Its source.
    pub source: RowSource<'a>,
    /// The definition of the attribute that it is mapped from directly, if the source lists it.
    pub source_definition: Option<&'a AttributeDefinition<'a>>,
}

impl<'a> SchemaView<'a> {
    /// Views a schema at the place `pointer`.
    pub fn new(
        schema: &'a SynchronizationSchema<'a>,
        pointer: Pointer,
        job: Option<&'a SynchronizationJob<'a>>,
    ) -> Self {
        let mut definitions = Definitions::new(schema, pointer.key("directories"));
        let mut mappings: Vec<MappingView<'a>> = Vec::new();
        let mut named: HashMap<(Option<ObjectKind>, Option<&str>), usize> = HashMap::new();
        for (rule_index, rule) in schema.synchronization_rules.iter().flatten().enumerate() {
            if !provisions_an_app(rule) {
                continue;
            }
            let rule_pointer = pointer.key("synchronizationRules").index(rule_index);
            for (index, mapping) in rule.object_mappings.iter().flatten().enumerate() {
                let target_name = mapping.target_object_name.as_deref().unwrap_or_default();
                let kind = ObjectKind::of_target(target_name);
                let base = kind.map_or(target_name, |kind| kind.as_str());
                let same = named.entry((kind, mapping.target_object_name.as_deref())).or_default();
                *same += 1;
                let mut view =
                    |directory: Option<&'a str>, object: Option<&'a str>| definitions.view(directory?, object?);
                let pointer = rule_pointer.key("objectMappings").index(index);
                let source = view(rule.source_directory_name.as_deref(), mapping.source_object_name.as_deref());
                let target = view(rule.target_directory_name.as_deref(), mapping.target_object_name.as_deref());
                mappings.push(MappingView {
                    name: if *same == 1 { base.to_owned() } else { format!("{base}#{same}") },
                    kind,
                    rows: rows(mapping, &pointer, source.as_deref(), target.as_deref()),
                    by_target: OnceCell::new(),
                    matching: mapping.attribute_mappings.iter().flatten().filter(|row| row.is_matching()).count(),
                    pointer,
                    mapping,
                    directory: rule.target_directory_name.as_deref(),
                    source,
                    target,
                });
            }
        }
        let places = mappings.iter().map(|mapping| mapping.pointer.clone()).zip(0..).collect();
        SchemaView { pointer, schema, job, mappings, places }
    }

    /// The index of the object mapping that a place is in.
    pub(super) fn mapping_around(&self, place: &Pointer) -> Option<usize> {
        let mut around = Some(place.clone());
        while let Some(here) = around {
            if let Some(index) = self.places.get(&here) {
                return Some(*index);
            }
            around = here.split_last().map(|(parent, _)| parent);
        }
        None
    }
}

fn rows<'a>(
    mapping: &'a ObjectMapping<'a>,
    pointer: &Pointer,
    source: Option<&ObjectView<'a>>,
    target: Option<&ObjectView<'a>>,
) -> Vec<RowView<'a>> {
    let pointer = Rc::new(pointer.key("attributeMappings"));
    let rows = mapping.attribute_mappings.iter().flatten().enumerate();
    rows.map(|(index, row)| {
        let name = row.target_attribute_name.as_deref().unwrap_or_default();
        let row_source = RowSource::of(row);
        RowView {
            rows: Rc::clone(&pointer),
            index,
            row,
            target: name,
            definition: target.and_then(|object| object.attribute(name)),
            source_definition: match &row_source {
                RowSource::Attribute(from) => source.and_then(|object| object.attribute(from)),
                RowSource::Constant(_) | RowSource::Expression(..) | RowSource::Nothing => None,
            },
            source: row_source,
        }
    })
    .collect()
}

/// Whether a rule goes from Entra to an app over SCIM. A template may give its directories any name, so a SCIM
/// object as the target is sufficient.
pub(super) fn provisions_an_app(rule: &SynchronizationRule<'_>) -> bool {
    let to_entra = rule.target_directory_name.as_deref().is_some_and(is_entra_directory);
    let scim = rule.object_mappings.iter().flatten().any(|mapping| {
        mapping
            .target_object_name
            .as_deref()
            .is_some_and(|name| name.to_ascii_lowercase().starts_with("urn:ietf:params:scim:"))
    });
    let to_custom = rule.target_directory_name.as_deref() == Some(NON_GALLERY_DIRECTORY);
    !to_entra && (scim || to_custom)
}

#[cfg(test)]
impl<'a> RowView<'a> {
    /// A row outside of any mapping.
    pub(super) fn for_tests(row: &'a AttributeMapping<'a>) -> Self {
        RowView {
            rows: Rc::new(Pointer::root()),
            index: 0,
            row,
            target: row.target_attribute_name.as_deref().unwrap_or_default(),
            definition: None,
            source: RowSource::of(row),
            source_definition: None,
        }
    }
}

impl RowView<'_> {
    /// Its place in the file; built on demand, because few callers need it.
    pub fn pointer(&self) -> Pointer {
        self.rows.index(self.index)
    }

    /// The place of its expression in the file.
    pub fn expression_pointer(&self) -> Pointer {
        self.pointer().key("source").key("expression")
    }
}

impl<'a> MappingView<'a> {
    /// Whether it is not disabled.
    pub fn is_active(&self) -> bool {
        self.mapping.enabled != Some(false)
    }

    /// Whether it writes to an app that is not from the gallery. Microsoft's page on attribute mappings describes roles
    /// and custom attributes only for these; templates of the gallery have their own.
    pub fn is_non_gallery(&self) -> bool {
        self.directory == Some(NON_GALLERY_DIRECTORY)
    }

    /// Its rows, where the file lists them: for rules about missing rows.
    ///
    /// # Errors
    /// When the file does not list them.
    pub fn listed_rows(&self) -> Result<&[RowView<'a>], NotJudged> {
        match self.mapping.attribute_mappings {
            Some(_) => Ok(&self.rows),
            None => Err(NotJudged::absent(format!(
                "this file does not include the attributeMappings of the {} mapping",
                self.name
            ))),
        }
    }

    /// The rows that write an attribute, in their order. A target that differs only in case counts too, because SCIM attribute
    /// names are case-insensitive (RFC 7643, section 2.1).
    pub fn rows_to(&self, target: &str) -> impl Iterator<Item = &RowView<'a>> {
        let by_target = self.by_target.get_or_init(|| {
            let mut by_target: HashMap<String, Vec<usize>> = HashMap::with_capacity(self.rows.len());
            for (index, row) in self.rows.iter().enumerate() {
                by_target.entry(row.target.to_ascii_lowercase()).or_default().push(index);
            }
            by_target
        });
        let indices = by_target.get(&target.to_ascii_lowercase()).map(Vec::as_slice).unwrap_or_default();
        indices.iter().map(|index| &self.rows[*index])
    }

    /// Its name in the portal.
    pub fn portal_name(&self) -> String {
        self.kind.map_or_else(|| format!("the mapping to {}", self.name), |kind| kind.portal_mapping().to_owned())
    }

    /// The subject of a finding about one of its rows.
    pub fn subject(&self, target: &str) -> String {
        format!("{}/{target}", self.name)
    }
}

impl<'a> Definitions<'a> {
    /// The directories of a schema are at `pointer`.
    fn new(schema: &'a SynchronizationSchema<'a>, pointer: Pointer) -> Self {
        let mut found: HashMap<(&str, &str), Vec<_>> = HashMap::new();
        for (index, directory) in schema.directories.iter().flatten().enumerate() {
            let Some(name) = directory.name.as_deref() else { continue };
            for (object_index, definition) in directory.objects.iter().flatten().enumerate() {
                if let (Some(object), Some(_)) = (definition.name.as_deref(), &definition.attributes) {
                    found.entry((name, object)).or_default().push((index, object_index, definition));
                }
            }
        }
        Definitions { pointer, found, views: HashMap::new() }
    }

    /// The view of an object, built once; `None` if no directory of that name lists its attributes.
    fn view(&mut self, directory: &'a str, object: &'a str) -> Option<Rc<ObjectView<'a>>> {
        let found = self.found.get(&(directory, object))?;
        let of = |(index, object_index, definition): &Indexed<'a>| {
            (self.pointer.index(*index).key("objects").index(*object_index), *definition)
        };
        let view = || Rc::new(ObjectView::new(found.iter().map(of).collect()));
        Some(Rc::clone(self.views.entry((directory, object)).or_insert_with(view)))
    }
}

impl<'a> ObjectView<'a> {
    fn new(definitions: Vec<(Pointer, &'a ObjectDefinition<'a>)>) -> Self {
        let attributes = || definitions.iter().filter_map(|(_, one)| one.attributes.as_deref()).flatten();
        let named = || attributes().filter_map(|attribute| Some((attribute.name.as_deref()?, attribute)));
        let all: Vec<&str> = named().map(|(name, _)| name).collect();
        let mut by_name = HashMap::with_capacity(all.len());
        by_name.extend(named());
        ObjectView { definitions, by_name, all, spellings: OnceCell::new() }
    }

    /// The attribute of that exact name.
    pub fn attribute(&self, name: &str) -> Option<&'a AttributeDefinition<'a>> {
        self.by_name.get(name).copied()
    }

    /// The attribute of that name in another case.
    pub fn other_case(&self, name: &str) -> Option<&'a str> {
        let spellings = self.spellings.get_or_init(|| {
            let mut spellings: HashMap<String, Vec<usize>> = HashMap::new();
            for (index, name) in self.all.iter().enumerate() {
                let known = spellings.entry(name.to_ascii_lowercase()).or_default();
                // Of two, one is another spelling of any name.
                if known.len() < 2 && !known.iter().any(|known| self.all[*known] == *name) {
                    known.push(index);
                }
            }
            spellings
        });
        let spellings = spellings.get(&name.to_ascii_lowercase())?;
        spellings.iter().map(|index| self.all[*index]).find(|other| *other != name)
    }

    /// The names of its attributes.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        self.all.iter().copied()
    }
}
