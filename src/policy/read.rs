//! Reads YAML as a [`Policy`] and locates mistakes.

use super::error::PolicyError;
use super::file::{ObjectFile, PolicyFile};
use super::yaml_place::{Step, locate};
use super::{ChosenBy, DEFAULT_PROFILE, Ignore, ObjectRequirements, PROFILES, Policy, RowRequirement, profile};

/// The largest policy in bytes: libyaml takes quadratic time for hostile nesting.
const LARGEST: usize = 256 * 1024;
/// The deepest nesting of brackets, for the same reason.
const DEEPEST: usize = 64;

/// Reads a policy file. `known_rules` are the ids of all rules.
///
/// A file without `policies` holds one policy. It extends its profile, or `profile_override` if that is given.
///
/// # Errors
/// For the first mistake; see [`PolicyError`].
pub fn read(
    yaml: &str,
    profile_override: Option<&str>,
    known_rules: impl IntoIterator<Item = &'static str> + Clone,
) -> Result<Vec<Policy>, PolicyError> {
    guard(yaml)?;
    // An empty file, or one with only comments, is a policy without requirements of its own.
    let file: Option<PolicyFile> = serde_yaml::from_str(yaml).map_err(|error| explain(yaml, &error))?;
    let mut file = file.unwrap_or_default();
    match file.policies.take() {
        None => Ok(vec![settle(yaml, &[], file, profile_override, known_rules)?]),
        Some(policies) => policies
            .into_iter()
            .enumerate()
            .map(|(index, policy)| {
                let path = [Step::Key("policies"), Step::Index(index)];
                settle(yaml, &path, policy, profile_override, known_rules.clone())
            })
            .collect(),
    }
}

/// The policy of a profile alone.
///
/// # Errors
/// When there is no profile of that name; the error names the nearest.
pub fn default_policy(profile_name: Option<&str>) -> Result<Policy, PolicyError> {
    let name = profile_name.unwrap_or(DEFAULT_PROFILE);
    let Some(found) = profile(name) else {
        let known = PROFILES.iter().map(|profile| profile.name);
        return Err(PolicyError::new(format!("there is no profile `{name}`")).or(name, known));
    };
    let file = found.file()?;
    let chosen_by = if profile_name.is_some() { ChosenBy::Flag } else { ChosenBy::Default };
    let mut policy = Policy { profile: file.name, chosen_by, vendor: file.title, ..Policy::default() };
    overlay(&mut policy, file.policy);
    Ok(policy)
}

