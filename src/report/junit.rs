//! JUnit's XML: one suite per target, one case per rule.
//!
//! There is no standard; this is what Jenkins, GitLab, Azure Pipelines and junitparser read. Elements and attributes are
//! few, so they are written by hand: quick-junit would bring an XML library, a calendar and five more crates.

use std::io::{self, Write};

use super::{Format, LocatedFinding, RuleReport, RuleState, Run, Style, TargetReport, summary, unjudged};
use crate::text::{Outlet, printable};

pub(super) const FORMAT: Format =
    Format { name: "junit", about: "JUnit XML: one suite per target, one case per rule", document: true, write };

/// A test case and its outcome.
struct Case {
    name: &'static str,
    outcome: Outcome,
}

enum Outcome {
    Passed,
    /// It found something that does not fail the run.
    Remark(String),
    Failure {
        message: String,
        kind: &'static str,
        text: String,
    },
    Skipped(String),
    Error(String),
}

fn write(run: &Run, _: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let out = out.trusted()?;
    let suites: Vec<(&TargetReport, Vec<Case>)> =
        run.targets.iter().map(|target| (target, cases(run, target))).collect();
    let all = || suites.iter().flat_map(|(_, cases)| cases);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"provlint\" {}>", counts(all()))?;
    for (target, cases) in &suites {
        writeln!(out, "  <testsuite name=\"{}\" {}>", xml(&target.name), counts(cases.iter()))?;
        for case in cases {
            write_case(target, case, out)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

/// A target that could not be checked has one case, which says why. One that misses evidence has one more, however many
/// rules need it.
fn cases(run: &Run, target: &TargetReport) -> Vec<Case> {
    if let Some(error) = &target.error {
        return vec![Case { name: "not-checked", outcome: Outcome::Error(error.clone()) }];
    }
    let incomplete = target.is_undecided(run.fail_on).then(|| {
        let why = unjudged::undecided(target, run.fail_on);
        Case { name: "incomplete", outcome: Outcome::Error(why) }
    });
    incomplete.into_iter().chain(target.rules.iter().map(|report| case(run, target, report))).collect()
}

fn case(run: &Run, target: &TargetReport, RuleReport { rule, state, .. }: &RuleReport) -> Case {
    let outcome = match state {
        RuleState::Passed => Outcome::Passed,
        RuleState::Skipped { missing, .. } => Outcome::Skipped(format!("the input does not include {missing}")),
        RuleState::Unknown { reason, .. } => Outcome::Skipped(format!("could not be evaluated: {reason}")),
        RuleState::Failed => {
            let news: Vec<&LocatedFinding> = target.news().filter(|found| found.finding.rule.id == rule.id).collect();
            let worst = news.iter().map(|found| found.finding.severity).max();
            let texts = || news.iter().map(|found| text(target, found)).collect::<Vec<_>>().join("\n\n");
            match (news.as_slice(), worst) {
                (_, Some(worst)) if !run.fail_on.fails(worst) => Outcome::Remark(texts()),
                ([first, rest @ ..], Some(worst)) => Outcome::Failure {
                    message: match rest {
                        [] => first.finding.message.clone(),
                        _ => {
                            format!("{}, the first: {}", summary::counted(news.len(), "finding"), first.finding.message)
                        }
                    },
                    kind: worst.as_str(),
                    text: texts(),
                },
                _ => Outcome::Skipped("its findings are in the baseline, accepted by the policy, or not shown".into()),
            }
        }
    };
    Case { name: rule.id, outcome }
}

fn text(target: &TargetReport, found: &LocatedFinding) -> String {
    let finding = &found.finding;
    let steps = finding.fix.as_ref().map(|fix| fix.portal.as_slice()).unwrap_or_default();
    let lines = [
        format!("{}: {} at {}: {}", target.whereabouts(found), finding.severity, finding.subject, finding.message),
        finding.help.clone(),
    ];
    let steps = (1..).zip(steps).map(|(number, step)| format!("{number}. {step}"));
    let lines = lines.into_iter().chain(steps).chain([finding.rule.url()]);
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn counts<'c>(cases: impl Iterator<Item = &'c Case>) -> String {
    let [mut tests, mut failures, mut errors, mut skipped] = [0; 4];
    for case in cases {
        tests += 1;
        match case.outcome {
            Outcome::Passed | Outcome::Remark(_) => {}
            Outcome::Failure { .. } => failures += 1,
            Outcome::Error(_) => errors += 1,
            Outcome::Skipped(_) => skipped += 1,
        }
    }
    format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\"")
}

fn write_case(target: &TargetReport, case: &Case, out: &mut dyn Write) -> io::Result<()> {
    let file = target.path.as_deref().map(|path| format!(" file=\"{}\"", xml(path))).unwrap_or_default();
    write!(out, "    <testcase name=\"{}\" classname=\"{}\"{file}", case.name, xml(&target.name))?;
    let inside = match &case.outcome {
        Outcome::Passed => return writeln!(out, "/>"),
        Outcome::Remark(text) => format!("<system-out>{}</system-out>", xml_text(text)),
        Outcome::Failure { message, kind, text } => {
            format!("<failure type=\"{kind}\" message=\"{}\">{}</failure>", xml(message), xml_text(text))
        }
        Outcome::Skipped(reason) => format!("<skipped message=\"{}\"/>", xml(reason)),
        Outcome::Error(reason) => format!("<error type=\"unknown\" message=\"{}\"/>", xml(reason)),
    };
    writeln!(out, ">\n      {inside}\n    </testcase>")
}

/// The value of an attribute, with line ends and tabs escaped: they would be read as spaces.
pub(super) fn xml(text: &str) -> String {
    xml_text(text).replace('"', "&quot;").replace('\n', "&#10;").replace('\t', "&#9;")
}

/// Text between tags, without characters that XML 1.0 does not allow (<https://www.w3.org/TR/xml/#charsets>).
pub(super) fn xml_text(text: &str) -> String {
    let text = printable(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    // The same text for every XML parser, but not a command for GitHub.
    let line =
        |line: &str| if line.trim_start().starts_with("::") { line.replacen(':', "&#58;", 1) } else { line.into() };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_an_attribute_or_a_section() {
        assert_eq!(xml("a\"/><b>&\n]]>\0"), "a&quot;/&gt;&lt;b&gt;&amp;&#10;]]&gt;\u{fffd}");
        assert_eq!(xml_text("a\n ::error::b"), "a\n &#58;:error::b");
    }
}
