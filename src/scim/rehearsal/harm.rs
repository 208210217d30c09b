//! What a fault of an endpoint does in production, most harmful first.

/// A kind of fault.
#[derive(Debug, PartialEq, Eq)]
pub struct Harm {
    /// 0 for the most harmful.
    pub rank: u8,
    /// Its name, which stays the same.
    pub name: &'static str,
    /// What happens in production: a sentence.
    pub consequence: &'static str,
    /// What to ask of the vendor: a sentence.
    pub vendor: &'static str,
    /// Where others met it.
    pub sources: &'static [&'static str],
}

macro_rules! harms {
    ($($(#[$doc:meta])* $constant:ident = ($rank:literal, $name:literal, $consequence:literal, $vendor:literal, [$($source:literal),*]);)*) => {
        $($(#[$doc])* pub(super) static $constant: Harm = Harm {
            rank: $rank, name: $name, consequence: $consequence, vendor: $vendor, sources: &[$($source),*],
        };)*

        /// Every kind of fault, most harmful first.
        #[cfg(test)]
        static HARMS: &[&Harm] = &[$(&$constant),*];
    };
}

harms! {
    /// Any token is accepted.
    OPEN_DOOR = (0, "open-door",
        "Anyone can read and change the users of the app.",
        "Please reject requests with a wrong token, with 401 (RFC 7644, section 3.12).",
        []);
    /// A member is not removed, or all are.
    MEMBER_REMOVAL = (1, "member-removal",
        "Removing one user from a group removes all members or none: users lose access, or keep it after they left the group. Entra does not compare members later, so it stays that way.",
        "Please remove exactly the named member, for `members` with a value and for `members[value eq \"…\"]`.",
        ["https://github.com/MicrosoftDocs/azure-docs/issues/30826", "https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/149"]);
    /// `active` as text is refused or stored as text.
    TEXT_BOOLEAN = (2, "text-boolean",
        "People who leave stay active in the app, although Entra disables them.",
        "Please accept the texts \"True\" and \"False\", in any case, for attributes that are true or false, and store them as booleans.",
        ["https://github.com/rancher/rancher/issues/52996", "https://github.com/scimmyjs/scimmy/issues/51"]);
    /// A user cannot be disabled in any form.
    DISABLE = (2, "disable",
        "People who leave stay active in the app, although Entra disables them.",
        "Please let a PATCH of `active` disable and restore a user.",
        ["https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups"]);
    /// `Add`, or an operation with a capital, is refused.
    OPERATION = (3, "operation-name",
        "Updates of users fail: each is repeated for 28 days, then given up, and the app keeps the old values.",
        "Please accept the operations Add, Replace and Remove in any case, and let Add replace the value of a single-valued attribute (RFC 7644, section 3.5.2.1).",
        ["https://github.com/rancher/rancher/issues/54025", "https://github.com/getsentry/sentry/issues/84941"]);
    /// A path with a filter that no element fits.
    ABSENT_ELEMENT = (4, "absent-element",
        "An e-mail address, phone number or address that a user gets later is lost, or appears twice.",
        "Please let a path with a filter, such as `emails[type eq \"work\"].value`, create the element with that type if there is none, and change it if there is one.",
        ["https://github.com/thomaspoignant/scim-patch/issues/176", "https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/416"]);
    /// Operations without a path.
    PATHLESS = (5, "keys-without-path",
        "Updates of names, departments and other attributes are accepted and lost.",
        "Please understand operations without a path whose value has keys such as `name.givenName` and `urn:…:User:department`.",
        ["https://github.com/scimmyjs/scimmy/issues/10", "https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/267"]);
    /// The filter on a matching attribute.
    FILTER = (6, "matching-filter",
        "Entra does not find users and groups that exist in the app: it creates them a second time, or fails with a conflict.",
        "Please support `eq` filters on the matching attribute, for any text in quotation marks; userName and displayName are compared without regard to case.",
        ["https://github.com/OctopusDeploy/Issues/issues/9841", "https://github.com/audriga/scim-server-php/issues/1"]);
    /// A query without a result.
    EMPTY_QUERY = (7, "empty-query",
        "Test Connection fails, and Entra puts the job into quarantine.",
        "Please answer a query that finds nothing with 200 and a ListResponse with totalResults 0 (RFC 7644, section 3.4.2).",
        ["https://github.com/grokability/snipe-it/issues/11913", "https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status"]);
    /// externalId is lost.
    EXTERNAL_ID = (8, "external-id",
        "Entra sends externalId again in every cycle, and users who are matched on it are not found.",
        "Please store externalId and return it unchanged (RFC 7643, section 3.1).",
        ["https://github.com/langwatch/langwatch/issues/6974", "https://github.com/scimmyjs/scimmy/issues/57"]);
    /// The manager.
    MANAGER = (9, "manager",
        "Managers are not set, or not removed, or Entra cannot read the user at all.",
        "Please accept the id of a manager as text, clear the manager for an empty value, and return it as an object with `value`.",
        ["https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/686", "https://github.com/Budibase/budibase/issues/15369"]);
    /// Headers and media types.
    HEADERS = (10, "headers",
        "Every request of Entra fails, although other clients succeed.",
        "Please answer requests without User-Agent, Accept and Content-Type, with JSON as application/scim+json.",
        ["https://github.com/MicrosoftDocs/azure-docs/issues/94189", "https://github.com/kortix-ai/suna/pull/7297"]);
    /// TLS.
    TLS = (10, "tls",
        "Entra connects with TLS 1.2 only, so every request fails.",
        "Please offer TLS 1.2 with a certificate of a public authority.",
        ["https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups"]);
    /// An object cannot be created.
    CREATION = (11, "creation",
        "Users or groups like this one are not created in the app.",
        "Please accept this POST with 201 and the resource with its id.",
        ["https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups"]);
    /// Attributes are accepted and lost, or changed.
    VALUES = (12, "value-lost",
        "The app does not have these values, and Entra sends them again in every cycle.",
        "Please store these attributes and return them unchanged, or say that the app does not use them.",
        ["https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups"]);
    /// Updates of attributes are refused.
    UPDATE = (13, "update",
        "Changes of these attributes fail, and with them all changes that Entra sends in the same request.",
        "Please let a PATCH change these attributes.",
        ["https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility"]);
    /// A renamed user or group.
    RENAME = (13, "rename",
        "Users and groups that get another name in Entra keep the old one in the app.",
        "Please let a PATCH change userName and displayName.",
        ["https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups"]);
    /// Members cannot be added.
    MEMBER_ADDITION = (13, "member-addition",
        "Users who join a group do not join it in the app. Entra does not compare members later, so it stays that way.",
        "Please add every named member, and answer success for one that is already there.",
        ["https://github.com/simpleidserver/SimpleIdServer/issues/245"]);
    /// Disabled users are hidden.
    HIDDEN = (14, "hidden-inactive",
        "A user who comes back is not found: Entra creates the user again, which fails or makes a duplicate.",
        "Please return users who are not active too, by id and by filter, with `active`: false.",
        ["https://github.com/Budibase/budibase/issues/17628"]);
    /// Disabled users lose their groups.
    MEMBERSHIP = (14, "membership-lost",
        "A user who is disabled and restored is in no group of the app: Entra does not send memberships again.",
        "Please keep the memberships of users who are not active.",
        ["https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works"]);
    /// 409.
    CONFLICT = (15, "conflict",
        "A user or group that exists is created a second time.",
        "Please answer the creation of something that exists with 409 and scimType uniqueness (RFC 7644, section 3.3).",
        ["https://github.com/getsentry/sentry/issues/117860"]);
    /// Members are returned though they are excluded.
    EXCLUSION = (16, "excluded-members",
        "Large groups are slow to read, and may exceed what Entra reads.",
        "Please leave out members for `excludedAttributes=members`.",
        ["https://github.com/simpleidserver/SimpleIdServer/issues/490"]);
    /// The schemas of a new group.
    GROUP_SCHEMA = (17, "group-schema",
        "No group is created in the app.",
        "Please ignore schemas that the endpoint does not know.",
        ["https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups"]);
    /// Deletion.
    DELETION = (18, "deletion",
        "Users and groups that are deleted in Entra stay in the app, or cannot be created again.",
        "Please delete for DELETE, with 204, and then answer 404 by id and nothing by filter.",
        ["https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works"]);
    /// Roles.
    ROLES = (19, "roles",
        "App roles are not written to the app.",
        "Please accept roles as Microsoft documents them.",
        ["https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes"]);
    /// Other forms.
    OLD_FORM = (20, "older-form",
        "Entra is not known to send this today; Microsoft's SCIM Validator or an older version does.",
        "Please accept this form too, if Microsoft's SCIM Validator must pass.",
        []);
    /// Descriptions.
    DISCOVERY = (20, "discovery",
        "Entra reads /Schemas of certain apps in its gallery only, and then offers what they describe as targets of mappings.",
        "Please describe every attribute in /Schemas, as a ListResponse without null values (RFC 7644, section 4).",
        ["https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups"]);
    /// Limits.
    RATE = (21, "rate",
        "Provisioning takes longer, and may fail: Microsoft asks for 25 requests per second and tenant.",
        "Please allow at least 25 requests per second.",
        ["https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups"]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harms_are_in_order_and_have_names_of_their_own() {
        assert!(HARMS.is_sorted_by_key(|harm| harm.rank));
        let mut names: Vec<&str> = HARMS.iter().map(|harm| harm.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), HARMS.len());
        for harm in HARMS {
            assert!(harm.consequence.ends_with('.') && harm.vendor.starts_with("Please "), "{}", harm.name);
        }
    }
}
