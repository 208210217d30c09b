//! Character classes: sets of UTF-16 units.

use std::sync::LazyLock;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::blocks;
use crate::expression::unicode::{doubtful_lower, is_within, lower_unit};

/// A set of UTF-16 units, as in `[a-z\d-[aeiou]]`.
#[derive(Clone, Debug, Default)]
pub(super) struct Class {
    /// Whether the class has what it does not list.
    pub(super) negated: bool,
    ranges: Vec<(u16, u16)>,
    /// Sets of categories, and whether their complement counts.
    categories: Vec<(u32, bool)>,
    /// What a subtraction removes.
    pub(super) without: Option<Box<Class>>,
    /// Units that only some versions of .NET add when case is ignored.
    doubtful: Vec<u16>,
}

/// A set that has a name in regular expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// General categories of Unicode, one bit each.
    Categories(u32),
    /// A range of code points.
    Block(u16, u16),
}

const fn bit(category: GeneralCategory) -> u32 {
    1 << category as u32
}

const LETTERS: u32 = bit(GeneralCategory::UppercaseLetter)
    | bit(GeneralCategory::LowercaseLetter)
    | bit(GeneralCategory::TitlecaseLetter)
    | bit(GeneralCategory::ModifierLetter)
    | bit(GeneralCategory::OtherLetter);
const CASED: u32 = bit(GeneralCategory::UppercaseLetter)
    | bit(GeneralCategory::LowercaseLetter)
    | bit(GeneralCategory::TitlecaseLetter);
/// `\d`
pub(super) const DIGIT: u32 = bit(GeneralCategory::DecimalNumber);
/// `\w`
pub(super) const WORD: u32 =
    LETTERS | bit(GeneralCategory::NonspacingMark) | DIGIT | bit(GeneralCategory::ConnectorPunctuation);
/// `\s`
const SPACES: [(u16, u16); 9] = [
    (0x09, 0x0D),
    (0x20, 0x20),
    (0x85, 0x85),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
];
const IDEOGRAPHIC_SPACE: (u16, u16) = (0x3000, 0x3000);

/// The general category of a UTF-16 unit, as a bit.
fn category(unit: u16) -> u32 {
    char::from_u32(unit.into()).map_or(bit(GeneralCategory::Surrogate), |character| bit(character.general_category()))
}

/// Whether `\w` matches it.
pub(super) fn is_word(unit: u16) -> bool {
    match u8::try_from(unit) {
        Ok(byte) if byte.is_ascii() => byte.is_ascii_alphanumeric() || byte == b'_',
        _ => category(unit) & WORD != 0,
    }
}

/// Whether it belongs to a word for `\b`: the joiners do, too.
pub(super) fn is_word_for_boundary(unit: u16) -> bool {
    is_word(unit) || unit == 0x200C || unit == 0x200D
}

impl Named {
    /// The categories or the block of a name in `\p{…}`.
    /// <https://learn.microsoft.com/dotnet/standard/base-types/character-classes-in-regular-expressions#supported-unicode-general-categories>
    pub(super) fn of(name: &str) -> Option<Self> {
        use GeneralCategory as G;
        Some(Named::Categories(match name {
            "Lu" => bit(G::UppercaseLetter),
            "Ll" => bit(G::LowercaseLetter),
            "Lt" => bit(G::TitlecaseLetter),
            "Lm" => bit(G::ModifierLetter),
            "Lo" => bit(G::OtherLetter),
            "L" => LETTERS,
            "Mn" => bit(G::NonspacingMark),
            "Mc" => bit(G::SpacingMark),
            "Me" => bit(G::EnclosingMark),
            "M" => bit(G::NonspacingMark) | bit(G::SpacingMark) | bit(G::EnclosingMark),
            "Nd" => DIGIT,
            "Nl" => bit(G::LetterNumber),
            "No" => bit(G::OtherNumber),
            "N" => DIGIT | bit(G::LetterNumber) | bit(G::OtherNumber),
            "Pc" => bit(G::ConnectorPunctuation),
            "Pd" => bit(G::DashPunctuation),
            "Ps" => bit(G::OpenPunctuation),
            "Pe" => bit(G::ClosePunctuation),
            "Pi" => bit(G::InitialPunctuation),
            "Pf" => bit(G::FinalPunctuation),
            "Po" => bit(G::OtherPunctuation),
            "P" => {
                bit(G::ConnectorPunctuation)
                    | bit(G::DashPunctuation)
                    | bit(G::OpenPunctuation)
                    | bit(G::ClosePunctuation)
                    | bit(G::InitialPunctuation)
                    | bit(G::FinalPunctuation)
                    | bit(G::OtherPunctuation)
            }
            "Sm" => bit(G::MathSymbol),
            "Sc" => bit(G::CurrencySymbol),
            "Sk" => bit(G::ModifierSymbol),
            "So" => bit(G::OtherSymbol),
            "S" => bit(G::MathSymbol) | bit(G::CurrencySymbol) | bit(G::ModifierSymbol) | bit(G::OtherSymbol),
            "Zs" => bit(G::SpaceSeparator),
            "Zl" => bit(G::LineSeparator),
            "Zp" => bit(G::ParagraphSeparator),
            "Z" => bit(G::SpaceSeparator) | bit(G::LineSeparator) | bit(G::ParagraphSeparator),
            "Cc" => bit(G::Control),
            "Cf" => bit(G::Format),
            "Cs" => bit(G::Surrogate),
            "Co" => bit(G::PrivateUse),
            "Cn" => bit(G::Unassigned),
            "C" => bit(G::Control) | bit(G::Format) | bit(G::Surrogate) | bit(G::PrivateUse) | bit(G::Unassigned),
            _ => return blocks::block(name).map(|(first, last)| Named::Block(first, last)),
        }))
    }
}

