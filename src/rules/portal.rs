//! Steps in the Microsoft Entra admin center, with the names of its pages and buttons.
//!
//! <https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes>

use super::MappingView;

/// Opens an object mapping's page.
pub(super) fn open(mapping: &MappingView<'_>) -> String {
    app(&format!("{MAPPINGS} > {}", mapping.portal_name()))
}

/// Opens a page of the app.
pub(super) fn app(page: &str) -> String {
    format!("Entra admin center: Entra ID > Enterprise apps > your app > {page}")
}

/// Creates a non-gallery app. `guide` shows the same step.
pub(crate) const NEW_APP: &str =
    "Entra admin center: Entra ID > Enterprise apps > New application > Create your own application";

/// The page that lists the object mappings. Before 2026 it was the section *Mappings* of the page *Provisioning*.
pub(super) const MAPPINGS: &str = "Provisioning > Attribute mapping (or Mappings)";

const ADVANCED: &str = "Expand Advanced options (or tick Show advanced options) and click";

const SAVE: &str = "Click Ok, then Save";

/// Edits a row: opens it, does `what`, saves.
pub(super) fn edit_row(mapping: &MappingView<'_>, target: &str, what: impl Into<String>) -> Vec<String> {
    vec![
        open(mapping),
        format!("In the row whose target attribute is {target}, click Edit"),
        what.into(),
        SAVE.to_owned(),
    ]
}

/// The step that fills in a direct mapping.
pub(super) fn direct(source: &str, target: &str) -> String {
    format!("Set Source attribute to {source} and Target attribute to {target}")
}

/// Adds a row and fills it in by `what`.
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

/// Does `what` in the target's attribute list. The button's label ends with the name of the target directory.
pub(super) fn attribute_list(mapping: &MappingView<'_>, what: impl Into<String>) -> Vec<String> {
    vec![open(mapping), format!("{ADVANCED} Edit attribute list"), what.into(), "Click Save".to_owned()]
}

/// Downloads the schema again.
pub(super) fn download_again(what: impl Into<String>) -> Vec<String> {
    vec![app(&format!("{MAPPINGS} > any mapping")), format!("{ADVANCED} Review your schema here"), what.into()]
}
