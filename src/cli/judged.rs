//! The judgement of one app, for commands that read it live.

use super::shared::input::Input;
use super::shared::judging::Judge;
use super::terminal::problem::Problem;
use crate::check::One;
use crate::rules::Judgement;

/// Runs the rules over the only resource of a text.
pub(super) fn judged(judge: &Judge, input: &Input, text: &str) -> Result<Judgement, Problem> {
    Ok(One::read(&input.name, text)?.judge(judge)?)
}
