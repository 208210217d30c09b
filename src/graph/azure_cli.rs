//! Where the Azure CLI is, and why it gives no token.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Its program; on Windows it is a script, and a shell looks for these in this order.
const PROGRAMS: &[&str] = if cfg!(windows) { &["az.exe", "az.bat", "az.cmd"] } else { &["az"] };
/// The file in which it keeps the accounts that are signed in.
const PROFILE: &str = "azureProfile.json";

/// The state of the Azure CLI on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AzureCli {
    /// It is not installed, or not on the PATH.
    NotInstalled,
    /// No account is signed in.
    SignedOut,
    /// An account is signed in.
    SignedIn,
}

impl AzureCli {
    /// The state now, by the environment and its own files.
    pub(super) fn now() -> Self {
        let path = env::var_os("PATH").unwrap_or_default();
        let config =
            env::var_os("AZURE_CONFIG_DIR").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".azure")));
        Self::of(&path, config.as_deref())
    }

    fn of(path: &OsStr, config: Option<&Path>) -> Self {
        if program(path).is_none() {
            return AzureCli::NotInstalled;
        }
        let profile = config.and_then(|folder| std::fs::read_to_string(folder.join(PROFILE)).ok()).unwrap_or_default();
        // It begins with a BOM.
        let profile: Value = serde_json::from_str(profile.trim_start_matches('\u{feff}')).unwrap_or_default();
        let accounts = profile["subscriptions"].as_array();
        if accounts.is_some_and(|accounts| !accounts.is_empty()) { AzureCli::SignedIn } else { AzureCli::SignedOut }
    }
}

/// The program in the first folder of a PATH that has it. A folder that depends on the working directory is left out:
/// there, anybody may have put a program of this name.
pub(super) fn program(path: &OsStr) -> Option<PathBuf> {
    let folders = env::split_paths(path).filter(|folder| folder.is_absolute());
    let mut programs = folders.flat_map(|folder| PROGRAMS.iter().map(move |program| folder.join(program)));
    programs.find(|program| program.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_and_a_missing_account_differ() {
        let folder = tempfile::tempdir().unwrap();
        let (path, config) = (folder.path().as_os_str(), Some(folder.path()));
        assert_eq!(AzureCli::of(OsStr::new(""), config), AzureCli::NotInstalled);
        assert_eq!(AzureCli::of(path, config), AzureCli::NotInstalled);
        std::fs::write(folder.path().join(PROGRAMS[0]), "").unwrap();
        assert_eq!(AzureCli::of(path, config), AzureCli::SignedOut);
        let profile = |text: &str| std::fs::write(folder.path().join(PROFILE), text).unwrap();
        profile("\u{feff}{\"subscriptions\": []}");
        assert_eq!(AzureCli::of(path, config), AzureCli::SignedOut);
        profile("\u{feff}{\"subscriptions\": [{\"id\": \"1\"}]}");
        assert_eq!(AzureCli::of(path, config), AzureCli::SignedIn);
    }

    #[test]
    fn a_folder_that_depends_on_the_working_directory_is_not_searched() {
        let folder = tempfile::tempdir_in(".").unwrap();
        let planted = folder.path().join(PROGRAMS[0]);
        std::fs::write(&planted, "").unwrap();
        let relative = PathBuf::from(folder.path().file_name().unwrap());
        assert!(relative.join(PROGRAMS[0]).is_file());
        let nowhere = env::join_paths([Path::new("."), Path::new(""), &relative]).unwrap();
        assert_eq!(program(&nowhere), None);
        let real = tempfile::tempdir().unwrap();
        std::fs::write(real.path().join(PROGRAMS[0]), "").unwrap();
        let path = env::join_paths([&relative, real.path()]).unwrap();
        assert_eq!(program(&path), Some(real.path().join(PROGRAMS[0])));
    }
}
