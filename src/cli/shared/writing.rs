//! Writing to a tenant: ask, back up, change, prove. What is to be written was shown before.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;

use super::input::BACKUP;
use super::live::{Connection, advice};
use crate::cli::terminal::consent::{Consent, is_yes};
use crate::cli::terminal::problem::{Problem, joined, with_command};
use crate::cli::terminal::screen::Screen;
use crate::fix::file;
use crate::graph::{AppClient, GraphError};
use crate::model::{self, Content, SynchronizationJob, TenantChange};
use crate::report::Backup;
use crate::tenant::step::{Halted, Patience, Stands, Step, answered, carry_out, is_current};
use crate::text::shell::{operand, option};

/// How a tenant is written to.
#[derive(Debug, Args)]
#[command(next_help_heading = "Writing to a tenant")]
pub(in crate::cli) struct Writing {
    #[command(flatten)]
    consent: Consent,

    /// Pause provisioning first, where it is on. It stays paused.
    #[arg(long, requires = "app")]
    pause: bool,

    /// The folder for the backup; the working directory, if not said.
    #[arg(long, value_name = "DIRECTORY", requires = "app")]
    backup_dir: Option<PathBuf>,
}

/// What is to be written to an app.
pub(in crate::cli) struct Order<'o> {
    /// The app's name.
    pub(in crate::cli) name: &'o str,
    /// The object id of its service principal.
    pub(in crate::cli) principal: String,
    /// The jobs that are written to.
    pub(in crate::cli) jobs: Vec<Job>,
    /// The snapshot that was read: what the backup holds.
    pub(in crate::cli) before: &'o str,
    pub(in crate::cli) steps: Vec<Step>,
}

/// A provisioning job.
pub(in crate::cli) struct Job {
    pub(in crate::cli) id: String,
    pub(in crate::cli) is_on: bool,
}

impl Job {
    /// The job whose schema is judged in a snapshot.
    pub(in crate::cli) fn judged(snapshot: &str) -> Option<Self> {
        let resources = model::read(snapshot).ok()?;
        let (_, _, job) = resources.first()?.schema()?;
        Job::of(job?)
    }

    pub(in crate::cli) fn of(job: &SynchronizationJob<'_>) -> Option<Self> {
        Some(Job { id: job.id.as_deref()?.to_owned(), is_on: job.is_on() })
    }
}

/// What somebody said who was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Decision {
    Write { pause: bool },
    Leave,
}

/// What came of writing.
#[derive(Default)]
pub(in crate::cli) struct Written {
    /// What was there before; `None` where not even that was written.
    pub(in crate::cli) backup: Option<Backup>,
    /// What is written and read back.
    pub(in crate::cli) done: Vec<String>,
    /// The command that starts provisioning again, where it was paused or may have been.
    pub(in crate::cli) start: Option<String>,
    pub(in crate::cli) problem: Option<Problem>,
}

impl Writing {
    /// Asks whether to write, unless that is said already.
    pub(in crate::cli) fn decide(&self, order: &Order<'_>, connection: &Connection) -> Result<Decision, Problem> {
        let is_on = order.jobs.iter().any(|job| job.is_on);
        let pause = self.pause && is_on;
        let may_pause = is_on && !pause;
        let (note, choice) = match (is_on, pause) {
            (true, false) => ("Provisioning is on. ", "y/N, or p to pause provisioning first"),
            (true, true) => ("Provisioning is paused first. ", "y/N"),
            (false, _) => ("", "y/N"),
        };
        let host = connection.client().root().host();
        let question = format!("{note}Write this to {} at {host}? [{choice}]", order.name);
        let answer = self.consent.ask(&format!("graph:{}", order.name), &question)?;
        Ok(match answer.as_str() {
            answer if is_yes(answer) => Decision::Write { pause },
            "p" | "pause" if may_pause => Decision::Write { pause: true },
            _ => Decision::Leave,
        })
    }

    /// Whether what somebody will be asked about has to be shown on standard error.
    pub(in crate::cli) fn is_beside_output(&self) -> bool {
        self.consent.is_beside_output()
    }

    /// Writes the backup, then everything that is ordered, one after the other, each proved before the next.
    pub(in crate::cli) fn carry_out(
        &self,
        order: &Order<'_>,
        pause: bool,
        connection: &Connection,
        screen: &Screen,
    ) -> Written {
        let mut written = Written::default();
        written.problem = self.try_to(order, pause, connection, screen, &mut written).err();
        written
    }

