use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::ObjectKind;
use crate::rules::feed_change::{Feed, map_directly};
use crate::rules::{Findings, Judged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "username-source",
        section: Section::Lifecycle,
        severity: Severity::Warning,
        fix: Applicability::Unsafe,
        evidence: &[Evidence::Schema],
        summary: "userName is fed from something people don't sign in with",
        page: page!("username-source"),
    },
    check,
};

/// What may feed userName: it is unique in the tenant, and people know it.
const FIT: [&str; 3] = ["userPrincipalName", "originalUserPrincipalName", "mail"];

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.mappings_of(ObjectKind::User)? {
        // A policy that names the source itself is judged by required-mapping-source.
        let told = target.policy.user.row("userName").is_some_and(|row| !row.sources.is_empty());
        if !mapping.is_active() || told {
            continue;
        }
        for row in mapping.rows.iter().filter(|row| row.target.eq_ignore_ascii_case("userName")) {
            let feed = &row.feed;
            // An expression may well end in a sign-in name; only one that reads nothing of the kind can't.
            let fit = |name: &&str| FIT.iter().any(|fit| fit.eq_ignore_ascii_case(name));
            let undecided = matches!(feed, Feed::Expression(_, Err(_)));
            if undecided || feed.attributes().iter().any(fit) {
                continue;
            }
            let message = format!(
                "`userName` is {} {feed}, which nobody signs in with; user names should come from `userPrincipalName`, which is unique in the tenant",
                if matches!(feed, Feed::Constant(_)) { "always" } else { "fed from" }
            );
            findings
                .add(mapping.subject("userName"), row.pointer().key("source"), message)
                .label("not a sign-in name")
                .fix(
                    Applicability::Unsafe,
                    "Feed userName from userPrincipalName",
                    portal::edit_row(
                        mapping,
                        row.target,
                        "Set Mapping type to Direct and Source attribute to userPrincipalName",
                    ),
                    map_directly(mapping, row, "userPrincipalName"),
                );
        }
    }
    Ok(())
}
