//! `provlint fix --app --unsafe` of several settings: whatever happens at any request, the tenant is as before or as wanted.

use super::connection::other_than_the_policy;
use super::with;
use crate::common::graph::PRINCIPAL;
use crate::common::writable::{Fate, Writable, setting};
use crate::common::{flat, side_by_side};
use serde_json::{Value, json};

const TOKEN: &str = "the-saved-token-4711";
const KEYS: [&str; 3] = ["BaseAddress", "SyncAll", "SyncNotificationSettings"];
const FIX_ALL: [&str; 7] = ["fix", "--app", "TOTAL", "--yes", "--unsafe", "--fail-on", "never"];

/// A tenant with three settings that differ from what is required, beside a credential and a setting that stays.
fn tenant() -> Writable {
    let tenant = other_than_the_policy();
    let mut state = tenant.state();
    state.settings.retain(|one| one["key"] != "SyncAll" && one["key"] != "SecretToken");
    let pair = |key: &str, value: &str| json!({"key": key, "value": value});
    state.settings.extend([pair("SyncAll", "true"), pair("SecretToken", TOKEN), pair("HardDeletesEnabled", "True")]);
    state.scim_token = TOKEN.to_owned();
    drop(state);
    tenant
}

fn saved(tenant: &Writable, key: &str) -> String {
    setting(&tenant.state().settings, key).to_owned()
}

fn values(tenant: &Writable) -> [String; 3] {
    KEYS.map(|key| saved(tenant, key))
}

/// The three settings before and after a fix that nothing disturbs, in the order in which they are written.
fn expected() -> ([String; 3], [String; 3], Vec<&'static str>) {
    let tenant = tenant();
    let before = values(&tenant);
    let ran = tenant.run(&FIX_ALL);
    let after = values(&tenant);
    assert!(ran.code == Some(0) && KEYS.iter().enumerate().all(|(at, _)| before[at] != after[at]), "{ran:?}");
    let key = |body: &str| serde_json::from_str::<Value>(body).unwrap()["value"][0]["key"].clone();
    let changes = tenant.state().changes.clone();
    let of = |(_, _, body): &(String, String, String)| *KEYS.iter().find(|one| key(body) == **one).unwrap();
    let order = changes.iter().map(of).collect();
    (before, after, order)
}

#[test]
fn every_answer_to_every_setting_leaves_each_as_before_or_as_wanted() {
    let fates = [
        (Fate::Refused(400), 2, "Graph answered 400 Bad Request", false),
        (Fate::Refused(401), 2, "Graph answered 401", false),
        (Fate::Refused(403), 2, "the token needs Synchronization.ReadWrite.All", false),
        (Fate::Refused(409), 0, "trying again", true),
        (Fate::MadeAnd(409), 0, "written and read back", true),
        (Fate::Refused(429), 0, "written and read back", true),
        (Fate::Refused(500), 2, "read back, it is unchanged", false),
        (Fate::MadeAnd(500), 0, "it is written and read back", true),
        (Fate::MadeAndLost, 0, "written and read back", true),
        (Fate::Lost, 2, "the change may still come", false),
        (Fate::MadeAndDeaf, 2, "its current state is unknown: 503", true),
    ];
    let (before, after, order) = expected();
    let cases = (0..order.len()).flat_map(|number| fates.map(|fate| (number, fate)));
    side_by_side(cases, |(number, (fate, code, said, is_made))| {
        let tenant = tenant();
        tenant.state().fates.extend(std::iter::repeat_n(Fate::Made, number).chain([fate]));
        let patience = if code == 0 { "30" } else { "1" };
        let ran = tenant.run(&with(&FIX_ALL, &["--max-wait", patience]));
        let case = format!("{number}, {fate:?}: {ran:?}");
        assert_eq!((ran.code, flat(&ran.stderr).contains(said)), (Some(code), true), "{case}");
        let now = values(&tenant);
        let made = if code == 0 { order.len() } else { number + usize::from(is_made) };
        for (at, key) in KEYS.iter().enumerate() {
            let is_wanted = order.iter().position(|one| one == key).unwrap() < made;
            assert_eq!(now[at], if is_wanted { &after } else { &before }[at], "{key}: {case}");
        }
        assert_eq!(
            (saved(&tenant, "SecretToken"), saved(&tenant, "HardDeletesEnabled").as_str()),
            (TOKEN.into(), "True")
        );
        if code == 2 {
            let said = flat(ran.stderr.rsplit('×').next().unwrap());
            let list =
                |keys: &[&str]| keys.iter().map(|key| format!("the setting {key}")).collect::<Vec<_>>().join(", ");
            let (done, left) = (&order[..number], &order[number + 1..]);
            assert!(said.contains(&format!("graph:TOTAL: the setting {}: ", order[number])), "{case}");
            assert_eq!(said.contains("written before that, and read back"), number > 0, "{case}");
            assert_eq!(said.contains("not written: "), !left.is_empty(), "{case}");
            for (begin, keys) in [("written before that, and read back: ", done), ("not written: ", left)] {
                assert!(keys.is_empty() || said.contains(&format!("{begin}{}", list(keys))), "{case}");
            }
            assert!(said.contains("this tries again: provlint fix --app TOTAL --unsafe"), "{case}");
            let is_untouched = said.contains("nothing in the tenant was changed");
            assert_ne!(is_untouched, said.contains("provlint restore provlint-backup-TOTAL-"), "{case}");
            assert_eq!(is_untouched, number == 0 && matches!(fate, Fate::Refused(400 | 401 | 403)), "{case}");
        }
        // The same command completes it.
        tenant.state().deaf = false;
        let again = tenant.run(&FIX_ALL);
        assert_eq!((again.code, values(&tenant)), (Some(0), after.clone()), "{case}\n{again:?}");
        assert_eq!(saved(&tenant, "SecretToken"), TOKEN);
    });
}

