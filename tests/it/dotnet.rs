//! Compares the evaluator with what two .NET runtimes answered.
//!
//! `tests/data/dotnet/answers.tsv` has a question and an answer per line: `=` and the value, `!` if .NET refuses, `~` if the
//! runtimes differ. `tests/data/dotnet/README.md` says how it is made.

use std::collections::BTreeMap;

use provlint::expression::{Evaluator, Expression, Pattern, Unknown, Value, parse};

const ANSWERS: &str = include_str!("../data/dotnet/answers.tsv");

/// What .NET answers although the evaluator says that the value is unknown: the reason, and how often. No number may grow
/// without somebody deciding so.
const UNKNOWN: &[(&str, usize)] = &[
    ("the regular expression has a condition without a second alternative, which .NET runs in its own way", 27),
    ("the regular expression has a lazy repetition that matches nothing, which .NET runs in its own way", 189),
    ("the result depends on the service's time zone, which is not documented", 16),
    ("versions of .NET differ in the case of \"…\"", 12),
    ("versions of .NET differ in the century of a two-digit year from 30 to 49", 7),
    ("whether Replace replaces only the group's match or every occurrence of its text is not documented", 4),
];

/// The expression that asks the question of a kind, and the names of its attributes in the order of the fields.
const EXPRESSIONS: &[(&str, &str, &[&str])] = &[
    ("replace", "Replace([a], , [pattern], , [new], , )", &["pattern", "new", "a"]),
    ("extract", "Replace([none], , [pattern], [group], , [a], )", &["pattern", "group", "a"]),
    ("group", "Replace([a], , [pattern], [group], \"#\", , )", &["pattern", "group", "a"]),
    ("date", "FormatDateTime([a], [styles], [input], [output])", &["styles", "input", "output", "a"]),
    ("cdate", "CDate([a])", &["a"]),
    ("number", "NumFromDate([a])", &["a"]),
    ("from number", "DateFromNum([a])", &["a"]),
    ("add", "DateAdd([interval], [count], [a])", &["interval", "count", "a"]),
    ("difference", "DateDiff([interval], [a], [b])", &["interval", "a", "b"]),
    ("lower", "ToLower([a], [culture])", &["culture", "a"]),
    ("upper", "ToUpper([a], [culture])", &["culture", "a"]),
    ("title", "PCase([a])", &["a"]),
    ("middle", "Mid([a], [start], [length])", &["a", "start", "length"]),
    ("trim", "Trim([a])", &["a"]),
    ("find", "InStr([a], [b])", &["a", "b"]),
    ("plain", "Replace([a], [old], , , [new], , )", &["a", "old", "new"]),
    ("base64", "ConvertToBase64([a])", &["a"]),
];

/// A field without its escapes; `None` if it is no text, because it has half a character.
fn unescaped(field: &str) -> Option<String> {
    let mut units = Vec::new();
    let mut characters = field.chars();
    while let Some(character) = characters.next() {
        match (character, if character == '\\' { characters.next() } else { None }) {
            (_, Some('u')) => {
                let digits: String = characters.by_ref().take(4).collect();
                units.push(u16::from_str_radix(&digits, 16).unwrap());
            }
            (_, Some(escaped)) => units.extend(escaped.encode_utf16(&mut [0; 2]).iter()),
            (plain, None) => units.extend(plain.encode_utf16(&mut [0; 2]).iter()),
        }
    }
    String::from_utf16(&units).ok()
}

fn is_match(pattern: &str, text: &str) -> Result<Value, Unknown> {
    let pattern = Pattern::parse(pattern).map_err(|error| Unknown::new(error.to_string()))?;
    Ok(Value::boolean(pattern.is_match(text)?))
}

#[test]
fn values_are_those_of_dotnet_or_unknown() {
    let evaluator = Evaluator::new("2021-07-02T15:33:38Z".parse().unwrap(), 7);
    let trees: BTreeMap<&str, (Expression, &[&str])> =
        EXPRESSIONS.iter().map(|(kind, text, names)| (*kind, (parse(text).into_result().unwrap(), *names))).collect();
    let mut wrong = Vec::new();
    let mut unknown: BTreeMap<String, (usize, &str)> = BTreeMap::new();
    let mut refused = 0;
    let rows: Vec<&str> = ANSWERS.lines().collect();
    for row in &rows {
        let (question, answer) = row.rsplit_once('\t').unwrap();
        let mut fields = question.split('\t');
        let kind = fields.next().unwrap();
        let fields: Vec<String> = fields.map(|field| unescaped(field).unwrap()).collect();
        let value = match kind {
            "match" => is_match(&fields[0], &fields[1]),
            _ => {
                let (tree, names) = &trees[kind];
                let attributes = |name: &str| {
                    let at = names.iter().position(|known| *known == name);
                    Ok(at.map_or(Value::from(""), |at| Value::from(fields[at].as_str())))
                };
                evaluator.evaluate(tree, &attributes).map(|outcome| outcome.value)
            }
        };
        let wanted = answer.strip_prefix('=').and_then(unescaped);
        let wanted = match (kind, wanted) {
            ("extract", Some(wanted)) => Some(wanted.strip_prefix('+').map_or(Value::Null, Value::from)),
            (_, wanted) => wanted.map(Value::Text),
        };
        match (value, wanted) {
            (Ok(Value::Number(number)), Some(wanted)) if Value::Text(number.to_string()) == wanted => {}
            (Ok(value), Some(wanted)) if value == wanted => {}
            (Ok(value), _) => wrong.push(format!("{row}\n    here {value}")),
            (Err(_), None) => refused += usize::from(answer == "!"),
            (Err(reason), Some(_)) => unknown.entry(general(&reason)).or_insert((0, row)).0 += 1,
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    let known: BTreeMap<&str, usize> = UNKNOWN.iter().copied().collect();
    let found: BTreeMap<&str, usize> = unknown.iter().map(|(reason, (count, _))| (reason.as_str(), *count)).collect();
    assert_eq!(found, known, "{unknown:#?}");
    assert!(rows.len() >= 6_000 && refused >= 2_000, "{} rows, {refused} refused", rows.len());
}

/// A reason without the value that it quotes.
fn general(reason: &Unknown) -> String {
    let reason = reason.to_string();
    match (reason.find('"'), reason.rfind('"')) {
        (Some(first), Some(last)) if first < last => format!("{}…{}", &reason[..=first], &reason[last..]),
        _ => reason,
    }
}
