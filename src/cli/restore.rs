//! `provlint restore`

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::judged::judged;
use super::schema_text::{JobSchema, SchemaText, paired};
use super::shared::input::Input;
use super::shared::judging::Judge;
use super::shared::live::{Connection, Live, More};
use super::shared::policies::Policies;
use super::shared::writing::{Decision, Job, Order, Writing};
use super::terminal::exit::Exit;
use super::terminal::problem::{Problem, joined};
use super::terminal::screen::{Screen, output_error};
use crate::document::{Pointer, locate};
use crate::inspection::Inspection;
use crate::model::{self, AppRoleAssignment, Content, Difference, Snapshot, Subject, TenantChange, differences};
use crate::report::{DIFFERENCE_FORMATS, DifferenceReport, consequence_lines, counted, counts_of};
use crate::tenant::step::Step;
use crate::tenant::{Touched, consequences, lacking, same_values};

/// Put a backed-up schema back into the tenant.
///
/// FILE is a backup that provlint fix wrote, a snapshot, or a schema that was downloaded in the portal. What would change
/// is shown, and what follows from it. Then you are asked, what stands there now is backed up in its turn, and only then
/// the schema is written, read back and compared. The exit code is 1 where it wasn't written though it differs, and 2 where
/// something could not be compared.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint restore provlint-backup-TOTAL-20261126T081500.250Z.json --app TOTAL\n  \
                        provlint restore schema.json --app TOTAL --dry-run")]
pub(super) struct Arguments {
    /// The backup.
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// The app to put it back into: its display name, object id or appId.
    #[arg(long, value_name = "NAME|ID")]
    app: String,

    /// Show what would change; write nothing.
    #[arg(long)]
    dry_run: bool,

    /// Put back also the settings that fix may have written (SyncAll, SkipOutOfScopeDeletions), and which groups are
    /// assigned.
    #[arg(long = "unsafe")]
    allow_unsafe: bool,

    /// Take the schema of another app, or of another job, or one that doesn't say of which it is.
    #[arg(long, conflicts_with = "allow_unsafe")]
    from_another_app: bool,

    #[command(flatten)]
    writing: Writing,

    #[command(flatten)]
    live: Live,
}

/// The settings that provlint writes, none of which is a credential.
const SETTINGS: [&str; 2] = ["SyncAll", "SkipOutOfScopeDeletions"];

/// What is to be put back, and what that means.
struct Plan {
    /// The jobs that are written to.
    jobs: Vec<Job>,
    steps: Vec<Step>,
    differences: Vec<Difference>,
    consequences: Vec<String>,
    /// What differs and stays as it is.
    left: Vec<String>,
    /// What nobody could compare, and why.
    unseen: Vec<String>,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let backup = SchemaText::read(&arguments.file)?;
    if !Inspection::of(&backup.text).cut_off.is_empty() {
        return Err(Problem::cut_off(&backup.name));
    }
    for schema in backup.schemas()? {
        whole(&backup, schema.text)?;
    }
    // A broken policy must not stand in the way back.
    let judge = Judge::by(Policies::load(None, None, &[]).unwrap_or_else(|_| Policies::built_in()));
    let connection = arguments.live.connect()?;
    let live = connection.read(&arguments.app, &judge.policies, More::default())?;
    let now = SchemaText { name: format!("graph:{}", live.name), text: live.to_exact_text() };
    let principal = live.principal_id().unwrap_or_default();
    if !arguments.from_another_app {
        same_app(&backup, principal, &live.name)?;
    }
    let policy = judge.policies.choose(Some(&live.name), &live.name);
    let vendor = policy.map_or("The vendor", |policy| policy.vendor.as_str());
    let Plan { jobs, steps, differences, consequences, left, unseen } = arguments.plan(&now, &backup, vendor)?;
    let order = Order { name: &live.name, principal: principal.to_owned(), jobs, before: &now.text, steps };

