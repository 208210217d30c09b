//! The credential that Entra presents to the app, as it is typed.

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use secrecy::SecretString;

use crate::cli::shared::secret_token::secret;
use crate::cli::terminal::connecting::ConnectProblem;
use crate::cli::terminal::problem::Problem;
use crate::model::Authentication;
use crate::scim::Endpoint;
use crate::tenant::connection::{Credential, OauthClient};
use crate::text::shell::Command;

/// How Entra signs in to the app.
#[derive(Debug, Args)]
pub(super) struct AppSignIn {
    /// How Entra signs in to the app [default: as the policy says, else as is saved, else bearer]
    #[arg(long, value_name = "METHOD", value_enum)]
    auth_method: Option<Authentication>,

    /// ID of the OAuth2 client
    #[arg(long, value_name = "ID", requires = "token_endpoint")]
    client_id: Option<String>,

    /// URL that issues tokens to the OAuth2 client
    #[arg(long, value_name = "URL", requires = "client_id")]
    token_endpoint: Option<String>,

    /// Read the app's secret token, or the secret of the OAuth2 client, from standard input [default: PROVLINT_SCIM_TOKEN]
    #[arg(long)]
    token_stdin: bool,
}

impl ValueEnum for Authentication {
    fn value_variants<'a>() -> &'a [Self] {
        &[Authentication::Bearer, Authentication::ClientCredentials, Authentication::Federation]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Authentication::Bearer => PossibleValue::new("bearer").help("With a secret token"),
            Authentication::ClientCredentials => PossibleValue::new("oauth2").help("With OAuth2 client credentials"),
            Authentication::Federation => {
                PossibleValue::new("workload-identity").help("With workload identity federation; only in the portal")
            }
            Authentication::Other => return None,
        })
    }
}

impl AppSignIn {
    /// The secret that is typed. Federation needs none.
    pub(super) fn secret(&self) -> Result<SecretString, Problem> {
        match self.auth_method {
            Some(Authentication::Federation) => Ok(SecretString::default()),
            Some(Authentication::ClientCredentials) => secret(self.token_stdin, "client secret"),
            _ if self.client_id.is_some() => secret(self.token_stdin, "client secret"),
            _ => secret(self.token_stdin, "secret token"),
        }
    }

    /// The credential for `app`. `by_policy` and `saved` are the ways of signing in that the policy wants and that is saved.
    pub(super) fn credential(
        &self,
        app: &str,
        secret: SecretString,
        by_policy: Option<Authentication>,
        saved: Option<Authentication>,
    ) -> Result<Credential, Problem> {
        let usage = |message: String, help: &str| Err(Problem::Usage { message, help: help.to_owned() });
        let implied = self.client_id.as_ref().map(|_| Authentication::ClientCredentials);
        let typed = self.auth_method.or(implied);
        if let (Some(typed), Some(wanted)) = (typed, by_policy)
            && typed != wanted
        {
            let message = format!("the policy requires {wanted} for {app}, not {typed}");
            return usage(message, "change connection.auth-method in the policy, or the flags");
        }
        match typed.or(by_policy).or(saved).unwrap_or(Authentication::Bearer) {
            Authentication::Bearer if self.client_id.is_some() => usage(
                "--client-id is of no use with a secret token".to_owned(),
                "use --auth-method oauth2, or leave it out",
            ),
            Authentication::Bearer => Ok(Credential::Token(secret)),
            Authentication::ClientCredentials => match (&self.client_id, &self.token_endpoint) {
                (Some(id), Some(endpoint)) => {
                    if let Err(error) = Endpoint::new(endpoint) {
                        let help = "give the URL that issues tokens to the client, https://…";
                        return usage(format!("--token-endpoint: {error}"), help);
                    }
                    let (id, token_endpoint) = (id.clone(), endpoint.clone());
                    Ok(Credential::Client(OauthClient { id, secret, token_endpoint, first: None }))
                }
                _ => usage(
                    format!("{app} needs the OAuth2 client that Entra signs in with"),
                    "name it with --client-id and --token-endpoint, and pipe its secret in with --token-stdin; --auth-method \
                     bearer saves a secret token instead",
                ),
            },
            way @ (Authentication::Federation | Authentication::Other) => {
                Err(ConnectProblem::OnlyInPortal { app: app.to_owned(), way }.into())
            }
        }
    }

    /// The same again, without the secret: from a file where it was piped in, else from the variable that holds it.
    pub(super) fn again(&self, mut command: Command) -> Command {
        if let Some(method) = self.auth_method.as_ref().and_then(ValueEnum::to_possible_value) {
            command = command.option("--auth-method", method.get_name());
        }
        if let (Some(id), Some(endpoint)) = (&self.client_id, &self.token_endpoint) {
            command = command.option("--client-id", id).option("--token-endpoint", endpoint);
        }
        if self.token_stdin { command.flag("--token-stdin", true).reading("token.txt") } else { command }
    }
}
