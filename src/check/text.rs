//! Checks every resource in a text.

use std::collections::HashMap;

use super::{
    CheckError, InputKind, Options, Origin, Outcome, TargetKind, TargetReport, about, expect_named, is_checked,
};
use crate::inspection::Inspection;
use crate::model::{ReadError, Resource};
use crate::rules::Target;

/// Checks every resource in a text.
pub fn text(options: &Options, origin: &Origin, text: &str) -> Outcome {
    if origin.kind == InputKind::Backup {
        return Outcome::passed_over(origin);
    }
    let inspection = Inspection::of(text);
    let resources = match inspection.read() {
        Ok(resources) => resources,
        Err(error) if origin.is_walked() && error.is_no_configuration() => return Outcome::passed_over(origin),
        Err(error) => {
            return cut_off(options, origin, &inspection, &error)
                .unwrap_or_else(|| Outcome::broken(origin, CheckError::reading(&origin.name, &inspection, &error)));
        }
    };
    let (mut outcome, mut unlocated) = (Outcome::default(), Vec::new());
    let mut ids: HashMap<Option<&str>, usize> = HashMap::new();
    resources.iter().for_each(|resource| *ids.entry(resource.id()).or_default() += 1);
    let identity = |file, resource: &Resource<'_>| identity(file, origin, resource, resources.len(), &ids);
    for resource in &resources {
        let part = if resources.len() == 1 { String::new() } else { format!("#{}", resource.pointer) };
        let (kind, app) = about(resource);
        let kind = if origin.kind == InputKind::Live { TargetKind::Live } else { kind };
        let app_name = app.as_ref().and_then(|app| app.display_name.as_deref());
        // An export of a whole tenant contains every app.
        if origin.kind == InputKind::Exporter && !app_name.is_some_and(|name| options.judge.policies.claim(name)) {
            continue;
        }
        let report = || {
            let report = origin.report(&part);
            let identity = identity(report.identity.clone(), resource);
            TargetReport { kind: Some(kind), app: app.clone(), identity, ..report }
        };
        let policy = options.judge.policy(app_name, &origin.name);
        let (policy, parts) = match policy.and_then(|policy| Ok((policy, options.judge.parts(&origin.name, resource)?)))
        {
            Ok(settled) => settled,
            Err(error) => {
                outcome.targets.push(TargetReport { error: Some(error.to_string()), ..report() });
                outcome.error = Some(error);
                continue;
            }
        };
        for part in parts {
            let target = part.target(&inspection, resource, policy, options.judge.today);
            if let Err(error) = expect_named(&origin.name, &target) {
                let report = part.report(report(), resource);
                outcome.targets.push(TargetReport { error: Some(error.to_string()), ..report });
                outcome.error = Some(error);
                continue;
            }
            outcome.checked |= is_checked(&target);
            unlocated.push(outcome.add(options, part.report(report(), resource), &target));
        }
    }
    outcome.locate(&inspection.text, unlocated);
    outcome
}

/// A file that PowerShell cut off gets a finding that says what to do, instead of an error.
fn cut_off(options: &Options, origin: &Origin, inspection: &Inspection<'_>, error: &ReadError) -> Option<Outcome> {
    let ReadError::Json { error, .. } = error else { return None };
    if !error.is_data() || inspection.cut_off.is_empty() {
        return None;
    }
    let policy = options.judge.policy(None, &origin.name).ok()?;
    let reason = "the export is cut off (truncated-export)".into();
    let target = Target::unreadable(inspection, policy, options.judge.today, reason);
    let report = TargetReport { kind: Some(TargetKind::Schema), ..origin.report("") };
    let mut outcome = Outcome { checked: true, cut_off: true, ..Outcome::default() };
    let unlocated = outcome.add(options, report, &target);
    outcome.locate(&inspection.text, vec![unlocated]);
    Some(outcome)
}

/// An identity that does not depend on when and where a resource is checked. Among several in a file it has the
/// schema's own id, since their order may change. Without a file it has the app's id, since two apps may have one name.
fn identity(
    file: String,
    origin: &Origin,
    resource: &Resource<'_>,
    count: usize,
    ids: &HashMap<Option<&str>, usize>,
) -> String {
    if let (None, Some(principal)) = (&origin.path, resource.service_principal_id()) {
        return format!("graph:{principal}");
    }
    if count == 1 {
        return file;
    }
    match resource.id().filter(|id| ids.get(&Some(*id)) == Some(&1)) {
        Some(id) => format!("{file}#{id}"),
        None => format!("{file}#{}", resource.pointer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Judge;
    use crate::policy::Policies;

    const SCHEMA: &str = r#"{"id": "a", "synchronizationRules": []}"#;

    fn outcome(origin: &Origin, content: &str) -> Outcome {
        text(&Options::new(Judge::by(Policies::built_in())), origin, content)
    }

    #[test]
    fn json_of_another_kind_is_an_error_only_if_it_was_named() {
        let named = outcome(&Origin::named("a.json"), "{}");
        assert!(matches!(named.error, Some(CheckError::NothingToCheck { .. })), "{named:?}");
        assert_eq!(named.targets[0].error, named.error.map(|error| error.to_string()));
        let walked = outcome(&Origin { kind: InputKind::Walked, ..Origin::named("a.json") }, "{}");
        assert!(walked.error.is_none() && walked.targets.is_empty(), "{walked:?}");
    }

    #[test]
    fn an_error_answer_is_an_error_also_in_a_directory_and_shows_no_credential() {
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
        let text = format!(r#"{{"error": {{"code": "Forbidden", "message": "no: {token}"}}}}"#);
        let walked = outcome(&Origin { kind: InputKind::Walked, ..Origin::named("a.json") }, &text);
        let said = walked.error.unwrap().to_string();
        assert!(said.contains("a.json is an error answer of Microsoft Graph") && !said.contains(token), "{said}");
    }

    #[test]
    fn an_exported_app_that_no_policy_claims_is_skipped() {
        let snapshot = r#"{"provlint": {"snapshot": 1}, "servicePrincipal": {"displayName": "Other"}}"#;
        let exported = outcome(&Origin { kind: InputKind::Exporter, ..Origin::named("a") }, snapshot);
        assert!(exported.error.is_none() && exported.targets.is_empty(), "{exported:?}");
        assert_eq!(outcome(&Origin::named("a"), snapshot).targets.len(), 1);
    }

    #[test]
    fn every_resource_is_a_target_with_an_identity_of_its_own() {
        let other = SCHEMA.replace("\"a\"", "\"b\"");
        let several = outcome(&Origin::named("x.json"), &format!("[{SCHEMA}, {other}]"));
        let identities: Vec<&str> = several.targets.iter().map(|target| target.identity.as_str()).collect();
        assert_eq!(identities, ["x.json#a", "x.json#b"]);
        let twice = outcome(&Origin::named("x.json"), &format!("[{SCHEMA}, {SCHEMA}]"));
        let identities: Vec<&str> = twice.targets.iter().map(|target| target.identity.as_str()).collect();
        assert_eq!(identities, ["x.json#/0", "x.json#/1"], "the same id twice identifies neither");
    }

    #[test]
    fn a_mistake_has_its_place_in_the_message() {
        let broken = outcome(&Origin::named("a.json"), "{\"synchronizationRules\": [\n  1,]}").error.unwrap();
        assert!(broken.to_string().starts_with("a.json:2:"), "{broken}");
        assert!(broken.span().is_some() && !broken.help().is_empty());
    }
}