    let mut secrets = now.secrets();
    secrets.extend(backup.secrets());
    let report = DifferenceReport::new(now.name.clone(), backup.name.clone(), &differences, &secrets);
    let nothing = report.is_empty() && !(left.is_empty() && unseen.is_empty());
    let shown = screen.show(!arguments.dry_run && arguments.writing.is_beside_output(), |style, out| {
        if !nothing {
            (DIFFERENCE_FORMATS[0].write)(&report, style, out)?;
        }
        consequence_lines(&consequences, style, out)
    });
    shown.map_err(|error| if arguments.dry_run { output_error(&error) } else { order.unseen(&error) })?;
    if !left.is_empty() {
        screen.remark(&format!("differs, and is left as it is: {}", left.join(", ")));
    }
    if !unseen.is_empty() {
        screen.remark(&format!("could not be compared, and is left as it is: {}", joined(&unseen)));
    }
    if arguments.allow_unsafe && backup.with_resource(|found| Ok(matches!(found.content, Content::Schema(_))))? {
        screen.remark(&format!("{} is a schema alone: settings and assignments are left as they are", backup.name));
    }
    let all = || match (unseen.is_empty(), left.is_empty()) {
        (true, true) => Ok(Exit::Done),
        (true, false) => Ok(Exit::Findings),
        (false, _) => Err(Problem::Usage {
            message: format!("{}: not everything could be compared: {}", now.name, joined(&unseen)),
            help: "what could not be compared is as it was; see provlint auth status for what the token may read"
                .into(),
        }),
    };
    if order.steps.is_empty() {
        return all();
    }
    if arguments.dry_run {
        return all().map(|_| Exit::Findings);
    }
    let Decision::Write { pause } = arguments.writing.decide(&order, &connection)? else { return Ok(Exit::Findings) };
    let written = arguments.writing.carry_out(&order, pause, &connection, screen);
    if let Some(problem) = written.problem {
        return Err(problem);
    }
    let what = written.done.join(", ");
    if let Some(start) = written.start {
        screen.remark(&format!("provisioning is paused; this starts it: {start}"));
    }
    screen.say(&format!("Put back in {} as in {}, and read back: {what}", now.name, backup.name))?;
    screen.say(&arguments.checked_again(&judge, &connection, &order))?;
    all()
}

impl Arguments {
    /// What a check says of the app as it is now: what worked once may be wrong.
    fn checked_again(&self, judge: &Judge, connection: &Connection, order: &Order<'_>) -> String {
        // Of several jobs one that was written is looked at.
        let job = order.jobs.first();
        let flags = connection.flags_to(&self.app);
        let command = match job.map(|job| order.job_flag(job)).filter(|flag| !flag.is_empty()) {
            Some(flag) => format!("provlint fix {flags}{flag} --dry-run"),
            None => format!("provlint check {flags}"),
        };
        let read =
            connection.read_job(&order.principal, job.map(|job| job.id.as_str()), &judge.policies, More::default());
        match read.and_then(|live| judged(judge, &Input::live(&live.name), &live.to_exact_text())) {
            Err(problem) => format!("It could not be checked again: {problem}. This does it: {command}"),
            Ok(judgement) => {
                let counts = counts_of(judgement.findings.iter()).into_iter().map(|(_, count)| count);
                let counts: Vec<String> = counts.collect();
                let found = if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") };
                let unknown = match judgement.unknown.len() {
                    0 => String::new(),
                    count => format!(", and {} could not be judged", counted(count, "rule")),
                };
                format!("Checked again: {found} found{unknown}. All of it: {command}")
            }
        }
    }

