//! What fixes would make of a text, before anything is written.

use super::check::about;
use super::input::Input;
use super::judging::Judge;
use super::problem::Problem;
use crate::finding::{Applicability, Finding};
use crate::fix::diff::{Hunk, hunks};
use crate::fix::{Made, MendError, Mended, mend};
use crate::inspection::Inspection;
use crate::model::{self, ReadError};
use crate::report::FixTarget;
use crate::rules::{self, Target};
use crate::secret::{self, Secret};

/// A mended text, and what is to be shown of it.
pub(super) struct Plan {
    pub(super) target: FixTarget,
    pub(super) mended: Mended,
}

/// Makes all fixes that are no worse than `worst`; `None` for a file that is no schema and was only met in a directory.
pub(super) fn plan(judge: &Judge, input: &Input, text: &str, worst: Applicability) -> Result<Option<Plan>, Problem> {
    let resources = match model::read(text) {
        Ok(resources) => resources,
        Err(ReadError::NothingToCheck) if !input.named => return Ok(None),
        Err(ReadError::NothingToCheck) => return Err(Problem::NothingToCheck { name: input.name.clone() }),
        Err(ReadError::Json(error)) if error.is_data() && !Inspection::of(text).cut_off.is_empty() => {
            return Err(Problem::Usage {
                message: format!("{}: the export is cut off, so that nothing can be fixed in it", input.name),
                help: "provlint explain truncated-export says how to export it whole".into(),
            });
        }
        Err(ReadError::Json(error)) => return Err(Problem::parsing(&input.name, text, &error)),
    };
    let (kind, app) = resources.first().map(about).unzip();
    let app = app.flatten();
    if input.exporter
        && !app.as_ref().and_then(|app| app.display_name.as_deref()).is_some_and(|name| judge.policies.claim(name))
    {
        return Ok(None);
    }
    // The first time, for what is wrong with the policies.
    findings(judge, input, text)?;
    let mended = mend(text, worst, |text| findings(judge, input, text).ok()).map_err(|error| at_odds(input, error))?;
    let mut secrets = Inspection::of(text).secrets;
    secrets.extend(Inspection::of(&mended.text).secrets);
    let target = FixTarget {
        name: input.name.clone(),
        kind,
        app,
        hunks: masked(hunks(text, &mended.text, &mended.made), &secrets),
        one_line: !text.trim_end().contains('\n'),
        made: mended.made.iter().map(|made| without_secrets(made, &secrets)).collect(),
        left: mended.left.clone(),
        ..FixTarget::default()
    };
    Ok(Some(Plan { target, mended }))
}

/// What is wrong with a text and isn't accepted by a policy. A fix that would write a credential is no fix.
fn findings(judge: &Judge, input: &Input, text: &str) -> Result<Vec<Finding>, Problem> {
    let resources = model::read(text).map_err(|_| at_odds(input, MendError::Unreadable))?;
    let inspection = Inspection::of(text);
    let mut findings = Vec::new();
    for resource in &resources {
        let app = about(resource).1.and_then(|app| app.display_name);
        let policy = judge.policy(app.as_deref(), &input.name)?;
        let target = Target::new(text, resource, policy, &inspection, judge.today);
        let found = rules::judge(&target, &judge.selection).findings.into_iter();
        findings.extend(
            found
                .filter(|finding| !judge.accepts(policy, finding))
                .map(|finding| secret::redact(finding, &inspection.secrets)),
        );
    }
    Ok(findings)
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
