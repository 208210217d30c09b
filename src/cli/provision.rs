//! `provlint provision`

use std::pin::pin;
use std::time::{Duration, Instant};

use clap::{ArgGroup, Args};
use futures_util::FutureExt;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::preview::with_plan;
use super::schema_text::SchemaText;
use super::shared::format::one_of;
use super::shared::job::{AppJob, Which, advice_to_read_groups};
use super::shared::live::{Connection, More, note};
use super::shared::policies::Policies;
use super::shared::ready::Running;
use super::shared::writing::{advice_to_write, answered};
use super::terminal::exit::Exit;
use super::terminal::interrupt::unless;
use super::terminal::problem::{Problem, joined, with_command};
use super::terminal::screen::Screen;
use crate::expression::Evaluator;
use crate::graph::{GraphError, LiveApp, read_members};
use crate::model::{ObjectKind, SynchronizationSchema};
use crate::operation::{self, Deviation, MEMBERS, OnDemand, Pace, ProvisionedObject};
use crate::report::{Form, Offered, OnDemandReport, PAGE_FORMS, counted};
use crate::secret;
use crate::simulate::{User, graph_properties};
use crate::text::shell::option;

/// Provision a group with its members on demand, or a user.
///
/// It writes to the app now, whether or not provisioning is on; errors stop it. Without --member all users of the group are taken, five
/// at a time. What Entra answers is decoded and held against what provlint preview predicts. The exit code is 1 where
/// somebody wasn't provisioned, or not so that they can sign in.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("who").required(true).args(["group", "user"]))]
#[command(after_help = "Examples:\n  provlint provision --app TOTAL --group TOTAL-Admin\n  \
                        provlint provision --app TOTAL --group TOTAL-Admin --member jane@contoso.com\n  \
                        provlint provision --app TOTAL --user jane@contoso.com")]
pub(super) struct Arguments {
    #[command(flatten)]
    which: Which,

    /// An assigned group: its display name or object id.
    #[arg(long, value_name = "NAME|ID")]
    group: Option<String>,

    /// A member of the group, by user principal name or object id; may be repeated.
    #[arg(long, value_name = "UPN|ID", requires = "group", conflicts_with = "user")]
    member: Vec<String>,

    /// One user alone, by user principal name or object id: that updates the profile, and gives no access.
    #[arg(long, value_name = "UPN|ID")]
    user: Option<String>,

    /// Show every step, and what stayed as it was.
    #[arg(short, long)]
    verbose: bool,

    /// The form of the output.
    #[arg(long, value_name = "FORMAT", value_parser = one_of(PAGE_FORMS), default_value = PAGE_FORMS[0].name())]
    format: &'static Form,

    #[command(flatten)]
    running: Running,
}

/// A group that is assigned.
struct Group {
    id: String,
    name: String,
    /// Its name as Entra has it now, where that could be read.
    present_name: Option<String>,
    /// What is read of it, for a preview.
    properties: User,
}

