//! What a fix changes besides values: who is in scope, matched, created, disabled and deleted.
//!
//! Every fix of a schema is judged here, by the values that it changes. A fix is safe only if every change is known to
//! leave those five alone, so no rule can call a fix safe by mistake.

use std::collections::BTreeMap;

use serde_json::Value;

use super::source_change::stored;
use super::view::SchemaView;
use super::{MappingView, RowView};
use crate::document::Change;
use crate::finding::Applicability;
use crate::model::{Action, ObjectKind};

/// Attributes that say whether a user still has access, whatever target they are mapped to.
const STATUS: [&str; 2] = ["IsSoftDeleted", "accountEnabled"];

/// The effect of a fix on people.
#[derive(Debug, PartialEq)]
pub(super) struct Effect {
    /// Safe, or unsafe.
    pub applicability: Applicability,
    /// What happens to users or groups, in sentences; empty where nothing does.
    pub consequences: Vec<String>,
}

/// The effect of changes to a schema.
pub(super) fn effect(schema: Option<&SchemaView<'_>>, changes: &[Change]) -> Effect {
    let mut effect = Effect { applicability: Applicability::Safe, consequences: Vec::new() };
    let mut inside: BTreeMap<usize, Vec<(Vec<String>, &Change)>> = BTreeMap::new();
    for change in changes {
        let [place, _] = change.pointers();
        let found = schema.and_then(|schema| {
            let index = schema.mapping_around(&place)?;
            Some((index, place.below(&schema.mappings[index].pointer)?))
        });
        match found {
            Some((index, below)) => inside.entry(index).or_default().push((below.segments().collect(), change)),
            // Every row depends on directories and attribute definitions.
            None => effect.applicability = Applicability::Unsafe,
        }
    }
    for (mapping, changes) in
        schema.iter().flat_map(|schema| inside.iter().map(|(at, list)| (&schema.mappings[*at], list)))
    {
        effect.of_mapping(mapping, changes);
    }
    effect
}

impl Effect {
    fn harms(&mut self, consequence: impl Into<String>) {
        self.applicability = Applicability::Unsafe;
        let consequence = consequence.into();
        if !self.consequences.contains(&consequence) {
            self.consequences.push(consequence);
        }
    }

    fn of_mapping(&mut self, mapping: &MappingView<'_>, changes: &[(Vec<String>, &Change)]) {
        let people = People::of(mapping);
        for (path, change) in changes {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            let row = |index: &str| mapping.rows.get(index.parse::<usize>().ok()?);
            match (path.as_slice(), change) {
                (["attributeMappings"], Change::Append { value, .. }) => {
                    self.row(&people, &Deciding::of_new(mapping, value), Part::Whole);
                }
                (["attributeMappings", index], Change::Remove { .. }) => {
                    if let Some(row) = row(index) {
                        self.row(&people, &Deciding::of(mapping, row), Part::Whole);
                    }
                    self.harms("The app no longer gets the value of this row");
                }
                // The order decides, not the numbers: see below.
                (["attributeMappings", _, "matchingPriority"], Change::Set { .. }) => {}
                (["attributeMappings", index, part, ..], Change::Set { value, .. }) => match row(index) {
                    Some(row) => {
                        let mut deciding = Deciding::of(mapping, row);
                        deciding.also(mapping, part, value);
                        self.row(&people, &deciding, Part::named(part));
                    }
                    None => self.applicability = Applicability::Unsafe,
                },
                (["flowTypes"], Change::Set { value, .. }) => {
                    let before = mapping.mapping.flow_types.as_deref().unwrap_or_default();
                    self.actions(&people, before, value.as_str().unwrap_or_default());
                }
                (["enabled"], Change::Set { value: Value::Bool(true), .. }) => {
                    self.harms(format!("Every {} in scope is matched or created in the app", people.one));
                }
                (["enabled"], Change::Set { .. }) => self
                    .harms(format!("{} are no longer created, updated, disabled or deleted in the app", people.many)),
                (["scope"], Change::Set { value: Value::Null, .. }) => self.harms(format!(
                    "{} that the filter excluded come into scope and are matched or created in the app",
                    people.many
                )),
                (["scope", ..], _) => {
                    self.harms(
                        "What comes into scope is created in the app, and what leaves it is disabled or deleted",
                    );
                }
                _ => self.applicability = Applicability::Unsafe,
            }
        }
        // With more matching rows than anybody has, every change of one counts: comparing takes too long.
        let is_settled = |count: usize| count <= MOST_MATCHING && !changes_order(mapping, changes);
        if changes.iter().any(|change| concerns_matching(mapping, change)) && !is_settled(mapping.matching) {
            self.harms(people.matched());
        }
    }

