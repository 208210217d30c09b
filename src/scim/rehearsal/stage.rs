//! Where steps are played: the session, what was made, and what the current step has sent.

use serde_json::{Map, Value};

use super::cast::{Cast, Persona};
use super::exchange::Exchange;
use super::harm::{self, Harm};
use super::ledger::{Kind, Ledger};
use super::read::{self, id_of};
use super::session::{self, Halt, Session};
use crate::simulate::request::{self, Creation, Form, Method, Origin, Request, State, is_usable_id};

impl Kind {
    pub(super) fn object(self) -> crate::model::ObjectKind {
        match self {
            Kind::Users => crate::model::ObjectKind::User,
            Kind::Groups => crate::model::ObjectKind::Group,
        }
    }
}

/// Everything that steps use.
pub(super) struct Stage<'s> {
    pub(super) session: &'s Session<'s>,
    pub(super) ledger: &'s mut Ledger,
    pub(super) cast: &'s Cast,
    /// The state of the flag.
    pub(super) form: Form,
    /// The ids of the users, once they are created.
    pub(super) users: [Option<String>; 3],
    /// The id of the group.
    pub(super) group: Option<String>,
    /// The form in which it was created.
    pub(super) group_creation: Creation<'static>,
    /// Its values now, once they were changed.
    pub(super) group_state: Option<State>,
    /// The ids of its members.
    pub(super) members: Vec<String>,
    /// The endpoint does not return members.
    pub(super) members_hidden: bool,
    /// The id of a user who was deleted.
    pub(super) deleted: Option<String>,
    /// The id of a group that was deleted.
    pub(super) deleted_group: Option<String>,
    /// Whether a user can be disabled, in this state of the flag.
    pub(super) can_disable: bool,
    /// The matching attributes that users are found by.
    pub(super) findable: Vec<String>,
    /// The values that the users have now, as far as Entra knows.
    pub(super) states: [State; 3],
    /// Attributes that the endpoint drops or changes: what follows does not ask for them again.
    pub(super) lost: Vec<String>,
    /// Why nothing more can be tried.
    pub(super) over: Option<String>,
    /// Why groups cannot be tried.
    pub(super) no_groups: Option<String>,
    /// Requests without a User-Agent are refused, so they are sent with one from now on.
    pub(super) usual: bool,
    /// What the current step has sent.
    pub(super) shown: Vec<Exchange>,
    /// The origin of the deciding request.
    pub(super) origin: Option<Origin>,
}

/// Why a change did not do what it should.
#[derive(Debug)]
pub(super) enum Wrong {
    /// It was refused; with the answer in words.
    Refused(String),
    /// It was accepted, but reads back otherwise; as a clause.
    NoEffect(String),
}

impl Wrong {
    pub(super) fn said(&self) -> &str {
        match self {
            Wrong::Refused(said) | Wrong::NoEffect(said) => said,
        }
    }

    pub(super) fn is_refused(&self) -> bool {
        matches!(self, Wrong::Refused(_))
    }
}

/// What a step does with a resource that was read back.
pub(super) type Holds<'h> = dyn Fn(&Map<String, Value>) -> Result<(), String> + 'h;

impl<'s> Stage<'s> {
    pub(super) fn new(session: &'s Session<'s>, ledger: &'s mut Ledger, cast: &'s Cast, form: Form) -> Self {
        Stage {
            session,
            ledger,
            cast,
            form,
            users: [None, None, None],
            group: None,
            group_creation: Creation::Usual,
            group_state: None,
            members: Vec::new(),
            members_hidden: false,
            deleted: None,
            deleted_group: None,
            can_disable: false,
            states: cast.users.each_ref().map(|user| user.first.clone()),
            findable: Vec::new(),
            lost: Vec::new(),
            over: None,
            no_groups: None,
            usual: false,
            shown: Vec::new(),
            origin: None,
        }
    }

