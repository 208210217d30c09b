//! The built-in profiles: vendors' requirements, a YAML file each.

use super::file::ProfileFile;
use super::read::PolicyError;

/// A vendor's requirements.
#[derive(Debug)]
pub struct Profile {
    /// The name by which policies extend it.
    pub name: &'static str,
    /// The YAML.
    pub yaml: &'static str,
}

/// The profile of a check that names none.
pub const DEFAULT_PROFILE: &str = "truu-total";

/// Every built-in profile.
pub static PROFILES: &[Profile] = &[Profile { name: "truu-total", yaml: include_str!("profiles/truu-total.yaml") }];

/// The profile of that name.
pub fn profile(name: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| profile.name == name)
}

impl Profile {
    pub(super) fn file(&self) -> Result<ProfileFile, PolicyError> {
        serde_yaml::from_str(self.yaml).map_err(|error| PolicyError {
            message: format!("the built-in profile {} is broken: {error}", self.name),
            help: None,
            span: None,
        })
    }

    /// The product's name, one line about it, and the vendor's page.
    ///
    /// # Errors
    /// When the YAML is broken, which a test rules out.
    pub fn about(&self) -> Result<(String, String, String), PolicyError> {
        self.file().map(|file| (file.title, file.summary, file.source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_is_well_formed_and_bears_its_name() {
        for profile in PROFILES {
            let file = profile.file().unwrap();
            assert_eq!(file.name, profile.name);
            assert!(file.source.starts_with("https://"), "{}", profile.name);
        }
        assert!(profile(DEFAULT_PROFILE).is_some());
    }
}
