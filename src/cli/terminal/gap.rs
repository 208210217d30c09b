//! Rules that can fail a run and miss evidence: why, and how to accept that.

use std::collections::BTreeSet;

use crate::check::{FailOn, RuleReport, undecided};

/// A rule that misses evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Gap {
    /// The name of the target.
    pub(in crate::cli) target: String,
    /// The rule.
    pub(in crate::cli) rule: &'static str,
    /// Why it could not be evaluated.
    pub(in crate::cli) reason: String,
    /// The flag that asks for what the input does not include.
    pub(in crate::cli) flag: Option<&'static str>,
}

impl Gap {
    /// The rules of a target that can fail the run and miss evidence.
    pub(in crate::cli) fn all(target: &str, rules: &[RuleReport], fail_on: FailOn) -> impl Iterator<Item = Gap> {
        undecided(rules, fail_on).filter_map(move |report| {
            let (reason, flag) = (report.reason()?.to_owned(), report.asked_by);
            Some(Gap { target: target.to_owned(), rule: report.rule.id, reason, flag })
        })
    }
}

/// The most rules that a command is offered for to accept them.
const MOST: usize = 12;

/// The reasons, each once, and how to accept the gaps: all at once, since a run that accepts one of them is still
/// incomplete.
pub(super) fn advice(gaps: &[Gap]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for Gap { target, reason, .. } in gaps {
        let line = format!("{target}: {reason}");
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    let flags: BTreeSet<&str> = gaps.iter().filter_map(|gap| gap.flag).collect();
    lines.extend(flags.into_iter().map(|flag| format!("leave out {flag} where the input cannot answer it")));
    let rules: BTreeSet<&str> = gaps.iter().filter(|gap| gap.flag.is_none()).map(|gap| gap.rule).collect();
    // More rules lack the same cause, which should be removed.
    if !rules.is_empty() && rules.len() <= MOST {
        let rules: Vec<&str> = rules.into_iter().collect();
        lines.push("to accept that these rules are not evaluated:".to_owned());
        lines.push(format!("--ignore {}", rules.join(",")));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_gaps_can_be_accepted_at_once_and_a_flag_is_left_out() {
        let gap = |rule, flag| Gap { target: "a.json".into(), rule, reason: "403".into(), flag };
        assert_eq!(
            advice(&[gap("b", None), gap("a", None)]),
            "a.json: 403\nto accept that these rules are not evaluated:\n--ignore a,b"
        );
        assert_eq!(
            advice(&[gap("a", Some("--group"))]),
            "a.json: 403\nleave out --group where the input cannot answer it"
        );
    }
}
