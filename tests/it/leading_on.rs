//! What a report says besides its findings: the order, the way through the portal, what was not looked at, what to do next.

use std::fs;

use crate::common::graph::{PRINCIPAL, Reply, Request, StandIn, online, tenant};
use crate::common::{Ran, run, run_in, run_with_input};
use serde_json::{Value, json};

const DEFAULT: &str = "fixtures/default-export.json";
const TOTAL: &str = "fixtures/total-export.json";
const BROKEN: &str = "fixtures/expressions-broken.json";
const SNAPSHOT: &str = "fixtures/snapshot.json";

/// An app of a tenant with the mappings of a file.
fn app_with(fixture: &str) -> StandIn {
    let schema: Value = serde_json::from_str(&fs::read_to_string(fixture).unwrap()).unwrap();
    StandIn::start(
        move |request: &Request, _| {
            if request.path.ends_with("/schema") { Reply::ok(schema.clone()) } else { tenant(request) }
        },
    )
}

/// An app whose provisioning the token may not read.
fn unread_app() -> StandIn {
    StandIn::start(|request: &Request, _| {
        if request.path.contains("/synchronization") { Reply::error(401, "UnknownError", "") } else { tenant(request) }
    })
}

/// The lines after the counts.
fn end(ran: &Ran) -> Vec<&str> {
    let counts = |line: &&str| line.contains(" rules passed");
    ran.stdout.lines().skip_while(|line| !counts(line)).skip(1).collect()
}

#[test]
fn people_see_the_worst_first_and_programs_the_order_of_the_file() {
    let rank = |line: &str| ["error[", "warning[", "info["].iter().position(|word| line.contains(word));
    for format in ["compact", "pretty"] {
        let said = run(&["check", "fixtures/scope-filters.json", "--format", format]).stdout;
        let ranks: Vec<usize> = said.lines().filter_map(rank).collect();
        assert!(ranks.len() == 7 && ranks.is_sorted(), "{format}: {said}");
    }
    let report = run(&["check", "fixtures/scope-filters.json", "--format", "json"]).json();
    let findings = report["findings"].as_array().unwrap();
    let lines: Vec<u64> =
        findings.iter().map(|finding| finding["location"]["start"]["line"].as_u64().unwrap()).collect();
    assert!(lines.is_sorted(), "{lines:?}");
}

#[test]
fn findings_on_one_page_of_the_portal_share_the_way_to_it() {
    let said = run(&["check", BROKEN]).stdout;
    assert_eq!(said.matches("Enterprise apps").count(), 1, "{said}");
    for row in ["active", "displayName", "title", "preferredLanguage", "name.givenName", "name.familyName"] {
        assert!(said.contains(&format!("In the row whose target attribute is {row}, click Edit")), "{row}: {said}");
    }
    assert!(said.contains("The same steps as above"), "{said}");
    // Two files are two apps.
    let said = run(&["check", DEFAULT, "fixtures/source-in-wrong-case.json"]).stdout;
    assert_eq!(said.matches("Enterprise apps").count(), 2, "{said}");
}

#[test]
fn steps_name_the_app_where_it_is_known() {
    let said = run(&["check", SNAPSHOT, "--group", "X"]).stdout;
    assert!(said.contains("Enterprise apps > TOTAL > Users and groups") && !said.contains("your app"), "{said}");
    let said = run(&["check", DEFAULT]).stdout;
    assert!(said.contains("Enterprise apps > your app > Provisioning"), "{said}");
    let said = online(&app_with(DEFAULT), &["check", "--app", "TOTAL"]).stdout;
    assert!(said.contains("Enterprise apps > TOTAL > Provisioning") && !said.contains("your app"), "{said}");
}