    /// A row is changed in `part`, or added or removed.
    fn row(&mut self, people: &People, row: &Deciding, part: Part) {
        match part {
            _ if !row.matches => {}
            Part::Apply => self.harms("Objects are matched by this value, and those in the app get a new one"),
            Part::Value | Part::Whole => self.harms(people.matched()),
        }
        if row.enables {
            self.harms("Users who lost access may be disabled in the app, and users who are disabled may be enabled");
        }
        // Every row is applied when an object is created.
        if row.is_needed && part != Part::Apply {
            let People { one, many, .. } = people;
            self.harms(format!("Without this value no {one} is created. {many} that lacked it are created in the app"));
        }
    }

    fn actions(&mut self, people: &People, before: &str, after: &str) {
        let People { many, .. } = people;
        for action in Action::ALL.into_iter().filter(|action| action.is_in(before) != action.is_in(after)) {
            self.harms(match (action, action.is_in(after)) {
                (Action::Create, true) => format!("{many} in scope that are not in the app are created there"),
                (Action::Create, false) => format!("New {} are no longer created in the app", many.to_lowercase()),
                (Action::Update, true) => people.update().to_owned(),
                (Action::Update, false) => format!("{many} in the app are no longer updated or disabled"),
                (Action::Delete, true) => people.delete().to_owned(),
                (Action::Delete, false) => format!("{many} are no longer deleted in the app"),
            });
        }
    }
}

/// The words for the objects of a mapping.
struct People {
    is_user: bool,
    one: &'static str,
    many: &'static str,
}

impl People {
    fn of(mapping: &MappingView<'_>) -> Self {
        match mapping.kind {
            Some(ObjectKind::User) => People { is_user: true, one: "user", many: "Users" },
            Some(ObjectKind::Group) => People { is_user: false, one: "group", many: "Groups" },
            None => People { is_user: false, one: "object", many: "Objects" },
        }
    }

    fn matched(&self) -> String {
        let People { one, many, .. } = self;
        format!(
            "It decides which object in the app each {one} is matched to. {many} that are not found are created a second time"
        )
    }

    fn update(&self) -> &'static str {
        if self.is_user {
            "Users who lost access are disabled in the app, and values that changed since are sent"
        } else {
            "Values and members that changed since are sent to the app"
        }
    }

    fn delete(&self) -> &'static str {
        // <https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works#deprovisioning>
        if self.is_user {
            "Users who are deleted in Entra ID, and users who leave the scope if the app cannot disable them, are deleted in the app"
        } else {
            "Groups that leave the scope or are deleted in Entra ID are deleted in the app"
        }
    }
}

/// The part of a row that changes.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    /// When it is applied.
    Apply,
    /// Anything else of it.
    Value,
    /// The row itself.
    Whole,
}

impl Part {
    fn named(key: &str) -> Self {
        if key == "flowType" { Part::Apply } else { Part::Value }
    }
}

/// What a row decides about people, before or after a change.
#[derive(Debug, Default, PartialEq)]
struct Deciding {
    /// Objects are matched by it.
    matches: bool,
    /// It enables and disables users.
    enables: bool,
    /// Nothing is created without its value.
    is_needed: bool,
}

