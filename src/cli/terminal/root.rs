//! The directory from which paths in reports begin.

use std::env;
use std::path::{Component, Path, PathBuf};

use crate::text::shown;

/// The repository, or the working directory outside a repository. Annotations, baselines and fingerprints name files from
/// here, so that they do not depend on the working directory within a repository.
#[derive(Clone, Debug, Default)]
pub(in crate::cli) struct Root {
    directory: PathBuf,
    root: PathBuf,
}

impl Root {
    /// The nearest directory upwards with a `.git`, else the working directory.
    pub(in crate::cli) fn find() -> Self {
        let directory = env::current_dir().unwrap_or_default();
        let root = directory.ancestors().find(|directory| directory.join(".git").exists()).unwrap_or(&directory);
        Root { root: root.to_owned(), directory }
    }

    /// The path of a file from the root, with forward slashes and without `..`; the absolute path of a file elsewhere.
    pub(in crate::cli) fn path(&self, file: &Path) -> String {
        let whole = tidy(&self.directory.join(file));
        let inside = inside(&whole, &tidy(&self.root)).or_else(|| {
            // The path may contain a symbolic link.
            inside(&whole.canonicalize().ok()?, &self.root.canonicalize().ok()?)
        });
        shown(inside.unwrap_or(whole))
    }

    /// The same for every spelling of a file's name. On Windows, these may differ in case.
    pub(in crate::cli) fn file(&self, file: &Path) -> String {
        let spelt = if cfg!(windows) { file.canonicalize().ok() } else { None };
        self.path(spelt.as_deref().unwrap_or(file))
    }

    /// The directory itself.
    pub(in crate::cli) fn root(&self) -> &Path {
        &self.root
    }

    /// Whether a file that [`Root::path`] named exists.
    pub(in crate::cli) fn holds(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }
}

fn inside(file: &Path, root: &Path) -> Option<PathBuf> {
    file.strip_prefix(root).ok().map(Path::to_owned)
}

/// Without `.` and `..`, resolved as text: symbolic links are not followed.
fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => drop(tidy.pop()),
            component => tidy.push(component),
        }
    }
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_path_however_it_is_typed() {
        let root = Root { directory: "/repo/exports".into(), root: "/repo".into() };
        for typed in ["a b.json", "./a b.json", "../exports/a b.json", "x/../a b.json", "/repo/exports/a b.json"] {
            assert_eq!(root.path(Path::new(typed)), "exports/a b.json");
        }
        assert_eq!(root.path(Path::new("../../other/a.json")), "/other/a.json");
        assert_eq!(Root::default().path(Path::new("./a.json")), "a.json");
    }
}
