//! A rehearsal is ended at each of its requests, in every way. It is played inside the test, because a process for each
//! request would take minutes; `exits.rs` does the same with processes, at fewer requests.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::watch;

use provlint::graph::{Limits, Network};
use provlint::model::{ObjectKind, ObjectMapping, SynchronizationSchema};
use provlint::scim::Endpoint as TenantUrl;
use provlint::scim::rehearsal::{
    Cast, Halt, Ledger, Made, Page, Rehearsal, Script, SentAs, Session, Tape, Verdict, Waits, cast, clean_up, rehearse,
};
use provlint::simulate::Plan;
use provlint::simulate::request::Form;

use crate::common::endpoint::{Contents, Endpoint, TOKEN};
use crate::common::graph::Reply;
use crate::common::side_by_side;

use super::schema;

/// What saves the list of what was made: here, it is kept.
type List = Arc<Mutex<String>>;

fn saved(list: &List) -> Box<provlint::scim::rehearsal::Save> {
    let list = Arc::clone(list);
    Box::new(move |text| {
        text.clone_into(&mut list.lock().unwrap());
        Ok(())
    })
}

/// The users and the group, always the same.
fn made_up() -> Cast {
    let text = std::fs::read_to_string(schema("total-export.json")).unwrap();
    let schema: SynchronizationSchema<'_> = serde_json::from_str(&text).unwrap();
    let mappings = schema.synchronization_rules.iter().flatten().flat_map(|rule| rule.object_mappings.iter().flatten());
    let mappings: Vec<&ObjectMapping<'_>> = mappings.collect();
    let of = |kind: ObjectKind| {
        let is_it = |mapping: &&&ObjectMapping<'_>| {
            mapping.target_object_name.as_deref().and_then(ObjectKind::of_target) == Some(kind)
        };
        Plan::new(mappings.iter().find(is_it).unwrap(), |_| None)
    };
    let script = Script { seed: 7, now: "2026-01-01T00:00:00Z".parse().unwrap() };
    cast(&of(ObjectKind::User), Some(&of(ObjectKind::Group)), &[], &[], &script)
}

fn network() -> Network {
    Network::new(Limits::new(Duration::from_secs(60), Duration::ZERO), None)
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

const WAITS: Waits = Waits { busy: Duration::ZERO, settle: Duration::ZERO };

struct Played {
    rehearsal: Rehearsal,
    left: Vec<Made>,
    /// What is written down at the end.
    list: String,
    requests: usize,
}

/// Rehearses, and cleans up as the program does. `end` becomes true when the user wants to end.
fn played(endpoint: &Endpoint, cast: &Cast, forms: &[Form], end: watch::Receiver<bool>, list: &List) -> Played {
    played_until(endpoint, cast, forms, end, list, || {})
}

/// The same; `rehearsed` is called before the clean-up.
fn played_until(
    endpoint: &Endpoint,
    cast: &Cast,
    forms: &[Form],
    end: watch::Receiver<bool>,
    list: &List,
    rehearsed: impl FnOnce(),
) -> Played {
    let (url, network) = (endpoint.url(), network());
    let place = TenantUrl::new(&url).unwrap();
    let token = SecretString::from(TOKEN);
    let mut ledger = Ledger::new(&url, saved(list));
    let session = Session::new(&place, &token, cast.wrong_token.clone(), &network, WAITS, end, Tape::Off).unwrap();
    let rehearsal = block_on(rehearse(&session, &mut ledger, cast, forms, |_| {}));
    let requests = session.sent();
    rehearsed();
    let (_stop, stopping) = watch::channel(false);
    let session = session.resumed(stopping);
    let left = block_on(clean_up(&session, &mut ledger, rehearsal.sent_as)).unwrap();
    let list = list.lock().unwrap().clone();
    Played { rehearsal, left, list, requests }
}

/// How many requests a rehearsal sends before it cleans up.
fn requests(form: Form) -> usize {
    let endpoint = Endpoint::with(&[]);
    let (_stop, stopping) = watch::channel(false);
    let played = played(&endpoint, &made_up(), &[form], stopping, &List::default());
    let failed = played.rehearsal.steps.iter().filter(|step| step.verdict == Verdict::Failed);
    assert_eq!(failed.map(|step| step.id).collect::<Vec<_>>(), [""; 0]);
    played.requests
}

fn expect_nothing_left(endpoint: &Endpoint, played: &Played, what: &str) {
    assert!(endpoint.left().is_empty(), "{what}: {:#?}", endpoint.left());
    assert!(played.left.is_empty() && played.list.is_empty(), "{what}: {:?} {}", played.left, played.list);
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug)]
enum Failure {
    /// It is refused.
    Refused,
    /// It is carried out, and answered with an error.
    RefusedAfterwards,
    /// The connection is lost before it is carried out.
    Lost,
    /// It is carried out, and the connection is lost.
    LostAfterwards,
}

