//! Writing to a tenant: ask, back up, change, prove. What is to be written was shown before.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;

use super::live::{Connection, advice};
use super::problem::Problem;
use super::screen::Screen;
use crate::fix::file;
use crate::fix::tenant::{Halted, Stands, Step, carry_out, is_current};
use crate::graph::{AppToWrite, GraphError};
use crate::model;
use crate::report::Backup;

/// How a tenant is written to.
#[derive(Debug, Args)]
#[command(next_help_heading = "Writing to a tenant")]
pub(super) struct Writing {
    /// Write without asking.
    #[arg(short, long, requires = "app")]
    yes: bool,

    /// Pause provisioning first, where it is on. It stays paused.
    #[arg(long, requires = "app")]
    pause: bool,

    /// The folder for the backup; the working directory, if not said.
    #[arg(long, value_name = "DIRECTORY", requires = "app")]
    backup_dir: Option<PathBuf>,
}

/// What is to be written to an app.
pub(super) struct Order<'o> {
    /// The app's name.
    pub(super) name: &'o str,
    /// The object id of its service principal.
    pub(super) principal: String,
    /// The job whose schema is judged.
    pub(super) job: Job,
    /// The snapshot that was read: what the backup holds.
    pub(super) before: &'o str,
    pub(super) steps: Vec<Step>,
}

/// A provisioning job.
pub(super) struct Job {
    pub(super) id: String,
    pub(super) is_on: bool,
}

impl Job {
    /// The job whose schema is judged in a snapshot.
    pub(super) fn judged(snapshot: &str) -> Option<Self> {
        let resources = model::read(snapshot).ok()?;
        let (_, _, job) = resources.first()?.schema()?;
        let job = job?;
        Some(Job { id: job.id.as_deref()?.to_owned(), is_on: job.is_on() })
    }
}

/// What somebody said who was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Write { pause: bool },
    Leave,
}

/// What came of writing.
#[derive(Default)]
pub(super) struct Written {
    /// What was there before; `None` where not even that was written.
    pub(super) backup: Option<Backup>,
    pub(super) problem: Option<Problem>,
}

impl Writing {
    /// Asks whether to write, unless that is said already.
    pub(super) fn decide(&self, order: &Order<'_>, connection: &Connection) -> Result<Decision, Problem> {
        let pause = self.pause && order.job.is_on;
        if self.yes {
            return Ok(Decision::Write { pause });
        }
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return Err(Problem::Usage {
                message: format!("graph:{}: nothing was written: there is no terminal to ask on", order.name),
                help: "--yes writes without asking, --dry-run shows what would be written".into(),
            });
        }
        let may_pause = order.job.is_on && !pause;
        let (note, choice) = match (order.job.is_on, pause) {
            (true, false) => ("Provisioning is on. ", "y/N, or p to pause provisioning first"),
            (true, true) => ("Provisioning is paused first. ", "y/N"),
            (false, _) => ("", "y/N"),
        };
        let question =
            format!("{note}Write this to {} at {}? [{choice}] ", order.name, connection.client().root().host());
        let mut answer = String::new();
        let asked = write!(io::stderr(), "{question}").and_then(|()| io::stdin().read_line(&mut answer));
        asked.map_err(|error| Problem::Usage {
            message: format!("graph:{}: nothing was written: {error}", order.name),
            help: String::new(),
        })?;
        Ok(match answer.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => Decision::Write { pause },
            "p" | "pause" if may_pause => Decision::Write { pause: true },
            _ => Decision::Leave,
        })
    }

    /// Writes the backup, then everything that is ordered, one after the other, each proved before the next.
    pub(super) fn carry_out(
        &self,
        order: &Order<'_>,
        pause: bool,
        connection: &Connection,
        screen: &Screen,
    ) -> Written {
        let mut written = Written::default();
        written.problem = self.try_to(order, pause, connection, screen, &mut written.backup).err();
        written
    }

    fn try_to(
        &self,
        order: &Order<'_>,
        pause: bool,
        connection: &Connection,
        screen: &Screen,
        backed_up: &mut Option<Backup>,
    ) -> Result<(), Problem> {
        let app = AppToWrite::new(connection.client(), &order.principal);
        for step in &order.steps {
            let current = connection.wait("Reading the schema once more", is_current(app, step));
            let problem = match current {
                Ok(true) => continue,
                Ok(false) => order.problem("the schema changed since it was read", "run the command again"),
                Err(error) => order.problem(&format!("the schema could not be read again: {error}"), &advice(&error)),
            };
            return Err(problem);
        }
        let backup = self.back_up(order, connection)?;
        screen.remark(&format!("backup: {}; the way back: {}", backup.file, backup.restore));
        let way_back = backup.restore.clone();
        *backed_up = Some(backup);
        if pause {
            let paused = connection.wait("Pausing provisioning", app.pause(&order.job.id));
            paused.map_err(|error| {
                order.problem(&format!("provisioning could not be paused: {error}"), &advice_to_write(&error))
            })?;
            screen.remark("provisioning is paused");
        }
        for (done, step) in order.steps.iter().enumerate() {
            let what = step.what();
            match connection.wait(&format!("Writing {what}"), carry_out(app, step)) {
                Ok(None) => screen.remark(&format!("{what}: written and read back")),
                Ok(Some(error)) => {
                    screen.remark(&format!("{what}: Graph answered {error}; read back, it stands as written"));
                }
                Err(halted) => return Err(order.halted(done, &halted, &way_back, pause)),
            }
        }
        Ok(())
    }

    fn back_up(&self, order: &Order<'_>, connection: &Connection) -> Result<Backup, Problem> {
        let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
        let name: String = order.name.chars().map(plain).collect();
        let time = Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
        let folder = self.backup_dir.as_deref().unwrap_or(Path::new(""));
        let mut number = 1;
        loop {
            let again = if number == 1 { String::new() } else { format!("-{number}") };
            let path = folder.join(format!("provlint-backup-{name}-{time}{again}.json"));
            match file::create_private(&path, order.before.as_bytes()) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 100 => number += 1,
                Err(error) => {
                    let nothing = "nothing was written to the tenant; --backup-dir names another folder";
                    return Err(order.problem(&format!("{} could not be written: {error}", path.display()), nothing));
                }
                Ok(()) => {
                    let file = path.display().to_string();
                    // What stands in no schema is put back only where that is said.
                    let beyond = order.steps.iter().any(|step| matches!(step, Step::Tenant(_)));
                    let restore = format!(
                        "provlint restore {} --app {}{}{}",
                        quoted(&file),
                        order.principal,
                        if beyond { " --unsafe" } else { "" },
                        connection.flags()
                    );
                    return Ok(Backup { file, restore });
                }
            }
        }
    }
}

