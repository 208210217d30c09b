//! `provlint probe`

use clap::Args;
use jiff::Timestamp;
use secrecy::SecretString;

use super::shared::format::one_of;
use super::shared::live::{Reach, advice, runtime, token_from_stdin};
use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::Screen;
use crate::report::{Form, Offered, PAGE_FORMS, ProbeReport};
use crate::scim::{Endpoint, ProbeError, Verdict, probe};

/// The variable that holds the app's secret token.
const TOKEN_VARIABLE: &str = "PROVLINT_SCIM_TOKEN";

/// Ask an app's SCIM endpoint what Entra's Test Connection asks, and judge the answer.
///
/// It looks for a user that nobody is, once with the token and once with a made-up one, and changes nothing. The
/// token goes to that URL and nowhere else. The exit code is 1 where Entra's test would fail or the endpoint takes
/// any token.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  provlint probe --tenant-url https://total.example.com/scim --token-stdin < token.txt"
)]
pub(super) struct Arguments {
    /// The tenant URL, as it is entered in the portal.
    #[arg(long, value_name = "URL")]
    tenant_url: String,

    /// Read the secret token from standard input; else PROVLINT_SCIM_TOKEN holds it.
    #[arg(long)]
    token_stdin: bool,

    /// The attribute by which users are matched.
    #[arg(long, value_name = "NAME", default_value = "userName")]
    attribute: String,

    /// The form of the answer.
    #[arg(long, value_name = "FORMAT", value_parser = one_of(PAGE_FORMS), default_value = PAGE_FORMS[0].name())]
    format: &'static Form,

    #[command(flatten)]
    reach: Reach,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let endpoint = Endpoint::new(&arguments.tenant_url).map_err(|error| Problem::Usage {
        message: error.to_string(),
        help: "give the tenant URL as it stands in the portal, https://… ; plain http goes to this machine only".into(),
    })?;
    let token = match arguments.token_stdin {
        true => token_from_stdin()?,
        false => std::env::var(TOKEN_VARIABLE).unwrap_or_default(),
    };
    if token.trim().is_empty() {
        return Err(Problem::Usage {
            message: "there is no secret token".into(),
            help: format!(
                "pipe it in with --token-stdin, or set {TOKEN_VARIABLE}; a flag's value would be seen by others"
            ),
        });
    }
    let network = arguments.reach.network(0);
    let token = SecretString::from(token);
    let asking = probe(&endpoint, &token, &arguments.attribute, &network, Timestamp::now());
    let steps = runtime()?.block_on(asking).map_err(|error| Problem::Usage {
        message: error.to_string(),
        help: match &error {
            ProbeError::Token => "enter the bare token that the vendor gives".into(),
            ProbeError::Network(error) => advice(error),
        },
    })?;
    let report = ProbeReport { url: &arguments.tenant_url, steps: &steps };
    screen.print(&match arguments.format {
        Form::Json => report.json(),
        _ => report.pretty(),
    })?;
    let failed = steps.iter().any(|step| step.verdict == Verdict::Failed);
    Ok(if failed { Exit::Findings } else { Exit::Done })
}
