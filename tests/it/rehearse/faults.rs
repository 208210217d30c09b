//! Each known fault of an endpoint is found, under its name, and before lesser ones.

use crate::common::endpoint::{Endpoint, Fault};
use crate::common::schema::expect_document;
use crate::common::side_by_side;

use super::{run_both, steps};

/// Faults, the name under which each is found, and its rank.
const FAULTS: [(Fault, &str, u64); 21] = [
    (Fault::RemovalClearsGroup, "member-removal", 1),
    (Fault::RemovalRefused, "member-removal", 1),
    (Fault::StringBooleanRefused, "text-boolean", 2),
    (Fault::StringBooleanStored, "text-boolean", 2),
    (Fault::AddRefused, "operation-name", 3),
    (Fault::CapitalRefused, "operation-name", 3),
    (Fault::AbsentElementRefused, "absent-element", 4),
    (Fault::ElementDuplicated, "absent-element", 4),
    (Fault::ElementWithoutType, "absent-element", 4),
    (Fault::PathlessLiteral, "keys-without-path", 5),
    (Fault::PathlessIgnored, "keys-without-path", 5),
    (Fault::FilterIgnored, "matching-filter", 6),
    (Fault::FilterUnsupported, "matching-filter", 6),
    (Fault::FilterCaseSensitive, "matching-filter", 6),
    (Fault::EmptyQueryNotFound, "empty-query", 7),
    (Fault::NoGroups, "empty-query", 7),
    (Fault::ExternalIdDropped, "external-id", 8),
    (Fault::ManagerRefused, "manager", 9),
    (Fault::ManagerReturnedAsText, "manager", 9),
    (Fault::UserAgentRequired, "headers", 10),
    (Fault::Html, "headers", 10),
];

/// Lesser faults.
const LESSER: [(Fault, &str); 6] = [
    (Fault::DuplicateAccepted, "conflict"),
    (Fault::InactiveHidden, "hidden-inactive"),
    (Fault::ExclusionIgnored, "excluded-members"),
    (Fault::MemberTwiceRefused, "member-addition"),
    (Fault::GroupSchemaRefused, "group-schema"),
    (Fault::TitleForgotten, "value-lost"),
];

#[test]
fn each_of_the_ten_faults_is_found_by_name_and_before_lesser_ones() {
    side_by_side(FAULTS, |(fault, name, rank)| {
        let ran = run_both(&Endpoint::with(&[fault, Fault::TitleForgotten]));
        let report = ran.json();
        expect_document("rehearsal", &report);
        let failed = steps(&report, "failed");
        assert_eq!(ran.code, Some(1), "{fault:?}: {failed:?}");
        assert_eq!(failed.first().map(|(_, name)| name.as_str()), Some(name), "{fault:?}: {failed:#?}");
        assert_eq!(report["steps"][0]["fault"]["rank"], rank, "{fault:?}");
        // Nothing else is wrong with this endpoint, so nothing else may be said.
        let others = failed.iter().filter(|(_, other)| other != name && other != "value-lost").collect::<Vec<_>>();
        assert!(others.is_empty(), "{fault:?}: {others:#?}");
    });
}

#[test]
fn each_lesser_fault_is_found_by_name() {
    side_by_side(LESSER, |(fault, name)| {
        let ran = run_both(&Endpoint::with(&[fault]));
        let failed = steps(&ran.json(), "failed");
        assert!(!failed.is_empty() && failed.iter().all(|(_, found)| found == name), "{fault:?}: {failed:#?}");
        assert_eq!(ran.code, Some(1), "{fault:?}");
    });
}

/// Faults that show in one step only, in some state of the flag.
const OF_ONE_STEP: [(Fault, &str, &str); 6] = [
    (Fault::PathlessReplacesWhole, "keep-other-parts", "keys-without-path"),
    (Fault::SingleAddRefused, "add-one-value", "operation-name"),
    (Fault::PathlessActiveIgnored, "disable-user-with-change", "keys-without-path"),
    (Fault::EmptyMembersRefused, "create-group-again", "creation"),
    (Fault::ExternalIdFixed, "add-external-id", "external-id"),
    (Fault::SearchReturnsMembers, "read-group-without-members", "excluded-members"),
];

#[test]
fn a_fault_of_one_step_is_found_by_it() {
    side_by_side(OF_ONE_STEP, |(fault, step, name)| {
        let ran = run_both(&Endpoint::with(&[fault]));
        let failed = steps(&ran.json(), "failed");
        assert!(failed.contains(&(step.to_owned(), name.to_owned())), "{fault:?}: {failed:#?}");
        assert!(failed.iter().all(|(_, found)| found == name), "{fault:?}: {failed:#?}");
        assert_eq!(ran.code, Some(1), "{fault:?}");
    });
}

#[test]
fn an_endpoint_that_accepts_any_token_is_the_worst() {
    let ran = run_both(&Endpoint::with(&[Fault::AnyToken, Fault::RemovalClearsGroup]));
    let failed = steps(&ran.json(), "failed");
    assert_eq!(failed.first().map(|(_, name)| name.as_str()), Some("open-door"), "{failed:?}");
}
