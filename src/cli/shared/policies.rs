//! The policies of a run.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::input::read_beside;
use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::root::Root;
use crate::cli::terminal::screen::Screen;
use crate::document;
pub(in crate::cli) use crate::policy::{Policies, is_policy_name};
use crate::rules;
use crate::text::shell::option;
use crate::text::shown;

impl Policies {
    /// Reads the named file, or the nearest one from the working directory upwards; without a file, uses the profile.
    pub(in crate::cli) fn load(file: Option<&Path>, profile: Option<&str>, groups: &[String]) -> Result<Self, Problem> {
        let policies = match Policies::file(file)? {
            None => Policies::of_profile(profile)?,
            Some(path) => {
                let name = shown(&path);
                let yaml = read_beside(&path)?;
                let (_, yaml) = document::decode(yaml).map_err(|error| Problem::decoding(&name, &error))?;
                let read = Policies::of_text(&yaml, profile, rules::ids());
                read.map_err(|errors| Problem::in_policy(&name, &yaml, errors))?.in_file(&name)
            }
        };
        Ok(if groups.is_empty() { policies } else { policies.with_groups(groups) })
    }

    /// The policy file: the named one, else the nearest one.
    ///
    /// # Errors
    /// If the nearest one is a link out of its folder and out of the repository: its mistakes would be quoted.
    pub(in crate::cli) fn file(named: Option<&Path>) -> Result<Option<PathBuf>, Problem> {
        if named.is_some() {
            return Ok(named.map(Path::to_owned));
        }
        let Some(path) = env::current_dir().ok().and_then(|here| crate::policy::nearest_policy(&here)) else {
            return Ok(None);
        };
        if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink()) && !is_own(&path) {
            let name = shown(path);
            return Err(Problem::Usage {
                message: format!("{name} is a link to a file elsewhere, so it is not read by itself"),
                help: format!("if that is intended, name it: {}", option("--policy", &name).trim_start()),
            });
        }
        Ok(Some(path))
    }

    /// Says which accepted findings are reported again.
    pub(in crate::cli) fn report_expired(&self, today: Date, screen: &Screen) {
        for ignore in self.expired(today) {
            let subject = ignore.subject.as_ref().map(|subject| format!(" at {subject}")).unwrap_or_default();
            let until = ignore.until.map(|until| until.to_string()).unwrap_or_default();
            screen.remark(&format!(
                "the policy ignored {}{subject} until {until} ({}); that date has passed, so it is reported again",
                ignore.rule, ignore.reason
            ));
        }
    }
}

/// Whether a link leads to a YAML file in its folder or in the repository, outside .git.
fn is_own(link: &Path) -> bool {
    let Ok(target) = link.canonicalize() else { return true };
    let yaml = target.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
    let folder = link.parent().and_then(|folder| folder.canonicalize().ok());
    let root = Root::find().root().canonicalize().ok();
    let is_plain = |inside: &Path| {
        let folders = inside.parent().into_iter().flat_map(Path::components);
        folders.into_iter().all(|part| part.as_os_str() != ".git")
    };
    let inside = [folder, root].into_iter().flatten().filter_map(|base| target.strip_prefix(base).ok());
    yaml && inside.into_iter().any(is_plain)
}
