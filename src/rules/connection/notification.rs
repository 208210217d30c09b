use serde_json::Value;

use super::{CONNECTION, is_set_up, setting, steps};
use crate::finding::Severity;
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page};

pub(in crate::rules) const EMAIL_MISSING: Rule = CONNECTION.rule(
    "notification-email-missing",
    Severity::Warning,
    "Nobody is told when provisioning fails",
    page!("notification-email-missing"),
    email_missing,
);

pub(in crate::rules) const DELETION_GUARD: Rule = CONNECTION.rule(
    "accidental-deletion-guard",
    Severity::Warning,
    "Nothing stops many deletions at once",
    page!("accidental-deletion-guard"),
    deletion_guard,
);

const KEY: &str = "SyncNotificationSettings";

/// The settings, which are JSON inside a string; an empty object where there are none.
fn settings(target: &Target<'_>) -> Result<Value, NotJudged> {
    let (value, _) = setting(target, KEY);
    let parsed = value.map_or(Ok(Value::Object(serde_json::Map::new())), serde_json::from_str);
    parsed.ok().filter(Value::is_object).ok_or_else(|| NotJudged::unknown(format!("the value of {KEY} is no JSON")))
}

fn email_missing(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let settings = settings(target)?;
    let recipients = settings["Recipients"].as_str().unwrap_or_default();
    let message = if settings["Enabled"] != true {
        "Nobody is told by mail when provisioning goes into quarantine"
    } else if !recipients.contains('@') {
        "Mails about failures are turned on, and have no recipient"
    } else {
        return Ok(());
    };
    if is_set_up(target) {
        findings.add("connection/notification", setting(target, KEY).1, message).label("nobody is told").manual(
            "Have mails sent to a mailbox that is read",
            steps("Under Settings tick Send an email notification when a failure occurs and enter an address"),
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
            "Nothing stops Entra from switching off many people at once, as it does when a group is emptied by mistake",
        )
        .label("no threshold")
        .manual(
            "Turn on the guard against accidental deletion",
            steps("Under Settings tick Prevent accidental deletion and enter a threshold"),
        );
    Ok(())
}