#[test]
fn a_graph_that_replaces_all_settings_loses_only_the_credential_and_that_is_said() {
    let (before, after, order) = expected();
    let lost = "a credential is lost: the setting SecretToken is gone";
    let fates = [
        (Fate::Made, "Graph accepted it"),
        (Fate::MadeAnd(500), "Graph answered 500"),
        (Fate::MadeAndLost, "no answer"),
        (Fate::Refused(400), "Graph answered 400"),
    ];
    side_by_side(fates, |(fate, said)| {
        let tenant = tenant();
        tenant.state().forgets = true;
        tenant.state().fates.push_back(fate);
        let ran = tenant.run(&with(&FIX_ALL, &["--max-wait", "0"]));
        let shown = flat(&ran.stderr);
        assert_eq!((ran.code, shown.contains(said)), (Some(2), true), "{fate:?}: {ran:?}");
        assert!(flat(&ran.stdout).contains("Keep the app's token ready"), "it is said before: {ran:?}");
        let is_made = fate != Fate::Refused(400);
        assert_eq!(shown.contains(lost), is_made, "{fate:?}: {ran:?}");
        assert_eq!(saved(&tenant, "SecretToken").is_empty(), is_made, "{fate:?}");
        assert_eq!(saved(&tenant, "HardDeletesEnabled"), "True", "what can be read is sent again");
        let now = values(&tenant);
        for (at, key) in KEYS.iter().enumerate() {
            let is_wanted = is_made && order[0] == *key;
            assert_eq!(now[at], if is_wanted { &after } else { &before }[at], "{key}, {fate:?}");
        }
        let connect = format!("provlint connect --app {PRINCIPAL} --token-stdin");
        assert_eq!(ran.stderr.contains(&connect), is_made, "{fate:?}: {ran:?}");
        if !is_made {
            return;
        }
        let line = ran.stderr.lines().map(str::trim).find(|line| line.starts_with(&connect)).unwrap();
        assert!(line.ends_with(" < token.txt"), "ready to paste: {line}");
        // It saves the credential again, with what the policy says of the connection.
        let again = tenant.run(&["connect", "--app", PRINCIPAL, "--yes", "--no-probe"]);
        let is_wanted = saved(&tenant, "SyncAll") == "false";
        assert_eq!(again.code, Some(if is_wanted { 0 } else { 1 }), "the scope is still a finding: {again:?}");
        assert_eq!(saved(&tenant, "SecretToken"), TOKEN, "{again:?}");
        assert_eq!(saved(&tenant, "HardDeletesEnabled"), "True", "{again:?}");
        for key in ["BaseAddress", "SyncNotificationSettings"] {
            let at = KEYS.iter().position(|one| *one == key).unwrap();
            assert_eq!(saved(&tenant, key), after[at], "{key}: {again:?}");
        }
    });
}

