use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::ObjectKind;
use crate::rules::{Findings, Judged, MappingView, NotJudged, RowView, Rule, Target, page, portal};
use crate::simulate::RowSource;

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "sign-in-identity",
        section: Section::Application,
        severity: Severity::Info,
        fix: Applicability::Manual,
        evidence: &[Evidence::ServicePrincipal, Evidence::Schema, Evidence::Claims],
        summary: "Sign-in and provisioning identify users by different attributes",
        page: page!("sign-in-identity"),
    },
    check,
};

/// The attributes by which apps look users up, besides those that users are matched by.
const IDENTIFYING: [&str; 2] = ["userName", "externalId"];

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let name_id = target.snapshot.map_or(Err("there is no snapshot"), |snapshot| snapshot.name_id());
    let name_id = name_id.map_err(NotJudged::undecided)?;
    let mappings = target.mappings_of(ObjectKind::User)?;
    let Some(mapping) = mappings.first() else { return Ok(()) };
    match &target.policy.name_id {
        Some(wanted) => required(mapping, wanted, &name_id, target, findings),
        None => {
            hint(mapping, &name_id, findings);
            Ok(())
        }
    }
}

/// The vendor compares the NameID with an attribute.
fn required(
    mapping: &MappingView<'_>,
    wanted: &str,
    name_id: &str,
    target: &Target<'_>,
    findings: &mut Findings<'_>,
) -> Judged {
    // Other rules report a missing row.
    let Some(row) = mapping.rows_to(wanted).next() else { return Ok(()) };
    match &row.source {
        RowSource::Attribute(name) if is_same(name, name_id) => return Ok(()),
        // It may give the same value for the users that there are.
        RowSource::Expression(..) if row.source.attributes().iter().any(|name| is_same(name, name_id)) => {
            return Err(NotJudged::undecided(format!(
                "whether the expression of {wanted} gives the NameID is not known"
            )));
        }
        _ => {}
    }
    let vendor = &target.policy.vendor;
    findings
        .add(
            mapping.subject(row.target),
            row.pointer(),
            format!(
                "Users sign in with `{name_id}` as the NameID, and {vendor} compares it with `{}`, which is mapped from {}: users who are provisioned cannot sign in",
                row.target, row.source
            ),
        )
        .label("not what users sign in with")
        .by_default(Severity::Error)
        .manual(
            format!("Use the same attribute for the NameID and for {}", row.target),
            portal::on_claims(&row.source.to_string()),
        );
    Ok(())
}

/// Nobody said what the app compares the NameID with.
fn hint(mapping: &MappingView<'_>, name_id: &str, findings: &mut Findings<'_>) {
    let identifies = |row: &&RowView<'_>| {
        row.row.is_matching() || IDENTIFYING.iter().any(|name| row.target.eq_ignore_ascii_case(name))
    };
    let identifying: Vec<&RowView<'_>> = mapping.rows.iter().filter(identifies).collect();
    if identifying.iter().any(|row| row.source.attributes().iter().any(|name| is_same(name, name_id))) {
        return;
    }
    let Some(first) = identifying.first() else { return };
    let names: Vec<String> = identifying.iter().map(|row| format!("`{}`", row.target)).collect();
    findings
        .add(
            mapping.subject("sign-in"),
            first.pointer(),
            format!(
                "Users sign in with `{name_id}` as the NameID, which is the source of none of {}: if the app looks for it there, it does not find the users who were provisioned, or creates them twice",
                names.join(", ")
            ),
        )
        .label("not what users sign in with")
        .manual(
            "Ask the vendor what the NameID is compared with; set it as app.name-id in the policy",
            portal::on_claims("the attribute that is provisioned"),
        );
}

/// Whether the NameID is this attribute of a mapping. For guests, `localuserprincipalname` is not what is provisioned.
fn is_same(attribute: &str, name_id: &str) -> bool {
    attribute.eq_ignore_ascii_case(name_id)
}
