//! The policies of a run, and which of them applies to an app.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use jiff::civil::Date;

use super::profile::fitting;
use super::{
    ChosenBy, GroupReference, Ignore, PROFILES, Policy, PolicyError, PolicyErrors, PolicyText, default_policy,
    matches_pattern, read,
};
use crate::inspection::Inspection;

/// The names of policy files, the preferred one first.
const NAMES: [&str; 2] = ["provlint.yaml", ".provlint.yaml"];

/// The policies of a run.
#[derive(Clone, Debug)]
pub struct Policies {
    /// The policies, on the default profile where nothing chose another one.
    policies: Vec<Policy>,
    /// The text that they were read from, and the ids of all rules; `None` without a policy file.
    text: Option<Arc<(String, Vec<&'static str>)>>,
    /// The file with that text, once its name is known.
    file: Option<Arc<PolicyText>>,
    /// The groups that replace those of the policies.
    groups: Option<Vec<GroupReference>>,
    /// The same policies on each of [`PROFILES`], read where an app's name asks for it.
    on_profiles: Arc<[OnceLock<Vec<Policy>>]>,
}

impl Policies {
    fn new(policies: Vec<Policy>, text: Option<(String, Vec<&'static str>)>) -> Self {
        let on_profiles = PROFILES.iter().map(|_| OnceLock::new()).collect();
        Policies { policies, text: text.map(Arc::new), file: None, groups: None, on_profiles }
    }

    /// The requirements of a profile alone. If none is named, those of the profile that fits an app's name, else of the
    /// default one.
    ///
    /// # Errors
    /// If there is no profile of that name.
    pub fn of_profile(profile: Option<&str>) -> Result<Self, PolicyError> {
        default_policy(profile).map(|policy| Policies::new(vec![policy], None))
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
        // A mistake quotes the text. Requirements are compared with values that are masked, too.
        let yaml = &*Inspection::of(yaml).text;
        let policies = read(yaml, profile, known_rules.clone())?;
        Ok(Policies::new(policies, Some((yaml.to_owned(), known_rules.into_iter().collect()))))
    }

    /// The default profile alone, or the one that fits an app's name.
    pub fn built_in() -> Self {
        Policies::new(default_policy(None).into_iter().collect(), None)
    }

    /// The same policies, read from a file with this name.
    #[must_use]
    pub fn in_file(self, name: &str) -> Self {
        let yaml = self.text.as_deref().map(|(yaml, _)| yaml.clone()).unwrap_or_default();
        let file = Some(Arc::new(PolicyText { name: name.to_owned(), yaml }));
        let Policies { policies, text, groups, .. } = self;
        Policies { file, text, groups, ..Policies::new(Vec::new(), None) }.with(policies)
    }

    /// The same policies with their groups replaced by these.
    #[must_use]
    pub fn with_groups(self, groups: &[String]) -> Self {
        let groups = Some(groups.iter().map(|group| GroupReference::new(group)).collect());
        let Policies { policies, text, file, .. } = self;
        Policies { file, text, groups, ..Policies::new(Vec::new(), None) }.with(policies)
    }

    fn with(self, policies: Vec<Policy>) -> Self {
        Policies { policies: self.completed(policies), ..self }
    }

    /// Policies with the groups and the file of these.
    fn completed(&self, mut policies: Vec<Policy>) -> Vec<Policy> {
        for policy in &mut policies {
            if let Some(groups) = &self.groups {
                policy.groups.clone_from(groups);
            }
            if let Some(file) = &self.file {
                policy.named.iter_mut().for_each(|named| named.file = Arc::clone(file));
            }
        }
        policies
    }

    /// The policy for an app, by its display name, else by the name of the file. The only policy applies to every app.
    /// If nothing chose its profile, it extends the profile that fits the app's display name.
    pub fn choose(&self, app: Option<&str>, file: &str) -> Option<&Policy> {
        let index = self.index(app, file)?;
        let policy = self.policies.get(index)?;
        let fitting = app.filter(|_| policy.chosen_by == ChosenBy::Default).and_then(fitting);
        let on_profile = fitting.and_then(|profile| self.on_profile(profile).get(index));
        Some(on_profile.unwrap_or(policy))
    }

    /// The index of that policy in the file.
    pub fn index(&self, app: Option<&str>, file: &str) -> Option<usize> {
        if self.policies.len() == 1 {
            return Some(0);
        }
        let stem = Path::new(file).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let name = app.unwrap_or(&stem);
        self.policies.iter().position(|policy| policy.app_names.is_empty() || is_named(policy, name))
    }

    /// The policies on a profile, by its index in [`PROFILES`]. They have no mistakes, since they had none on the default
    /// profile.
    fn on_profile(&self, profile: usize) -> &[Policy] {
        self.on_profiles[profile].get_or_init(|| {
            let name = Some(PROFILES[profile].name);
            let read = match self.text.as_deref() {
                Some((yaml, rules)) => read(yaml, name, rules.iter().copied()),
                None => default_policy(name).map(|policy| vec![policy]).map_err(PolicyErrors::from),
            };
            let by_name = |policy| Policy { chosen_by: ChosenBy::AppName, ..policy };
            self.completed(read.unwrap_or_default().into_iter().map(by_name).collect())
        })
    }

    /// Whether a policy claims an app of that name. One that names no apps claims all remaining ones, but only beside
    /// other policies: alone it may be meant for a single app.
    pub fn claim(&self, app: &str) -> bool {
        let several = self.policies.len() > 1;
        self.policies.iter().any(|policy| is_named(policy, app) || (several && policy.app_names.is_empty()))
    }

    /// The names of the apps that the policies name.
    pub fn app_names(&self) -> impl Iterator<Item = &str> {
        self.policies.iter().flat_map(|policy| policy.app_names.iter().map(String::as_str))
    }

    /// The exceptions that have expired.
    pub fn expired(&self, today: Date) -> impl Iterator<Item = &Ignore> {
        self.policies.iter().flat_map(|policy| &policy.ignore).filter(move |ignore| ignore.expired(today))
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
    fn the_name_of_an_app_chooses_the_profile_only_where_nothing_else_did() {
        let chosen = |policies: &Policies, app| {
            policies.choose(app, "x.json").map(|policy| (policy.profile.clone(), policy.chosen_by)).unwrap()
        };
        let said = |profile: &str, by| (profile.to_owned(), by);
        let unsaid = Policies::of_profile(None).unwrap();
        assert_eq!(chosen(&unsaid, Some("Bitwarden Prod")), said("bitwarden", ChosenBy::AppName));
        assert_eq!(chosen(&unsaid, Some("total")), said("truu-total", ChosenBy::AppName));
        assert_eq!(chosen(&unsaid, Some("Contoso Wiki")), said("truu-total", ChosenBy::Default));
        assert_eq!(chosen(&unsaid, None), said("truu-total", ChosenBy::Default));
        let flag = Policies::of_profile(Some("generic")).unwrap();
        assert_eq!(chosen(&flag, Some("TOTAL")), said("generic", ChosenBy::Flag));
        let file = policies("profile: generic\n");
        assert_eq!(chosen(&file, Some("TOTAL")), said("generic", ChosenBy::PolicyFile));
        let open = policies("mappings:\n  user:\n    nickName: displayName\n").with_groups(&["A".to_owned()]);
        let policy = open.choose(Some("Bitwarden"), "x.json").unwrap();
        assert_eq!((policy.profile.as_str(), policy.chosen_by), ("bitwarden", ChosenBy::AppName));
        assert!(policy.user.row("nickName").is_some() && policy.groups.len() == 1, "{policy:?}");
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
