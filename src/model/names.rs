//! The service's names, in all spellings.

/// The name of the target directory of every non-gallery app.
pub const NON_GALLERY_DIRECTORY: &str = "customappsso";

/// The standard SCIM object kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    /// A user.
    User,
    /// A group.
    Group,
}

impl ObjectKind {
    /// Both kinds, users first.
    pub const ALL: [ObjectKind; 2] = [ObjectKind::User, ObjectKind::Group];

    /// The word that subjects and the portal use.
    pub fn as_str(self) -> &'static str {
        match self {
            ObjectKind::User => "User",
            ObjectKind::Group => "Group",
        }
    }

    /// The name of the object mapping in the portal's list.
    pub fn portal_mapping(self) -> &'static str {
        match self {
            ObjectKind::User => "Provision Microsoft Entra ID Users",
            ObjectKind::Group => "Provision Microsoft Entra ID Groups",
        }
    }

    /// The schema URN of the target object that a mapping is usually made for (RFC 7643, section 4).
    pub fn urn(self) -> &'static str {
        match self {
            ObjectKind::User => "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
            ObjectKind::Group => "urn:ietf:params:scim:schemas:core:2.0:Group",
        }
    }

    /// The kind of a target object name. Of an object mapping, only this name stays the same when the mapping is disabled,
    /// renamed or moved.
    pub fn of_target(target_object_name: &str) -> Option<Self> {
        const USER: [&str; 2] = [
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user",
            "urn:ietf:params:scim:schemas:core:2.0:user",
        ];
        let name = target_object_name.to_ascii_lowercase();
        if USER.contains(&name.as_str()) {
            Some(ObjectKind::User)
        } else {
            name.eq_ignore_ascii_case(ObjectKind::Group.urn()).then_some(ObjectKind::Group)
        }
    }
}

/// Whether a directory is a tenant of Entra ID: the service has renamed it once and marks a second tenant.
pub fn is_entra_directory(name: &str) -> bool {
    ["Azure Active Directory", "Microsoft Entra ID"].iter().any(|entra| {
        name.get(..entra.len()).is_some_and(|start| start.eq_ignore_ascii_case(entra))
            && matches!(name[entra.len()..].trim_start().chars().next(), None | Some('('))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_names_of_the_tenant_are_known() {
        for name in ["Azure Active Directory", "Microsoft Entra ID", "Azure Active Directory (target tenant)"] {
            assert!(is_entra_directory(name), "{name}");
        }
        for name in ["Active Directory", "customappsso", "Azure Active Directory Domain Services", ""] {
            assert!(!is_entra_directory(name), "{name}");
        }
    }
}
