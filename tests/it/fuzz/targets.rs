//! The targets: what is made, and the laws that hold for it.

use std::collections::BTreeSet;
use std::io::Write;

use fastrand::Rng;
use jiff::Timestamp;
use provlint::check::{self, AskedFor, CheckError, FailOn, Judge, One, Options, Origin, OtherKind, Outcome, Run};
use provlint::document::{self, Change, Encoding, Pointer, applied, edits, locate};
use provlint::expression::{self, Evaluator, Stored};
use provlint::finding::{Applicability, Severity};
use provlint::fix::{Allowed, AllowedInTenant, FixRun, FixedText, Plan, PlanError, Replaced, plan};
use provlint::guide::{Known, Log, Seen, guide};
use provlint::inspection::Inspection;
use provlint::model::Difference;
use provlint::policy::Policies;
use provlint::report::{self, DIFFERENCE_FORMATS, DifferenceReport, FIX_FORMATS, FORMATS, Format, GuideReport, Style};
use provlint::rules;
use provlint::text::Outlet;
use serde_json::Value;

use super::seeds::{EXPRESSIONS, POLICIES, READABLE_POLICIES, SCHEMAS, SNAPSHOTS, USERS};
use super::{fuzz, mutate};
use crate::common::{Ran, run_in};
use crate::hostile::expect_no_control;

fn any_of<'s, T>(seeds: &'s [T], rng: &mut Rng) -> &'s T {
    &seeds[rng.usize(..seeds.len())]
}

fn mutated(seeds: &[Value], rng: &mut Rng) -> Value {
    let mut value = any_of(seeds, rng).clone();
    mutate::value(&mut value, seeds, rng);
    value
}

fn schema(rng: &mut Rng) -> String {
    let value = mutated(&SCHEMAS, rng);
    mutate::written(&value, rng)
}

fn snapshot(rng: &mut Rng) -> String {
    let value = mutated(&SNAPSHOTS, rng);
    mutate::written(&value, rng)
}

fn configuration(rng: &mut Rng) -> String {
    if rng.bool() { schema(rng) } else { snapshot(rng) }
}

fn a_policy(rng: &mut Rng) -> String {
    any_of(&READABLE_POLICIES, rng).clone()
}

fn judge_of(policy: &str) -> Judge {
    let policies = Policies::of_text(policy, None, rules::ids()).unwrap_or_else(|_| Policies::built_in());
    Judge { today: "2026-11-23".parse().unwrap(), ..Judge::by(policies) }
}

fn style(rng: &mut Rng) -> Style {
    let width = rng.usize(40..121);
    Style { color: false, unicode: rng.bool(), width, folds: rng.bool(), verbose: rng.bool(), quiet: rng.u8(..8) == 0 }
}

/// Writes a report, which steers neither a terminal nor a pipeline, and is what its format says.
fn expect_report<R>(format: &Format<R>, reported: &R, style: &Style) {
    let mut bytes = Vec::new();
    let mut out = Outlet::new(&mut bytes, style.color);
    (format.write)(reported, style, &mut out).and_then(|()| out.flush()).unwrap();
    drop(out);
    let stdout = String::from_utf8(bytes).unwrap_or_else(|error| panic!("{}: {error}", format.name));
    expect_form(format.name, &stdout);
    expect_no_control(&Ran { code: None, stdout, stderr: String::new() }, format.name, &[format.name]);
}

/// Whether a document is what its format says.
fn expect_form(format: &str, text: &str) {
    let json = |text: &str| {
        serde_json::from_str::<Value>(text).unwrap_or_else(|error| panic!("{format}: {error}: {text}"));
    };
    match format {
        "json" | "sarif" | "gitlab" => json(text),
        "jsonl" => text.lines().for_each(json),
        "junit" => drop(roxmltree::Document::parse(text).unwrap_or_else(|error| panic!("{format}: {error}: {text}"))),
        _ => {}
    }
}

fn expect_span(text: &str, span: Option<std::ops::Range<usize>>, what: &dyn std::fmt::Debug) {
    let Some(span) = span else { return };
    assert!(text.get(span.clone()).is_some(), "{span:?} is no place of the text: {what:?}");
}

