//! `provlint guide`

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::shared::format::one_of;
use super::shared::input::Input;
use super::shared::job::{AppJob, expect_job};
use super::shared::judging::{Requirements, judged};
use super::shared::live::{Live, More};
use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::Screen;
use crate::check::about;
use crate::graph::AppError;
use crate::guide::{AssignedGroup, Done, Known, Milestone, guide, guide_without_app};
use crate::model::{self, Assignment, Content, Snapshot};
use crate::operation::{Event, RECENT, Standing};
use crate::report::{Form, GuideReport, Offered, PAGE_FORMS};
use crate::rules::Judgement;
use crate::text::shell::{operand, option, options};

/// Show the steps from a new app to users who can sign in, as a checklist
///
/// Shows each step with its evidence and the next command to run. New admins start here. Also reads a snapshot. The exit
/// code is 1 if a step is not done or its state is unknown.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["path", "app"]))]
#[command(override_usage = "provlint guide [OPTIONS] <PATH>\n       provlint guide [OPTIONS] --app <NAME|ID>")]
#[command(
    after_help = "Examples:\n  provlint guide --app TOTAL\n  provlint guide --app TOTAL --test-connection --group TOTAL-Admin\n  \
                        provlint guide total.json"
)]
pub(super) struct Arguments {
    /// Snapshot, or - for standard input
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,

    /// App in the tenant: display name, object id or appId
    #[arg(long, value_name = "NAME|ID", group = "live")]
    app: Option<String>,

    /// ID of its provisioning job, if it has several
    #[arg(long, value_name = "ID", requires = "live")]
    job: Option<String>,

    /// Format of the output
    #[arg(long, value_name = "FORMAT", value_parser = one_of(PAGE_FORMS), default_value = PAGE_FORMS[0].name())]
    format: &'static Form,

    /// Group that must be assigned, instead of the policy's groups; may be repeated
    #[arg(long = "group", value_name = "NAME|ID")]
    groups: Vec<String>,

    #[command(flatten)]
    requirements: Requirements,

    #[command(flatten)]
    more: More,

    #[command(flatten)]
    live: Live,
}

/// How far back to search the provisioning log for groups: as far as Entra keeps it.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The evidence for the checklist.
struct Evidence {
    name: String,
    /// The flags with which another run finds the app.
    flags: String,
    /// The flags with which another run reaches the same Graph.
    reach: String,
    /// The flag that names the job, if the app has several.
    job: String,
    judgement: Judgement,
    standing: Option<Standing>,
    /// The groups that are assigned; `None` if that is unknown.
    groups: Option<Vec<AssignedGroup>>,
    events: Option<Vec<Event>>,
    file: Option<String>,
    /// The present, or when the snapshot was taken.
    now: Timestamp,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let found = match &arguments.app {
        Some(app) => match arguments.online(app, screen)? {
            Some(found) => found,
            None => return Ok(Exit::Findings),
        },
        None => arguments.offline(arguments.path.as_deref().unwrap_or(Path::new("-")), screen)?,
    };
    let judged_by = arguments.requirements.flags();
    let known = Known {
        judgement: &found.judgement,
        standing: found.standing.as_ref(),
        groups: found.groups.as_deref(),
        named: &arguments.groups,
        events: found.events.as_deref(),
        now: found.now,
        app: &found.flags,
        reach: &found.reach,
        job: &found.job,
        judged_by: &judged_by,
        file: found.file.as_deref(),
    };
    let steps = guide(&known);
    arguments.print(&found.name, &steps, screen)?;
    Ok(if steps.iter().all(|step| step.done == Done::Yes) { Exit::Done } else { Exit::Findings })
}

impl Arguments {
    fn print(&self, name: &str, steps: &[Milestone], screen: &Screen) -> Result<(), Problem> {
        let report = GuideReport { app: name, steps };
        screen.print(&match self.format {
            Form::Json => report.json(),
            _ => report.pretty(&screen.out),
        })
    }

