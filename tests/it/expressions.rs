//! Evaluates the examples in the documentation of the expression language.
//!
//! `tests/data/expressions.json` holds examples from Microsoft's reference pages: expression, the attributes of the
//! object, documented result. `mismatch` explains examples whose page contradicts itself.
//! <https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data>
//! <https://learn.microsoft.com/entra/identity/hybrid/cloud-sync/reference-expressions>

use provlint::expression::{Evaluator, Outcome, Unknown, Value, mistakes, parse};
use serde_json::json;

const EXAMPLES: &str = include_str!("../data/expressions.json");

fn evaluate(text: &str, input: &serde_json::Value) -> Result<Outcome, Unknown> {
    let tree = parse(text).into_result().unwrap_or_else(|error| panic!("{text}: {error}"));
    let attributes = |name: &str| {
        Ok(match &input[name] {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Array(items) => {
                Value::List(items.iter().map(|item| item.as_str().unwrap().to_owned()).collect())
            }
            other => Value::from(other.as_str().unwrap()),
        })
    };
    Evaluator::new("2021-07-02T15:33:38Z".parse().unwrap(), 7).evaluate(&tree, &attributes)
}

#[test]
fn documented_examples_give_the_documented_result() {
    let examples: Vec<serde_json::Value> = serde_json::from_str(EXAMPLES).unwrap();
    let mut wrong = Vec::new();
    let mut mismatches = 0;
    for example in &examples {
        let text = example["expression"].as_str().unwrap();
        let shown = evaluate(text, &example["input"]).map(|outcome| outcome.shown().to_json());
        let agrees = shown.as_ref().is_ok_and(|shown| *shown == example["expected"]);
        if example["mismatch"].is_string() {
            mismatches += 1;
            if agrees {
                wrong.push(format!("{text}: agrees, though it is marked as a mismatch"));
            }
        } else if !agrees {
            wrong.push(format!("{text}: {shown:?} instead of {}", example["expected"]));
        }
        if example["dialect"].is_null() {
            let tree = parse(text).into_result().unwrap();
            let found = mistakes(&tree);
            if !found.is_empty() && !text.starts_with("SelectUniqueValue") {
                wrong.push(format!("{text}: {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!((examples.len() - mismatches, mismatches), (EXPECTED_AGREEING, EXPECTED_MISMATCHES));
}

/// These counts detect lost examples.
const EXPECTED_AGREEING: usize = 79;
const EXPECTED_MISMATCHES: usize = 7;

#[test]
fn a_date_documented_in_words_has_that_value() {
    let outcome = evaluate("DateFromNum(129699324000000000)", &json!({})).unwrap();
    assert_eq!(outcome.value, Value::from("1/1/2012 11:00:00 PM"));
}

/// The table of `NormalizeDiacritics`, one row per line: input and result.
const DIACRITICS: &str = "
ä à â ã å á ą ă ā ā́ ā̀ ā̂ ā̃ ǟ ā̈ ǡ a̱ å̄ > a
Ä À Â Ã Å Á Ą Ă Ā Ā́ Ā̀ Ā̂ Ā̃ Ǟ Ā̈ Ǡ A̱ Å̄ > A
æ ǣ > ae
Æ Ǣ > AE
ç č ć c̄ c̱ > c
ď d̄ ḏ > d
Ď D̄ Ḏ > D
ë è é ê ę ě ė ē ḗ ḕ ē̂ ē̃ ê̄ e̱ ë̄ e̊̄ > e
ğ ḡ g̱ > g
ï î ì í ı ī ī́ ī̀ ī̂ ī̃ i̱ > i
Ï Î Ì Í İ Ī Ī́ Ī̀ Ī̂ Ī̃ I̱ > I
ľ ł l̄ ḹ ḻ > l
Ł Ľ L̄ Ḹ Ḻ > L
ñ ń ň n̄ ṉ > n
ö ò ő õ ô ó ō ṓ ṑ ō̂ ō̃ ȫ ō̈ ǭ ȭ ȱ o̱ > o
ø ø̄ œ̄ > oe
Ø Ø̄ Œ̄ > OE
ř r̄ ṟ ṝ > r
ß > ss
š ś ș ş s̄ s̱ > s
ť ț t̄ ṯ > t
ü ù û ú ů ű ū ū́ ū̀ ū̂ ū̃ u̇̄ ǖ ṻ ṳ̄ u̱ > u
ÿ ý ȳ ȳ́ ȳ̀ ȳ̃ y̱ > y
ź ž ż z̄ ẕ > z
Ź Ž Ż Z̄ Ẕ > Z
";

#[test]
fn diacritics_are_removed_as_documented() {
    for line in DIACRITICS.lines().filter(|line| !line.is_empty()) {
        let (from, to) = line.split_once(" > ").unwrap();
        for letter in from.split(' ') {
            let outcome = evaluate("NormalizeDiacritics([a])", &json!({"a": letter})).unwrap();
            assert_eq!(outcome.value, Value::from(to), "{letter}");
        }
    }
}

#[test]
fn unknown_values_stay_unknown() {
    for (text, input) in [
        ("SelectUniqueValue([a], [b])", json!({"a": "x", "b": "y"})),
        ("SingleAppRoleAssignment([appRoleAssignments])", json!({"appRoleAssignments": ["a"]})),
        ("AppRoleAssignmentsComplex([appRoleAssignments])", json!({})),
        ("DefaultDomain()", json!({})),
        ("IIF([country]=\"\",\"Other\",[country])", json!({"country": null})),
        ("IIF(Not(IsPresent([country])),\"Other\",[country])", json!({"country": null})),
        ("IIF([a]=\"sales\", \"x\", \"y\")", json!({"a": "Sales"})),
        ("Append([a], \"x\")", json!({"a": null})),
        ("IIF(IsNullOrEmpty([a]), \"x\", [a])", json!({"a": ""})),
        ("IIF(CStr(IsPresent([a])) = \"True\", [a], \"x\")", json!({"a": null})),
        ("IIF(Switch([a], [b], \"x\", \"y\") = \"z\", 1, 2)", json!({"a": "q", "b": null})),
        ("IIF(Coalesce([a], [b]) = \"z\", 1, 2)", json!({"a": null, "b": null})),
        ("IIF(IgnoreFlowIfNullOrEmpty([a]), [a], \"x\")", json!({"a": "True"})),
        ("NormalizeDiacriticsByCulture([a])", json!({"a": "é"})),
        ("Len([a])", json!({"a": ["x", "y"]})),
        ("Redact(CDate([a]))", json!({"a": "secret"})),
        ("Item([a], 3)", json!({"a": ["x", "y"]})),
        ("Split([a], \",\")", json!({"a": "x, y"})),
        ("CDate(\"next Tuesday\")", json!({})),
        ("Replace([a], , \"(?<open-close>x)\", , \"\", , )", json!({"a": "x"})),
        ("FormatDateTime([a], , \"yyyy-MM-ddzzz\", \"yyyy-MM-dd\")", json!({"a": "2020-12-31+08:00"})),
        ("ToLower([a])", json!({"a": ["x", "y"]})),
    ] {
        assert!(evaluate(text, &input).is_err(), "{text}: {:?}", evaluate(text, &input));
    }
}

#[test]
fn a_condition_reads_what_replaces_a_missing_value() {
    for (text, input, value) in [
        ("IIF(Switch([a], [a], \"\", \"none\") = \"none\", \"x\", \"y\")", json!({"a": null}), "x"),
        ("IIF(Switch([a], \"q\", \"k\", [b]) = \"q\", \"x\", \"y\")", json!({"a": "", "b": null}), "x"),
        ("IIF(Coalesce([a], \"none\") = \"none\", \"x\", \"y\")", json!({"a": null}), "x"),
        ("IIF(Len([a]) = 0, \"x\", \"y\")", json!({"a": null}), "x"),
        ("IIF(IIF([b] = \"1\", [a], \"2\") = \"2\", \"x\", \"y\")", json!({"a": null, "b": "2"}), "x"),
        ("IIF(ToLower(Coalesce([a], [b])) = \"b\", \"x\", \"y\")", json!({"a": null, "b": "B"}), "x"),
    ] {
        assert_eq!(evaluate(text, &input).map(|outcome| outcome.value), Ok(Value::from(value)), "{text}");
    }
}

#[test]
fn the_length_counts_as_dotnet_does() {
    for (text, length) in
        [("Len(\"John Doe\")", 8), ("Len(42568)", 5), ("Len(42568.75)", 8), ("Len([a])", 0), ("Len(\"😀\")", 2)]
    {
        assert_eq!(evaluate(text, &json!({"a": null})).unwrap().value, Value::Number(length), "{text}");
    }
}

#[test]
fn time_and_randomness_come_from_the_environment() {
    let value = |text: &str| evaluate(text, &json!({})).unwrap();
    assert_eq!(value("Now()").value, Value::from("7/2/2021 3:33:38 PM"));
    assert!(value("Now()").changing && value("Guid()").changing && !value("Left(\"a\", 1)").changing);
    assert_eq!(value("Guid()"), value("Guid()"), "the same seed");
    let Value::Text(random) = value("RandomString(10,2,2,2,1,\"?,\")").value else { panic!() };
    let count = |is: fn(&char) -> bool| random.chars().filter(is).count();
    assert_eq!(random.chars().count(), 10);
    assert!(count(char::is_ascii_digit) >= 2 && count(char::is_ascii_uppercase) >= 2, "{random}");
    assert!(count(char::is_ascii_lowercase) >= 1 && count(char::is_ascii_punctuation) >= 2, "{random}");
    assert!(!random.contains(['?', ',']), "{random}");
}

#[test]
fn no_expression_takes_unbounded_time_or_memory() {
    let nested = |open: &str, inner: &str, close: &str, times: usize| {
        format!("{}{inner}{}", open.repeat(times), close.repeat(times))
    };
    // Each function makes the text ten times longer.
    let growing = nested("Replace(", "\"a\"", ", \"a\", , , \"aaaaaaaaaa\", , )", 200);
    let long = "a".repeat(4000);
    let stubborn = format!("Replace(\"{long}!\", , \"(?=(a+)+b)(a*)*c\", , \"\", , )");
    let doubling = nested("Join(\"\", ", "[a]", ", [a], [a])", 400);
    for text in [growing, stubborn, doubling] {
        let _ = evaluate(&text, &json!({"a": long}));
    }
}

#[test]
fn the_deepest_expression_fits_on_a_small_stack() {
    // The stack size of a worker thread.
    let deep = |open: &str, close: &str| {
        let text = format!("{}[a]{}", open.repeat(499), close.repeat(499));
        std::thread::Builder::new()
            .stack_size(2 << 20)
            .spawn(move || {
                let tree = parse(&text).into_result().unwrap();
                assert_eq!(parse(&tree.to_string()).into_result().unwrap(), tree);
                assert!(mistakes(&tree).is_empty());
                let outcome = evaluate(&text, &json!({"a": "x"})).unwrap();
                assert_eq!(outcome.value, Value::from("x"));
                let stored = provlint::expression::Stored::of(&tree);
                drop(stored.map(|stored| stored.to_json()));
            })
            .unwrap()
            .join()
            .unwrap();
    };
    deep("IIF([a] = \"x\", ", ", \"y\")");
    deep("Switch([a], ", ", \"y\", \"z\")");
    deep("Join(\"\", ", ")");
    deep("Coalesce(", ")");
}

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/expressions.md");
const BEGIN: &str = "<!-- functions: written by `PROVLINT_UPDATE=1 cargo test --test it -- expressions::` -->\n";
const END: &str = "<!-- /functions -->\n";

/// The table in docs/expressions.md, generated from the registry.
fn table() -> String {
    use provlint::expression::{BARE_WORDS, Dialect, FUNCTIONS, REFERENCES, Reference, Takes};
    let number = |reference: &Reference| {
        let place = REFERENCES.iter().position(|known| *known == reference).expect("every page is listed");
        format!("[{}]", place + 1)
    };
    let mut table = String::from("\n| function | what it gives | page |\n|---|---|---|\n");
    for function in FUNCTIONS {
        let only = match function.dialect {
            Dialect::Apps => "",
            Dialect::ActiveDirectory => "**Towards Active Directory only.** ",
            Dialect::CloudSync => "**Cloud sync only.** ",
        };
        let words: Vec<String> = function
            .parameters
            .iter()
            .filter_map(|parameter| match parameter.takes {
                Takes::Word(words) | Takes::OneOf(words) => {
                    Some(format!(" {} is {}.", parameter.name, words.join(", ")))
                }
                Takes::Within(least, i64::MAX) => Some(format!(" {} is at least {least}.", parameter.name)),
                Takes::Within(least, most) => Some(format!(" {} is {least} to {most}.", parameter.name)),
                _ => None,
            })
            .collect();
        let kinds: Vec<String> = function
            .parameters
            .iter()
            .filter(|parameter| {
                !matches!(parameter.takes, Takes::Any | Takes::Text | Takes::Literal | Takes::Word(_) | Takes::OneOf(_))
            })
            .map(|parameter| format!("{}: {}", parameter.name, parameter.takes.as_str()))
            .collect();
        let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
        let open = if function.open.is_empty() { String::new() } else { format!(" *{}*", function.open) };
        table.push_str(&format!(
            "| `{}`{kinds} | {only}{}{}{open} | {} |\n",
            function.signature(),
            function.summary,
            words.concat(),
            number(function.reference)
        ));
    }
    table.push_str("\nThese words are values, without brackets or quotation marks:\n\n| word | what it does | page |\n|---|---|---|\n");
    for word in &BARE_WORDS {
        table.push_str(&format!("| `{}` | {} | {} |\n", word.name, word.summary, number(word.reference)));
    }
    table.push_str("\nThe pages, as of the date on which they were last compared with this table:\n\n");
    for (index, reference) in REFERENCES.iter().enumerate() {
        table.push_str(&format!("{}. [{}]({}), {}\n", index + 1, reference.title, reference.url, reference.date));
    }
    table.push('\n');
    table
}

#[test]
fn docs_list_every_function() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the marker before the table");
    let (_, after) = rest.split_once(END).expect("the marker behind the table");
    let written = format!("{before}{BEGIN}{}{END}{after}", table());
    if std::env::var_os("PROVLINT_UPDATE").is_some() {
        std::fs::write(PAGE, written).unwrap();
    } else {
        assert!(
            page == written,
            "docs/expressions.md is behind: PROVLINT_UPDATE=1 cargo test --test it -- expressions::"
        );
    }
}

#[test]
fn an_expression_is_read_from_standard_input_in_every_encoding_of_powershell() {
    for typed in crate::common::as_powershell_writes(r#"Append("Zoë", [surname])"#) {
        let ran = crate::common::run_with_input(&["eval", "-", "--set", "surname=x"], &typed);
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), "\"Zoëx\"\n", ""), "{ran:?}");
    }
    let ran = crate::common::run_with_input(&["eval", "-"], b"[\0a\0]\0");
    assert!(ran.code == Some(2) && ran.stderr.contains("UTF-16 without a byte order mark"), "{ran:?}");
}