impl Order<'_> {
    /// Nothing is written that could not be shown.
    pub(super) fn unseen(&self, error: &io::Error) -> Problem {
        self.problem(&format!("what would be written could not be shown: {error}"), "")
    }

    /// Something that kept the whole order from being begun.
    fn problem(&self, what: &str, help: &str) -> Problem {
        Problem::Usage { message: format!("graph:{}: nothing was written: {what}", self.name), help: help.to_owned() }
    }

    /// Says what stands where when a step wasn't done or could not be proved.
    fn halted(&self, done: usize, halted: &Halted, way_back: &str, paused: bool) -> Problem {
        let Halted { answer, stands } = halted;
        let what = self.steps.get(done).map(Step::what).unwrap_or_default();
        let message = match answer {
            Ok(()) => format!("graph:{}: Graph took {what}; {stands}", self.name),
            Err(error) => format!("graph:{}: {what} was answered with {error}; {stands}", self.name),
        };
        let mut help = Vec::new();
        let before: Vec<String> = self.steps.iter().take(done).map(Step::what).collect();
        if !before.is_empty() {
            help.push(format!("written before that, and read back: {}", before.join(", ")));
        }
        if paused {
            help.push("provisioning is paused".to_owned());
        }
        help.extend(match stands {
            Stands::AsBefore if answer.is_ok() => {
                Some("it may show later: run provlint diff with the backup".to_owned())
            }
            Stands::AsBefore | Stands::Untouched if before.is_empty() => {
                Some("nothing in the tenant was changed, so the backup isn't needed".to_owned())
            }
            _ => None,
        });
        if !before.is_empty() || answer.is_ok() || !matches!(stands, Stands::AsBefore | Stands::Untouched) {
            help.push(format!("the way back: {way_back}"));
        }
        help.extend(answer.as_ref().err().map(advice_to_write).filter(|advice| !advice.is_empty()));
        Problem::Usage { message, help: help.join("; ") }
    }
}

fn advice_to_write(error: &GraphError) -> String {
    match error.status() {
        Some(401 | 403) => "the token needs Synchronization.ReadWrite.All, to assign groups \
                            AppRoleAssignment.ReadWrite.All too; a person needs the role Application Administrator"
            .to_owned(),
        _ => advice(error),
    }
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':' | '\\');
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}
