//! What was probably meant by a name that is not in the registry.

use super::{FUNCTIONS, Function};

/// What an unknown function probably is.
#[derive(Clone, Copy, Debug)]
pub enum Meant {
    /// A typing mistake of this function.
    Typo(&'static Function),
    /// A function of another language. The text says what to write instead, in a few words: `ToLower([attribute])`.
    Foreign(&'static str),
    /// Nothing that the registry knows. It may be newer than the reference.
    Nothing,
}

/// Functions of Excel, SQL, .NET and Microsoft Entra Connect, in lower case, and what Entra's apps have instead.
const FOREIGN: [(&[&str], &str); 24] = [
    (&["lower", "lcase", "tolowercase", "tolowerinvariant"], "ToLower([attribute])"),
    (&["upper", "ucase", "touppercase", "toupperinvariant"], "ToUpper([attribute])"),
    (&["proper", "propercase", "totitlecase", "titlecase", "initcap"], "PCase([attribute])"),
    (&["substring", "substr", "midstr"], "Mid([attribute], start, length), where the first character has position 1"),
    (&["concat", "concatenate", "textjoin", "strcat", "concat_ws"], "Join(\"\", [attribute], [attribute])"),
    (&["if", "iff", "ifelse", "cond"], "IIF(condition, value if true, value if false)"),
    (&["case", "choose", "decode", "select"], "Switch([attribute], default, key, value)"),
    (&["and"], "a second IIF as the value if true, because conditions cannot be joined"),
    (&["or"], "a second IIF as the value if false, because conditions cannot be joined"),
    (&["length", "strlen", "char_length", "lens"], "Len([attribute])"),
    (&["right"], "Replace([attribute], , \"(.*?)(?<end>.{0,4})$\", , \"${end}\", , ) for the last 4 characters"),
    (&["ifnull", "nvl", "firstnonempty", "nz"], "Coalesce([attribute], \"default\")"),
    (&["isempty", "isblank", "isnullorwhitespace", "isnullorwhitespaces"], "IsNullOrEmpty([attribute])"),
    (&["indexof", "find", "search", "charindex", "locate"], "InStr([attribute], \"text\")"),
    (&["regexreplace", "regexp_replace", "regex", "regexmatch"], "Replace([attribute], , \"pattern\", , \"text\", , )"),
    (&["substitute", "strreplace"], "Replace([attribute], \"old\", , , \"new\", , )"),
    (&["ltrim", "rtrim", "trimstart", "trimend", "alltrim"], "StripSpaces([attribute]), which removes every space"),
    (&["tostring", "str", "text", "convert"], "CStr([attribute])"),
    (&["today", "getdate", "utcnow", "currentdate", "currenttime", "datetime"], "Now()"),
    (&["newguid", "uuid", "newid"], "Guid()"),
    (
        &["format", "formatdate", "todate", "dateformat"],
        "FormatDateTime([attribute], , \"input format\", \"output format\")",
    ),
    (&["dateadddays", "adddays"], "DateAdd(\"d\", number, CDate([attribute]))"),
    (&["stringsplit", "strsplit"], "Split([attribute], \",\")"),
    (&["removediacritics", "removeaccents", "unaccent"], "NormalizeDiacritics([attribute])"),
];

/// What was probably meant by the name of a function that does not exist.
pub(in crate::expression) fn meant(name: &str) -> Meant {
    let lower = name.to_lowercase();
    if let Some((_, instead)) = FOREIGN.iter().find(|(names, _)| names.contains(&lower.as_str())) {
        return Meant::Foreign(instead);
    }
    // New functions are often called like known ones, so only a typing mistake counts as one.
    let length = lower.chars().count();
    let tolerated = match length {
        0..=3 => return Meant::Nothing,
        4..=6 => 1,
        _ => 2,
    };
    let nearest = FUNCTIONS
        .iter()
        // Measured only where it can be near: a distance takes the product of both lengths.
        .filter(|function| function.name.len().abs_diff(length) <= tolerated)
        .map(|function| (strsim::osa_distance(&lower, &function.name.to_lowercase()), function))
        .min_by_key(|(distance, _)| *distance);
    match nearest {
        Some((distance, function)) if distance <= tolerated => Meant::Typo(function),
        _ => Meant::Nothing,
    }
}

/// The operators of other languages, and what to write instead.
pub(in crate::expression) fn foreign_operator(rest: &str) -> Option<(&'static str, &'static str)> {
    const OPERATORS: [(&str, &str); 8] = [
        ("===", "`===` is not an operator; write `=` to compare two values"),
        ("==", "`==` is not an operator; write `=` to compare two values"),
        ("!==", "`!==` is not an operator; write `<>` for not equal"),
        ("!=", "`!=` is not an operator; write `<>` for not equal"),
        ("=>", "`=>` is not an operator; write `>=` for greater or equal"),
        ("=<", "`=<` is not an operator; write `<=` for less or equal"),
        ("&&", "`&&` is not an operator; for \"and\", nest a second IIF as the value if true"),
        ("||", "`||` is not an operator; for \"or\", nest a second IIF as the value if false"),
    ];
    OPERATORS.into_iter().find(|(operator, _)| rest.starts_with(operator))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_mistake_and_a_foreign_name_are_recognised_and_a_new_function_is_not() {
        for (name, function) in [
            ("Jion", "Join"),
            ("DateDif", "DateDiff"),
            ("NormaliseDiacritics", "NormalizeDiacritics"),
            ("Swich", "Switch"),
            ("IsNulOrEmpty", "IsNullOrEmpty"),
        ] {
            assert!(matches!(meant(name), Meant::Typo(found) if found.name == function), "{name}: {:?}", meant(name));
        }
        for (name, instead) in [("Lower", "ToLower"), ("UPPER", "ToUpper"), ("Substring", "Mid"), ("Concat", "Join")] {
            assert!(matches!(meant(name), Meant::Foreign(found) if found.starts_with(instead)), "{name}");
        }
        for name in ["NormalizeWhitespace", "DateFromText", "Min", "ToSentence", "IsNumeric", "Hash"] {
            assert!(matches!(meant(name), Meant::Nothing), "{name}: {:?}", meant(name));
        }
    }

    #[test]
    fn no_foreign_name_is_one_of_ours() {
        for name in FOREIGN.iter().flat_map(|(names, _)| *names) {
            assert!(!FUNCTIONS.iter().any(|function| function.name.eq_ignore_ascii_case(name)), "{name}");
            assert_eq!(*name, name.to_lowercase());
        }
    }
}
