use crate::finding::{Applicability, Evidence, Metadata, Section, Severity};
use crate::model::{NON_GALLERY_TEMPLATE, is_entra_directory};
use crate::rules::view::provisions_an_app;
use crate::rules::{Findings, Judged, NotJudged, Rule, Target, page, portal};

pub(in crate::rules) const UNRESOLVED: Rule = Rule {
    metadata: Metadata {
        id: "directory-unresolved",
        section: Section::Hygiene,
        severity: Severity::Error,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "A mapping refers to a directory or an object that is not in the schema",
        page: page!("directory-unresolved"),
    },
    check: unresolved,
};

pub(in crate::rules) const UNEXPECTED: Rule = Rule {
    metadata: Metadata {
        id: "target-directory-unexpected",
        section: Section::Hygiene,
        severity: Severity::Info,
        fix: Applicability::Manual,
        evidence: &[Evidence::Schema],
        summary: "The schema is for a different kind of app than the policy",
        page: page!("target-directory-unexpected"),
    },
    check: unexpected,
};

fn unresolved(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    target.mappings()?;
    let Some(view) = &target.schema else { return Ok(()) };
    let Some(directories) = view.schema.directories.as_deref() else {
        return Err(NotJudged::skipped("directories"));
    };
    for (index, rule) in view.schema.synchronization_rules.iter().flatten().enumerate() {
        let pointer = view.pointer.key("synchronizationRules").index(index);
        let sides = [
            ("source", rule.source_directory_name.as_deref(), "sourceDirectoryName", "sourceObjectName"),
            ("target", rule.target_directory_name.as_deref(), "targetDirectoryName", "targetObjectName"),
        ];
        for (side, directory_name, directory_key, object_key) in sides {
            let Some(directory_name) = directory_name else { continue };
            let mut found =
                directories.iter().filter(|directory| directory.name.as_deref() == Some(directory_name)).peekable();
            if found.peek().is_none() {
                let message = format!(
                    "The {side} directory `{directory_name}` is not in the schema's list of directories. No row of its mappings can be resolved"
                );
                findings.add(directory_name, pointer.key(directory_key), message).label("no such directory").manual(
                    "Download the schema again, or restore the default mappings",
                    portal::download_again("check the new file"),
                );
                continue;
            }
            let objects: Vec<&str> = found
                .filter_map(|directory| directory.objects.as_deref())
                .flatten()
                .filter_map(|object| object.name.as_deref())
                .collect();
            for (mapping_index, mapping) in rule.object_mappings.iter().flatten().enumerate() {
                let name = if side == "source" { &mapping.source_object_name } else { &mapping.target_object_name };
                let Some(name) = name.as_deref() else { continue };
                // A disabled mapping has an empty source name.
                if mapping.enabled == Some(false) || objects.is_empty() || objects.contains(&name) {
                    continue;
                }
                let message = format!(
                    "The {side} object `{name}` is not in the directory `{directory_name}`. No row of this mapping can be resolved"
                );
                findings
                    .add(name, pointer.key("objectMappings").index(mapping_index).key(object_key), message)
                    .label("no such object")
                    .manual(
                        "Download the schema again, or restore the default mappings",
                        portal::download_again("check the new file"),
                    );
            }
        }
    }
    Ok(())
}

/// Whether the app itself says that it is a non-gallery app, whatever its target directory is called.
fn is_non_gallery(target: &Target<'_>) -> bool {
    match target.principal().and_then(|app| app.template()) {
        Some(template) => template == NON_GALLERY_TEMPLATE,
        None => {
            let job = target.schema.as_ref().and_then(|view| view.job);
            job.and_then(|job| job.template_id.as_deref()) == Some("scim")
        }
    }
}

fn unexpected(target: &Target<'_>, findings: &mut Findings<'_>) -> Judged {
    let Some(view) = &target.schema else { return Ok(()) };
    for (index, rule) in view.schema.synchronization_rules.iter().flatten().enumerate() {
        let (Some(from), Some(to)) = (rule.source_directory_name.as_deref(), rule.target_directory_name.as_deref())
        else {
            continue;
        };
        let pointer = view.pointer.key("synchronizationRules").index(index).key("targetDirectoryName");
        let what = match (is_entra_directory(from), is_entra_directory(to)) {
            (false, true) if from.eq_ignore_ascii_case("Active Directory") => {
                "This is a cloud sync schema, from Active Directory to Entra ID".to_owned()
            }
            (false, true) => format!("This schema provisions users from {from} into Entra ID (inbound provisioning)"),
            (true, true) => "This schema synchronizes two tenants (cross-tenant synchronization)".to_owned(),
            (false, false) if !provisions_an_app(rule) => {
                format!(
                    "This schema provisions users from {from} into {to}, like inbound provisioning from an HR system"
                )
            }
            (_, false) if is_non_gallery(target) && target.policy.is_for_non_gallery_apps() => continue,
            (_, false) if target.policy.target_directory.as_deref().is_some_and(|expected| expected != to) => {
                format!("This is the schema of the app or template {to}, which has its own requirements")
            }
            _ => continue,
        };
        let message = format!("{what}. The profile {} is for a different kind of app", target.policy.profile);
        findings
            .add(to, pointer, message)
            .label("the target directory")
            .manual("Check it with the profile of its own app, if there is one (see provlint profiles)", Vec::new());
    }
    Ok(())
}
