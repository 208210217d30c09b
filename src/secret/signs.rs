//! A search for several short texts at once.

use std::ops::Range;

use aho_corasick::{Span, packed};

/// Signs that are looked for in one pass.
#[derive(Debug)]
pub(crate) struct Signs(Search);

#[derive(Debug)]
enum Search {
    /// With SIMD.
    Packed(packed::Searcher),
    /// For a processor that has no such instructions.
    Plain(Vec<Vec<u8>>),
}

impl Signs {
    pub(crate) fn new(signs: &[&str]) -> Self {
        let plain = || Search::Plain(signs.iter().map(|sign| sign.as_bytes().to_vec()).collect());
        Signs(packed::Searcher::new(signs).map_or_else(plain, Search::Packed))
    }

    /// Passes the index and the place of every sign in `text` to `each`, in order. Signs may overlap; where several
    /// begin, the first is meant.
    pub(crate) fn each(&self, text: &str, mut each: impl FnMut(usize, Range<usize>)) {
        let mut at = 0;
        while let Some((sign, place)) = self.next(text, at) {
            at = place.start + 1;
            each(sign, place);
        }
    }

    /// The first sign at or behind `start`.
    fn next(&self, text: &str, start: usize) -> Option<(usize, Range<usize>)> {
        match &self.0 {
            Search::Packed(search) => {
                let found = search.find_in(text, Span::from(start..text.len()))?;
                Some((found.pattern().as_usize(), found.start()..found.end()))
            }
            Search::Plain(signs) => (start..text.len()).find_map(|at| {
                let sign = signs.iter().position(|sign| text.as_bytes()[at..].starts_with(sign))?;
                Some((sign, at..at + signs[sign].len()))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_found_also_in_each_other_and_by_both_searches() {
        const SIGNS: [&str; 3] = ["aba", "bab", "é!"];
        let plain = Signs(Search::Plain(SIGNS.iter().map(|sign| sign.as_bytes().to_vec()).collect()));
        for text in ["", "ab", "ababa é!", "xaba", &"é! abab ".repeat(40)] {
            let found = |signs: &Signs| {
                let mut found = Vec::new();
                signs.each(text, |sign, place| found.push((sign, place)));
                found
            };
            let all = found(&plain);
            assert_eq!(found(&Signs::new(&SIGNS)), all, "{text}");
            assert!(all.iter().all(|(sign, place)| text[place.clone()] == *SIGNS[*sign]), "{all:?}");
            assert_eq!(all.len(), SIGNS.iter().map(|sign| count(text, sign)).sum::<usize>(), "{text}");
        }
    }

    fn count(text: &str, sign: &str) -> usize {
        (0..text.len()).filter(|at| text.as_bytes()[*at..].starts_with(sign.as_bytes())).count()
    }
}
