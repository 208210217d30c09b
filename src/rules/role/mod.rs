//! App roles of users.

pub(super) mod role_expression;