    fn plan(&self, now: &SchemaText, backup: &SchemaText, vendor: &str) -> Result<Plan, Problem> {
        let jobs = now.schemas()?;
        let pairs = self.pairs(now, backup, &jobs)?;
        let several = pairs.len() > 1;
        let (mut steps, mut found, mut touched) = (Vec::new(), Vec::new(), Vec::new());
        for (before, after) in &pairs {
            let job = before.job.clone().unwrap_or_default();
            let value = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
            let (old, new): (Value, Value) = (value(before.text), value(after.text));
            let mut differing = differences(&old, &new);
            if differing.is_empty() && !same_values(before.text, after.text) {
                let said = |text: &str| Some(Value::from(text));
                let what = Some("what no mapping reads");
                differing.push(Difference::new(Subject::Schema, what, said("as it is"), said("as in the backup")));
            }
            if differing.is_empty() {
                continue;
            }
            touched.push(Touched::by_differences(&differing, &old, &new));
            let of_job = several.then(|| job.clone());
            found.extend(differing.into_iter().map(|found| Difference { job: of_job.clone(), ..found }));
            let after = with_id_of(after.text, before.text);
            steps.push(Step::Schema { job, before: before.text.to_owned(), after });
        }
        let (changes, mut left) =
            if self.from_another_app { (Vec::new(), Vec::new()) } else { tenant_changes(now, backup)? };
        let mut unseen = self.unseen(&pairs, now, backup)?;
        if self.allow_unsafe {
            unseen.extend(unseen_parts(now, backup)?);
        }
        for (change, difference) in changes {
            if self.allow_unsafe {
                found.push(difference);
                touched.push(Touched::by_change(change.clone()));
                steps.push(Step::Tenant(change));
            } else {
                left.push(format!("{} (without --unsafe)", difference.subject));
            }
        }
        left.extend(gone(now, backup)?);
        let written = |id: &str| steps.iter().any(|step| matches!(step, Step::Schema { job, .. } if job == id));
        let (jobs, follows) = now.with_resource(|resource| {
            let Content::Snapshot(snapshot) = &resource.content else { return Ok((Vec::new(), Vec::new())) };
            let of_app = snapshot.jobs.iter().flatten();
            // Settings and assignments are those of all its jobs.
            let beyond = steps.iter().any(|step| matches!(step, Step::Tenant(_)));
            let touched_jobs: Vec<_> = of_app.filter(|job| beyond || job.id.as_deref().is_some_and(written)).collect();
            let touched = Touched::together(touched);
            let mut follows: Vec<String> = Vec::new();
            for sentence in touched_jobs.iter().flat_map(|job| consequences(&touched, job, vendor)) {
                if !follows.contains(&sentence) {
                    follows.push(sentence);
                }
            }
            Ok((touched_jobs.into_iter().filter_map(Job::of).collect(), follows))
        })?;
        Ok(Plan { jobs, steps, differences: found, consequences: follows, left, unseen })
    }

    /// The jobs that both have, and of which one side's schema could not be read.
    fn unseen(
        &self,
        pairs: &[(JobSchema<'_>, JobSchema<'_>)],
        now: &SchemaText,
        backup: &SchemaText,
    ) -> Result<Vec<String>, Problem> {
        if self.from_another_app {
            return Ok(Vec::new());
        }
        let (jobs, others) = (now.jobs()?, backup.jobs()?);
        let is_seen = |job: &&String| pairs.iter().any(|(schema, _)| schema.job.as_ref() == Some(*job));
        let unseen = jobs.iter().filter(|job| others.contains(job) && !is_seen(job)).map(|job| {
            let why = now.why_unread("schema").or_else(|| backup.why_unread("schema"));
            format!("the schema of the job {job}, {}", why.as_deref().unwrap_or("which could not be read"))
        });
        Ok(unseen.collect())
    }

    /// The schemas of the tenant's jobs, each with the one that is to take its place.
    fn pairs<'t>(
        &self,
        now: &SchemaText,
        backup: &'t SchemaText,
        jobs: &[JobSchema<'t>],
    ) -> Result<Vec<(JobSchema<'t>, JobSchema<'t>)>, Problem> {
        let schemas = backup.schemas()?;
        let pairs: Vec<_> =
            paired(jobs, &schemas).into_iter().map(|(job, schema)| (job.clone(), schema.clone())).collect();
        if !pairs.is_empty() {
            return Ok(pairs);
        }
        let named = schemas.iter().any(|schema| schema.job.is_some());
        let count = now.with_resource(|resource| match &resource.content {
            Content::Snapshot(snapshot) => Ok(snapshot.jobs.iter().flatten().count()),
            Content::Schema(_) => Ok(0),
        })?;
        match (jobs, schemas.as_slice()) {
            ([], _) => {
                let unread = now.why_unread("jobs").or_else(|| now.why_unread("schema"));
                let why = unread.map(|why| format!(": {why}")).unwrap_or_default();
                let message = format!("has no provisioning job whose schema can be read{why}");
                Err(now.usage(message, "see provlint auth status for what the token may read"))
            }
            (_, []) => {
                Err(backup.usage("holds no schema".into(), "the snapshot says in `unread` what could not be read"))
            }
            ([job], [schema]) if count == 1 && (self.from_another_app || !named) => {
                Ok(vec![(job.clone(), schema.clone())])
            }
            _ => {
                let ids: Vec<&str> = jobs.iter().filter_map(|job| job.job.as_deref()).collect();
                let message = format!("is of none of the provisioning jobs of {}: {}", now.name, ids.join(", "));
                Err(backup.usage(message, "--from-another-app takes it for the app's only job"))
            }
        }
    }
}

