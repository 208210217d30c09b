//! Checks constant arguments against what the registry says that they must be.
//!
//! Arguments that are computed from attributes are checked by the evaluator when it meets their value.

use std::ops::Range;
use std::rc::Rc;

use super::datetime::{Direction, Format, Styles};
use super::functions::{Function, Parameter, Takes, function};
use super::regex::{Pattern, Patterns, Replacement};
use super::{Call, Expression, Kind};

/// A constant argument that a function does not accept, or that cannot do what it is for.
#[derive(Debug)]
pub struct Fault<'e> {
    /// The call.
    pub call: &'e Call,
    /// What is wrong, as a clause: "`interval` of `DateAdd` is \"day\"".
    pub problem: String,
    /// The same in a few words, for the place.
    pub label: String,
    /// What it causes, as a sentence.
    pub consequence: &'static str,
    /// What to write instead, as an instruction.
    pub instead: String,
    /// Whether it is certainly wrong. Otherwise, it is not documented that it works.
    pub certain: bool,
    /// The name in the brackets, for a text such as `"[mail]"`. It is a mistake only if there is an attribute of that name.
    pub quoted: Option<&'e str>,
    place: Place<'e>,
}

/// The place of a fault.
#[derive(Debug)]
enum Place<'e> {
    /// The arguments do not fit together.
    Name,
    /// An argument, or a byte range of its text without quotation marks and escapes.
    Argument(&'e Expression, Option<Range<usize>>),
}

impl Fault<'_> {
    /// The attribute that is the argument at fault, if it is one.
    pub fn attribute(&self) -> Option<&str> {
        match &self.place {
            Place::Argument(Expression { kind: Kind::Attribute(name), .. }, _) => Some(name),
            _ => None,
        }
    }

    /// The byte range in the text that the expression was parsed from.
    pub fn span(&self, text: &str) -> Range<usize> {
        match &self.place {
            Place::Name => self.call.name_span.clone(),
            Place::Argument(argument, None) => argument.span.clone(),
            Place::Argument(argument, Some(within)) => written(text, argument, within),
        }
    }
}

/// The byte range in `text` that was read as the bytes `within` of an argument's text.
fn written(text: &str, argument: &Expression, within: &Range<usize>) -> Range<usize> {
    let whole = argument.span.clone();
    let Some(source) = text.get(whole.clone()) else { return whole };
    let Some(opening) = source.chars().next().filter(|_| matches!(argument.kind, Kind::Text(_))) else { return whole };
    let mut places = Vec::new();
    let mut characters = source.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        let escaped = characters.next_if(|(_, next)| character == '\\' && matches!(next, '"' | '\\'));
        let length = escaped.map_or(character, |(_, next)| next).len_utf8();
        places.extend(std::iter::repeat_n(whole.start + at, length));
    }
    let end = whole.end.saturating_sub(opening.len_utf8());
    let start = places.get(within.start).copied().unwrap_or(end).min(end);
    let stop = places.get(within.end).copied().unwrap_or(end).min(end);
    // A place at the end of the text has no character: then it is the last one.
    if start < stop {
        start..stop
    } else {
        let before = text[..start].chars().next_back().map_or(0, char::len_utf8);
        (start - before)..start.max(whole.start + opening.len_utf8())
    }
}

const REFUSED: &str = "Entra cannot evaluate the expression";

/// Every fault of constant arguments in an expression, outer calls first.
pub fn argument_faults(expression: &Expression) -> Vec<Fault<'_>> {
    let (mut faults, patterns) = (Vec::new(), Patterns::default());
    for call in expression.calls() {
        let Some(function) = function(&call.name).filter(|function| function.takes(call.arguments.len())) else {
            continue;
        };
        let mut called = Called { call, function, patterns: &patterns, faults: &mut faults };
        for (index, argument) in call.arguments.iter().enumerate() {
            if let (Some(argument), Some(parameter)) = (argument, parameter(call, function, index)) {
                called.argument(parameter, argument);
            }
        }
        called.together();
    }
    faults
}

/// The parameter of an argument. The older form of a function leaves out its first optional parameter.
fn parameter(call: &Call, function: &Function, index: usize) -> Option<&'static Parameter> {
    if function.older_form != Some(call.arguments.len()) {
        return function.parameter(index);
    }
    function.parameters.iter().filter(|parameter| parameter.required).nth(index)
}

/// The text of a constant; a number as written.
fn constant(argument: &Expression) -> Option<&str> {
    match &argument.kind {
        Kind::Text(text) | Kind::Number(text) => Some(text),
        _ => None,
    }
}

