//! What fixes would make of a text, before anything is written.

use std::cell::{Cell, RefCell};

use serde_json::Value;

use super::check::{about, is_checked};
use super::judged::by_rules;
use super::schema_text::schema_span;
use super::shared::input::Input;
use super::shared::judging::Judge;
use super::terminal::problem::Problem;
use crate::finding::{Applicability, Evidence, Finding, Metadata, Section};
use crate::fix::diff::{Hunk, hunks, written};
use crate::fix::{Made, MendError, Mended, mend};
use crate::inspection::Inspection;
use crate::model::{self, ReadError, Resource, TenantChange};
use crate::report::{FixTarget, TargetKind};
use crate::rules::{self, Judgement, NotJudged, Target};
use crate::secret::{self, Secret};
use crate::tenant::{Touched, consequences};

/// A mended text, and what is to be shown of it.
pub(super) struct Plan {
    pub(super) target: FixTarget,
    pub(super) mended: Mended,
}

/// Which fixes may be made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowed {
    pub(super) worst: Applicability,
    /// Which changes of the tenant that stand in no schema; none for a file.
    pub(super) tenant: AllowedInTenant,
}

/// Which changes of a tenant that stand in no schema may be made.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct AllowedInTenant {
    pub(super) settings: bool,
    pub(super) assign: bool,
    pub(super) unassign: bool,
}

impl AllowedInTenant {
    /// Whether it was asked for what a rule's fixes do, beyond what they change in a schema.
    fn asks_for(self, rule: &Metadata) -> bool {
        rule.fix != Applicability::Manual
            && match rule.section {
                Section::Connection => self.settings,
                Section::Assignment => self.assign || self.unassign,
                _ => false,
            }
    }

    fn allow(self, finding: &Finding) -> bool {
        match finding.fix.as_ref().and_then(|fix| fix.tenant.as_ref()) {
            None => false,
            Some(TenantChange::Setting { .. }) => self.settings,
            Some(TenantChange::Assign { .. }) => self.assign,
            Some(TenantChange::Unassign { .. }) => self.unassign,
        }
    }
}

/// Makes all fixes that are allowed; `None` for a file that is no schema and was only met in a directory.
pub(super) fn plan(judge: &Judge, input: &Input, text: &str, allowed: Allowed) -> Result<Option<Plan>, Problem> {
    let resources = match model::read(text) {
        Ok(resources) => resources,
        Err(ReadError::NothingToCheck) if !input.named => return Ok(None),
        Err(ReadError::NothingToCheck) => return Err(Problem::NothingToCheck { name: input.name.clone() }),
        Err(ReadError::Json(error)) => return Err(Problem::parsing(&input.name, text, &error)),
    };
    let (mut kind, app) = resources.first().map(about).unzip();
    if input.live {
        kind = Some(TargetKind::Live);
    }
    let (problem, unjudged) = (RefCell::new(None), RefCell::new(Judgement::default()));
    let checked = Cell::new(false);
    let judged = |text: &str| {
        let (mut judged, is_checked) = judged(judge, input, text).map_err(|why| problem.replace(Some(why))).ok()?;
        checked.set(is_checked);
        let found = std::mem::take(&mut judged.findings);
        unjudged.replace(judged);
        Some(found)
    };
    let mended = mend(text, allowed.worst, judged);
    let mut mended = mended.map_err(|error| problem.take().unwrap_or_else(|| at_odds(input, error)))?;
    let asked = mended.left.extract_if(.., |found| allowed.tenant.allow(found));
    mended.made.extend(asked.map(|finding| Made { finding, values: Vec::new(), spans: Vec::new() }));
    let mut secrets = Inspection::of(text).secrets;
    secrets.extend(Inspection::of(&mended.text).secrets);
    let consequences = match resources.first().filter(|_| input.live) {
        Some(resource) => follows(judge, input, resource, text, &mended),
        None => Vec::new(),
    };
    let Judgement { unknown, skipped, .. } = unjudged.take();
    let wanted = |id: &str| rules::rule(id).is_some_and(|rule| allowed.tenant.asks_for(&rule.metadata));
    let undone = unknown.iter().chain(&skipped).find(|(id, _)| wanted(id));
    let target = FixTarget {
        checked: checked.get(),
        undone: undone.map(|(id, reason)| format!("{id} could not be judged, so not mended: {reason}")),
        unknown,
        consequences,
        name: input.name.clone(),
        kind,
        app: app.flatten(),
        hunks: masked(changed_lines(input, text, &mended), &secrets),
        one_line: !text.trim_end().contains('\n'),
        made: mended.made.iter().map(|made| without_secrets(made, &secrets)).collect(),
        left: mended.left.clone(),
        ..FixTarget::default()
    };
    Ok(Some(Plan { target, mended }))
}