    fn try_to(
        &self,
        order: &Order<'_>,
        pause: bool,
        connection: &Connection,
        screen: &Screen,
        written: &mut Written,
    ) -> Result<(), Problem> {
        let app = AppClient::new(connection.client(), &order.principal);
        for step in &order.steps {
            let current = expect_current(app, step, connection);
            current.map_err(|(why, help)| order.problem(&why, &help))?;
        }
        let file = self.back_up(order)?;
        let running: Vec<&Job> = order.jobs.iter().filter(|job| pause && job.is_on).collect();
        let pausing: Vec<Step> = running.iter().map(|job| Step::Pause { job: job.id.clone() }).collect();
        let steps: Vec<&Step> = pausing.iter().chain(&order.steps).collect();
        let backup = order.backup(&file, &steps, connection);
        screen.remark(&format!("backup: {}; the way back: {}", backup.file, backup.restore));
        written.backup = Some(backup);
        let start = running.iter().map(|job| order.start(job, connection)).collect::<Vec<_>>().join(" && ");
        if !pausing.is_empty() {
            screen.remark(&format!("provisioning is paused first; this starts it again: {start}"));
        }
        for (number, step) in steps.iter().enumerate() {
            let what = step.what();
            // What was written before took its time, in which somebody else may have been at work.
            if number > 0
                && let Err((why, help)) = expect_current(app, step, connection)
            {
                let begun = &steps[..number];
                let backup = order.backup(&file, begun, connection);
                let message = format!("graph:{}: {what} was not written: {why}", order.name);
                let problem = with_way_back(message, vec![help], written, way_back(begun, &backup));
                written.backup = Some(backup);
                return Err(problem);
            }
            let pauses = matches!(step, Step::Pause { .. });
            match connection.wait(
                &format!("Writing {what}"),
                carry_out(app, step, Patience::within(connection.client().longest_wait())),
            ) {
                Ok(proved) => {
                    let despite = proved.despite.map(|error| format!(": {}; it is", answered(&error)));
                    screen.remark(&format!("{what}{} written and read back", despite.unwrap_or(":".into())));
                    if proved.altered {
                        screen.remark(
                            "of what no mapping reads, Graph keeps something in another form than it was sent: compare \
                             with the backup",
                        );
                    }
                    written.done.push(what);
                    written.start = written.start.take().or_else(|| pauses.then(|| start.clone()));
                }
                Err(halted) => {
                    let begun = if halted.is_final() { &steps[..number] } else { &steps[..=number] };
                    let backup = order.backup(&file, begun, connection);
                    if pauses && !halted.is_final() {
                        written.start = Some(start.clone());
                    }
                    let diff = format!(
                        "provlint diff {} --app {}{}",
                        operand(Path::new(&file)),
                        order.principal,
                        connection.flags()
                    );
                    let problem = order.halted(step, written, &halted, way_back(begun, &backup), &diff);
                    written.backup = Some(backup);
                    return Err(problem);
                }
            }
        }
        Ok(())
    }

    fn back_up(&self, order: &Order<'_>) -> Result<String, Problem> {
        let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
        let name: String = order.name.chars().map(plain).take(LONGEST_NAME).collect();
        let time = Timestamp::now().strftime("%Y%m%dT%H%M%S%.3fZ");
        let folder = self.backup_dir.as_deref().unwrap_or(Path::new(""));
        let mut number = 1;
        loop {
            let again = if number == 1 { String::new() } else { format!("-{number}") };
            let path = folder.join(format!("{BACKUP}{name}-{time}{again}.json"));
            match file::create_private(&path, order.before.as_bytes()) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 100 => number += 1,
                Err(error) => {
                    let what = format!("{} could not be written: {error}", path.display());
                    return Err(order.problem(&what, "--backup-dir names another folder"));
                }
                Ok(()) => return Ok(path.display().to_string()),
            }
        }
    }
}

/// Whether the schema that a step replaces is still the one that was read; else why not, and what to do.
fn expect_current(app: AppClient<'_>, step: &Step, connection: &Connection) -> Result<(), (String, String)> {
    match connection.wait("Reading the schema once more", is_current(app, step)) {
        Ok(true) => Ok(()),
        Ok(false) => Err(("the schema changed since it was read".to_owned(), "run the command again".to_owned())),
        Err(error) => Err((format!("the schema could not be read again: {error}"), advice(&error))),
    }
}

