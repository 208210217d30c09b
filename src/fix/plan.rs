//! The plan for a target: the text with its fixes, before anything is written.

use std::cell::{Cell, RefCell};

use super::diff::{Hunk, hunks, written};
use super::target::FixTarget;
use super::{FixError, FixedText, Made, apply_fixes};
use crate::check::{CheckError, InputKind, Judge, Origin, TargetKind, about, expect_named, is_checked};
use crate::document::{Pointer, locate};
use crate::finding::{Applicability, Evidence, Finding, Metadata, Section};
use crate::inspection::{Inspection, MaskedResource};
use crate::model::TenantChange;
use crate::rules::{Judgement, NotJudged, RuleReport};

/// The text of a target with its fixes, and what is shown of it.
#[derive(Debug)]
pub struct Plan {
    /// What is shown. The consequences are for the caller to add.
    pub target: FixTarget,
    /// The text with the fixes.
    pub fixed: FixedText,
    /// The schema that is fixed; `None` for a text without one.
    pub schemas: Option<Schemas>,
}

/// A schema before and after its fixes, as the text spells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schemas {
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
}

impl Schemas {
    /// Whether the fixes change it.
    pub fn differ(&self) -> bool {
        self.before != self.after
    }
}

/// Why the fixes of a target could not be planned.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// It could not be checked.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// It has no schema.
    #[error("{name} contains no schema, so there is nothing to fix")]
    NoSchema {
        /// The name of the text.
        name: String,
    },
    /// Its schema could not be read.
    #[error("{name}: the schema could not be read: {reason}")]
    Unread {
        /// The name of the text.
        name: String,
        /// Why.
        reason: String,
    },
    /// The fixes could not be made.
    #[error("{name}: {error}")]
    Fixes {
        /// The name of the text.
        name: String,
        /// Why.
        error: FixError,
    },
}

impl PlanError {
    /// What to do.
    pub fn help(&self) -> &str {
        match self {
            PlanError::Check(error) => error.help(),
            PlanError::Fixes { .. } => "nothing was written; fix only some of the findings with --select",
            PlanError::NoSchema { .. } | PlanError::Unread { .. } => "",
        }
    }
}

/// The fixes that may be made.
#[derive(Clone, Copy, Debug)]
pub struct Allowed {
    /// The least safe kind of fix.
    pub worst: Applicability,
    /// The changes in the tenant outside the schema; none for a file.
    pub tenant: AllowedInTenant,
}

/// The changes in a tenant outside the schema that may be made.
#[derive(Clone, Copy, Debug, Default)]
pub struct AllowedInTenant {
    /// Settings of the connection.
    pub settings: bool,
    /// Assigning groups.
    pub assign: bool,
    /// Removing assignments of groups.
    pub unassign: bool,
}

