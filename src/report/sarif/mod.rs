//! SARIF 2.1.0, for code scanning and editors.
//!
//! Places are lines and columns only: SARIF's offsets count bytes of the stored file, ours those of the decoded text. A
//! target that is not a file, such as an app of a tenant, has a logical location.

mod log;

use std::collections::{BTreeMap, HashSet};
use std::io;

use super::fingerprint::Fingerprints;
use super::{Format, LocatedFinding, LocatedPlace, RuleReport, Run, Style, TargetReport, edits, unjudged, written};
use crate::document::{Edit, Lines, Position};
use crate::finding::{Applicability, Metadata, Severity};
use crate::text::{Outlet, printable};
use log::{
    ArtifactChange, ArtifactLocation, BaseLocation, Configuration, Content, Descriptor, Driver, Fingerprint, Fix,
    Invocation, Location, Log, LogicalLocation, Message, Notification, Outcome, PhysicalLocation, Properties, Region,
    Replacement, RuleProperties, SCHEMA, Suppression, Tool,
};

pub(super) const FORMAT: Format =
    Format { name: "sarif", about: "SARIF 2.1.0, for code scanning and editors", document: true, write };

/// What relative URIs are relative to.
const BASE: &str = "%SRCROOT%";

fn write(run: &Run, _: &Style, out: &mut Outlet<'_>) -> io::Result<()> {
    let rules = rules(run);
    let root = BaseLocation { description: message("The root of the repository, or where the program was run") };
    let relative = run.targets.iter().filter_map(artifact).any(|artifact| artifact.uri_base_id.is_some());
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [log::Run {
            results: results(run, &rules),
            tool: Tool {
                driver: Driver {
                    name: env!("CARGO_PKG_NAME"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: env!("CARGO_PKG_REPOSITORY"),
                    rules: descriptors(run, &rules),
                },
            },
            invocations: [Invocation {
                execution_successful: !run.is_incomplete(),
                tool_execution_notifications: run
                    .targets
                    .iter()
                    .flat_map(|target| notifications(run, target))
                    .collect(),
            }],
            original_uri_base_ids: if relative { BTreeMap::from([(BASE, root)]) } else { BTreeMap::new() },
            column_kind: "unicodeCodePoints",
        }],
    };
    written::json(&log, out.trusted()?)
}

/// Every rule that was selected for a target, each once.
fn rules(run: &Run) -> Vec<&'static Metadata> {
    let mut seen = HashSet::new();
    let all = run.targets.iter().flat_map(|target| target.rules.iter()).map(|RuleReport { rule, .. }| *rule);
    all.filter(|rule| seen.insert(rule.id)).collect()
}

/// The rules. Only those that found something include their page: the other pages would make the file too large.
fn descriptors(run: &Run, rules: &[&'static Metadata]) -> Vec<Descriptor> {
    let failed: HashSet<&str> =
        run.targets.iter().flat_map(|target| &target.findings).map(|found| found.finding.rule.id).collect();
    rules.iter().map(|rule| descriptor(rule, failed.contains(rule.id))).collect()
}

fn descriptor(rule: &Metadata, whole: bool) -> Descriptor {
    let page = || Message { text: rule.markdown(), markdown: Some(rule.markdown()) };
    Descriptor {
        id: rule.id,
        name: pascal_case(rule.id),
        short_description: message(rule.summary),
        full_description: whole.then(|| message(&rule.description())),
        help: whole.then(page),
        help_uri: rule.url(),
        default_configuration: Configuration { level: level(rule.severity) },
        properties: RuleProperties {
            tags: ["provisioning", rule.section.as_str()],
            precision: "high",
            severity: match rule.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "recommendation",
            },
        },
    }
}

/// `required-mapping-source` as `RequiredMappingSource`, the form that the standard recommends for names.
fn pascal_case(id: &str) -> String {
    let word = |word: &str| word[..1].to_ascii_uppercase() + &word[1..];
    id.split('-').filter(|part| !part.is_empty()).map(word).collect()
}