#[test]
fn a_failure_at_any_request_leaves_nothing() {
    let failures = [Failure::Refused, Failure::RefusedAfterwards, Failure::Lost, Failure::LostAfterwards];
    let cast = made_up();
    // Each request fails in one rehearsal, and others fail in it, too; only one fails during the clean-up, because an
    // endpoint that goes on failing keeps what it has.
    const APART: usize = 23;
    let cases = (0..APART).flat_map(|at| failures.map(|failure| (at, failure)));
    side_by_side(cases, |(at, failure)| {
        let failures_left = Arc::new(Mutex::new(usize::MAX));
        let failing = Arc::clone(&failures_left);
        let endpoint = Endpoint::hooked(&[], move |_, number, usual| {
            let mut left = failing.lock().unwrap();
            if number % APART != at || *left == 0 {
                return usual();
            }
            *left -= 1;
            match failure {
                Failure::Refused => Reply::Text(500, "text/html", "<html>".into()),
                Failure::RefusedAfterwards => {
                    usual();
                    Reply::Text(500, "text/html", "<html>".into())
                }
                Failure::Lost => Reply::Reset,
                Failure::LostAfterwards => {
                    usual();
                    Reply::Reset
                }
            }
        });
        let (_stop, stopping) = watch::channel(false);
        let list = List::default();
        let played = played_until(&endpoint, &cast, &Form::ALL, stopping, &list, || *failures_left.lock().unwrap() = 1);
        expect_nothing_left(&endpoint, &played, &format!("{failure:?} at each request {at} + n * {APART}"));
    });
}

#[test]
fn an_end_at_any_request_leaves_nothing() {
    let cast = made_up();
    let counts = Form::ALL.map(requests);
    // The steps are the same in both states of the flag, so each has every other request.
    let cases = (0..counts[0].max(counts[1])).map(|at| (at, at % 2)).filter(|(at, form)| *at < counts[*form]);
    side_by_side(cases, |(at, form)| {
        let rehearsed = counts[form];
        let (stop, stopping) = watch::channel(false);
        let endpoint = Endpoint::hooked(&[], move |_, number, usual| {
            if number == at {
                stop.send_replace(true);
            }
            usual()
        });
        let played = played(&endpoint, &cast, &[Form::ALL[form]], stopping, &List::default());
        let is_last = at + 1 == rehearsed;
        assert!(is_last || matches!(played.rehearsal.halt, Some(Halt::Stopped)), "{at}: {:?}", played.rehearsal.halt);
        assert!(is_last || played.requests == at + 1, "nothing is sent after request {at}");
        expect_nothing_left(&endpoint, &played, &format!("ended at request {at}"));
    });
}

/// What a kill leaves is what the endpoint holds and what is written down at that time, whether the request that was under
/// way is carried out or not. One rehearsal shows both at each of its requests.
#[test]
fn what_a_kill_at_any_request_leaves_is_deleted_by_the_list() {
    let seen: Arc<Mutex<Vec<(Contents, String)>>> = Arc::default();
    let list = List::default();
    let (kept, written) = (Arc::clone(&seen), Arc::clone(&list));
    let endpoint = Endpoint::watched(move |contents| {
        let now = (contents, written.lock().unwrap().clone());
        let mut seen = kept.lock().unwrap();
        // Most requests change nothing.
        if seen.last() != Some(&now) {
            seen.push(now);
        }
    });
    let (_stop, stopping) = watch::channel(false);
    let played = played(&endpoint, &made_up(), &Form::ALL, stopping, &list);
    expect_nothing_left(&endpoint, &played, "not killed");
    let seen = std::mem::take(&mut *seen.lock().unwrap());
    assert!(seen.len() > 100, "{}", seen.len());
    side_by_side(seen, |(contents, text)| {
        let endpoint = Endpoint::holding(contents);
        if text.is_empty() {
            assert!(endpoint.left().is_empty(), "{:?} is not written down", endpoint.left());
            return;
        }
        let text = text.replace(&Page::read(&text).unwrap().tenant_url, &endpoint.url());
        let list = List::default();
        let mut ledger = Ledger::of(Page::read(&text).unwrap(), saved(&list));
        let (url, network, token) = (endpoint.url(), network(), SecretString::from(TOKEN));
        let place = TenantUrl::new(&url).unwrap();
        let (_stop, stopping) = watch::channel(false);
        let session = Session::new(&place, &token, String::new(), &network, WAITS, stopping, Tape::Off).unwrap();
        let left = block_on(clean_up(&session, &mut ledger, SentAs::Usual)).unwrap();
        assert!(left.is_empty() && endpoint.left().is_empty(), "{left:?}: {:#?}\n{text}", endpoint.left());
        assert!(list.lock().unwrap().is_empty(), "{text}");
    });
}