fn pointers(value: &Value, here: Pointer, all: &mut Vec<Pointer>) {
    match value {
        Value::Array(items) => (0..).zip(items).for_each(|(index, item)| pointers(item, here.index(index), all)),
        Value::Object(members) => members.iter().for_each(|(key, member)| pointers(member, here.key(key), all)),
        _ => {}
    }
    all.push(here);
}

#[test]
fn documents_are_read_and_changed_in_place() {
    let make = |rng: &mut Rng| {
        let text = configuration(rng);
        vec![if rng.bool() { mutate::bytes(&text, rng) } else { text }]
    };
    fuzz("document", 60, make, |input| {
        let (text, mut rng) = (input.part(0), input.rng());
        for encoding in [Encoding::Utf8, Encoding::Utf8Bom, Encoding::Utf16Le, Encoding::Utf16Be] {
            let (found, decoded) = document::decode(encoding.encode(text)).unwrap();
            let has_mark = text.starts_with('\u{feff}') || text.is_empty();
            assert!(has_mark || (found == encoding && decoded == text), "{encoding:?} became {found:?}");
        }
        let mut raw = text.as_bytes().to_vec();
        if !raw.is_empty() {
            let at = rng.usize(..raw.len());
            raw[at] = rng.u8(..);
        }
        let _ = document::decode(raw);
        let inspection = Inspection::of(text);
        let _ = (OtherKind::of_text("a.json", &inspection), OtherKind::of_json(&inspection.text));
        if let Err(error) = inspection.read() {
            let error = CheckError::reading("a.json", &inspection, &error);
            expect_span(text, error.span(), &error);
            assert!(!error.to_string().is_empty());
        }
        let strict = document::from_str::<Value>(text);
        let Ok(value) = serde_json::from_str::<Value>(text) else {
            assert!(strict.is_err(), "the strict reader accepts what is not JSON");
            return;
        };
        if strict.is_err() {
            return;
        }
        let mut all = Vec::new();
        pointers(&value, Pointer::root(), &mut all);
        rng.shuffle(&mut all);
        all.truncate(20);
        for (pointer, place) in all.iter().zip(locate(text, &all)) {
            let found: Value = serde_json::from_str(&text[place.unwrap().span]).unwrap();
            assert_eq!(Some(&found), value.pointer(pointer.as_str()), "{pointer}");
        }
        let new = serde_json::json!({"a": [1, "é\n"]});
        let change = [Change::Set { pointer: all[0].clone(), value: new.clone() }];
        let changed = applied(text, &edits(text, &[&change]).concat());
        let changed: Value = serde_json::from_str(&changed).unwrap();
        let mut expected = value;
        // Below PowerShell's keys, a new value gets such keys too.
        *expected.pointer_mut(all[0].as_str()).unwrap() = document::spelt_as(&all[0], &new);
        assert_eq!(changed, expected, "{}", all[0]);
    });
}

#[test]
fn expressions_are_read_printed_stored_and_evaluated() {
    let make = |rng: &mut Rng| {
        let mut text = any_of(&EXPRESSIONS, rng).clone();
        if rng.u8(..4) == 0 {
            text.insert_str(text.floor_char_boundary(rng.usize(..=text.len())), any_of::<String>(&EXPRESSIONS, rng));
        }
        vec![if rng.u8(..6) == 0 { mutate::text(rng) } else { mutate::bytes(&text, rng) }]
    };
    fuzz("expression", 2000, make, |input| {
        let text = input.part(0);
        let parsed = expression::parse(text);
        parsed.errors.iter().for_each(|error| expect_span(text, Some(error.span.clone()), error));
        parsed.expression.visit(&mut |part| expect_span(text, Some(part.span.clone()), part));
        let _ = expression::mistakes(&parsed.expression);
        if parsed.errors.is_empty() {
            let printed = parsed.expression.to_string();
            assert_eq!(expression::parse(&printed).into_result().as_ref(), Ok(&parsed.expression), "{printed}");
        }
        if let Some(stored) = Stored::of(&parsed.expression) {
            let back = stored.to_expression().unwrap();
            assert!(expression::says_the_same(&back, &parsed.expression), "{} became {back}", parsed.expression);
        }
        let attributes = |name: &str| {
            Ok(match name.len() % 5 {
                0 => expression::Value::Null,
                1 => expression::Value::from(""),
                2 => expression::Value::List(vec!["x".into(), "y".into(), "x".into()]),
                3 => expression::Value::from("2020-12-31T23:59:59-08:00"),
                _ => expression::Value::from("Zoë-Øst 12"),
            })
        };
        let evaluator = Evaluator::new(Timestamp::UNIX_EPOCH, input.chance);
        let once = evaluator.evaluate(&parsed.expression, &attributes);
        if once.as_ref().is_ok_and(|outcome| !outcome.changing) {
            assert_eq!(once, evaluator.evaluate(&parsed.expression, &attributes));
        }
        parsed.expression.always_yields("a");
    });
}