    /// The evidence for an app in the tenant. If there is no such app, prints its checklist and returns `None`.
    fn online(&self, app: &str, screen: &Screen) -> Result<Option<Evidence>, Problem> {
        let judge = self.requirements.judge(&self.groups, screen)?;
        let connection = self.live.connect()?;
        let live = match connection.look_for(app, self.job.as_deref(), &judge.policies, self.more) {
            Ok(live) => live,
            Err(AppError::Missing { name, candidates }) => {
                let alike: Vec<(String, String)> =
                    candidates.into_iter().map(|app| (app.display_name, app.id)).collect();
                let groups = options("--group", &self.groups);
                let flags = format!("{}{}{groups}", connection.flags(), self.requirements.flags());
                self.print(&name, &guide_without_app(&name, &alike, &flags), screen)?;
                return Ok(None);
            }
            Err(error) => return Err(connection.problem(error)),
        };
        expect_job(&live, self.job.as_deref())?;
        let text = live.to_exact_text();
        let judgement = judged(&judge, &Input::live(&live.name), &text)?;
        let (standing, groups) = of_snapshot(&text);
        let flags = connection.flags_to(app);
        let principal = live.principal_id().unwrap_or_default().to_owned();
        let mut found = Evidence {
            name: live.name,
            job: job_flag(&live.snapshot, standing.as_ref()),
            flags: flags.clone(),
            reach: connection.flags().to_string(),
            judgement,
            standing,
            groups,
            events: None,
            file: None,
            now: Timestamp::now(),
        };
        // If the counts suffice, the log of a whole month need not be read.
        let counted = found.standing.as_ref().and_then(|standing| standing.count("Group"));
        let assigned = found.groups.as_ref().map_or(0, Vec::len);
        let enough = counted.is_some_and(|count| usize::try_from(count).is_ok_and(|count| count >= assigned));
        if let Some(standing) = &found.standing {
            let job = AppJob {
                name: found.name.clone(),
                principal,
                standing: standing.clone(),
                app_flags: flags,
                job_flag: String::new(),
            };
            // Without the log, the counts of the job have to be enough.
            let back = if enough { RECENT } else { KEPT };
            found.events = job.events(&connection, Timestamp::now() - back).ok();
        }
        Ok(Some(found))
    }

    fn offline(&self, path: &Path, screen: &Screen) -> Result<Evidence, Problem> {
        let judge = self.requirements.judge(&self.groups, screen)?;
        let input = Input::of(path);
        let text = input.text()?;
        let judgement = judged(&judge, &input, &text)?;
        let (standing, groups) = of_snapshot(&text);
        let resources = model::read(&text).unwrap_or_default();
        let app = resources.first().and_then(|resource| about(resource).1?.display_name);
        let taken = resources.first().and_then(|resource| match &resource.content {
            Content::Snapshot(snapshot) => snapshot.provlint.exported_at.as_deref()?.parse().ok(),
            Content::Schema(_) => None,
        });
        let now = taken.unwrap_or_else(Timestamp::now);
        let flags = option("--app", app.as_deref().unwrap_or("NAME")).trim_start().to_owned();
        let file = Some(operand(path));
        let snapshot = serde_json::from_str(&text).unwrap_or_default();
        let job = job_flag(&snapshot, standing.as_ref());
        Ok(Evidence {
            name: input.name,
            flags,
            reach: String::new(),
            job,
            judgement,
            standing,
            groups,
            events: None,
            file,
            now,
        })
    }
}

/// The flag that names a job, if there are several.
fn job_flag(snapshot: &Value, standing: Option<&Standing>) -> String {
    let several = snapshot["jobs"].as_array().is_some_and(|jobs| jobs.len() > 1);
    standing.filter(|_| several).map(|standing| option("--job", &standing.job)).unwrap_or_default()
}

/// The state of a snapshot's job, and the groups that are assigned.
fn of_snapshot(text: &str) -> (Option<Standing>, Option<Vec<AssignedGroup>>) {
    let resources = model::read(text).unwrap_or_default();
    let Some(Content::Snapshot(snapshot)) = resources.first().map(|resource| &resource.content) else {
        return (None, None);
    };
    let standing = snapshot.jobs.iter().flatten().next().map(Standing::of);
    (standing, groups(snapshot))
}

/// The groups that are assigned; `None` if the snapshot does not include assignments.
fn groups(snapshot: &Snapshot<'_>) -> Option<Vec<AssignedGroup>> {
    let groups = snapshot.assigned()?.into_iter().filter(Assignment::is_group);
    Some(groups.map(|group| AssignedGroup { id: group.id().to_owned(), name: group.name().to_owned() }).collect())
}
