//! The next command after one that succeeded.

use jiff::Timestamp;

use super::judging::Judge;
use super::live::Connection;
use super::schema_text::SchemaText;
use crate::check::{Origin, today};
use crate::cli::terminal::connecting::{next, what_is_left};
use crate::cli::terminal::problem::Problem;
use crate::guide::{Known, Log, Seen, guide};
use crate::operation::Standing;
use crate::rules::Selection;
use crate::text::shell::{option, options};

/// What the next command has in common with this one.
pub(in crate::cli) struct Next<'n> {
    pub(in crate::cli) judge: &'n Judge,
    pub(in crate::cli) connection: &'n Connection,
    /// The app as it was named.
    pub(in crate::cli) app: &'n str,
    /// The job, if one was named.
    pub(in crate::cli) job: Option<&'n str>,
    /// The groups that were named.
    pub(in crate::cli) groups: &'n [String],
    /// The flags for the requirements.
    pub(in crate::cli) requirements: String,
}

impl Next<'_> {
    /// A hint with the command that `guide` would name next, by the snapshot of the app that was read anyway. `standing` is
    /// the state of its job, if that was read later. Without a command, the hint is `guide` itself.
    pub(in crate::cli) fn hint(&self, snapshot: &str, standing: Option<&Standing>) -> String {
        match self.command(snapshot, standing) {
            Ok(Some(command)) => next(&command),
            Ok(None) | Err(_) => self.guide(),
        }
    }

    /// A hint with the command that shows what is left to do.
    pub(in crate::cli) fn guide(&self) -> String {
        let job = self.job.map(|job| option("--job", job)).unwrap_or_default();
        let (app, groups) = (self.connection.flags_to(self.app), options("--group", self.groups));
        what_is_left(&format!("provlint guide {app}{job}{groups}{}", self.requirements))
    }

    fn command(&self, snapshot: &str, standing: Option<&Standing>) -> Result<Option<String>, Problem> {
        let text = SchemaText { name: Origin::live(self.app).name, text: snapshot.to_owned() }.masked()?;
        // guide runs every rule.
        let judge = Judge { selection: Selection::default(), ..self.judge.clone() };
        let mut seen = Seen::of(&text.one()?, &judge, true, !self.groups.is_empty())?;
        if let Some(standing) = standing {
            seen.standing = Some(standing.clone());
        }
        let job = match seen.jobs.as_deref() {
            Some([first, _, ..]) => option("--job", first),
            _ => String::new(),
        };
        let known = Known {
            seen: &seen,
            named: self.groups,
            log: &Log::NotRequested,
            now: Timestamp::now(),
            today: today(),
            app: &self.connection.flags_to(self.app),
            reach: &self.connection.flags().to_string(),
            job: &job,
            judged_by: &self.requirements,
            file: None,
        };
        Ok(guide(&known).next_command().map(str::to_owned))
    }
}
