//! Functions with random results.

use crate::expression::evaluate::Arguments;
use crate::expression::value::{Unknown, Value};

/// The maximum length that the documentation states.
pub(super) const LONGEST: i64 = 256;

pub(super) fn guid(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    let bytes = arguments.random().u128(..).to_le_bytes();
    Ok(Value::Text(uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()))
}

/// The characters that Windows counts as special in a password.
/// <https://learn.microsoft.com/windows/security/threat-protection/security-policy-settings/password-must-meet-complexity-requirements#reference>
const SPECIAL: &str = "'-!\"#$%&()*,./:;?@[]^_`{|}~+<=>";

pub(super) fn random_string(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    let count = |index: usize| -> Result<usize, Unknown> {
        // The registry bounds them.
        Ok(usize::try_from(arguments.number(index)?).unwrap_or_default())
    };
    let avoid = arguments.text(5)?.unwrap_or_default();
    let kinds: [(usize, String); 4] = [
        (count(1)?, ('0'..='9').collect()),
        (count(2)?, SPECIAL.to_owned()),
        (count(3)?, ('A'..='Z').collect()),
        (count(4)?, ('a'..='z').collect()),
    ];
    let length = count(0)?;
    let least = kinds.iter().fold(0_usize, |sum, (least, _)| sum.saturating_add(*least));
    if least > length {
        return Err(Unknown::new(format!(
            "RandomString cannot return {length} characters of which {least} are required"
        )));
    }
    let kinds = kinds.map(|(least, characters)| {
        let allowed: Vec<char> = characters.chars().filter(|character| !avoid.contains(*character)).collect();
        (least, allowed)
    });
    let mut random = arguments.random();
    let mut made = Vec::with_capacity(length);
    for (least, allowed) in &kinds {
        for _ in 0..*least {
            made.extend(random.choice(allowed));
        }
    }
    let letters: Vec<char> =
        kinds.iter().filter(|(least, _)| *least > 0).flat_map(|(_, allowed)| allowed.clone()).collect();
    let letters = if letters.is_empty() { kinds[3].1.clone() } else { letters };
    while made.len() < length {
        match random.choice(&letters) {
            Some(character) => made.push(*character),
            None => return Err(Unknown::new("RandomString has no characters to choose from")),
        }
    }
    random.shuffle(&mut made);
    Ok(Value::Text(made.into_iter().collect()))
}