impl Class {
    /// Every unit.
    pub(super) fn any() -> Self {
        Class { ranges: vec![(0, u16::MAX)], ..Class::default() }
    }

    /// Every unit except the line feed.
    pub(super) fn no_line_feed() -> Self {
        Class { negated: true, ranges: vec![(0x0A, 0x0A)], ..Class::default() }
    }

    pub(super) fn add_range(&mut self, first: u16, last: u16) {
        self.ranges.push((first, last));
    }

    /// Adds `\d`, `\w`, or their complement.
    pub(super) fn add_categories(&mut self, categories: u32, complement: bool) {
        self.categories.push((categories, complement));
    }

    /// Adds `\s` or its complement.
    pub(super) fn add_space(&mut self, complement: bool) {
        let spaces = SPACES.into_iter().chain([IDEOGRAPHIC_SPACE]);
        if complement {
            let mut from = 0;
            for (first, last) in spaces {
                self.ranges.push((from, first - 1));
                from = last + 1;
            }
            self.ranges.push((from, u16::MAX));
        } else {
            self.ranges.extend(spaces);
        }
    }

    /// Adds `\p{…}` or its complement.
    pub(super) fn add_named(&mut self, named: Named, complement: bool, ignore_case: bool) {
        match named {
            // Ignoring case, each kind of cased letter stands for all three.
            Named::Categories(categories) if ignore_case && categories & CASED != 0 && categories & !CASED == 0 => {
                self.add_categories(CASED, complement);
            }
            Named::Categories(categories) => self.add_categories(categories, complement),
            Named::Block(first, last) if complement => {
                if let Some(before) = first.checked_sub(1) {
                    self.ranges.push((0, before));
                }
                if let Some(after) = last.checked_add(1) {
                    self.ranges.push((after, u16::MAX));
                }
            }
            Named::Block(first, last) => self.ranges.push((first, last)),
        }
    }

    /// Adds the small letters of the capital letters in its ranges: a text is compared in small letters.
    pub(super) fn ignore_case(&mut self) {
        let ranges = merged(&self.ranges);
        let mut small: Vec<u16> = Vec::new();
        for unit in FOLDED.iter().copied().filter(|unit| is_within(&ranges, *unit)) {
            match doubtful_lower(unit) {
                Some(lower) => self.doubtful.push(lower),
                None => small.extend(Some(lower_unit(unit)).filter(|lower| *lower != unit)),
            }
        }
        self.ranges.extend(small.into_iter().map(|unit| (unit, unit)));
    }

    /// Prepares it for [`Class::has`].
    pub(super) fn finish(&mut self) {
        self.ranges = merged(&self.ranges);
    }

    /// Whether it has this unit.
    pub(super) fn has(&self, unit: u16) -> bool {
        let in_categories = || {
            let category = category(unit);
            self.categories.iter().any(|(categories, complement)| (categories & category != 0) != *complement)
        };
        let has = is_within(&self.ranges, unit) || (!self.categories.is_empty() && in_categories());
        has != self.negated && !self.without.as_ref().is_some_and(|without| without.has(unit))
    }

    /// Whether versions of .NET differ about a unit, if case is ignored.
    pub(super) fn is_doubtful(&self, unit: u16) -> bool {
        (!self.doubtful.is_empty() && self.doubtful.contains(&unit))
            || self.without.as_ref().is_some_and(|without| without.is_doubtful(unit))
    }

    /// Whether it depends on the category of a unit.
    pub(super) fn asks_categories(&self) -> bool {
        !self.categories.is_empty() || self.without.as_ref().is_some_and(|without| without.asks_categories())
    }
}

/// The units with another small letter, or one that is in doubt; a class may have all units.
static FOLDED: LazyLock<Vec<u16>> = LazyLock::new(|| {
    (0..=u16::MAX).filter(|unit| doubtful_lower(*unit).is_some() || lower_unit(*unit) != *unit).collect()
});

/// The same ranges, sorted and without overlaps.
fn merged(ranges: &[(u16, u16)]) -> Vec<(u16, u16)> {
    let mut sorted = ranges.to_vec();
    sorted.sort_unstable();
    let mut merged: Vec<(u16, u16)> = Vec::with_capacity(sorted.len());
    for (first, last) in sorted {
        match merged.last_mut() {
            Some((_, end)) if u32::from(first) <= u32::from(*end) + 1 => *end = (*end).max(last),
            _ => merged.push((first, last)),
        }
    }
    merged
}
