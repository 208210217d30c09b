//! JSON that is safe to show.
//!
//! JSON strings may contain characters that change the direction of a line, and `##vso[` is a command to a pipeline even
//! inside JSON. They are written as escapes, which every JSON parser reads as the same characters.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

use crate::text::{has_no_width, is_unprintable};

/// Writes a document, indented by two spaces, with a line end after it.
pub(super) fn json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(&mut *out, Shown(PrettyFormatter::new())))?;
    writeln!(out)
}

/// Writes a document on one line.
pub(super) fn json_line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(&mut *out, Shown(CompactFormatter)))?;
    writeln!(out)
}

/// A document as text, indented by two spaces, with a line end after it.
pub fn page(value: &impl Serialize) -> String {
    text(|out| json(value, out))
}

/// A document as text on one line.
pub fn line(value: &impl Serialize) -> String {
    text(|out| json_line(value, out))
}

fn text(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut bytes = Vec::new();
    // Writing to memory cannot fail, and reports have only types that JSON has.
    let _ = write(&mut bytes);
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

struct Shown<F>(F);

macro_rules! as_inside {
    ($($method:ident($($name:ident: $type:ty),*);)*) => {$(
        fn $method<W: Write + ?Sized>(&mut self, writer: &mut W $(, $name: $type)*) -> io::Result<()> {
            self.0.$method(writer $(, $name)*)
        }
    )*};
}

impl<F: Formatter> Formatter for Shown<F> {
    as_inside! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        end_object_key();
        begin_object_value();
        end_object_value();
    }

    fn write_string_fragment<W: Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if fragment.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'#') {
            return writer.write_all(fragment.as_bytes());
        }
        let mut written = 0;
        let mut before = ' ';
        for (at, character) in fragment.char_indices() {
            if is_unprintable(character) || (character == '#' && before == '#') {
                writer.write_all(&fragment.as_bytes()[written..at])?;
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    write!(writer, "\\u{unit:04x}")?;
                }
                written = at + character.len_utf8();
            }
            // Readers of pipeline logs may ignore characters without a width.
            if !has_no_width(character) {
                before = character;
            }
        }
        writer.write_all(&fragment.as_bytes()[written..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_steer_is_escaped_and_means_the_same() {
        let text = "##vso[x] #\u{200d}#[ \u{202e} \u{9b} \u{2028} \u{1b} \n # ä";
        let mut written = Vec::new();
        json_line(&[text], &mut written).unwrap();
        let written = String::from_utf8(written).unwrap();
        assert_eq!(written, "[\"#\\u0023vso[x] #\u{200d}\\u0023[ \\u202e \\u009b \\u2028 \\u001b \\n # ä\"]\n");
        assert_eq!(serde_json::from_str::<Vec<String>>(&written).unwrap(), [text]);
    }
}