/// The schemas of the backup that no job of the app is for any more.
fn gone(now: &SchemaText, backup: &SchemaText) -> Result<Vec<String>, Problem> {
    let (jobs, others) = (now.jobs()?, backup.jobs()?);
    let gone = others.into_iter().filter(|job| !jobs.contains(job));
    Ok(gone.map(|job| format!("the schema of the job {job}, which is gone")).collect())
}

/// A schema under the id of another, whose place it takes.
fn with_id_of(schema: &str, other: &str) -> String {
    let id = Pointer::root().key("id");
    let span = |text: &str| locate(text, [&id]).pop().flatten().map(|place| place.span);
    match (span(schema), span(other)) {
        (Some(own), Some(place)) => format!("{}{}{}", &schema[..own.start], &other[place], &schema[own.end..]),
        _ => schema.to_owned(),
    }
}

/// The parts beside schemas that one side doesn't hold, so that nobody can say whether they differ.
fn unseen_parts(now: &SchemaText, backup: &SchemaText) -> Result<Vec<String>, Problem> {
    let lacking = |side: &SchemaText| {
        side.with_resource(|resource| {
            let (settings, assignments) = match &resource.content {
                Content::Snapshot(snapshot) => (snapshot.secrets.is_some(), snapshot.app_role_assigned_to.is_some()),
                // It has none to be compared with.
                Content::Schema(_) => (true, true),
            };
            let parts = [("secrets", "settings", settings), ("appRoleAssignedTo", "assignments", assignments)];
            let lacking = parts.into_iter().filter(|(.., is_there)| !is_there).map(|(part, name, _)| {
                let why = side.why_unread(part).map(|why| format!(": {why}")).unwrap_or_default();
                format!("{} holds no {name}{why}", side.name)
            });
            Ok(lacking.collect::<Vec<_>>())
        })
    };
    Ok([lacking(now)?, lacking(backup)?].concat())
}

const EXPORT_AGAIN: &str = "export it again, whole: from the portal by Download, or with provlint export";

/// Whether a schema is whole, and spelt as Graph takes it: what is sent replaces all that is there.
fn whole(backup: &SchemaText, schema: &str) -> Result<(), Problem> {
    match lacking(&backup.value(schema)?).as_deref() {
        None => Ok(()),
        Some("synchronizationRules") => {
            let what = "is not spelt as Graph spells it: it has no synchronizationRules";
            Err(backup.usage(what.into(), EXPORT_AGAIN))
        }
        Some(part) => Err(backup.usage(format!("is a part of a schema: it lacks {part}"), EXPORT_AGAIN)),
    }
}

/// Whether a backup says that it is of the app.
fn same_app(backup: &SchemaText, principal: &str, name: &str) -> Result<(), Problem> {
    let told = backup.with_resource(|resource| {
        let of_snapshot = match &resource.content {
            Content::Snapshot(snapshot) => snapshot.service_principal.as_ref().and_then(|app| app.id.as_deref()),
            Content::Schema(_) => None,
        };
        let schema = resource.schema().map(|(_, schema, _)| schema);
        Ok(of_snapshot.or_else(|| schema?.service_principal_id()).map(str::to_owned))
    })?;
    let help = "--from-another-app takes it all the same: look first whether this app has the same attributes";
    match told {
        Some(id) if id.eq_ignore_ascii_case(principal) => Ok(()),
        Some(id) => Err(backup.usage(format!("is of another app, {id}; {name} is {principal}"), help)),
        None => Err(backup.usage("doesn't say of which app it is".into(), help)),
    }
}

