use super::SUBJECT;
use crate::finding::{Evidence, Section, Severity};
use crate::model::NON_GALLERY_TEMPLATE;
use crate::rules::{Family, Findings, Judged, Rule, Target, page, portal};

const PRINCIPAL: Family = Family { section: Section::Application, evidence: &[Evidence::ServicePrincipal] };

pub(in crate::rules) const DISABLED: Rule = PRINCIPAL.rule(
    "service-principal-disabled",
    Severity::Error,
    "The app is disabled, so no one can sign in",
    page!("service-principal-disabled"),
    disabled,
);

pub(in crate::rules) const ASSIGNMENT_NOT_REQUIRED: Rule = PRINCIPAL.rule(
    "assignment-not-required",
    Severity::Warning,
    "Users who are not assigned can sign in without being provisioned",
    page!("assignment-not-required"),
    assignment_not_required,
);

pub(in crate::rules) const UNEXPECTED_TEMPLATE: Rule = PRINCIPAL.rule(
    "unexpected-app-template",
    Severity::Warning,
    "The app was created from a gallery template, but the profile or policy is for a non-gallery app",
    page!("unexpected-app-template"),
    unexpected_template,
);

fn disabled(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    if target.principal().and_then(|app| app.account_enabled) == Some(false) {
        findings
            .add(
                SUBJECT,
                target.pointer.key("servicePrincipal").key("accountEnabled"),
                "The app is disabled: no one can sign in, provisioned or not",
            )
            .label("disabled")
            .manual("Enable the app", portal::on_properties("Set Enabled for users to sign-in to Yes"));
    }
    Ok(())
}

fn assignment_not_required(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    if target.principal().and_then(|app| app.app_role_assignment_required) == Some(false) {
        findings
            .add(
                SUBJECT,
                target.pointer.key("servicePrincipal").key("appRoleAssignmentRequired"),
                "Every user in the tenant can sign in to the app, but only assigned users are provisioned: the others get an error in the app",
            )
            .label("every user can sign in")
            .manual("Require assignment", portal::on_properties("Set Assignment required to Yes"));
    }
    Ok(())
}

fn unexpected_template(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    if !target.policy.is_for_non_gallery_apps() {
        return Ok(());
    }
    let template = target.principal().and_then(|app| app.template());
    if let Some(template) = template.filter(|template| *template != NON_GALLERY_TEMPLATE) {
        findings
            .add(
                SUBJECT,
                target.pointer.key("servicePrincipal").key("applicationTemplateId"),
                format!(
                    "The app was created from the gallery template {template}, but {} is for a non-gallery app",
                    target.policy.who_says(|policy| &policy.target_directory)
                ),
            )
            .label("gallery template")
            .manual("Add the app as a non-gallery application", vec![portal::new_app().into()]);
    }
    Ok(())
}
