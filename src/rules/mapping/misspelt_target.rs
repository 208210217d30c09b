use foldhash::{HashMap, HashSet};
use std::borrow::Cow;

use serde_json::json;

use crate::document::{Change, Pointer};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::ObjectKind;
use crate::rules::{Findings, Judged, MappingView, ObjectView, RowView, Rule, Target, page, portal};
use crate::text::{look_alikes, without_look_alikes};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "misspelt-target",
        section: Section::Mapping,
        severity: Severity::Error,
        fix: Applicability::Safe,
        evidence: &[Evidence::Schema],
        summary: "A target attribute is misspelt",
        page: page!("misspelt-target"),
    },
    check,
};

/// The user attributes of RFC 7643, sections 4.1 and 4.3, as mappings name them.
const USER: [&str; 27] = [
    "userName",
    "name.formatted",
    "name.familyName",
    "name.givenName",
    "name.middleName",
    "name.honorificPrefix",
    "name.honorificSuffix",
    "displayName",
    "nickName",
    "profileUrl",
    "title",
    "userType",
    "preferredLanguage",
    "locale",
    "timezone",
    "active",
    "password",
    "roles",
    "entitlements",
    "externalId",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
    "emails[type eq \"work\"].value",
];

/// The group attributes of RFC 7643, section 4.2.
const GROUP: [&str; 3] = ["displayName", "externalId", "members"];

/// Whether RFC 7643 defines a target attribute of that exact name.
pub fn is_standard_target(kind: ObjectKind, name: &str) -> bool {
    known(Some(kind)).contains(&name)
}

fn known(kind: Option<ObjectKind>) -> &'static [&'static str] {
    match kind {
        Some(ObjectKind::User) => &USER,
        Some(ObjectKind::Group) => &GROUP,
        None => &[],
    }
}

/// The most required attributes that a target is compared with letter by letter. More of them are missing only where the
/// mapping is not the app's at all.
const MOST_COMPARED: usize = 100;

/// The well-known and required attributes of an object mapping, to recognise misspelt ones.
pub(in crate::rules) struct Spellings<'t> {
    required: HashSet<&'t str>,
    /// The first required attributes that no row writes, and their spellings.
    unwritten: Vec<(&'t str, String)>,
    known: &'static [&'static str],
    by_spelling: HashMap<String, &'t str>,
    /// The target object, whose attribute list is read only for a name that needs it.
    object: Option<&'t ObjectView<'t>>,
}

impl<'t> Spellings<'t> {
    pub(in crate::rules) fn of(target: &'t Target<'_>, mapping: &'t MappingView<'t>) -> Self {
        let known = known(mapping.kind);
        let rows = mapping.kind.map(|kind| target.policy.requirements(kind).rows.as_slice()).unwrap_or_default();
        let required = || rows.iter().map(|row| row.target.as_str());
        let unwritten = required().filter(|name| mapping.rows_to(name).next().is_none()).take(MOST_COMPARED);
        let unwritten = unwritten.map(|name| (name, spelling(name))).collect();
        let by_spelling = known.iter().copied().chain(required()).map(|name| (spelling(name), name)).collect();
        Spellings { required: required().collect(), unwritten, known, by_spelling, object: mapping.target.as_deref() }
    }

    /// The well-known or required attribute that a row's target is a misspelling of; `None` where it is spelt correctly
    /// or resembles none.
    pub(in crate::rules) fn meant(&self, row: &RowView<'_>) -> Option<Cow<'t, str>> {
        let name = row.target;
        if name.is_empty() || self.required.contains(name) || self.known.contains(&name) {
            return None;
        }
        // A name with a character that looks like another one is wrong, even if the attribute list has it too.
        if let Some(plain) = look_alike(name) {
            let spelt = spelling(&plain);
            let listed = || self.object.into_iter().flat_map(ObjectView::names);
            let of_list = || listed().find(|listed| look_alike(listed).is_none() && spelling(listed) == spelt);
            let right = self.by_spelling.get(&spelt).copied().or_else(of_list);
            return Some(right.map_or(Cow::Owned(plain), Cow::Borrowed));
        }
        if self.unwritten.is_empty() && is_of_another_extension(name) {
            return None;
        }
        let spelling = spelling(name);
        if let Some(meant) = self.by_spelling.get(&spelling) {
            return Some(Cow::Borrowed(meant));
        }
        // Compare loosely only with required attributes that no row writes, and only if the target does not list the
        // attribute itself: otherwise it is a different attribute, not a misspelling.
        let own = || row.definition.is_some();
        self.unwritten
            .iter()
            .find(|(required, spelt)| urn_is_like(name, required) || (is_like(&spelling, spelt) && !own()))
            .map(|(required, _)| Cow::Borrowed(*required))
    }
}

/// The attributes that rows misspell. This rule reports these rows, and the others must not report the attributes as missing.
pub(in crate::rules) fn meant_by_rows<'t>(
    target: &'t Target<'_>,
    mapping: &'t MappingView<'_>,
) -> HashSet<Cow<'t, str>> {
    let spellings = Spellings::of(target, mapping);
    mapping.rows.iter().filter_map(|row| spellings.meant(row)).collect()
}

