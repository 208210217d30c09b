//! The names that a shell completes.

use clap_complete::ArgValueCandidates;
use clap_complete::engine::CompletionCandidate;

use crate::policy::PROFILES;
use crate::rules::RULES;

/// The rules, each with its summary.
pub(in crate::cli) fn rules() -> ArgValueCandidates {
    let rules = || RULES.iter().map(|rule| candidate(rule.metadata.id, rule.metadata.summary.to_owned())).collect();
    ArgValueCandidates::new(rules)
}

/// The profiles, each with its product.
pub(in crate::cli) fn profiles() -> ArgValueCandidates {
    let about = |error| format!("{error}");
    ArgValueCandidates::new(move || {
        let profiles = PROFILES.iter();
        profiles
            .map(|profile| candidate(profile.name, profile.about().map_or_else(about, |about| about.title)))
            .collect()
    })
}

fn candidate(name: &'static str, about: String) -> CompletionCandidate {
    CompletionCandidate::new(name).help(Some(about.into()))
}