#[test]
fn policies_are_read_or_refused_with_a_place() {
    let make = |rng: &mut Rng| {
        let mut text = any_of(&POLICIES, rng).clone();
        if rng.u8(..3) == 0 {
            text.push_str(any_of::<String>(&POLICIES, rng));
        }
        vec![mutate::bytes(&text, rng), any_of(&SCHEMAS, rng).to_string()]
    };
    fuzz("policy", 60, make, |input| {
        let (yaml, schema) = (input.part(0), input.part(1));
        match Policies::of_text(yaml, None, rules::ids()) {
            Err(errors) => {
                assert!(!errors.0.is_empty() && !errors.to_string().is_empty());
                errors.0.iter().for_each(|error| expect_span(yaml, error.span.clone(), error));
            }
            Ok(policies) => {
                let options = Options::new(Judge { today: "2026-11-23".parse().unwrap(), ..Judge::by(policies) });
                let _ = check::text(&options, &Origin::named("a.json"), schema);
            }
        }
    });
}

#[test]
fn snapshots_give_a_checklist() {
    let make = |rng: &mut Rng| vec![snapshot(rng), a_policy(rng)];
    fuzz("snapshot", 40, make, |input| {
        let (text, policy) = (input.part(0), input.part(1));
        let judge = judge_of(policy);
        let Ok(one) = One::read("a.json", text) else { return };
        for schema in one.schemas() {
            serde_json::from_str::<Value>(schema.text).unwrap();
        }
        let _ = (one.schema_text().is_ok(), one.jobs(), one.app_name());
        let Ok(seen) = Seen::of(&one, &judge, false, false) else { return };
        let log = Log::NotRequested;
        let now = Timestamp::UNIX_EPOCH;
        let known = Known {
            seen: &seen,
            named: &[],
            log: &log,
            now,
            today: jiff::civil::date(2026, 10, 5),
            app: "--app A",
            reach: "",
            job: "",
            judged_by: "",
            file: None,
        };
        let checklist = guide(&known);
        let jobs = seen.jobs.as_deref().unwrap_or_default();
        let report = GuideReport { app: "A", profile: Some(&seen.profile), taken: None, jobs, checklist: &checklist };
        expect_form("json", &report.json());
        assert!(!report.pretty(&style(&mut input.rng())).is_empty());
    });
}

#[test]
fn files_of_users_give_a_preview_or_an_error() {
    let make = |rng: &mut Rng| {
        let text = any_of(&USERS, rng).clone();
        let users = match serde_json::from_str::<Value>(&text) {
            Ok(mut value) if rng.u8(..4) > 0 => {
                let others = [any_of(&SNAPSHOTS, rng)["users"].clone(), value.clone()];
                mutate::value(&mut value, &others, rng);
                mutate::written(&value, rng)
            }
            _ => mutate::bytes(&text, rng),
        };
        vec![users, if rng.bool() { schema(rng) } else { any_of(&SCHEMAS, rng).to_string() }]
    };
    fuzz("users", 12, make, |input| {
        let format = if input.rng().bool() { "json" } else { "pretty" };
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("schema.json"), input.part(1)).unwrap();
        std::fs::write(folder.path().join("users"), input.part(0)).unwrap();
        let arguments =
            ["preview", "schema.json", "--user", "users", "--format", format, "--now", "2026-11-23T00:00:00Z"];
        let ran = run_in(folder.path(), &arguments);
        assert!(matches!(ran.code, Some(0 | 2)), "{ran:?}");
        assert!(ran.code == Some(0) || !ran.stderr.is_empty(), "{ran:?}");
        if !ran.stdout.is_empty() {
            expect_form(format, &ran.stdout);
        }
        expect_no_control(&ran, format, &arguments);
    });
}

