use serde_json::Value;

use super::{CONNECTION, is_set_up, setting};
use crate::finding::Severity;
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page, portal};

pub(in crate::rules) const EMAIL_MISSING: Rule = CONNECTION.rule(
    "notification-email-missing",
    Severity::Warning,
    "No notification is sent when provisioning fails",
    page!("notification-email-missing"),
    email_missing,
);

pub(in crate::rules) const DELETION_GUARD: Rule = CONNECTION.rule(
    "accidental-deletion-guard",
    Severity::Warning,
    "Accidental deletion prevention is off",
    page!("accidental-deletion-guard"),
    deletion_guard,
);

const KEY: &str = "SyncNotificationSettings";

/// The notification settings, which are JSON inside a string; an empty object if there are none.
fn settings(target: &Target<'_>) -> Result<Value, NotJudged> {
    let (value, _) = setting(target, KEY);
    let parsed = value.map_or(Ok(Value::Object(serde_json::Map::new())), serde_json::from_str);
    parsed
        .ok()
        .filter(Value::is_object)
        .ok_or_else(|| NotJudged::undecided(format!("the value of {KEY} is not valid JSON")))
}

fn email_missing(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let settings = settings(target)?;
    let recipients = settings["Recipients"].as_str().unwrap_or_default();
    let message = if settings["Enabled"] != true {
        "No email is sent when provisioning goes into quarantine"
    } else if !recipients.contains('@') {
        "Email notifications are enabled, but have no recipient"
    } else {
        return Ok(());
    };
    if is_set_up(target) {
        findings.add("connection/notification", setting(target, KEY).1, message).label("no notification").manual(
            "Send email notifications to a mailbox that is read",
            portal::on_settings(format!("Select {} and enter a {}", portal::SEND_EMAIL, portal::NOTIFICATION_EMAIL)),
        );
    }
    Ok(())
}

fn deletion_guard(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let settings = settings(target)?;
    let threshold = settings["DeleteThresholdValue"].as_i64().unwrap_or(0);
    if (settings["DeleteThresholdEnabled"] == true && threshold > 0) || !is_set_up(target) {
        return Ok(());
    }
    findings
        .add(
            "connection/deletion-guard",
            setting(target, KEY).1,
            "Accidental deletion prevention is off. Entra disables many users at once if, for example, a group is emptied by mistake",
        )
        .label("no threshold")
        .manual(
            "Enable accidental deletion prevention",
            portal::on_settings(format!("Select {} and enter a threshold", portal::DELETION_PREVENTION)),
        );
    Ok(())
}