    pub(super) fn persona(&self, number: usize) -> &'s Persona {
        let [first, second, third] = &self.cast.users;
        match number {
            0 => first,
            1 => second,
            _ => third,
        }
    }

    /// What a user has at first, without what the endpoint does not keep.
    pub(super) fn first_kept(&self, number: usize) -> State {
        self.persona(number).first.only(|target| !self.lost.iter().any(|lost| lost == target))
    }

    /// Sends what Entra sends, which decides the step.
    pub(super) async fn play(&mut self, request: &Request) -> Result<Exchange, Halt> {
        self.origin = Some(request.origin);
        self.shown.clear();
        self.send(request.clone()).await
    }

    /// Sends something. A lost answer is looked into: an endpoint that does not answer at all ends the rehearsal, and one
    /// that does gets the request once more, unless it might create something twice.
    pub(super) async fn send(&mut self, ask: Request) -> Result<Exchange, Halt> {
        let exchange = self.once(ask.clone()).await?;
        let Err(lost) = &exchange.answer else { return Ok(exchange) };
        if lost.is_final {
            return Ok(exchange);
        }
        let alive = request::search(Kind::Users.object(), "userName", &self.cast.random);
        if let Err(lost) = self.session.send_as(alive, self.way()).await?.answer {
            return Err(Halt::Lost(lost.reason));
        }
        if ask.method == Method::Post { Ok(exchange) } else { self.once(ask).await }
    }

    async fn once(&mut self, ask: Request) -> Result<Exchange, Halt> {
        let exchange = self.session.send_as(ask, self.way()).await?;
        self.shown.push(exchange.clone());
        Ok(exchange)
    }

    fn way(&self) -> session::Form {
        if self.usual { session::Form::Usual } else { session::Form::OfEntra }
    }

    /// Reads something by its id. The error is a clause.
    pub(super) async fn read(&mut self, kind: Kind, id: &str) -> Result<Result<Map<String, Value>, String>, Halt> {
        let exchange = self.send(request::read(kind.object(), id)).await?;
        Ok(read::resource(&exchange))
    }

    /// Reads a group with its members.
    pub(super) async fn read_whole_group(&mut self, id: &str) -> Result<Result<Map<String, Value>, String>, Halt> {
        let mut whole = request::read(Kind::Groups.object(), id);
        whole.path.truncate(whole.path.find('?').unwrap_or(whole.path.len()));
        let exchange = self.send(whole).await?;
        Ok(read::resource(&exchange))
    }

    async fn read_for(&mut self, kind: Kind, id: &str) -> Result<Result<Map<String, Value>, String>, Halt> {
        match kind {
            Kind::Users => self.read(kind, id).await,
            Kind::Groups => self.read_whole_group(id).await,
        }
    }

    /// Reads something until it is as it should be, at most twice: writes may show late.
    pub(super) async fn reads_back(
        &mut self,
        kind: Kind,
        id: &str,
        holds: &Holds<'_>,
    ) -> Result<Result<(), String>, Halt> {
        let found = self.read_for(kind, id).await?;
        let Err(wrong) = found.and_then(|found| holds(&found)) else { return Ok(Ok(())) };
        if !self.session.settle().await? {
            return Ok(Err(wrong));
        }
        let again = self.read_for(kind, id).await?.and_then(|found| holds(&found));
        self.session.settled(again.is_ok());
        Ok(again)
    }

    /// Sends a change that decides the step, and reads back what became of it.
    pub(super) async fn change(
        &mut self,
        request: &Request,
        kind: Kind,
        id: &str,
        holds: &Holds<'_>,
    ) -> Result<Result<(), Wrong>, Halt> {
        let exchange = self.play(request).await?;
        self.judged(&exchange, kind, id, holds).await
    }

    /// Sends another change, to find out why the first did not work.
    pub(super) async fn attempt(
        &mut self,
        request: &Request,
        kind: Kind,
        id: &str,
        holds: &Holds<'_>,
    ) -> Result<bool, Halt> {
        let (shown, waits) = (std::mem::take(&mut self.shown), self.session.settle_never());
        let exchange = self.send(request.clone()).await;
        let judged = match exchange {
            Ok(exchange) => self.judged(&exchange, kind, id, holds).await,
            Err(halt) => Err(halt),
        };
        self.session.settle_again(waits);
        self.shown = shown;
        Ok(judged?.is_ok())
    }

    async fn judged(
        &mut self,
        exchange: &Exchange,
        kind: Kind,
        id: &str,
        holds: &Holds<'_>,
    ) -> Result<Result<(), Wrong>, Halt> {
        if exchange.success().is_none() {
            return Ok(Err(Wrong::Refused(exchange.said())));
        }
        Ok(self.reads_back(kind, id, holds).await?.map_err(Wrong::NoEffect))
    }

    /// Creates something. It is written down first, and found by its name if the answer does not tell its id.
    pub(super) async fn create(
        &mut self,
        request: &Request,
        kind: Kind,
        persona: &Persona,
    ) -> Result<(Exchange, Result<String, String>), Halt> {
        let number = self.ledger.begin(kind, persona.find_by.clone())?;
        let exchange = self.play(request).await?;
        let told = match exchange.success() {
            Some(answer) => answer.object().ok_or_else(|| "the answer has no JSON object".to_owned()),
            None => Err(exchange.said()),
        };
        let id = told.and_then(|object| id_of(&object).map(str::to_owned));
        match &id {
            Ok(id) => self.ledger.tell(number, id)?,
            // It may have been created all the same.
            Err(_) if exchange.status().is_none_or(|status| !(400..500).contains(&status)) => {
                if let Some(found) = self.find_made(kind, persona).await? {
                    self.ledger.tell(number, &found)?;
                    return Ok((exchange, Ok(found)));
                }
            }
            Err(_) => {}
        }
        Ok((exchange, id))
    }

    async fn find_made(&mut self, kind: Kind, persona: &Persona) -> Result<Option<String>, Halt> {
        for (attribute, value) in &persona.find_by {
            let exchange = self.send(request::search(kind.object(), attribute, value)).await?;
            let found = read::list(&exchange).unwrap_or_default();
            let own = found.iter().find(|one| read::is(one, attribute, value));
            if let Some(id) = own.and_then(|own| id_of(own).ok()).filter(|id| is_usable_id(id)) {
                return Ok(Some(id.to_owned()));
            }
        }
        Ok(None)
    }

    /// Names the cause of a change that failed: the word of its operations, or `usual`.
    pub(super) async fn blame(
        &mut self,
        request: &Request,
        kind: Kind,
        id: &str,
        holds: &Holds<'_>,
        usual: &'static Harm,
    ) -> Result<&'static Harm, Halt> {
        Ok(if self.one_works(respelt(request), kind, id, holds).await? { &harm::OPERATION } else { usual })
    }

    /// Brings something back to how it was before the step, in whatever way the endpoint accepts.
    pub(super) async fn put_back(
        &mut self,
        request: &Request,
        kind: Kind,
        id: &str,
        holds: &Holds<'_>,
    ) -> Result<bool, Halt> {
        let ways = std::iter::once(request.clone()).chain(respelt(request));
        self.one_works(ways, kind, id, holds).await
    }

    /// Sends changes until one works.
    async fn one_works(
        &mut self,
        requests: impl IntoIterator<Item = Request>,
        kind: Kind,
        id: &str,
        holds: &Holds<'_>,
    ) -> Result<bool, Halt> {
        for request in requests {
            if self.attempt(&request, kind, id, holds).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The same request with other words for its operations: in lower case, and with replace for add.
fn respelt(request: &Request) -> Vec<Request> {
    let with = |word: &dyn Fn(&str) -> String| {
        let mut request = request.clone();
        let operations = request.body.as_mut().and_then(|body| body["Operations"].as_array_mut());
        for operation in operations.into_iter().flatten() {
            let op = operation["op"].as_str().map(word);
            if let Some(op) = op {
                operation["op"] = op.into();
            }
        }
        request
    };
    let replaced = |word: &str| match word {
        "Add" => "Replace".to_owned(),
        "add" => "replace".to_owned(),
        other => other.to_owned(),
    };
    let mut requests = vec![with(&|word| word.to_lowercase())];
    // Replacing members would remove the others.
    if !request.body.as_ref().is_some_and(|body| body["Operations"][0]["path"] == "members") {
        requests.extend([with(&replaced), with(&|word| replaced(word).to_lowercase())]);
    }
    requests.retain(|other| other.body != request.body);
    requests.dedup_by(|left, right| left.body == right.body);
    requests
}
