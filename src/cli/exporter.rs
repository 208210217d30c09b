//! Folders that EntraExporter writes: an app in `ServicePrincipals/<id>/<id>.json`, and who is assigned to it in
//! `AppRoleAssignedTo/<id>/<id>.json` beside that. <https://github.com/microsoft/EntraExporter>

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::input::Input;
use super::problem::Problem;
use crate::document;

/// The folder of an app, if `file` is what EntraExporter wrote about the app itself.
pub(super) fn folder(file: &Path) -> Option<&Path> {
    let folder = file.parent()?;
    let is_named_so = file.file_stem() == folder.file_name() && file.extension()? == "json";
    (is_named_so && folder.parent()?.file_name()? == "ServicePrincipals" && file.is_file()).then_some(folder)
}

/// What the folder holds, as the text of a snapshot. Without a folder of assignments nothing is known of them.
pub(super) fn snapshot(folder: &Path) -> Result<String, Problem> {
    let id = folder.file_name().unwrap_or_default();
    let mut snapshot = json!({
        "provlint": {"snapshot": 1},
        "servicePrincipal": read(&folder.join(id).with_extension("json"))?,
    });
    let assignments = folder.join("AppRoleAssignedTo");
    if assignments.is_dir() {
        let mut files: Vec<PathBuf> = subfolders(&assignments)?;
        files.sort();
        let assigned: Result<Vec<Value>, Problem> = files.iter().map(|file| read(file)).collect();
        snapshot["appRoleAssignedTo"] = Value::Array(assigned?);
    }
    Ok(format!("{snapshot:#}\n"))
}

/// `<id>/<id>.json` in every subfolder.
fn subfolders(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let failed = |error| Problem::reading(folder, error);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let Some(id) = path.file_name().map(ToOwned::to_owned) else { continue };
        let mut name = id;
        name.push(".json");
        files.extend(Some(path.join(name)).filter(|file| file.is_file()));
    }
    Ok(files)
}

fn read(file: &Path) -> Result<Value, Problem> {
    let text = Input::of(file).text()?;
    document::from_str(&text).map_err(|error| Problem::parsing(&file.display().to_string(), &text, &error))
}
