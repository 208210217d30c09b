//! `provlint auth`

use clap::{Args, Subcommand};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::shared::format::one_of;
use super::shared::live::Live;
use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::Screen;
use crate::graph::{OWNED_ONLY, PAGE, Purpose, ROLES};
use crate::report::{Form, Offered, TABLE_FORMS, json_page};
use crate::secret;
use crate::text::{Lines, Paint};

/// Show how provlint signs in to Microsoft Graph
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint auth status\n  provlint auth status --auth azure-cli --format json")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Sign in, and show the method, the tenant, the permissions and what is missing, but not the token
    #[command(after_help = "Examples:\n  provlint auth status\n  provlint auth status --auth azure-cli --format json")]
    Status {
        /// Format of the output
        #[arg(long, value_name = "FORMAT", value_parser = one_of(TABLE_FORMS), default_value = TABLE_FORMS[0].name())]
        format: &'static Form,

        #[command(flatten)]
        live: Live,
    },
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let Command::Status { format, live } = &arguments.command;
    let access = live.access()?;
    let claims = secret::claims(access.token.expose_secret());
    let text = |name: &str| claims[name].as_str().map(str::to_owned);
    let sign_in = access.sign_in.as_ref();
    // The permissions of an app are in `roles`, those that a user delegated in `scp`:
    // https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
    let delegated = claims["scp"].as_str().map(|list| list.split(' ').map(str::to_owned).collect::<Vec<_>>());
    let of_app = claims["roles"].as_array().map(|roles| roles.iter().filter_map(Value::as_str).map(str::to_owned));
    let is_person = delegated.is_some();
    let rights: Option<Vec<String>> =
        (!claims.is_null()).then(|| delegated.into_iter().flatten().chain(of_app.into_iter().flatten()).collect());
    let until = secret::expiry(access.token.expose_secret());
    let missing = rights.as_deref().map(|rights| {
        let of = |purpose: Purpose| (purpose.as_str().to_owned(), json!(purpose.missing(rights)));
        Value::Object(Purpose::ALL.into_iter().map(of).collect())
    });
    let status = json!({
        "version": 1,
        "kind": access.from,
        "graph": access.root.to_string(),
        "authority": sign_in.map(|sign_in| sign_in.authority.clone()),
        "tenant": text("tid").or_else(|| sign_in.and_then(|sign_in| sign_in.tenant.clone())),
        "client": text("appid").or_else(|| sign_in.and_then(|sign_in| sign_in.client.clone())),
        "user": text("upn").or_else(|| text("unique_name")),
        "audience": text("aud"),
        "rights": rights,
        "missing": missing,
        "until": until.map(|until| until.to_string()),
    });
    if **format == Form::Json {
        screen.print(&json_page(&status))?;
        return Ok(Exit::Done);
    }
    let mut table = String::new();
    for (name, value) in status.as_object().into_iter().flatten() {
        let shown = match value {
            // The version belongs to the JSON document.
            Value::Null | Value::Number(_) | Value::Object(_) => continue,
            Value::Array(list) if list.is_empty() => "none".to_owned(),
            Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
            other => other.as_str().unwrap_or_default().to_owned(),
        };
        table.line(format_args!("{:<10} {shown}", name.bold()));
    }
    match &rights {
        None => table.push_str("The token cannot be decoded, so its permissions are unknown.\n"),
        Some(rights) => write_missing(&mut table, rights, is_person),
    }
    screen.print(&table)?;
    Ok(Exit::Done)
}

/// Writes which permissions are missing for which commands.
fn write_missing(table: &mut String, rights: &[String], is_person: bool) {
    table.push('\n');
    let (enough, lacking): (Vec<Purpose>, Vec<Purpose>) =
        Purpose::ALL.into_iter().partition(|purpose| purpose.missing(rights).is_empty());
    if !enough.is_empty() {
        let commands: Vec<&str> = enough.into_iter().map(Purpose::commands).collect();
        table.line(format_args!("Nothing is missing for {}.", commands.join("; ")));
    }
    for purpose in &lacking {
        table.line(format_args!("Missing for {}: {}", purpose.commands(), purpose.missing(rights).join(", ")));
    }
    if rights.iter().any(|right| right == OWNED_ONLY) {
        table.line(format_args!("{OWNED_ONLY} is not counted: it covers only apps that this app owns."));
    }
    if is_person {
        table.line(format_args!("A person also needs {ROLES}."));
    }
    if !lacking.is_empty() {
        table.line(format_args!("How to grant permissions: {PAGE}"));
    }
}
