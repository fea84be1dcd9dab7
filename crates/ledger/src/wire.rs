//! Four bits a child: the statuses of a window of items, as stored and as sent to the browser.

use model::ItemStatus;

/// Packs status codes, two a byte, the first in the low half.
pub fn encode_statuses(codes: &[u8], out: &mut Vec<u8>) {
    out.extend(codes.chunks(2).map(|pair| (pair[0] & 15) | (pair.get(1).unwrap_or(&0) & 15) << 4));
}

/// Unpacks `len` statuses; what the bytes do not cover is pending.
pub fn decode_statuses(bytes: &[u8], len: usize) -> Vec<ItemStatus> {
    (0..len)
        .map(|place| {
            let byte = bytes.get(place / 2).copied().unwrap_or_default();
            ItemStatus::from_code(if place % 2 == 0 { byte & 15 } else { byte >> 4 })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn statuses_come_back(codes in prop::collection::vec(0u8..7, 0..100)) {
            let mut bytes = Vec::new();
            encode_statuses(&codes, &mut bytes);
            prop_assert_eq!(bytes.len(), codes.len().div_ceil(2));
            let read = decode_statuses(&bytes, codes.len());
            prop_assert_eq!(read.iter().map(|s| *s as u8).collect::<Vec<_>>(), codes);
        }
    }
}
