//! What is rehearsed: the schema, the values of users, and the state of the flag.

use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use super::Arguments;
use crate::check::{CheckError, Origin};
use crate::cli::shared::input::one_standard_input;
use crate::cli::shared::judging::Judge;
use crate::cli::shared::policies::Policies;
use crate::cli::shared::schema_text::SchemaText;
use crate::cli::shared::users;
use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::screen::Screen;
use crate::finding::Applicability;
use crate::fix::{Allowed, AllowedInTenant, plan};
use crate::inspection::Inspection;
use crate::model::{ObjectKind, Snapshot};
use crate::policy::{ChosenBy, Policy};
use crate::scim::Endpoint;
use crate::scim::rehearsal::{self, Cast, Known, Proposal, StepResult, cast, proposal};
use crate::secret::TENANT_URL;
use crate::simulate::User;
use crate::simulate::request::{Form, Role};

/// The schema of a new non-gallery app, as the portal creates it.
const DEFAULT_SCHEMA: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/default-export.json"));

/// Everything that decides which requests are sent, so that a recording can be judged again.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Script {
    pub(super) version: u32,
    pub(super) tenant_url: String,
    pub(super) schema_name: String,
    /// Without credentials.
    pub(super) schema: String,
    /// The text of the file of users, and its name.
    pub(super) users: Option<(String, String)>,
    pub(super) seed: u64,
    /// The time that expressions see.
    pub(super) now: String,
    pub(super) flagged: bool,
    pub(super) both: bool,
}

/// The version of a recording.
pub(super) const VERSION: u32 = 1;

impl Script {
    /// The states of the flag, that of the tenant URL first.
    pub(super) fn forms(&self) -> Vec<Form> {
        let own = if self.flagged { Form::Flagged } else { Form::Default };
        let other = if self.flagged { Form::Default } else { Form::Flagged };
        if self.both { vec![own, other] } else { vec![own] }
    }

    /// What mappings and the tenant URL could do about the steps that failed.
    pub(super) fn proposal(&self, steps: &[StepResult], cast: &Cast, judge: &Judge) -> Result<Proposal, Problem> {
        let text = SchemaText { name: self.schema_name.clone(), text: self.schema.clone() };
        let chosen = judge.policies.choose(text.one()?.app_name(), &self.schema_name);
        // The requirements of the default profile are not those of just any app.
        let chosen = chosen.filter(|policy| policy.chosen_by != ChosenBy::Default);
        Ok(proposal(steps, &Known::of(cast, chosen.unwrap_or(&Policy::default()))))
    }

    /// The users and the group.
    pub(super) fn cast(&self) -> Result<Cast, Problem> {
        let text = SchemaText { name: self.schema_name.clone(), text: self.schema.clone() };
        let one = text.one()?;
        let policies = Policies::built_in();
        let given: Vec<User> = match &self.users {
            None => Vec::new(),
            Some((name, text)) => {
                let read = users::from_text(name, text)?;
                if let Some(problem) = read.problems.into_iter().next() {
                    return Err(problem);
                }
                read.users
            }
        };
        let roles = one.snapshot().map(roles).unwrap_or_default();
        let now = self.now.parse().unwrap_or_else(|_| Timestamp::now());
        let script = rehearsal::Script { seed: self.seed, now };
        let made: Result<Cast, CheckError> = one.with_plan(&policies, ObjectKind::User, |users, _| {
            let with_group = one.with_plan(&policies, ObjectKind::Group, |groups, _| {
                groups.is_enabled().then(|| cast(users, Some(groups), &given, &roles, &script))
            });
            match with_group {
                Ok(Some(cast)) => Ok(cast),
                Ok(None) | Err(CheckError::NoMapping { .. }) => Ok(cast(users, None, &given, &roles, &script)),
                Err(error) => Err(error),
            }
        })?;
        let cast = made?;
        match cast.users.iter().chain(&cast.group).all(|made| made.can_be_found) {
            true => Ok(cast),
            false => Err(Problem::Usage {
                message: "none of the values that the schema gives identifies what a rehearsal creates".into(),
                help: "so it could not be deleted: map userName and displayName from attributes that differ from user to user"
                    .into(),
            }),
        }
    }
}

/// The roles of the app that users may have.
fn roles(snapshot: &Snapshot<'_>) -> Vec<Role> {
    let roles = snapshot.service_principal.iter().flat_map(|principal| principal.app_roles.iter().flatten());
    let role = |role: &crate::model::AppRole<'_>| {
        Some(Role {
            id: role.id.as_deref()?.to_owned(),
            value: role.value.as_deref().filter(|value| !value.is_empty())?.to_owned(),
            display_name: role.display_name.as_deref()?.to_owned(),
        })
    };
    roles.filter(|role| role.is_for_users()).filter_map(role).collect()
}

