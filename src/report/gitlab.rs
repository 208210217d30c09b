//! GitLab's Code Quality report.
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>

use std::io;

use serde::Serialize;

use super::fingerprint::Fingerprints;
use super::{Format, LocatedPlace, Run, Style, TargetReport, written};
use crate::finding::Severity;
use crate::text::{Outlet, printable};

pub(super) const FORMAT: Format =
    Format { name: "gitlab", about: "GitLab's Code Quality report", document: true, write };

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

fn write(run: &Run, _: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let mut fingerprints = Fingerprints::default();
    let mut issues = Vec::new();
    for target in &run.targets {
        issues.extend(target.error.as_deref().map(|error| Issue {
            description: printable(error).into_owned(),
            check_name: "not-checked",
            fingerprint: fingerprints.of_target(target),
            severity: "blocker",
            location: location(target, None),
        }));
        for found in target.news() {
            let finding = &found.finding;
            issues.push(Issue {
                description: printable([finding.message.as_str(), &finding.help].join("\n").trim_end()).into_owned(),
                check_name: finding.rule.id,
                fingerprint: fingerprints.next(target, found),
                severity: match finding.severity {
                    Severity::Error => "critical",
                    Severity::Warning => "minor",
                    Severity::Info => "info",
                },
                location: location(target, found.place.as_ref()),
            });
        }
    }
    written::json(&issues, out.trusted()?)
}

/// GitLab rejects an issue without a file and a line. An app of a tenant has no lines that anybody could open.
fn location(target: &TargetReport, place: Option<&LocatedPlace>) -> Location {
    let lines = match place.filter(|_| !target.is_live()) {
        Some(place) => Lines { begin: place.start.line, end: place.end.line },
        None => Lines { begin: 1, end: 1 },
    };
    Location { path: target.path.as_ref().unwrap_or(&target.name).clone(), lines }
}
