//! Decodes a file: UTF-8, or the encodings that Windows PowerShell 5.1 writes.

/// The encoding of a file, kept so that a changed file is written in the same encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without a byte order mark.
    Utf8,
    /// UTF-8 with a byte order mark, as `Out-File -Encoding utf8` of Windows PowerShell writes it.
    Utf8Bom,
    /// UTF-16, little endian, with a byte order mark: `>` and `Out-File` of Windows PowerShell.
    Utf16Le,
    /// UTF-16, big endian, with a byte order mark: `Out-File -Encoding bigendianunicode`.
    Utf16Be,
}

/// The bytes are not text in any of these encodings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// A byte that is invalid in UTF-8.
    #[error("the file is not valid UTF-8")]
    InvalidUtf8 {
        /// The decoded text before the invalid byte; its end is the place.
        valid: String,
    },
    /// Half a surrogate pair, or an odd byte at the end.
    #[error("the file is not valid UTF-16")]
    InvalidUtf16 {
        /// The decoded text before the invalid unit; its end is the place.
        valid: String,
    },
    /// Zero bytes as in UTF-16, but no byte order mark.
    #[error("the file looks like UTF-16 without a byte order mark")]
    Utf16WithoutMark,
}

impl DecodeError {
    /// The text before the place that could not be decoded.
    pub fn valid(&self) -> &str {
        match self {
            DecodeError::InvalidUtf8 { valid } | DecodeError::InvalidUtf16 { valid } => valid,
            DecodeError::Utf16WithoutMark => "",
        }
    }
}

/// Decodes a whole file, without its byte order mark. UTF-8 is borrowed.
///
/// # Errors
/// When the bytes are not text; see [`DecodeError`].
pub fn decode(bytes: Vec<u8>) -> Result<(Encoding, String), DecodeError> {
    match bytes.as_slice() {
        [0xEF, 0xBB, 0xBF, rest @ ..] => Ok((Encoding::Utf8Bom, utf8(rest.to_vec())?)),
        [0xFF, 0xFE, rest @ ..] => Ok((Encoding::Utf16Le, utf16(rest, u16::from_le_bytes)?)),
        [0xFE, 0xFF, rest @ ..] => Ok((Encoding::Utf16Be, utf16(rest, u16::from_be_bytes)?)),
        [first, 0, ..] | [0, first, ..] if first.is_ascii_graphic() => Err(DecodeError::Utf16WithoutMark),
        _ => Ok((Encoding::Utf8, utf8(bytes)?)),
    }
}

impl Encoding {
    /// A text as bytes, with the byte order mark where there was one.
    pub fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Encoding::Utf8 => text.as_bytes().to_vec(),
            Encoding::Utf8Bom => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            Encoding::Utf16Le => {
                std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
            }
            Encoding::Utf16Be => {
                std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect()
            }
        }
    }
}

fn utf8(bytes: Vec<u8>) -> Result<String, DecodeError> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        DecodeError::InvalidUtf8 { valid: String::from_utf8_lossy(valid).into_owned() }
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, DecodeError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len() / 2);
    for character in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match character {
            Ok(character) => text.push(character),
            Err(_) => return Err(DecodeError::InvalidUtf16 { valid: text }),
        }
    }
    if rest.is_empty() { Ok(text) } else { Err(DecodeError::InvalidUtf16 { valid: text }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(mark: &[u8], units: impl Iterator<Item = [u8; 2]>) -> Vec<u8> {
        mark.iter().copied().chain(units.flatten()).collect()
    }

    #[test]
    fn every_encoding_gives_the_same_text_and_the_same_bytes_back() {
        let text = "{\"ä\": \"😀\"}\r\n";
        let le = encoded(&[0xFF, 0xFE], text.encode_utf16().map(u16::to_le_bytes));
        let be = encoded(&[0xFE, 0xFF], text.encode_utf16().map(u16::to_be_bytes));
        let bom = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
        for (bytes, encoding) in [
            (text.as_bytes(), Encoding::Utf8),
            (&bom, Encoding::Utf8Bom),
            (&le, Encoding::Utf16Le),
            (&be, Encoding::Utf16Be),
        ] {
            assert_eq!(decode(bytes.to_vec()), Ok((encoding, text.to_owned())));
            assert_eq!(encoding.encode(text), bytes);
        }
    }

    #[test]
    fn what_is_not_text_says_how_far_it_was() {
        assert_eq!(decode(b"{\n\"a\xFF".to_vec()).map_err(|error| error.valid().to_owned()), Err("{\n\"a".to_owned()));
        assert_eq!(
            decode(b"\xFF\xFE{\0\x00\xD8".to_vec()).map_err(|error| error.valid().to_owned()),
            Err("{".to_owned())
        );
        assert_eq!(decode(b"\xFF\xFE{\0\x22".to_vec()).map_err(|error| error.valid().to_owned()), Err("{".to_owned()));
        assert_eq!(decode(b"{\0\"\0".to_vec()), Err(DecodeError::Utf16WithoutMark));
        assert_eq!(decode(b"\0e\0y".to_vec()), Err(DecodeError::Utf16WithoutMark));
    }
}
