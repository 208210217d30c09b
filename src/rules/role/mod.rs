//! App roles of users.

pub(super) mod never_removed;
pub(super) mod role_expression;
pub(super) mod target;
pub(super) mod unknown_key;

use super::source_change::RowSource;
use super::{MappingView, NotJudged, RowView, Target};
use crate::expression::{Call, Expression};
use crate::model::ObjectKind;

/// One role as a text.
const SINGLE: &str = "SingleAppRoleAssignment";
/// Every role, as a list. Entra only adds them.
const COMPLEX: &str = "AppRoleAssignmentsComplex";
/// Every role, as a list that replaces the roles in the app.
const ASSERTIVE: &str = "AssertiveAppRoleAssignmentsComplex";
/// Every role, as a list. Microsoft does not document it.
const PLAIN: &str = "AppRoleAssignments";

/// The attribute that every function for roles reads.
const ASSIGNMENTS: &str = "appRoleAssignments";

/// The rows of users that send app roles.
fn rows<'t, 'a>(target: &'t Target<'a>) -> Result<Vec<(&'t MappingView<'a>, &'t RowView<'a>)>, NotJudged> {
    let mappings = target.active_mappings()?.filter(|mapping| mapping.kind == Some(ObjectKind::User));
    let rows = mappings.flat_map(|mapping| mapping.rows.iter().map(move |row| (mapping, row)));
    Ok(rows.filter(|(_, row)| row.source.attributes().contains(&ASSIGNMENTS)).collect())
}

/// Whether a call is of one of these functions. Another rule reports a name in the wrong case.
fn is_call_of(call: &Call, functions: &[&str]) -> bool {
    functions.iter().any(|function| call.name.eq_ignore_ascii_case(function))
}

/// The call whose result a row sends, without the functions that leave a list as it is.
fn outermost<'r>(row: &'r RowView<'_>) -> Option<&'r Call> {
    let RowSource::Expression(_, Ok(tree)) = &row.source else { return None };
    let mut call = tree.as_call()?;
    while is_call_of(call, &["IgnoreFlowIfNullOrEmpty", "RemoveDuplicates", "Coalesce"]) {
        call = call.arguments.first()?.as_ref().and_then(Expression::as_call)?;
    }
    Some(call)
}

/// Whether a row's expression calls a function anywhere.
fn calls(row: &RowView<'_>, function: &str) -> bool {
    row.source.functions().iter().any(|name| name.eq_ignore_ascii_case(function))
}

/// Whether a mapping of users sends roles; yes, where the file has no schema.
pub(super) fn sends_roles(target: &Target<'_>) -> bool {
    rows(target).map_or(true, |rows| !rows.is_empty())
}
