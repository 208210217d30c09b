use std::cell::LazyCell;
use std::collections::HashMap;

use super::misspelt_target::Spellings;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::policy::{ObjectRequirements, Patterns, matches_pattern};
use crate::rules::{Findings, Judged, RowView, Rule, Target, page};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "forbidden-mapping",
        section: Section::Mapping,
        severity: Severity::Warning,
        fix: Applicability::Unsafe,
        evidence: &[Evidence::Schema],
        summary: "A mapping sends an attribute that the policy forbids",
        page: page!("forbidden-mapping"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.active_mappings()? {
        let Some(kind) = mapping.kind else { continue };
        let requirements = target.policy.requirements(kind);
        let [forbidden, single] = [&requirements.forbidden, &requirements.single].map(|list| Patterns::new(list));
        let allowed = requirements.allowed.as_deref().map(Patterns::new);
        // Of the attributes that match a pattern, only the first may be sent.
        let mut first: HashMap<&str, &str> = HashMap::new();
        let mut first_of = |pattern| {
            let is_first = |other: &&RowView<'_>| matches_pattern(pattern, other.target);
            *first.entry(pattern).or_insert_with(|| mapping.rows.iter().find(is_first).map_or("", |row| row.target))
        };
        let who = LazyCell::new(|| target.policy.who_says(|policy| &policy.requirements(kind).forbidden));
        let spellings = requirements.allowed.as_ref().map(|_| Spellings::of(target, mapping));
        // misspelt-target reports a misspelling of a required row.
        let is_misspelt =
            |row: &RowView<'_>| spellings.as_ref().is_some_and(|spellings| spellings.meant(row).is_some());
        for row in &mapping.rows {
            let name = row.target;
            let message = if let Some(pattern) = forbidden.find(name) {
                let by = if pattern == name { String::new() } else { format!(" (pattern `{pattern}`)") };
                format!("`{name}` is sent, but {} forbids it{by}", *who)
            // duplicate-target reports the same target twice.
            } else if let Some((pattern, first)) = single.find(name).map(|pattern| (pattern, first_of(pattern)))
                && !is_same_value(first, name)
            {
                format!("`{name}` and `{first}` are sent, but {} accepts only one `{pattern}`", target.policy.vendor)
            } else if allowed.as_ref().is_some_and(|allowed| is_extra(requirements, allowed, name)) && !is_misspelt(row)
            {
                format!("`{name}` is sent, but {} does not accept this attribute", target.policy.vendor)
            } else {
                continue;
            };
            findings
                .add(mapping.subject(name), row.pointer().key("targetAttributeName"), message)
                .label("must not be sent")
                .delete_row(mapping, row);
        }
    }
    Ok(())
}

/// Whether an attribute is neither on the policy's list of allowed attributes nor required.
fn is_extra(requirements: &ObjectRequirements, allowed: &Patterns<'_>, name: &str) -> bool {
    let required = || requirements.rows.iter().any(|row| row.target.eq_ignore_ascii_case(name));
    !name.is_empty() && allowed.find(name).is_none() && !required()
}

/// Whether two targets belong to the same value, as `emails[type eq "work"].value` and `.primary` do.
fn is_same_value(one: &str, other: &str) -> bool {
    value(one).eq_ignore_ascii_case(value(other))
}

/// A target without the sub-attribute after its filter.
fn value(target: &str) -> &str {
    target.rfind(']').map_or(target, |end| &target[..=end])
}

#[cfg(test)]
mod tests {
    use super::is_same_value;

    #[test]
    fn attributes_after_the_same_filter_belong_to_one_value() {
        for (one, other, same) in [
            (r#"emails[type eq "work"].value"#, r#"emails[type eq "work"].value"#, true),
            (r#"emails[type eq "work"].value"#, r#"emails[type eq "work"].primary"#, true),
            (r#"emails[type eq "work"].value"#, r#"Emails[Type eq "Work"].display"#, true),
            (r#"emails[type eq "work"]"#, r#"emails[type eq "work"].value"#, true),
            (r#"emails[type eq "work"].value"#, r#"emails[type eq "home"].value"#, false),
            (r#"emails[type eq "work"].value"#, r#"emails[type eq "home"].primary"#, false),
            (r#"emails[type eq "a]b"].value"#, r#"emails[type eq "a]c"].value"#, false),
            (r#"emails[type eq "work"].value"#, r#"phoneNumbers[type eq "work"].value"#, false),
            (r#"emails[type eq "work"].value"#, "emails", false),
            ("name.givenName", "name.familyName", false),
            ("title", "Title", true),
        ] {
            assert_eq!(is_same_value(one, other), same, "{one} {other}");
        }
    }
}
