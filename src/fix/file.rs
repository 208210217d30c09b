//! Files, written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

/// Why a file was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Another program wrote to it in the meantime.
    #[error("it changed since it was read")]
    Changed,
    /// The file is read-only.
    #[error("it is read-only")]
    ReadOnly,
    /// A pipe or a device.
    #[error("it is not a regular file")]
    NoFile,
    /// The file system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Replaces the content of a file by `new`; it must still be what was `read`. Through a symbolic link its target is
/// written. Permissions are kept, and the owner if that is allowed.
///
/// # Errors
/// See [`WriteError`]; the file then has its old content.
pub fn replace(path: &Path, read: &[u8], new: &[u8]) -> Result<(), WriteError> {
    let path = fs::canonicalize(path)?;
    let metadata = fs::metadata(&path)?;
    if !metadata.is_file() {
        return Err(WriteError::NoFile);
    }
    if metadata.permissions().readonly() {
        return Err(WriteError::ReadOnly);
    }
    let mut beside = beside(&path)?;
    beside.write_all(new)?;
    keep_owner(beside.as_file(), &metadata);
    beside.as_file().set_permissions(metadata.permissions())?;
    beside.as_file().sync_all()?;
    if fs::read(&path)? != read {
        return Err(WriteError::Changed);
    }
    beside.persist(&path).map_err(|error| error.error)?;
    settle(&path);
    Ok(())
}

/// Writes `content` to a new or an existing file: whole or not at all, keeping permissions. A pipe or device is written
/// to directly.
///
/// # Errors
/// See [`WriteError`]; a regular file then has its old content.
pub fn put(path: &Path, content: &[u8]) -> Result<(), WriteError> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => replace(path, &fs::read(path)?, content),
        Ok(_) => Ok(fs::write(path, content)?),
        // A link to a missing file creates that file.
        Err(error)
            if error.kind() == io::ErrorKind::NotFound
                && fs::symlink_metadata(path).is_ok_and(|link| link.is_symlink()) =>
        {
            put(&folder(path).join(fs::read_link(path)?), content)
        }
        Err(_) => {
            let mut beside = Builder::new();
            // With the permissions of any new file, under the umask of the process.
            #[cfg(unix)]
            beside.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
            let beside = beside.prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder(path));
            let mut beside = beside.map_err(nameless)?;
            beside.write_all(content).map_err(nameless)?;
            beside.as_file().sync_all()?;
            beside.persist(path).map_err(|error| error.error)?;
            settle(path);
            Ok(())
        }
    }
}

/// Writes `content` to a new file that only its owner may read: whole or not at all, and on disk before this returns.
///
/// # Errors
/// If there is a file of that name, or the file system refuses.
pub fn create_private(path: &Path, content: &[u8]) -> io::Result<()> {
    // A temporary file is readable by its owner only from the beginning.
    let mut beside = beside(path)?;
    beside.write_all(content).map_err(nameless)?;
    beside.as_file().sync_all()?;
    beside.persist_noclobber(path).map_err(|error| error.error)?;
    settle(path);
    Ok(())
}

const PREFIX: &str = ".provlint-";
const SUFFIX: &str = ".tmp";

fn beside(path: &Path) -> io::Result<NamedTempFile> {
    Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder(path)).map_err(nameless)
}

/// The error without the name of the temporary file, which means nothing to the user.
fn nameless(error: io::Error) -> io::Error {
    let said = error.to_string();
    match said.split_once(" at path ") {
        Some((said, _)) => io::Error::new(error.kind(), said),
        None => error,
    }
}

fn folder(path: &Path) -> PathBuf {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.map_or_else(|| PathBuf::from("."), Path::to_owned)
}

/// Writes the directory entry to disk. Not every system can, and the file exists either way.
fn settle(path: &Path) {
    let _ = File::open(folder(path)).and_then(|folder| folder.sync_all());
}

#[cfg(unix)]
fn keep_owner(file: &File, metadata: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    // Only root may keep another owner; otherwise the current user becomes the owner, as with any editor.
    let _ = fchown(file, Some(metadata.uid()), Some(metadata.gid()));
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &fs::Metadata) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, "old").unwrap();
        (folder, path)
    }

    fn names(folder: &Path) -> Vec<String> {
        folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_file_that_changed_since_it_was_read_is_not_written() {
        let (folder, path) = folder();
        assert!(matches!(replace(&path, b"other", b"new"), Err(WriteError::Changed)));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        replace(&path, b"old", b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["a.json"], "nothing is left beside it");
    }

    #[test]
    fn a_new_file_is_private_and_replaces_no_other() {
        let (folder, path) = folder();
        let new = folder.path().join("b.json");
        create_private(&new, b"new").unwrap();
        assert_eq!(fs::read(&new).unwrap(), b"new");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&new).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(create_private(&path, b"new").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(folder.path().read_dir().unwrap().count(), 2, "nothing is left beside them");
    }

    #[test]
    fn a_result_goes_to_a_new_file_an_existing_one_or_a_device() {
        let (folder, path) = folder();
        put(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        let new = folder.path().join("b.json");
        put(&new, b"new").unwrap();
        assert_eq!(fs::read(&new).unwrap(), b"new");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let plain = folder.path().join("c.json");
            fs::write(&plain, "x").unwrap();
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode(&new), mode(&plain), "as any other file");
            put(Path::new("/dev/null"), b"x").unwrap();
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("d.json", folder.path().join("link")).unwrap();
            put(&folder.path().join("link"), b"new").unwrap();
            assert!(fs::symlink_metadata(folder.path().join("link")).unwrap().is_symlink());
            assert_eq!(fs::read(folder.path().join("d.json")).unwrap(), b"new");
            std::os::unix::fs::symlink("loop", folder.path().join("loop")).unwrap();
            let _ = put(&folder.path().join("loop"), b"new");
        }
        assert!(put(&folder.path().join("nowhere/c.json"), b"x").is_err());
        assert!(names(folder.path()).iter().all(|name| !name.starts_with(PREFIX)));
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_are_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let (folder, path) = folder();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let link = folder.path().join("link");
        symlink(&path, &link).unwrap();
        replace(&link, b"old", b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).unwrap();
        assert!(matches!(replace(&path, b"new", b"newer"), Err(WriteError::ReadOnly)));
        assert!(matches!(replace(Path::new("/dev/null"), b"", b"x"), Err(WriteError::NoFile)));
    }
}
