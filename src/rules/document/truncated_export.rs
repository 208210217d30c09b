use crate::finding::{Applicability, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, Rule, Target, page};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "truncated-export",
        section: Section::Document,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[],
        summary: "PowerShell truncated the file: parts of it are type names instead of data",
        page: page!("truncated-export"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let found: Vec<_> = target.inspection.cut_off.iter().filter(|cut| target.holds(&cut.pointer)).collect();
    if let Some(first) = found.first() {
        let word: String = first.text.chars().take(40).collect();
        let places = if found.len() == 1 { "one place".to_owned() } else { format!("{} places", found.len()) };
        let message = format!(
            "The export is truncated in {places}. The first one has `{word}` instead of data, because ConvertTo-Json stops at -Depth 2 by default"
        );
        findings.add("export", first.pointer.clone(), message).label("truncated here").manual(
            "Export again with ConvertTo-Json -Depth 100",
            vec!["Get-MgServicePrincipalSynchronizationJobSchema -ServicePrincipalId ID -SynchronizationJobId JOB | ConvertTo-Json -Depth 100 | Out-File schema.json".into()],
        );
    }
    Ok(())
}
