//! Writing to a tenant: the confirmation, the backup, and the progress.

use std::io;
use std::path::{Path, PathBuf};
use std::pin::pin;

use clap::Args;
use futures_util::FutureExt;
use jiff::Timestamp;

use super::destination::destination;
use super::input::BACKUP;
use super::live::Connection;
use crate::cli::terminal::consent::{Answer, Consent, Question};
use crate::cli::terminal::interrupt::unless;
use crate::cli::terminal::last_words::LastWords;
use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::progress;
use crate::cli::terminal::screen::Screen;
use crate::cli::terminal::wording::Unfinished;
use crate::document;
use crate::fix::{Backup, file};
use crate::graph::AppClient;
use crate::model::{Authentication, Snapshot};
use crate::tenant::order::{Carried, Doing, Job, Order, OrderError, Watch};
use crate::tenant::step::{Patience, Proved, Step, answered};
use crate::text::shell::{Command, Words, in_order, operand, option};

/// The flags of commands that write to a tenant.
#[derive(Debug, Args)]
#[command(next_help_heading = "Writing to a tenant")]
pub(in crate::cli) struct Writing {
    #[command(flatten)]
    consent: Consent,

    /// Pause provisioning first, if it is on; it stays paused
    #[arg(long, requires = "app")]
    pause: bool,

    #[command(flatten)]
    back_up: BackUp,
}

/// Where the state before a write is saved.
#[derive(Debug, Args)]
#[command(next_help_heading = "Writing to a tenant")]
pub(in crate::cli) struct BackUp {
    /// Directory for the backup [default: the working directory]
    #[arg(long, value_name = "DIRECTORY", requires = "app")]
    backup_dir: Option<PathBuf>,
}

/// The answer to the question whether to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Decision {
    Write { pause: bool },
    Leave,
}

/// The result of writing.
#[derive(Default)]
pub(in crate::cli) struct Written {
    /// The backup; `None` if no change was attempted.
    pub(in crate::cli) backup: Option<Backup>,
    /// The changes that were made and read back.
    pub(in crate::cli) done: Vec<String>,
    /// The command that starts provisioning again, if it was paused or may have been.
    pub(in crate::cli) start: Option<String>,
    pub(in crate::cli) problem: Option<Problem>,
}

impl Writing {
    /// Asks whether to write; --yes answers yes.
    pub(in crate::cli) fn decide(&self, order: &Order<'_>, connection: &Connection) -> Result<Decision, Problem> {
        let is_on = order.jobs.iter().any(|job| job.is_on);
        let pause = self.pause && is_on;
        let may_pause = is_on && !pause;
        let note = match (is_on, pause) {
            (true, false) => "Provisioning is on. ",
            (true, true) => "Provisioning is paused first. ",
            (false, _) => "",
        };
        let host = connection.client().root().host();
        let text = format!("{note}Write this to {} at {host}?", order.name);
        let subject = format!("graph:{}", order.name);
        let question = Question { subject: &subject, text: &text, offers_pause: may_pause };
        let answer = self.consent.ask(&question, || destination(connection, order.name, &order.principal))?;
        Ok(match answer {
            Answer::Yes => Decision::Write { pause },
            Answer::Pause => Decision::Write { pause: true },
            Answer::No => Decision::Leave,
        })
    }

    /// Whether the changes must be shown on standard error, together with the question.
    pub(in crate::cli) fn is_beside_output(&self) -> bool {
        self.consent.is_beside_output()
    }

