//! The policies of a run.

use std::env;
use std::fs;
use std::path::Path;

use jiff::civil::Date;

use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::screen::Screen;
use crate::document;
pub(in crate::cli) use crate::policy::{Policies, is_policy_name};
use crate::rules;

impl Policies {
    /// Reads the named file, or the nearest one from the working directory upwards; without a file, uses the profile.
    pub(in crate::cli) fn load(file: Option<&Path>, profile: Option<&str>, groups: &[String]) -> Result<Self, Problem> {
        let nearest = || crate::policy::nearest_policy(&env::current_dir().ok()?);
        let policies = match file.map(Path::to_owned).or_else(nearest) {
            None => Policies::of_profile(profile)?,
            Some(path) => {
                let name = path.display().to_string();
                let yaml = fs::read(&path).map_err(|error| Problem::reading(&path, error))?;
                let (_, yaml) = document::decode(yaml).map_err(|error| Problem::decoding(&name, &error))?;
                let read = Policies::of_text(&yaml, profile, rules::ids());
                read.map_err(|errors| Problem::in_policy(&name, &yaml, errors))?.in_file(&name)
            }
        };
        Ok(if groups.is_empty() { policies } else { policies.with_groups(groups) })
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
