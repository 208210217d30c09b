//! The secret token of an app, which Entra presents to its endpoint.

use secrecy::SecretString;

use super::live::token_from_stdin;
use crate::cli::terminal::problem::Problem;
use crate::secret::never_show;

/// The variable that holds the app's secret token.
pub(in crate::cli) const SECRET_VARIABLE: &str = "PROVLINT_SCIM_TOKEN";

/// Reads the secret from standard input, or from the variable, without the line end that a pipe adds. `what` it is, for
/// messages: `secret token`.
pub(in crate::cli) fn secret(stdin: bool, what: &str) -> Result<SecretString, Problem> {
    let typed = match stdin {
        true => token_from_stdin()?,
        false => std::env::var(SECRET_VARIABLE).unwrap_or_default(),
    };
    if typed.trim().is_empty() {
        return Err(Problem::Usage {
            message: format!("there is no {what}"),
            help: format!(
                "pipe it in with --token-stdin, or set {SECRET_VARIABLE}; other users can see the value of a flag"
            ),
        });
    }
    never_show(typed.trim());
    Ok(SecretString::from(typed.trim_end_matches(['\r', '\n'])))
}
