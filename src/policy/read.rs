//! Reads YAML as a [`Policy`] and locates mistakes.

use std::sync::Arc;

use foldhash::HashMap;
use serde::de::IgnoredAny;

use super::error::{PolicyError, PolicyErrors};
use super::file::{ObjectFile, PolicyFile};
use super::named::{PolicyText, named};
use super::pruned::{Failure, Pruned};
use super::yaml_place::{Step, entry, locate};
use super::{ChosenBy, DEFAULT_PROFILE, Ignore, ObjectRequirements, PROFILES, Policy, RowRequirement, profile};

/// The largest policy in bytes: libyaml takes quadratic time for hostile nesting.
const LARGEST: usize = 256 * 1024;
/// The deepest nesting of brackets, for the same reason.
const DEEPEST: usize = 64;

/// The number of mistakes after which a file is not read further: each takes another reading.
const MOST: usize = 50;

/// Reads a policy file. `known_rules` are the ids of all rules.
///
/// A file without `policies` holds one policy. It extends its profile, or `profile_override` if that is given.
///
/// # Errors
/// For all mistakes; see [`PolicyError`].
pub fn read(
    yaml: &str,
    profile_override: Option<&str>,
    known_rules: impl IntoIterator<Item = &'static str> + Clone,
) -> Result<Vec<Policy>, PolicyErrors> {
    guard(yaml)?;
    let document = Pruned::new(yaml);
    // Nothing can be said about the contents of a file that is not YAML.
    document.read::<IgnoredAny>().map_err(|failure| explain(&document, &failure))?;
    let (document, file, mistakes) = parse(document);
    let text = Arc::new(PolicyText { name: "the policy".to_owned(), yaml: yaml.to_owned() });
    let too_many = mistakes.len() >= MOST;
    let mut reader = Reader { yaml, text, document, profile_override, known_rules, mistakes, too_many };
    let mut file = file.unwrap_or_default();
    if let Some(Err(error)) = profile_override.map(|name| default_policy(Some(name))) {
        reader.mistakes.push(error);
    }
    let policies: Vec<Policy> = match file.policies.take() {
        None => reader.settle(None, file).into_iter().collect(),
        Some(policies) => {
            policies.into_iter().enumerate().filter_map(|(index, policy)| reader.settle(Some(index), policy)).collect()
        }
    };
    if reader.too_many {
        reader
            .mistakes
            .push(PolicyError::new(format!("only the first {MOST} mistakes are reported; there may be more")));
    }
    if reader.mistakes.is_empty() { Ok(policies) } else { Err(PolicyErrors::sorted(reader.mistakes)) }
}

