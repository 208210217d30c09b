//! `provlint restore`

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::diff::masked;
use super::exit::Exit;
use super::live::{Live, More};
use super::policies::Policies;
use super::problem::Problem;
use super::schema_text::SchemaText;
use super::screen::{Screen, output_error};
use super::writing::{Decision, Job, Order, Writing};
use crate::finding::TenantChange;
use crate::fix::tenant::Step;
use crate::fix::{Touched, consequences};
use crate::model::{self, AppRoleAssignment, Content, Difference, Snapshot, differences};
use crate::report::{DIFFERENCE_FORMATS, DifferenceReport, consequence_lines};

/// Put a backed-up schema back into the tenant.
///
/// FILE is a backup that provlint fix wrote, a snapshot, or a schema that was downloaded in the portal. What would change
/// is shown, and what follows from it. Then you are asked, what stands there now is backed up in its turn, and only then
/// the schema is written, read back and compared. The exit code is 1 where it wasn't written though it differs.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint restore provlint-backup-TOTAL-20261126T081500Z.json --app TOTAL\n  \
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

    /// Take a backup of another app, or one that doesn't say of which app it is.
    #[arg(long)]
    from_another_app: bool,

    #[command(flatten)]
    writing: Writing,

    #[command(flatten)]
    live: Live,
}

