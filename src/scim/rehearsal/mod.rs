//! Plays Entra's part with a test endpoint: what Entra would send for an app's own schema, judged by what reads back.
//!
//! A rehearsal is a [`Cast`] of made-up users, whose values come from the schema, a [`Session`] that sends requests one by
//! one, a [`Ledger`] that knows what was made before it is made, and the steps in [`steps`]. [`rehearse`] plays them,
//! [`clean_up()`] deletes what they made.

mod cast;
mod clean_up;
mod exchange;
mod harm;
mod ledger;
mod proposal;
mod read;
mod session;
mod stage;
pub mod steps;
mod tape;
mod verdict;

pub use cast::{Cast, Persona, Script, cast};
pub use clean_up::clean_up;
pub use exchange::{Exchange, NoAnswer};
pub use harm::Harm;
pub use ledger::{Kind, Ledger, Made, PREFIX, Page, Save};
pub use proposal::{Known, Proposal, proposal};
pub use session::{Extra, Form as SentAs, Halt, Session, Waits};
pub use tape::{Keep, Tape, TapeError};
pub use verdict::{StepResult, Verdict};

use stage::Stage;
use steps::{CLOSING, GROUP, MEMBERS, OPENING, Step, UPDATES};
use verdict::Outcome;

use crate::simulate::request::Form;

/// The results of a rehearsal, complete or not.
#[derive(Debug)]
pub struct Rehearsal {
    /// The steps, in the order in which they were played.
    pub steps: Vec<StepResult>,
    /// How requests must be sent to this endpoint, also to clean up.
    pub sent_as: SentAs,
    /// Why it ended early.
    pub halt: Option<Halt>,
}

/// Plays all steps, for these states of the flag. `begin` hears of each step.
pub async fn rehearse<'s>(
    session: &'s Session<'s>,
    ledger: &'s mut Ledger,
    cast: &'s Cast,
    forms: &[Form],
    mut begin: impl FnMut(&'static Step),
) -> Rehearsal {
    let first = forms.first().copied().unwrap_or(Form::Default);
    let mut stage = Stage::new(session, ledger, cast, first);
    let mut played = Vec::new();
    let halt = play(&mut stage, forms, &mut played, &mut begin).await.err();
    let sent_as = if stage.usual { SentAs::Usual } else { SentAs::OfEntra };
    if let Some(halt) = &halt {
        let known = played.len();
        for (step, form) in order(forms).into_iter().skip(known) {
            played.push(result(step, form, Outcome::NotRun(format!("not reached: {halt}")), &mut stage));
        }
    }
    Rehearsal { steps: played, sent_as, halt }
}

/// The steps in their order, with the state of the flag.
fn order(forms: &[Form]) -> Vec<(&'static Step, Option<Form>)> {
    let mut order: Vec<(&'static Step, Option<Form>)> = OPENING.iter().map(|step| (step, None)).collect();
    for form in forms {
        order.extend(UPDATES.iter().map(|step| (step, Some(*form))));
    }
    order.extend(GROUP.iter().map(|step| (step, None)));
    for form in forms {
        order.extend(MEMBERS.iter().map(|step| (step, Some(*form))));
    }
    order.extend(CLOSING.iter().map(|step| (step, None)));
    order
}

async fn play(
    stage: &mut Stage<'_>,
    forms: &[Form],
    played: &mut Vec<StepResult>,
    begin: &mut impl FnMut(&'static Step),
) -> Result<(), Halt> {
    for (step, form) in order(forms) {
        begin(step);
        stage.form = form.unwrap_or(stage.form);
        stage.shown.clear();
        stage.origin = None;
        let outcome = match &stage.over {
            Some(why) => Outcome::NotRun(why.clone()),
            None => (step.play)(stage).await?,
        };
        played.push(result(step, form, outcome, stage));
    }
    Ok(())
}

fn result(step: &'static Step, form: Option<Form>, outcome: Outcome, stage: &mut Stage<'_>) -> StepResult {
    let exchanges = std::mem::take(&mut stage.shown);
    let result = StepResult {
        id: step.id,
        title: step.title,
        form,
        verdict: Verdict::Passed,
        concerns_app: true,
        said: String::new(),
        harm: None,
        attributes: Vec::new(),
        origin: stage.origin.take(),
        exchanges: Vec::new(),
    };
    match outcome {
        Outcome::Passed(said) => StepResult { said, exchanges, ..result },
        Outcome::NotRun(said) => StepResult { verdict: Verdict::NotRun, said, origin: None, ..result },
        Outcome::Beside(said) => {
            StepResult { verdict: Verdict::NotRun, said, origin: None, concerns_app: false, ..result }
        }
        Outcome::Trouble(trouble) => StepResult {
            verdict: trouble.weight,
            said: trouble.said,
            harm: Some(trouble.harm),
            attributes: trouble.attributes,
            exchanges,
            ..result
        },
    }
}