fn settle(
    yaml: &str,
    path: &[Step<'_>],
    file: PolicyFile,
    profile_override: Option<&str>,
    known_rules: impl IntoIterator<Item = &'static str> + Clone,
) -> Result<Policy, PolicyError> {
    let place = |steps: &[Step<'_>]| locate(yaml, &[path, steps].concat());
    let unknown_rule = |rule: &str, steps: &[Step<'_>]| {
        PolicyError::new(format!("there is no rule `{rule}`")).at(yaml, place(steps)).or(rule, known_rules.clone())
    };
    if file.policies.is_some() {
        let error = PolicyError::new("`policies` cannot be nested in `policies`");
        return Err(error.at(yaml, place(&[Step::Key("policies")])));
    }
    for (rule, _) in &file.rules.0 {
        if !known_rules.clone().into_iter().any(|known| known == rule) {
            return Err(unknown_rule(rule, &[Step::Key("rules"), Step::Key(rule)]));
        }
    }
    for (index, ignore) in file.ignore.iter().enumerate() {
        if !known_rules.clone().into_iter().any(|known| known == ignore.rule) {
            return Err(unknown_rule(&ignore.rule, &[Step::Key("ignore"), Step::Index(index), Step::Key("rule")]));
        }
    }
    let mut policy = default_policy(profile_override.or(file.profile.as_deref())).map_err(|error| {
        if profile_override.is_some() { error } else { error.at(yaml, place(&[Step::Key("profile")])) }
    })?;
    if profile_override.is_none() && file.profile.is_some() {
        policy.chosen_by = ChosenBy::PolicyFile;
    }
    overlay(&mut policy, file);
    Ok(policy)
}

/// Overwrites the parts of a policy that a file sets.
fn overlay(policy: &mut Policy, file: PolicyFile) {
    fn set<T>(value: &mut T, typed: Option<T>) {
        if let Some(typed) = typed {
            *value = typed;
        }
    }
    set(&mut policy.app_names, file.app.names);
    policy.tenant_url = file.app.tenant_url.map(|patterns| patterns.0).or(policy.tenant_url.take());
    policy.scim_flag = file.app.scim_flag.map(|flag| flag.required).or(policy.scim_flag);
    policy.target_directory = file.app.target_directory.or(policy.target_directory.take());
    policy.scope = file.app.scope.or(policy.scope);
    set(&mut policy.groups, file.groups.map(|groups| groups.into_iter().map(|group| group.0).collect()));
    policy.direct_assignment = file.users.direct_assignment.or(policy.direct_assignment);
    overlay_object(&mut policy.user, file.mappings.user);
    overlay_object(&mut policy.group, file.mappings.group);
    policy.levels.extend(file.rules.0);
    policy.ignore.extend(file.ignore.into_iter().map(|ignore| Ignore {
        rule: ignore.rule,
        subject: ignore.subject,
        reason: ignore.reason.0,
        until: ignore.until.map(|day| day.0),
    }));
    policy.export_max_age_days = file.export.max_age_days.or(policy.export_max_age_days);
}

fn overlay_object(requirements: &mut ObjectRequirements, file: ObjectFile) {
    requirements.enabled = file.enabled.or(requirements.enabled);
    requirements.actions = file.actions.map(|actions| actions.0).or(requirements.actions.take());
    requirements.filterable = file.filterable.or(requirements.filterable.take());
    requirements.forbidden.extend(file.forbid.unwrap_or_default());
    requirements.single.extend(file.single.unwrap_or_default());
    if let Some(allowed) = file.allow {
        requirements.allowed.get_or_insert_default().extend(allowed);
    }
    for (target, typed) in file.rows.0 {
        let row = match requirements.rows.iter_mut().find(|row| row.target == target) {
            Some(row) => row,
            None => requirements.rows.push_mut(RowRequirement { target, ..RowRequirement::default() }),
        };
        if !typed.sources.is_empty() {
            row.sources = typed.sources;
            row.because = None;
        }
        row.apply_always = typed.apply_always.unwrap_or(row.apply_always);
        row.precedence = typed.precedence.or(row.precedence);
        row.severity = typed.severity.or(row.severity);
        row.because = typed.because.or(row.because.take());
    }
}

fn guard(yaml: &str) -> Result<(), PolicyError> {
    if yaml.len() > LARGEST {
        return Err(PolicyError::new(format!("a policy may have at most {LARGEST} bytes, this has {}", yaml.len())));
    }
    let mut depth = 0_usize;
    for (at, byte) in yaml.bytes().enumerate() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            let mut error = PolicyError::new(format!("brackets are nested deeper than {DEEPEST} levels"));
            error.span = Some(at..at + 1);
            return Err(error);
        }
    }
    Ok(())
}

