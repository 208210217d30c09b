//! `provlint preview`

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::shared::candidates;
use super::shared::format::one_of;
use super::shared::input::one_standard_input;
use super::shared::live::Live;
use super::shared::policies::Policies;
use super::shared::schema_text::SchemaText;
use super::shared::users;
use super::terminal::exit::Exit;
use super::terminal::problem::Problem;
use super::terminal::screen::Screen;
use crate::expression::{Attributes, Evaluator, Unknown};
use crate::model::ObjectKind;
use crate::report::{self, Offered, PAGE_FORMS, PreviewReport, RequestsShown, Style, UserPreview};
use crate::scim::Endpoint;
use crate::secret::{TENANT_URL, mask_url};
use crate::simulate::request::{Form, exchanges, search};
use crate::simulate::{Crowd, Plan, Preview, User, graph_properties, graph_property};
use crate::text::shown;

/// Show what Entra would send for a user, and why
///
/// With --requests, shows the requests, in the format of .http files that editors can send; --was adds the update from an earlier
/// state of the user.
///
/// FILE holds one user as Microsoft Graph writes it, a list, a page {"value": [...]}, or CSV with a header, as the
/// portal's Download users writes it. Values that depend on the tenant are shown as unknown: app roles, references, and
/// properties that the file does not have.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  provlint preview total.json --user jane.json\n  \
                        provlint preview default.json --user jane.json --diff total.json\n  \
                        provlint preview total.json --user users.csv --format json\n  \
                        provlint preview total.json --user jane.json --was jane-before.json --requests\n  \
                        provlint preview --app TOTAL --user jane.doe@contoso.com")]
pub(super) struct Arguments {
    /// Exported schema or snapshot, or - for standard input
    #[arg(value_name = "PATH", required_unless_present = "app", conflicts_with = "app")]
    path: Option<PathBuf>,

    /// App in the tenant: display name, object id or appId
    #[arg(long, value_name = "NAME|ID")]
    app: Option<String>,

    /// ID of its provisioning job, if it has several [default: the first]
    #[arg(long, value_name = "ID", requires = "app")]
    job: Option<String>,

    /// File of users: JSON or CSV; with --app also a user principal name or object id
    #[arg(long, value_name = "FILE|UPN")]
    user: PathBuf,

    /// Another schema, to show what it changes
    #[arg(long, value_name = "FILE")]
    diff: Option<PathBuf>,

    /// Show the requests that Entra would send
    #[arg(long, conflicts_with = "diff")]
    requests: bool,

    /// File of the users as they were, to show the updates
    #[arg(long, value_name = "FILE", requires = "requests")]
    was: Option<PathBuf>,

    /// Format of the output
    #[arg(long, value_name = "FORMAT", value_parser = one_of(PAGE_FORMS), default_value = PAGE_FORMS[0].name())]
    format: &'static report::Form,

    /// Policy file [default: the nearest provlint.yaml or .provlint.yaml, from the working directory upwards]
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// Profile with the vendor's requirements, instead of the policy's
    #[arg(long, value_name = "NAME", add = candidates::profiles())]
    profile: Option<String>,

    #[command(flatten)]
    now_and_seed: NowAndSeed,

    /// Show every user in full
    #[arg(short, long)]
    verbose: bool,

    #[command(flatten)]
    live: Live,
}

/// The inputs of expressions besides attributes: the time and random values.
#[derive(Debug, Args)]
pub(super) struct NowAndSeed {
    /// Result of Now(): a date, or a time such as 2027-01-31T12:00:00Z [default: the current time]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    now: Option<Timestamp>,

    /// Seed of Guid() and RandomString()
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,
}

/// A time; a date, or a time without an offset, is in UTC.
fn moment(typed: &str) -> Result<Timestamp, String> {
    if let Ok(time) = typed.parse() {
        return Ok(time);
    }
    let date: DateTime = typed
        .parse()
        .map_err(|_| "expected a date such as 2027-01-31, or a time such as 2027-01-31T12:00:00Z".to_owned())?;
    Offset::UTC.to_timestamp(date).map_err(|error| error.to_string())
}

impl NowAndSeed {
    pub(super) fn evaluator(&self) -> Evaluator {
        Evaluator::new(self.now.unwrap_or_else(Timestamp::now), self.seed)
    }
}