impl AllowedInTenant {
    /// Whether the user asked for the fixes of a rule that change the tenant outside the schema.
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

/// Plans all fixes that are allowed. `inspection` is that of the text, and `resources` were read from it: no fix writes a
/// credential.
///
/// # Errors
/// If the text cannot be checked, or the fixes cannot be made.
pub fn plan(
    judge: &Judge,
    origin: &Origin,
    text: &str,
    inspection: &Inspection<'_>,
    resources: &[MaskedResource<'_>],
    allowed: Allowed,
) -> Result<Plan, PlanError> {
    let is_live = origin.kind == InputKind::Live;
    let (problem, unjudged) = (RefCell::new(None), RefCell::new(Judgement::default()));
    let checked = Cell::new(false);
    let judged = |fixed: &str| {
        let judged = if fixed == text {
            judge_all(judge, origin, inspection, resources)
        } else {
            let inspection = Inspection::of(fixed);
            let read = inspection.read().map_err(|_| impossible(origin, FixError::Unreadable));
            read.and_then(|resources| judge_all(judge, origin, &inspection, &resources))
        };
        let (mut judged, is_checked) = judged.map_err(|why| problem.replace(Some(why))).ok()?;
        checked.set(is_checked);
        let found = std::mem::take(&mut judged.findings);
        unjudged.replace(judged);
        Some(found)
    };
    let fixed = apply_fixes(text, allowed.worst, judged);
    let mut fixed = fixed.map_err(|error| problem.take().unwrap_or_else(|| impossible(origin, error)))?;
    let asked = fixed.left.extract_if(.., |found| allowed.tenant.allow(found));
    fixed.made.extend(asked.map(|finding| Made { finding, values: Vec::new(), spans: Vec::new() }));
    let (before, after) = (&inspection.text, Inspection::of(&fixed.text).text);
    let Judgement { rules, .. } = unjudged.take();
    let wanted = || rules.iter().filter(|report| allowed.tenant.asks_for(report.rule));
    let why = |report: &RuleReport, reason: Option<&str>| {
        Some(format!("{} could not be evaluated, so nothing was fixed for it: {}", report.rule.id, reason?))
    };
    let unknown = wanted().find_map(|report| why(report, report.reason()));
    // A setting that the policy says nothing about needs no change.
    let mut assigning = wanted().filter(|report| report.rule.section == Section::Assignment);
    let undone = unknown.or_else(|| assigning.find_map(|report| why(report, report.missing())));
    // Fixes never move the schema within the text.
    let schema = resources.first().and_then(|resource| resource.schema()).map(|(pointer, ..)| pointer);
    let hunks = match &schema {
        Some(schema) if is_live => changed_schema_lines(schema, before, &after, &fixed.made),
        _ => hunks(before, &after, &written(&after, &fixed.made)),
    };
    let (kind, app) = resources.first().map(|resource| about(resource)).unzip();
    let app_name = app.as_ref().and_then(|app| app.as_ref()?.display_name.as_deref());
    let profile = judge.policy(app_name, &origin.name).ok().map(|policy| policy.applied_profile());
    let target = FixTarget {
        profile,
        checked: checked.get(),
        undone,
        rules,
        name: origin.name.clone(),
        kind: if is_live { Some(TargetKind::Live) } else { kind },
        app: app.flatten(),
        hunks,
        one_line: !text.trim_end().contains('\n'),
        made: fixed.made.clone(),
        left: fixed.left.clone(),
        ..FixTarget::default()
    };
    let spelt = |text: &str| Some(text[locate(text, [schema.as_ref()?]).pop()??.span].to_owned());
    let schemas = spelt(text).zip(spelt(&fixed.text)).map(|(before, after)| Schemas { before, after });
    Ok(Plan { target, fixed, schemas })
}

/// The lines of an app's schema that fixes change.
fn changed_schema_lines(schema: &Pointer, before: &str, after: &str, made: &[Made]) -> Vec<Hunk> {
    let mut written = written(after, made);
    if let (Some((_, before)), Some((first, after))) = (schema_lines(schema, before), schema_lines(schema, after)) {
        written.retain(|(_, lines)| lines.start >= first);
        for (_, lines) in &mut written {
            *lines = lines.start - first..lines.end - first;
        }
        return hunks(&before, &after, &written);
    }
    hunks(before, after, &written)
}

/// The lines of a snapshot's schema without their indentation in it, and the number of lines before them.
fn schema_lines(schema: &Pointer, text: &str) -> Option<(usize, String)> {
    let span = locate(text, [schema]).pop()??.span;
    let line = text[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
    let margin = text[line..].len() - text[line..].trim_start_matches(' ').len();
    let back = |line: &str| line.get(margin..).filter(|_| line.is_char_boundary(margin)).unwrap_or(line).to_owned();
    let lines = text[span.clone()].split_inclusive('\n').enumerate();
    let lines = lines.map(|(number, line)| if number == 0 { line.to_owned() } else { back(line) });
    Some((text[..span.start].matches('\n').count(), lines.collect::<String>() + "\n"))
}

/// Checks every resource in a text; also says whether rules could evaluate anything.
fn judge_all(
    judge: &Judge,
    origin: &Origin,
    inspection: &Inspection<'_>,
    resources: &[MaskedResource<'_>],
) -> Result<(Judgement, bool), PlanError> {
    let (mut all, mut checked) = (Judgement::default(), false);
    let (mut missing, mut has_schema) = (None, false);
    for resource in resources {
        let app = about(resource).1.and_then(|app| app.display_name);
        let policy = judge.policy(app.as_deref(), &origin.name)?;
        for part in judge.parts(&origin.name, resource)? {
            let target = part.target(inspection, resource, policy, judge.today);
            // The schemas of the other jobs are fixed, and what was not read is unknown.
            match target.has(Evidence::Schema) {
                Ok(()) => has_schema = true,
                Err(why) => missing = missing.or(Some(why)),
            }
            expect_named(&origin.name, &target)?;
            let Judgement { findings, rules } = judge.judge(&target);
            all.findings.extend(findings);
            all.rules.extend(rules);
            checked |= is_checked(&target);
        }
    }
    match missing {
        Some(why) if !has_schema => Err(no_schema(origin, why)),
        _ => Ok((all, checked)),
    }
}

/// A schema that could not be read is not a schema without findings.
fn no_schema(origin: &Origin, why: NotJudged) -> PlanError {
    let name = origin.name.clone();
    match why {
        NotJudged::Skipped { .. } => PlanError::NoSchema { name },
        NotJudged::Unknown { reason, .. } => PlanError::Unread { name, reason },
    }
}

fn impossible(origin: &Origin, error: FixError) -> PlanError {
    PlanError::Fixes { name: origin.name.clone(), error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policies;

    fn text(fixture: &str) -> String {
        std::fs::read_to_string(format!("{}/fixtures/{fixture}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    fn planned(origin: &Origin, text: &str, worst: Applicability) -> Result<Plan, PlanError> {
        let judge = Judge::by(Policies::built_in());
        let inspection = Inspection::of(text);
        let resources = inspection.read().unwrap();
        plan(&judge, origin, text, &inspection, &resources, Allowed { worst, tenant: AllowedInTenant::default() })
    }

    #[test]
    fn a_plan_holds_the_schema_before_and_after_and_the_lines_between() {
        let text = text("default-export.json");
        let plan = planned(&Origin::named("default.json"), &text, Applicability::Safe).unwrap();
        let schemas = plan.schemas.unwrap();
        assert!(schemas.differ() && plan.target.checked && !plan.target.made.is_empty());
        assert_eq!((schemas.before.trim(), schemas.after.trim()), (text.trim(), plan.fixed.text.trim()));
        assert!(!plan.target.hunks.is_empty());
        let again = planned(&Origin::named("default.json"), &plan.fixed.text, Applicability::Safe).unwrap();
        assert!(again.target.made.is_empty() && !again.schemas.unwrap().differ());
    }

    #[test]
    fn a_live_plan_shows_the_lines_of_the_schema_alone() {
        let schema: serde_json::Value = serde_json::from_str(&text("default-export.json")).unwrap();
        let snapshot = serde_json::json!({
            "provlint": {"snapshot": 1},
            "servicePrincipal": {"id": "1", "displayName": "TOTAL"},
            "jobs": [{"id": "job", "schema": schema}],
        });
        let plan = planned(&Origin::live("TOTAL"), &format!("{snapshot:#}\n"), Applicability::Safe).unwrap();
        assert_eq!((plan.target.kind, plan.target.name.as_str()), (Some(TargetKind::Live), "graph:TOTAL"));
        let first: usize = plan.target.hunks[0].header[4..].split(',').next().unwrap().parse().unwrap();
        let lines = plan.schemas.unwrap().before;
        let changed =
            plan.target.hunks[0].lines.iter().find(|(sign, _)| *sign == super::super::diff::Sign::Old).unwrap();
        assert!(lines.lines().count() > first && lines.contains(changed.1.trim()), "{changed:?}");
    }

    #[test]
    fn a_plan_says_what_kind_of_file_it_is_for_and_whether_it_is_one_line() {
        let text = text("default-export.json");
        let plan = planned(&Origin::named("default.json"), &text, Applicability::Safe).unwrap();
        assert_eq!((plan.target.kind, plan.target.one_line), (Some(TargetKind::Schema), false));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let plan = planned(&Origin::named("one.json"), &format!("{value}\n"), Applicability::Safe).unwrap();
        assert!(plan.target.one_line);
    }

    #[test]
    fn fixes_that_cannot_be_made_say_what_to_do() {
        let fixes = impossible(&Origin::named("a.json"), FixError::Unreadable);
        assert!(fixes.help().contains("--select"), "{}", fixes.help());
        let missing = planned(&Origin::named("a.json"), r#"{"provlint": {"snapshot": 1}}"#, Applicability::Safe);
        assert_eq!(missing.unwrap_err().help(), "");
    }

    #[test]
    fn the_lines_of_a_schema_in_a_snapshot_name_the_fixes_that_wrote_them() {
        let schema: serde_json::Value = serde_json::from_str(&text("default-export.json")).unwrap();
        let snapshot = serde_json::json!({"provlint": {"snapshot": 1}, "jobs": [{"id": "job", "schema": schema}]});
        let plan = planned(&Origin::live("TOTAL"), &format!("{snapshot:#}\n"), Applicability::Safe).unwrap();
        let alone = planned(&Origin::named("a.json"), &format!("{schema:#}\n"), Applicability::Safe).unwrap();
        let drawn = |plan: &Plan| {
            let hunks = plan.target.hunks.iter();
            hunks.map(|hunk| (hunk.header.clone(), hunk.lines.clone(), hunk.reasons.clone())).collect::<Vec<_>>()
        };
        assert!(alone.target.hunks.iter().all(|hunk| !hunk.reasons.is_empty()));
        assert_eq!(drawn(&plan), drawn(&alone), "as if the schema stood alone");
    }

    #[test]
    fn a_plan_of_a_snapshot_in_a_file_shows_the_lines_of_the_file() {
        let schema: serde_json::Value = serde_json::from_str(&text("default-export.json")).unwrap();
        let snapshot = serde_json::json!({"provlint": {"snapshot": 1}, "jobs": [{"id": "job", "schema": schema}]});
        let text = format!("{snapshot:#}\n");
        let plan = planned(&Origin::named("a.json"), &text, Applicability::Safe).unwrap();
        let hunk = &plan.target.hunks[0];
        let first: usize = hunk.header[4..].split(',').next().unwrap().parse().unwrap();
        assert_eq!(text.split_inclusive('\n').nth(first - 1), Some(&*hunk.lines[0].1));
    }

    #[test]
    fn a_text_without_a_schema_is_an_error_that_says_why() {
        let error = |snapshot: &str| planned(&Origin::named("a.json"), snapshot, Applicability::Safe).unwrap_err();
        let missing = error(r#"{"provlint": {"snapshot": 1}}"#);
        assert!(matches!(missing, PlanError::NoSchema { .. }), "{missing:?}");
        let unread = error(r#"{"provlint": {"snapshot": 1, "unread": {"jobs": "403 Forbidden"}}}"#);
        assert_eq!(unread.to_string(), "a.json: the schema could not be read: 403 Forbidden");
    }
}
