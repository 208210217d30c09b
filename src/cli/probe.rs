//! `provlint probe`

use clap::Args;
use jiff::Timestamp;

use super::shared::format::one_of;
use super::shared::live::{Reach, runtime};
use super::shared::secret_token::secret;
use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::Screen;
use crate::report::{Form, Offered, PAGE_FORMS, ProbeReport};
use crate::scim::{Check, Endpoint, Verdict, probe};

/// Test an app's SCIM endpoint as Entra's Test Connection does
///
/// Searches for a user that does not exist, once with the token and once with an invalid one, with --groups for a group
/// too, and changes nothing. Like Entra, it sends no User-Agent. The token is sent to that URL only. The exit code is 1 if Entra's test would fail, or if the endpoint accepts any
/// token.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cat token.txt | provlint probe --tenant-url https://total.example.com/scim --token-stdin"
)]
pub(super) struct Arguments {
    /// Tenant URL, as entered in the portal
    #[arg(long, value_name = "URL")]
    tenant_url: String,

    /// Read the secret token from standard input [default: PROVLINT_SCIM_TOKEN]
    #[arg(long)]
    token_stdin: bool,

    /// Attribute that users are matched on
    #[arg(long, value_name = "NAME", default_value = "userName")]
    attribute: String,

    /// Search for a group too, as Entra does if the mapping of groups is enabled
    #[arg(long)]
    groups: bool,

    /// Format of the output
    #[arg(long, value_name = "FORMAT", value_parser = one_of(PAGE_FORMS), default_value = PAGE_FORMS[0].name())]
    format: &'static Form,

    #[command(flatten)]
    reach: Reach,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let endpoint = Endpoint::new(&arguments.tenant_url).map_err(|error| Problem::Usage {
        message: error.to_string(),
        help: "give the tenant URL as in the portal, https://…; plain http is accepted for this machine only".into(),
    })?;
    let token = secret(arguments.token_stdin, "secret token")?;
    let network = arguments.reach.network(0);
    let asking = probe(&endpoint, &token, &arguments.attribute, arguments.groups, &network, Timestamp::now());
    let mut steps = runtime()?.block_on(asking).map_err(|error| Problem::Probe(Box::new(error)))?;
    if !arguments.groups {
        steps.push(Check {
            name: "groups",
            verdict: Verdict::Unknown,
            said: "not tested".to_owned(),
            advice: "if the mapping of groups is enabled, test /Groups too, with --groups".to_owned(),
        });
    }
    let report = ProbeReport { url: &arguments.tenant_url, steps: &steps };
    screen.print(&match arguments.format {
        Form::Json => report.json(),
        _ => report.pretty(),
    })?;
    let failed = steps.iter().any(|step| step.verdict == Verdict::Failed);
    Ok(if failed { Exit::Findings } else { Exit::Done })
}
