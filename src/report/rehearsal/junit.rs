//! JUnit's XML: one suite, one case per step, so that a vendor's pipeline fails with its own endpoint.

use std::io;

use super::{RehearsalReport, consequence, name, sources, telling};
use crate::report::junit::{xml, xml_text};
use crate::report::{Format, Style};
use crate::scim::rehearsal::{StepResult, Verdict};
use crate::text::Outlet;

pub(super) const FORMAT: Format<RehearsalReport> =
    Format { name: "junit", about: "JUnit XML: one case per step", document: true, write };

fn write(report: &RehearsalReport, _: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let out = out.trusted()?;
    let errors = usize::from(!report.halt.is_empty()) + usize::from(!report.left.is_empty());
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{errors}\" skipped=\"{}\"",
        report.steps.len() + errors,
        report.count(Verdict::Failed),
        report.count(Verdict::NotRun),
    );
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"provlint\" {counts}>")?;
    writeln!(out, "  <testsuite name=\"{}\" {counts}>", xml(&format!("rehearse {}", report.tenant_url)))?;
    let class = xml(&report.tenant_url);
    for step in &report.steps {
        write!(out, "    <testcase name=\"{}\" classname=\"{class}\"", xml(&name(step, report)))?;
        let inside = match step.verdict {
            Verdict::Passed => {
                writeln!(out, "/>")?;
                continue;
            }
            Verdict::NotRun => format!("<skipped message=\"{}\"/>", xml(&step.said)),
            Verdict::Warned => format!("<system-out>{}</system-out>", xml_text(&text(step))),
            Verdict::Failed => {
                let kind = step.harm.map_or("failed", |harm| harm.name);
                format!("<failure type=\"{kind}\" message=\"{}\">{}</failure>", xml(&step.said), xml_text(&text(step)))
            }
        };
        writeln!(out, ">\n      {inside}\n    </testcase>")?;
    }
    let left = (!report.left.is_empty()).then(|| ("left", report.left.join("; ")));
    let halt = (!report.halt.is_empty()).then(|| ("not-finished", report.halt.clone()));
    for (name, why) in halt.into_iter().chain(left) {
        let error = format!("<error type=\"unknown\" message=\"{}\"/>", xml(&why));
        writeln!(out, "    <testcase name=\"{name}\" classname=\"{class}\">\n      {error}\n    </testcase>")?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

fn text(step: &StepResult) -> String {
    let mut lines = vec![step.title.to_owned(), step.said.clone()];
    if let Some((consequence, vendor)) = consequence(step) {
        lines.extend([consequence.to_owned(), vendor.to_owned()]);
    }
    for exchange in telling(step) {
        lines.push(exchange.line());
        lines.extend(exchange.sent_body());
        lines.push(exchange.said());
        lines.extend(exchange.received_body());
    }
    lines.extend(sources(step).into_iter().map(str::to_owned));
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}
