//! Space and comments between the parts of a JSON document.

use super::input::{Input, Sink};

/// A comment that goes on longer is no comment.
const MAX_COMMENT_BYTES: usize = 1024 * 1024;

/// The next byte that is no space (and, unless strict, no comment); it is not consumed.
pub(super) fn next_byte(input: &mut Input, sink: &mut Sink, eof: bool) -> Option<u8> {
    loop {
        let blank = input.rest().iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if blank > 0 {
            input.consume(blank);
        }
        if !sink.understands_more() || input.rest().first() != Some(&b'/') {
            return input.rest().first().copied();
        }
        let length = match comment(input.rest()) {
            Some(0) => return Some(b'/'),
            Some(length) => length,
            None if eof => input.rest().len(),
            None if input.rest().len() > MAX_COMMENT_BYTES => return Some(b'/'),
            None => return None,
        };
        sink.warn_comments(input.line());
        input.consume(length);
    }
}

/// Length of the space and comments that `bytes` begin with; `None` when a comment does not end.
pub(super) fn space(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        match bytes.get(at) {
            Some(b'/') => match comment(&bytes[at..])? {
                0 => return Some(at),
                length => at += length,
            },
            _ => return Some(at),
        }
    }
}

/// Length of the comment that begins with the slash at the start of `bytes`: 0 when there is none,
/// `None` when it does not end.
fn comment(bytes: &[u8]) -> Option<usize> {
    match bytes.get(1)? {
        b'/' => memchr::memchr(b'\n', bytes),
        b'*' => Some(memchr::memmem::find(&bytes[2..], b"*/")? + 4),
        _ => Some(0),
    }
}
