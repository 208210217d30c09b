use super::SUBJECT;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page, portal};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "tenant-kind",
        section: Section::Application,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[Evidence::Organization],
        summary: "The tenant is of a kind for which Entra offers no provisioning",
        page: page!("tenant-kind"),
    },
    check,
};

/// The types of tenants for customers. Provisioning is not supported for them, into or out of the tenant:
/// <https://learn.microsoft.com/entra/identity/app-provisioning/known-issues>.
const OF_CUSTOMERS: [(&str, &str); 2] = [("CIAM", "an External ID tenant"), ("AAD B2C", "an Azure AD B2C tenant")];

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let organization = target.snapshot.and_then(|snapshot| snapshot.organization.as_deref()).unwrap_or_default();
    let said = organization.first().and_then(|tenant| tenant.tenant_type.as_deref());
    // Graph leaves the type empty for callers who may read only the name of the tenant.
    let Some(said) = said else {
        return Err(NotJudged::undecided(
            "Graph does not say of which kind the tenant is; the token needs Organization.Read.All",
        ));
    };
    if let Some((_, kind)) = OF_CUSTOMERS.iter().find(|(word, _)| word.eq_ignore_ascii_case(said)) {
        findings
            .add(
                SUBJECT,
                target.pointer.key("organization").index(0).key("tenantType"),
                format!("This is {kind}, for which Entra does not support provisioning"),
            )
            .label("a tenant for customers")
            .manual(
                "Create the app in the tenant of the organization's own users (a workforce tenant)",
                vec![portal::tenants("switch to the workforce tenant")],
            );
    }
    Ok(())
}
