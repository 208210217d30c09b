//! `provlint eval`

use std::path::PathBuf;

use clap::Args;
use serde_json::Value as Json;

use super::preview::NowAndSeed;
use super::shared::format::one_of;
use super::shared::input::standard_input;
use super::shared::users;
use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::Screen;
use crate::expression::{
    ArgumentMistake, Attributes, Dialect, Expression, LONGEST, Meant, Mistake, REFERENCES, SyntaxError, Unknown, Value,
    argument_faults, mistakes, parse,
};
use crate::report::{Evaluation, Form, Offered, PAGE_FORMS, evaluation_json, evaluation_page, json_line, json_page};
use crate::simulate::User;

/// Evaluate a mapping expression, like the portal's expression builder
///
/// Attributes come from a file of users, or from --set. An attribute that --set does not name has no value. An attribute
/// missing from the user file is unknown, and so is every result that depends on it. The file may hold any JSON objects, or
/// CSV with a header: every member or column is an attribute.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  provlint eval 'Join(\" \", [givenName], [surname])' --set givenName=Jane --set surname=Doe\n  \
                        provlint eval 'ToLower(Append(Mid([givenName], 1, 1), [surname]))' --user jane.json --trace\n  \
                        provlint eval 'Switch([IsSoftDeleted], , \"False\", \"True\", \"True\", \"False\")' --user users.csv --format json"
)]
pub(super) struct Arguments {
    /// The expression, or - for standard input
    #[arg(value_name = "EXPRESSION", allow_hyphen_values = true)]
    expression: String,

    /// File with attributes to evaluate it for: JSON objects, or CSV with a header
    #[arg(long, value_name = "FILE")]
    user: Option<PathBuf>,

    /// Value of an attribute; NAME= for an empty one. May be repeated, also for several values of one attribute
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment)]
    set: Vec<(String, String)>,

    /// Show each part of the expression with its value, inner parts first
    #[arg(long)]
    trace: bool,

    /// Format of the output
    #[arg(long, value_name = "FORMAT", value_parser = one_of(PAGE_FORMS), default_value = PAGE_FORMS[0].name())]
    format: &'static Form,

    #[command(flatten)]
    now_and_seed: NowAndSeed,
}

fn assignment(typed: &str) -> Result<(String, String), String> {
    let (name, value) = typed.split_once('=').ok_or("expected NAME=VALUE")?;
    let name = name.trim().trim_start_matches('[').trim_end_matches(']');
    if name.is_empty() {
        Err("the attribute's name is missing".into())
    } else {
        Ok((name.to_owned(), value.to_owned()))
    }
}

/// Attributes from --set, which take precedence over those of a user file.
struct Given<'a> {
    typed: &'a [(String, Value)],
    user: Option<&'a User>,
}

impl Attributes for Given<'_> {
    fn attribute(&self, name: &str) -> Result<Value, Unknown> {
        let typed = self.typed.iter().find(|(typed, _)| typed == name).map(|(_, value)| value.clone());
        match (typed, self.user) {
            (Some(value), _) => Ok(value),
            (None, Some(user)) => user.attribute(name),
            (None, None) => Ok(Value::Null),
        }
    }
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let text = expression_text(&arguments.expression)?;
    let text = text.trim();
    let tree = parsed(text, screen)?;
    let users = arguments.user.as_deref().map(users::read_any).transpose()?;
    let typed = values(&arguments.set);
    let mut exit = judge_arguments(text, &tree, screen);
    let evaluator = arguments.now_and_seed.evaluator();
    let evaluated = |user: Option<&User>, label: Option<String>| {
        let given = Given { typed: &typed, user };
        let (outcome, parts) = if arguments.trace {
            let (outcome, parts) = evaluator.trace(&tree, &given);
            (outcome, Some(parts))
        } else {
            (evaluator.evaluate(&tree, &given), None)
        };
        Evaluation { user: label, outcome, parts }
    };
    let mut list = Vec::new();
    match &users {
        None => list.push(evaluated(None, None)),
        Some(users) => {
            for problem in &users.problems {
                screen.complain(problem);
                exit = Exit::Failed;
            }
            if let Some(remark) = &users.remark {
                screen.remark(remark);
            }
            let several = users.users.len() + users.problems.len() > 1;
            for (index, user) in users.users.iter().enumerate() {
                let label = || user.label().map_or_else(|| format!("user {}", index + 1), str::to_owned);
                list.push(evaluated(Some(user), several.then(label)));
            }
        }
    }
    screen.print(&match (arguments.format, evaluation_json(&list)) {
        (Form::Json, document @ Json::Array(_)) => json_page(&document),
        (Form::Json, document) if arguments.trace => json_page(&document),
        (Form::Json, document) => json_line(&document),
        _ => evaluation_page(&list),
    })?;
    Ok(exit)
}

