use jiff::civil::Date;

use crate::finding::{Applicability, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "stale-export",
        section: Section::Document,
        severity: Severity::Info,
        fix: Applicability::Manual,
        evidence: &[],
        summary: "The export is older than the policy allows",
        page: page!("stale-export"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let Some(allowed) = target.policy.export_max_age_days else {
        return Err(NotJudged::skipped("export.max-age-days in the policy"));
    };
    // Only a snapshot records when it was exported. A schema records only its last change.
    let exported_at = target.snapshot.and_then(|snapshot| snapshot.provlint.exported_at.as_deref());
    let Some(exported_at) = exported_at else { return Err(NotJudged::skipped("the time of the export")) };
    let Ok(date) = exported_at.get(..10).unwrap_or_default().parse::<Date>() else {
        return Err(NotJudged::undecided(format!("`{exported_at}` is not a valid time such as 2026-11-23T08:00:00Z")));
    };
    let age = (target.today - date).get_days();
    if i64::from(age) > i64::from(allowed) {
        let pointer = target.pointer.key("provlint").key("exportedAt");
        let message = format!(
            "This export is {age} days old; the policy allows {allowed}. The configuration may have changed since"
        );
        findings.add("export", pointer, message).label(format!("{age} days ago")).manual("Export again", Vec::new());
    }
    Ok(())
}
