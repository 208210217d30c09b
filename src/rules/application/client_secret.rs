use jiff::Timestamp;

use super::SUBJECT;
use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::rules::portal::Step;
use crate::rules::{Findings, Judged, Rule, Target, page};

pub(in crate::rules) const RULE: Rule = Rule {
    metadata: Metadata {
        id: "client-secret-expiring",
        section: Section::Application,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[Evidence::Application],
        summary: "The app's client secret has expired or expires soon",
        page: page!("client-secret-expiring"),
    },
    check,
};

/// Enough time to create a new secret, pass it on and enter it.
const DAYS: i64 = 30;

fn check(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let application = target.snapshot.and_then(|snapshot| snapshot.application.as_ref());
    let secrets = application.and_then(|application| application.password_credentials.as_deref()).unwrap_or_default();
    let ends = secrets
        .iter()
        .enumerate()
        .filter_map(|(index, secret)| Some((secret.end_date_time.as_deref()?.parse::<Timestamp>().ok()?, index)));
    // One valid secret is enough; expired ones are often left in place.
    let Some((end, index)) = ends.max() else { return Ok(()) };
    let now = target.taken_at();
    let days = end.duration_since(now).as_hours().div_euclid(24);
    let (message, severity) = match days {
        days if days < 0 => (
            format!("The app's client secret expired on {}: sign-in with it fails", end.strftime("%Y-%m-%d")),
            Severity::Error,
        ),
        days if days < DAYS => (
            format!("The app's client secret expires in {days} days, on {}", end.strftime("%Y-%m-%d")),
            Severity::Warning,
        ),
        _ => return Ok(()),
    };
    let pointer = target.pointer.key("application").key("passwordCredentials").index(index).key("endDateTime");
    findings.add(SUBJECT, pointer, message).label("the secret that expires last").at_most(severity).manual(
        "Create a new client secret and enter it in the vendor's portal",
        vec![Step::Registration("Certificates & secrets > New client secret".into())],
    );
    Ok(())
}