/// Reports constant arguments that functions do not accept. Entra would fail to evaluate the expression, or not as intended.
fn judge_arguments(text: &str, tree: &Expression, screen: &Screen) -> Exit {
    let mut exit = Exit::Done;
    for fault in argument_faults(tree) {
        let message = format!("{}. {}", fault.problem, fault.consequence);
        if fault.certain {
            screen.complain(&Problem::at("expression", text, fault.span(text), &message, &fault.instead));
            exit = Exit::Findings;
        } else {
            screen.remark(&format!("{message}. {}", fault.instead));
        }
    }
    exit
}

fn expression_text(typed: &str) -> Result<String, Problem> {
    if typed != "-" {
        return Ok(typed.to_owned());
    }
    standard_input(1 << 20)
}

/// The parsed expression. Functions of other kinds of provisioning are evaluated with a remark.
fn parsed(text: &str, screen: &Screen) -> Result<Expression, Problem> {
    let parsed = parse(text);
    if text.chars().count() > LONGEST {
        screen.remark(&format!("this expression has more than {LONGEST} characters; Entra rejects it"));
    }
    let mut faults: Vec<(SyntaxError, String)> =
        parsed.errors.into_iter().map(|error| (error, String::new())).collect();
    for mistake in mistakes(&parsed.expression) {
        match mistake {
            Mistake::UnknownFunction(call, meant) => {
                let message = format!("there is no function `{}`", call.name);
                let help = match meant {
                    Meant::Typo(function) => format!("did you mean `{}`?", function.name),
                    Meant::Foreign(instead) => format!("write {instead}"),
                    Meant::Nothing => {
                        let name = &call.name;
                        let date = REFERENCES[0].date;
                        screen.remark(&format!(
                            "{name} is not in Microsoft's reference of {date}; provlint cannot evaluate it"
                        ));
                        continue;
                    }
                };
                faults.push((SyntaxError { message, span: call.name_span.clone() }, help));
            }
            Mistake::WrongCase(call, function) => {
                let message = format!("the function is spelt `{}`; names are case-sensitive", function.name);
                faults.push((SyntaxError { message, span: call.name_span.clone() }, String::new()));
            }
            // Arguments cannot be counted while brackets or commas are missing.
            Mistake::Arguments(call, function, mistake) if faults.is_empty() => {
                let message = match mistake {
                    ArgumentMistake::Count => format!("`{}` has the wrong number of arguments", call.name),
                    mistake => format!("`{}`: {mistake}", call.name),
                };
                let help = format!("its signature is {}", function.signature());
                faults.push((SyntaxError { message, span: call.name_span.clone() }, help));
            }
            Mistake::Arguments(..) => {}
            Mistake::OtherDialect { name, dialect, .. } => {
                let place = if dialect == Dialect::CloudSync { "in cloud sync" } else { "for Active Directory" };
                screen.remark(&format!("{name} exists only {place}, not for apps"));
            }
            Mistake::Misplaced(error) => faults.push((error, String::new())),
        }
    }
    faults.sort_by_key(|(error, _)| error.span.start);
    match faults.into_iter().next() {
        None => Ok(parsed.expression),
        Some((error, help)) => Err(Problem::at("expression", text, error.span, &error.message, &help)),
    }
}

/// The values of --set by attribute; several values of one attribute make a list.
fn values(typed: &[(String, String)]) -> Vec<(String, Value)> {
    let mut values: Vec<(String, Value)> = Vec::new();
    for (name, text) in typed {
        let boolean = matches!(name.as_str(), "IsSoftDeleted" | "accountEnabled" | "dirSyncEnabled");
        let value = match text.as_str() {
            "" => Value::Null,
            word if boolean && word.eq_ignore_ascii_case("true") => Value::boolean(true),
            word if boolean && word.eq_ignore_ascii_case("false") => Value::boolean(false),
            text => Value::from(text),
        };
        match (values.iter_mut().find(|(known, _)| known == name), value) {
            (None, value) => values.push((name.clone(), value)),
            (Some((_, Value::List(items))), Value::Text(text)) => items.push(text),
            (Some((_, known)), Value::Text(text)) => {
                let first = if let Value::Text(first) = known { vec![first.clone()] } else { Vec::new() };
                *known = Value::List(first.into_iter().chain([text]).collect());
            }
            (Some(_), _) => {}
        }
    }
    values
}
