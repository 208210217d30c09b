//! `provlint probe`

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;

use super::shared::endpoint::{Searched, endpoint};
use super::shared::format::one_of;
use super::shared::judging::Requirements;
use super::shared::live::{Graph, runtime};
use super::shared::schema_text::SchemaText;
use super::shared::secret_token::secret;
use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::Screen;
use crate::policy::ChosenBy;
use crate::report::{Form, Offered, PAGE_FORMS, ProbeReport};
use crate::scim::{Check, Verdict, probe};

/// Test an app's SCIM endpoint as Entra's Test Connection does
///
/// Searches for a user that does not exist, once with the token and once with an invalid one, and changes nothing. Like
/// Entra, it sends no User-Agent and uses TLS 1.2; if that fails, it says which header is missing. A schema, an app or a
/// policy says which attribute users are matched on, and whether groups are provisioned and so searched for too. The
/// token is sent to that URL only. The exit code is 1 if Entra's test would fail, or if the endpoint accepts any token.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
                  cat token.txt | provlint probe --tenant-url https://total.example.com/scim --token-stdin\n  \
                  cat token.txt | provlint probe total.json --tenant-url https://total.example.com/scim --token-stdin")]
pub(super) struct Arguments {
    /// Exported schema or snapshot of the app
    #[arg(value_name = "PATH", conflicts_with = "app")]
    path: Option<PathBuf>,

    /// App in the tenant: display name, object id or appId
    #[arg(long, value_name = "NAME|ID")]
    app: Option<String>,

    /// ID of its provisioning job, if it has several [default: the first]
    #[arg(long, value_name = "ID", requires = "app")]
    job: Option<String>,

    /// Tenant URL, as entered in the portal
    #[arg(long, value_name = "URL")]
    tenant_url: String,

    /// Read the secret token from standard input [default: PROVLINT_SCIM_TOKEN]
    #[arg(long)]
    token_stdin: bool,

    /// Attribute that users are matched on [default: as the schema says, else userName]
    #[arg(long, value_name = "NAME")]
    attribute: Option<String>,

    /// Search for a group too, whatever the schema or the policy says
    #[arg(long)]
    groups: bool,

    /// Format of the output
    #[arg(long, value_name = "FORMAT", value_parser = one_of(PAGE_FORMS), default_value = PAGE_FORMS[0].name())]
    format: &'static Form,

    #[command(flatten)]
    requirements: Requirements,

    #[command(flatten)]
    graph: Graph,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let endpoint = endpoint(&arguments.tenant_url)?;
    if arguments.token_stdin && arguments.path.as_deref() == Some(Path::new("-")) {
        return Err(Problem::Usage {
            message: "standard input can be read only once".into(),
            help: "give the schema as a file, or the token in PROVLINT_SCIM_TOKEN".into(),
        });
    }
    let searched = arguments.searched(screen)?;
    let attribute = arguments.attribute.as_deref().or(searched.attribute.as_deref()).unwrap_or("userName");
    let groups = if arguments.groups { Some(true) } else { searched.groups };
    let token = secret(arguments.token_stdin, "secret token")?;
    let network = arguments.graph.network();
    let asking = probe(&endpoint, &token, attribute, groups == Some(true), &network, Timestamp::now());
    let mut steps = runtime()?.block_on(asking).map_err(|error| Problem::Probe(Box::new(error)))?;
    if groups.is_none() {
        steps.push(Check {
            name: "groups",
            verdict: Verdict::Unknown,
            said: "not tested".to_owned(),
            advice:
                "if the mapping of groups is enabled, test /Groups too: name the schema or the app, or give --groups"
                    .to_owned(),
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

impl Arguments {
    /// What the schema says, else what the policy says.
    fn searched(&self, screen: &Screen) -> Result<Searched, Problem> {
        let judge = self.requirements.judge(&[], screen)?;
        let schema = match (&self.app, &self.path) {
            (Some(app), _) => {
                SchemaText::of_app(&self.graph.connect(false)?, app, self.job.as_deref(), &judge.policies)?
            }
            (None, Some(path)) => SchemaText::read(path)?,
            (None, None) => {
                let policy = judge.policies.choose(None, "").filter(|policy| policy.chosen_by != ChosenBy::Default);
                return Ok(Searched { attribute: None, groups: policy.and_then(|policy| policy.group.enabled) });
            }
        };
        Ok(Searched::by(&schema.one()?, &judge.policies)?)
    }
}
