//! The last lines of a report: what to do next, the most important last.

use std::path::Path;

use jiff::Timestamp;

use super::summary::counted;
use super::unjudged::tenant_hint;
use super::{Run, TargetKind, TargetReport};
use crate::check::ChosenBy;
use crate::finding::{Applicability, Fix};
use crate::model::TenantChange;
use crate::text::fold::Sentence;
use crate::text::shell::Command;

/// More files or apps than this are not named.
const FEW: usize = 3;

pub(super) fn lines(run: &Run) -> Vec<Sentence> {
    let by_default = by_default(run);
    let first = by_default.is_some() && !run.targets.iter().any(|target| target.is_live() && is_by_default(target));
    let (early, late) = if first { (by_default, None) } else { (None, by_default) };
    early.into_iter().chain(age(run)).chain(tenant_hint(run)).chain(fixes(run)).chain(late).collect()
}

/// Whether nobody chose the requirements that a target was checked against.
fn is_by_default(target: &TargetReport) -> bool {
    target.profile.as_ref().is_some_and(|profile| profile.chosen_by == ChosenBy::Default)
}

/// How to choose the requirements, where nobody did.
fn by_default(run: &Run) -> Option<Sentence> {
    let profile =
        run.targets.iter().filter(|target| is_by_default(target)).find_map(|target| target.profile.as_ref())?;
    let text = format!("The profile {} applies by default: choose one with --profile NAME;", profile.name);
    Some(Sentence::default().text(text).command(Command::provlint("profiles")).text("lists them"))
}

/// The date of the oldest snapshot, which shows the tenant as it was.
fn age(run: &Run) -> Option<Sentence> {
    let snapshots = run.targets.iter().filter(|target| target.kind == Some(TargetKind::Snapshot));
    let dated = snapshots.filter_map(|target| Some((target.age?, target.taken_at.as_deref()?.parse().ok()?, target)));
    let oldest: Option<(i64, Timestamp, &TargetReport)> = dated.max_by_key(|(age, ..)| *age);
    let (age, taken, target) = oldest?;
    let several = run.targets.iter().filter(|target| target.age.is_some()).count() > 1;
    let which = if several { "The oldest snapshot" } else { "The snapshot" };
    let of = Sentence::default().text(format!("{which} is of {}", taken.strftime("%Y-%m-%d")));
    if age <= 1 {
        return Some(of);
    }
    let old = of.text(format!("({age} days old);"));
    Some(old.command(in_tenant("check", run, target)).text("shows the app as it is now"))
}

/// A command on the app of a target.
fn in_tenant(command: &'static str, run: &Run, target: &TargetReport) -> Command {
    let name = target.app.as_ref().and_then(|app| {
        let names = run.targets.iter().filter_map(|other| other.app.as_ref());
        let twins = names.filter(|other| other.display_name == app.display_name && other.id != app.id).count();
        if twins > 0 { app.id.clone() } else { app.display_name.clone().or(app.id.clone()) }
    });
    let command = Command::provlint(command).option("--app", name.unwrap_or_else(|| "NAME".to_owned()));
    match target.job.as_deref().filter(|_| target.is_live()) {
        Some(job) => command.option("--job", job).and(&run.asked.requirements),
        None => command.and(&run.asked.requirements),
    }
}

/// How many findings a command fixes, and which flags it takes.
#[derive(Clone, Copy, Default)]
struct Fixable {
    count: usize,
    assigns: bool,
    removes: bool,
}

impl Fixable {
    /// The findings of a target that `provlint fix` fixes: the safe ones, or the others.
    fn of(target: &TargetReport, is_unsafe: bool) -> Self {
        let fixes = target.news().filter_map(|found| found.finding.fix.as_ref());
        fixes.filter(|fix| can_be_made(target, fix) && needs_unsafe(fix) == is_unsafe).fold(
            Fixable::default(),
            |sum, fix| Fixable {
                count: sum.count + 1,
                assigns: sum.assigns || matches!(fix.tenant, Some(TenantChange::Assign { .. })),
                removes: sum.removes || matches!(fix.tenant, Some(TenantChange::Unassign { .. })),
            },
        )
    }

    fn flags(self, command: Command, is_unsafe: bool) -> Command {
        command
            .flag("--unsafe", is_unsafe)
            .flag("--assign-groups", self.assigns)
            .flag("--remove-unexpected", self.removes)
    }
}

/// Whether `provlint fix` makes a fix: the settings and assignments of an app only in the tenant.
fn can_be_made(target: &TargetReport, fix: &Fix) -> bool {
    match target.kind {
        Some(TargetKind::Live) => !is_by_default(target) && !fix.is_manual(),
        // A snapshot names its app, so that the vendor can be known.
        Some(TargetKind::Snapshot) if target.app.is_some() && is_by_default(target) => false,
        _ => target.path.is_some() && !fix.changes.is_empty(),
    }
}

/// Whether `provlint fix` makes it only with `--unsafe`. To assign a group has a flag of its own.
fn needs_unsafe(fix: &Fix) -> bool {
    match &fix.tenant {
        Some(change) => !matches!(change, TenantChange::Assign { .. }),
        None => fix.applicability == Applicability::Unsafe,
    }
}

/// The commands that fix what can be fixed: last the safe ones.
fn fixes(run: &Run) -> Vec<Sentence> {
    [true, false]
        .into_iter()
        .flat_map(|is_unsafe| fixed_in_files(run, is_unsafe).into_iter().chain(fixed_in_tenant(run, is_unsafe)))
        .collect()
}

/// How many findings a command fixes.
fn can_be_fixed(count: usize, is_unsafe: bool) -> Sentence {
    let how = if is_unsafe { " with --unsafe, which may change who is matched or what is sent" } else { "" };
    Sentence::default().text(format!("{} can be fixed{how}:", counted(count, "finding")))
}

fn fixed_in_files(run: &Run, is_unsafe: bool) -> Option<Sentence> {
    let files = run.targets.iter().filter(|target| !target.is_live());
    let count: usize = files.map(|target| Fixable::of(target, is_unsafe).count).sum();
    if count == 0 {
        return None;
    }
    let paths: &[_] = if run.asked.paths.len() > FEW { &[] } else { &run.asked.paths };
    let command = paths.iter().fold(Command::provlint("fix"), |command, path| command.operand(path));
    let command = if paths.is_empty() { command.operand(Path::new("FILE")) } else { command };
    let command = command.flag("--unsafe", is_unsafe).and(&run.asked.of_file);
    Some(can_be_fixed(count, is_unsafe).command(command))
}

fn fixed_in_tenant(run: &Run, is_unsafe: bool) -> Vec<Sentence> {
    let live = run.targets.iter().filter(|target| target.is_live());
    let apps: Vec<(&TargetReport, Fixable)> =
        live.map(|target| (target, Fixable::of(target, is_unsafe))).filter(|(_, fixable)| fixable.count > 0).collect();
    if apps.len() > FEW {
        let count = apps.iter().map(|(_, fixable)| fixable.count).sum();
        let command = Command::provlint("fix").option("--app", "NAME").flag("--unsafe", is_unsafe);
        return vec![can_be_fixed(count, is_unsafe).command(command)];
    }
    let line = |(target, fixable): (&TargetReport, Fixable)| {
        let command = fixable.flags(in_tenant("fix", run, target), is_unsafe);
        can_be_fixed(fixable.count, is_unsafe).command(command)
    };
    apps.into_iter().map(line).collect()
}