/// A value for a message: in quotation marks, shortened.
fn shown(text: &str) -> String {
    const LONGEST: usize = 40;
    let cut = text.char_indices().nth(LONGEST).map_or(text.len(), |(at, _)| at);
    format!("\"{}{}\"", &text[..cut], if cut < text.len() { "…" } else { "" })
}

struct Called<'e, 'f> {
    call: &'e Call,
    function: &'static Function,
    patterns: &'f Patterns,
    faults: &'f mut Vec<Fault<'e>>,
}

impl<'e> Called<'e, '_> {
    fn add(
        &mut self,
        place: Place<'e>,
        problem: String,
        label: impl Into<String>,
        consequence: &'static str,
        instead: impl Into<String>,
    ) -> &mut Fault<'e> {
        let (call, label, instead) = (self.call, label.into(), instead.into());
        let fault = Fault { call, problem, label, consequence, instead, certain: true, quoted: None, place };
        self.faults.push_mut(fault)
    }

    /// `interval` of `DateAdd`
    fn of(&self, parameter: &Parameter) -> String {
        format!("`{}` of `{}`", parameter.name, self.call.name)
    }

    /// The constant of the first parameter of this kind.
    fn find(&self, wanted: Takes) -> Option<&'e str> {
        let arguments = self.call.arguments.iter().enumerate();
        let mut found = arguments.filter(|(index, _)| {
            parameter(self.call, self.function, *index).is_some_and(|parameter| parameter.takes == wanted)
        });
        found.next().and_then(|(_, argument)| constant(argument.as_ref()?))
    }

    /// The regular expression, if it is a constant that .NET accepts.
    fn pattern(&self) -> Option<Rc<Pattern>> {
        self.patterns.get(self.find(Takes::Pattern)?).ok()
    }

    fn argument(&mut self, parameter: &'static Parameter, argument: &'e Expression) {
        let place = Place::Argument(argument, None);
        let of = self.of(parameter);
        if parameter.takes == Takes::Roles {
            if !matches!(&argument.kind, Kind::Attribute(name) if name == "appRoleAssignments") {
                let problem = format!("{of} is `{argument}`, but app roles come only from `[appRoleAssignments]`");
                let instead = format!("Write {}([appRoleAssignments])", self.call.name);
                self.add(place, problem, "not the app roles", "No role is sent", instead);
            }
            return;
        }
        let Some(text) = constant(argument) else { return };
        match parameter.takes {
            Takes::Any | Takes::Text => self.quoted_attribute(parameter, argument, text),
            Takes::Number | Takes::Within(..) => self.number(parameter, argument, text),
            Takes::OneOf(words) if !words.contains(&text) => {
                let known = one_of(words);
                let other_case = words.iter().find(|word| word.eq_ignore_ascii_case(text));
                let problem = format!("{of} is {}, but must be {known}", shown(text));
                let instead = other_case.map_or_else(|| format!("Write {known}"), |word| format!("Write \"{word}\""));
                // Whether case matters here is not documented.
                let certain = other_case.is_none();
                self.add(place, problem, format!("must be {known}"), REFUSED, instead).certain = certain;
            }
            Takes::Pattern => {
                if let Err(error) = self.patterns.get(text) {
                    let reason = error.why;
                    let problem = format!("{of} is not a valid .NET regular expression: {reason}");
                    let place = Place::Argument(argument, Some(character_at(text, error.at)));
                    let instead =
                        "Correct the regular expression; \\\\ before a character stands for the character itself";
                    self.add(place, problem, reason, REFUSED, instead);
                }
            }
            Takes::Group => self.group(parameter, argument, text),
            Takes::Replacement => self.replacement(parameter, argument, text),
            Takes::Culture => {
                let is_tag = |tag: &str| (1..=8).contains(&tag.len()) && tag.chars().all(|c| c.is_ascii_alphanumeric());
                if !text.is_empty() && !text.split(['-', '_']).all(is_tag) {
                    let problem = format!("{of} is {}, which is not the name of a culture", shown(text));
                    let instead = "Write a name such as \"de-DE\", or leave the argument out";
                    self.add(place, problem, "not a culture", REFUSED, instead);
                }
            }
            Takes::InputFormat | Takes::OutputFormat => {
                let direction = if parameter.takes == Takes::InputFormat { Direction::Read } else { Direction::Write };
                if let Err(error) = Format::parse(text, direction) {
                    let problem = format!("{of} is not a valid .NET date format: {error}");
                    let place =
                        Place::Argument(argument, Some(character_at(text, error.at)).filter(|_| !text.is_empty()));
                    self.add(place, problem, error.why, REFUSED, "Correct the format, for example \"yyyy-MM-dd\"");
                }
            }
            Takes::DateStyles => {
                if let Err(reason) = Styles::parse(text) {
                    let problem = format!("{of} is not valid: {reason}");
                    let instead = "Write members of .NET's DateTimeStyles that go together, or leave the argument out";
                    self.add(place, problem, reason, REFUSED, instead);
                }
            }
            Takes::OneOf(_)
            | Takes::Literal
            | Takes::Roles
            | Takes::Date
            | Takes::List
            | Takes::Condition
            | Takes::Word(_) => {}
        }
    }

    /// `"[givenName]"`, which is sent as it is.
    fn quoted_attribute(&mut self, parameter: &Parameter, argument: &'e Expression, text: &'e str) {
        let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let is_name = |name: &&str| {
            name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
        };
        let Some(name) = inner.filter(is_name) else { return };
        let problem = format!("{} is the text `\"[{name}]\"`, not the attribute", self.of(parameter));
        let consequence = "Everyone gets the name of the attribute instead of its value";
        let instead = format!("Write [{name}] without quotation marks");
        let fault =
            self.add(Place::Argument(argument, None), problem, "a text, not the attribute", consequence, instead);
        fault.quoted = Some(name);
        fault.certain = false;
    }

    fn number(&mut self, parameter: &Parameter, argument: &'e Expression, text: &str) {
        let of = self.of(parameter);
        let place = Place::Argument(argument, None);
        let Ok(number) = whole(text) else {
            // .NET may accept a number with decimals.
            if text.trim().parse::<f64>().is_err() {
                let problem = format!("{of} is {}, which is not a whole number", shown(text));
                self.add(place, problem, "not a whole number", REFUSED, "Write a whole number, such as 1");
            }
            return;
        };
        let Takes::Within(least, most) = parameter.takes else { return };
        if (least..=most).contains(&number) {
            return;
        }
        let bound = bound(least, most);
        let problem = format!("{of} is {number}, but must be {bound}");
        self.add(place, problem, format!("must be {bound}"), REFUSED, format!("Write a number {bound}"));
    }

    fn group(&mut self, parameter: &Parameter, argument: &'e Expression, name: &str) {
        // An empty name may count as an omitted one.
        let Some(pattern) = self.pattern() else { return };
        if name.is_empty() || !matches!(pattern.group(name), Ok(None)) {
            return;
        }
        let problem =
            format!("{} is {}, but the regular expression has no such group", self.of(parameter), shown(name));
        let instead = format!("Name a group of the regular expression, or add one: (?<{name}>…)");
        self.add(Place::Argument(argument, None), problem, "no such group", "Nothing is replaced", instead);
    }

    fn replacement(&mut self, parameter: &Parameter, argument: &'e Expression, text: &str) {
        // With the name of a group, or without a regular expression, the text is inserted as it is.
        if self.find(Takes::Group).is_some_and(|name| !name.is_empty()) {
            return;
        }
        let Some(pattern) = self.pattern() else { return };
        let of = self.of(parameter);
        let replacement = match Replacement::parse(text, &pattern) {
            Ok(replacement) => replacement,
            Err(error) => {
                let problem = format!("{of} is not a valid .NET replacement: {}", error.why);
                let place = Place::Argument(argument, Some(character_at(text, error.at)));
                self.add(place, problem, error.why, REFUSED, "Write $$ for a dollar sign");
                return;
            }
        };
        for (at, name) in replacement.missing_groups() {
            let reference = &text[*at..];
            let is_named = reference.starts_with("${");
            let length = if is_named { reference.find('}').map_or(1, |end| end + 1) } else { 1 + name.len() };
            let problem = format!("{of} refers to the group `{name}`, but the regular expression has no such group");
            let instead = match (is_named, name.parse::<u32>()) {
                (true, Err(_)) => format!("Name a group of the regular expression, or add one: (?<{name}>…)"),
                _ => "Refer to a group of the regular expression; write $$ for a dollar sign".to_owned(),
            };
            let place = Place::Argument(argument, Some(*at..(*at + length).min(text.len())));
            let consequence = "The reference stays in the value as text";
            // A dollar sign before a number may be meant as an amount.
            self.add(place, problem, "no such group", consequence, instead).certain = is_named;
        }
    }

    /// Checks arguments that must fit each other.
    fn together(&mut self) {
        self.ways();
        if self.call.name == "RandomString" {
            self.random_string();
        }
    }

    /// Whether the optional arguments form one of the documented combinations.
    fn ways(&mut self) {
        let ways = self.function.ways;
        let optional = || self.function.parameters.iter().zip(&self.call.arguments).filter(|(one, _)| !one.required);
        // An empty text may count as an omitted argument.
        let given = || {
            optional().filter_map(|(parameter, argument)| {
                let argument = argument.as_ref()?;
                Some((parameter.name, constant(argument) == Some("")))
            })
        };
        let fits = |way: &&&[&str]| {
            way.iter().all(|name| given().any(|(given, _)| given == *name))
                && given().all(|(name, is_empty)| is_empty || way.contains(&name))
        };
        if ways.is_empty() || ways.iter().any(|way| fits(&way)) {
            return;
        }
        let names: Vec<&str> = given().filter(|(_, is_empty)| !is_empty).map(|(name, _)| name).collect();
        let has = |wanted: &[&str]| given().any(|(name, _)| wanted.contains(&name));
        // With two texts to search for and none to insert, the arguments have slipped.
        let slipped = has(&["oldValue"])
            && has(&["regexPattern"])
            && !has(&["replacementValue", "replacementAttributeName", "template"]);
        let certain = names.is_empty() || slipped;
        let called = match names.as_slice() {
            [] => "without a text to search for".to_owned(),
            names => format!("with {}", names.join(" and ")),
        };
        let problem = format!("`{}` is called {called}, which is none of its documented ways", self.call.name);
        let instead = if slipped {
            "Keep the commas of the arguments that are left out: Replace([attribute], \"old\", , , \"new\", , ) or \
             Replace([attribute], , \"pattern\", , \"new\", , )"
        } else {
            "Call it as Replace([attribute], \"old\", , , \"new\", , ) or Replace([attribute], , \"pattern\", , \"new\", , )"
        };
        let consequence = if certain { "The value is not changed as intended" } else { "The result is not documented" };
        self.add(Place::Name, problem, "none of its documented ways", consequence, instead).certain = certain;
    }

    fn random_string(&mut self) {
        let numbers: Vec<Option<i64>> = self
            .call
            .arguments
            .iter()
            .take(5)
            .map(|argument| whole(constant(argument.as_ref()?)?).ok().filter(|number| *number >= 0))
            .collect();
        let &[Some(length), Some(digits), Some(special), Some(capital), Some(lower)] = numbers.as_slice() else {
            return;
        };
        let documented = digits.saturating_add(special).saturating_add(capital);
        let all = documented.saturating_add(lower);
        if all <= length {
            return;
        }
        let problem = format!("`RandomString` must return {length} characters, but at least {all} are required");
        let instead = format!("Set length to at least {all}, or lower the minimum numbers");
        // The documentation leaves the lower-case letters out of the sum.
        let label = format!("requires {all} characters, but returns {length}");
        self.add(Place::Name, problem, label, REFUSED, instead).certain = documented > length;
    }
}

