//! Every command of the way from nothing to users in the app ends with the next one, ready to paste.

use super::DEFAULT;
use crate::common::Ran;
use crate::common::graph::JOB;
use crate::common::writable::Writable;
use serde_json::json;

const TOKEN: &str = "the-token-of-this-year-0815";

/// A tenant where the app exists and nothing else, and a policy that says everything.
fn bare(policy: &str) -> Writable {
    let tenant = Writable::start(DEFAULT);
    let at = |minutes: i64| (jiff::Timestamp::now() - jiff::SignedDuration::from_mins(minutes)).to_string();
    let cycle = json!({"timeBegan": at(2), "timeEnded": at(1), "state": "Succeeded", "countEscrowed": 0});
    let counts = json!([{"key": "User to urn:x:User", "value": 2}, {"key": "Group to urn:x:Group", "value": 0}]);
    let mut state = tenant.state();
    state.is_bare();
    state.scim_token = TOKEN.to_owned();
    state.play = [json!({"schedule": {"state": "Active", "interval": "PT40M"}, "status": {
        "code": "Active", "countSuccessiveCompleteFailures": 0, "escrowsPruned": false, "quarantine": null,
        "lastExecution": cycle, "lastSuccessfulExecution": cycle, "synchronizedEntryCountByType": counts,
        "steadyStateFirstAchievedTime": at(0), "steadyStateLastAchievedTime": at(0),
    }})]
    .into();
    drop(state);
    std::fs::write(tenant.folder.path().join("provlint.yaml"), policy).unwrap();
    tenant
}

const POLICY: &str = "version: 1\nprofile: truu-total\ngroups: [TOTAL-Admin]\nconnection: { tenant-url: \
                      https://total.example.com/scim, notify: it@contoso.com, delete-threshold: 50 }\n";

/// The command at the end of what a command says, without the URL of the stand-in.
fn next(tenant: &Writable, ran: &Ran) -> String {
    let hint = |line: &str| {
        let marks = ["note: Next: ", "note: What is left to do: ", "Next: "];
        marks.iter().find_map(|mark| line.strip_prefix(mark)).map(str::to_owned)
    };
    let said = [&ran.stdout, &ran.stderr].into_iter().flat_map(|text| text.lines()).filter_map(hint).next_back();
    let said = said.unwrap_or_else(|| panic!("no next command: {ran:?}"));
    assert!(ran.stderr.is_empty() || ran.stderr.trim_end().ends_with(&said), "it is the last line: {ran:?}");
    said.replace(&format!(" --graph-url {}", tenant.stand_in.url), "")
}

/// Runs a command as it was printed.
fn pasted(tenant: &Writable, command: &str, more: &[&str]) -> Ran {
    let words = command.strip_prefix("provlint ").unwrap();
    // The token is in the environment.
    let words = words.strip_suffix(" --token-stdin < token.txt").unwrap_or(words).split(' ');
    tenant.run(&words.chain(more.iter().copied()).collect::<Vec<_>>())
}

#[test]
fn the_commands_lead_from_nothing_to_users_in_the_app() {
    let tenant = bare(POLICY);
    let mut command = "provlint guide --app TOTAL".to_owned();
    let mut seen = Vec::new();
    for _ in 0..7 {
        let more: &[&str] = match command.split(' ').nth(1).unwrap() {
            "guide" if !seen.is_empty() => &["--test-connection"],
            "guide" => &[],
            "connect" => &["--yes", "--no-probe"],
            "fix" => &["--yes", "--fail-on", "never"],
            _ => &["--yes"],
        };
        let ran = pasted(&tenant, &command, more);
        seen.push(command.clone());
        if ran.code == Some(0) && command.starts_with("provlint guide") {
            break;
        }
        command = next(&tenant, &ran);
    }
    assert_eq!(
        seen,
        [
            "provlint guide --app TOTAL",
            "provlint connect --app TOTAL --token-stdin < token.txt",
            "provlint fix --app TOTAL",
            "provlint fix --app TOTAL --assign-groups",
            "provlint start --app TOTAL --wait",
            "provlint provision --app TOTAL --group TOTAL-Admin",
            "provlint guide --app TOTAL --group TOTAL-Admin",
        ]
    );
}

#[test]
fn what_was_named_is_carried_over_to_the_next_command() {
    let tenant = bare("version: 1\nprofile: truu-total\n");
    let file = tenant.folder.path().join("provlint.yaml");
    let named = tenant.folder.path().join("the policy.yaml");
    std::fs::rename(file, &named).unwrap();
    let connect = ["connect", "--app", "TOTAL", "--yes", "--no-probe", "--policy", "the policy.yaml", "--tenant-url"];
    let notify = ["https://total.example.com/scim", "--notify", "it@contoso.com", "--delete-threshold", "50"];
    let connected = tenant.run(&[&connect[..], &notify].concat());
    assert_eq!(next(&tenant, &connected), "provlint fix --app TOTAL --policy 'the policy.yaml'", "{connected:?}");
    let fix = ["fix", "--app", "TOTAL", "--yes", "--policy", "the policy.yaml", "--fail-on", "never", "--job", JOB];
    let fixed = tenant.run(&fix);
    // Nobody said which group.
    let assign = "provlint fix --app TOTAL --policy 'the policy.yaml' --group NAME --assign-groups";
    assert_eq!(next(&tenant, &fixed), assign, "{fixed:?}");
    let assigned = tenant.run(&[&fix[..], &["--group", "TOTAL-Admin", "--assign-groups"]].concat());
    let start = "provlint start --app TOTAL --policy 'the policy.yaml' --group TOTAL-Admin --wait";
    assert_eq!(next(&tenant, &assigned), start, "{assigned:?}");
    let start = ["start", "--app", "TOTAL", "--yes", "--policy", "the policy.yaml"];
    let started = tenant.run(&start);
    assert_eq!(next(&tenant, &started), "provlint status --app TOTAL --watch", "{started:?}");
}

#[test]
fn without_a_certain_next_command_guide_is_named() {
    // A mapping that only a person can correct, and a part that cannot be read.
    let tenant = bare(POLICY);
    tenant.state().hidden = vec!["/appRoleAssignedTo"];
    let connected = tenant.run(&["connect", "--app", "TOTAL", "--yes", "--no-probe"]);
    assert_eq!(next(&tenant, &connected), "provlint guide --app TOTAL", "{connected:?}");
    let tenant = bare("version: 1\nprofile: truu-total\n");
    let connect =
        ["connect", "--app", "TOTAL", "--yes", "--no-probe", "--tenant-url", "https://total.example.com/scim"];
    tenant.run(&connect);
    let fixed = tenant.run(&["fix", "--app", "TOTAL", "--yes", "--group", "TOTAL-Admin", "--assign-groups"]);
    // Nobody said who gets an email, which only the portal or a policy can set.
    assert_eq!(next(&tenant, &fixed), "provlint guide --app TOTAL --group TOTAL-Admin", "{fixed:?}");
    // The fixes that need --unsafe are next, if none was made.
    let tenant = Writable::start(&super::fixed(DEFAULT).to_string());
    let mut state = tenant.state();
    state.settings.retain(|one| one["key"] != "SyncAll");
    state.settings.push(json!({"key": "SyncAll", "value": "true"}));
    drop(state);
    let ran = tenant.run(&["fix", "--app", "TOTAL", "--yes", "--fail-on", "never"]);
    assert_eq!(next(&tenant, &ran), "provlint fix --app TOTAL --unsafe", "{ran:?}");
    assert_eq!(tenant.state().changes, Vec::<(String, String, String)>::new());
}