/// A change of the tenant, and how it shows.
type Shown = (TenantChange, Difference);

/// What differs in the settings that provlint writes and in the groups that are assigned, where a backup has them; and
/// what else differs and can't be put back.
fn tenant_changes(now: &SchemaText, backup: &SchemaText) -> Result<(Vec<Shown>, Vec<String>), Problem> {
    now.with_resource(|now| {
        backup.with_resource(|backup| {
            let (Content::Snapshot(now), Content::Snapshot(backup)) = (&now.content, &backup.content) else {
                return Ok((Vec::new(), Vec::new()));
            };
            let changes = settings(now, backup).into_iter().chain(assignments(now, backup));
            Ok((changes.collect(), other_settings(now, backup)))
        })
    })
}

fn settings(now: &Snapshot<'_>, backup: &Snapshot<'_>) -> Vec<Shown> {
    if now.secrets.is_none() || backup.secrets.is_none() {
        return Vec::new();
    }
    let differing = SETTINGS.into_iter().filter_map(|key| {
        let [old, new] = [now, backup].map(|side| side.secret(key).filter(|value| !value.is_empty()));
        let value = |text: Option<&str>| text.map(Value::from);
        (old != new && is_switch(new)).then(|| {
            let change = TenantChange::Setting { key: key.to_owned(), value: new.unwrap_or_default().to_owned() };
            (change, Difference::new(Subject::Setting(key.to_owned()), Some("value"), value(old), value(new)))
        })
    });
    differing.collect()
}

/// Whether a setting can be put back: a switch has no other value, and a mask is one that stands for another.
fn is_switch(value: Option<&str>) -> bool {
    value.is_none_or(|value| ["true", "false", "0", "1"].contains(&value.to_ascii_lowercase().as_str()))
}

/// Settings that differ and that provlint never writes.
fn other_settings(now: &Snapshot<'_>, backup: &Snapshot<'_>) -> Vec<String> {
    let keys = backup.secrets.iter().flatten().filter_map(|setting| setting.key.as_deref());
    let is_written = |key: &&str| SETTINGS.contains(key) && is_switch(backup.secret(key));
    let others = keys.filter(|key| !is_written(key) && now.secrets.is_some());
    others.filter(|key| now.secret(key) != backup.secret(key)).map(|key| format!("setting {key}")).collect()
}

fn assignments(now: &Snapshot<'_>, backup: &Snapshot<'_>) -> Vec<Shown> {
    let (Some(now), Some(backup)) = (&now.app_role_assigned_to, &backup.app_role_assigned_to) else {
        return Vec::new();
    };
    let text = |value: &Option<model::Text<'_>>| value.as_deref().unwrap_or_default().to_owned();
    let name = |one: &AppRoleAssignment<'_>| {
        one.principal_display_name.as_deref().or(one.principal_id.as_deref()).unwrap_or_default().to_owned()
    };
    let subject = |one: &AppRoleAssignment<'_>| Subject::Assignment(name(one));
    let lacks = |list: &[AppRoleAssignment<'_>], one: &AppRoleAssignment<'_>| {
        one.principal_type.as_deref() == Some("Group")
            && !list
                .iter()
                .any(|other| (&other.principal_id, &other.app_role_id) == (&one.principal_id, &one.app_role_id))
    };
    let coming = backup.iter().filter(|one| lacks(now, one)).map(|one| {
        let change = TenantChange::Assign {
            group: text(&one.principal_id),
            name: Some(name(one)),
            role: text(&one.app_role_id),
        };
        (change, Difference::new(subject(one), None, None, Some(json!({}))))
    });
    let going = now.iter().filter(|one| lacks(backup, one)).filter_map(|one| {
        let assignment = one.id.as_deref()?.to_owned();
        let change = TenantChange::Unassign { assignment, name: name(one) };
        Some((change, Difference::new(subject(one), None, Some(json!({})), None)))
    });
    coming.chain(going).collect()
}
