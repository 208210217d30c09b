//! Mistakes in an expression that can be parsed.

use std::fmt;
use std::ops::Range;

use super::functions::{
    BARE_WORDS, Dialect, Function, Meant, Parameter, Takes, function, function_in_other_case, meant,
};
use super::{Call, Expression, Kind, Operation, Operator, SyntaxError};

/// Something that Entra rejects, or that does not do what was intended.
#[derive(Debug)]
pub enum Mistake<'e> {
    /// The registry has no function of that name in any case.
    UnknownFunction(&'e Call, Meant),
    /// The function's name is written in the wrong case.
    WrongCase(&'e Call, &'static Function),
    /// The arguments are wrong.
    Arguments(&'e Call, &'static Function, ArgumentMistake),
    /// The function or operator exists only in another dialect of the language.
    OtherDialect {
        /// The byte range of the name or operator.
        span: Range<usize>,
        /// `Trim`, or `&`.
        name: &'e str,
        /// The dialect it belongs to.
        dialect: Dialect,
    },
    /// Something is in a place where it is not allowed.
    Misplaced(SyntaxError),
}

/// What is wrong with the arguments of a call.
#[derive(Clone, Copy, Debug)]
pub enum ArgumentMistake {
    /// There are too few or too many arguments.
    Count,
    /// The last key has no value.
    KeyWithoutValue,
    /// A required argument is missing.
    Missing(&'static Parameter),
}

impl fmt::Display for ArgumentMistake {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ArgumentMistake::Count => formatter.write_str("the number of arguments is wrong"),
            ArgumentMistake::KeyWithoutValue => formatter.write_str("the last key has no value"),
            ArgumentMistake::Missing(parameter) => write!(formatter, "the argument {} is missing", parameter.name),
        }
    }
}

/// Every mistake in an expression, outer parts first.
pub fn mistakes(expression: &Expression) -> Vec<Mistake<'_>> {
    let mut found = Vec::new();
    if let Kind::Word(word) = &expression.kind
        && !is_value(word)
    {
        found.push(Mistake::Misplaced(bare_word(word, &expression.span)));
    }
    look(expression, false, &mut found);
    found
}

fn look<'e>(expression: &'e Expression, in_condition: bool, found: &mut Vec<Mistake<'e>>) {
    match &expression.kind {
        Kind::Operation(operation) => {
            let Operation { left, operator, right } = &**operation;
            let span = left.span.end..right.span.start.max(left.span.end);
            if *operator == Operator::Concatenate {
                found.push(Mistake::OtherDialect {
                    span: expression.span.clone(),
                    name: "&",
                    dialect: Dialect::CloudSync,
                });
            } else if !in_condition {
                found.push(Mistake::Misplaced(SyntaxError {
                    message: format!(
                        "`{}` compares two values, which is allowed only in the conditions of IIF and CBool",
                        operator.as_str()
                    ),
                    span,
                }));
            }
            for side in [left, right] {
                if let Kind::Word(word) = &side.kind {
                    found.push(Mistake::Misplaced(bare_word(word, &side.span)));
                }
                look(side, false, found);
            }
        }
        Kind::Call(call) => look_at_call(call, found),
        Kind::Attribute(_) | Kind::Text(_) | Kind::Number(_) | Kind::Word(_) | Kind::Unreadable => {}
    }
}

fn look_at_call<'e>(call: &'e Call, found: &mut Vec<Mistake<'e>>) {
    let exact = function(&call.name);
    let known = exact.or_else(|| function_in_other_case(&call.name));
    match (exact, known) {
        (None, None) => found.push(Mistake::UnknownFunction(call, meant(&call.name))),
        (None, Some(known)) => found.push(Mistake::WrongCase(call, known)),
        _ => {}
    }
    if let Some(function) = known {
        if function.dialect != Dialect::Apps {
            found.push(Mistake::OtherDialect {
                span: call.name_span.clone(),
                name: function.name,
                dialect: function.dialect,
            });
        }
        if let Some(mistake) = argument_mistake(call, function) {
            found.push(Mistake::Arguments(call, function, mistake));
        }
    }
    for (index, argument) in call.arguments.iter().enumerate() {
        let Some(argument) = argument else { continue };
        let takes = known.and_then(|function| function.parameter(index)).map(|parameter| parameter.takes);
        if let Kind::Word(word) = &argument.kind
            && known.is_some()
            && !match takes {
                Some(Takes::Word(words)) => words.contains(&word.as_str()),
                Some(Takes::Any) => is_value(word),
                _ => false,
            }
        {
            found.push(Mistake::Misplaced(bare_word(word, &argument.span)));
        }
        // An unknown function may take conditions.
        look(argument, takes == Some(Takes::Condition) || known.is_none(), found);
    }
}

