//! Folders that EntraExporter writes: an app in `ServicePrincipals/<id>/<id>.json`, and its assignments in
//! `AppRoleAssignedTo/<id>/<id>.json` beside that. <https://github.com/microsoft/EntraExporter>

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::check::CheckError;
use crate::cli::terminal::problem::Problem;
use crate::document;

/// The folder of an app, if `file` is what EntraExporter wrote about the app itself.
pub(in crate::cli) fn folder(file: &Path) -> Option<&Path> {
    let folder = file.parent()?;
    (own_file(folder) == file && folder.parent()?.file_name()? == "ServicePrincipals" && file.is_file())
        .then_some(folder)
}

/// The folder as the text of a snapshot. Without a folder of assignments these are unknown.
/// `text` reads a file.
pub(in crate::cli) fn snapshot(
    folder: &Path,
    text: impl Fn(&Path) -> Result<String, Problem>,
) -> Result<String, Problem> {
    let read = |file: &Path| {
        let text = text(file)?;
        let value: Result<Value, _> = document::from_str(&text);
        value.map_err(|error| CheckError::parsing(&file.display().to_string(), &text, &error).into())
    };
    let mut snapshot = json!({
        "provlint": {"snapshot": 1},
        "servicePrincipal": read(&own_file(folder))?,
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
        files.extend(Some(own_file(&entry.map_err(failed)?.path())).filter(|file| file.is_file()));
    }
    Ok(files)
}

/// `<id>/<id>.json`
fn own_file(folder: &Path) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(".json");
    folder.join(name)
}
