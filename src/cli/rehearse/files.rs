//! The files of a rehearsal: the list of what was created, and recordings.

use std::collections::VecDeque;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::input::{Script, read_script};
use crate::cli::terminal::problem::Problem;
use crate::scim::rehearsal::{PREFIX, Page, Save, Tape};
use crate::text::shown;

/// The file that describes a recording.
const SCRIPT: &str = "rehearsal.json";

/// The file for the list of what is created, in the working directory, and what saves it.
pub(super) fn ledger(script: &Script) -> (PathBuf, Box<Save>) {
    let path = PathBuf::from(format!("{PREFIX}{:016x}.json", script.seed));
    (path.clone(), saver(path))
}

/// Saves the list as a whole: whenever the program is killed, the file is complete.
pub(super) fn saver(path: PathBuf) -> Box<Save> {
    Box::new(move |text| {
        if text.is_empty() {
            return match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut beside = tempfile::NamedTempFile::new_in(folder)?;
        beside.write_all(text.as_bytes())?;
        beside.persist(&path).map_err(|error| error.error)?;
        Ok(())
    })
}

/// Reads a list of what was created.
pub(super) fn page(path: &Path) -> Result<Page, Problem> {
    let text = read(path)?;
    Page::read(&text).map_err(|why| Problem::Usage {
        message: format!("{} does not list what a rehearsal created: {why}", shown(path)),
        help: format!("name the file that the rehearsal wrote: {PREFIX}….json"),
    })
}

fn read(path: &Path) -> Result<String, Problem> {
    fs::read_to_string(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Problem::Missing { path: path.to_owned() },
        _ => Problem::Unreadable { path: path.to_owned(), error },
    })
}

/// Records into a new directory.
pub(super) fn recorder(folder: &Path, script: &Script) -> Result<Tape, Problem> {
    let unwritable = |error: io::Error| Problem::Unwritable { path: folder.to_owned(), error: error.into() };
    fs::create_dir_all(folder).map_err(unwritable)?;
    if fs::read_dir(folder).map_err(unwritable)?.next().is_some() {
        return Err(Problem::Usage {
            message: format!("{} is not empty, so nothing was recorded", shown(folder)),
            help: "name a new directory with --record".into(),
        });
    }
    let page = serde_json::to_string_pretty(script).map_err(|error| unwritable(error.into()))?;
    fs::write(folder.join(SCRIPT), crate::secret::mask_shapes(&page)).map_err(unwritable)?;
    let (folder, mut number) = (folder.to_owned(), 0_u32);
    Ok(Tape::Record(Box::new(move |text| {
        number += 1;
        fs::write(folder.join(format!("{number:04}.json")), text)
    })))
}

/// Reads a recording.
pub(super) fn replayed(folder: &Path) -> Result<(Script, VecDeque<Value>), Problem> {
    let path = folder.join(SCRIPT);
    let script = read_script(&path, &read(&path)?)?;
    let mut played = VecDeque::new();
    loop {
        let path = folder.join(format!("{:04}.json", played.len() + 1));
        if !path.exists() {
            return Ok((script, played));
        }
        played.push_back(serde_json::from_str(&read(&path)?).map_err(|error| damaged(&path, &error.to_string()))?);
    }
}

/// A file that is no part of a recording.
pub(super) fn damaged(path: &Path, why: &str) -> Problem {
    Problem::Usage {
        message: format!("{} is not part of a recording: {why}", shown(path)),
        help: "record the rehearsal again with --record".into(),
    }
}
