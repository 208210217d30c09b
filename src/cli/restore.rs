//! `provlint restore`

use std::path::PathBuf;

use clap::Args;

use super::shared::input::Input;
use super::shared::judging::{Judge, judged};
use super::shared::live::{Connection, Live, More};
use super::shared::policies::Policies;
use super::shared::schema_text::SchemaText;
use super::shared::writing::{Decision, Repeat, Writing, job_flag, not_shown};
use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::Screen;
use crate::check::CheckError;
use crate::inspection::Inspection;
use crate::report::{DIFFERENCE_FORMATS, DifferenceReport, consequence_lines, counted, counts_of};
use crate::tenant::order::Order;
use crate::tenant::restore::{Backup, Plan, Scope};
use crate::text::shell::{Command, joined};

/// Restore a backed-up schema in the tenant
///
/// FILE is a backup that provlint fix wrote, a snapshot, or a schema that was downloaded from the portal. Shows the changes
/// and their consequences, then asks, backs up the current state, writes the schema, reads it back and compares it. The exit code is 1 if something differs and was not written, and 2 if something could not be compared.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint restore provlint-backup-TOTAL-20261126T081500.250Z.json --app TOTAL\n  \
                        provlint restore schema.json --app TOTAL --dry-run")]
pub(super) struct Arguments {
    /// Backup, snapshot or schema
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// App in the tenant: display name, object id or appId
    #[arg(long, value_name = "NAME|ID")]
    app: String,

    /// Show what would change; write nothing
    #[arg(long)]
    dry_run: bool,

    /// Also restore the settings that fix may have written (SyncAll, SkipOutOfScopeDeletions) and the assigned groups
    #[arg(long = "unsafe")]
    allow_unsafe: bool,

    /// Accept the schema of another app or job, or one that does not name its app
    #[arg(long, conflicts_with = "allow_unsafe")]
    from_another_app: bool,

    #[command(flatten)]
    writing: Writing,

    #[command(flatten)]
    live: Live,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let file = SchemaText::read(&arguments.file)?;
    let inspection = Inspection::of(&file.text);
    if !inspection.cut_off.is_empty() {
        return Err(CheckError::CutOff { name: file.name }.into());
    }
    let backup = file.one()?;
    let backup = Backup::new(&backup)?;
    // A broken policy must not prevent a restore.
    let judge = Judge::by(Policies::load(None, None, &[]).unwrap_or_else(|_| Policies::built_in()));
    let connection = arguments.live.connect()?;
    let live = connection.read(&arguments.app, &judge.policies, More::default())?;
    let snapshot = SchemaText { name: format!("graph:{}", live.name), text: live.to_exact_text() };
    let now = snapshot.one()?;
    let principal = live.principal_id().unwrap_or_default();
    if !arguments.from_another_app {
        backup.expect_app(&live.name, principal)?;
    }
    let policy = judge.policies.choose(Some(&live.name), &live.name);
    let vendor = policy.map_or("The vendor", |policy| policy.vendor.as_str());
    let scope = Scope { beyond_schemas: arguments.allow_unsafe, from_another_app: arguments.from_another_app };
    let Plan { jobs, steps, differences, consequences, left, unseen } = backup.plan(&now, scope, vendor)?;
    let has_several_jobs = now.jobs().len() > 1;
    let order =
        Order { name: &live.name, principal: principal.to_owned(), jobs, has_several_jobs, before: now.text, steps };

    let sides = [snapshot.inspection(), inspection];
    let report = DifferenceReport::new(snapshot.name.clone(), file.name.clone(), &differences, &sides);
    let nothing = report.is_empty() && !(left.is_empty() && unseen.is_empty());
    let shown = screen.show(!arguments.dry_run && arguments.writing.is_beside_output(), |style, out| {
        if !nothing {
            (DIFFERENCE_FORMATS[0].write)(&report, style, out)?;
        }
        consequence_lines(&consequences, style, out)
    });
    shown.map_err(|error| if arguments.dry_run { Problem::output(error) } else { not_shown(&order, error) })?;
    if !left.is_empty() {
        screen.remark(&format!("differs but is left unchanged: {}", left.join(", ")));
    }
    if !unseen.is_empty() {
        screen.remark(&format!("could not be compared and is left unchanged: {}", joined(&unseen)));
    }
    if arguments.allow_unsafe && backup.is_schema_alone() {
        screen.remark(&format!("{} is a schema alone: settings and assignments are left unchanged", file.name));
    }
    let all = || match (unseen.is_empty(), left.is_empty()) {
        (true, true) => Ok(Exit::Done),
        (true, false) => Ok(Exit::Findings),
        (false, _) => Err(Problem::NotCompared { app: snapshot.name.clone(), unseen: unseen.clone() }),
    };
    if order.steps.is_empty() {
        return all();
    }
    if arguments.dry_run {
        return all().map(|_| Exit::Findings);
    }
    let Decision::Write { pause } = arguments.writing.decide(&order, &connection)? else { return Ok(Exit::Findings) };
    let written = arguments.writing.carry_out(&order, pause, (&connection, &arguments.repeat(&connection)), screen);
    if let Some(problem) = written.problem {
        return Err(problem);
    }
    let what = written.done.join(", ");
    if let Some(start) = written.start {
        screen.remark(&format!("provisioning is paused; this starts it: {start}"));
    }
    screen.say(&format!("Restored {} from {} and read back: {what}", snapshot.name, file.name))?;
    screen.say(&arguments.checked_again(&judge, &connection, &order))?;
    all()
}

impl Arguments {
    /// The command that restores the same again.
    fn repeat(&self, connection: &Connection) -> Repeat {
        let restore = Command::provlint("restore").operand(&self.file).option("--app", &self.app);
        let restore = restore.flag("--unsafe", self.allow_unsafe).flag("--from-another-app", self.from_another_app);
        Repeat { again: Some(restore.and(&connection.flags())), ..Repeat::default() }
    }

    /// A check of the app as it is now: a backup is not necessarily correct.
    fn checked_again(&self, judge: &Judge, connection: &Connection, order: &Order<'_>) -> String {
        // Of several jobs, one that was written is checked.
        let job = order.jobs.first();
        let flags = connection.flags_to(&self.app);
        let command = match job.map(|job| job_flag(order, job)).filter(|flag| !flag.is_empty()) {
            Some(flag) => format!("provlint fix {flags}{flag} --dry-run"),
            None => format!("provlint check {flags}"),
        };
        let read =
            connection.read_job(&order.principal, job.map(|job| job.id.as_str()), &judge.policies, More::default());
        match read.and_then(|live| judged(judge, &Input::live(&live.name), &live.to_exact_text())) {
            Err(problem) => format!("It could not be checked again: {problem}. To check it: {command}"),
            Ok(judgement) => {
                let counts = counts_of(judgement.findings.iter()).into_iter().map(|(_, count)| count);
                let counts: Vec<String> = counts.collect();
                let found = if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") };
                let unknown = match judgement.rules.iter().filter(|report| report.reason().is_some()).count() {
                    0 => String::new(),
                    count => format!(", and {} could not be evaluated", counted(count, "rule")),
                };
                format!("Checked again: {found} found{unknown}. For all details: {command}")
            }
        }
    }
}
