//! `provlint provision`

use std::pin::pin;
use std::time::{Duration, Instant};

use clap::{ArgGroup, Args};
use futures_util::FutureExt;
use jiff::Timestamp;
use serde_json::Value;

use super::shared::format::one_of;
use super::shared::job::{AppJob, Which, with_snapshot};
use super::shared::live::{Connection, More, note};
use super::shared::policies::Policies;
use super::shared::ready::Running;
use super::shared::schema_text::SchemaText;
use super::terminal::exit::Exit;
use super::terminal::interrupt::unless;
use super::terminal::problem::Problem;
use super::terminal::running::JobProblem;
use super::terminal::screen::Screen;
use crate::check::{CheckError, One};
use crate::expression::Evaluator;
use crate::graph::{GraphError, read_members};
use crate::model::ObjectKind;
use crate::operation::{Deviation, Expectation, Group, OnDemand, Pace, rule_of, subjects, unmentioned};
use crate::report::{Form, Offered, OnDemandReport, PAGE_FORMS, counted};
use crate::simulate::graph_properties;
use crate::text::between_marks;
use crate::text::shell::option;

/// Provision a group with its members on demand, or a user
///
/// Writes to the app immediately, even if provisioning is off, unless the check finds errors. Without --member, all
/// users of the group are provisioned, five at a time. Decodes Entra's answers and compares them with what provlint
/// preview predicts. The exit code is 1 if a user was not provisioned, or could not sign in afterwards.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("who").required(true).args(["group", "user"]))]
#[command(after_help = "Examples:\n  provlint provision --app TOTAL --group TOTAL-Admin\n  \
                        provlint provision --app TOTAL --group TOTAL-Admin --member jane@contoso.com\n  \
                        provlint provision --app TOTAL --user jane@contoso.com")]
pub(super) struct Arguments {
    #[command(flatten)]
    which: Which,

    /// Assigned group: display name or object id
    #[arg(long, value_name = "NAME|ID")]
    group: Option<String>,

    /// Member of the group: user principal name or object id; may be repeated
    #[arg(long, value_name = "UPN|ID", requires = "group", conflicts_with = "user")]
    member: Vec<String>,

    /// Single user: user principal name or object id; updates the profile but gives no access
    #[arg(long, value_name = "UPN|ID")]
    user: Option<String>,

    /// Also show every step, and unchanged attributes
    #[arg(short, long)]
    verbose: bool,

    /// Format of the output
    #[arg(long, value_name = "FORMAT", value_parser = one_of(PAGE_FORMS), default_value = PAGE_FORMS[0].name())]
    format: &'static Form,

    #[command(flatten)]
    running: Running,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let judge = arguments.running.requirements.judge(&[], screen)?;
    let policies = &judge.policies;
    let connection = arguments.running.live.connect()?;
    let job = arguments.which.find(&connection)?;
    judge.expect_chosen(&job.name)?;
    let live = job.read(&connection, policies, More::default())?;
    let assign = |group: &str| {
        let flags = arguments.running.requirements.flags();
        format!("provlint fix {}{flags}{} --assign-groups", job.app_flags, option("--group", group))
    };
    let group = arguments.group.as_deref().map(|named| {
        let found = with_snapshot(&live, |snapshot| Group::assigned(snapshot, named))?;
        found.map_err(|error| {
            let why_unread = live.why_unread("appRoleAssignedTo").map(str::to_owned);
            Problem::from(JobProblem::NoGroup { app: live.name.clone(), error, why_unread, assign: assign(named) })
        })
    });
    let group = group.transpose()?;
    let reason = arguments.running.expect_ready(&judge, &live, &job, &[], "provisioned", screen)?;
    let kind = if group.is_some() { ObjectKind::Group } else { ObjectKind::User };
    let schema = SchemaText::live(live);
    let one = schema.one()?;
    let rule = one.resource.schema().and_then(|(_, schema, _)| rule_of(schema, kind));
    let rule = rule.ok_or_else(|| CheckError::NoMapping { name: one.name.to_owned(), kind })?;
    let properties = one.with_plan(policies, ObjectKind::User, |plan, _| graph_properties(plan.reads()))?;
    let (users, nested) = arguments.users(&connection, group.as_ref(), &properties)?;
    let subjects = subjects(group.as_ref(), &users);

    if let Some(group) = &group {
        if nested > 0 {
            screen.remark(&format!(
                "{nested} of the members of {} can't be provisioned: they are not users, and the members of nested groups \
                 are not included",
                group.name
            ));
        }
        if users.is_empty() {
            screen.remark(&format!("{} has no users: only the group is provisioned", group.name));
        }
    }
    let what = match &group {
        Some(group) => format!("{} with {}", group.name, counted(users.len(), "member")),
        None => {
            screen.remark("only the user's profile is updated; access comes from the group (--group)");
            arguments.user.clone().unwrap_or_default()
        }
    };
    let calls = if subjects.len() > 1 { format!(", in {} calls", subjects.len()) } else { String::new() };
    let question = format!("This writes {what} to {}{calls}. Provision now?", job.name);
    if !arguments.running.is_agreed((&job, &connection), &question, "provisioned", reason, screen)? {
        return Ok(Exit::Findings);
    }
    let (answers, stopped) = ask(&connection, &job, &rule, &subjects, screen);
    let deviations = deviations(&one, policies, group.as_ref(), &users, &answers)?;
    let unmentioned = unmentioned(&subjects[..answers.len()], group.as_ref(), &users, &answers);
    let (app, flags, done, calls) = (job.name.clone(), job.flags(), answers.len(), subjects.len());
    let stopped = stopped.map(|stopped| match stopped {
        Stopped::Failed(error) => JobProblem::Call { app, call: done + 1, calls, error, flags },
        Stopped::Interrupted => JobProblem::CallsInterrupted { app, done, calls, flags },
    });
    let fatal = deviations.iter().any(|deviation| deviation.fatal);
    let all_well = answers.iter().all(OnDemand::is_well) && !fatal && unmentioned.is_empty() && stopped.is_none();
    let error = stopped.as_ref().map(ToString::to_string);
    let report = OnDemandReport {
        answers: &answers,
        deviations: &deviations,
        unmentioned: &unmentioned,
        all_well,
        error: error.as_deref(),
        verbose: arguments.verbose,
    };
    let page = match arguments.format {
        Form::Json => report.json(),
        _ => report.pretty(&screen.out),
    };
    let inspection = schema.inspection();
    screen.print(&between_marks(&page, |part| inspection.mask(part)))?;
    match stopped {
        Some(problem) => Err(problem.into()),
        None if all_well => {
            screen.remark(&arguments.running.next(&job, arguments.group.as_slice()));
            Ok(Exit::Done)
        }
        None => Ok(Exit::Findings),
    }
}

