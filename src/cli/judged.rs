//! What the rules make of one app.

use super::check::about;
use super::shared::input::Input;
use super::shared::judging::Judge;
use super::terminal::problem::Problem;
use crate::inspection::Inspection;
use crate::model::{self, ReadError};
use crate::rules::{self, Judgement, Target};
use crate::secret;

/// What the rules make of the one thing that a text holds, without what the policy accepts, credentials masked.
pub(super) fn judged(judge: &Judge, input: &Input, text: &str) -> Result<Judgement, Problem> {
    let resources = model::read(text).map_err(|error| match error {
        ReadError::NothingToCheck => Problem::NothingToCheck { name: input.name.clone() },
        ReadError::Json(error) => Problem::parsing(&input.name, text, &error),
    })?;
    let [resource] = resources.as_slice() else {
        return Err(Problem::Usage {
            message: format!("{} holds {} schemas", input.name, resources.len()),
            help: "give it one of them by itself".into(),
        });
    };
    let app = about(resource).1.and_then(|app| app.display_name);
    let policy = judge.policy(app.as_deref(), &input.name)?;
    let inspection = Inspection::of(text);
    let target = Target::new(text, resource, policy, &inspection, judge.today);
    Ok(by_rules(judge, &target, &inspection))
}

/// What the rules make of a target, without what its policy accepts, credentials masked.
pub(super) fn by_rules(judge: &Judge, target: &Target<'_>, inspection: &Inspection) -> Judgement {
    let mut judgement = rules::judge(target, &judge.selection);
    judgement.findings.retain(|finding| !judge.accepts(target.policy, finding));
    let masked = judgement.findings.into_iter().map(|finding| secret::redact(finding, &inspection.secrets));
    judgement.findings = masked.collect();
    judgement
}