pub(super) fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Problem> {
    let judge = arguments.running.requirements.judge(&[], screen)?;
    let policies = &judge.policies;
    let connection = arguments.running.live.connect()?;
    let job = arguments.which.find(&connection)?;
    let live = job.read(&connection, policies, More::default())?;
    let assign = |group: &str| {
        let flags = arguments.running.requirements.flags();
        let fix = format!("provlint fix {}{flags}{} --assign-groups", job.app_flags, option("--group", group));
        with_command("this assigns one", &fix)
    };
    let group = arguments.group.as_deref().map(|group| assigned(&live, group, &assign(group))).transpose()?;
    let reason = arguments.running.see(&judge, &live, &job, &[], screen)?;
    let kind = if group.is_some() { ObjectKind::Group } else { ObjectKind::User };
    let schema = SchemaText::live(live);
    let rule = schema.with_resource(|resource| {
        let none = || {
            let what = format!("has no mapping of {}s that is on", kind.as_str().to_lowercase());
            schema.usage(what, "see provlint check")
        };
        let (_, schema, _) = resource.schema().ok_or_else(none)?;
        rule_of(schema, kind).ok_or_else(none)
    })?;
    let properties = with_plan(&schema, policies, ObjectKind::User, |plan, _| graph_properties(plan.reads()))?;
    let (users, nested) = arguments.users(&connection, group.as_ref(), &properties)?;
    let subjects = subjects(group.as_ref(), &users);

    if let Some(group) = &group {
        if nested > 0 {
            screen.remark(&format!(
                "of the members of {}, {nested} can't be provisioned: they are no users, and who is in a nested group \
                 doesn't come with it",
                group.name
            ));
        }
        if users.is_empty() {
            screen.remark(&format!("{} has no users of its own: nobody is provisioned with it", group.name));
        }
    }
    let what = match &group {
        Some(group) => format!("{} with {}", group.name, counted(users.len(), "member")),
        None => {
            screen.remark("a single user's profile alone is updated; access comes from the group (--group)");
            arguments.user.clone().unwrap_or_default()
        }
    };
    let calls = if subjects.len() > 1 { format!(", in {} calls", subjects.len()) } else { String::new() };
    let question = format!("This writes {what} to {}{calls}. Provision now?", job.name);
    if !arguments.running.is_agreed(&job, &question, "provisioned", reason, screen)? {
        return Ok(Exit::Findings);
    }
    let (answers, stopped) = ask(&connection, &job, &rule, &subjects, screen);
    let deviations = deviations(&schema, policies, group.as_ref(), &users, &answers)?;
    let untold = untold(&subjects[..answers.len()], group.as_ref(), &users, &answers);
    let calls = (answers.len(), subjects.len());
    let logs = with_command("this shows what became of it", &format!("provlint logs {}", job.flags()));
    let stopped = stopped.map(|stopped| match stopped {
        Stopped::Refused(error) => {
            let lost = !matches!(error.status(), Some(400..=499));
            Problem::Usage {
                message: format!(
                    "{}: call {} of {} {}{}",
                    job.subject(),
                    calls.0 + 1,
                    calls.1,
                    answered(&error),
                    if lost { "; it may be done all the same" } else { "" }
                ),
                help: joined([if lost { logs.as_str() } else { "" }, &advice_to_write(&error)]),
            }
        }
        Stopped::Interrupted => Problem::Usage {
            message: format!(
                "{}: stopped after {} of {} calls; the next may be done all the same",
                job.subject(),
                calls.0,
                calls.1
            ),
            help: logs.clone(),
        },
    });
    let fatal = deviations.iter().any(|deviation| deviation.fatal);
    let all_well = answers.iter().all(OnDemand::is_well) && !fatal && untold.is_empty() && stopped.is_none();
    let error = stopped.as_ref().map(Problem::headline);
    let report = OnDemandReport {
        answers: &answers,
        deviations: &deviations,
        untold: &untold,
        all_well,
        error: error.as_deref(),
        verbose: arguments.verbose,
    };
    let page = match arguments.format {
        Form::Json => report.json(),
        _ => report.pretty(&screen.out),
    };
    screen.print(&secret::mask(&page, &schema.secrets()))?;
    match stopped {
        Some(problem) => Err(problem),
        None if all_well => Ok(Exit::Done),
        None => Ok(Exit::Findings),
    }
}

impl Arguments {
    /// The people to provision, with what the mapping reads of them, and how many members of the group are none.
    fn users(
        &self,
        connection: &Connection,
        group: Option<&Group>,
        properties: &[String],
    ) -> Result<(Vec<Value>, usize), Problem> {
        let Some(group) = group else {
            let help = "give the user principal name or object id of somebody in the tenant";
            let users = self.user.iter().map(|user| connection.user(user, properties, help));
            return Ok((users.collect::<Result<_, _>>()?, 0));
        };
        let reading = read_members(connection.client(), &group.id, properties);
        let members = connection.wait(&format!("Reading the members of {}", group.name), reading);
        let (mut members, others) = members.map_err(|error| Problem::Usage {
            message: format!("the members of {} could not be read: {error}", group.name),
            help: advice_to_read_groups(&error),
        })?;
        let is = |member: &Value, named: &str| {
            [&member["id"], &member["userPrincipalName"]]
                .iter()
                .any(|name| name.as_str().is_some_and(|name| name.eq_ignore_ascii_case(named)))
        };
        if let Some(stranger) = self.member.iter().find(|named| !members.iter().any(|member| is(member, named))) {
            return Err(Problem::Usage {
                message: format!("{stranger} is no direct member of {}", group.name),
                help: "membership is what gives access: put them into the group first".into(),
            });
        }
        members.retain(|member| self.member.is_empty() || self.member.iter().any(|named| is(member, named)));
        Ok((members, others))
    }
}

