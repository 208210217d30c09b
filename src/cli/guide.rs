//! `provlint guide`

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};
use jiff::{SignedDuration, Timestamp};

use super::shared::format::one_of;
use super::shared::job::{AppJob, expect_job};
use super::shared::judging::{Judge, Requirements};
use super::shared::live::{Live, More};
use super::shared::schema_text::SchemaText;
use super::terminal::advice::no_log;
use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::Screen;
use crate::check::{Origin, today};
use crate::graph::AppError;
use crate::guide::{Known, Log, RECENT, Seen, guide, guide_without_app};
use crate::report::{Form, GuideReport, Offered, PAGE_FORMS};
use crate::text::shell::{operand, option, options};

/// Show the steps from a new app to users who can sign in, as a checklist
///
/// Shows each step with its evidence, and what to do next, in the portal or with a command. New admins start here. Also
/// reads a snapshot. The exit code is 1 if a step is not done or its state is unknown, and 2 if the evidence for it
/// could not be read.
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
    #[arg(long, value_name = "ID")]
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
    seen: Seen,
    log: Log,
    file: Option<String>,
    /// When the snapshot was taken, if it says so.
    taken: Option<Timestamp>,
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
    let job = found.seen.jobs.as_deref().and_then(|jobs| match jobs {
        [first, _, ..] => Some(option("--job", first)),
        _ => None,
    });
    let known = Known {
        seen: &found.seen,
        named: &arguments.groups,
        log: &found.log,
        now: found.now,
        today: today(),
        app: &found.flags,
        reach: &found.reach,
        job: job.as_deref().unwrap_or_default(),
        judged_by: &judged_by,
        file: found.file.as_deref(),
    };
    let checklist = guide(&known);
    let profile = Some(&found.seen.profile);
    let jobs = found.seen.jobs.as_deref().unwrap_or_default();
    let taken = found.taken.map(|taken| (taken, Timestamp::now().duration_since(taken).as_hours() / 24));
    arguments.print(&GuideReport { app: &found.name, profile, taken, jobs, checklist: &checklist }, screen)?;
    Ok(if !checklist.unread().is_empty() {
        Exit::Failed
    } else if checklist.is_complete() {
        Exit::Done
    } else {
        Exit::Findings
    })
}

impl Arguments {
    fn print(&self, report: &GuideReport<'_>, screen: &Screen) -> Result<(), Problem> {
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
                let checklist = guide_without_app(&name, &alike, &flags);
                self.print(
                    &GuideReport { app: &name, profile: None, taken: None, jobs: &[], checklist: &checklist },
                    screen,
                )?;
                return Ok(None);
            }
            Err(error) => return Err(connection.problem(error)),
        };
        expect_job(&live, self.job.as_deref())?;
        let text = SchemaText { name: Origin::live(&live.name).name, text: live.to_exact_text() }.masked()?;
        let one = text.one()?;
        let seen = Seen::of(&one, &judge, true, !self.groups.is_empty())?;
        let flags = connection.flags_to(app);
        let log = match &seen.standing {
            None => Log::NotRequested,
            Some(standing) => {
                // If the counts suffice, the log of a whole month need not be read.
                let counted = standing.count("Group");
                let assigned = seen.groups.as_ref().map_or(0, Vec::len);
                let enough = counted.is_some_and(|count| usize::try_from(count).is_ok_and(|count| count >= assigned));
                let job = AppJob {
                    name: live.name.clone(),
                    principal: live.principal_id().unwrap_or_default().to_owned(),
                    standing: standing.clone(),
                    app_flags: flags.clone(),
                    job_flag: String::new(),
                };
                let back = if enough { RECENT } else { KEPT };
                let events = job.events(&connection, Timestamp::now() - back);
                events.map_or_else(|error| Log::Unread(no_log(&error)), Log::Read)
            }
        };
        let reach = connection.flags().to_string();
        Ok(Some(Evidence { name: live.name, flags, reach, seen, log, file: None, taken: None, now: Timestamp::now() }))
    }

    fn offline(&self, path: &Path, screen: &Screen) -> Result<Evidence, Problem> {
        let judge = Judge { job: self.job.clone(), ..self.requirements.judge(&self.groups, screen)? };
        let text = SchemaText::read(path)?.masked()?;
        let one = text.one()?;
        let seen = Seen::of(&one, &judge, false, !self.groups.is_empty())?;
        let taken = one.snapshot().and_then(|snapshot| snapshot.provlint.exported_at.as_deref()?.parse().ok());
        let flags = option("--app", one.app_name().unwrap_or("NAME")).trim_start().to_owned();
        Ok(Evidence {
            name: text.name.clone(),
            flags,
            reach: String::new(),
            seen,
            log: Log::NotRequested,
            file: Some(operand(path)),
            taken,
            now: taken.unwrap_or_else(Timestamp::now),
        })
    }
}
