//! Which policy applies.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::screen::Screen;
use crate::policy::{self, GroupReference, Policy, matches_pattern};
use crate::rules;

const NAMES: [&str; 2] = ["provlint.yaml", ".provlint.yaml"];

/// The policies of a run.
#[derive(Debug)]
pub(in crate::cli) struct Policies(Vec<Policy>);

impl Policies {
    /// Reads the file named, or the nearest one from the working directory upwards; else takes the profile.
    pub(in crate::cli) fn load(file: Option<&Path>, profile: Option<&str>, groups: &[String]) -> Result<Self, Problem> {
        let file = file.map(Path::to_owned).or_else(|| nearest_policy(&env::current_dir().ok()?));
        let mut policies = match file {
            None => Policies::of_profile(profile)?,
            Some(path) => {
                let name = path.display().to_string();
                let yaml = fs::read(&path).map_err(|error| Problem::reading(&path, error))?;
                let (_, yaml) = crate::document::decode(yaml).map_err(|error| Problem::decoding(&name, &error))?;
                Policies::of_text(&name, &yaml, profile)?
            }
        };
        if !groups.is_empty() {
            let groups: Vec<GroupReference> = groups.iter().map(|group| GroupReference::new(group)).collect();
            policies.0.iter_mut().for_each(|policy| policy.groups.clone_from(&groups));
        }
        Ok(policies)
    }

    /// What a profile asks for by itself; the default one where none is named.
    pub(in crate::cli) fn of_profile(profile: Option<&str>) -> Result<Self, Problem> {
        let policy = policy::default_policy(profile)
            .map_err(|error| Problem::Usage { message: error.message, help: error.help.unwrap_or_default() })?;
        Ok(Policies(vec![policy]))
    }

    /// What the text of a file of that name asks for.
    pub(in crate::cli) fn of_text(name: &str, yaml: &str, profile: Option<&str>) -> Result<Self, Problem> {
        let policies = policy::read(yaml, profile, rules::ids());
        policies.map(Policies).map_err(|error| Problem::in_policy(name, yaml, error))
    }

    /// The default profile alone.
    pub(in crate::cli) fn built_in() -> Self {
        Policies(policy::default_policy(None).into_iter().collect())
    }

    /// The policy for an app, by its display name, else by the file's name. A file's only policy is for all.
    pub(in crate::cli) fn choose(&self, app: Option<&str>, file: &str) -> Option<&Policy> {
        if let [only] = self.0.as_slice() {
            return Some(only);
        }
        let stem = Path::new(file).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let name = app.unwrap_or(&stem);
        self.0.iter().find(|policy| {
            policy.app_names.is_empty() || policy.app_names.iter().any(|pattern| matches_pattern(pattern, name))
        })
    }

    /// Whether a policy says that it is for an app of that name. One that names no apps is for all that are left, but
    /// only beside others: alone it may be meant for a single app.
    pub(in crate::cli) fn claim(&self, app: &str) -> bool {
        let several = self.0.len() > 1;
        self.0.iter().any(|policy| {
            let named = policy.app_names.iter().any(|pattern| matches_pattern(pattern, app));
            named || (several && policy.app_names.is_empty())
        })
    }

    /// The names of apps that the policies are for.
    pub(in crate::cli) fn app_names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|policy| policy.app_names.iter().map(String::as_str))
    }

    /// Says which accepted findings are accepted no longer.
    pub(in crate::cli) fn report_expired(&self, today: Date, screen: &Screen) {
        for ignore in self.0.iter().flat_map(|policy| &policy.ignore).filter(|ignore| ignore.expired(today)) {
            let subject = ignore.subject.as_ref().map(|subject| format!(" at {subject}")).unwrap_or_default();
            let until = ignore.until.map(|until| until.to_string()).unwrap_or_default();
            screen.remark(&format!(
                "the policy ignored {}{subject} until {until} ({}); that is over, so it is reported again",
                ignore.rule, ignore.reason
            ));
        }
    }
}

/// Whether a file has the name of a policy.
pub(in crate::cli) fn is_policy_name(path: &Path) -> bool {
    path.file_name().is_some_and(|name| NAMES.iter().any(|policy| name == *policy))
}

/// The policy in a directory, or the nearest above it.
pub(in crate::cli) fn nearest_policy(directory: &Path) -> Option<PathBuf> {
    directory.ancestors().flat_map(|directory| NAMES.map(|name| directory.join(name))).find(|path| path.is_file())
}
