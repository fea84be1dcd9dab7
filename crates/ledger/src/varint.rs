//! Numbers in as few bytes as they need (LEB128), signed ones folded by zigzag.

use crate::error::DecodeError;

/// Appends a number, seven bits a byte, low ones first.
pub(crate) fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a signed number.
pub(crate) fn put_signed(out: &mut Vec<u8>, value: i64) {
    put(out, ((value << 1) ^ (value >> 63)) as u64);
}

/// How many bytes [`put_signed`] needs.
pub(crate) fn signed_len(value: i64) -> usize {
    let folded = ((value << 1) ^ (value >> 63)) as u64;
    (64 - (folded | 1).leading_zeros() as usize).div_ceil(7)
}

/// Reads from a slice, front to back.
pub(crate) struct Bytes<'a> {
    rest: &'a [u8],
}

impl<'a> Bytes<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn byte(&mut self, what: &'static str) -> Result<u8, DecodeError> {
        let (&first, rest) = self.rest.split_first().ok_or(DecodeError::Short(what))?;
        self.rest = rest;
        Ok(first)
    }

    pub(crate) fn number(&mut self, what: &'static str) -> Result<u64, DecodeError> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte(what)?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(DecodeError::Impossible(what))
    }

    /// A number that counts things of which there can be at most `most`.
    pub(crate) fn count(&mut self, most: usize, what: &'static str) -> Result<usize, DecodeError> {
        let value = self.number(what)?;
        match usize::try_from(value) {
            Ok(count) if count <= most => Ok(count),
            _ => Err(DecodeError::Impossible(what)),
        }
    }

    pub(crate) fn small(&mut self, what: &'static str) -> Result<u32, DecodeError> {
        u32::try_from(self.number(what)?).map_err(|_| DecodeError::Impossible(what))
    }

    pub(crate) fn signed(&mut self, what: &'static str) -> Result<i64, DecodeError> {
        let folded = self.number(what)?;
        Ok((folded >> 1) as i64 ^ -((folded & 1) as i64))
    }

    pub(crate) fn take(&mut self, len: usize, what: &'static str) -> Result<&'a [u8], DecodeError> {
        if len > self.rest.len() {
            return Err(DecodeError::Short(what));
        }
        let (taken, rest) = self.rest.split_at(len);
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_come_back(value: u64, signed: i64) {
            let mut bytes = Vec::new();
            put(&mut bytes, value);
            let before = bytes.len();
            put_signed(&mut bytes, signed);
            prop_assert_eq!(bytes.len() - before, signed_len(signed));
            let mut read = Bytes::new(&bytes);
            prop_assert_eq!(read.number("n"), Ok(value));
            prop_assert_eq!(read.signed("n"), Ok(signed));
            prop_assert!(read.rest().is_empty());
        }

        #[test]
        fn damaged_bytes_are_an_error_or_a_number(bytes: Vec<u8>) {
            let mut read = Bytes::new(&bytes);
            while read.number("n").is_ok() {}
        }
    }
}
