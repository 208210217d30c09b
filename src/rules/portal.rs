//! Steps in the portal, in the words of its pages.
//!
//! <https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes>

use super::MappingView;

/// Opens the page of an object mapping.
fn open(mapping: &MappingView<'_>) -> String {
    format!(
        "Entra admin center: Enterprise applications > your app > Provisioning > Mappings > {}",
        mapping.portal_name()
    )
}

const SAVE: &str = "Click Ok, then Save";

/// Opens a row, does `what`, saves.
pub(super) fn edit_row(mapping: &MappingView<'_>, target: &str, what: impl Into<String>) -> Vec<String> {
    vec![
        open(mapping),
        format!("In the row whose target attribute is {target}, click Edit"),
        what.into(),
        SAVE.to_owned(),
    ]
}

/// Fills in a row of a direct mapping.
pub(super) fn direct(source: &str, target: &str) -> String {
    format!("Set Source attribute to {source} and Target attribute to {target}")
}

/// Adds a row, which `what` fills in.
pub(super) fn add_row(mapping: &MappingView<'_>, what: String) -> Vec<String> {
    vec![open(mapping), "Click Add New Mapping".to_owned(), what, SAVE.to_owned()]
}

/// Deletes a row.
pub(super) fn delete_row(mapping: &MappingView<'_>, target: &str) -> Vec<String> {
    vec![open(mapping), format!("In the row whose target attribute is {target}, click Delete"), "Click Save".to_owned()]
}

/// Does `what` on an object mapping's page.
pub(super) fn on_mapping(mapping: &MappingView<'_>, what: impl Into<String>) -> Vec<String> {
    vec![open(mapping), what.into(), "Click Save".to_owned()]
}

/// Does `what` in the list of the target's attributes.
pub(super) fn attribute_list(mapping: &MappingView<'_>, what: impl Into<String>) -> Vec<String> {
    vec![
        open(mapping),
        "Tick Show advanced options and click Edit attribute list for customappsso".to_owned(),
        what.into(),
        "Click Save".to_owned(),
    ]
}

/// Downloads the schema again.
pub(super) fn download_again(what: impl Into<String>) -> Vec<String> {
    vec![
        "Entra admin center: Enterprise applications > your app > Provisioning > Mappings > either mapping".to_owned(),
        "Tick Show advanced options and click Review your schema here".to_owned(),
        what.into(),
    ]
}