/// The group that somebody means, among those that are assigned; `assign` is what assigns one that isn't.
fn assigned(live: &LiveApp, named: &str, assign: &str) -> Result<Group, Problem> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let Some(all) = live.snapshot["appRoleAssignedTo"].as_array() else {
        let why = live.why_unread("appRoleAssignedTo").unwrap_or("no answer");
        return Err(Problem::Usage {
            message: format!("which groups are assigned to {} could not be read: {why}", live.name),
            help: "see provlint auth status for what the token may read".into(),
        });
    };
    let groups = all.iter().filter(|one| one["principalType"] == "Group");
    let groups: Vec<Group> = groups
        .map(|one| {
            let (id, name) = (text(&one["principalId"]), text(&one["principalDisplayName"]));
            let mut read = live.snapshot["groups"].as_array().into_iter().flatten();
            let read = read.find(|group| is_id(&group["id"], &id));
            let present_name = read.and_then(|group| group["displayName"].as_str()).map(str::to_owned);
            Group { properties: properties(&id, present_name.as_deref()), id, name, present_name }
        })
        .collect();
    let names = groups.iter().map(|group| group.name.clone()).collect::<Vec<_>>().join(", ");
    let mut meant: Vec<Group> = groups
        .into_iter()
        .filter(|group| {
            // An assignment may hold the name that the group once had.
            let names = [Some(&group.id), Some(&group.name), group.present_name.as_ref()];
            names.into_iter().flatten().any(|name| name.eq_ignore_ascii_case(named))
        })
        .collect();
    meant.dedup_by(|left, right| left.id == right.id);
    match meant.len() {
        1 => Ok(meant.remove(0)),
        0 => Err(Problem::Usage {
            message: format!("no group {named} is assigned to {}, so Entra would skip it", live.name),
            help: if names.is_empty() {
                format!("no group is assigned; {assign}")
            } else {
                format!("assigned are: {names}; {assign}")
            },
        }),
        count => Err(Problem::Usage {
            message: format!("{count} assigned groups are called {named}"),
            help: format!(
                "name one by its object id: {}",
                meant.iter().map(|group| group.id.as_str()).collect::<Vec<_>>().join(", ")
            ),
        }),
    }
}

/// What is known of a group: its id, and its name as Entra has it now where that could be read.
fn properties(id: &str, name: Option<&str>) -> User {
    let mut group = User::default();
    group.set("id", id.into());
    if let Some(name) = name {
        group.set("displayName", name.into());
    }
    group
}

/// The id of the rule that provisions a kind of object.
fn rule_of(schema: &SynchronizationSchema<'_>, kind: ObjectKind) -> Option<String> {
    let rules = schema.synchronization_rules.iter().flatten();
    let mut of_kind = rules.filter(|rule| {
        let mut mappings = rule.object_mappings.iter().flatten();
        mappings.any(|mapping| {
            mapping.target_object_name.as_deref().and_then(ObjectKind::of_target) == Some(kind)
                && mapping.enabled != Some(false)
        })
    });
    of_kind.find_map(|rule| rule.id.as_deref()).map(str::to_owned)
}

/// What each call is about: a group with some of its members, or a user.
fn subjects(group: Option<&Group>, users: &[Value]) -> Vec<Value> {
    let member = |user: &Value| json!({"objectId": user["id"], "objectTypeName": "User"});
    let Some(group) = group else { return users.iter().map(member).collect() };
    let whole =
        |members: Vec<Value>| json!({"objectId": group.id, "objectTypeName": "Group", "links": {"members": members}});
    if users.is_empty() {
        return vec![json!({"objectId": group.id, "objectTypeName": "Group"})];
    }
    users.chunks(MEMBERS).map(|users| whole(users.iter().map(member).collect())).collect()
}