fn argument_mistake(call: &Call, function: &Function) -> Option<ArgumentMistake> {
    let count = call.arguments.len();
    if !function.takes(count) {
        return Some(ArgumentMistake::Count);
    }
    let fixed = function.parameters.len() - function.repeating;
    if function.repeating > 1 && !(count - fixed).is_multiple_of(function.repeating) {
        return Some(ArgumentMistake::KeyWithoutValue);
    }
    let omitted = call.arguments.iter().enumerate().filter(|(_, argument)| argument.is_none());
    let mut required =
        omitted.filter_map(|(index, _)| function.parameter(index)).filter(|parameter| parameter.required);
    // Keys and values of Switch may be empty. The documented form is "", but Entra may accept an omitted argument too.
    required.find(|_| function.older_form != Some(count) && function.repeating < 2).map(ArgumentMistake::Missing)
}

/// Whether a bare word stands for a value.
fn is_value(word: &str) -> bool {
    BARE_WORDS.iter().any(|known| known.name == word)
}

fn bare_word(word: &str, span: &Range<usize>) -> SyntaxError {
    let message = match word.to_ascii_lowercase().as_str() {
        "true" => format!("`{word}` has no quotation marks; write \"True\""),
        "false" => format!("`{word}` has no quotation marks; write \"False\""),
        "null" | "nothing" | "none" | "nil" => {
            format!("`{word}` is not a value of this language; write \"\" for an empty text")
        }
        lower => match BARE_WORDS.iter().find(|known| known.name.to_ascii_lowercase() == lower) {
            Some(known) => format!("the word is spelt `{}`, and stands only where a value is returned", known.name),
            None => format!(
                "`{word}` has no brackets or quotation marks; write [{word}] for an attribute, or \"{word}\" for a text"
            ),
        },
    };
    SyntaxError { message, span: span.clone() }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let tree = parse(text).into_result().unwrap();
        mistakes(&tree)
            .iter()
            .map(|mistake| match mistake {
                Mistake::UnknownFunction(call, _) => format!("unknown {}", call.name),
                Mistake::WrongCase(call, meant) => format!("{} is {}", call.name, meant.name),
                Mistake::Arguments(call, _, mistake) => format!("{}: {mistake}", call.name),
                Mistake::OtherDialect { name, .. } => format!("other dialect {name}"),
                Mistake::Misplaced(error) => format!("misplaced {}", &text[error.span.clone()]),
            })
            .collect()
    }

    #[test]
    fn every_kind_of_mistake_is_found() {
        for (text, mistakes) in [
            ("Jion(\" \", [a])", &["unknown Jion"][..]),
            ("switch([a], \"\", \"b\", \"c\")", &["switch is Switch"]),
            ("Left([a])", &["Left: the number of arguments is wrong"]),
            ("Left([a], 1, 2)", &["Left: the number of arguments is wrong"]),
            ("Guid([a])", &["Guid: the number of arguments is wrong"]),
            ("Switch([a], , \"b\", \"c\", \"d\")", &["Switch: the last key has no value"]),
            ("Switch([a], \"b\", \"c\")", &["Switch: the number of arguments is wrong"]),
            ("Join(, [a])", &["Join: the argument separator is missing"]),
            ("Trim([a])", &["other dialect Trim"]),
            ("SelectUniqueValue([a], [b])", &["other dialect SelectUniqueValue"]),
            ("IIF([a] = \"t\", \"x\" & [b], \"y\")", &["other dialect &"]),
            ("Append([a] = \"b\", \"c\")", &["misplaced  = "]),
            ("ToLower(mail)", &["misplaced mail"]),
            ("objectId", &["misplaced objectId"]),
            ("IIF(IsPresent([a]), True, NULL)", &["misplaced True", "misplaced NULL"]),
            ("Join(IgnoreAttributeFlow, [a])", &["misplaced IgnoreAttributeFlow"]),
        ] {
            assert_eq!(found(text), mistakes, "{text}");
        }
    }

    #[test]
    fn documented_examples_have_no_mistakes() {
        for text in [
            "Switch([IsSoftDeleted], , \"False\", \"True\", \"True\", \"False\")",
            "Switch([country],[country],\"\",\"Other\")",
            "Replace([mail], \"@contoso.com\", , ,\"\", ,)",
            "FormatDateTime([a], , \"yyyyMMddHHmmss.fZ\", \"yyyy-MM-dd\")",
            "FormatDateTime([a], \"yyyyMMddHHmmss.fZ\", \"yyyy-MM-dd\")",
            "InStr(\"repEated\",\"e\",3,vbBinaryCompare)",
            "IIF([country]=\"USA\",IIF([state]=\"CA\",\"True\",\"False\"),\"False\")",
            "CBool([attribute1] = [attribute2])",
            "Join(\"\", 1000, Replace(ConvertToUTF8Hex([objectId]), , \"[a-zA-Z_]*\", , \"\", , ))",
            "AppRoleAssignmentsComplex([appRoleAssignments])",
            "Coalesce([mail],[userPrincipalName])",
            "[objectId]",
            "IIF(DateDiff(\"d\", Now(), CDate([a])) >= 0, [b], IgnoreAttributeFlow)",
            "Len([a])",
            "NormalizeDiacriticsByCulture([a], \"de-DE\")",
            "IIF(IsNothing([a]), \"\", IgnoreObjectFlow)",
            "\"text\"",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
