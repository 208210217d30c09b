//! What a restore changes besides schemas: settings and assignments, which belong to all jobs of an app.

use serde_json::{Value, json};

use super::because;
use crate::check::One;
use crate::model::{
    AppRoleAssignment, Difference, NOTIFICATION, NotificationSettings, Snapshot, Subject, TenantChange, Text,
};
use crate::secret::{TENANT_URL, mask_url};

/// The settings that `fix` writes, none of which is a credential.
const SETTINGS: [&str; 4] = ["SyncAll", "SkipOutOfScopeDeletions", NOTIFICATION, TENANT_URL];

/// The parts besides schemas that are missing from a snapshot, so that they cannot be compared; none for a schema alone.
pub(super) fn unseen_parts(side: &One<'_>) -> Vec<String> {
    let Some(snapshot) = side.snapshot() else { return Vec::new() };
    let parts = [
        ("secrets", "settings", snapshot.secrets.is_some()),
        ("appRoleAssignedTo", "assignments", snapshot.app_role_assigned_to.is_some()),
    ];
    let unseen = parts
        .into_iter()
        .filter(|(.., is_there)| !is_there)
        .map(|(part, name, _)| format!("{} contains no {name}{}", side.name, because(&side.why_unread(part))));
    unseen.collect()
}

/// A change outside the schemas, and how reports show it.
pub(super) type Shown = (TenantChange, Difference);

pub(super) fn settings(now: &Snapshot<'_>, backup: &Snapshot<'_>) -> Vec<Shown> {
    if now.secrets.is_none() || backup.secrets.is_none() {
        return Vec::new();
    }
    let differing = SETTINGS.into_iter().filter_map(|key| {
        let [old, new] = [now, backup].map(|side| side.secret(key).filter(|value| !value.is_empty()));
        let value = |text: Option<&str>| text.map(Value::from);
        (old != new && is_restorable(key, new)).then(|| {
            // Graph does not accept an empty text for this one.
            let empty = if key == NOTIFICATION { "{}" } else { "" };
            let change = TenantChange::Setting { key: key.to_owned(), value: new.unwrap_or(empty).to_owned() };
            (change, Difference::new(Subject::Setting(key.to_owned()), Some("value"), value(old), value(new)))
        })
    });
    differing.collect()
}

/// Whether a setting can be restored from its value in the backup: a credential in it is masked there.
fn is_restorable(key: &str, value: Option<&str>) -> bool {
    match (key, value) {
        // Without a tenant URL, the credentials beside it are of no use.
        (TENANT_URL, None) => false,
        (TENANT_URL, Some(url)) => url.contains("://") && !url.contains("**") && mask_url(url) == url,
        (NOTIFICATION, Some(value)) => NotificationSettings::read(Some(value)).is_some(),
        (_, None) => true,
        (_, Some(value)) => ["true", "false", "0", "1"].contains(&value.to_ascii_lowercase().as_str()),
    }
}

/// Settings that differ and that provlint never writes.
pub(super) fn other_settings(now: &Snapshot<'_>, backup: &Snapshot<'_>) -> Vec<String> {
    let keys = backup.secrets.iter().flatten().filter_map(|setting| setting.key.as_deref());
    let is_written = |key: &&str| SETTINGS.contains(key) && is_restorable(key, backup.secret(key));
    let others = keys.filter(|key| !is_written(key) && now.secrets.is_some());
    others.filter(|key| now.secret(key) != backup.secret(key)).map(|key| format!("setting {key}")).collect()
}

/// The groups that are assigned on one side only.
pub(super) fn assignments(now: &Snapshot<'_>, backup: &Snapshot<'_>) -> Vec<Shown> {
    let (Some(now), Some(backup)) = (&now.app_role_assigned_to, &backup.app_role_assigned_to) else {
        return Vec::new();
    };
    let text = |value: &Option<Text<'_>>| value.as_deref().unwrap_or_default().to_owned();
    let name = |one: &AppRoleAssignment<'_>| {
        one.principal_display_name.as_deref().or(one.principal_id.as_deref()).unwrap_or_default().to_owned()
    };
    let subject = |one: &AppRoleAssignment<'_>| Subject::Assignment(name(one));
    let lacks = |list: &[AppRoleAssignment<'_>], one: &AppRoleAssignment<'_>| {
        one.principal_type.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("Group"))
            && !list
                .iter()
                .any(|other| (&other.principal_id, &other.app_role_id) == (&one.principal_id, &one.app_role_id))
    };
    let added = backup.iter().filter(|one| lacks(now, one)).map(|one| {
        let change = TenantChange::Assign {
            group: text(&one.principal_id),
            name: Some(name(one)),
            role: text(&one.app_role_id),
        };
        (change, Difference::new(subject(one), None, None, Some(json!({}))))
    });
    let removed = now.iter().filter(|one| lacks(backup, one)).filter_map(|one| {
        let assignment = one.id.as_deref()?.to_owned();
        let change = TenantChange::Unassign { assignment, name: name(one) };
        Some((change, Difference::new(subject(one), None, Some(json!({})), None)))
    });
    added.chain(removed).collect()
}