/// A target as it is probably meant, if it has characters that only look like those of SCIM: typographic quotation marks
/// and letters of other alphabets, or other marks around the text in a filter, of which SCIM knows only straight double
/// ones (RFC 7644, section 3.4.2.2).
fn look_alike(name: &str) -> Option<String> {
    let ascii = without_look_alikes(name);
    let Some((before, filter)) = ascii.as_deref().unwrap_or(name).split_once('[') else { return ascii };
    let filter = filter.replace("&quot;", "\"").replace("\\\"", "\"");
    // Between straight quotation marks an apostrophe is part of the text.
    let filter = if filter.contains('"') { filter } else { filter.replace(['\'', '`'], "\"") };
    let quoted = format!("{before}[{filter}");
    (quoted != name).then_some(quoted)
}

/// A name without the differences that are common mistakes: case, spaces, and a dot before an extension's attribute
/// (Entra wrote it with a dot before 2018).
fn spelling(name: &str) -> String {
    let mut name = name.to_ascii_lowercase();
    name.retain(|character| !character.is_whitespace());
    if name.starts_with("urn:")
        && let Some(at) = name.rfind("user.")
    {
        name.replace_range(at + 4..at + 5, ":");
    }
    name
}

/// Whether this is an attribute of a custom extension, and therefore no misspelling of an enterprise attribute.
fn is_of_another_extension(name: &str) -> bool {
    name.strip_prefix("urn:ietf:params:scim:schemas:extension:")
        .and_then(|rest| rest.split_once(':'))
        .is_some_and(|(extension, _)| !extension.eq_ignore_ascii_case("enterprise"))
}

/// Whether `name` differs from `wanted` in at most two letters, or is only its last part.
fn is_like(name: &str, wanted: &str) -> bool {
    let last = |name: &str| name.rsplit([':', '.']).next().unwrap_or_default().to_owned();
    let near = wanted.len() >= 5 && within_two_letters(name, wanted);
    let core_for_extension = wanted.contains(':') && !name.starts_with("urn:") && last(name) == last(wanted);
    near || core_for_extension
}

fn within_two_letters(name: &str, wanted: &str) -> bool {
    name.len().abs_diff(wanted.len()) <= 2 && strsim::osa_distance(name, wanted) <= 2
}

/// Whether two URNs end in the same attribute and their schemas differ in one or two letters. Listing a misspelt URN in the
/// target's attribute list does not make it correct.
fn urn_is_like(name: &str, wanted: &str) -> bool {
    let (Some((name_urn, name_last)), Some((wanted_urn, wanted_last))) =
        (name.rsplit_once(':'), wanted.rsplit_once(':'))
    else {
        return false;
    };
    name_last.eq_ignore_ascii_case(wanted_last) && name_urn != wanted_urn && within_two_letters(name_urn, wanted_urn)
}

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.active_mappings()? {
        let spellings = Spellings::of(target, mapping);
        let misspelt = mapping.rows.iter().filter_map(|row| Some((row, spellings.meant(row)?)));
        let misspelt: Vec<(&RowView<'_>, Cow<'_, str>)> = misspelt.collect();
        let mut times: HashMap<&str, usize> = HashMap::default();
        for (_, meant) in &misspelt {
            *times.entry(meant).or_default() += 1;
        }
        for (row, meant) in &misspelt {
            let meant = meant.as_ref();
            let name = row.target;
            let pointer = row.pointer().key("targetAttributeName");
            let case_only = name.eq_ignore_ascii_case(meant);
            let message = if look_alike(name).is_some() {
                let strange = look_alikes(name);
                let which = if strange.is_empty() { "quotation marks".to_owned() } else { strange };
                format!(
                    "`{name}` has characters that are not those of `{meant}`: {which}. The app does not find the value where it expects it"
                )
            } else if case_only {
                format!(
                    "`{name}` differs from `{meant}` only in upper and lower case; the attribute list has one spelling"
                )
            } else {
                format!(
                    "`{name}` looks like a misspelling of `{meant}`. The app does not find the value where it expects it"
                )
            };
            let found = findings.add(mapping.subject(meant), pointer.clone(), message).label("misspelt");
            let found = if case_only { found.at_most(Severity::Warning) } else { found };
            if times[meant] > 1 || mapping.rows_to(meant).any(|other| !std::ptr::eq(other, *row)) {
                found.manual(
                    format!("Keep only one of the rows for {meant}"),
                    portal::edit_row(mapping, name, format!("Delete this row, or the other row for {meant}")),
                );
                continue;
            }
            let listed = mapping.target.as_ref().is_none_or(|object| object.attribute(meant).is_some());
            let mut changes = if listed { vec![Change::Set { pointer, value: json!(meant) }] } else { Vec::new() };
            // Where the attribute was added to the list with the wrong characters, it is renamed there as well.
            if let (false, Some(entry)) = (listed, look_alike(name).and_then(|_| list_entry(mapping, name))) {
                let pointer = row.pointer().key("targetAttributeName");
                changes = vec![
                    Change::Set { pointer, value: json!(meant) },
                    Change::Set { pointer: entry.key("name"), value: json!(meant) },
                ];
            }
            let step = format!("Set Target attribute to {meant}");
            found.fix(
                format!("Correct the target attribute to {meant}"),
                portal::edit_row(mapping, name, step),
                changes,
            );
        }
    }
    Ok(())
}

