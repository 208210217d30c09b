//! Scope filters.

pub(super) mod attribute;
pub(super) mod group_id;
pub(super) mod operator;
pub(super) mod presence;
pub(super) mod unsatisfiable;

use super::{MappingView, NotJudged, Target};
use crate::document::Pointer;
use crate::model::{Filter, FilterClause};

/// The enabled object mappings that have a scope filter.
fn filtered<'t, 'a>(target: &'t Target<'a>) -> Result<Vec<(&'t MappingView<'a>, &'t Filter<'a>)>, NotJudged> {
    let mappings = target.active_mappings()?;
    Ok(mappings
        .filter_map(|mapping| Some((mapping, mapping.mapping.scope.as_ref().filter(|filter| !filter.is_empty())?)))
        .collect())
}

/// The subject of a finding about a mapping's scope filter.
fn subject(mapping: &MappingView<'_>) -> String {
    mapping.subject("scope")
}

fn pointer(mapping: &MappingView<'_>) -> Pointer {
    mapping.pointer.key("scope")
}

/// Every clause in any of a filter's lists, with its place.
fn clauses<'f, 'a>(mapping: &MappingView<'_>, filter: &'f Filter<'a>) -> Vec<(Pointer, &'f FilterClause<'a>)> {
    let lists = [
        ("groups", &filter.groups),
        ("inputFilterGroups", &filter.input_filter_groups),
        ("categoryFilterGroups", &filter.category_filter_groups),
    ];
    let mut found = Vec::new();
    for (key, groups) in lists {
        for (index, group) in groups.iter().flatten().enumerate() {
            let pointer = pointer(mapping).key(key).index(index).key("clauses");
            let clauses = group.clauses.iter().flatten().enumerate();
            found.extend(clauses.map(|(index, clause)| (pointer.index(index), clause)));
        }
    }
    found
}
