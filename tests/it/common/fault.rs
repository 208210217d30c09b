//! What the SCIM server of the tests can do wrong.

/// What the server does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Removing one member removes all.
    RemovalClearsGroup,
    /// Removing a member by value answers 400.
    RemovalRefused,
    /// `"False"` answers 400.
    StringBooleanRefused,
    /// `"False"` is stored as a text.
    StringBooleanStored,
    /// `Add` answers 400, in any case.
    AddRefused,
    /// Operations with a capital answer 400.
    CapitalRefused,
    /// A filter in a path that no element fits answers 400, noTarget.
    AbsentElementRefused,
    /// A filter in a path adds an element each time.
    ElementDuplicated,
    /// A filter in a path adds an element without its type.
    ElementWithoutType,
    /// Keys of an operation without a path are stored as they are.
    PathlessLiteral,
    /// Operations without a path are ignored.
    PathlessIgnored,
    /// Every filter returns everything.
    FilterIgnored,
    /// Only userName can be filtered by... and not even that: every filter answers 400 for users that exist.
    FilterUnsupported,
    /// Filters respect case.
    FilterCaseSensitive,
    /// A query without a result answers 404.
    EmptyQueryNotFound,
    /// There is no /Groups.
    NoGroups,
    /// externalId is dropped.
    ExternalIdDropped,
    /// A manager as a text answers 400.
    ManagerRefused,
    /// The manager is returned as a text.
    ManagerReturnedAsText,
    /// Requests without a User-Agent get a page of a firewall.
    UserAgentRequired,
    /// Every answer is HTML.
    Html,
    /// Lesser: a user that exists is created once more.
    DuplicateAccepted,
    /// Lesser: users that are inactive are not found.
    InactiveHidden,
    /// Lesser: `excludedAttributes` is ignored.
    ExclusionIgnored,
    /// Lesser: a member that is one already answers 409.
    MemberTwiceRefused,
    /// Lesser: the second schema of a group answers 400.
    GroupSchemaRefused,
    /// Lesser: `title` is accepted and forgotten.
    TitleForgotten,
    /// Lesser: `startIndex` and `count` are ignored.
    PagesIgnored,
    /// Lesser: a filter on the manager finds no one.
    ManagerNotFound,
    /// Lesser: Replace with a filter in a path that no element fits answers 400, noTarget.
    ReplacingAbsentRefused,
    /// Lesser: a key like `name.givenName` of an operation without a path replaces the whole name.
    PathlessReplacesWhole,
    /// Lesser: a single operation that adds an attribute with a path answers 400.
    SingleAddRefused,
    /// Lesser: `active` in an operation without a path is ignored.
    PathlessActiveIgnored,
    /// Lesser: `active` as a boolean answers 400 without the flag.
    BooleanRefused,
    /// Lesser: a value cannot be removed.
    ValueRemovalRefused,
    /// Lesser: an update without operations answers 400.
    EmptyUpdateRefused,
    /// Lesser: several operations on one attribute answer 400.
    RepeatedOperationRefused,
    /// Lesser: a group with an empty list of members answers 400.
    EmptyMembersRefused,
    /// Lesser: externalId cannot be changed.
    ExternalIdFixed,
    /// Lesser: what is not there is deleted with 204.
    DeletedTwice,
    /// Lesser: a search for a group returns its members.
    SearchReturnsMembers,
    /// Lesser: roles are accepted and forgotten.
    RolesForgotten,
    /// Any token is accepted.
    AnyToken,
}
