//! `provlint connect --expires`: the last day of the token, in the policy file.

use std::fs;

use super::DEFAULT;
use crate::common::flat;
use crate::common::writable::{Fate, Writable};

const URL: &str = "https://total.example.com/scim";
const CONNECT: [&str; 9] =
    ["connect", "--app", "TOTAL", "--tenant-url", URL, "--yes", "--no-probe", "--expires", "2096-06-30"];

/// A tenant where the app exists and nothing else, and a policy file.
fn tenant(policy: &str) -> Writable {
    let tenant = Writable::start(DEFAULT);
    tenant.state().is_bare();
    tenant.state().scim_token = "the-token-of-this-year-0815".to_owned();
    if !policy.is_empty() {
        fs::write(tenant.folder.path().join("provlint.yaml"), policy).unwrap();
    }
    tenant
}

fn policy_of(tenant: &Writable) -> String {
    fs::read_to_string(tenant.folder.path().join("provlint.yaml")).unwrap()
}

#[test]
fn the_last_day_is_shown_and_written_after_the_token_is_saved() {
    let before = "version: 1\nprofile: truu-total\n# ours\nconnection:\n  token-expires: 2020-01-31 # of last year\n";
    let after = before.replace("2020-01-31", "2096-06-30");
    let first = tenant(before);
    let dry = first.run(&[&CONNECT[..], &["--dry-run"]].concat());
    assert!(dry.stdout.contains("-  token-expires: 2020-01-31 # of last year"), "{dry:?}");
    assert!(dry.stdout.contains("+  token-expires: 2096-06-30 # of last year"), "{dry:?}");
    assert_eq!(policy_of(&first), before);
    let ran = first.run(&CONNECT);
    assert_eq!((ran.code, policy_of(&first)), (Some(0), after), "{ran:?}");
    assert!(!ran.stderr.contains("secret-token-expiring"), "the new day counts: {ran:?}");
    // Nothing is written for a token that is not saved.
    let refused = tenant(before);
    refused.state().test_fates.push_back(Fate::Refused(400));
    let ran = refused.run(&CONNECT);
    assert_eq!((ran.code, policy_of(&refused).as_str()), (Some(2), before), "{ran:?}");
    // Without the flag, the old day is reported.
    let ran = refused.run(&CONNECT[..7]);
    assert_eq!((ran.code, policy_of(&refused).as_str()), (Some(1), before), "{ran:?}");
    assert!(flat(&ran.stderr).contains("error[secret-token-expiring]"), "{ran:?}");
}

#[test]
fn without_a_place_for_it_the_lines_to_add_are_said() {
    for (policy, place) in
        [("", "a policy file, provlint.yaml"), ("{ version: 1, profile: truu-total }\n", "provlint.yaml, for this app")]
    {
        let tenant = tenant(policy);
        let ran = tenant.run(&CONNECT);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.stderr.contains("connection: { token-expires: 2096-06-30 }"), "{ran:?}");
        assert!(flat(&ran.stderr).contains(place), "{ran:?}");
        if !policy.is_empty() {
            assert_eq!(policy_of(&tenant), policy);
        }
    }
    // A JSON Web Token says the day itself.
    let tenant = tenant("");
    tenant.state().scim_token = "eyJhbGciOiJub25lIn0.eyJleHAiOiA0MDAwMDAwMDAwfQ.".to_owned();
    let ran = tenant.run(&CONNECT[..7]);
    assert_eq!((ran.code, flat(&ran.stderr).contains("--expires 2096-10-02 writes that")), (Some(0), true), "{ran:?}");
    let ran = tenant.run(&["connect", "--app", "TOTAL", "--expires", "soon"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn a_policy_file_that_cannot_be_written_is_said_after_the_token_is_saved() {
    use std::os::unix::fs::PermissionsExt;
    let before = "version: 1\nprofile: truu-total\n";
    let tenant = tenant(before);
    let path = tenant.folder.path().join("provlint.yaml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    let ran = tenant.run(&CONNECT);
    assert_eq!((ran.code, policy_of(&tenant).as_str()), (Some(2), before), "{ran:?}");
    assert!(flat(&ran.stderr).contains("the connection is saved, but"), "{ran:?}");
    assert!(ran.stderr.contains("connection: { token-expires: 2096-06-30 }"), "{ran:?}");
}
