//! Scoping filters: which objects of a kind are provisioned, by their attributes.
//!
//! <https://learn.microsoft.com/graph/api/resources/synchronization-filter>

use serde::Deserialize;

use super::Text;

/// `filter`: an object passes if it passes one of the groups.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Filter<'a> {
    /// The portal's scoping filters.
    #[serde(borrow, default)]
    pub groups: Option<Vec<FilterGroup<'a>>>,
    /// Experimental: objects that do not pass are never read, and so never disabled.
    #[serde(borrow, default)]
    pub input_filter_groups: Option<Vec<FilterGroup<'a>>>,
    /// Experimental.
    #[serde(borrow, default)]
    pub category_filter_groups: Option<Vec<FilterGroup<'a>>>,
}

/// `filterGroup`: an object passes if it passes every clause.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct FilterGroup<'a> {
    /// The portal's *Scoping filter title*.
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
    /// The clauses.
    #[serde(borrow, default)]
    pub clauses: Option<Vec<FilterClause<'a>>>,
}

/// `filterClause`: a condition on one attribute.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FilterClause<'a> {
    /// The attribute of the source object.
    #[serde(borrow)]
    pub source_operand_name: Option<Text<'a>>,
    /// The operator: `EQUALS`, `IS NOT NULL`.
    #[serde(borrow)]
    pub operator_name: Option<Text<'a>>,
    /// What the attribute is compared with.
    #[serde(borrow)]
    pub target_operand: Option<FilterOperand<'a>>,
}

/// `filterOperand`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct FilterOperand<'a> {
    /// The values; none for an operator without values.
    #[serde(borrow, default)]
    pub values: Option<Vec<Option<Text<'a>>>>,
}

impl<'a> Filter<'a> {
    /// The groups that decide what is provisioned; none if nothing is filtered out.
    pub fn groups(&self) -> &[FilterGroup<'a>] {
        self.groups.as_deref().unwrap_or_default()
    }

    /// Whether it filters at all. The portal leaves an empty filter behind when the last group is deleted.
    pub fn is_empty(&self) -> bool {
        let none = |groups: &Option<Vec<FilterGroup<'_>>>| groups.as_deref().unwrap_or_default().is_empty();
        none(&self.groups) && none(&self.input_filter_groups) && none(&self.category_filter_groups)
    }
}

impl FilterClause<'_> {
    /// The value that it compares with, where it has one; the first of several.
    pub fn value(&self) -> Option<&str> {
        self.values().next()
    }

    /// The values that it compares with.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        let values = self.target_operand.as_ref().and_then(|operand| operand.values.as_deref()).unwrap_or_default();
        values.iter().flatten().map(|value| &**value)
    }
}
