//! The transport of messages: a header with the length, an empty line, JSON.
//! <https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#baseProtocol>

use std::io::{self, BufRead, ErrorKind, Read, Write};

use serde_json::Value;

/// The longest line of a header, ten times the length that editors send.
const LONGEST_LINE: u64 = 4096;
/// The largest message; it contains a whole file, and no schema is this large.
const LARGEST_MIB: u64 = 256;

/// Reads a message; `None` at the end of the stream.
///
/// # Errors
/// When reading fails, or the header is invalid: then the start of the next message is unknown.
pub fn read(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut length = None;
    for number in 0.. {
        let mut line = Vec::new();
        input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        if line.is_empty() && number == 0 {
            return Ok(None);
        }
        let line = line.strip_suffix(b"\n").ok_or_else(|| broken("a header line has no end"))?;
        let line = std::str::from_utf8(line).map_err(|_| broken("a header is not UTF-8"))?.trim_end_matches('\r');
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or_else(|| broken("a header has no value"))?;
        if name.eq_ignore_ascii_case("Content-Length") {
            length = value.trim().parse().ok();
        }
    }
    let length: u64 = length.ok_or_else(|| broken("a message has no Content-Length"))?;
    if length > LARGEST_MIB << 20 {
        return Err(broken("a message is too large"));
    }
    // No memory is reserved for the announced length: the message may be shorter.
    let mut message = Vec::new();
    input.by_ref().take(length).read_to_end(&mut message)?;
    if u64::try_from(message.len()).is_ok_and(|read| read < length) {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(message))
}

/// Writes a message.
///
/// # Errors
/// When writing fails.
pub fn write(output: &mut impl Write, message: &Value) -> io::Result<()> {
    let text = message.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    output.flush()
}

fn broken(why: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_follow_each_other() {
        let mut wire = Vec::new();
        write(&mut wire, &Value::from("ä")).unwrap();
        write(&mut wire, &Value::Null).unwrap();
        let mut input = wire.as_slice();
        assert_eq!(read(&mut input).unwrap().unwrap(), "\"ä\"".as_bytes());
        assert_eq!(read(&mut input).unwrap().unwrap(), b"null");
        assert_eq!(read(&mut input).unwrap(), None);
    }

    #[test]
    fn what_is_no_message_is_an_error_and_takes_no_memory() {
        let endless = [b'x'; 10_000];
        for wrong in [
            &b"Content-Length: 18446744073709551615\r\n\r\n{}"[..],
            b"Content-Length: -1\r\n\r\n{}",
            b"Content-Length: 99\r\n\r\n{}",
            b"Content-Type: x\r\n\r\n{}",
            b"Content-Length 2\r\n\r\n{}",
            b"Content-Length: 2\r\n",
            b"\xff\xff\r\n\r\n",
            b"\r\n\r\n",
            &endless,
        ] {
            assert!(read(&mut &*wrong).is_err(), "{}", String::from_utf8_lossy(wrong));
        }
    }
}
