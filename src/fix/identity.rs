//! Whether two paths lead to one file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What two paths of one file share, whatever their names, through symbolic and hard links. Files that do not exist yet
/// are the same if their folders and names are.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Identity(Known);

#[derive(Debug, PartialEq, Eq, Hash)]
enum Known {
    /// The device and the number of the file on it.
    #[cfg(unix)]
    Node(u64, u64),
    /// An open handle, because Windows tells the number of open files only.
    #[cfg(windows)]
    Handle(same_file::Handle),
    /// The whole path.
    Path(PathBuf),
}

/// At most so many links to missing files are followed; Linux allows 40.
const MOST_LINKS: usize = 40;

impl Identity {
    /// The identity of the file at a path. On Windows the file stays open while this exists: drop it before writing.
    pub fn of(path: &Path) -> Self {
        Identity(existing(path).unwrap_or_else(|_| Known::Path(missing(path, MOST_LINKS))))
    }
}

#[cfg(unix)]
fn existing(path: &Path) -> io::Result<Known> {
    use std::os::unix::fs::MetadataExt;
    // Opening a pipe would wait for its other end.
    fs::metadata(path).map(|metadata| Known::Node(metadata.dev(), metadata.ino()))
}

#[cfg(windows)]
fn existing(path: &Path) -> io::Result<Known> {
    same_file::Handle::from_path(path).map(Known::Handle)
}

#[cfg(not(any(unix, windows)))]
fn existing(path: &Path) -> io::Result<Known> {
    fs::canonicalize(path).map(Known::Path)
}

/// The path at which a missing file will be created.
fn missing(path: &Path, links: usize) -> PathBuf {
    let folder = folder(path);
    if let (Ok(target), 1..) = (fs::read_link(path), links) {
        return missing(&folder.join(target), links - 1);
    }
    let folder = fs::canonicalize(&folder).unwrap_or(folder);
    path.file_name().map_or_else(|| folder.clone(), |name| folder.join(name))
}

/// The folder of a path.
pub(super) fn folder(path: &Path) -> PathBuf {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.map_or_else(|| PathBuf::from("."), Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_has_one_identity_under_all_its_names() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("a"), "x").unwrap();
        fs::write(at("b"), "x").unwrap();
        fs::create_dir(at("sub")).unwrap();
        fs::hard_link(at("a"), at("hard")).unwrap();
        assert_eq!(Identity::of(&at("a")), Identity::of(&at("sub/../a")));
        assert_eq!(Identity::of(&at("a")), Identity::of(&at("hard")));
        assert_ne!(Identity::of(&at("a")), Identity::of(&at("b")), "the same content is not the same file");
        assert_eq!(Identity::of(&at("new")), Identity::of(&at("sub/../new")));
        assert_ne!(Identity::of(&at("new")), Identity::of(&at("sub/new")));
        #[cfg(unix)]
        {
            use std::os::unix::fs::symlink;
            symlink("a", at("link")).unwrap();
            assert_eq!(Identity::of(&at("a")), Identity::of(&at("link")));
            symlink("new", at("to new")).unwrap();
            assert_eq!(Identity::of(&at("new")), Identity::of(&at("to new")));
            symlink("loop", at("loop")).unwrap();
            assert_eq!(Identity::of(&at("loop")), Identity::of(&at("loop")));
        }
    }
}
