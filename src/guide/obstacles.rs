//! What keeps a job from being started, restarted or used for provisioning on demand.

use crate::finding::{Section, Severity};
use crate::rules::{Judgement, id};

/// Rules that must have been evaluated before a job may run.
const NEEDED: [&str; 7] = [
    id::REQUIRED_MAPPING_SOURCE,
    id::TENANT_URL_MISSING,
    id::SECRET_TOKEN_MISSING,
    id::CREDENTIALS_REJECTED,
    id::SCOPE_ALL_USERS,
    id::NOTHING_ASSIGNED,
    id::GROUP_NOT_ASSIGNED,
];

/// Something that must be fixed before a job may run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    /// The schema of the job was not evaluated, but that of another job.
    #[error("the schema of another job was evaluated: {job}")]
    OtherSchema {
        /// The id of the other job.
        job: String,
    },
    /// A rule found an error.
    #[error("{rule}: {message}")]
    Error {
        /// The id of the rule.
        rule: &'static str,
        /// The message of the finding.
        message: String,
    },
    /// A rule that must have been evaluated could not be.
    #[error("{rule} could not be evaluated: {reason}")]
    Unknown {
        /// The id of the rule.
        rule: &'static str,
        /// Why not.
        reason: String,
    },
}

/// What keeps `job` from running, by what the rules found in the schema of the job `judged`.
pub fn obstacles(judgement: &Judgement, judged: Option<&str>, job: &str) -> Vec<Obstacle> {
    let other = judged.filter(|judged| *judged != job).map(|judged| Obstacle::OtherSchema { job: judged.to_owned() });
    let errors = judgement.findings.iter().filter(|finding| {
        // Running the job ends what is wrong with its state, but cannot create a job.
        let ends = finding.rule.section == Section::Job && finding.rule.id != id::PROVISIONING_NOT_CONFIGURED;
        finding.severity == Severity::Error && !ends
    });
    let errors = errors.map(|finding| Obstacle::Error { rule: finding.rule.id, message: finding.message.clone() });
    let needed = judgement.rules.iter().filter(|report| NEEDED.contains(&report.rule.id));
    let unknown = needed
        .filter_map(|report| Some(Obstacle::Unknown { rule: report.rule.id, reason: report.reason()?.to_owned() }));
    other.into_iter().chain(errors).chain(unknown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{RuleReport, RuleState, rule};

    #[test]
    fn only_what_must_be_known_is_in_the_way_where_it_is_unknown() {
        let unknown = |id| {
            let rule = &rule(id).unwrap().metadata;
            let state = RuleState::Unknown { reason: "403".to_owned(), is_gap: true };
            RuleReport { rule, severity: rule.severity, asked_by: None, state }
        };
        let rules = [id::TENANT_URL_MISSING, "licence-missing"].map(unknown).to_vec();
        let judgement = Judgement { rules, ..Judgement::default() };
        let said = |judged: Option<&str>| {
            obstacles(&judgement, judged, "j").iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let token = "tenant-url-missing could not be evaluated: 403";
        assert_eq!(said(Some("j")), [token]);
        assert_eq!(said(None), [token]);
        assert_eq!(said(Some("k")), ["the schema of another job was evaluated: k", token]);
    }
}
