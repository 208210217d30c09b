//! The Target Object Actions of an object mapping.

/// A Target Object Action: what Entra may do with objects in the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Create objects that the app does not have.
    Create,
    /// Update objects; disabling is an update.
    Update,
    /// Delete objects.
    Delete,
}

impl Action {
    /// Every action, in Graph's order.
    pub const ALL: [Action; 3] = [Action::Create, Action::Update, Action::Delete];

    /// The name in the portal.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Create => "Create",
            Action::Update => "Update",
            Action::Delete => "Delete",
        }
    }

    /// The name in Graph's `flowTypes`.
    pub fn flow_type(self) -> &'static str {
        match self {
            Action::Create => "Add",
            Action::Update => "Update",
            Action::Delete => "Delete",
        }
    }

    /// Whether `flowTypes` contains it.
    pub fn is_in(self, flow_types: &str) -> bool {
        flow_types.split(',').any(|flow| flow.trim().eq_ignore_ascii_case(self.flow_type()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flow_types_are_read_with_and_without_spaces_in_any_case() {
        for text in ["Add,Update,Delete", "add, update, delete", " Delete ,Update,Add"] {
            assert!(Action::ALL.into_iter().all(|action| action.is_in(text)), "{text}");
        }
        assert!(!Action::Create.is_in("Update,Delete") && !Action::Update.is_in("") && !Action::Delete.is_in("None"));
    }
}