/// Rewrites an error of serde_yaml: its place becomes the span, its list of names the help.
fn explain(yaml: &str, error: &serde_yaml::Error) -> PolicyError {
    let text = error.to_string();
    let text = text.rfind(" at line ").map_or(text.as_str(), |end| &text[..end]);
    let mut found = PolicyError::new(text);
    for (sign, said) in [("unknown field `", "unknown key"), ("unknown variant `", "unknown value")] {
        let Some((_, rest)) = text.split_once(sign) else { continue };
        let mut quoted = rest.split('`');
        let wrong = quoted.next().unwrap_or_default();
        let known: Vec<&str> = quoted.skip(1).step_by(2).collect();
        found = PolicyError::new(format!("{said} `{wrong}`")).or(wrong, known);
    }
    if let Some((_, missing)) = text.split_once("missing field ") {
        found.message = format!("{missing} is required here");
    }
    found.at(yaml, error.location().map(|location| (location.line(), location.column())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;
    use crate::policy::Level;

    const RULES: [&str; 2] = ["username-source", "unexpected-assignment"];

    fn mistake(yaml: &str) -> (String, String, String) {
        let error = read(yaml, None, RULES).expect_err(yaml);
        let place = error.span.map(|span| yaml[span].to_owned()).unwrap_or_default();
        (place, error.message, error.help.unwrap_or_default())
    }

    #[test]
    fn the_documented_policy_is_read_whole() {
        let yaml = r#"
version: 1
profile: truu-total
app:
  names: ["TOTAL", "TruU TOTAL*"]
  tenant-url: "https://*.example.com/scim*"
groups:
  - TOTAL-Admin
  - id: 3f0c1c52-0000-4000-8000-000000000001
    name: TOTAL-Analyst
users:
  direct-assignment: warn
mappings:
  user:
    title: jobTitle
    userName: { any-of: [userPrincipalName, mail], precedence: 1 }
    externalId: { source: objectId, apply: always }
  group:
    enabled: true
rules:
  unexpected-assignment: error
ignore:
  - rule: username-source
    subject: User/userName
    reason: users sign in with mail
    until: 2027-06-30
"#;
        let policy = read(yaml, None, RULES).unwrap().remove(0);
        assert_eq!(policy.groups.len(), 2);
        let sources = &policy.user.row("userName").unwrap().sources;
        assert_eq!(sources.iter().map(ToString::to_string).collect::<Vec<_>>(), ["userPrincipalName", "mail"]);
        assert_eq!(policy.levels["unexpected-assignment"], Level::At(Severity::Error));
        assert!(policy.ignore[0].covers("username-source", "User/userName"));
        assert!(!policy.ignore[0].expired("2027-06-30".parse().unwrap()));
        assert!(policy.ignore[0].expired("2027-07-01".parse().unwrap()));
        assert!(policy.user.row("externalId").unwrap().apply_always, "from the profile");
    }

    #[test]
    fn mistakes_are_pointed_at_with_the_nearest_name() {
        let said = |place: &str, message: &str, help: &str| (place.into(), message.into(), help.into());
        assert_eq!(
            mistake("version: 1\nmapings:\n  user: {}\n"),
            said("mapings", "unknown key `mapings`", "did you mean `mappings`?")
        );
        assert_eq!(
            mistake("mappings:\n  user:\n    userName: { any-off: [mail] }\n"),
            said("any-off", "unknown key `any-off`", "did you mean `any-of`?")
        );
        assert_eq!(
            mistake("rules:\n  username-sorce: off\n"),
            said("username-sorce", "there is no rule `username-sorce`", "did you mean `username-source`?")
        );
        assert_eq!(
            mistake("rules:\n  username-source: eror\n"),
            said("eror", "unknown value `eror`", "did you mean `error`?")
        );
        assert_eq!(
            mistake("policies:\n- profile: truu-totl\n"),
            said("profile", "there is no profile `truu-totl`", "did you mean `truu-total`?")
        );
        assert_eq!(
            mistake("mappings:\n  user:\n    alow: [title]\n"),
            said("[title", "unknown key `alow`", "did you mean `allow`?")
        );
        assert_eq!(
            mistake("mappings:\n  group:\n    enable: false\n"),
            said("false", "unknown key `enable`", "did you mean `enabled`?")
        );
        assert_eq!(
            mistake("mappings:\n  user:\n    externalId: 'Apend(\"*:\", [objectId])'\n"),
            said("'Apend(\"*:\", [objectId])'", "unknown value `Apend`", "did you mean `Append`?")
        );
        assert_eq!(
            mistake("app:\n  scim-flag: requred\n"),
            said("requred", "unknown value `requred`", "did you mean `required`?")
        );
        assert_eq!(
            mistake("mappings:\n  user:\n    actions: [create, delet]\n"),
            said("delet", "unknown value `delet`", "did you mean `delete`?")
        );
        assert_eq!(
            mistake("mappings:\n  user:\n    action: [create]\n"),
            said("[create", "unknown key `action`", "did you mean `actions`?")
        );
        assert!(mistake("mappings:\n  user:\n    actions: []\n").1.contains("`enabled: false`"));
        for (row, place, part) in [
            ("{ any-of: [mail, 'Append(\"x\" [mail])'] }", "'Append(\"x\" [mail])'", "a comma is missing"),
            ("'append([mail], \"x\")'", "'append([mail], \"x\")'", "is called `Append`"),
            ("'Append([mail])'", "'Append([mail])'", "number of arguments"),
            ("'Trim([mail])'", "'Trim([mail])'", "only in cloud sync"),
            ("{ source: mail, severity: bad }", "bad", "unknown value `bad`"),
            ("[mail]", "[mail", "invalid type"),
        ] {
            let (found, message, _) = mistake(&format!("mappings:\n  user:\n    userName: {row}\n"));
            assert_eq!(found, place, "{row}");
            assert!(message.contains(part), "{row}: {message}");
        }
        let (place, message, _) = mistake("ignore:\n- rule: username-source\n");
        assert_eq!((place.as_str(), message.as_str()), ("rule", "`reason` is required here"));
        let (place, message, _) = mistake("ignore:\n- rule: username-source\n  reason: x\n  until: tomorrow\n");
        assert_eq!(place, "tomorrow");
        assert!(message.contains("is not a date such as"), "{message}");
        let (place, ..) = mistake("groups: TOTAL\n");
        assert_eq!(place, "TOTAL");
        assert_eq!(mistake("version: 2\n").0, "2");
        assert!(mistake("rules:\n  username-source: off\n  username-source: error\n").1.contains("twice"));
        assert!(mistake(&"{a: ".repeat(5_000)).1.contains("nested"));
    }

    #[test]
    fn an_empty_policy_is_its_profile() {
        for yaml in ["", "# nothing yet\n", "version: 1\n"] {
            assert_eq!(read(yaml, None, RULES).unwrap(), [default_policy(None).unwrap()]);
        }
    }
}