/// The settings that provlint writes, none of which is a credential.
const SETTINGS: [&str; 2] = ["SyncAll", "SkipOutOfScopeDeletions"];

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let backup = SchemaText::read(&arguments.file)?;
    let after = backup.schema_text()?;
    let policies = Policies::load(None, None, &[])?;
    let connection = arguments.live.connect()?;
    let live = connection.read(&arguments.app, &policies, More::default())?;
    let now = SchemaText { name: format!("graph:{}", live.name), text: live.to_exact_text() };
    let principal = live.principal_id().unwrap_or_default();
    if !arguments.from_another_app {
        same_app(&backup, principal, &live.name)?;
    }
    let before = now.schema_text()?;
    let none = || now.usage("has no provisioning job".into(), "set provisioning up first");
    let job = Job::judged(&now.text).ok_or_else(none)?;

    let schema = backup.schema()?;
    let mut found = differences(&now.schema()?, &schema);
    let changes = tenant_changes(&now, &backup)?;
    let wanted: Vec<TenantChange> =
        if arguments.allow_unsafe { changes.iter().map(|(change, _)| change.clone()).collect() } else { Vec::new() };
    let touched = Touched::by_differences(&found, &schema, wanted.clone());
    let schema_step = Step::Schema { job: job.id.clone(), before: before.to_owned(), after: after.to_owned() };
    let schema_step = Some(schema_step).filter(|_| !found.is_empty());
    let steps: Vec<Step> = schema_step.into_iter().chain(wanted.into_iter().map(Step::Tenant)).collect();
    if arguments.allow_unsafe {
        found.extend(changes.iter().map(|(_, difference)| difference.clone()));
    }
    let vendor = policies.choose(Some(&live.name), &live.name).map_or("The vendor", |policy| policy.vendor.as_str());
    let follows = now.with_resource(|resource| {
        let job = resource.schema().and_then(|(_, _, job)| job);
        Ok(job.map(|job| consequences(&touched, job, vendor)).unwrap_or_default())
    })?;

    let mut secrets = now.secrets();
    secrets.extend(backup.secrets());
    let report = DifferenceReport {
        old: now.name.clone(),
        new: backup.name.clone(),
        differences: found.into_iter().map(|found| masked(found, &secrets)).collect(),
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let shown = (DIFFERENCE_FORMATS[0].write)(&report, &screen.out, &mut out)
        .and_then(|()| consequence_lines(&follows, &screen.out, &mut out))
        .and_then(|()| out.flush());
    drop(out);
    let order = Order { name: &live.name, principal: principal.to_owned(), job, before: &now.text, steps };
    shown.map_err(|error| if arguments.dry_run { output_error(&error) } else { order.unseen(&error) })?;
    if !arguments.allow_unsafe && !changes.is_empty() {
        let subjects: Vec<&str> = changes.iter().map(|(_, difference)| difference.subject.as_str()).collect();
        screen.remark(&format!("left as it is without --unsafe: {}", subjects.join(", ")));
    }
    if order.steps.is_empty() {
        return Ok(Exit::Done);
    }
    if arguments.dry_run {
        return Ok(Exit::Findings);
    }
    let Decision::Write { pause } = arguments.writing.decide(&order, &connection)? else { return Ok(Exit::Findings) };
    let written = arguments.writing.carry_out(&order, pause, &connection, screen);
    match written.problem {
        Some(problem) => Err(problem),
        None => {
            screen.print(&format!("{} stands as in {}\n", now.name, backup.name))?;
            Ok(Exit::Done)
        }
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

/// What differs in the settings that provlint writes and in the groups that are assigned, where a backup has them.
fn tenant_changes(now: &SchemaText, backup: &SchemaText) -> Result<Vec<(TenantChange, Difference)>, Problem> {
    now.with_resource(|now| {
        backup.with_resource(|backup| {
            let (Content::Snapshot(now), Content::Snapshot(backup)) = (&now.content, &backup.content) else {
                return Ok(Vec::new());
            };
            Ok(settings(now, backup).into_iter().chain(assignments(now, backup)).collect())
        })
    })
}

fn settings(now: &Snapshot<'_>, backup: &Snapshot<'_>) -> Vec<(TenantChange, Difference)> {
    if now.secrets.is_none() || backup.secrets.is_none() {
        return Vec::new();
    }
    let differing = SETTINGS.into_iter().filter_map(|key| {
        let [old, new] = [now, backup].map(|side| side.secret(key).filter(|value| !value.is_empty()));
        let value = |text: Option<&str>| text.map(Value::from);
        (old != new).then(|| {
            let change = TenantChange::Setting { key: key.to_owned(), value: new.unwrap_or_default().to_owned() };
            (change, difference(format!("setting {key}"), Some("value"), value(old), value(new)))
        })
    });
    differing.collect()
}

fn assignments(now: &Snapshot<'_>, backup: &Snapshot<'_>) -> Vec<(TenantChange, Difference)> {
    let (Some(now), Some(backup)) = (&now.app_role_assigned_to, &backup.app_role_assigned_to) else {
        return Vec::new();
    };
    let text = |value: &Option<model::Text<'_>>| value.as_deref().unwrap_or_default().to_owned();
    let name = |one: &AppRoleAssignment<'_>| {
        one.principal_display_name.as_ref().unwrap_or(one.principal_id.as_ref()?).to_string().into()
    };
    let subject = |one: &AppRoleAssignment<'_>| {
        let name: Option<String> = name(one);
        format!("assignment of {}", name.unwrap_or_default())
    };
    let lacks = |list: &[AppRoleAssignment<'_>], one: &AppRoleAssignment<'_>| {
        one.principal_type.as_deref() == Some("Group")
            && !list
                .iter()
                .any(|other| (&other.principal_id, &other.app_role_id) == (&one.principal_id, &one.app_role_id))
    };
    let coming = backup.iter().filter(|one| lacks(now, one)).map(|one| {
        let change =
            TenantChange::Assign { group: text(&one.principal_id), name: name(one), role: text(&one.app_role_id) };
        (change, difference(subject(one), None, None, Some(json!({}))))
    });
    let going = now.iter().filter(|one| lacks(backup, one)).filter_map(|one| {
        let assignment = one.id.as_deref()?.to_owned();
        let change = TenantChange::Unassign { assignment, name: name(one).unwrap_or_default() };
        Some((change, difference(subject(one), None, Some(json!({})), None)))
    });
    coming.chain(going).collect()
}

fn difference(subject: String, property: Option<&str>, old: Option<Value>, new: Option<Value>) -> Difference {
    Difference { subject, property: property.map(str::to_owned), old, new }
}
