//! The files of a run, and their contents.

use std::collections::HashSet;
use std::fs::{self, File};
use std::hash::Hash;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

use super::exporter;
use crate::check::{InputKind, Origin};
use crate::cli::terminal::problem::Problem;
use crate::cli::terminal::root::Root;
use crate::document::{self, Encoding};
use crate::fix::Identity;
use crate::text::shown;

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
    for path in paths.iter().flat_map(|path| named(path)) {
        if path.is_dir() {
            inputs.extend(walk(&path));
        } else {
            inputs.push(Ok(Input::of(&path)));
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

/// The paths that a word of the command line names.
#[cfg(not(windows))]
fn named(word: &Path) -> Vec<PathBuf> {
    vec![word.to_owned()]
}

/// The same on Windows, where no shell expands `exports\*.json`, and the last backslash of `"C:\my exports\"` makes the
/// quotation mark after it a part of the name. No name of a file can have one of these characters.
#[cfg(windows)]
fn named(word: &Path) -> Vec<PathBuf> {
    let text = word.to_string_lossy();
    let text = text.strip_suffix('"').unwrap_or(&text);
    if Path::new(text).exists() || !text.contains(['*', '?']) {
        return vec![text.into()];
    }
    let as_windows = glob::MatchOptions { case_sensitive: false, ..glob::MatchOptions::new() };
    let found = glob::glob_with(&text.replace('[', "[[]"), as_windows);
    let found: Vec<PathBuf> = found.into_iter().flatten().flatten().collect();
    // A pattern without a file is reported as it was typed.
    if found.is_empty() { vec![text.into()] } else { found }
}

/// How the names of backups begin.
pub(in crate::cli) const BACKUP: &str = "provlint-backup-";

/// The files of a directory, each once, also those in it that only a link names. Every other link is returned as such,
/// because it may lead anywhere.
fn walk(directory: &Path) -> Vec<Result<Input, Problem>> {
    let mut walk = WalkBuilder::new(directory);
    // Ignore only what the directory's own .gitignore files exclude; the user's global git settings must not change the
    // result.
    walk.require_git(false).git_global(false).git_exclude(false).ignore(false);
    let walk = walk.sort_by_file_path(Path::cmp).build();
    let mut found: Vec<Result<Input, Problem>> = walk.filter_map(|entry| walked(entry, directory)).collect();
    let is_link = |input: &Result<Input, Problem>| input.as_ref().is_ok_and(|input| input.kind == InputKind::Link);
    if found.iter().any(is_link) {
        let read = found.iter().flatten().filter(|input| input.kind != InputKind::Link).flat_map(Input::files);
        let mut read: HashSet<Identity> = read.map(|file| Identity::of(&file)).collect();
        read.insert(Identity::of(directory));
        // A file that only a link names, such as one in a hidden folder, is read by that name.
        for input in found.iter_mut().flatten().filter(|input| input.kind == InputKind::Link) {
            let Some(path) = input.path().filter(|path| is_file_inside(path, directory)) else { continue };
            if read.insert(Identity::of(path)) {
                input.kind = InputKind::Walked;
            }
        }
        let is_read = |input: &Input| input.kind != InputKind::Link;
        let kept = found.iter().flatten().filter(|input| is_read(input)).flat_map(Input::files);
        let kept: Vec<PathBuf> = kept.filter_map(|file| file.canonicalize().ok()).collect();
        found.retain(|input| match input {
            Ok(Input { kind: InputKind::Link, path: Some(path), .. }) => {
                !read.contains(&Identity::of(path)) && !is_walked(path, &kept)
            }
            _ => true,
        });
    }
    found
}

/// Whether a link leads to a directory whose files are read; `read` are their real paths.
fn is_walked(link: &Path, read: &[PathBuf]) -> bool {
    let target = link.canonicalize().ok().filter(|target| target.is_dir());
    target.is_some_and(|target| read.iter().any(|file| file.starts_with(&target)))
}

/// Whether a link leads to a file in a directory, outside the repository's own data.
fn is_file_inside(link: &Path, directory: &Path) -> bool {
    let (Ok(target), Ok(root)) = (link.canonicalize(), directory.canonicalize()) else { return false };
    let inside = target.strip_prefix(root);
    target.is_file() && inside.is_ok_and(|inside| inside.components().all(|part| part.as_os_str() != ".git"))
}

/// What an entry of a directory is; `None` for what is no JSON.
fn walked(entry: Result<DirEntry, ignore::Error>, directory: &Path) -> Option<Result<Input, Problem>> {
    let entry = match entry {
        Ok(entry) => entry,
        Err(error) => return Some(Err(Problem::Directory(error))),
    };
    let path = entry.path();
    let json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let kind = match fs::symlink_metadata(path) {
        // The directory itself was named, so it may be a link.
        _ if path == directory => return None,
        Ok(metadata) if metadata.is_dir() => return None,
        Ok(metadata) if metadata.is_symlink() => {
            return (json || path.is_dir()).then(|| Ok(Input { kind: InputKind::Link, ..Input::of(path) }));
        }
        Ok(metadata) if !metadata.is_file() => InputKind::Link,
        // Backups are not configuration: never check them, and never fix them.
        _ if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(BACKUP)) => InputKind::Backup,
        _ => InputKind::Walked,
    };
    if let (InputKind::Walked, Some(folder)) = (kind, exporter::folder(path)) {
        return Some(Ok(Input { kind: InputKind::Exporter, ..Input::of(folder) }));
    }
    json.then(|| Ok(Input { kind, ..Input::of(path) }))
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
        let name = shown(path);
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

    /// The files that are read for it.
    pub(in crate::cli) fn files(&self) -> Vec<PathBuf> {
        match &self.path {
            Some(folder) if self.is_exporter() => exporter::files(folder),
            path => path.iter().cloned().collect(),
        }
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
        match &self.path {
            None => {
                let failed = |error| Problem::reading_input(Path::new("standard input"), error);
                limited(io::stdin().lock(), 0, &self.name, failed)
            }
            Some(path) => of_file(path, |error| Problem::reading_input(path, error)),
        }
    }
}

/// The text in standard input, up to a length. It is decoded as files are, because Windows PowerShell writes UTF-16.
pub(in crate::cli) fn standard_input(longest: u64) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(longest).read_to_end(&mut bytes);
    read.map_err(|error| Problem::reading(Path::new("standard input"), error))?;
    let (_, text) = document::decode(bytes).map_err(|error| Problem::decoding("<stdin>", &error))?;
    Ok(text)
}

/// Reads a file that accompanies the inputs, such as a policy.
pub(in crate::cli) fn read_beside(path: &Path) -> Result<Vec<u8>, Problem> {
    of_file(path, |error| Problem::reading(path, error))
}

fn of_file(path: &Path, failed: impl Fn(io::Error) -> Problem) -> Result<Vec<u8>, Problem> {
    let file = File::open(path).map_err(&failed)?;
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    limited(file, length, &shown(path), failed)
}

/// Everything there is to read, if it is not too much: a file can grow, and a device never ends.
fn limited(
    from: impl Read,
    length: u64,
    name: &str,
    failed: impl Fn(io::Error) -> Problem,
) -> Result<Vec<u8>, Problem> {
    let limit = LARGEST_MIB << 20;
    let too_large = || Problem::TooLarge { name: name.to_owned(), limit: LARGEST_MIB };
    if length > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    bytes.reserve_exact(usize::try_from(length).unwrap_or_default());
    from.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit { Err(too_large()) } else { Ok(bytes) }
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