#[test]
fn a_live_finding_is_at_a_mapping_and_not_at_a_line_of_a_text_that_nobody_can_open() {
    let stand_in = app_with(BROKEN);
    let place = "graph:TOTAL: User/title";
    for format in ["pretty", "compact", "github", "azure", "markdown", "html", "junit"] {
        let said = online(&stand_in, &["check", "--app", "TOTAL", "--format", format]).stdout;
        assert!(said.contains(place), "{format}: {said}");
        assert!(!said.contains("graph:TOTAL/schema") && !said.contains("graph:TOTAL:1"), "{format}: {said}");
    }
    let pretty = online(&stand_in, &["check", "--app", "TOTAL"]).stdout;
    assert!(pretty.contains("[graph:TOTAL: User/displayName]\n"), "{pretty}");
    assert!(pretty.contains(r#"Jion(\" \""#) && pretty.contains("did you mean Join?"), "{pretty}");
    let issues = online(&stand_in, &["check", "--app", "TOTAL", "--format", "gitlab"]).json();
    for issue in issues.as_array().unwrap() {
        assert_eq!(
            (&issue["location"]["path"], &issue["location"]["lines"]["begin"]),
            (&json!("graph:TOTAL"), &json!(1))
        );
    }
    let findings = online(&stand_in, &["check", "--app", "TOTAL", "--format", "json"]).json();
    assert_eq!(findings["findings"][0]["location"]["file"], "graph:TOTAL/schema", "as the schema describes it");
}

#[test]
fn the_end_says_what_can_be_fixed_and_by_which_command() {
    let ran = run(&["check", DEFAULT, "--profile", "truu-total"]);
    let last = format!("1 finding can be fixed: provlint fix {DEFAULT} --profile truu-total");
    assert_eq!(end(&ran).last(), Some(&last.as_str()), "{}", ran.stdout);
    let ran = run(&["check", "fixtures/title-twice.json", "fixtures/scope-filters.json"]);
    let command = "provlint fix fixtures/title-twice.json fixtures/scope-filters.json";
    let lines = end(&ran);
    assert!(lines.iter().any(|line| line.ends_with(&format!("{command} --unsafe"))), "{}", ran.stdout);
    assert!(end(&run(&["check", TOTAL])).iter().all(|line| !line.contains("can be fixed")));
    let ran = run(&["check", DEFAULT, "-q"]);
    assert!(!ran.stdout.contains("can be fixed") && !ran.stdout.contains("need a snapshot"), "{}", ran.stdout);
}

#[test]
fn the_end_names_the_app_and_what_its_fix_takes() {
    let ran = online(&app_with(DEFAULT), &["check", "--app", "TOTAL", "--group", "TOTAL-Admin"]);
    let last = "provlint fix --app TOTAL --group TOTAL-Admin";
    assert!(end(&ran).last().is_some_and(|line| line.ends_with(last)), "{}", ran.stdout);
}

#[test]
fn no_fix_of_an_app_is_offered_while_nobody_chose_its_profile() {
    let schema: Value = serde_json::from_str(&fs::read_to_string(DEFAULT).unwrap()).unwrap();
    let stand_in = StandIn::start(move |request: &Request, _| {
        if request.path.ends_with("/schema") {
            return Reply::ok(schema.clone());
        }
        match tenant(request) {
            Reply::Json(status, headers, body) => {
                let other = body.to_string().replace("\"displayName\":\"TOTAL\"", "\"displayName\":\"Contoso Wiki\"");
                Reply::Json(status, headers, serde_json::from_str(&other).unwrap())
            }
            reply => reply,
        }
    });
    let ran = online(&stand_in, &["check", "--app", PRINCIPAL]);
    assert!(ran.stdout.contains("error[required-mapping-source]"), "{}", ran.page());
    assert!(!ran.stdout.contains("can be fixed"), "{}", ran.stdout);
    assert!(end(&ran).last().is_some_and(|line| line.starts_with("The profile truu-total applies by default: ")));
    let ran = online(&stand_in, &["check", "--app", PRINCIPAL, "--profile", "truu-total"]);
    let last = "1 finding can be fixed: provlint fix --app 'Contoso Wiki' --profile truu-total";
    assert_eq!(end(&ran).last(), Some(&last), "{}", ran.stdout);
}

#[test]
fn the_end_says_what_needs_the_tenant_and_whether_assignments_were_looked_at() {
    let ran = run(&["check", TOTAL, "--profile", "truu-total"]);
    let lines = end(&ran);
    assert_eq!(lines.len(), 1, "{}", ran.stdout);
    assert!(lines[0].ends_with(
        " rules need a snapshot or the tenant: provlint export --app NAME -o FILE or provlint check --app NAME"
    ));
    let folder = tempfile::tempdir().unwrap();
    fs::copy(TOTAL, folder.path().join("a.json")).unwrap();
    fs::write(folder.path().join("provlint.yaml"), "profile: truu-total\ngroups: [TOTAL-Admin]\n").unwrap();
    let ran = run_in(folder.path(), &["check", "a.json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.page());
    assert!(end(&ran).last().is_some_and(|line| line.contains("assignments were not looked at")), "{}", ran.stdout);
}

#[test]
fn the_end_says_how_to_choose_a_profile_only_where_nobody_did() {
    let hint =
        "The profile truu-total applies by default: choose one with --profile NAME; provlint profiles lists them";
    let several = run(&["check", TOTAL, DEFAULT]);
    assert_eq!(several.stdout.matches(hint).count(), 1, "{}", several.stdout);
    for chosen in [run(&["check", TOTAL, "--profile", "truu-total"]), run(&["check", SNAPSHOT])] {
        assert!(!chosen.stdout.contains("by default"), "{}", chosen.stdout);
    }
}

/// The snapshot as it was exported at a time.
fn exported_at(time: &str) -> Ran {
    let mut snapshot: Value = serde_json::from_str(&fs::read_to_string(SNAPSHOT).unwrap()).unwrap();
    snapshot["provlint"]["exportedAt"] = time.into();
    let mut folder = snapshot.to_string();
    folder.push('\n');
    run_with_input(&["check", "-", "--format", "compact"], folder.as_bytes())
}

#[test]
fn the_end_says_how_old_a_snapshot_is() {
    let now = jiff::Timestamp::now();
    let ran = exported_at(&now.to_string());
    assert!(end(&ran).iter().any(|line| line.starts_with("The snapshot is of ") && !line.contains("old")));
    let ran = exported_at("2026-01-02T03:04:05Z");
    let line = end(&ran).into_iter().find(|line| line.starts_with("The snapshot is of 2026-01-02 ("));
    let line = line.unwrap_or_else(|| panic!("{}", ran.stdout));
    assert!(line.ends_with(" days old); provlint check --app TOTAL shows the app as it is now"), "{line}");
    assert!(!exported_at("yesterday").stdout.contains("The snapshot is"));
}

#[test]
fn files_that_are_passed_over_are_counted_and_named_on_request() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(TOTAL, folder.path().join("a.json")).unwrap();
    fs::write(folder.path().join("package.json"), "{\"name\": \"x\"}").unwrap();
    let said = run_in(folder.path(), &["check", "."]).stdout;
    assert!(said.contains("; 1 file passed over (-v names them)"), "{said}");
    let said = run_in(folder.path(), &["check", ".", "-v"]).stdout;
    assert!(said.contains("Passed over 1 file without a configuration: ./package.json"), "{said}");
    let said = run_in(folder.path(), &["check", ".", "--format", "markdown"]).stdout;
    assert!(said.contains("; 1 file passed over"), "{said}");
}

#[test]
fn verbose_says_what_the_input_lacks_and_how_to_get_it() {
    let said = run(&["check", DEFAULT, "-v"]).stdout;
    for text in [
        " rules: the input has no enterprise app, assignments, provisioning job, connection settings, ",
        "Export a snapshot with provlint export --app NAME -o FILE or check the tenant with provlint check --app NAME [",
        "Add --members to provlint export --app NAME -o FILE or provlint check --app NAME [member-missing-attribute, ",
        "provlint check --app NAME --test-connection asks Entra for it [credentials-rejected]",
        "skipped 1 rule, which needs export.max-age-days in the policy [stale-export]",
    ] {
        assert!(said.contains(text), "{text}: {said}");
    }
    let both = run(&["check", DEFAULT, TOTAL, "-v"]).stdout;
    assert!(both.contains(&format!("{DEFAULT} and 1 more target: skipped ")), "{both}");
}

#[test]
fn a_test_case_fails_only_where_the_run_does() {
    let cases = |fail_on: &str| {
        let ran = run(&["check", "fixtures/scope-filters.json", "--format", "junit", "--fail-on", fail_on]);
        let document = roxmltree::Document::parse(&ran.stdout).unwrap();
        let names = |tag: &str| -> Vec<String> {
            let cases = document.descendants().filter(|node| node.has_tag_name(tag));
            cases.filter_map(|node| Some(node.parent()?.attribute("name")?.to_owned())).collect()
        };
        let (failed, remarks) = (names("failure"), names("system-out"));
        assert_eq!(document.root_element().attribute("failures"), Some(failed.len().to_string().as_str()));
        (failed, remarks)
    };
    let (failed, remarks) = cases("error");
    assert_eq!(failed, ["scope-filter-attribute", "scope-filter-operator"]);
    assert!(remarks.contains(&"scope-filter-present".to_owned()), "{remarks:?}");
    assert_eq!(cases("info").1, Vec::<String>::new());
    assert_eq!(cases("never").0, Vec::<String>::new());
}

#[test]
fn a_run_that_could_not_look_is_one_error_for_programs() {
    let stand_in = unread_app();
    let check = |format: &str| online(&stand_in, &["check", "--app", "TOTAL", "--format", format]);
    let junit = check("junit");
    let document = roxmltree::Document::parse(&junit.stdout).unwrap();
    let errors: Vec<&str> = document
        .descendants()
        .filter(|node| node.has_tag_name("error"))
        .filter_map(|node| node.attribute("message"))
        .collect();
    assert!(matches!(errors.as_slice(), [only] if only.contains("Synchronization.Read.All")), "{errors:?}");
    let sarif = check("sarif").json();
    let invocation = &sarif["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let notes = invocation["toolExecutionNotifications"].as_array().unwrap();
    assert!(notes.iter().any(|note| note["level"] == "error" && note.to_string().contains("Synchronization.Read.All")));
    for (format, command) in
        [("github", "::error title=incomplete::"), ("azure", "##vso[task.logissue type=error;code=incomplete;]")]
    {
        let said = check(format).stdout;
        assert_eq!(said.matches(command).count(), 1, "{format}: {said}");
    }
    for (format, never) in [("pretty", "No findings"), ("markdown", "provlint: no findings"), ("html", "badge good")] {
        let said = check(format).stdout;
        assert!(said.to_lowercase().contains("incomplete") && !said.contains(never), "{format}: {said}");
    }
    for format in ["json", "jsonl", "gitlab", "junit", "pretty"] {
        let ran = check(format);
        assert_eq!(ran.code, Some(2), "{format}");
        assert!(ran.stderr.contains("Synchronization.Read.All"), "{format}: {}", ran.stderr);
    }
}

#[test]
fn gaps_that_fail_nothing_are_on_standard_error_where_the_format_cannot_say_them() {
    let stand_in = unread_app();
    for (format, is_said) in [("gitlab", true), ("jsonl", true), ("json", false), ("compact", false)] {
        let ran = online(&stand_in, &["check", "--app", "TOTAL", "--fail-on", "never", "--format", format]);
        assert_eq!(ran.code, Some(0), "{format}: {}", ran.stderr);
        assert_eq!(ran.stderr.contains("note: graph:TOTAL: "), is_said, "{format}: {}", ran.stderr);
    }
}
