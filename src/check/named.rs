//! Attributes that a policy names, compared with the attribute lists of the schema.
//!
//! A requirement with a misspelt name must not send an administrator to the portal: the policy is wrong, not the
//! configuration.

use super::CheckError;
use crate::finding::Evidence;
use crate::policy::{AttributeRole, NamedAttribute, PolicyError, PolicyErrors};
use crate::rules::{MappingView, ObjectView, Target, is_standard_target};
use crate::simulate::RowSource;

/// Refuses a policy whose own text names attributes that are misspelt by the schema's attribute lists.
///
/// # Errors
/// For all of them.
pub fn expect_named(name: &str, target: &Target<'_>) -> Result<(), CheckError> {
    let Some(first) = target.policy.named.first() else { return Ok(()) };
    let mut mistakes: Vec<PolicyError> =
        target.policy.named.iter().filter_map(|one| mistake(name, target, one)).collect();
    if mistakes.is_empty() {
        return Ok(());
    }
    mistakes.sort_by_key(|mistake| mistake.span.as_ref().map(|span| span.start));
    Err(CheckError::Policy { file: first.file.clone(), errors: Box::new(PolicyErrors(mistakes)) })
}

fn mistake(text: &str, target: &Target<'_>, named: &NamedAttribute) -> Option<PolicyError> {
    target.has(Evidence::Schema).ok()?;
    let name = named.name.as_str();
    let is_source = named.role == AttributeRole::Source;
    if !is_source && is_standard_target(named.kind, name) {
        return None;
    }
    let side =
        |mapping: &&'_ MappingView<'_>| if is_source { mapping.source.is_some() } else { mapping.target.is_some() };
    let mappings: Vec<&MappingView<'_>> = target.mappings_of(named.kind).ok()?.into_iter().filter(side).collect();
    let lists = || {
        mappings.iter().filter_map(|mapping| if is_source { mapping.source.as_ref() } else { mapping.target.as_ref() })
    };
    // What the schema itself maps is not misspelt.
    let is_mapped = mappings.iter().flat_map(|mapping| &mapping.rows).any(|row| match &row.source {
        RowSource::Attribute(source) if is_source => *source == name,
        _ => !is_source && row.target == name,
    });
    if is_mapped || lists().any(|list| list.attribute(name).is_some()) {
        return None;
    }
    let other_case = lists().find_map(|list| list.other_case(name));
    if other_case.is_some() && named.role == AttributeRole::Listed {
        return None;
    }
    let near = other_case.or_else(|| lists().find_map(|list| misspelt(name, list)))?;
    // Who names both knows that they are two.
    if target.policy.named.iter().any(|other| other.kind == named.kind && other.name == near) {
        return None;
    }
    let list = if is_source { "Entra ID's attribute list" } else { "the app's attribute list" };
    let own = if other_case.is_some() {
        "Upper and lower case matter here"
    } else {
        "If it is another attribute, add it to the attribute list of the app's mapping first"
    };
    Some(PolicyError {
        message: format!("`{name}` is not in {list} ({text})"),
        help: Some(format!("did you mean `{near}`? {own}")),
        span: named.span(),
    })
}

