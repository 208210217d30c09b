//! The files of a run, and their contents.

use std::collections::HashSet;
use std::fs::File;
use std::hash::Hash;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::exporter;
use crate::check::{InputKind, Origin};
use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::root::Root;
use crate::document::{self, Encoding};

/// Over a hundred times the largest schema. A larger file is something else, and would fill the memory.
const LARGEST_MIB: u64 = 512;

/// A file to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Input {
    /// The name, as reports show it.
    pub(in crate::cli) name: String,
    /// `None` for standard input and for an app.
    path: Option<PathBuf>,
    /// Whether it was named, found in a directory, or read from a tenant.
    pub(in crate::cli) kind: InputKind,
}

/// The inputs of a run: named files, the files in named directories, and `-` for standard input. Each comes once, however
/// often it is named; `same` returns equal keys for paths of one file.
///
/// The files of a directory are sorted; `.gitignore` is respected.
pub(in crate::cli) fn find<K: Eq + Hash>(paths: &[PathBuf], same: impl Fn(&Path) -> K) -> Vec<Result<Input, Problem>> {
    let mut inputs = Vec::new();
    for path in paths {
        if path.is_dir() {
            inputs.extend(walk(path));
        } else {
            inputs.push(Ok(Input::of(path)));
        }
    }
    if inputs.len() < 2 {
        return inputs;
    }
    let mut named = HashSet::new();
    for input in inputs.iter().flatten().filter(|input| input.kind == InputKind::Named) {
        named.extend(input.path().map(&same));
    }
    let mut seen = HashSet::new();
    inputs.retain_mut(|input| {
        let Ok(input) = input else { return true };
        let Some(key) = input.path().map(&same) else { return true };
        if named.contains(&key) {
            input.kind = InputKind::Named;
        }
        seen.insert(key)
    });
    inputs
}

/// How the names of backups begin.
pub(in crate::cli) const BACKUP: &str = "provlint-backup-";

fn walk(directory: &Path) -> impl Iterator<Item = Result<Input, Problem>> {
    let mut walk = WalkBuilder::new(directory);
    // Ignore only what the directory's own .gitignore files exclude; the user's global git settings must not change the
    // result.
    walk.require_git(false).git_global(false).git_exclude(false).ignore(false);
    let walk = walk.sort_by_file_path(Path::cmp).build();
    walk.filter_map(|entry| {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return Some(Err(Problem::Directory(error))),
        };
        let path = entry.into_path();
        if let Some(folder) = exporter::folder(&path) {
            return Some(Ok(Input { kind: InputKind::Exporter, ..Input::of(folder) }));
        }
        // Backups are not configuration: never check them, and never fix them.
        let backup = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(BACKUP));
        let kind = if backup { InputKind::Backup } else { InputKind::Walked };
        let json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        (json && path.is_file()).then(|| Ok(Input { kind, ..Input::of(&path) }))
    })
}

/// The content of a file.
pub(in crate::cli) struct Contents {
    pub(in crate::cli) text: String,
    pub(in crate::cli) encoding: Encoding,
    /// The bytes as read.
    pub(in crate::cli) bytes: Vec<u8>,
}

impl Input {
    /// One file, or `-` for standard input.
    pub(in crate::cli) fn of(path: &Path) -> Self {
        if path.as_os_str() == "-" {
            return Input { name: "<stdin>".into(), path: None, kind: InputKind::Named };
        }
        let name = path.display().to_string();
        Input { name, path: Some(path.to_owned()), kind: InputKind::Named }
    }

    /// An app of a tenant.
    pub(in crate::cli) fn live(app: &str) -> Self {
        Input { name: format!("graph:{app}"), path: None, kind: InputKind::Live }
    }

    /// Its origin, for reports.
    pub(in crate::cli) fn origin(&self, root: &Root) -> Origin {
        let path = self.path().map(|path| root.path(path));
        Origin { name: self.name.clone(), path, kind: self.kind }
    }

    /// Whether it is a folder that EntraExporter wrote for one app.
    pub(in crate::cli) fn is_exporter(&self) -> bool {
        self.kind == InputKind::Exporter
    }

    /// Its path; `None` for standard input and for an app.
    pub(in crate::cli) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Reads and decodes it.
    pub(in crate::cli) fn text(&self) -> Result<String, Problem> {
        if let (true, Some(folder)) = (self.is_exporter(), &self.path) {
            return exporter::snapshot(folder, |file| Input::of(file).text());
        }
        self.decoded(self.bytes()?).map(|(_, text)| text)
    }

    /// Reads and decodes a file, and keeps the bytes, so that it can be written back in the same encoding.
    pub(in crate::cli) fn read(&self) -> Result<Contents, Problem> {
        let bytes = self.bytes()?;
        let (encoding, text) = self.decoded(bytes.clone())?;
        Ok(Contents { text, encoding, bytes })
    }

    fn decoded(&self, bytes: Vec<u8>) -> Result<(Encoding, String), Problem> {
        if bytes.is_empty() {
            return Err(Problem::Empty { name: self.name.clone() });
        }
        let (encoding, text) = document::decode(bytes).map_err(|error| Problem::decoding(&self.name, &error))?;
        if text.trim().is_empty() {
            return Err(Problem::Empty { name: self.name.clone() });
        }
        Ok((encoding, text))
    }

    fn bytes(&self) -> Result<Vec<u8>, Problem> {
        let limit = LARGEST_MIB << 20;
        let failed = |error| Problem::reading_input(self.path.as_deref().unwrap_or(Path::new("standard input")), error);
        let mut bytes = Vec::new();
        match &self.path {
            None => io::stdin().lock().take(limit + 1).read_to_end(&mut bytes).map_err(failed)?,
            Some(path) => {
                let file = File::open(path).map_err(failed)?;
                let length = file.metadata().map_or(0, |metadata| metadata.len());
                bytes.reserve_exact(usize::try_from(length.min(limit)).unwrap_or_default());
                file.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?
            }
        };
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
            return Err(Problem::TooLarge { name: self.name.clone(), limit: LARGEST_MIB });
        }
        Ok(bytes)
    }
}

/// Refuses to read standard input twice.
pub(in crate::cli) fn one_standard_input<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Result<(), Problem> {
    if paths.into_iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        return Err(Problem::Usage {
            message: "standard input can be read only once".into(),
            help: "name a file instead of the other -".into(),
        });
    }
    Ok(())
}
