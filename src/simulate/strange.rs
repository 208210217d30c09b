//! What a schema uses that this program does not know: the tenant may.

use super::{FilterOperator, RowSource};
use crate::expression::function;
use crate::model::SynchronizationSchema;

/// What a schema uses that this program does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Strange {
    /// An expression calls an unknown function.
    pub functions: bool,
    /// A scope filter uses an unknown operator.
    pub operators: bool,
}

/// Looks through the enabled mappings of a schema.
pub fn strange(schema: &SynchronizationSchema<'_>) -> Strange {
    let mappings = schema.synchronization_rules.iter().flatten().flat_map(|rule| rule.object_mappings.iter().flatten());
    let mut found = Strange::default();
    for mapping in mappings.filter(|mapping| mapping.enabled != Some(false)) {
        let rows = mapping.attribute_mappings.iter().flatten();
        found.functions |=
            rows.into_iter().any(|row| RowSource::of(row).functions().into_iter().any(|name| function(name).is_none()));
        let groups = mapping.scope.iter().flat_map(|filter| filter.groups());
        let mut clauses = groups.flat_map(|group| group.clauses.iter().flatten());
        found.operators |= clauses
            .any(|clause| clause.operator_name.as_deref().is_some_and(|name| FilterOperator::of(name).is_none()));
    }
    found
}