/// Parses a document again and again without the entries that hold mistakes. The file is `None` if it is empty, has only
/// comments, or cannot be read at all.
fn parse(mut document: Pruned<'_>) -> (Pruned<'_>, Option<PolicyFile>, Vec<PolicyError>) {
    let mut mistakes = Vec::new();
    loop {
        let failure = match document.read::<Option<PolicyFile>>() {
            Ok(file) => return (document, file, mistakes),
            Err(failure) => failure,
        };
        // What lacks something because of a mistake in it is no second mistake.
        if !failure.entry.as_deref().is_some_and(|entry| document.lacks_parts_of(entry)) {
            mistakes.push(explain(&document, &failure));
        }
        if mistakes.len() == MOST || !failure.entry.is_some_and(|entry| document.remove(entry)) {
            return (document, None, mistakes);
        }
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

/// What a file is checked with after it was parsed, and the mistakes so far.
struct Reader<'y, R> {
    yaml: &'y str,
    text: Arc<PolicyText>,
    document: Pruned<'y>,
    profile_override: Option<&'y str>,
    known_rules: R,
    mistakes: Vec<PolicyError>,
    /// Whether [`MOST`] was met.
    too_many: bool,
}

impl<R: IntoIterator<Item = &'static str> + Clone> Reader<'_, R> {
    /// The policy of a file, or of an entry of its `policies`.
    fn settle(&mut self, index: Option<usize>, file: PolicyFile) -> Option<Policy> {
        let path = index.map(|index| [Step::Key("policies"), Step::Index(index)]);
        let path = path.as_ref().map(<[_; 2]>::as_slice).unwrap_or_default();
        let is_pruned = |steps: &[Step<'_>]| {
            entry(&self.document, &[path, steps].concat()).is_some_and(|entry| self.document.lacks_parts_of(&entry))
        };
        let unknown_rule = |rule: &str| {
            let is_known = self.known_rules.clone().into_iter().any(|known| known == rule);
            (!is_known)
                .then(|| PolicyError::new(format!("there is no rule `{rule}`")).or(rule, self.known_rules.clone()))
        };
        let nested = file
            .policies
            .as_ref()
            .map(|_| (PolicyError::new("`policies` cannot be nested in `policies`"), vec![Step::Key("policies")]));
        let of_rules = file.rules.0.keys();
        let of_rules =
            of_rules.filter_map(|rule| Some((unknown_rule(rule)?, vec![Step::Key("rules"), Step::Key(rule)])));
        let of_ignores = file.ignore.iter().enumerate().flat_map(|(index, ignore)| {
            let entry = [Step::Key("ignore"), Step::Index(index)];
            let is_missing = [("rule", ignore.rule.is_none()), ("reason", ignore.reason.is_none())];
            let missing = is_missing.into_iter().filter(|(_, is_missing)| *is_missing && !is_pruned(&entry));
            let missing =
                missing.map(|(key, _)| (PolicyError::new(format!("`{key}` is required here")), entry.to_vec()));
            let unknown = ignore.rule.as_deref().and_then(&unknown_rule);
            let unknown = unknown.map(|error| (error, vec![entry[0], entry[1], Step::Key("rule"), Step::Value]));
            missing.chain(unknown).collect::<Vec<_>>()
        });
        let profile = default_policy(self.profile_override.or(file.profile.as_deref()));
        // A mistake in the name of a flag is reported once for the whole file.
        let of_profile = profile.as_ref().err().filter(|_| self.profile_override.is_none());
        let of_profile = of_profile.map(|error| (error.clone(), vec![Step::Key("profile")]));
        let found = nested.into_iter().chain(of_profile).chain(of_rules).chain(of_ignores);
        let room = MOST.saturating_sub(self.mistakes.len());
        let mut found: Vec<_> = found.take(room + 1).collect();
        self.too_many |= found.len() > room;
        found.truncate(room);
        let located = found
            .into_iter()
            .map(|(error, steps)| error.at(self.yaml, locate(&self.document, &[path, &steps].concat())));
        let located: Vec<PolicyError> = located.collect();
        let policy = profile.ok().map(|mut policy| {
            policy.named = named(&self.text, index, &file, &policy);
            if self.profile_override.is_none() && file.profile.is_some() {
                policy.chosen_by = ChosenBy::PolicyFile;
            }
            overlay(&mut policy, file);
            policy
        });
        self.mistakes.extend(located);
        policy
    }
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
    policy.token_prefix = file.app.token_prefix.or(policy.token_prefix);
    policy.target_directory = file.app.target_directory.or(policy.target_directory.take());
    policy.name_id = file.app.name_id.or(policy.name_id.take());
    policy.scope = file.app.scope.or(policy.scope);
    set(&mut policy.groups, file.groups.map(|groups| groups.into_iter().map(|group| group.0).collect()));
    policy.direct_assignment = file.users.direct_assignment.or(policy.direct_assignment);
    overlay_object(&mut policy.user, file.mappings.user);
    overlay_object(&mut policy.group, file.mappings.group);
    policy.levels.extend(file.rules.0);
    policy.ignore.extend(file.ignore.into_iter().filter_map(|ignore| {
        Some(Ignore {
            rule: ignore.rule?,
            subject: ignore.subject,
            reason: ignore.reason?.0,
            until: ignore.until.map(|day| day.0),
        })
    }));
    file.connection.overlay(&mut policy.connection);
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
    let places = requirements.rows.iter().enumerate().map(|(index, row)| (row.target.clone(), index));
    let places: HashMap<String, usize> = places.collect();
    for (target, typed) in file.rows.0 {
        let row = match places.get(&target) {
            Some(index) => &mut requirements.rows[*index],
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
fn explain(document: &Pruned<'_>, failure: &Failure) -> PolicyError {
    let text = failure.error.to_string();
    let text = text.rfind(" at line ").map_or(text.as_str(), |end| &text[..end]);
    let mut found = PolicyError::new(text);
    for (sign, said) in [("unknown field `", "unknown key"), ("unknown variant `", "unknown value")] {
        let Some((_, rest)) = text.split_once(sign) else { continue };
        let mut quoted = rest.split('`');
        let wrong = quoted.next().unwrap_or_default();
        let known: Vec<&str> = quoted.skip(1).step_by(2).collect();
        found = PolicyError::new(format!("{said} `{wrong}`")).or(wrong, known);
    }
    let location = || failure.error.location().map(|location| (location.line(), location.column()));
    // serde_yaml points at the start of the mapping.
    let key = failure
        .entry
        .as_ref()
        .filter(|_| failure.by_key)
        .and_then(|entry| document.place_of_key::<Option<PolicyFile>>(entry));
    found.at(document.yaml(), key.or_else(location))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;
    use crate::policy::Level;

    const RULES: [&str; 2] = ["username-source", "unexpected-assignment"];

    fn mistake(yaml: &str) -> (String, String, String) {
        let [error] = read(yaml, None, RULES).expect_err(yaml).0.try_into().expect(yaml);
        let error: PolicyError = error;
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
    fn all_mistakes_are_reported_at_once_in_the_order_of_their_places() {
        let yaml = r#"version: 2
profil: generic
profile: truu-totl
app:
  scim-flag: requred
  tenant-url: 5
groups:
- id: x
- TOTAL-Admin
mapings: {}
mappings:
  user:
    userName: { any-off: [mail], apply: alway, source: 'Apend("x", [mail])' }
    enable: true
    externalId: 'Append("x" [mail])'
rules:
  username-sorce: off
  username-source: eror
  unexpected-assignment: off
  unexpected-assignment: error
ignore:
- rule: username-sorce
  until: tomorrow
- { reason: "", subjct: x }
- rule: username-sorce
export: { max-age-days: long }
"#;
        let errors = read(yaml, None, RULES).unwrap_err();
        let places: Vec<&str> = errors.0.iter().map(|mistake| &yaml[mistake.span.clone().unwrap()]).collect();
        assert_eq!(
            places,
            [
                "2",
                "profil",
                "profile",
                "requred",
                "5",
                "id",
                "mapings",
                "any-off",
                "alway",
                "'Apend(\"x\", [mail])'",
                "true",
                "'Append(\"x\" [mail])'",
                "username-sorce",
                "eror",
                "unexpected-assignment",
                "username-sorce",
                "tomorrow",
                "\"\"",
                "subjct",
                "rule",
                "username-sorce",
                "long",
            ]
        );
        assert_eq!(errors.to_string(), format!("{} (and 21 more mistakes)", errors.0[0].message));
    }

    #[test]
    fn every_entry_of_several_policies_is_read_after_a_mistake_in_one() {
        let yaml = "policies:\n- TOTAL\n- profile: generc\n- rules: { username-sorce: off }\n";
        let errors = read(yaml, None, RULES).unwrap_err();
        let places: Vec<&str> = errors.0.iter().map(|mistake| &yaml[mistake.span.clone().unwrap()]).collect();
        assert_eq!(places, ["TOTAL", "profile", "username-sorce"]);
    }

    #[test]
    fn reading_ends_after_many_mistakes_and_says_so() {
        let lines = |of: &dyn Fn(usize) -> String| (0..1000).map(of).collect::<String>();
        for yaml in [
            lines(&|number| format!("key{number}: 1\n")),
            format!("rules:\n{}", lines(&|number| format!("  no-such-rule-{number}: off\n"))),
            format!("ignore:\n{}", lines(&|number| format!("- subject: User/attr{number}\n"))),
            format!("policies:\n{}", lines(&|number| format!("- profile: no-such-profile-{number}\n"))),
        ] {
            let errors = read(&yaml, None, RULES).unwrap_err();
            assert_eq!(errors.0.len(), MOST + 1, "{yaml}");
            assert!(errors.0.iter().any(|mistake| mistake.message.contains("only the first")), "{errors:?}");
        }
    }

    #[test]
    fn a_text_that_is_no_yaml_has_one_mistake() {
        for yaml in ["rules: [", "versio: 1\nrules: { a: b\n", "just a text", "- a\n- b\n", "a: *b\n"] {
            assert_eq!(read(yaml, None, RULES).unwrap_err().0.len(), 1, "{yaml}");
        }
    }

    #[test]
    fn an_empty_policy_is_its_profile() {
        for yaml in ["", "# nothing yet\n", "version: 1\n"] {
            assert_eq!(read(yaml, None, RULES).unwrap(), [default_policy(None).unwrap()]);
        }
    }
}
