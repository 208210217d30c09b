//! Files, written whole or not at all.
//!
//! A new content is written beside the file and takes its name at once. Where that would lose other names of the file, or
//! its owner, the file itself is written, with a copy of its old content beside it for as long as that takes.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use tempfile::{Builder, NamedTempFile};

use super::identity::folder;

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
    /// The file itself was written, and neither that nor the way back succeeded.
    #[error("{error}; its old content is in {}", copy.display())]
    Half {
        /// The file with the old content.
        copy: PathBuf,
        /// Why it was not written.
        error: io::Error,
    },
    /// The file system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Replaces the content of a file by `new`; it must still be what was `read`. Through a symbolic link its target is
/// written. Permissions, owner, group and hard links are kept.
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
    if names(&metadata) > 1 {
        return overwrite(&path, Some(read), new);
    }
    exchange(&path, &metadata, Some(read), new)
}

/// Writes `content` to a new or an existing file: whole or not at all, keeping what [`replace`] keeps. A pipe or device is
/// written to directly.
///
/// # Errors
/// See [`WriteError`]; a regular file then has its old content.
pub fn put(path: &Path, content: &[u8]) -> Result<(), WriteError> {
    match fs::metadata(path) {
        // Without truncating it, which a device refuses.
        _ if is_device(path) => Ok(File::options().write(true).open(path)?.write_all(content)?),
        Ok(metadata) if metadata.is_file() && !is_stream(path) => {
            let path = fs::canonicalize(path)?;
            if metadata.permissions().readonly() {
                return Err(WriteError::ReadOnly);
            }
            if names(&metadata) > 1 {
                return overwrite(&path, None, content);
            }
            match exchange(&path, &metadata, None, content) {
                // In a folder that takes no new files, the file itself can be writable.
                Err(WriteError::Io(error)) if error.kind() == ErrorKind::PermissionDenied => {
                    write_back_on_error(&path, &fs::read(&path)?, content).map_err(|(error, _)| error.into())
                }
                result => result,
            }
        }
        Ok(_) => Ok(fs::write(path, content)?),
        // A link to a missing file creates that file.
        Err(error)
            if error.kind() == ErrorKind::NotFound
                && fs::symlink_metadata(path).is_ok_and(|link| link.is_symlink()) =>
        {
            put(&folder(path).join(fs::read_link(path)?), content)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let beside = new_beside(path, content)?;
            beside.persist(path).map_err(|error| error.error)?;
            settle(path);
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// Writes `content` to a new file: whole or not at all.
///
/// # Errors
/// If there is a file of that name, or the file system refuses.
pub fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    let beside = new_beside(path, content)?;
    beside.persist_noclobber(path).map_err(|error| error.error)?;
    settle(path);
    Ok(())
}

/// Writes `content` to a new file that only its owner may read: whole or not at all, and on disk before this returns.
///
/// # Errors
/// If there is a file of that name, or the file system refuses.
pub fn create_private(path: &Path, content: &[u8]) -> io::Result<()> {
    // A temporary file is readable by its owner only from the beginning.
    let beside = beside(path, Builder::new().prefix(PREFIX).suffix(SUFFIX), content)?;
    beside.persist_noclobber(path).map_err(|error| error.error)?;
    settle(path);
    Ok(())
}

/// Writes `new` beside the file, and gives it the file's name. `read` is what the file must still hold.
fn exchange(path: &Path, metadata: &Metadata, read: Option<&[u8]>, new: &[u8]) -> Result<(), WriteError> {
    let beside = beside(path, Builder::new().prefix(PREFIX).suffix(SUFFIX), new)?;
    if !keeps_owner(beside.as_file(), metadata) {
        return overwrite(path, read, new);
    }
    beside.as_file().set_permissions(metadata.permissions())?;
    beside.as_file().sync_all()?;
    if let Some(read) = read
        && fs::read(path)? != read
    {
        return Err(WriteError::Changed);
    }
    match beside.persist(path) {
        Ok(_) => settle(path),
        // A file that is mounted by itself, as in a container, keeps its name.
        Err(error) if matches!(error.error.kind(), ErrorKind::ResourceBusy | ErrorKind::CrossesDevices) => {
            drop(error.file);
            return overwrite(path, read, new);
        }
        Err(error) => return Err(error.error.into()),
    }
    Ok(())
}

/// Writes `new` into the file itself, which keeps all its names and attributes. A copy of the old content is beside it
/// until that is done, and stays if the program is killed.
fn overwrite(path: &Path, read: Option<&[u8]>, new: &[u8]) -> Result<(), WriteError> {
    let old = fs::read(path)?;
    if read.is_some_and(|read| read != old) {
        return Err(WriteError::Changed);
    }
    let mut prefix = OsString::from(COPY);
    prefix.push(path.file_name().unwrap_or_default());
    prefix.push("-");
    let copy = beside(path, Builder::new().prefix(&prefix).suffix(".json"), &old)?;
    settle(path);
    match write_back_on_error(path, &old, new) {
        Ok(()) => Ok(()),
        Err((error, true)) => Err(error.into()),
        Err((error, false)) => {
            let kept = copy.into_temp_path();
            let copy = kept.to_path_buf();
            kept.keep().map_err(|kept| kept.error)?;
            Err(WriteError::Half { copy, error })
        }
    }
}

/// Writes `new` over `old`. An error comes with whether the file has its old content again.
fn write_back_on_error(path: &Path, old: &[u8], new: &[u8]) -> Result<(), (io::Error, bool)> {
    let mut file = File::options().write(true).open(path).map_err(|error| (error, true))?;
    fill(&mut file, new).map_err(|error| {
        // The old content had room, so it has room again.
        let back = fill(&mut file, old).is_ok();
        (error, back)
    })
}

fn fill(file: &mut File, content: &[u8]) -> io::Result<()> {
    file.rewind()?;
    file.write_all(content)?;
    file.set_len(u64::try_from(content.len()).unwrap_or(u64::MAX))?;
    file.sync_all()
}

/// How the names of temporary files begin and end.
const PREFIX: &str = ".provlint-";
const SUFFIX: &str = ".tmp";
/// How the names of copies begin: as those of backups, which are no configuration.
const COPY: &str = "provlint-backup-";
/// The letters between them.
const LETTERS: usize = 6;
/// No run takes so long, so what is older belongs to one that was killed.
const LEFT_OVER: Duration = Duration::from_secs(60 * 60);

/// A file with `content` beside another, on disk.
fn beside(path: &Path, named: &mut Builder<'_, '_>, content: &[u8]) -> io::Result<NamedTempFile> {
    let mut beside = named.rand_bytes(LETTERS).tempfile_in(folder(path)).map_err(nameless)?;
    clean(&folder(path), beside.path());
    beside.write_all(content).map_err(nameless)?;
    beside.as_file().sync_all()?;
    Ok(beside)
}

/// The same, with the permissions of any new file, under the umask of the process.
fn new_beside(path: &Path, content: &[u8]) -> io::Result<NamedTempFile> {
    let mut named = Builder::new();
    #[cfg(unix)]
    named.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    beside(path, named.prefix(PREFIX).suffix(SUFFIX), content)
}

/// Removes the temporary files of runs that were killed, if they belong to the owner of the file `mine`. That it cannot is
/// no reason not to write. Each folder is looked through once.
fn clean(folder: &Path, mine: &Path) {
    static CLEANED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    if !CLEANED.lock().is_ok_and(|mut cleaned| cleaned.insert(folder.to_owned())) {
        return;
    }
    let Ok(mine) = fs::symlink_metadata(mine) else { return };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_str().is_some_and(is_temporary);
        let is_left_over = |metadata: &Metadata| {
            let age = metadata.modified().ok().and_then(|time| time.elapsed().ok());
            metadata.is_file() && has_same_owner(metadata, &mine) && age.is_some_and(|age| age > LEFT_OVER)
        };
        if is_ours && fs::symlink_metadata(entry.path()).is_ok_and(|metadata| is_left_over(&metadata)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_temporary(name: &str) -> bool {
    let letters = name.strip_prefix(PREFIX).and_then(|name| name.strip_suffix(SUFFIX));
    letters.is_some_and(|letters| letters.len() == LETTERS && letters.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// The error without the name of the temporary file, which means nothing to the user.
fn nameless(error: io::Error) -> io::Error {
    let said = error.to_string();
    match said.split_once(" at path ") {
        Some((said, _)) => io::Error::new(error.kind(), said),
        None => error,
    }
}

/// Whether a path leads to an open stream of this process, which can be a file that others write to as well.
fn is_stream(path: &Path) -> bool {
    ["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc"].iter().any(|streams| path.starts_with(streams))
}

/// Whether a path is that of a device of Windows, which has a name in every folder.
fn is_device(path: &Path) -> bool {
    let is_named = |name: &str| path.as_os_str().eq_ignore_ascii_case(name);
    cfg!(windows) && ["nul", "nul:", "con", "con:", r"\\.\nul", r"\\.\con"].into_iter().any(is_named)
}

/// Writes the directory entry to disk. Not every system can, and the file exists either way.
fn settle(path: &Path) {
    let _ = File::open(folder(path)).and_then(|folder| folder.sync_all());
}

/// The number of names that a file has.
#[cfg(unix)]
fn names(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(metadata)
}

#[cfg(not(unix))]
fn names(_: &Metadata) -> u64 {
    1
}

/// Gives a file the owner and the group of another, and says whether it has them.
#[cfg(unix)]
fn keeps_owner(file: &File, metadata: &Metadata) -> bool {
    use std::os::unix::fs::{MetadataExt, fchown};
    let has = |own: &Metadata| (own.uid(), own.gid()) == (metadata.uid(), metadata.gid());
    file.metadata().is_ok_and(|own| has(&own)) || fchown(file, Some(metadata.uid()), Some(metadata.gid())).is_ok()
}

#[cfg(not(unix))]
fn keeps_owner(_: &File, _: &Metadata) -> bool {
    true
}

#[cfg(unix)]
fn has_same_owner(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    one.uid() == other.uid()
}

#[cfg(not(unix))]
fn has_same_owner(_: &Metadata, _: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn old() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, "old").unwrap();
        (folder, path)
    }

    fn names_in(folder: &Path) -> Vec<String> {
        folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_file_that_changed_since_it_was_read_is_not_written() {
        let (folder, path) = old();
        assert!(matches!(replace(&path, b"other", b"new"), Err(WriteError::Changed)));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        replace(&path, b"old", b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names_in(folder.path()), ["a.json"], "nothing is left beside it");
    }

    #[test]
    fn of_killed_runs_only_old_temporary_files_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let at = |letters: &str| folder.path().join(format!("{PREFIX}{letters}{SUFFIX}"));
        let (old, young, mine) = (at(&"o".repeat(LETTERS)), at(&"y".repeat(LETTERS)), at(&"m".repeat(LETTERS)));
        let other = folder.path().join("old.json");
        for path in [&old, &young, &mine, &other] {
            fs::write(path, "").unwrap();
        }
        let long_ago = std::time::SystemTime::now() - LEFT_OVER - std::time::Duration::from_secs(60);
        for path in [&old, &other] {
            File::options().write(true).open(path).unwrap().set_modified(long_ago).unwrap();
        }
        clean(folder.path(), &mine);
        assert_eq!([&old, &young, &mine, &other].map(|path| path.exists()), [false, true, true, true]);
    }

    #[test]
    #[cfg(unix)]
    fn a_file_of_somebody_else_has_another_owner() {
        let (_folder, path) = old();
        let own = fs::symlink_metadata(&path).unwrap();
        assert!(has_same_owner(&own, &own));
        if std::os::unix::fs::chown(&path, Some(12_345), None).is_ok() {
            assert!(!has_same_owner(&fs::symlink_metadata(&path).unwrap(), &own));
        }
    }

    #[test]
    fn a_new_file_is_private_and_replaces_no_other() {
        let (folder, path) = old();
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
        let (folder, path) = old();
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
            assert!(put(&folder.path().join("loop"), b"new").is_err());
        }
        assert!(put(&folder.path().join("nowhere/c.json"), b"x").is_err());
        assert!(names_in(folder.path()).iter().all(|name| !is_temporary(name)));
    }

    #[cfg(unix)]
    #[test]
    fn a_device_of_windows_is_a_file_elsewhere() {
        let (folder, _) = old();
        put(&folder.path().join("nul"), b"new").unwrap();
        assert_eq!(fs::read(folder.path().join("nul")).unwrap(), b"new");
        assert!(!is_device(Path::new("nul")), "a file in the current folder");
    }

    #[cfg(unix)]
    #[test]
    fn who_reads_while_a_file_is_written_gets_all_of_the_old_content() {
        let (_folder, path) = old();
        let mut reading = File::open(&path).unwrap();
        replace(&path, b"old", b"new").unwrap();
        assert_eq!(io::read_to_string(&mut reading).unwrap(), "old");
        let mut reading = File::open(&path).unwrap();
        put(&path, b"newer").unwrap();
        assert_eq!(io::read_to_string(&mut reading).unwrap(), "new");
    }

    #[cfg(unix)]
    #[test]
    fn a_result_reaches_every_name_of_a_file() {
        let (folder, path) = old();
        let other = folder.path().join("b.json");
        fs::hard_link(&path, &other).unwrap();
        put(&path, b"new").unwrap();
        assert_eq!(fs::read(&other).unwrap(), b"new");
        assert_eq!(names_in(folder.path()).len(), 2, "nothing is left beside them");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_are_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let (folder, path) = old();
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