/// Asks for each, not faster than Graph takes it, until one can't be answered.
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
    // One that is listened for all the time: what is pressed between two calls counts too.
    let mut pressed = pin!(tokio::signal::ctrl_c().fuse());
    for (number, subject) in (1..).zip(subjects) {
        let asking = call(connection, job, rule, subject, &mut pace, begun);
        let text = format!("Provisioning, call {number} of {}", subjects.len());
        match connection.wait(&text, unless(asking, &mut pressed)) {
            Some(Ok(answer)) => match OnDemand::read(&answer) {
                Ok(answer) => answers.push(answer),
                Err(error) => {
                    screen.remark(&format!("call {number}: {error}; whether it was done, provlint logs shows"));
                    answers.push(OnDemand::unknown());
                }
            },
            Some(Err(error)) => return (answers, Some(Stopped::Refused(error))),
            None => return (answers, Some(Stopped::Interrupted)),
        }
    }
    (answers, None)
}

/// Asks for one, again where Graph was too busy to look at it: each time counts for the pace.
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
        if first.elapsed() + pause > connection.client().longest_wait() {
            return answer;
        }
        note(&format!("Graph is busy; again in {} s", pause.as_secs()));
        tokio::time::sleep(pause).await;
    }
}

/// How long to wait where Graph is busy and doesn't say for how long.
const BUSY: Duration = Duration::from_secs(10);

/// Why not everybody was asked for.
enum Stopped {
    Refused(GraphError),
    /// Somebody pressed Ctrl-C.
    Interrupted,
}

/// Who was asked for, and isn't told of by any answer: by name, else by id.
fn untold(subjects: &[Value], group: Option<&Group>, users: &[Value], answers: &[OnDemand]) -> Vec<String> {
    let told: Vec<&str> =
        answers.iter().flat_map(|answer| &answer.objects).filter_map(|object| object.source_id.as_deref()).collect();
    let all = subjects.iter().flat_map(|subject| {
        std::iter::once(subject).chain(subject["links"]["members"].as_array().into_iter().flatten())
    });
    let ids = all.filter_map(|one| one["objectId"].as_str());
    let missing = ids.filter(|id| !told.iter().any(|told| told.eq_ignore_ascii_case(id)));
    let name = |id: &str| {
        let user = users.iter().find(|user| is_id(&user["id"], id));
        let group = group.filter(|group| group.id.eq_ignore_ascii_case(id)).map(|group| group.name.as_str());
        group.or_else(|| user?["userPrincipalName"].as_str()).unwrap_or(id).to_owned()
    };
    let mut untold: Vec<String> = Vec::new();
    // Each call is about the group again.
    for who in missing.map(name) {
        if !untold.contains(&who) {
            untold.push(who);
        }
    }
    untold
}

/// Whether a value is an object's id, in whatever case Graph writes it.
fn is_id(value: &Value, id: &str) -> bool {
    value.as_str().is_some_and(|value| value.eq_ignore_ascii_case(id))
}

/// What was sent otherwise than it was predicted, for the people and the group.
fn deviations(
    schema: &SchemaText,
    policies: &Policies,
    group: Option<&Group>,
    users: &[Value],
    answers: &[OnDemand],
) -> Result<Vec<Deviation>, Problem> {
    let evaluator = Evaluator::new(Timestamp::now(), 0);
    let objects = || answers.iter().flat_map(|answer| &answer.objects);
    let mut found = with_plan(schema, policies, ObjectKind::User, |plan, policy| {
        let by_object_id = policy.knows_by_object_id(ObjectKind::User);
        let of_user = |object: &ProvisionedObject| {
            let id = object.source_id.as_deref()?;
            let user = users.iter().find(|user| is_id(&user["id"], id))?;
            let user = User::from_graph(user.as_object()?).ok()??;
            Some(operation::deviations(object, ObjectKind::User, plan, &user, by_object_id, &evaluator))
        };
        objects().filter_map(of_user).flatten().collect::<Vec<_>>()
    })?;
    if let Some(group) = group {
        let of_group = with_plan(schema, policies, ObjectKind::Group, |plan, policy| {
            let by_object_id = policy.knows_by_object_id(ObjectKind::Group);
            let is_group = |id: &str| id.eq_ignore_ascii_case(&group.id);
            let of_group = objects().filter(|object| object.source_id.as_deref().is_some_and(is_group));
            let each = of_group.map(|object| {
                operation::deviations(object, ObjectKind::Group, plan, &group.properties, by_object_id, &evaluator)
            });
            each.flatten().collect::<Vec<_>>()
        })?;
        // Each call tells of the group again.
        for deviation in of_group {
            if !found.contains(&deviation) {
                found.push(deviation);
            }
        }
    }
    Ok(found)
}
