//! What Entra sends for one user, request by request.

use super::{
    Form, Operation, Reference, Removal, Request, Update, create, not_cleared, remove_reference, searches, set_active,
    set_reference, update,
};
use crate::expression::{Evaluator, Unknown};
use crate::model::{Action, ObjectKind};
use crate::simulate::{Plan, Preview, Scope, Sent, User};

/// Stands for the id that the endpoint gives the user.
pub const USER_ID: &str = "USER_ID";
/// Stands for the id that the endpoint gave the object that a reference leads to.
pub const REFERENCE_ID: &str = "REFERENCE_ID";

/// Why a request is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// To find the user by this attribute.
    Search(String),
    /// No search found the user.
    Create,
    /// The user in Entra has changed.
    Update,
    /// The user lost access: was disabled, deleted or unassigned, or fell out of scope.
    Disable,
    /// This target attribute refers to an object, by its id in Entra. Sent once both exist in the app.
    Refer(String, String),
    /// This target attribute no longer refers to an object.
    NoLongerRefer(String),
}

impl Reason {
    /// The word that reports use.
    pub fn as_str(&self) -> &'static str {
        match self {
            Reason::Search(_) => "search",
            Reason::Create => "create",
            Reason::Update => "update",
            Reason::Disable => "disable",
            Reason::Refer(..) => "refer",
            Reason::NoLongerRefer(_) => "no-longer-refer",
        }
    }
}

/// A request, and why it is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// Why.
    pub reason: Reason,
    /// How updates are written in it; `None` where that makes no difference.
    pub form: Option<Form>,
    /// The request.
    pub request: Request,
}

/// What Entra sends for one user.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exchanges {
    /// The requests, in order.
    pub requests: Vec<Exchange>,
    /// Target attributes that had a value, which the app keeps.
    pub not_cleared: Vec<String>,
    /// Target attributes that are written only when the user is created, and differ now.
    pub only_created: Vec<String>,
    /// Target attributes whose values are not known here, and why.
    pub unknown: Vec<(String, String)>,
}

/// The requests for a user as it is, or with `was`, for the changes since it was so. `forms` says how updates are written.
pub fn exchanges(plan: &Plan<'_>, user: &User, was: Option<&User>, forms: &[Form], evaluator: &Evaluator) -> Exchanges {
    let mut found = Exchanges::default();
    // Nobody is read where the mapping is disabled.
    if !plan.is_enabled() {
        return found;
    }
    let now = plan.preview(user, evaluator);
    found.unknown = unknown(&now);
    let search =
        |request: Request, target: &str| Exchange { reason: Reason::Search(target.to_owned()), form: None, request };
    let targets = now.matching.iter().filter(|found| found.value.is_some()).map(|found| found.target.as_str());
    found.requests = searches(ObjectKind::User, &now.matching)
        .into_iter()
        .zip(targets)
        .map(|(request, target)| search(request, target))
        .collect();
    let is_out = |preview: &Preview| matches!(preview.scope, Scope::Out(_)) && plan.does(Action::Create);
    if is_out(&now) {
        let gone = plan.preview(&user.with_soft_deleted(true), evaluator).state();
        let disable = |form: &Form| {
            let request = set_active(USER_ID, &gone, Update::new(*form))?;
            Some(Exchange { reason: Reason::Disable, form: Some(*form), request })
        };
        if plan.does(Action::Update) {
            found.requests.extend(forms.iter().filter_map(disable));
        }
        return found;
    }
    match was {
        None => {
            if plan.does(Action::Create) {
                found.requests.push(Exchange { reason: Reason::Create, form: None, request: create(&now.state()) });
            }
            refer(&mut found, None, &now, forms);
        }
        Some(was) if plan.does(Action::Update) => {
            let before = plan.preview(was, evaluator);
            let before = if is_out(&before) { plan.preview(&was.with_soft_deleted(true), evaluator) } else { before };
            change(&mut found, &before, &now, forms);
            refer(&mut found, Some(&before), &now, forms);
        }
        Some(_) => {}
    }
    found
}

fn change(found: &mut Exchanges, before: &Preview, now: &Preview, forms: &[Form]) {
    let (mut before_state, mut state) = (before.state(), now.state());
    let is_known = |preview: &Preview, target: &str| {
        let row = preview.rows.iter().find(|row| &*row.target == target);
        !row.is_some_and(|row| matches!(row.sent, Sent::Unknown(_) | Sent::Value { changing: true, .. }))
    };
    // What is unknown on one side, or has another value each time, is no change.
    for row in before.rows.iter().chain(&now.rows) {
        if !is_known(before, &row.target) || !is_known(now, &row.target) {
            before_state.remove(&row.target);
            state.remove(&row.target);
        }
    }
    for (target, why) in unknown(before) {
        if !found.unknown.iter().any(|(known, _)| *known == target) {
            found.unknown.push((target, why));
        }
    }
    let made = |form: &Form| {
        let request = update(USER_ID, &before_state, &state, Update::new(*form))?;
        Some(Exchange { reason: Reason::Update, form: Some(*form), request })
    };
    found.requests.extend(forms.iter().filter_map(made));
    found.not_cleared = not_cleared(&before_state, &state).into_iter().map(str::to_owned).collect();
    let differs = |target: &&str| before_state.value(target) != state.value(target);
    let only_created = now.rows.iter().filter(|row| row.only_created).map(|row| &*row.target);
    found.only_created = only_created.filter(differs).map(str::to_owned).collect();
}

/// The references of a user, which are sent in requests of their own.
fn refer(found: &mut Exchanges, before: Option<&Preview>, now: &Preview, forms: &[Form]) {
    for row in &now.rows {
        let was = before.and_then(|before| before.rows.iter().find(|known| known.target == row.target));
        let operation = match was.map(|row| &row.sent) {
            Some(Sent::Reference(_)) => Operation::Replace,
            _ => Operation::Add,
        };
        let target = row.target.to_string();
        for form in forms {
            let (reason, request) = match (was.map(|row| &row.sent), &row.sent) {
                (Some(before), now) if before == now => continue,
                (_, Sent::Reference(to)) => {
                    let request = set_reference(USER_ID, &target, REFERENCE_ID, Reference::Text, *form, operation);
                    (Reason::Refer(target.clone(), to.clone()), request)
                }
                (Some(Sent::Reference(_)), Sent::Empty) => {
                    let request = remove_reference(USER_ID, &target, Removal::EmptyText, *form);
                    (Reason::NoLongerRefer(target.clone()), request)
                }
                _ => continue,
            };
            found.requests.push(Exchange { reason, form: Some(*form), request });
        }
    }
}

fn unknown(preview: &Preview) -> Vec<(String, String)> {
    let rows = preview.rows.iter().filter_map(|row| {
        let why = match &row.sent {
            Sent::Unknown(Unknown::NotGiven(_)) => "the user file lacks its source".to_owned(),
            Sent::Unknown(reason) => reason.to_string(),
            Sent::Value { changing: true, .. } => "another value each time".to_owned(),
            Sent::Value { redacted: true, .. } => "sent, but not shown".to_owned(),
            _ => return None,
        };
        Some((row.target.to_string(), why))
    });
    rows.collect()
}