/// The plan of all fixes; `None` for a text that cannot be fixed.
fn planned(judge: &Judge, text: &str, worst: Applicability) -> Option<Plan> {
    let inspection = Inspection::of(text);
    let resources = inspection.read().ok()?;
    let allowed = Allowed { worst, tenant: AllowedInTenant::default() };
    match plan(judge, &Origin::named("a.json"), text, &inspection, &resources, allowed) {
        Ok(plan) => Some(plan),
        Err(error @ PlanError::Fixes { .. }) => panic!("{error}"),
        Err(_) => None,
    }
}

/// A value after changes whose places are those before any change: removed elements still count.
fn replayed<'r>(before: &Value, changes: impl IntoIterator<Item = &'r Replaced>) -> Value {
    let mut after = before.clone();
    let mut removed: BTreeSet<Vec<String>> = BTreeSet::new();
    for Replaced { pointer, old, new } in changes {
        let (parent, key) = pointer.split_last().unwrap();
        let parent = after.pointer_mut(parent.as_str()).unwrap_or_else(|| panic!("{pointer} has no place"));
        match (parent, new) {
            (Value::Array(items), Some(new)) => {
                let at: usize = key.parse().unwrap();
                if at == items.len() { items.push(new.clone()) } else { items[at] = new.clone() }
            }
            (Value::Object(members), Some(new)) => {
                assert_eq!(members.get(&key), old.as_ref(), "{pointer}");
                members.insert(key, new.clone());
            }
            (Value::Array(items), None) => {
                assert_eq!(items.get(key.parse::<usize>().unwrap()), old.as_ref(), "{pointer}");
                removed.insert(pointer.segments().collect());
            }
            other => panic!("{pointer} is in {other:?}"),
        }
    }
    // From the end of each list, so that places stay what they are.
    let mut removed: Vec<Vec<String>> = removed.into_iter().collect();
    removed
        .sort_by_key(|way| std::cmp::Reverse(way.iter().map(|key| key.parse().unwrap_or(0)).collect::<Vec<usize>>()));
    for way in removed {
        let (last, list) = way.split_last().unwrap();
        let list = list.iter().fold(Pointer::root(), |pointer, key| pointer.key(key));
        after.pointer_mut(list.as_str()).unwrap().as_array_mut().unwrap().remove(last.parse().unwrap());
    }
    after
}

fn expect_fixed(before: &str, fixed: &FixedText) {
    let [old, new] = [before, &fixed.text].map(|text| serde_json::from_str::<Value>(text).unwrap());
    let made = fixed.made.iter();
    // What is listed of a text with credentials is masked, so it cannot be replayed on the text itself.
    if !Inspection::of(before).text.hides() {
        let expected = replayed(&old, made.clone().flat_map(|made| &made.values));
        assert_eq!(expected, new, "the text changed in other ways than the report says");
    }
    for made in made {
        made.spans.iter().for_each(|span| expect_span(&fixed.text, Some(span.clone()), &made.finding));
    }
}

#[test]
fn fixes_change_what_they_list_and_a_second_run_nothing() {
    let make = |rng: &mut Rng| vec![configuration(rng), a_policy(rng)];
    fuzz("fix", 24, make, |input| {
        let (text, mut rng) = (input.part(0), input.rng());
        let judge = judge_of(input.part(1));
        for worst in [Applicability::Safe, Applicability::Unsafe] {
            let Some(Plan { target, fixed, .. }) = planned(&judge, text, worst) else { return };
            expect_fixed(text, &fixed);
            let again = planned(&judge, &fixed.text, worst).expect("the fixed text is read");
            assert_eq!(again.fixed.text, fixed.text, "a second fix changes something");
            let left = |finding: &&provlint::finding::Finding| {
                finding.fix.as_ref().is_some_and(|fix| {
                    !fix.changes.is_empty()
                        && (fix.applicability == Applicability::Safe || worst == Applicability::Unsafe)
                        && fix.applicability != Applicability::Manual
                })
            };
            // A change without an effect is none.
            for finding in fixed.left.iter().filter(left) {
                let lists = [finding.fix.as_ref().unwrap().changes.as_slice()];
                assert!(
                    edits(&fixed.text, &lists).concat().is_empty(),
                    "{} {} is left",
                    finding.rule.id,
                    finding.subject
                );
            }
            let run = FixRun { dry_run: rng.bool(), targets: vec![target], passed_over: 0 };
            FIX_FORMATS.iter().for_each(|format| expect_report(format, &run, &style(&mut rng)));
        }
    });
}

