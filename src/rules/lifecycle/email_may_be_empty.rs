use crate::expression::{Evaluator, Unknown, Value};
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::ObjectKind;
use crate::rules::source_change::RowSource;
use crate::rules::{Findings, Judged, RowView, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "email-may-be-empty",
        section: Section::Lifecycle,
        severity: Severity::Info,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "A row that must not be empty is mapped from mail, which some users do not have",
        page: page!("email-may-be-empty"),
    },
    check,
};

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    for mapping in target.mappings_of(ObjectKind::User)?.into_iter().filter(|mapping| mapping.is_active()) {
        for row in &mapping.rows {
            // If the policy requires the row, the vendor has chosen its source.
            if target.policy.user.row(row.target).is_some() || !is_empty_without_mail(row) {
                continue;
            }
            let why = if row.row.is_matching() {
                "users are matched by it"
            } else if row.target.eq_ignore_ascii_case("userName") {
                "no user can be created without it"
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
                        "`{}` is mapped from {}, and {why}. A user without a mailbox has no `mail` and is not provisioned",
                        row.target, row.source
                    ),
                )
                .label("may be empty")
                .manual(
                    "Use the sign-in name if mail is empty: Coalesce([mail], [userPrincipalName])",
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

/// Whether nothing is sent for a user without `mail`.
fn is_empty_without_mail(row: &RowView<'_>) -> bool {
    if row.row.default_text().is_some() {
        return false;
    }
    let attributes = |name: &str| match name {
        "mail" => Ok(Value::Null),
        _ => Err(Unknown::new("any value")),
    };
    match &row.source {
        RowSource::Attribute(name) => name == "mail",
        RowSource::Expression(_, Ok(tree)) if tree.attributes().contains(&"mail") => {
            let evaluator = Evaluator::new(jiff::Timestamp::UNIX_EPOCH, 0);
            evaluator.evaluate(tree, &attributes).is_ok_and(|outcome| outcome.value.is_empty())
        }
        _ => false,
    }
}