/// The attribute that a name is a misspelling of: in a long name one letter is another, or two are swapped.
///
/// This is stricter than a suggestion in an error: an attribute that the list does not have yet must not look like a mistake.
/// So names of different lengths are different (`objectSid` is not `objectId`), and so are names that differ in digits
/// only, and directory extensions.
fn misspelt<'a>(name: &str, list: &ObjectView<'a>) -> Option<&'a str> {
    const SHORTEST: usize = 6;
    let folded = name.to_lowercase();
    let letters = |name: &str| name.replace(|letter: char| letter.is_ascii_digit(), "");
    if folded.starts_with("extension_") || folded.len() < SHORTEST {
        return None;
    }
    let is_near = |other: &&str| {
        let other = other.to_lowercase();
        let same_length = folded.chars().count() == other.chars().count();
        same_length && letters(&folded) != letters(&other) && strsim::osa_distance(&folded, &other) == 1
    };
    list.names().filter(is_near).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Judge, One};
    use crate::policy::Policies;

    const SCHEMA: &str = r#"{
        "synchronizationRules": [{
            "sourceDirectoryName": "Azure Active Directory", "targetDirectoryName": "customappsso",
            "objectMappings": [{
                "enabled": true, "sourceObjectName": "User", "attributeMappings": [],
                "targetObjectName": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
            }]
        }],
        "directories": [
            {"name": "Azure Active Directory", "objects": [{"name": "User", "attributes": [
                {"name": "objectId"}, {"name": "userPrincipalName"}, {"name": "mail"}, {"name": "employeeId"},
                {"name": "extensionAttribute1"}, {"name": "extension_abc_costCenter"}
            ]}]},
            {"name": "customappsso", "objects": [{
                "name": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "attributes": [
                    {"name": "externalID"}, {"name": "userName"}, {"name": "title"}, {"name": "roles"},
                    {"name": "urn:ietf:params:scim:schemas:extension:contoso:2.0:User:badgeId"}
                ]
            }]}
        ]
    }"#;

    /// The misspelt names, and what they are misspellings of.
    fn misspelt(schema: &str, yaml: &str) -> Vec<String> {
        let judge = Judge::by(Policies::of_text(yaml, Some("generic"), []).unwrap());
        match One::read("x.json", schema).unwrap().judge(&judge) {
            Ok(_) => Vec::new(),
            Err(CheckError::Policy { errors, .. }) => {
                let quoted = |text: &str| text.split('`').nth(1).unwrap_or_default().to_owned();
                let mistakes = errors.0.iter();
                mistakes
                    .map(|one| {
                        assert_eq!(yaml[one.span.clone().unwrap()], quoted(&one.message));
                        format!("{}: {}", quoted(&one.message), quoted(one.help.as_deref().unwrap()))
                    })
                    .collect()
            }
            Err(other) => panic!("{other}"),
        }
    }

    fn in_rows(schema: &str, rows: &str) -> Vec<String> {
        misspelt(schema, &format!("mappings:\n  user:\n    {}\n", rows.trim().replace('\n', "\n    ")))
    }

    #[test]
    fn a_misspelt_name_is_a_mistake_of_the_policy_wherever_it_is() {
        for (rows, mistake) in [
            ("externalId: objectid", "objectid: objectId"),
            ("externalId: { source: objektId }", "objektId: objectId"),
            ("userName: { any-of: [mail, userPrincipalNaem] }", "userPrincipalNaem: userPrincipalName"),
            ("nickName: 'Append(\"*:\", [objectID])'", "objectID: objectId"),
            ("Title: mail", "Title: title"),
            ("forbid: [userNane]", "userNane: userName"),
        ] {
            assert_eq!(in_rows(SCHEMA, rows), [mistake], "{rows}");
        }
        let several = "policies:\n- app: { names: [x] }\n  mappings: { user: { title: employeeDi } }\n";
        assert_eq!(misspelt(SCHEMA, several), ["employeeDi: employeeId"]);
    }

    #[test]
    fn an_attribute_that_is_only_not_listed_is_no_mistake() {
        for rows in [
            "title: extensionAttribute2",
            "title: extension_abc_costCentre",
            "title: jobTitle",
            "title: employeeIds",
            "title: objectSid",
            "role: mail",
            "title: employeeHireDate",
            "externalId: objectId",
            "nickName: mail",
            "urn:ietf:params:scim:schemas:extension:contoso:2.0:User:badgeNo: mail",
            "forbid: [Title, 'titl*', role, roles]",
            "userName: { any-of: [objectid, objectId] }",
        ] {
            assert_eq!(in_rows(SCHEMA, rows), [""; 0], "{rows}");
        }
    }

    #[test]
    fn without_attribute_lists_no_name_is_a_mistake() {
        let unlisted = SCHEMA.replace("\"directories\"", "\"other\"");
        assert_eq!(in_rows(&unlisted, "externalId: objectid"), [""; 0]);
    }
}