/// The whole number that a constant stands for.
pub(super) fn whole(text: &str) -> Result<i64, std::num::ParseIntError> {
    let text = text.trim();
    match text.strip_prefix("&H") {
        Some(hexadecimal) => i64::from_str_radix(hexadecimal, 16),
        None => text.parse(),
    }
}

/// `at least 1`, `between 0 and 256`
pub(super) fn bound(least: i64, most: i64) -> String {
    if most == i64::MAX { format!("at least {least}") } else { format!("between {least} and {most}") }
}

/// `yyyy, m or d`
pub(super) fn one_of(words: &[&str]) -> String {
    match words {
        [others @ .., last] if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        words => words.concat(),
    }
}

/// The byte range of the character at an offset, with the one that a backslash escapes; empty at the end.
fn character_at(text: &str, at: usize) -> Range<usize> {
    let at = at.min(text.len());
    let rest = text.get(at..).unwrap_or_default();
    let count = if rest.starts_with('\\') { 2 } else { 1 };
    at..at + rest.chars().take(count).map(char::len_utf8).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    /// The text at fault, whether it is certain, and what is wrong.
    fn found(text: &str) -> Vec<(String, bool, String)> {
        let tree = parse(text).into_result().unwrap();
        let faults = argument_faults(&tree);
        faults.into_iter().map(|fault| (text[fault.span(text)].to_owned(), fault.certain, fault.problem)).collect()
    }

    #[test]
    fn an_argument_that_a_function_does_not_accept_is_found_at_its_place() {
        for (text, place, certain, problem) in [
            ("Replace([mail], , \"(\", , \"x\", , )", "(", true, "regular expression"),
            ("Replace([mail], , \"\\\"ä\\\\y+\", , \"x\", , )", "\\\\y", true, "regular expression"),
            ("Replace([mail], , \"x\", , \"$1\", , )", "$1", false, "the group `1`"),
            ("Replace([mail], , \"(?<a>x)\", \"b\", \"\", , )", "\"b\"", true, "no such group"),
            ("Replace([mail], , \"(?<a>\\\\d)\", , \"\\\"${b}\", , )", "${b}", true, "the group `b`"),
            ("Replace([mail], \"@\", \"_\")", "Replace", true, "with oldValue and regexPattern"),
            ("Replace([mail])", "Replace", true, "without a text"),
            ("Replace([mail], \"a\", \"b\", , \"c\", , )", "Replace", false, "none of its documented ways"),
            ("Replace([mail], \"a\", , , , , )", "Replace", false, "none of its documented ways"),
            ("DateAdd(\"day\", 1, Now())", "\"day\"", true, "must be yyyy, m, d, ww, h, n or s"),
            ("DateDiff(\"D\", Now(), Now())", "\"D\"", false, "must be"),
            ("RandomString(300, 1, 1, 1, 1)", "300", true, "between 0 and 256"),
            ("RandomString(4, 3, 1, 1, 0)", "RandomString", true, "at least 5 are required"),
            ("RandomString(4, 1, 1, 1, 2)", "RandomString", false, "at least 5 are required"),
            ("Item([x], 0)", "0", true, "at least 1"),
            ("Left([x], \"a few\")", "\"a few\"", true, "not a whole number"),
            ("SingleAppRoleAssignment([roles])", "[roles]", true, "[appRoleAssignments]"),
            (
                "AppRoleAssignmentsComplex(\"appRoleAssignments\")",
                "\"appRoleAssignments\"",
                true,
                "[appRoleAssignments]",
            ),
            ("Join(\" \", \"[givenName]\", [surname])", "\"[givenName]\"", false, "not the attribute"),
            ("FormatDateTime([x], , \"yyyy-MM-dd\", \"yyyy 'a\")", "'", true, "not a valid .NET date format"),
            ("FormatDateTime([x], \"\", \"yyyy\")", "\"\"", true, "input format"),
            ("FormatDateTime([x], \"AssumeSummer\", \"yyyy\", \"yyyy\")", "\"AssumeSummer\"", true, "not valid"),
            ("ToLower([x], \"english (US)\")", "\"english (US)\"", true, "culture"),
            ("ToLower(Left([x], \"a\"))", "\"a\"", true, "not a whole number"),
        ] {
            let faults = found(text);
            assert_eq!(faults.len(), 1, "{text}: {faults:?}");
            assert_eq!((faults[0].0.as_str(), faults[0].1), (place, certain), "{text}: {faults:?}");
            assert!(faults[0].2.contains(problem), "{text}: {}", faults[0].2);
        }
    }

    #[test]
    fn an_argument_that_works_is_not_reported() {
        for text in [
            "Replace([mail], \"@contoso.com\", , ,\"\", ,)",
            "Replace([mail], \"@contoso.com\", \"\", \"\", \"x\", \"\", \"\")",
            "Replace([a], \".\", , ,\"\")",
            "Replace([UserID],\"<username>\", , , , , \"<username>@contoso.com\")",
            "Replace([id],\"[id]\", , , , , \"[id]@contoso.com\")",
            "Replace([a], , \"[mail]\", , \"\", , )",
            "Replace([telephoneNumber], , \"\\\\+(?<isd>\\\\d* )(?<number>\\\\d{10})\", \"number\" , , [mobile], )",
            "Replace([a], , \"(.*?)(?<id>[0-9]{4})(.*)\", , \"D${id}$1$$5 ${0}\", ,)",
            "Replace([a], , \"(?<n>x)\", \"1\", \"y\", , )",
            "Replace([a], , [b], \"n\", \"${m}\", , )",
            "Replace([a], , \"(?<n>x)\", \"n\", \"${m}\", , )",
            "Mid([a], \"1\", \"2\")",
            "Left([a], -1)",
            "RandomString(6,3,0,0,3)",
            "RandomString(10,2,2,2,1,\"?,\")",
            "Item([a], Count([a]))",
            "ToLower([a], \"tr-TR\")",
            "ToLower([a], \"\")",
            "Append([displayName], \" [external user]\")",
            "Switch([a], \"x\", \"[mail]\", \"y\")",
            "FormatDateTime([endDate], \"M/d/yyyy hh:mm:ss tt\", \"yyyy-MM-dd\")",
            "BitAnd(&HF, &HF7)",
            "DateAdd(\"d\", \"10\", Now())",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
