//! Steps in the Microsoft Entra admin center, with the names of its pages and buttons.
//!
//! <https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes>

use super::MappingView;

/// A step in the portal. A rule does not know what the app is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Opens this page of the enterprise app.
    App(String),
    /// Opens this page of the app's registration.
    Registration(String),
    /// Anything else.
    Other(String),
}

impl Step {
    /// The step as people read it, with the name of the app if it is known.
    pub(super) fn of_app(self, name: Option<&str>) -> String {
        let name = name.unwrap_or("your app");
        match self {
            Step::App(page) => format!("Entra admin center: Entra ID > Enterprise apps > {name} > {page}"),
            Step::Registration(page) => format!("Entra admin center: App registrations > {name} > {page}"),
            Step::Other(text) => text,
        }
    }
}

impl From<String> for Step {
    fn from(text: String) -> Self {
        Step::Other(text)
    }
}

impl From<&str> for Step {
    fn from(text: &str) -> Self {
        Step::Other(text.to_owned())
    }
}

/// Opens an object mapping's page.
pub(super) fn open(mapping: &MappingView<'_>) -> Step {
    app(&format!("{MAPPINGS} > {}", mapping.portal_name()))
}

/// Opens a page of the app.
pub(super) fn app(page: &str) -> Step {
    Step::App(page.to_owned())
}

/// Creates a non-gallery app. `guide` shows the same step.
pub(crate) const NEW_APP: &str =
    "Entra admin center: Entra ID > Enterprise apps > New application > Create your own application";

/// The page that lists the object mappings. Before 2026 it was the section *Mappings* of the page *Provisioning*.
pub(super) const MAPPINGS: &str = "Provisioning > Attribute mapping (or Mappings)";

const ADVANCED: &str = "Expand Advanced options (or tick Show advanced options) and click";

const SAVE: &str = "Click Ok, then Save";

/// Edits a row: opens it, does `what`, saves.
pub(super) fn edit_row(mapping: &MappingView<'_>, target: &str, what: impl Into<String>) -> Vec<Step> {
    vec![
        open(mapping),
        format!("In the row whose target attribute is {target}, click Edit").into(),
        what.into().into(),
        SAVE.into(),
    ]
}

/// The step that fills in a direct mapping.
pub(super) fn direct(source: &str, target: &str) -> String {
    format!("Set Source attribute to {source} and Target attribute to {target}")
}

/// Adds a row and fills it in by `what`.
pub(super) fn add_row(mapping: &MappingView<'_>, what: String) -> Vec<Step> {
    vec![open(mapping), "Click Add New Mapping".into(), what.into(), SAVE.into()]
}

/// Deletes a row.
pub(super) fn delete_row(mapping: &MappingView<'_>, target: &str) -> Vec<Step> {
    let delete = format!("In the row whose target attribute is {target}, click Delete");
    vec![open(mapping), delete.into(), "Click Save".into()]
}

/// Does `what` on an object mapping's page.
pub(super) fn on_mapping(mapping: &MappingView<'_>, what: impl Into<String>) -> Vec<Step> {
    vec![open(mapping), what.into().into(), "Click Save".into()]
}

/// Does `what` in the target's attribute list. The button's label ends with the name of the target directory.
pub(super) fn attribute_list(mapping: &MappingView<'_>, what: impl Into<String>) -> Vec<Step> {
    vec![open(mapping), format!("{ADVANCED} Edit attribute list").into(), what.into().into(), "Click Save".into()]
}

/// Downloads the schema again.
pub(super) fn download_again(what: impl Into<String>) -> Vec<Step> {
    let review = format!("{ADVANCED} Review your schema here");
    vec![app(&format!("{MAPPINGS} > any mapping")), review.into(), what.into().into()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_names_the_app_and_a_text_is_never_searched_for_it() {
        let page = || app("Properties");
        assert_eq!(page().of_app(Some("TOTAL")), "Entra admin center: Entra ID > Enterprise apps > TOTAL > Properties");
        assert_eq!(page().of_app(None), "Entra admin center: Entra ID > Enterprise apps > your app > Properties");
        assert_eq!(Step::from("Select your app").of_app(Some("TOTAL")), "Select your app");
    }
}