const NO_USER: &str = "there is no file of that name either: give a file, or the user principal name or object id of a user in the tenant";

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let files = [
        arguments.path.as_deref(),
        Some(arguments.user.as_path()),
        arguments.diff.as_deref(),
        arguments.was.as_deref(),
    ];
    one_standard_input(files.into_iter().flatten())?;
    let policies = Policies::load(arguments.policy.as_deref(), arguments.profile.as_deref(), &[])?;
    let connection = arguments.app.as_ref().map(|_| arguments.live.connect()).transpose()?;
    let was_name = arguments.was.as_ref().map(|was| was.display().to_string());
    let schema = match (&connection, &arguments.app, &arguments.path) {
        (Some(connection), Some(app), _) => SchemaText::of_app(connection, app, arguments.job.as_deref(), &policies)?,
        (_, _, path) => SchemaText::read(path.as_deref().unwrap_or(Path::new("-")))?,
    };
    let other = arguments.diff.as_deref().map(SchemaText::read).transpose()?;
    let one = schema.one()?;
    if let ([job, _, ..], None) = (one.jobs().as_slice(), &arguments.job) {
        screen.remark(&format!("{} has several provisioning jobs; this is for {job}", schema.name));
    }
    let users = match &connection {
        Some(connection) if !arguments.user.exists() && arguments.user.as_os_str() != "-" => {
            let properties = one.with_plan(&policies, ObjectKind::User, |plan, _| graph_properties(plan.reads()))?;
            let name = shown(&arguments.user);
            let user = connection.user(&name, &properties, NO_USER)?;
            users::from_json(&name, &user.to_string())?
        }
        _ => users::read(&arguments.user)?,
    };
    if let Some(remark) = &users.remark {
        screen.remark(remark);
    }
    for problem in &users.problems {
        screen.complain(problem);
    }
    if users.users.is_empty() {
        return Ok(Exit::Failed);
    }

    let was = arguments.was.as_deref().map(users::read).transpose()?.unwrap_or_default();
    for problem in &was.problems {
        screen.complain(problem);
    }
    let earlier = counterparts(&users.users, &was.users);

    let evaluator = arguments.now_and_seed.evaluator();
    let tenant_url = one.snapshot().and_then(|snapshot| snapshot.secret(TENANT_URL)).map(mask_url);
    let endpoint = tenant_url.as_deref().and_then(|url| Endpoint::new(url).ok());
    let forms = endpoint.as_ref().map_or(Form::ALL.to_vec(), |endpoint| vec![endpoint.form()]);
    let made = one.with_plan(&policies, ObjectKind::User, |plan, policy| {
        let previews: Vec<Preview> = users.users.iter().map(|user| plan.preview(user, &evaluator)).collect();
        let required = policy.user.needed();
        let crowd = Crowd::of(plan, &previews, &required);
        let of_user = |(user, was): (&User, &Option<&User>)| exchanges(plan, user, *was, &forms, &evaluator);
        let requests = arguments.requests.then(|| users.users.iter().zip(&earlier).map(of_user).collect::<Vec<_>>());
        (previews, crowd, missing(plan, &users.users), requests)
    })?;
    let (previews, crowd, missing, requests) = made;
    let changed = match &other {
        None => None,
        Some(other) => Some(other.one()?.with_plan(&policies, ObjectKind::User, |plan, _| {
            users.users.iter().map(|user| plan.preview(user, &evaluator)).collect::<Vec<Preview>>()
        })?),
    };
    let report = PreviewReport {
        schema: &schema.name,
        other: other.as_ref().map(|other| other.name.as_str()),
        users: users
            .users
            .iter()
            .zip(&previews)
            .enumerate()
            .map(|(index, (user, preview))| UserPreview {
                user,
                preview,
                changed: changed.as_ref().map(|changed| &changed[index]),
                was: earlier[index],
                requests: requests.as_ref().map(|requests| &requests[index]),
            })
            .collect(),
        crowd: &crowd,
        missing: &missing,
        unreadable: users.problems.len(),
        requests: arguments.requests.then(|| RequestsShown {
            tenant_url: tenant_url.as_deref(),
            endpoint: endpoint.as_ref(),
            forms: &forms,
            was: was_name.as_deref(),
            begin: previews
                .first()
                .and_then(|preview| preview.matching.first())
                .map(|matching| search(ObjectKind::User, &matching.target, NOBODY)),
        }),
    };
    let style = Style { verbose: arguments.verbose, ..screen.out };
    screen.print(&match arguments.format {
        report::Form::Json => report.json(),
        _ => report.pretty(&style),
    })?;
    Ok(if users.problems.is_empty() && was.problems.is_empty() { Exit::Done } else { Exit::Failed })
}

/// A value that no user has: Entra takes a new one each time.
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// The earlier state of each user: the one with the same id, else with the same user name; of one user, the only one.
fn counterparts<'u>(users: &[User], were: &'u [User]) -> Vec<Option<&'u User>> {
    if let ([_], [was]) = (users, were) {
        return vec![Some(was)];
    }
    let folded = |name: Option<&str>| name.map(str::to_ascii_lowercase);
    let id = |user: &User| folded(user.id());
    let user_name = |user: &User| folded(user.text("userPrincipalName"));
    // Of several with the same name, the first counts.
    let by_id: HashMap<String, &User> = were.iter().rev().filter_map(|was| Some((id(was)?, was))).collect();
    let by_name: HashMap<String, &User> = were.iter().rev().filter_map(|was| Some((user_name(was)?, was))).collect();
    let same = |user: &User| id(user).and_then(|id| by_id.get(&id));
    let called = |user: &User| user_name(user).and_then(|name| by_name.get(&name));
    users.iter().map(|user| same(user).or_else(|| called(user)).copied()).collect()
}

/// Whether the file does not hold an attribute of a user. What is unknown for another reason is not missing.
fn is_not_given(user: &User, name: &str) -> bool {
    matches!(user.attribute(name), Err(Unknown::NotGiven(_)))
}

/// The properties that rows read and at least one user lacks, by Graph's names.
fn missing(plan: &Plan<'_>, users: &[User]) -> Vec<String> {
    let lacking = |name: &&str| *name != "appRoleAssignments" && users.iter().any(|user| is_not_given(user, name));
    let mut missing: Vec<String> =
        plan.reads().into_iter().filter(lacking).map(|name| graph_property(name).to_owned()).collect();
    missing.sort_unstable();
    missing.dedup();
    missing
}