/// The place of an attribute in the target's attribute list.
fn list_entry(mapping: &MappingView<'_>, name: &str) -> Option<Pointer> {
    mapping.target.iter().flat_map(|object| &object.definitions).find_map(|(pointer, definition)| {
        let attributes = definition.attributes.as_deref()?;
        let index = attributes.iter().position(|attribute| attribute.name.as_deref() == Some(name))?;
        Some(pointer.key("attributes").index(index))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEPARTMENT: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";

    #[test]
    fn the_standard_has_other_attributes_for_users_than_for_groups() {
        for (name, of_users, of_groups) in [
            ("userName", true, false),
            ("members", false, true),
            ("externalId", true, true),
            ("username", false, false),
            (DEPARTMENT, true, false),
        ] {
            let is_standard = [ObjectKind::User, ObjectKind::Group].map(|kind| is_standard_target(kind, name));
            assert_eq!(is_standard, [of_users, of_groups], "{name}");
        }
    }

    #[test]
    fn characters_that_look_like_others_are_recognised() {
        let right = "emails[type eq \"work\"].value";
        for name in [
            "emails[type eq “work”].value",
            "emails[type eq ‘work’].value",
            "emails[type eq 'work'].value",
            "emails[type eq &quot;work&quot;].value",
            "emails[type eq \\\"work\\\"].value",
            "emails[type\u{a0}eq \"work\"].value",
            "еmails[type eq \"work\"].value",
        ] {
            assert_eq!(look_alike(name).as_deref(), Some(right), "{name}");
        }
        for name in [right, "title", "urn:ietf:params:scim:schemas:extension:größe:2.0:User:größe"] {
            assert_eq!(look_alike(name), None, "{name}");
        }
    }

    #[test]
    fn a_urn_with_one_or_two_wrong_letters_is_like_the_right_one() {
        let urn = |middle: &str, last: &str| format!("urn:ietf:params:scim:schemas:extension:{middle}:User:{last}");
        for (name, is_alike) in [
            (urn("enterprise:2.1", "department"), true),
            (urn("enterprize:2.0", "Department"), true),
            (urn("enterprise:2.0", "department"), false),
            (urn("enterprise:2.1", "division"), false),
            (urn("enterprise:2.0", "division"), false),
            (urn("contoso:2.0", "department"), false),
            ("department".to_owned(), false),
        ] {
            assert_eq!(urn_is_like(&name, DEPARTMENT), is_alike, "{name}");
        }
        for (name, is_of_another) in [
            (urn("contoso:2.0", "department"), true),
            (urn("enterprise:2.0", "x"), false),
            (urn("Enterprise:2.0", "x"), false),
            ("title".to_owned(), false),
        ] {
            assert_eq!(is_of_another_extension(&name), is_of_another, "{name}");
        }
        assert!(!is_like("nickname", "username"), "of one length, with other letters");
    }

    #[test]
    fn common_misspellings_of_an_extension_attribute_are_recognised() {
        for name in [
            "department",
            "User.department",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.department",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0User:department",
            "urn:IETF:params:scim:schemas:extension:enterprise:2.0:User:department ",
        ] {
            let spelt = spelling(name);
            let wanted = spelling(DEPARTMENT);
            assert!(spelt == wanted || is_like(&spelt, &wanted), "{name}");
        }
        for name in ["departmentNumber", "urn:ietf:params:scim:schemas:extension:contoso:2.0:User:department", "title"]
        {
            assert!(
                spelling(name) != spelling(DEPARTMENT) && !is_like(&spelling(name), &spelling(DEPARTMENT)),
                "{name}"
            );
        }
    }
}
