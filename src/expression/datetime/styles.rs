//! `DateTimeStyles`.

use super::Read;
use super::Zone;

/// How a date is read.
/// <https://learn.microsoft.com/dotnet/api/system.globalization.datetimestyles>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::expression) struct Styles {
    pub(super) leading_white: bool,
    pub(super) trailing_white: bool,
    pub(super) inner_white: bool,
    pub(super) no_current_date: bool,
    adjust_to_universal: bool,
    assume_universal: bool,
    assume_local: bool,
    roundtrip: bool,
}

impl Styles {
    /// No style.
    pub(in crate::expression) const NONE: Self = Styles {
        leading_white: false,
        trailing_white: false,
        inner_white: false,
        no_current_date: false,
        adjust_to_universal: false,
        assume_universal: false,
        assume_local: false,
        roundtrip: false,
    };

    /// The styles that apply if none are given.
    pub(in crate::expression) const DEFAULT: Self =
        Styles { leading_white: true, trailing_white: true, roundtrip: true, ..Styles::NONE };

    /// Parses the names of styles, separated by commas or bars.
    ///
    /// # Errors
    /// If .NET refuses them, with the reason.
    pub(in crate::expression) fn parse(written: &str) -> Result<Self, String> {
        let mut words = written.split([',', '|']).map(str::trim).filter(|word| !word.is_empty()).peekable();
        if words.peek().is_none() {
            return Ok(Styles::DEFAULT);
        }
        let mut styles = Styles::NONE;
        for word in words {
            match word.strip_prefix("DateTimeStyles.").unwrap_or(word) {
                "None" => {}
                "AllowLeadingWhite" => styles.leading_white = true,
                "AllowTrailingWhite" => styles.trailing_white = true,
                "AllowInnerWhite" => styles.inner_white = true,
                "AllowWhiteSpaces" => {
                    (styles.leading_white, styles.trailing_white, styles.inner_white) = (true, true, true);
                }
                "NoCurrentDateDefault" => styles.no_current_date = true,
                "AdjustToUniversal" => styles.adjust_to_universal = true,
                "AssumeLocal" => styles.assume_local = true,
                "AssumeUniversal" => styles.assume_universal = true,
                "RoundtripKind" => styles.roundtrip = true,
                other => return Err(format!("there is no DateTimeStyles.{other}")),
            }
        }
        if styles.assume_local && styles.assume_universal {
            return Err("the styles AssumeLocal and AssumeUniversal exclude each other".to_owned());
        }
        if styles.roundtrip && (styles.assume_local || styles.assume_universal || styles.adjust_to_universal) {
            return Err(
                "the style RoundtripKind excludes AssumeLocal, AssumeUniversal and AdjustToUniversal".to_owned()
            );
        }
        Ok(styles)
    }

    /// The zone of a date that was read.
    pub(in crate::expression) fn zone(self, read: Read) -> Zone {
        match read.offset {
            Some(_) if self.adjust_to_universal || (self.roundtrip && read.says_utc) => Zone::Utc,
            Some(_) => Zone::Local,
            None if self.adjust_to_universal && (self.assume_universal || self.assume_local) => Zone::Utc,
            None if self.assume_universal || self.assume_local => Zone::Local,
            None => Zone::Unspecified,
        }
    }

    /// Whether a date without an offset is in the service's time zone.
    pub(in crate::expression) fn assumes_local(self) -> bool {
        self.assume_local
    }
}
