//! Folders that EntraExporter writes: an app in `ServicePrincipals/<id>/<id>.json`, and its assignments in
//! `AppRoleAssignedTo/<id>/<id>.json` beside that. <https://github.com/microsoft/EntraExporter>

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::check::CheckError;
use crate::cli::terminal::problem::Problem;
use crate::document;
use crate::text::shown;

/// The folder of an app, if `file` is what EntraExporter wrote about the app itself.
pub(in crate::cli) fn folder(file: &Path) -> Option<&Path> {
    let folder = file.parent()?;
    (own_file(folder) == file && folder.parent()?.file_name()? == "ServicePrincipals" && is_own_file(file))
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
        value.map_err(|error| CheckError::parsing(&shown(file), &text, &error).into())
    };
    let mut snapshot = json!({
        "provlint": {"snapshot": 1},
        "servicePrincipal": read(&own_file(folder))?,
    });
    let assignments = folder.join(ASSIGNMENTS);
    if is_own_dir(&assignments) {
        let files = subfolders(&assignments)?;
        let assigned: Result<Vec<Value>, Problem> = files.iter().map(|file| read(file)).collect();
        snapshot["appRoleAssignedTo"] = Value::Array(assigned?);
    }
    Ok(format!("{snapshot:#}\n"))
}

/// Every file that is read for a folder.
pub(in crate::cli) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = vec![own_file(folder)];
    let assignments = folder.join(ASSIGNMENTS);
    if is_own_dir(&assignments) {
        files.extend(subfolders(&assignments).unwrap_or_default());
    }
    files
}

/// The folder of the assignments of an app.
const ASSIGNMENTS: &str = "AppRoleAssignedTo";

/// A directory and not a link, which may lead out of the folder.
fn is_own_dir(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// A file and not a link.
fn is_own_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file())
}

/// `<id>/<id>.json` in every subfolder, sorted.
fn subfolders(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let failed = |error| Problem::reading(folder, error);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let app = entry.map_err(failed)?.path();
        files.extend(Some(own_file(&app)).filter(|file| is_own_dir(&app) && is_own_file(file)));
    }
    files.sort();
    Ok(files)
}

/// `<id>/<id>.json`
fn own_file(folder: &Path) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(".json");
    folder.join(name)
}