/// So much of an app's name fits into a file's name everywhere.
const LONGEST_NAME: usize = 100;

impl Order<'_> {
    /// The flag that names a job, where the app has several.
    pub(in crate::cli) fn job_flag(&self, job: &Job) -> String {
        let resources = model::read(self.before).unwrap_or_default();
        let jobs = resources.first().map_or(0, |resource| match &resource.content {
            Content::Snapshot(snapshot) => snapshot.jobs.iter().flatten().count(),
            Content::Schema(_) => 0,
        });
        if jobs > 1 { option("--job", &job.id) } else { String::new() }
    }

    /// The command that starts a job again.
    fn start(&self, job: &Job, connection: &Connection) -> String {
        format!("provlint start {}{}", connection.flags_to(&self.principal), self.job_flag(job))
    }

    /// Nothing is written that could not be shown.
    pub(in crate::cli) fn unseen(&self, error: &io::Error) -> Problem {
        self.problem(&format!("what would be written could not be shown: {error}"), "")
    }

    /// Something that kept the whole order from being begun.
    fn problem(&self, what: &str, help: &str) -> Problem {
        Problem::Usage { message: format!("graph:{}: nothing was written: {what}", self.name), help: help.to_owned() }
    }

    /// The way back from steps.
    fn backup(&self, file: &str, steps: &[&Step], connection: &Connection) -> Backup {
        // What stands in no schema is put back only where that is said.
        let beyond = steps.iter().any(|step| matches!(step, Step::Tenant(_)));
        let flag = if beyond { " --unsafe" } else { "" };
        let file = operand(Path::new(file));
        let restore = format!("provlint restore {file} --app {}{flag}{}", self.principal, connection.flags());
        Backup { file: file.to_owned(), restore }
    }

    /// Says what stands where when a step wasn't done or could not be proved.
    /// `diff` is the command that shows whether it comes later.
    fn halted(&self, step: &Step, written: &Written, halted: &Halted, way_back: Option<&str>, diff: &str) -> Problem {
        let message = format!("graph:{}: {}", self.name, format_args!("{}: {halted}", step.what()));
        let advice = halted.answer.as_ref().err().map(advice_to_write).filter(|advice| !advice.is_empty());
        let mut help = Vec::new();
        if halted.is_final() && written.done.is_empty() {
            help.push("nothing in the tenant was changed, so the backup isn't needed".to_owned());
            help.extend(advice);
            Problem::Usage { message, help: joined(help) }
        } else {
            if matches!(halted.stands, Stands::AsBefore) && !halted.is_final() {
                help.push(with_command("it may still come; this shows whether it has", diff));
            }
            if matches!((step, &halted.stands), (Step::Tenant(TenantChange::Setting { .. }), Stands::Otherwise(_))) {
                help.push(
                    "enter again what is gone, under Provisioning > Connectivity; the backup has it but for credentials"
                        .to_owned(),
                );
            }
            help.extend(advice);
            with_way_back(message, help, written, way_back)
        }
    }
}

/// The command that puts back what steps changed; a pause changes nothing that a backup holds.
fn way_back<'b>(begun: &[&Step], backup: &'b Backup) -> Option<&'b str> {
    begun.iter().any(|step| !matches!(step, Step::Pause { .. })).then_some(backup.restore.as_str())
}

/// Something that went wrong when something is written already, or may be.
fn with_way_back(message: String, more: Vec<String>, written: &Written, way_back: Option<&str>) -> Problem {
    let Written { done, start, .. } = written;
    let mut help = Vec::new();
    if !done.is_empty() {
        help.push(format!("written before that, and read back: {}", done.join(", ")));
    }
    help.extend(more.into_iter().filter(|help| !help.is_empty()));
    help.extend(way_back.map(|way_back| with_command("the way back", way_back)));
    help.extend(start.as_ref().map(|start| with_command("provisioning stays paused; this starts it", start)));
    Problem::Usage { message, help: joined(help) }
}

pub(in crate::cli) fn advice_to_write(error: &GraphError) -> String {
    let rights = "the token needs Synchronization.ReadWrite.All, to assign groups AppRoleAssignment.ReadWrite.All too; a \
                  person needs the role Application Administrator";
    match error.status() {
        Some(401) => format!("{}; or {rights}", advice(error)),
        Some(403) => rights.to_owned(),
        _ => advice(error),
    }
}
