//! What was not evaluated, why, and how to get what is missing.

use std::collections::HashSet;
use std::io;

use super::summary::counted;
use super::{Run, Style, TargetKind, TargetReport};
use crate::check::FailOn;
use crate::finding::Evidence;
use crate::text::Outlet;
use crate::text::fold::Sentence;
use crate::text::shell::Command;

/// How to get evidence that the input does not include.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// A schema is needed.
    Schema,
    /// A snapshot has it, and the tenant.
    Snapshot,
    /// It is read on request.
    Members,
    /// Entra is asked on request.
    ConnectionTest,
}

impl Way {
    const ALL: [Way; 4] = [Way::Schema, Way::Snapshot, Way::Members, Way::ConnectionTest];

    fn to(evidence: Evidence) -> Self {
        match evidence {
            Evidence::Schema => Way::Schema,
            Evidence::Members => Way::Members,
            Evidence::ConnectionTest => Way::ConnectionTest,
            Evidence::Jobs
            | Evidence::Secrets
            | Evidence::ServicePrincipal
            | Evidence::Application
            | Evidence::Owners
            | Evidence::Assignments
            | Evidence::Groups
            | Evidence::MemberCounts
            | Evidence::Subscriptions
            | Evidence::Organization
            | Evidence::Claims => Way::Snapshot,
        }
    }

    /// The advice at the end of a sentence.
    fn advise(self, sentence: Sentence) -> Sentence {
        match self {
            Way::Schema => {
                sentence.text("Download the schema in the portal, or export a snapshot with").command(export())
            }
            Way::Snapshot => from_tenant(sentence.text("Export a snapshot with"), "or check the tenant with"),
            Way::Members => sentence.text("Add --members to").command(export()).text("or").command(check()),
            Way::ConnectionTest => sentence.command(check().flag("--test-connection", true)).text("asks Entra for it"),
        }
    }
}

fn export() -> Command {
    Command::provlint("export").option("--app", "NAME").option("-o", "FILE")
}

fn check() -> Command {
    Command::provlint("check").option("--app", "NAME")
}

fn from_tenant(sentence: Sentence, or: &str) -> Sentence {
    sentence.command(export()).text(or).command(check())
}

/// The rules that more of the tenant would let run, each once, of files of a kind.
fn needing_more(run: &Run, kind: TargetKind) -> usize {
    let of_kind = run.targets.iter().filter(|target| target.kind == Some(kind));
    let needed =
        |evidence: Evidence| !evidence.is_optional() && matches!(Way::to(evidence), Way::Snapshot | Way::Schema);
    let rules = of_kind.flat_map(TargetReport::lacking).filter(|(_, evidence)| needed(*evidence));
    rules.map(|(rule, _)| rule).collect::<HashSet<_>>().len()
}

/// That nobody looked at assignments, where the policy names groups.
fn unseen_groups(run: &Run) -> &'static str {
    let unseen = |target: &TargetReport| target.lacking().any(|(_, evidence)| evidence == Evidence::Assignments);
    let expects = run.targets.iter().any(|target| target.expected_groups > 0 && unseen(target));
    if expects { "; assignments were not looked at, though the policy names groups" } else { "" }
}

/// That nobody looked at mappings, where a snapshot has no schema.
fn unseen_mappings(run: &Run) -> &'static str {
    let unseen = |target: &TargetReport| target.lacking().any(|(_, evidence)| evidence == Evidence::Schema);
    if run.targets.iter().any(unseen) { "; mappings without a schema were not looked at" } else { "" }
}

/// How many rules need a snapshot or the tenant, and how to get either.
pub(super) fn tenant_hint(run: &Run) -> Option<Sentence> {
    let needs = |rules| format!("{} {}", counted(rules, "rule"), if rules == 1 { "needs" } else { "need" });
    let groups = unseen_groups(run);
    match (needing_more(run, TargetKind::Schema), needing_more(run, TargetKind::Snapshot)) {
        (0, 0) => None,
        (0, rules) => {
            let mappings = unseen_mappings(run);
            let text = format!("{} parts of the app that the snapshot lacks{mappings}{groups}:", needs(rules));
            Some(Sentence::default().text(text).command(check()))
        }
        (rules, _) => {
            let text = format!("{} a snapshot or the tenant{groups}:", needs(rules));
            Some(from_tenant(Sentence::default().text(text), "or"))
        }
    }
}

