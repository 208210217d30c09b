//! What *Test Connection* and every cycle begin with.

use serde_json::Value;

use crate::scim::answer::{EmptyList, SCIM, detail, empty_list, member};
use crate::scim::rehearsal::exchange::Exchange;
use crate::scim::rehearsal::harm;
use crate::scim::rehearsal::ledger::Kind;
use crate::scim::rehearsal::session::{Form, Halt};
use crate::scim::rehearsal::stage::Stage;
use crate::scim::rehearsal::verdict::Outcome;
use crate::simulate::request::{FLAG, Form as Flag, search};

/// What a search for nothing gives.
enum Empty {
    Right,
    /// Entra takes it, but it is not as it should be.
    Odd(String),
    /// It does not find nothing, or is no list.
    Wrong(String, &'static harm::Harm),
    /// The answer is not that of a SCIM endpoint that knows the token.
    Foreign(String, &'static harm::Harm),
}

fn shown(media: &str) -> &str {
    if media.is_empty() { "without a type" } else { media }
}

fn judged(exchange: &Exchange, what: &str) -> Empty {
    let said = exchange.said();
    let Ok(answer) = &exchange.answer else { return Empty::Foreign(said, &harm::HEADERS) };
    let is_scim = answer.is_json() || detail(&answer.body).is_some();
    match answer.status {
        200 => match empty_list(&answer.body, what) {
            Ok(EmptyList::Right) => Empty::Right,
            Ok(EmptyList::OtherSchemas) => {
                Empty::Odd("the `schemas` are not those of a ListResponse; Entra accepts that".to_owned())
            }
            Ok(EmptyList::Doubtful(what)) => Empty::Odd(format!("{what}; whether Entra accepts that is not published")),
            Err(wrong) => match answer.object() {
                Some(object) if member(&object, "totalResults").is_some_and(Value::is_number) => {
                    Empty::Wrong(wrong, &harm::FILTER)
                }
                Some(_) => Empty::Wrong(wrong, &harm::EMPTY_QUERY),
                None if answer.is_json() => Empty::Foreign(wrong, &harm::HEADERS),
                None => Empty::Foreign(format!("{wrong}, but {}", shown(&answer.media())), &harm::HEADERS),
            },
        },
        404 if is_scim => Empty::Wrong(said, &harm::EMPTY_QUERY),
        400 | 501 if is_scim => Empty::Wrong(said, &harm::FILTER),
        300..400 => {
            let to = answer.location.as_deref().unwrap_or("another place");
            Empty::Foreign(format!("{said}: a redirect to {to}; the token is not sent there"), &harm::HEADERS)
        }
        _ => Empty::Foreign(said, &harm::HEADERS),
    }
}

/// The attribute that users are matched on first.
fn attribute(stage: &Stage<'_>) -> String {
    let matching = &stage.persona(0).matching;
    matching.first().map_or_else(|| "userName".to_owned(), |found| found.target.clone())
}

pub(super) async fn connection(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let request = search(Kind::Users.object(), &attribute(stage), &stage.cast.random);
    stage.origin = Some(request.origin);
    let exchange = stage.session.send(request.clone()).await?;
    stage.shown.push(exchange.clone());
    if let Err(lost) = &exchange.answer
        && !lost.is_final
    {
        // Entra uses TLS 1.2; another client may use a newer version.
        let is_secure = stage.session.endpoint().is_https();
        if is_secure && stage.session.send_as(request, Form::Usual).await?.answer.is_ok() {
            stage.over = Some("the endpoint does not offer TLS 1.2".to_owned());
            return Ok(Outcome::failed(&harm::TLS, lost.reason.clone()));
        }
        return Err(Halt::Lost(lost.reason.clone()));
    }
    Ok(match judged(&exchange, "users") {
        Empty::Right => Outcome::Passed("a ListResponse without resources".to_owned()),
        Empty::Odd(said) => Outcome::warned(&harm::EMPTY_QUERY, said),
        Empty::Wrong(said, harm) => Outcome::failed(harm, said),
        Empty::Foreign(said, harm) => {
            let usual = stage.session.send_as(request, Form::Usual).await?;
            if !matches!(judged(&usual, "users"), Empty::Foreign(..)) {
                stage.usual = true;
                let said = format!(
                    "{said}; with User-Agent, Accept and Content-Type the answer is {}. Entra sends none of them. \
                     The other steps send them",
                    usual.said()
                );
                return Ok(Outcome::failed(harm, said));
            }
            if refuses_the_token(&exchange) && refuses_the_token(&usual) {
                return Err(Halt::Refused(said));
            }
            stage.over = Some("the endpoint does not answer as a SCIM endpoint".to_owned());
            Outcome::failed(harm, said)
        }
    })
}

/// A page is that of something in between, which may refuse anything.
fn refuses_the_token(exchange: &Exchange) -> bool {
    let Ok(answer) = &exchange.answer else { return false };
    answer.status == 401 || (answer.status == 403 && (answer.is_json() || detail(&answer.body).is_some()))
}

pub(super) async fn media_type(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let request = search(Kind::Users.object(), &attribute(stage), &stage.cast.random);
    let exchange = stage.play(&request).await?;
    let Ok(answer) = &exchange.answer else { return Ok(Outcome::not_run(exchange.said())) };
    Ok(match answer.media().as_str() {
        SCIM => Outcome::Passed(SCIM.to_owned()),
        "application/json" => {
            Outcome::warned(&harm::HEADERS, "application/json; RFC 7644 requires application/scim+json (section 3.1)")
        }
        "" => Outcome::failed(&harm::HEADERS, "the answer has no Content-Type"),
        other => Outcome::failed(&harm::HEADERS, other),
    })
}

pub(super) async fn wrong_token(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let request = search(Kind::Users.object(), &attribute(stage), &stage.cast.random);
    let exchange = stage.session.send_as(request, Form::WrongToken).await?;
    stage.shown.push(exchange.clone());
    Ok(match exchange.status() {
        Some(401) => Outcome::Passed("401 Unauthorized".to_owned()),
        Some(403) => Outcome::warned(&harm::OLD_FORM, "403 Forbidden instead of 401 (RFC 7644, section 3.12)"),
        Some(200..300) => Outcome::failed(&harm::OPEN_DOOR, "a made-up token is accepted"),
        Some(_) => Outcome::warned(&harm::OLD_FORM, format!("{} instead of 401", exchange.said())),
        None => Outcome::not_run(exchange.said()),
    })
}

pub(super) async fn empty_user_query(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let mut attributes: Vec<String> = stage.persona(0).matching.iter().map(|found| found.target.clone()).collect();
    if attributes.is_empty() {
        return Ok(Outcome::beside("the schema has no matching attribute"));
    }
    // A value with signs that a filter may stumble over, which names have.
    attributes.dedup();
    let mut passed = Vec::new();
    for attribute in attributes {
        for value in [stage.cast.random.clone(), format!("o'neil & co + {}", stage.cast.random)] {
            let exchange = stage.play(&search(Kind::Users.object(), &attribute, &value)).await?;
            match judged(&exchange, "users") {
                Empty::Right | Empty::Odd(_) => {}
                Empty::Wrong(said, harm) | Empty::Foreign(said, harm) => {
                    return Ok(Outcome::about(harm, format!("{attribute} eq \"{value}\": {said}"), vec![attribute]));
                }
            }
        }
        passed.push(attribute);
    }
    Ok(Outcome::Passed(passed.join(", ")))
}

pub(super) async fn empty_group_query(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let Some(group) = &stage.cast.group else { return Ok(Outcome::beside("the schema maps no groups")) };
    let attribute = group.matching.first().map_or_else(|| "displayName".to_owned(), |found| found.target.clone());
    for value in [stage.cast.random.clone(), format!("R&D + {}", stage.cast.random)] {
        let exchange = stage.play(&search(Kind::Groups.object(), &attribute, &value)).await?;
        match judged(&exchange, "groups") {
            Empty::Right | Empty::Odd(_) => {}
            Empty::Wrong(said, harm) | Empty::Foreign(said, harm) => {
                if exchange.status() == Some(404) {
                    stage.no_groups = Some("the endpoint has no groups".to_owned());
                }
                let said = format!("/Groups: {attribute} eq \"{value}\": {said}");
                let harm = if exchange.status().is_some_and(|status| status == 404 || status == 501) {
                    &harm::EMPTY_QUERY
                } else {
                    harm
                };
                return Ok(Outcome::failed(harm, said));
            }
        }
    }
    Ok(Outcome::passed())
}

pub(super) async fn rate(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    let (busy, sent) = (stage.session.was_busy(), stage.session.sent());
    Ok(match busy {
        0 => Outcome::Passed(format!("{sent} requests, none answered with 429")),
        busy => Outcome::warned(
            &harm::RATE,
            format!("{busy} of {sent} requests were answered with 429, although they come one after the other"),
        ),
    })
}

pub(super) async fn flag_in_query(stage: &mut Stage<'_>) -> Result<Outcome, Halt> {
    if stage.session.endpoint().form() == Flag::Default {
        return Ok(Outcome::not_run("the tenant URL does not have the flag"));
    }
    let mut request = search(Kind::Users.object(), &attribute(stage), &stage.cast.random);
    request.path.push_str(&format!("&{FLAG}"));
    let exchange = stage.play(&request).await?;
    Ok(match judged(&exchange, "users") {
        Empty::Right | Empty::Odd(_) => Outcome::passed(),
        Empty::Wrong(said, _) | Empty::Foreign(said, _) => {
            let said = format!("with the flag in the query: {said}; whether Entra sends it on is not published");
            Outcome::warned(&harm::OLD_FORM, said)
        }
    })
}
