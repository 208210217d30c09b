//! The rules over what is typed, before it is sent anywhere.

use jiff::Timestamp;
use serde_json::json;

use super::{Arguments, show};
use crate::cli::shared::input::Input;
use crate::cli::shared::judging::{Judge, judged};
use crate::cli::terminal::connecting::ConnectProblem;
use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::screen::Screen;
use crate::finding::Severity;
use crate::policy::{Level, Policy};
use crate::rules::id;
use crate::tenant::connection::Connection;

/// The rules about what is typed.
const TYPED: [&str; 5] = [
    id::TENANT_URL_INVALID,
    id::TENANT_URL_MISMATCH,
    id::TENANT_URL_FLAG,
    id::SECRET_TOKEN_MALFORMED,
    id::SECRET_TOKEN_EXPIRING,
];

impl Arguments {
    /// Runs the rules over what was typed, before it is sent anywhere.
    pub(super) fn judge_typed(
        &self,
        app: &str,
        wanted: &Connection,
        policy: &Policy,
        judge: &Judge,
        screen: &Screen,
    ) -> Result<(), Problem> {
        let typed = json!({
            "provlint": {"snapshot": 1, "exportedAt": Timestamp::now().to_string()},
            "servicePrincipal": {"displayName": app},
            "jobs": [],
            "secrets": wanted.typed(),
        });
        let mut judge = judge.clone();
        let is_on = |rule: &&str| policy.levels.get(*rule) != Some(&Level::Off);
        judge.selection.select = TYPED.iter().filter(|rule| is_on(rule)).map(|rule| (*rule).to_owned()).collect();
        if judge.selection.select.is_empty() {
            return Ok(());
        }
        let judgement = judged(&judge, &Input::live(app), &typed.to_string())?;
        show(&judgement.findings, screen);
        match judgement.findings.iter().filter(|found| found.severity == Severity::Error).count() {
            0 => Ok(()),
            count => Err(ConnectProblem::Typed { app: app.to_owned(), count }.into()),
        }
    }
}
