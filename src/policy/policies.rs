//! The policies of a run, and which of them applies to an app.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use super::{
    GroupReference, Ignore, Policy, PolicyError, PolicyErrors, PolicyText, default_policy, matches_pattern, read,
};

/// The names of policy files, the preferred one first.
const NAMES: [&str; 2] = ["provlint.yaml", ".provlint.yaml"];

/// The policies of a run.
#[derive(Clone, Debug)]
pub struct Policies(Vec<Policy>);

impl Policies {
    /// The requirements of a profile alone; of the default one if none is named.
    ///
    /// # Errors
    /// If there is no profile of that name.
    pub fn of_profile(profile: Option<&str>) -> Result<Self, PolicyError> {
        default_policy(profile).map(|policy| Policies(vec![policy]))
    }

    /// The policies in the text of a policy file. `profile` replaces the profile that the file names; `known_rules` are
    /// the ids of all rules.
    ///
    /// # Errors
    /// For the mistakes in the text.
    pub fn of_text(
        yaml: &str,
        profile: Option<&str>,
        known_rules: impl IntoIterator<Item = &'static str> + Clone,
    ) -> Result<Self, PolicyErrors> {
        read(yaml, profile, known_rules).map(Policies)
    }

    /// The default profile alone.
    pub fn built_in() -> Self {
        Policies(default_policy(None).into_iter().collect())
    }

    /// The same policies, read from a file with this name.
    #[must_use]
    pub fn in_file(mut self, name: &str) -> Self {
        let yaml = self.0.iter().flat_map(|policy| &policy.named).next().map(|named| named.file.yaml.clone());
        let file = Arc::new(PolicyText { name: name.to_owned(), yaml: yaml.unwrap_or_default() });
        for named in self.0.iter_mut().flat_map(|policy| &mut policy.named) {
            named.file = Arc::clone(&file);
        }
        self
    }

    /// The same policies with their groups replaced by these.
    #[must_use]
    pub fn with_groups(mut self, groups: &[String]) -> Self {
        let groups: Vec<GroupReference> = groups.iter().map(|group| GroupReference::new(group)).collect();
        self.0.iter_mut().for_each(|policy| policy.groups.clone_from(&groups));
        self
    }

    /// The policy for an app, by its display name, else by the name of the file. The only policy applies to every app.
    pub fn choose(&self, app: Option<&str>, file: &str) -> Option<&Policy> {
        if let [only] = self.0.as_slice() {
            return Some(only);
        }
        let stem = Path::new(file).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let name = app.unwrap_or(&stem);
        self.0.iter().find(|policy| policy.app_names.is_empty() || is_named(policy, name))
    }

    /// Whether a policy claims an app of that name. One that names no apps claims all remaining ones, but only beside
    /// other policies: alone it may be meant for a single app.
    pub fn claim(&self, app: &str) -> bool {
        let several = self.0.len() > 1;
        self.0.iter().any(|policy| is_named(policy, app) || (several && policy.app_names.is_empty()))
    }

    /// The names of the apps that the policies name.
    pub fn app_names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|policy| policy.app_names.iter().map(String::as_str))
    }

    /// The exceptions that have expired.
    pub fn expired(&self, today: Date) -> impl Iterator<Item = &Ignore> {
        self.0.iter().flat_map(|policy| &policy.ignore).filter(move |ignore| ignore.expired(today))
    }
}

/// Whether a policy names an app of that name.
fn is_named(policy: &Policy, app: &str) -> bool {
    policy.app_names.iter().any(|pattern| matches_pattern(pattern, app))
}

/// Whether a file has the name of a policy.
pub fn is_policy_name(path: &Path) -> bool {
    path.file_name().is_some_and(|name| NAMES.iter().any(|policy| name == *policy))
}

/// The policy file in a directory, or the nearest one above it.
pub fn nearest_policy(directory: &Path) -> Option<PathBuf> {
    directory.ancestors().flat_map(|directory| NAMES.map(|name| directory.join(name))).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policies(yaml: &str) -> Policies {
        Policies::of_text(yaml, None, []).unwrap()
    }

    #[test]
    fn the_only_policy_applies_to_every_app_but_claims_only_those_it_names() {
        let one = policies("app: { names: [TOTAL] }\n");
        assert!(one.choose(Some("Other"), "x.json").is_some());
        assert!(one.claim("total") && !one.claim("Other"));
    }

    #[test]
    fn of_several_policies_the_first_that_fits_applies() {
        let several = policies(
            "policies:\n- app: { names: [TOTAL] }\n- app: { names: [\"Web*\"] }\n  profile: generic\n- app: { names: [] }\n",
        );
        let name = |app, file| several.choose(app, file).map(|policy| policy.app_names.join(","));
        assert_eq!(name(Some("Webex"), "total.json").as_deref(), Some("Web*"));
        assert_eq!(name(None, "exports/total.json").as_deref(), Some("TOTAL"), "by the name of the file");
        assert_eq!(name(Some("Other"), "total.json").as_deref(), Some(""));
        assert!(several.claim("Other"));
        assert_eq!(several.app_names().collect::<Vec<_>>(), ["TOTAL", "Web*"]);
    }
}
