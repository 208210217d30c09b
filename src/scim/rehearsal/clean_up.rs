//! Deletes what a rehearsal made.
//!
//! Only what has exactly a name that was written down is deleted: an endpoint may ignore a filter and return other users.

use std::collections::BTreeSet;

use futures_util::StreamExt;
use futures_util::stream::iter;
use serde_json::{Map, Value};

use super::exchange::Exchange;
use super::ledger::{Kind, Ledger, Made};
use super::read;
use super::session::{Form, Halt, Session};
use crate::simulate::request::{delete, is_usable_id, page, read as read_request, search};

/// How many requests are sent at the same time.
const AT_ONCE: usize = 5;
/// The pages of a list that are looked through where no filter works.
const PAGES: usize = 20;
const PAGE: usize = 100;

/// Deletes what is written down, groups first; what could not be deleted stays written down and is returned.
///
/// # Errors
/// If the user wants to end, or the list cannot be saved. A request without an answer leaves its object.
pub async fn clean_up(session: &Session<'_>, ledger: &mut Ledger, form: Form) -> Result<Vec<Made>, Halt> {
    let left = pass(session, ledger, form).await?;
    // An error of the endpoint may be over by now.
    if left.is_empty() { Ok(left) } else { pass(session, ledger, form).await }
}

async fn pass(session: &Session<'_>, ledger: &mut Ledger, form: Form) -> Result<Vec<Made>, Halt> {
    let (mut left, proves) = (Vec::new(), ledger.is_read());
    for kind in [Kind::Groups, Kind::Users] {
        let made: Vec<Made> = ledger.made().iter().filter(|made| made.kind == kind).cloned().collect();
        let deleting = iter(made).map(|made| async move {
            let is_gone = removed(session, form, &made, proves).await;
            (made, is_gone)
        });
        // One after the other would take as many round trips as there are objects.
        let done: Vec<(Made, Result<bool, Halt>)> = deleting.buffered(AT_ONCE).collect().await;
        for (made, is_gone) in done {
            if !is_gone? {
                left.push(made);
            }
        }
    }
    ledger.keep(left.clone())?;
    Ok(left)
}

/// Deletes one thing; whether it is gone.
async fn removed(session: &Session<'_>, form: Form, made: &Made, proves: bool) -> Result<bool, Halt> {
    let mut ids: BTreeSet<String> = made.id.iter().filter(|id| is_usable_id(id)).cloned().collect();
    let mut is_sure = made.id.is_some();
    if ids.is_empty() {
        let (found, sure) = found(session, form, made).await?;
        ids = found;
        is_sure = sure;
    }
    for id in &ids {
        let kind = made.kind.object();
        if proves && made.id.as_ref() == Some(id) {
            let there = session.send_as(read_request(kind, id), form).await?;
            match read::resource(&there) {
                Ok(there) if is_own(&there, made) => {}
                Err(_) if matches!(there.status(), Some(404 | 410)) => continue,
                Ok(_) | Err(_) => return Ok(false),
            }
        }
        let deleted = session.send_as(delete(kind, id), form).await?;
        let read = session.send_as(read_request(kind, id), form).await?;
        let is_gone = match (deleted.status(), read.status()) {
            (_, Some(404 | 410)) => true,
            // An endpoint may refuse to read what it deleted.
            (Some(200..300), Some(400..500)) => true,
            // A user who was deleted may be kept, disabled: it is still there.
            _ => false,
        };
        if !is_gone {
            return Ok(false);
        }
    }
    Ok(is_sure)
}

/// The ids of what has a name that was written down, and whether that is all.
async fn found(session: &Session<'_>, form: Form, made: &Made) -> Result<(BTreeSet<String>, bool), Halt> {
    let mut ids = BTreeSet::new();
    let mut is_sure = false;
    for (attribute, value) in &made.find_by {
        let exchange = session.send_as(search(made.kind.object(), attribute, value), form).await?;
        let Some((own, unnamed)) = own(&exchange, made) else { continue };
        ids.extend(own);
        if unnamed {
            return Ok((ids, false));
        }
        is_sure = true;
    }
    if !ids.is_empty() {
        return Ok((ids, true));
    }
    // A filter may fail, or find nothing although something is there.
    for number in 0..PAGES {
        let start = number.saturating_mul(PAGE).saturating_add(1);
        let exchange = session.send_as(page(made.kind.object(), start, PAGE), form).await?;
        let Ok(list) = read::list(&exchange) else { break };
        let (own, unnamed) = own(&exchange, made).unwrap_or_default();
        ids.extend(own);
        if unnamed {
            return Ok((ids, false));
        }
        if list.len() < PAGE {
            return Ok((ids, true));
        }
    }
    Ok((ids, is_sure))
}

/// The ids in a list of what has a name that was written down, and whether one of these has no id that a request can
/// name; `None` if the answer is no list.
fn own(exchange: &Exchange, made: &Made) -> Option<(Vec<String>, bool)> {
    let list = read::list(exchange).ok()?;
    let own: Vec<_> = list.iter().filter(|one| is_own(one, made)).map(read::id_of).collect();
    let unnamed = own.iter().any(Result::is_err);
    Some((own.into_iter().flatten().map(str::to_owned).collect(), unnamed))
}

/// Whether a resource has a name that was written down.
fn is_own(one: &Map<String, Value>, made: &Made) -> bool {
    made.find_by.iter().any(|(attribute, value)| read::is(one, attribute, value))
}