/// Writes the rules that could not be evaluated, and with `--verbose` those that were skipped.
pub(super) fn write(run: &Run, style: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    for target in &run.targets {
        write_unknown(&target.name, &target.unknown(), style, out)?;
    }
    if !style.verbose {
        return Ok(());
    }
    // The files of a directory mostly lack the same.
    let mut alike: Vec<(Sentence, &str, usize)> = Vec::new();
    for target in &run.targets {
        for sentence in skipped(target) {
            match alike.iter_mut().find(|(other, ..)| *other == sentence) {
                Some((.., more)) => *more += 1,
                None => alike.push((sentence, &target.name, 0)),
            }
        }
    }
    for (sentence, name, more) in alike {
        let more = if more > 0 { format!(" and {}", counted(more, "more target")) } else { String::new() };
        Sentence::default().text(format!("{name}{more}:")).and(sentence).write(style.columns(), out)?;
    }
    let named = |is_link: bool| -> Vec<&str> {
        let files = run.passed_over.iter().filter(|file| file.is_link == is_link);
        files.map(|file| file.name.as_str()).collect()
    };
    let (links, files) = (named(true), named(false));
    if !files.is_empty() {
        let text =
            format!("Passed over {} without a configuration: {}", counted(files.len(), "file"), files.join(", "));
        Sentence::default().text(text).write(style.columns(), out)?;
    }
    if !links.is_empty() {
        let count = counted(links.len(), "file");
        let text =
            format!("Passed over {count} (links, pipes or devices); to check one, name it: {}", links.join(", "));
        Sentence::default().text(text).write(style.columns(), out)?;
    }
    Ok(())
}

/// Writes the rules that could not be evaluated, once for each reason; by name if they are few, or with `--verbose`.
pub(super) fn write_unknown(
    target: &str,
    rules: &[(&str, &str)],
    style: &Style,
    out: &mut Outlet<'_>,
) -> io::Result<()> {
    unknown(target, rules, style.verbose)
        .into_iter()
        .try_for_each(|line| Sentence::default().text(line).write(style.columns(), out))
}

/// What is missing in the targets whose result is incomplete, for a reader who does not see it in the report.
pub fn gaps(run: &Run) -> Vec<String> {
    let incomplete = run.targets.iter().filter(|target| target.is_incomplete());
    incomplete.flat_map(|target| unknown(&target.name, &target.gaps(), false)).collect()
}

/// Why a target is undecided: a line for each reason.
pub(super) fn undecided(target: &TargetReport, fail_on: FailOn) -> String {
    let line = |(reason, rules): (&str, Vec<&str>)| {
        format!("{} could not be evaluated: {reason}", counted(rules.len(), "rule"))
    };
    by_reason(&target.undecided(fail_on)).into_iter().map(line).collect::<Vec<String>>().join("\n")
}

fn unknown(target: &str, rules: &[(&str, &str)], names: bool) -> Vec<String> {
    const FEW: usize = 3;
    let line = |(reason, rules): (&str, Vec<&str>)| {
        let names = if names || rules.len() <= FEW { format!(" [{}]", rules.join(", ")) } else { String::new() };
        format!("{target}: {} could not be evaluated: {reason}{names}", counted(rules.len(), "rule"))
    };
    by_reason(rules).into_iter().map(line).collect()
}

/// The skipped rules of a target: together where the same step gets what they lack.
fn skipped(target: &TargetReport) -> Vec<Sentence> {
    let lacking: Vec<(&str, Evidence)> = target.lacking().collect();
    let ways = Way::ALL.into_iter().filter_map(|way| {
        let rules: Vec<(&str, &str)> = lacking
            .iter()
            .filter(|(_, evidence)| Way::to(*evidence) == way)
            .map(|(rule, evidence)| (*rule, evidence.in_words()))
            .collect();
        let missing = by_reason(&rules);
        let names: Vec<&str> = missing.iter().map(|(name, _)| *name).collect();
        let ids: Vec<&str> = missing.iter().flat_map(|(_, rules)| rules).copied().collect();
        let said = format!("skipped {}: the input has no {}.", counted(rules.len(), "rule"), in_a_row(&names, "or"));
        let advised = way.advise(Sentence::default().text(said));
        (!rules.is_empty()).then(|| advised.text(format!("[{}]", ids.join(", "))))
    });
    let skipped = target.skipped();
    let others: Vec<(&str, &str)> =
        skipped.into_iter().filter(|(rule, _)| !lacking.iter().any(|(other, _)| other == rule)).collect();
    let others = by_reason(&others).into_iter().map(|(missing, rules)| {
        let (count, verb) = (counted(rules.len(), "rule"), if rules.len() == 1 { "needs" } else { "need" });
        Sentence::default().text(format!("skipped {count}, which {verb} {missing} [{}]", rules.join(", ")))
    });
    ways.chain(others.collect::<Vec<_>>()).collect()
}

fn in_a_row(words: &[&str], last: &str) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

/// Groups rules by their reason, in the order in which the reasons first occur.
pub(super) fn by_reason<'a>(rules: &[(&'a str, &'a str)]) -> Vec<(&'a str, Vec<&'a str>)> {
    let mut by_reason: Vec<(&str, Vec<&str>)> = Vec::new();
    for (rule, reason) in rules {
        match by_reason.iter_mut().find(|(other, _)| other == reason) {
            Some((_, rules)) => rules.push(rule),
            None => by_reason.push((reason, vec![rule])),
        }
    }
    by_reason
}
