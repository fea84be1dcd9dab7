//! The difference between two texts as one replaced piece: a step of the undo stack, and how the
//! code pane is brought up to date. Also offsets as browsers count them.

/// One piece of a text replaced by another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where the piece begins, in bytes.
    pub start: usize,
    /// What was there.
    pub removed: String,
    /// What is there instead.
    pub inserted: String,
}

impl Change {
    /// The smallest piece in which two texts differ.
    pub fn between(old: &str, new: &str) -> Self {
        let mut start = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
        while !old.is_char_boundary(start) || !new.is_char_boundary(start) {
            start -= 1;
        }
        let (a, b) = (&old[start..], &new[start..]);
        let mut same = a.bytes().rev().zip(b.bytes().rev()).take_while(|(x, y)| x == y).count();
        while !a.is_char_boundary(a.len() - same) || !b.is_char_boundary(b.len() - same) {
            same -= 1;
        }
        Self { start, removed: a[..a.len() - same].to_owned(), inserted: b[..b.len() - same].to_owned() }
    }

    /// The new text, from the old one.
    pub fn make(&self, old: &str) -> String {
        splice(old, self.start, self.removed.len(), &self.inserted)
    }

    /// The old text, from the new one.
    pub fn revert(&self, new: &str) -> String {
        splice(new, self.start, self.inserted.len(), &self.removed)
    }
}

fn splice(text: &str, start: usize, length: usize, with: &str) -> String {
    let head = text.get(..start).unwrap_or(text);
    let tail = text.get(start + length..).unwrap_or_default();
    [head, with, tail].concat()
}

/// A byte offset in UTF-16 code units.
#[cfg(any(test, feature = "hydrate"))]
pub fn to_utf16(text: &str, byte: usize) -> usize {
    let end = (0..=byte.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text[..end].encode_utf16().count()
}

/// An offset in UTF-16 code units in bytes.
#[cfg(any(test, feature = "hydrate"))]
pub fn from_utf16(text: &str, units: usize) -> usize {
    let mut seen = 0;
    for (at, c) in text.char_indices() {
        if seen >= units {
            return at;
        }
        seen += c.len_utf16();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_small_and_goes_both_ways() {
        for (old, new) in [("abc", "abXc"), ("aaa", "aa"), ("", "x"), ("é1", "è1"), ("a€b", "a₭b"), ("same", "same")] {
            let change = Change::between(old, new);
            assert_eq!(change.make(old), new);
            assert_eq!(change.revert(new), old);
        }
        assert_eq!(Change::between("abc", "abXc"), Change { start: 2, removed: String::new(), inserted: "X".into() });
    }

    #[test]
    fn offsets_count_as_browsers_do() {
        let text = "a😀é";
        assert_eq!(to_utf16(text, 5), 3);
        assert_eq!(from_utf16(text, 3), 5);
        assert_eq!(from_utf16(text, 99), text.len());
    }
}