/// A client's settings that Graph may refuse must not keep another setting from being saved.
#[test]
fn the_settings_of_an_oauth2_client_are_not_sent_again_and_their_loss_names_the_way_back() {
    let tenant = tenant();
    let mut state = tenant.state();
    state.settings.retain(|one| one["key"] != "SecretToken");
    for (key, value) in [
        ("AuthenticationType", "OAuth2ClientCredentialsGrant"),
        ("Oauth2ClientId", "client-1"),
        ("Oauth2ClientSecret", TOKEN),
        ("Oauth2TokenExchangeUri", "https://total.example.com/token"),
        ("Oauth2AccessTokenCreationTime", "2026-11-30T12:00:00Z"),
    ] {
        state.settings.push(json!({"key": key, "value": value}));
    }
    state.forgets = true;
    drop(state);
    let ran = tenant.run(&with(&FIX_ALL, &["--max-wait", "0"]));
    let body = tenant.state().changes[0].2.clone();
    assert!(!body.contains("Oauth2") && body.contains("AuthenticationType"), "{body}");
    assert!(flat(&ran.stderr).contains("a credential is lost: the setting Oauth2"), "{ran:?}");
    let connect = format!(
        "provlint connect --app {PRINCIPAL} --auth-method oauth2 --client-id CLIENT-ID --token-endpoint URL --token-stdin"
    );
    assert!(ran.stderr.contains(&connect), "{ran:?}");
    // Entra renews its token meanwhile, which is not a difference.
    tenant.state().forgets = false;
    tenant.state().settings.push(json!({"key": "Oauth2ClientSecret", "value": TOKEN}));
    tenant.state().intrusion = Some(("/synchronization/secrets", 4, |state| {
        state.settings.push(json!({"key": "Oauth2AccessTokenCreationTime", "value": "2026-11-30T13:00:00Z"}));
    }));
    let ran = tenant.run(&with(&FIX_ALL, &["--max-wait", "0"]));
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[test]
fn a_fix_that_is_killed_at_any_request_is_completed_by_the_next() {
    let (before, after, _) = expected();
    let numbers = |forgets: bool| {
        let tenant = tenant();
        tenant.state().forgets = forgets;
        let ran = tenant.run(&with(&FIX_ALL, &["--max-wait", "0"]));
        assert_eq!(ran.code, Some(if forgets { 2 } else { 0 }), "{ran:?}");
        let state = tenant.state();
        // The last write is read back; the requests after that change nothing.
        state.first_write.expect("something is written")..=state.last_write.expect("the same") + 1
    };
    let cases: Vec<_> =
        [false, true].into_iter().flat_map(|forgets| numbers(forgets).map(move |at| (forgets, at))).collect();
    side_by_side(cases, |(forgets, at)| {
        let tenant = tenant();
        tenant.state().forgets = forgets;
        tenant.state().hold_at = Some(at);
        tenant.run_and_kill(&with(&FIX_ALL, &["--max-wait", "0"]));
        tenant.state().hold_at = None;
        let now = values(&tenant);
        let is_either = |number: usize| now[number] == before[number] || now[number] == after[number];
        assert!((0..KEYS.len()).all(is_either), "{forgets}, {at}: {now:?}");
        assert_eq!(saved(&tenant, "HardDeletesEnabled"), "True", "{forgets}, {at}");
        let token = saved(&tenant, "SecretToken");
        assert!(token == TOKEN || (forgets && token.is_empty()), "{forgets}, {at}: {token}");
        if token.is_empty() {
            let guide = tenant.run(&["guide", "--app", "TOTAL", "--format", "json"]);
            let next = guide.json()["next"].to_string();
            assert!(next.contains("provlint connect --app TOTAL"), "{next}");
            let connected = tenant.run(&["connect", "--app", "TOTAL", "--yes", "--no-probe"]);
            assert!(connected.stdout.contains("is connected to"), "{connected:?}");
        } else {
            tenant.state().forgets = false;
            let again = tenant.run(&FIX_ALL);
            assert_eq!((again.code, values(&tenant)), (Some(0), after.clone()), "{forgets}, {at}: {again:?}");
        }
        assert_eq!(saved(&tenant, "SecretToken"), TOKEN, "{forgets}, {at}");
    });
}

#[cfg(unix)]
#[test]
fn ctrl_c_between_settings_names_what_is_written() {
    let tenant = tenant();
    tenant.state().fates.extend([Fate::Made, Fate::Held]);
    let ran = tenant.run_and_interrupt_a_change(&FIX_ALL);
    let (_, _, order) = expected();
    let said = flat(ran.stderr.rsplit('×').next().unwrap());
    for part in [
        format!("stopped while writing the setting {}; Graph may or may not have accepted it", order[1]),
        format!("written before that, and read back: the setting {}", order[0]),
        format!("not written: the setting {}", order[2]),
        "provlint restore provlint-backup-TOTAL-".to_owned(),
    ] {
        assert!(said.contains(&part), "{part}: {said}");
    }
    assert_eq!((ran.code, saved(&tenant, "SecretToken").as_str()), (Some(2), TOKEN));
}
