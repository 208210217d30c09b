use super::misspelt_target::Spellings;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::policy::{ObjectRequirements, matches_pattern};
use crate::rules::{Findings, Judged, MappingView, RowView, Rule, Target, page};

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
        let spellings = requirements.allowed.as_ref().map(|_| Spellings::of(target, mapping));
        // misspelt-target reports a misspelling of a required row.
        let is_misspelt =
            |row: &RowView<'_>| spellings.as_ref().is_some_and(|spellings| spellings.meant(row).is_some());
        for row in &mapping.rows {
            let name = row.target;
            let message = if let Some(pattern) = matching_pattern(&requirements.forbidden, name) {
                let by = if pattern == name { String::new() } else { format!(" (pattern `{pattern}`)") };
                let who = target.policy.who_says(|policy| &policy.requirements(kind).forbidden);
                format!("`{name}` is sent, but {who} forbids it{by}")
            } else if let Some((pattern, first)) = first_of_single(requirements, mapping, row) {
                format!("`{name}` and `{first}` are sent, but {} accepts only one `{pattern}`", target.policy.vendor)
            } else if is_extra(requirements, name) && !is_misspelt(row) {
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

fn matching_pattern<'p>(patterns: &'p [String], name: &str) -> Option<&'p String> {
    patterns.iter().find(|pattern| matches_pattern(pattern, name))
}

/// Whether the policy has a list of allowed attributes, and this one is neither on it nor required.
fn is_extra(requirements: &ObjectRequirements, name: &str) -> bool {
    let required = requirements.rows.iter().any(|row| row.target.eq_ignore_ascii_case(name));
    requirements
        .allowed
        .as_ref()
        .is_some_and(|allowed| !required && !name.is_empty() && matching_pattern(allowed, name).is_none())
}

/// For an attribute of which only one may be sent: the pattern, and the first row that sends one.
fn first_of_single<'p, 'a>(
    requirements: &'p ObjectRequirements,
    mapping: &MappingView<'a>,
    row: &RowView<'a>,
) -> Option<(&'p str, &'a str)> {
    let pattern = matching_pattern(&requirements.single, row.target)?;
    let first = mapping.rows.iter().find(|other| matches_pattern(pattern, other.target))?;
    // duplicate-target reports the same target twice.
    (!is_same_value(first.target, row.target)).then_some((pattern.as_str(), first.target))
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