/// A difference as the other side sees it.
fn sides(differences: &[Difference], mirrored: bool) -> Vec<String> {
    let side = |one: &Difference| {
        let (old, new) = if mirrored { (&one.new, &one.old) } else { (&one.old, &one.new) };
        format!("{} {:?} {old:?} {new:?}", one.subject_text(), one.property)
    };
    let mut all: Vec<String> = differences.iter().map(side).collect();
    all.sort();
    all
}

#[test]
fn differences_are_none_to_itself_and_mirrored_back() {
    let make = |rng: &mut Rng| {
        let seeds: &[Value] = if rng.bool() { &SCHEMAS } else { &SNAPSHOTS };
        let mut one = any_of(seeds, rng).clone();
        if rng.bool() {
            mutate::value(&mut one, seeds, rng);
        }
        let mut two = if rng.u8(..4) == 0 { any_of(seeds, rng).clone() } else { one.clone() };
        mutate::value(&mut two, seeds, rng);
        vec![mutate::written(&one, rng), mutate::written(&two, rng)]
    };
    fuzz("diff", 40, make, |input| {
        let (Ok(one), Ok(two)) = (One::read("a", input.part(0)), One::read("b", input.part(1))) else { return };
        for side in [&one, &two] {
            if let Ok(found) = check::differences(side, side) {
                assert!(found.is_empty(), "a file differs from itself: {found:?}");
            }
        }
        let there = check::differences(&one, &two);
        let back = check::differences(&two, &one);
        let (there, back) = match (there, back) {
            (Ok(there), Ok(back)) => (there, back),
            (Err(_), Err(_)) => return,
            (there, back) => panic!("one way there is a comparison, and back there is none: {there:?}, {back:?}"),
        };
        assert_eq!(sides(&there, false), sides(&back, true));
        let sides = [Inspection::of(input.part(0)), Inspection::of(input.part(1))];
        let report = DifferenceReport::new("a\u{1b}".to_owned(), "b\n::error::".to_owned(), &there, &sides);
        let mut rng = input.rng();
        DIFFERENCE_FORMATS.iter().for_each(|format| expect_report(format, &report, &style(&mut rng)));
    });
}

#[test]
fn reports_are_what_their_formats_say() {
    let make = |rng: &mut Rng| vec![configuration(rng), a_policy(rng), configuration(rng)];
    fuzz("reports", 24, make, |input| {
        let mut rng = input.rng();
        let options = Options {
            names: rng.bool(),
            view: true,
            min_severity: [None, Some(Severity::Warning)][rng.usize(..2)],
            ..Options::new(judge_of(input.part(1)))
        };
        let mut run = Run {
            fail_on: [FailOn::Error, FailOn::Never][rng.usize(..2)],
            asked: AskedFor { paths: vec!["a.json".into()], ..AskedFor::default() },
            ..Run::default()
        };
        for text in [input.part(0), input.part(2)] {
            let origin =
                Origin { path: rng.bool().then(|| mutate::text(&mut rng)), ..Origin::named(&mutate::text(&mut rng)) };
            let Outcome { targets, passed_over, error, .. } = check::text(&options, &origin, text);
            if let Some(error) = error {
                expect_span(text, error.span(), &error);
            }
            run.targets.extend(targets);
            run.passed_over.extend(passed_over);
        }
        run.settle_asked();
        for format in FORMATS {
            expect_report(format, &run, &style(&mut rng));
        }
        assert!(FORMATS.iter().any(report::shows_view));
    });
}
