//! Functions that change capital and small letters.

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::expression::evaluate::Arguments;
use crate::expression::unicode;
use crate::expression::value::{Unknown, Value};

/// Whose rules apply to the letter i.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Culture {
    /// No culture: letters with and without a dot do not change into each other.
    Invariant,
    /// Turkish and Azerbaijani.
    Turkic,
    /// Every other one.
    Named,
}

impl Culture {
    /// The culture of a name such as `de-DE`; none for an empty name.
    fn of(name: Option<&str>) -> Result<Self, Unknown> {
        let Some(name) = name.filter(|name| !name.is_empty()) else { return Ok(Culture::Invariant) };
        if !CULTURES.split(' ').any(|known| known.eq_ignore_ascii_case(name)) {
            return Err(Unknown::new(format!("whether .NET has the culture \"{name}\" depends on its version")));
        }
        let language = name.split('-').next().unwrap_or_default();
        let is_turkic = ["tr", "az"].iter().any(|turkic| turkic.eq_ignore_ascii_case(language));
        Ok(if is_turkic { Culture::Turkic } else { Culture::Named })
    }
}

/// The cultures that both Mono 6.8 and .NET Core 3.1 have.
const CULTURES: &str = "\
    af af-ZA am am-ET ar ar-AE ar-BH ar-DZ ar-EG ar-IQ ar-JO ar-KW ar-LB ar-LY ar-MA ar-OM ar-QA ar-SA ar-SY \
    ar-TN ar-YE as as-IN az az-Cyrl az-Cyrl-AZ az-Latn az-Latn-AZ be be-BY bg bg-BG bn bn-BD bn-IN bo bo-CN br \
    br-FR bs bs-Cyrl bs-Cyrl-BA bs-Latn bs-Latn-BA ca ca-ES chr cs cs-CZ cy cy-GB da da-DK de de-AT de-CH de-DE \
    de-LI de-LU dsb dsb-DE el el-GR en en-AU en-BZ en-CA en-GB en-HK en-IE en-IN en-JM en-MY en-NZ en-PH en-SG \
    en-TT en-US en-ZA en-ZW es es-AR es-BO es-CL es-CO es-CR es-CU es-DO es-EC es-ES es-GT es-HN es-MX es-NI \
    es-PA es-PE es-PR es-PY es-SV es-US es-UY es-VE et et-EE eu eu-ES fa fa-IR ff fi fi-FI fil fil-PH fo fo-FO \
    fr fr-BE fr-CA fr-CD fr-CH fr-CI fr-CM fr-FR fr-HT fr-LU fr-MA fr-MC fr-ML fr-RE fr-SN fy fy-NL ga ga-IE gd \
    gd-GB gl gl-ES gsw gsw-FR gu gu-IN ha haw haw-US he he-IL hi hi-IN hr hr-BA hr-HR hsb hsb-DE hu hu-HU hy \
    hy-AM id id-ID ig ig-NG ii ii-CN is is-IS it it-CH it-IT ja ja-JP ka ka-GE kk kk-KZ kl kl-GL km km-KH kn \
    kn-IN ko ko-KR kok kok-IN ky ky-KG lb lb-LU lo lo-LA lt lt-LT lv lv-LV mk mk-MK ml ml-IN mn mn-MN mr mr-IN \
    ms ms-BN ms-MY mt mt-MT my my-MM nb nb-NO ne ne-IN ne-NP nl nl-BE nl-NL nn nn-NO no om om-ET or or-IN pa \
    pa-Arab pa-Arab-PK pl pl-PL ps ps-AF pt pt-BR pt-PT rm rm-CH ro ro-MD ro-RO ru ru-MD ru-RU rw rw-RW sah \
    sah-RU se se-FI se-NO se-SE si si-LK sk sk-SK sl sl-SI smn smn-FI so so-SO sq sq-AL sr sr-Cyrl sr-Cyrl-BA \
    sr-Cyrl-ME sr-Cyrl-RS sr-Latn sr-Latn-BA sr-Latn-ME sr-Latn-RS sv sv-FI sv-SE sw sw-KE ta ta-IN ta-LK te \
    te-IN tg th th-TH ti ti-ER ti-ET tk tk-TM tr tr-TR tzm ug ug-CN uk uk-UA ur ur-IN ur-PK uz uz-Cyrl \
    uz-Cyrl-UZ uz-Latn uz-Latn-UZ vi vi-VN xh xh-ZA yo yo-NG zh zh-Hans zh-Hant zu zu-ZA \
    ";

