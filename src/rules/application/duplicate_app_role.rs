use std::collections::HashMap;

use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::portal::Step;
use crate::rules::role::sends_roles;
use crate::rules::{Findings, Judged, Rule, Target, page};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "duplicate-app-role",
        section: Section::Application,
        severity: Severity::Warning,
        fix: Applicability::Manual,
        evidence: &[Evidence::ServicePrincipal],
        summary: "Two app roles have the same value or name",
        page: page!("duplicate-app-role"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let roles = target.principal().and_then(|app| app.app_roles.as_deref()).unwrap_or_default();
    let worst = if sends_roles(target) { Severity::Warning } else { Severity::Info };
    let (mut values, mut names): (HashMap<&str, usize>, HashMap<&str, usize>) = Default::default();
    for (index, role) in roles.iter().enumerate().filter(|(_, role)| role.is_for_users()) {
        let filled = |text: Option<&'_ str>| text.is_some_and(|text| !text.is_empty());
        let value = role.value.as_deref().filter(|text| filled(Some(text)));
        let name = role.display_name.as_deref().filter(|text| filled(Some(text)));
        let same_value = value.and_then(|text| Some(("value", text, *values.get(text)?)));
        let same_name = name.and_then(|text| Some(("displayName", text, *names.get(text)?)));
        value.map(|text| *values.entry(text).or_insert(index));
        name.map(|text| *names.entry(text).or_insert(index));
        let Some((member, text, first)) = same_value.or(same_name) else { continue };
        let what = if member == "value" { "value" } else { "display name" };
        findings
            .add(
                format!("app role/{text}"),
                target.pointer.key("servicePrincipal").key("appRoles").index(index).key(member),
                format!(
                    "The app roles {} and {} have the same {what}, `{text}`. The app cannot tell them apart, and an app from which Entra imports roles goes into quarantine",
                    first.saturating_add(1),
                    index.saturating_add(1)
                ),
            )
            .label("a second time")
            .at_most(worst)
            .manual(
                format!("Give each role its own {what}, or disable one of them"),
                vec![Step::Registration("App roles".into()), format!("Change the {what} of one of the roles").into()],
            );
    }
    Ok(())
}
