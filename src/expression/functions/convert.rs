//! Conversion functions.

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};

use crate::expression::evaluate::Arguments;
use crate::expression::value::{Unknown, Value};

pub(super) fn bit_and(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    Ok(Value::Number(arguments.number(0)? & arguments.number(1)?))
}

pub(super) fn cstr(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    Ok(arguments.text(0)?.map_or(Value::Null, Value::Text))
}

pub(super) fn to_base64(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    Ok(arguments.text(0)?.map_or(Value::Null, |source| {
        let bytes: Vec<u8> = source.encode_utf16().flat_map(u16::to_le_bytes).collect();
        Value::Text(STANDARD.encode(bytes))
    }))
}

pub(super) fn from_base64(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let Some(source) = arguments.text(0)? else { return Ok(Value::Null) };
    let bytes = LENIENT
        .decode(source.trim())
        .map_err(|error| Unknown::new(format!("the source is not valid base64: {error}")))?;
    let text = match arguments.word(1).unwrap_or("Unicode") {
        "UTF8" | "ASCII" => String::from_utf8(bytes).ok(),
        "Unicode" => {
            let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
            String::from_utf16(&units).ok()
        }
        other => return Err(Unknown::new(format!("provlint does not support the encoding {other}"))),
    };
    text.map(Value::Text).ok_or_else(|| Unknown::new("the decoded base64 is not a text in this encoding"))
}

pub(super) fn to_utf8_hex(arguments: &Arguments<'_, '_>) -> Result<Value, Unknown> {
    Ok(arguments
        .text(0)?
        .map_or(Value::Null, |source| Value::Text(source.bytes().map(|byte| format!("{byte:02X}")).collect())))
}
