//! App roles of people.

pub(super) mod role_expression;