impl Arguments {
    /// The users to provision with the attributes that the mapping reads, and how many members of the group are not users.
    fn users(
        &self,
        connection: &Connection,
        group: Option<&Group>,
        properties: &[String],
    ) -> Result<(Vec<Value>, usize), Problem> {
        let Some(group) = group else {
            let help = "use the user principal name or object id of a user in the tenant";
            let users = self.user.iter().map(|user| connection.user(user, properties, help));
            return Ok((users.collect::<Result<_, _>>()?, 0));
        };
        let reading = read_members(connection.client(), &group.id, properties);
        let members = connection.wait(&format!("Reading the members of {}", group.name), reading);
        let (mut members, others) =
            members.map_err(|error| JobProblem::MembersUnread { group: group.name.clone(), error })?;
        let is = |member: &Value, named: &str| {
            [&member["id"], &member["userPrincipalName"]]
                .iter()
                .any(|name| name.as_str().is_some_and(|name| name.eq_ignore_ascii_case(named)))
        };
        if let Some(stranger) = self.member.iter().find(|named| !members.iter().any(|member| is(member, named))) {
            return Err(JobProblem::NotMember { user: stranger.clone(), group: group.name.clone() }.into());
        }
        members.retain(|member| self.member.is_empty() || self.member.iter().any(|named| is(member, named)));
        Ok((members, others))
    }
}

/// Provisions each subject within Graph's rate limit, until a request fails.
fn ask(
    connection: &Connection,
    job: &AppJob,
    rule: &str,
    subjects: &[Value],
    screen: &Screen,
) -> (Vec<OnDemand>, Option<Stopped>) {
    let begun = Instant::now();
    let mut pace = Pace::default();
    let mut answers = Vec::new();
    // One listener for all calls, so that Ctrl-C between two calls counts too.
    let mut pressed = pin!(tokio::signal::ctrl_c().fuse());
    for (number, subject) in (1..).zip(subjects) {
        let asking = call(connection, job, rule, subject, &mut pace, begun);
        let text = format!("Provisioning, call {number} of {}", subjects.len());
        match connection.wait(&text, unless(asking, &mut pressed)) {
            Some(Ok(answer)) => match OnDemand::read(&answer) {
                Ok(answer) => answers.push(answer),
                Err(error) => {
                    screen.remark(&format!("call {number}: {error}; provlint logs shows whether it was carried out"));
                    answers.push(OnDemand::unknown());
                }
            },
            Some(Err(error)) => return (answers, Some(Stopped::Failed(error))),
            None => return (answers, Some(Stopped::Interrupted)),
        }
    }
    (answers, None)
}

/// Provisions one subject, and retries while Graph is busy. Every attempt counts towards the rate limit.
async fn call(
    connection: &Connection,
    job: &AppJob,
    rule: &str,
    subject: &Value,
    pace: &mut Pace,
    begun: Instant,
) -> Result<Value, GraphError> {
    let first = Instant::now();
    loop {
        tokio::time::sleep(pace.pause(begun.elapsed())).await;
        let answer = job.client(connection).provision_on_demand(&job.standing.job, rule, subject).await;
        let pause = match &answer {
            Err(error) if error.status() == Some(429) => error.retry_after().unwrap_or(BUSY),
            _ => return answer,
        };
        if first.elapsed().saturating_add(pause) > connection.client().longest_wait() {
            return answer;
        }
        note(&format!("Graph is busy; retrying in {} s", pause.as_secs()));
        tokio::time::sleep(pause).await;
    }
}

/// How long to wait if Graph is busy and does not say for how long.
const BUSY: Duration = Duration::from_secs(10);

/// Why not every subject was provisioned.
enum Stopped {
    Failed(GraphError),
    /// The user pressed Ctrl-C.
    Interrupted,
}

/// The differences between what was sent and what was expected, for the users and the group.
fn deviations(
    one: &One<'_>,
    policies: &Policies,
    group: Option<&Group>,
    users: &[Value],
    answers: &[OnDemand],
) -> Result<Vec<Deviation>, Problem> {
    let evaluator = Evaluator::new(Timestamp::now(), 0);
    let mut found = one.with_plan(policies, ObjectKind::User, |plan, policy| {
        let expected = Expectation { plan, by_object_id: policy.knows_by_object_id(ObjectKind::User) };
        expected.deviations_of_users(users, answers, &evaluator)
    })?;
    if let Some(group) = group {
        found.extend(one.with_plan(policies, ObjectKind::Group, |plan, policy| {
            let expected = Expectation { plan, by_object_id: policy.knows_by_object_id(ObjectKind::Group) };
            expected.deviations_of_group(group, answers, &evaluator)
        })?);
    }
    Ok(found)
}
