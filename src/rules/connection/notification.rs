use super::{CONNECTION, is_set_up, setting};
use crate::finding::Severity;
use crate::model::{NOTIFICATION, NotificationSettings, TenantChange};
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page, portal};
use crate::text::shortened;

pub(in crate::rules) const EMAIL_MISSING: Rule = CONNECTION
    .rule(
        "notification-email-missing",
        Severity::Warning,
        "No notification is sent when provisioning fails, or not to the address in the policy",
        page!("notification-email-missing"),
        email_missing,
    )
    .fixed_unsafely();

pub(in crate::rules) const DELETION_GUARD: Rule = CONNECTION
    .rule(
        "accidental-deletion-guard",
        Severity::Warning,
        "Accidental deletion prevention is off, or has another threshold than the policy",
        page!("accidental-deletion-guard"),
        deletion_guard,
    )
    .fixed_unsafely();

fn settings(target: &Target<'_>) -> Result<NotificationSettings, NotJudged> {
    NotificationSettings::read(setting(target, NOTIFICATION).0)
        .ok_or_else(|| NotJudged::undecided(format!("the value of {NOTIFICATION} is not valid JSON")))
}

/// The change that brings the address and the threshold of the policy. One setting holds both, so both rules make the same
/// change, which is written once.
fn change(target: &Target<'_>, settings: NotificationSettings) -> TenantChange {
    let wanted = &target.policy.connection;
    let value = settings.with(wanted.notify.as_deref(), wanted.delete_threshold).to_string();
    TenantChange::Setting { key: NOTIFICATION.to_owned(), value }
}

fn email_missing(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let settings = settings(target)?;
    let recipients = settings.recipients();
    let wanted = target.policy.connection.notify.as_deref();
    let message = match (recipients.as_slice(), wanted) {
        ([], _) if settings.is_enabled() => "Email notifications are enabled, but have no recipient".to_owned(),
        ([], _) => "No email is sent when provisioning goes into quarantine".to_owned(),
        (found, Some(wanted)) if !settings.notifies(wanted) => format!(
            "Notifications are sent to {}; {} requires {wanted}. That address gets no email when provisioning goes into quarantine",
            shortened(&found.join(", ")),
            target.policy.who_says(|policy| &policy.connection.notify)
        ),
        _ => return Ok(()),
    };
    if !is_set_up(target) {
        return Ok(());
    }
    let found =
        findings.add("connection/notification", setting(target, NOTIFICATION).1, message).label("no notification");
    let steps =
        portal::on_settings(format!("Select {} and enter a {}", portal::SEND_EMAIL, portal::NOTIFICATION_EMAIL));
    match wanted {
        Some(address) => {
            found.in_tenant(format!("Send email notifications to {address}"), steps, change(target, settings));
        }
        None => found.manual("Send email notifications to a mailbox that is read", steps),
    }
    Ok(())
}

fn deletion_guard(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let settings = settings(target)?;
    let wanted = target.policy.connection.delete_threshold;
    let message = match (settings.delete_threshold(), wanted) {
        (None, _) => "Accidental deletion prevention is off. Entra disables many users at once if, for example, a group is emptied by mistake".to_owned(),
        (Some(found), Some(wanted)) if found != i64::from(wanted) => format!(
            "The deletion threshold is {found}; {} requires {wanted}. Entra stops only a cycle with more than {found} deletions",
            target.policy.who_says(|policy| &policy.connection.delete_threshold)
        ),
        (Some(_), _) => return Ok(()),
    };
    if !is_set_up(target) {
        return Ok(());
    }
    let found = findings.add("connection/deletion-guard", setting(target, NOTIFICATION).1, message).label("threshold");
    let steps = portal::on_settings(format!("Select {} and enter a threshold", portal::DELETION_PREVENTION));
    match wanted {
        Some(wanted) => {
            let title = format!("Enable accidental deletion prevention with the threshold {wanted}");
            found.in_tenant(title, steps, change(target, settings));
        }
        None => found.manual("Enable accidental deletion prevention", steps),
    }
    Ok(())
}
