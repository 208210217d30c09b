//! The built-in profiles: the requirements of vendors, one YAML file each.

use std::sync::LazyLock;

use super::error::PolicyError;
use super::file::ProfileFile;
use super::matches_pattern;

/// A vendor's requirements.
#[derive(Debug)]
pub struct Profile {
    /// The name by which policies extend it.
    pub name: &'static str,
    /// The YAML.
    pub yaml: &'static str,
}

/// The profile that is used if none is named.
pub const DEFAULT_PROFILE: &str = "truu-total";

/// A profile and its file, by name.
macro_rules! built_in {
    ($name:literal) => {
        Profile { name: $name, yaml: include_str!(concat!("profiles/", $name, ".yaml")) }
    };
}

/// Every built-in profile, the default first.
pub static PROFILES: &[Profile] = &[
    built_in!("truu-total"),
    built_in!("aws-iam-identity-center"),
    built_in!("bitwarden"),
    built_in!("buildkite"),
    built_in!("chainguard"),
    built_in!("generic"),
    built_in!("github-emu"),
    built_in!("gitlab"),
    built_in!("idmelon"),
    built_in!("mendix"),
    built_in!("ricoh"),
    built_in!("signpath"),
    built_in!("snowflake"),
    built_in!("tutoolio"),
    built_in!("webex"),
];

/// The description of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The product's name.
    pub title: String,
    /// One line about it.
    pub summary: String,
    /// The page with its requirements.
    pub source: String,
    /// Other pages with its requirements.
    pub pages: Vec<String>,
    /// The sources against which it was checked.
    pub checked_on: String,
}

/// The profile of that name.
pub fn profile(name: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| profile.name == name)
}

/// The patterns for the display names of the apps that each of [`PROFILES`] is for.
static APP_NAMES: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    let names = |profile: &Profile| profile.file().ok()?.policy.app.names;
    PROFILES.iter().map(|profile| names(profile).unwrap_or_default()).collect()
});

/// The index in [`PROFILES`] of the profile for apps of that display name.
pub(super) fn fitting(app: &str) -> Option<usize> {
    APP_NAMES.iter().position(|names| names.iter().any(|pattern| matches_pattern(pattern, app)))
}

impl Profile {
    pub(super) fn file(&self) -> Result<ProfileFile, PolicyError> {
        serde_yaml::from_str(self.yaml).map_err(|error| PolicyError {
            message: format!("the built-in profile {} is broken: {error}", self.name),
            help: None,
            span: None,
        })
    }

    /// Its description.
    ///
    /// # Errors
    /// If the YAML is broken, which a test rules out.
    pub fn about(&self) -> Result<About, PolicyError> {
        let file = self.file()?;
        let (title, summary, source) = (file.title, file.summary, file.source);
        Ok(About { title, summary, source, pages: file.pages, checked_on: file.checked_on })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_is_well_formed_and_has_its_name() {
        for profile in PROFILES {
            let file = profile.file().unwrap();
            assert_eq!(file.name, profile.name);
            for page in file.pages.iter().chain([&file.source]) {
                assert!(page.starts_with("https://"), "{}: {page}", profile.name);
            }
            assert!(!file.checked_on.trim().is_empty(), "{}", profile.name);
        }
        assert!(profile(DEFAULT_PROFILE).is_some());
    }
}
