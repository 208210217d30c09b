//! What the vendor requires of the mapping.

pub(super) mod forbidden_mapping;
pub(super) mod misspelt_target;
pub(super) mod required_mapping_apply;
pub(super) mod required_mapping_default;
pub(super) mod required_mapping_missing;
pub(super) mod required_mapping_precedence;
pub(super) mod required_mapping_source;

use super::{MappingView, NotJudged, RowView, Target};
use crate::model::ObjectKind;
use crate::policy::RowRequirement;

/// A row that the policy requires, in the object mapping that must have it.
struct Required<'t, 'a> {
    mapping: &'t MappingView<'a>,
    requirement: &'t RowRequirement,
    /// The row; one whose target differs in case alone will do, since SCIM names don't tell cases apart.
    row: Option<&'t RowView<'a>>,
}

/// Every required row of every object mapping that must have it.
fn required<'t, 'a>(target: &'t Target<'a>) -> Result<Vec<Required<'t, 'a>>, NotJudged> {
    let mut required = Vec::new();
    for kind in ObjectKind::ALL.into_iter().filter(|kind| target.wants(*kind)) {
        for mapping in target.mappings_of(kind)? {
            let rows = mapping.listed_rows()?;
            for requirement in &target.policy.requirements(kind).rows {
                let exact = rows.iter().find(|row| row.target == requirement.target);
                let row =
                    exact.or_else(|| rows.iter().find(|row| row.target.eq_ignore_ascii_case(&requirement.target)));
                required.push(Required { mapping, requirement, row });
            }
        }
    }
    Ok(required)
}

/// `` `a` or `b` ``
fn any_of(sources: &[String]) -> String {
    sources.iter().map(|source| format!("`{source}`")).collect::<Vec<_>>().join(" or ")
}

/// The message, and behind it what comes of it where the policy says so.
fn with_reason(message: String, requirement: &RowRequirement) -> String {
    match &requirement.because {
        Some(because) => format!("{message}. {}", because.trim_end_matches('.')),
        None => message,
    }
}