impl Deciding {
    fn of(mapping: &MappingView<'_>, row: &RowView<'_>) -> Self {
        let mut deciding = Deciding { matches: row.row.is_matching(), ..Deciding::default() };
        deciding.writes(mapping, row.target);
        row.source.attributes().into_iter().for_each(|name| deciding.reads(name));
        // Which of its forms Entra reads is not documented, where they differ.
        let other_form = row.row.filled_source().and_then(stored).and_then(|stored| stored.to_expression());
        other_form.iter().flat_map(|tree| tree.attributes()).for_each(|name| deciding.reads(name));
        deciding
    }

    fn of_new(mapping: &MappingView<'_>, row: &Value) -> Self {
        let matches = row["matchingPriority"].as_i64().is_some_and(|priority| priority > 0);
        let mut deciding = Deciding { matches, ..Deciding::default() };
        deciding.writes(mapping, row["targetAttributeName"].as_str().unwrap_or_default());
        deciding.reads_any_of(&row["source"]);
        deciding
    }

    /// What it decides once `part` has this value.
    fn also(&mut self, mapping: &MappingView<'_>, part: &str, value: &Value) {
        match part {
            "targetAttributeName" => self.writes(mapping, value.as_str().unwrap_or_default()),
            "source" => self.reads_any_of(value),
            _ => {}
        }
    }

    fn writes(&mut self, mapping: &MappingView<'_>, target: &str) {
        let is_user = mapping.kind == Some(ObjectKind::User);
        let definition = mapping.target.as_ref().and_then(|object| object.attribute(target));
        self.enables |= mapping.kind != Some(ObjectKind::Group) && target.eq_ignore_ascii_case("active");
        self.is_needed |= (is_user && target.eq_ignore_ascii_case("userName"))
            || definition.is_some_and(|definition| definition.required == Some(true));
    }

    fn reads(&mut self, attribute: &str) {
        self.enables |= STATUS.iter().any(|name| name.eq_ignore_ascii_case(attribute));
    }

    /// A source, or a part of one, in any of its forms.
    fn reads_any_of(&mut self, source: &Value) {
        let text = source.to_string().to_ascii_lowercase();
        self.enables |= STATUS.iter().any(|name| text.contains(&name.to_ascii_lowercase()));
    }
}

/// The matching rows of a mapping whose order is compared.
const MOST_MATCHING: usize = 100;

/// Whether a change may change the order of the matching rows.
fn concerns_matching(mapping: &MappingView<'_>, (path, change): &(Vec<String>, &Change)) -> bool {
    match change {
        Change::Set { .. } => path.last().is_some_and(|key| key == "matchingPriority"),
        Change::Append { value, .. } => value["matchingPriority"].as_i64().is_some_and(|priority| priority > 0),
        Change::Remove { .. } => {
            let index = path.get(1).and_then(|index| index.parse::<usize>().ok());
            index.and_then(|index| mapping.rows.get(index)).is_none_or(|row| row.row.is_matching())
        }
    }
}

fn changes_order(mapping: &MappingView<'_>, changes: &[(Vec<String>, &Change)]) -> bool {
    matching_order(mapping, &[]) != matching_order(mapping, changes)
}