/// Maps each UTF-16 unit, as .NET does.
fn mapped(text: &str, is_doubtful: impl Fn(u16) -> bool, map: impl Fn(u16) -> u16) -> Result<String, Unknown> {
    let doubtful = text.chars().find(|character| match u16::try_from(u32::from(*character)) {
        Ok(unit) => is_doubtful(unit),
        // Older versions leave letters outside the basic plane as they are.
        Err(_) => !character.to_lowercase().eq([*character]) || !character.to_uppercase().eq([*character]),
    });
    if let Some(character) = doubtful {
        return Err(Unknown::new(format!("versions of .NET differ in the case of \"{character}\"")));
    }
    let units: Vec<u16> = text.encode_utf16().map(map).collect();
    unicode::text(&units)
}

const I: u16 = b'I' as u16;
const SMALL_I: u16 = b'i' as u16;
const I_WITH_DOT: u16 = 0x130;
const SMALL_I_WITHOUT_DOT: u16 = 0x131;

pub(super) fn lower(text: &str, culture: Culture) -> Result<String, Unknown> {
    let is_doubtful = |unit| {
        unit != I_WITH_DOT
            && match culture {
                Culture::Invariant => unicode::has_doubtful_lower(unit),
                Culture::Turkic | Culture::Named => unicode::doubtful_lower(unit).is_some(),
            }
    };
    mapped(text, is_doubtful, |unit| match (unit, culture) {
        (I, Culture::Turkic) => SMALL_I_WITHOUT_DOT,
        (I_WITH_DOT, Culture::Turkic | Culture::Named) => SMALL_I,
        _ => unicode::lower_unit(unit),
    })
}

fn upper(text: &str, culture: Culture) -> Result<String, Unknown> {
    let is_doubtful = |unit| unit != SMALL_I_WITHOUT_DOT && unicode::has_doubtful_upper(unit);
    mapped(text, is_doubtful, |unit| match (unit, culture) {
        (SMALL_I, Culture::Turkic) => I_WITH_DOT,
        (SMALL_I_WITHOUT_DOT, Culture::Turkic | Culture::Named) => I,
        _ => unicode::upper_unit(unit),
    })
}

pub(super) fn to_lower(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    changed(arguments, lower)
}

pub(super) fn to_upper(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    changed(arguments, upper)
}

fn changed(
    arguments: &Arguments<'_, '_>,
    change: fn(&str, Culture) -> Result<String, Unknown>,
) -> Result<Value, Unknown> {
    let culture = Culture::of(arguments.text(1)?.as_deref())?;
    let Some(source) = arguments.text(0)? else { return Ok(Value::Null) };
    change(&source, culture).map(Value::Text)
}

pub(super) fn pcase(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    let Some(source) = arguments.text(0)? else { return Ok(Value::Null) };
    let source = lower(&source, Culture::Invariant)?;
    let capital = |word: &str| -> Result<String, Unknown> {
        let length = word.chars().next().map_or(0, char::len_utf8);
        let (first, rest) = word.split_at(length);
        // Letters that consist of two have a form of which only the first one is a capital.
        let capital = match first {
            "ǆ" => "ǅ".to_owned(),
            "ǉ" => "ǈ".to_owned(),
            "ǌ" => "ǋ".to_owned(),
            "ǳ" => "ǲ".to_owned(),
            other => upper(other, Culture::Invariant)?,
        };
        Ok(capital + rest)
    };
    let Some(separators) = arguments.text(1)?.filter(|separators| !separators.is_empty()) else {
        return of_words(&source, capital).map(Value::Text);
    };
    let words: Result<Vec<String>, Unknown> =
        source.split_inclusive(|character| separators.contains(character)).map(capital).collect();
    Ok(Value::Text(words?.concat()))
}

/// Applies `capital` to each word as in .NET's ToTitleCase: it starts with a letter and may contain apostrophes, marks and
/// digits.
fn of_words(text: &str, capital: impl Fn(&str) -> Result<String, Unknown>) -> Result<String, Unknown> {
    use GeneralCategoryGroup as Group;
    let continues = |character: char| {
        character == '\''
            || matches!(character.general_category_group(), Group::Letter | Group::Mark | Group::Number)
            || matches!(character.general_category(), GeneralCategory::PrivateUse | GeneralCategory::Unassigned)
    };
    let mut changed = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|character: char| character.general_category_group() == Group::Letter) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|character| !continues(character)).unwrap_or(from.len()));
        changed.push_str(before);
        changed.push_str(&capital(word)?);
        rest = after;
    }
    changed.push_str(rest);
    Ok(changed)
}
