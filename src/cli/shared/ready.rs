//! Whether an app is fit to be run: every step refuses to go on when the one before is not good.

use clap::Args;

use super::input::Input;
use super::job::AppJob;
use super::judging::{Judge, Requirements};
use super::live::Live;
use crate::cli::judged::judged;
use crate::cli::terminal::consent::Consent;
use crate::cli::terminal::problem::{Problem, joined, with_command};
use crate::cli::terminal::screen::Screen;
use crate::finding::{Finding, Section, Severity};
use crate::graph::LiveApp;
use crate::rules::Judgement;
use crate::text::shell::options;

/// What every command takes that has a job run.
#[derive(Debug, Args)]
pub(in crate::cli) struct Running {
    #[command(flatten)]
    pub(in crate::cli) requirements: Requirements,

    /// Go on although something is wrong. The reason is printed.
    #[arg(long, value_name = "REASON")]
    force: Option<String>,

    #[command(flatten)]
    pub(in crate::cli) consent: Consent,

    #[command(flatten)]
    pub(in crate::cli) live: Live,
}

impl Running {
    /// Sees whether anything is in the way; the reason for going on all the same, where there is one. `groups` are those
    /// that were named for this run.
    pub(in crate::cli) fn see<'f>(
        &'f self,
        judge: &Judge,
        live: &LiveApp,
        job: &AppJob,
        groups: &[String],
        screen: &Screen,
    ) -> Result<Option<&'f str>, Problem> {
        let reason = self.reason()?;
        let obstacles = obstacles(judge, live, &job.standing.job)?;
        for obstacle in &obstacles {
            screen.remark(obstacle);
        }
        match (obstacles.len(), reason) {
            (0, _) => Ok(None),
            (_, Some(reason)) => Ok(Some(reason)),
            (count, None) => Err(Problem::Usage {
                message: format!(
                    "graph:{}: not done: {} in the way",
                    live.name,
                    if count == 1 { "one thing is".to_owned() } else { format!("{count} things are") }
                ),
                help: joined([
                    "--force REASON goes on all the same".to_owned(),
                    with_command("this says what to do", &self.guide(job, groups)),
                ]),
            }),
        }
    }

    /// What says what to do.
    fn guide(&self, job: &AppJob, groups: &[String]) -> String {
        let groups = options("--group", groups);
        format!("provlint guide {}{}{groups}", job.flags(), self.requirements.flags())
    }

    /// Whether nothing is wrong with what runs already, or there is a reason to have it so; says what is.
    pub(in crate::cli) fn is_fit(
        &self,
        judge: &Judge,
        live: &LiveApp,
        job: &AppJob,
        screen: &Screen,
    ) -> Result<bool, Problem> {
        let reason = self.reason()?;
        let obstacles = obstacles(judge, live, &job.standing.job)?;
        for obstacle in &obstacles {
            screen.remark(obstacle);
        }
        Ok(obstacles.is_empty() || reason.is_some())
    }

    /// Why it is to be done with errors, where somebody says so.
    fn reason(&self) -> Result<Option<&str>, Problem> {
        let reason = self.force.as_deref().map(str::trim);
        if reason == Some("") {
            let message = "--force takes a reason".to_owned();
            return Err(Problem::Usage { message, help: "say in a few words why it is done with errors".into() });
        }
        Ok(reason)
    }

    /// Asks, and writes down the reason for what is then `done` all the same.
    pub(in crate::cli) fn is_agreed(
        &self,
        job: &AppJob,
        question: &str,
        done: &str,
        reason: Option<&str>,
        screen: &Screen,
    ) -> Result<bool, Problem> {
        let agreed = self.consent.is_given(&job.subject(), question)?;
        if let (true, Some(reason)) = (agreed, reason) {
            screen.remark(&format!("{done} all the same, because: {reason}"));
        }
        Ok(agreed)
    }
}

/// What has to be known to be good.
const NEEDED: [&str; 7] = [
    "required-mapping-source",
    "tenant-url-missing",
    "secret-token-missing",
    "credentials-rejected",
    "scope-all-users",
    "nothing-assigned",
    "group-not-assigned",
];

/// What keeps an app's job from being run, a sentence each.
fn obstacles(judge: &Judge, live: &LiveApp, job: &str) -> Result<Vec<String>, Problem> {
    let Judgement { findings, unknown, .. } = judged(judge, &Input::live(&live.name), &live.to_exact_text())?;
    let mut said = Vec::new();
    let jobs = live.snapshot["jobs"].as_array().into_iter().flatten();
    let judged = jobs.zip(&live.schemas).find(|(_, schema)| schema.is_some()).map(|(job, _)| &job["id"]);
    if let Some(other) = judged.filter(|judged| judged.as_str() != Some(job)) {
        said.push(format!("the schema of another job was judged, {}", other.as_str().unwrap_or_default()));
    }
    // What is wrong with the job's standing is what running it ends; that there is none isn't.
    let stops = |finding: &&Finding| {
        let passes = finding.rule.section == Section::Job && finding.rule.id != "provisioning-not-configured";
        finding.severity == Severity::Error && !passes
    };
    let errors = findings.iter().filter(stops);
    said.extend(errors.map(|finding| format!("{}: {}", finding.rule.id, finding.message)));
    let untold = unknown.iter().filter(|(id, _)| NEEDED.contains(id));
    said.extend(untold.map(|(id, reason)| format!("{id} is not known: {reason}")));
    Ok(said)
}
