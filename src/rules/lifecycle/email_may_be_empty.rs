use crate::expression::{Evaluator, Unknown, Value};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::ObjectKind;
use crate::rules::feed_change::Feed;
use crate::rules::{Findings, Judged, RowView, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "email-may-be-empty",
        section: Section::Lifecycle,
        severity: Severity::Info,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "A row that can't be empty is fed from mail, which not everybody has",
        page: page!("email-may-be-empty"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.mappings_of(ObjectKind::User)?.into_iter().filter(|mapping| mapping.is_active()) {
        for row in &mapping.rows {
            // Where the policy itself asks for mail, the vendor has thought of it.
            if target.policy.user.row(row.target).is_some() || !is_empty_without_mail(row) {
                continue;
            }
            let why = if row.row.is_matching() {
                "objects are matched by it"
            } else if row.target.eq_ignore_ascii_case("userName") {
                "nobody can be created without it"
            } else if row.definition.is_some_and(|definition| definition.required == Some(true)) {
                "the app requires it"
            } else {
                continue;
            };
            findings
                .add(
                    mapping.subject(row.target),
                    row.pointer().key("source"),
                    format!(
                        "`{}` is fed from {}, and {why}: a user without a mailbox has no `mail` and is left out",
                        row.target, row.feed
                    ),
                )
                .label("may be empty")
                .manual(
                    "Fall back on the sign-in name: Coalesce([mail], [userPrincipalName])",
                    portal::edit_row(
                        mapping,
                        row.target,
                        "Set Mapping type to Expression and the expression to Coalesce([mail], [userPrincipalName])",
                    ),
                );
        }
    }
    Ok(())
}

/// Whether nothing is sent for somebody who has no `mail`.
fn is_empty_without_mail(row: &RowView<'_>) -> bool {
    if row.row.default_text().is_some() {
        return false;
    }
    let attributes = |name: &str| match name {
        "mail" => Ok(Value::Null),
        _ => Err(Unknown::new("any value")),
    };
    match &row.feed {
        Feed::Attribute(name) => name == "mail",
        Feed::Expression(_, Ok(tree)) if tree.attributes().contains(&"mail") => {
            let evaluator = Evaluator::new(jiff::Timestamp::UNIX_EPOCH, 0);
            evaluator.evaluate(tree, &attributes).is_ok_and(|outcome| outcome.value.is_empty())
        }
        _ => false,
    }
}
