//! Suggests the name that was probably meant.

/// The longest word that is compared: a comparison takes the product of both lengths, and a longer word is no slip.
const LONGEST: usize = 200;

/// The candidate nearest to `word`, if one is near enough to be meant. Case is ignored.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    const NEAR_ENOUGH: f64 = 0.8;
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .map(|candidate| (strsim::jaro_winkler(&word, &candidate.to_lowercase()), candidate))
        .filter(|(similarity, _)| *similarity > NEAR_ENOUGH)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_mistake_finds_its_name_and_a_strange_word_none() {
        let names = ["required-mapping-source", "required-mapping-missing", "duplicate-target"];
        assert_eq!(nearest("required-maping-source", names), Some("required-mapping-source"));
        assert_eq!(nearest("DUPLICATE-TARGETS", names), Some("duplicate-target"));
        assert_eq!(nearest("weather", names), None);
        let long = "required-mapping-source".repeat(100);
        assert_eq!(nearest(&long[1..], [long.as_str()]), None);
    }
}