    /// Writes the backup, then makes the changes.
    pub(in crate::cli) fn carry_out(
        &self,
        order: &Order<'_>,
        pause: bool,
        (connection, repeat): (&Connection, &Repeat),
        screen: &Screen,
    ) -> Written {
        let app = AppClient::new(connection.client(), &order.principal);
        let repeat = &Repeat {
            requirements: repeat.requirements.clone(),
            again: repeat.again.clone().map(|again| again.flag("--pause", self.pause)),
        };
        let commands = Commands { order, connection, repeat };
        // One listener for all of it, so that Ctrl-C between two requests counts too.
        let mut pressed = pin!(tokio::signal::ctrl_c().fuse());
        let words = LastWords::new();
        let looking = Watcher { connection, screen, unfinished: None };
        let begun = match connection.block_on(unless(order.expect_current(app, &looking), &mut pressed)) {
            Some(Ok(())) => Ok(()),
            Some(Err(error)) => Err(error),
            None => Err(OrderError::Stopped),
        };
        if let Err(error) = begun {
            return Written { problem: Some(not_begun(order, error, &repeat.again)), ..Written::default() };
        }
        let file = match self.back_up.write(order.name, order.before) {
            Ok(file) => file,
            Err(problem) => return Written { problem: Some(problem), ..Written::default() },
        };
        let backup = backup(&file, &commands.restore(&file, &order.steps));
        screen.remark(&format!("backup: {}; to restore it: {}", backup.file, backup.restore));
        let start: Vec<Command> = order.paused(pause).map(|job| commands.start(job)).collect();
        for start in &start {
            screen.remark(&format!("provisioning is paused first; this starts it again: {start}"));
        }
        let patience = Patience::within(connection.client().longest_wait());
        let mut carried = order.begin(pause);
        let unfinished = |stands: Carried| {
            let problem = commands.written(stands, &file, start.clone()).problem;
            words.set(problem.map(|problem| screen.rendered(&problem)).unwrap_or_default());
        };
        let watch = Watcher { connection, screen, unfinished: Some(&unfinished) };
        if connection.block_on(unless(carried.carry_out(app, patience, &watch), &mut pressed)).is_none() {
            carried.interrupt();
        }
        commands.written(carried, &file, start)
    }
}

impl BackUp {
    /// Writes the snapshot of an app to a new file.
    pub(in crate::cli) fn write(&self, app: &str, snapshot: &str) -> Result<PathBuf, Problem> {
        let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
        let name: String = app.chars().map(plain).take(LONGEST_NAME).collect();
        let time = Timestamp::now().strftime("%Y%m%dT%H%M%S%.3fZ");
        let folder = self.backup_dir.as_deref().unwrap_or(Path::new(""));
        let mut number = 1;
        loop {
            let again = if number == 1 { String::new() } else { format!("-{number}") };
            let path = folder.join(format!("{BACKUP}{name}-{time}{again}.json"));
            match file::create_private(&path, snapshot.as_bytes()) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 100 => number += 1,
                Err(error) => return Err(Problem::NoBackup { app: app.to_owned(), path, error }),
                Ok(()) => return Ok(path),
            }
        }
    }
}

/// The longest part of an app's name that fits into a file name on every system.
const LONGEST_NAME: usize = 100;

/// The error if the changes could not be shown; then nothing is written.
pub(in crate::cli) fn not_shown(order: &Order<'_>, error: io::Error) -> Problem {
    Problem::Unshown { app: order.name.to_owned(), error }
}

/// The flag that names a job, if the app has several.
pub(in crate::cli) fn job_flag(order: &Order<'_>, job: &Job) -> String {
    if order.has_several_jobs { option("--job", &job.id) } else { String::new() }
}

fn not_begun(order: &Order<'_>, error: OrderError, again: &Option<Command>) -> Problem {
    Problem::Order(Box::new(Unfinished {
        app: order.name.to_owned(),
        error,
        begun: false,
        done: Vec::new(),
        unattempted: Vec::new(),
        restore: None,
        start: Vec::new(),
        diff: None,
        connect: None,
        again: again.clone(),
    }))
}

/// The commands that undo an order or show its state.
struct Commands<'c> {
    order: &'c Order<'c>,
    connection: &'c Connection,
    repeat: &'c Repeat,
}

/// How other commands are given what this one was given.
#[derive(Default)]
pub(in crate::cli) struct Repeat {
    /// The words with which another command applies the same requirements.
    pub(in crate::cli) requirements: Words,
    /// The command that does the same again.
    pub(in crate::cli) again: Option<Command>,
}