fn results(run: &Run, rules: &[&'static Metadata]) -> Vec<Outcome> {
    let mut fingerprints = Fingerprints::default();
    let some_known = run.baselined() > 0;
    let mut results = Vec::new();
    for target in &run.targets {
        let lines: Vec<Lines<'_>> = target.sources.iter().map(|source| Lines::new(&source.text)).collect();
        for (found, edits) in target.findings.iter().zip(edits::of(target)) {
            let LocatedFinding { finding, place, baselined } = found;
            let fingerprint = fingerprints.next(target, found);
            let known = || Suppression { kind: "external", justification: "It is in the baseline." };
            let pointer = match place {
                Some(place) => target.source(place).base.join(&place.pointer),
                None => finding.pointer.clone(),
            };
            results.push(Outcome {
                rule_id: finding.rule.id,
                rule_index: rules.iter().position(|rule| rule.id == finding.rule.id),
                level: level(finding.severity),
                message: message([finding.message.as_str(), &finding.help].join("\n").trim_end()),
                locations: [location(target, place.as_ref(), Some(&finding.subject))],
                partial_fingerprints: Fingerprint { github: format!("{fingerprint}:1"), ours: fingerprint },
                fixes: fix(target, found, edits, &lines).into_iter().collect(),
                suppressions: some_known.then(|| baselined.then(known).into_iter().collect()),
                properties: Properties {
                    target: target.name.clone(),
                    subject: finding.subject.clone(),
                    pointer: pointer.to_string(),
                },
            });
        }
    }
    results
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// A text without links and placeholders such as `[x](1)` and `{0}` (section 3.11).
fn message(text: &str) -> Message {
    let mut text = printable(text).replace("](", "] (");
    for digit in '0'..='9' {
        text = text.replace(&format!("{{{digit}"), &format!("{{ {digit}"));
    }
    Message { text, markdown: None }
}

fn location(target: &TargetReport, place: Option<&LocatedPlace>, subject: Option<&String>) -> Location {
    let physical = artifact(target).map(|artifact_location| PhysicalLocation {
        artifact_location,
        region: place.map(|place| region(place.start, place.end)),
    });
    let logical_locations = match (subject, &physical) {
        (Some(subject), _) => {
            let fully_qualified_name = format!("{}/{subject}", target.name);
            vec![LogicalLocation { name: subject.clone(), fully_qualified_name }]
        }
        (None, Some(_)) => Vec::new(),
        (None, None) => {
            vec![LogicalLocation { name: target.name.clone(), fully_qualified_name: target.name.clone() }]
        }
    };
    Location { physical_location: physical, logical_locations }
}

fn region(start: Position, end: Position) -> Region {
    Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column }
}

/// The file, if there is one: relative to the repository, or as an absolute URI if it is elsewhere.
fn artifact(target: &TargetReport) -> Option<ArtifactLocation> {
    let path = target.path.as_deref()?;
    let encoded = percent_encoded(path);
    Some(match (path.strip_prefix('/'), path.get(1..3)) {
        // A share of Windows: its server is the host.
        (Some(rest), _) if rest.starts_with('/') => {
            ArtifactLocation { uri: format!("file:{encoded}"), uri_base_id: None }
        }
        (Some(_), _) => ArtifactLocation { uri: format!("file://{encoded}"), uri_base_id: None },
        // A drive letter of Windows.
        (None, Some(":/")) => {
            let uri = format!("file:///{}{}", &path[..2], percent_encoded(&path[2..]));
            ArtifactLocation { uri, uri_base_id: None }
        }
        _ => ArtifactLocation { uri: encoded, uri_base_id: Some(BASE) },
    })
}

/// A path as part of a URI (RFC 3986, section 2.3).
fn percent_encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// The fix, if it changes a file.
fn fix(target: &TargetReport, found: &LocatedFinding, edits: Vec<Edit>, lines: &[Lines<'_>]) -> Option<Fix> {
    let fix = found.finding.fix.as_ref()?;
    let artifact_location = artifact(target)?;
    let lines = lines.get(found.place.as_ref().map_or(0, |place| place.source))?;
    if edits.is_empty() {
        return None;
    }
    let title = match fix.applicability {
        Applicability::Unsafe => format!("{} (changes who is matched, created, disabled or removed)", fix.title),
        Applicability::Safe | Applicability::Manual => fix.title.clone(),
    };
    let replacement = |edit: Edit| Replacement {
        deleted_region: region(lines.position(edit.span.start), lines.position(edit.span.end)),
        inserted_content: Content { text: edit.text },
    };
    Some(Fix {
        description: message(&title),
        artifact_changes: [ArtifactChange {
            artifact_location,
            replacements: edits.into_iter().map(replacement).collect(),
        }],
    })
}

/// Why a target could not be checked, and which rules could not be evaluated.
fn notifications(run: &Run, target: &TargetReport) -> Vec<Notification> {
    let note = |level, text: String| Notification {
        level,
        message: message(&text),
        locations: vec![location(target, None, None)],
    };
    let error = target.error.as_deref().map(|error| note("error", error.to_owned()));
    let decisive = target.undecided(run.fail_on);
    let unknown = unjudged::by_reason(&target.unknown()).into_iter().map(|(reason, rules)| {
        let level =
            if rules.iter().any(|rule| decisive.iter().any(|(id, _)| id == rule)) { "error" } else { "warning" };
        note(level, format!("could not be evaluated: {}: {reason}", rules.join(", ")))
    });
    let skipped: Vec<String> = unjudged::by_reason(&target.skipped())
        .into_iter()
        .map(|(missing, rules)| format!("{} ({missing})", rules.join(", ")))
        .collect();
    let skipped = (!skipped.is_empty()).then(|| {
        note("note", format!("skipped, because the input does not include their evidence: {}", skipped.join("; ")))
    });
    error.into_iter().chain(unknown).chain(skipped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_hold_no_character_that_means_something_in_one() {
        let uri = |path: &str| {
            let target = TargetReport { path: Some(path.into()), ..TargetReport::default() };
            artifact(&target).map(|artifact| (artifact.uri, artifact.uri_base_id.is_some()))
        };
        assert_eq!(uri("a b/#1:ä.json"), Some(("a%20b/%231%3A%C3%A4.json".into(), true)));
        assert_eq!(uri("/srv/a.json"), Some(("file:///srv/a.json".into(), false)));
        assert_eq!(uri("C:/a b.json"), Some(("file:///C:/a%20b.json".into(), false)));
        assert_eq!(uri("//server/my share/a.json"), Some(("file://server/my%20share/a.json".into(), false)));
    }

    #[test]
    fn a_message_has_neither_links_nor_placeholders() {
        assert_eq!(message("[x](1) {0} [mail]").text, "[x] (1) { 0} [mail]");
    }
}