/// The lines that fixes change: of a file as it is, of an app in the tenant in its schema alone.
fn changed_lines(input: &Input, before: &str, mended: &Mended) -> Vec<Hunk> {
    let after = mended.text.as_str();
    let mut written = written(after, &mended.made);
    if input.live
        && let (Some((_, before)), Some((first, after))) = (schema_lines(before), schema_lines(after))
    {
        written.retain(|(_, lines)| lines.start >= first);
        for (_, lines) in &mut written {
            *lines = lines.start - first..lines.end - first;
        }
        return hunks(&before, &after, &written);
    }
    hunks(before, after, &written)
}

/// The lines of a snapshot's schema, set back to the margin, and how many lines precede them.
fn schema_lines(text: &str) -> Option<(usize, String)> {
    let span = schema_span(text)?;
    let line = text[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
    let margin = text[line..].len() - text[line..].trim_start_matches(' ').len();
    let back = |line: &str| line.get(margin..).filter(|_| line.is_char_boundary(margin)).unwrap_or(line).to_owned();
    let lines = text[span.clone()].split_inclusive('\n').enumerate();
    let lines = lines.map(|(number, line)| if number == 0 { line.to_owned() } else { back(line) });
    Some((text[..span.start].matches('\n').count(), lines.collect::<String>() + "\n"))
}

/// What follows for a running app.
fn follows(judge: &Judge, input: &Input, resource: &Resource<'_>, before: &str, mended: &Mended) -> Vec<String> {
    let app = about(resource).1.and_then(|app| app.display_name);
    let job = resource.schema().and_then(|(_, _, job)| job);
    let (Some(job), Ok(policy)) = (job, judge.policy(app.as_deref(), &input.name)) else { return Vec::new() };
    let schema = |text: &str| schema_span(text).and_then(|span| serde_json::from_str::<Value>(&text[span]).ok());
    let (Some(before), Some(after)) = (schema(before), schema(&mended.text)) else { return Vec::new() };
    consequences(&Touched::by_fixes(&mended.made, &before, &after), job, &policy.vendor)
}

/// What the rules make of everything in a text, and whether there was anything for them. A fix that would write a
/// credential is no fix.
fn judged(judge: &Judge, input: &Input, text: &str) -> Result<(Judgement, bool), Problem> {
    let resources = model::read(text).map_err(|_| at_odds(input, MendError::Unreadable))?;
    let inspection = Inspection::of(text);
    let (mut all, mut checked) = (Judgement::default(), false);
    for resource in &resources {
        let app = about(resource).1.and_then(|app| app.display_name);
        let policy = judge.policy(app.as_deref(), &input.name)?;
        let target = Target::new(text, resource, policy, &inspection, judge.today);
        target.has(Evidence::Schema).map_err(|why| no_schema(input, &why))?;
        let Judgement { findings, unknown, skipped, .. } = by_rules(judge, &target, &inspection);
        all.findings.extend(findings);
        all.unknown.extend(unknown);
        all.skipped.extend(skipped);
        checked |= is_checked(&target);
    }
    Ok((all, checked))
}

/// What could not be read is not fine.
fn no_schema(input: &Input, why: &NotJudged) -> Problem {
    let message = match why {
        NotJudged::Skipped { .. } => format!("{} holds no schema, so there is nothing that could be fixed", input.name),
        NotJudged::Unknown { reason } => format!("{}: the schema could not be read: {reason}", input.name),
    };
    Problem::Usage { message, help: String::new() }
}

fn at_odds(input: &Input, error: MendError) -> Problem {
    Problem::Usage {
        message: format!("{}: {error}", input.name),
        help: "nothing was written; fix some of the findings alone by --select".into(),
    }
}

fn masked(mut hunks: Vec<Hunk>, secrets: &[Secret]) -> Vec<Hunk> {
    for (_, line) in hunks.iter_mut().flat_map(|hunk| &mut hunk.lines) {
        *line = secret::mask(line, secrets);
    }
    hunks
}

fn without_secrets(made: &Made, secrets: &[Secret]) -> Made {
    let mut made = made.clone();
    let values = made.values.iter_mut().flat_map(|value| [&mut value.old, &mut value.new]);
    for value in values.flatten() {
        *value = secret::mask_value(value, secrets);
    }
    made
}