/// The matching rows in the order in which Entra tries them after `changes`, those of one precedence together. Rows are
/// told apart by index; an added row has none.
fn matching_order(mapping: &MappingView<'_>, changes: &[(Vec<String>, &Change)]) -> Vec<Vec<Option<usize>>> {
    let mut rows: Vec<(Option<i64>, Option<usize>)> =
        mapping.rows.iter().map(|row| row.row.matching_priority).zip((0..).map(Some)).collect();
    for (path, change) in changes {
        let index = path.get(1).and_then(|index| index.parse::<usize>().ok());
        match change {
            Change::Set { value, .. } if path.last().is_some_and(|key| key == "matchingPriority") => {
                rows.iter_mut().filter(|(_, at)| *at == index).for_each(|(priority, _)| *priority = value.as_i64());
            }
            Change::Append { value, .. } if path.len() == 1 => rows.push((value["matchingPriority"].as_i64(), None)),
            Change::Remove { .. } if path.len() == 2 => rows.retain(|(_, at)| *at != index),
            _ => {}
        }
    }
    rows.retain(|(priority, _)| priority.is_some_and(|priority| priority > 0));
    rows.sort_by_key(|(priority, _)| *priority);
    rows.chunk_by(|(left, _), (right, _)| left == right).map(|same| same.iter().map(|(_, at)| *at).collect()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::{Pointer, from_str};
    use crate::model::SynchronizationSchema;

    /// The consequences of a change to a row of a mapping of users; the row's place is that of a new one if it is not found.
    fn consequences(export: &Value, target: &str, change: impl Fn(Pointer) -> Change) -> Vec<String> {
        let text = export.to_string();
        let schema: SynchronizationSchema<'_> = from_str(&text).unwrap();
        let view = SchemaView::new(&schema, Pointer::root(), None);
        let mapping = view.mappings.iter().find(|mapping| mapping.kind == Some(ObjectKind::User)).unwrap();
        let rows = mapping.pointer.key("attributeMappings");
        let row = mapping.rows.iter().position(|row| row.target == target);
        let effect = effect(Some(&view), &[change(row.map_or(rows.clone(), |index| rows.index(index)))]);
        assert_eq!(effect.applicability == Applicability::Safe, effect.consequences.is_empty(), "{effect:?}");
        effect.consequences
    }

    #[test]
    fn each_part_of_a_row_has_its_own_consequences() {
        const MATCHED: &str = "It decides which object in the app each user is matched to";
        const ACCESS: &str = "Users who lost access may be disabled";
        const CREATED: &str = "Without this value no user is created";
        let export: Value = serde_json::from_str(include_str!("../../fixtures/total-export.json")).unwrap();
        // Without directories, only the standard says what a user needs.
        let mut bare = export.clone();
        bare["directories"] = json!([]);
        let attribute = |name: &str| json!({"type": "Attribute", "name": name, "expression": format!("[{name}]")});
        for (target, part, value, expected) in [
            ("userName", "flowType", json!("ObjectAddOnly"), vec!["Objects are matched by this value"]),
            ("userName", "defaultValue", json!("x"), vec![MATCHED, CREATED]),
            ("title", "flowType", json!("ObjectAddOnly"), vec![]),
            ("title", "defaultValue", json!("x"), vec![]),
            ("title", "targetAttributeName", json!("active"), vec![ACCESS]),
            ("title", "targetAttributeName", json!("userName"), vec![CREATED]),
            ("title", "source", attribute("accountEnabled"), vec![ACCESS]),
            ("title", "source", attribute("department"), vec![]),
            ("active", "defaultValue", json!("x"), vec![ACCESS]),
        ] {
            for export in [&export, &bare] {
                let set = |row: Pointer| Change::Set { pointer: row.key(part), value: value.clone() };
                let found = consequences(export, target, set);
                let is_as_expected = found.iter().zip(&expected).all(|(found, expected)| found.starts_with(expected));
                assert!(found.len() == expected.len() && is_as_expected, "{target} {part} {value}: {found:?}");
            }
        }
        let mut reads = export.clone();
        let mappings = reads["synchronizationRules"][0]["objectMappings"].as_array_mut().unwrap();
        let rows = mappings.iter_mut().flat_map(|mapping| mapping["attributeMappings"].as_array_mut().unwrap());
        rows.filter(|row| row["targetAttributeName"] == "title")
            .for_each(|row| row["source"] = attribute("accountEnabled"));
        let set = |row: Pointer| Change::Set { pointer: row.key("defaultValue"), value: json!("x") };
        let found = consequences(&reads, "title", set);
        assert!(found.len() == 1 && found[0].starts_with(ACCESS), "what it reads now counts, too: {found:?}");
        for (priority, expected) in [(0, 0), (2, 1)] {
            let row =
                json!({"targetAttributeName": "nickName", "source": attribute("mail"), "matchingPriority": priority});
            let found = consequences(&bare, "", |rows| Change::Append { pointer: rows, value: row.clone() });
            assert_eq!(found.len(), expected, "{priority}: {found:?}");
        }
    }

    #[test]
    fn rows_of_one_precedence_are_tried_together_in_the_order_of_the_numbers() {
        let mut export: Value = serde_json::from_str(include_str!("../../fixtures/total-export.json")).unwrap();
        let users = export["synchronizationRules"][0]["objectMappings"].as_array_mut().unwrap();
        let users = users.iter_mut().find(|mapping| mapping["sourceObjectName"] == "User").unwrap();
        users["attributeMappings"].as_array_mut().unwrap().truncate(4);
        for (row, priority) in users["attributeMappings"].as_array_mut().unwrap().iter_mut().zip([2, 0, 1, 2]) {
            row["matchingPriority"] = json!(priority);
        }
        let text = export.to_string();
        let schema: SynchronizationSchema<'_> = from_str(&text).unwrap();
        let view = SchemaView::new(&schema, Pointer::root(), None);
        let mapping = view.mappings.iter().find(|mapping| mapping.kind == Some(ObjectKind::User)).unwrap();
        let at = |path: &[&str]| path.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
        let set = |value: i64| Change::Set { pointer: Pointer::root(), value: json!(value) };
        let row = |priority: i64| json!({"matchingPriority": priority});
        let append = |priority: i64| Change::Append { pointer: Pointer::root(), value: row(priority) };
        let remove = Change::Remove { pointer: Pointer::root() };
        let as_it_is = vec![vec![Some(2)], vec![Some(0), Some(3)]];
        let is_of_row = ["attributeMappings", "1", "matchingPriority"];
        for (path, change, concerns, order) in [
            (&is_of_row[..], set(1), true, vec![vec![Some(1), Some(2)], vec![Some(0), Some(3)]]),
            (&["attributeMappings", "0", "matchingPriority"], set(0), true, vec![vec![Some(2)], vec![Some(3)]]),
            (&["attributeMappings", "1", "defaultValue"], set(1), false, as_it_is.clone()),
            (&["attributeMappings"], append(1), true, vec![vec![Some(2), None], vec![Some(0), Some(3)]]),
            (&["attributeMappings"], append(0), false, as_it_is.clone()),
            (&["scope", "groups"], append(1), true, as_it_is.clone()),
            (&["attributeMappings", "3"], remove.clone(), true, vec![vec![Some(2)], vec![Some(0)]]),
            (&["attributeMappings", "1"], remove.clone(), false, as_it_is.clone()),
            (&["attributeMappings", "0", "source"], remove, true, as_it_is.clone()),
        ] {
            let changes = [(at(path), &change)];
            assert_eq!(matching_order(mapping, &changes), order, "{path:?}, {change:?}");
            assert_eq!(concerns_matching(mapping, &changes[0]), concerns, "{path:?}, {change:?}");
            assert_eq!(changes_order(mapping, &changes), order != as_it_is, "{path:?}, {change:?}");
        }
    }

    #[test]
    fn a_change_outside_of_object_mappings_is_unsafe() {
        let pointer = Pointer::root().key("directories").index(0).key("name");
        let change = Change::Set { pointer, value: json!("customappsso") };
        assert_eq!(effect(None, &[change]).applicability, Applicability::Unsafe);
        assert_eq!(effect(None, &[]).applicability, Applicability::Safe);
    }
}