/// Reads what the command line names, and refuses an endpoint that is in use.
pub(super) fn script(
    arguments: &Arguments,
    judge: &Judge,
    endpoint: &Endpoint,
    typed: &str,
    screen: &Screen,
) -> Result<Script, Problem> {
    let files = [arguments.path.as_deref(), arguments.user.as_deref()];
    one_standard_input(files.into_iter().flatten())?;
    let schema = match (&arguments.app, &arguments.path) {
        (Some(app), _) => {
            SchemaText::of_app(&arguments.graph.connect(false)?, app, arguments.job.as_deref(), &judge.policies)?
        }
        (None, Some(path)) => SchemaText::read(path)?,
        (None, None) if arguments.requirements.has_profile() => by_profile(judge)?,
        (None, None) => {
            return Err(Problem::Usage {
                message: "nothing says what Entra would send".into(),
                help: "name an exported schema or snapshot, an app with --app, or a profile with --profile".into(),
            });
        }
    };
    let one = schema.one()?;
    let policy = judge.policy(one.app_name(), &schema.name)?;
    let used = one.snapshot().and_then(|snapshot| snapshot.secret(TENANT_URL));
    refuse_used(endpoint, typed, used, policy, arguments.force.as_deref(), screen)?;
    let users = match &arguments.user {
        None => None,
        Some(path) => Some(users::text(path)?),
    };
    let masked = schema.masked()?;
    let script = Script {
        version: VERSION,
        tenant_url: typed.to_owned(),
        schema_name: masked.name,
        schema: masked.text,
        users,
        seed: fastrand::u64(..),
        now: Timestamp::now().to_string(),
        flagged: endpoint.form() == Form::Flagged,
        both: arguments.both,
    };
    Ok(script)
}

/// The default schema with the rows that the profile requires.
fn by_profile(judge: &Judge) -> Result<SchemaText, Problem> {
    let profile = judge.policies.choose(None, "").map(|policy| policy.profile.clone()).unwrap_or_default();
    let name = format!("the default schema with the rows of {profile}");
    let inspection = Inspection::of(DEFAULT_SCHEMA);
    let resources = inspection.read().map_err(|error| CheckError::reading(&name, &inspection, &error))?;
    let allowed = Allowed { worst: Applicability::Unsafe, tenant: AllowedInTenant::default() };
    let plan = plan(judge, &Origin::named(&name), DEFAULT_SCHEMA, &inspection, &resources, allowed)?;
    Ok(SchemaText { name, text: plan.fixed.text })
}

/// Refuses a host that the app itself is provisioned to.
fn refuse_used(
    endpoint: &Endpoint,
    typed: &str,
    saved: Option<&str>,
    policy: &Policy,
    force: Option<&str>,
    screen: &Screen,
) -> Result<(), Problem> {
    let host_of = |url: &str| Url::parse(url).ok()?.host_str().map(str::to_ascii_lowercase);
    let used = [saved, policy.connection.tenant_url.as_deref()];
    let is_used =
        used.into_iter().flatten().any(|url| host_of(url).as_deref() == Some(&endpoint.host().to_lowercase()));
    if !is_used || policy.connection.test_url.as_deref().is_some_and(|test| same(test, typed)) {
        return Ok(());
    }
    match force.map(str::trim).filter(|reason| !reason.is_empty()) {
        Some(reason) => {
            screen.remark(&format!("rehearsing on the host that the app is provisioned to: {reason}"));
            Ok(())
        }
        None => Err(Problem::Usage {
            message: format!("the app is provisioned to {}, so no rehearsal is made there", endpoint.host()),
            help:
                "use an endpoint for tests; if this URL is one, name it in the policy as connection: test-url, or give \
                   --force REASON"
                    .into(),
        }),
    }
}

/// Whether two tenant URLs name the same place, apart from the query.
fn same(left: &str, right: &str) -> bool {
    let place = |url: &str| {
        let mut url = Url::parse(url).ok()?;
        url.set_query(None);
        url.set_fragment(None);
        Some(url.as_str().trim_end_matches('/').to_owned())
    };
    place(left).is_some_and(|left| place(right) == Some(left))
}

/// Whether a file can be used as a recording.
pub(super) fn read_script(path: &Path, text: &str) -> Result<Script, Problem> {
    let read: Result<Script, _> = serde_json::from_str(text);
    match read {
        Ok(script) if script.version == VERSION => Ok(script),
        Ok(_) => Err(super::files::damaged(path, "it has another version")),
        Err(error) => Err(super::files::damaged(path, &error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_url_is_the_same_place_with_or_without_the_flag() {
        let test = "https://example.com/test/scim";
        for same_place in [test, "https://EXAMPLE.com/test/scim/", "https://example.com/test/scim?aadOptscim062020"] {
            assert!(same(test, same_place), "{same_place}");
        }
        for other in
            ["https://example.com/scim", "https://example.org/test/scim", "https://example.com/test/scim2", "x"]
        {
            assert!(!same(test, other), "{other}");
        }
    }

    #[test]
    fn the_host_in_use_is_refused_except_for_the_test_url() {
        let screen = Screen::new(crate::cli::terminal::screen::ColorChoice::Never);
        let mut policy = Policy::default();
        policy.connection.tenant_url = Some("https://example.com/scim".to_owned());
        let refused = |policy: &Policy, url: &str, force: Option<&str>| {
            refuse_used(&Endpoint::new(url).unwrap(), url, None, policy, force, &screen).is_err()
        };
        let test = "https://example.com/test/scim";
        assert!(refused(&policy, test, None) && !refused(&policy, "https://test.example.com/scim", None));
        assert!(refused(&policy, test, Some(" ")) && !refused(&policy, test, Some("a sandbox")));
        policy.connection.test_url = Some(test.to_owned());
        assert!(!refused(&policy, test, None) && refused(&policy, "https://example.com/scim", None));
    }
}