impl Commands<'_> {
    /// The command that saves the app's credential again; `None` for a way of signing in that only the portal configures.
    fn connect(&self) -> Option<Command> {
        let snapshot: Snapshot<'_> = document::from_str(self.order.before).ok()?;
        let connect = Command::provlint("connect").option("--app", &self.order.principal);
        let connect = match self.order.jobs.as_slice() {
            [job] if self.order.has_several_jobs => connect.option("--job", &job.id),
            _ => connect,
        };
        let connect = match snapshot.authentication() {
            Some(Authentication::Bearer) => connect,
            Some(Authentication::ClientCredentials) => connect
                .option("--auth-method", "oauth2")
                .option("--client-id", "CLIENT-ID")
                .option("--token-endpoint", "URL"),
            Some(Authentication::Federation | Authentication::Other) | None => return None,
        };
        let connect = connect.flag("--token-stdin", true).and(&self.repeat.requirements).and(&self.connection.flags());
        Some(connect.reading("token.txt"))
    }

    fn start(&self, job: &Job) -> Command {
        let start = Command::provlint("start").option("--app", &self.order.principal).and(&self.connection.flags());
        if self.order.has_several_jobs { start.option("--job", &job.id) } else { start }
    }

    /// The command that undoes `steps`.
    fn restore(&self, file: &Path, steps: &[Step]) -> Command {
        // restore changes nothing outside the schema without this flag.
        let beyond = steps.iter().any(|step| matches!(step, Step::Tenant(_)));
        let restore = Command::provlint("restore").operand(file).option("--app", &self.order.principal);
        restore.flag("--unsafe", beyond).and(&self.connection.flags())
    }

    fn diff(&self, file: &Path) -> Command {
        let diff = Command::provlint("diff").operand(file).option("--app", &self.order.principal);
        diff.and(&self.connection.flags())
    }

    fn written(&self, mut carried: Carried, file: &Path, start: Vec<Command>) -> Written {
        let done: Vec<String> = carried.proved().iter().map(Step::what).collect();
        let start = if carried.is_paused() { start } else { Vec::new() };
        let error = carried.error.take();
        let steps = if error.is_some() { carried.begun() } else { &self.order.steps };
        let restore = self.restore(file, steps);
        let backup = Some(backup(file, &restore));
        let written = Written {
            backup,
            done: done.clone(),
            start: Some(in_order(&start)).filter(|start| !start.is_empty()),
            problem: None,
        };
        let Some(error) = error else { return written };
        let unfinished = Unfinished {
            app: self.order.name.to_owned(),
            error,
            begun: true,
            done,
            unattempted: carried.unattempted().iter().map(Step::what).collect(),
            restore: carried.needs_restore().then_some(restore),
            start,
            diff: Some(self.diff(file)),
            connect: self.connect(),
            again: self.repeat.again.clone(),
        };
        Written { problem: Some(Problem::Order(Box::new(unfinished))), ..written }
    }
}

fn backup(file: &Path, restore: &Command) -> Backup {
    Backup { file: operand(file), restore: restore.to_string() }
}

/// Shows the progress of an order on the terminal.
struct Watcher<'w> {
    connection: &'w Connection,
    screen: &'w Screen,
    /// Notes what to say if the program fails; `None` while nothing is written.
    unfinished: Option<&'w dyn Fn(Carried)>,
}

impl Watch for Watcher<'_> {
    async fn wait<T>(&self, doing: Doing<'_>, work: impl Future<Output = T>) -> T {
        let text = match doing {
            Doing::Reading(step) => format!("Reading {} again", step.what()),
            Doing::Writing(step) => format!("Writing {}", step.what()),
        };
        progress::shown(self.connection.shows_progress(), &text, work).await
    }

    fn sending(&self, stands: Carried) {
        if let Some(unfinished) = self.unfinished {
            unfinished(stands);
        }
    }

    fn proved(&self, step: &Step, proved: &Proved) {
        let despite = proved.despite.as_ref().map(|error| format!(" {}; it is", answered(error))).unwrap_or_default();
        self.screen.remark(&format!("{}:{despite} written and read back", step.what()));
        if proved.altered {
            self.screen.remark(
                "Graph stored parts that no mapping reads in another form than they were sent: compare with the backup",
            );
        }
    }
}
