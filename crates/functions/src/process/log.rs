//! What a process wrote during a call: the end of it, bounded.

/// How much of a call's log is kept, in bytes; Lambda's `LogResult` has as much.
pub const TAIL_BYTES: usize = 4096;

/// The last bytes of what was written.
#[derive(Debug, Default)]
pub struct Tail(Vec<u8>);

impl Tail {
    /// Adds what was written.
    pub fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
        // Cut seldom, so that a talkative process does not move bytes with every line.
        if self.0.len() > 4 * TAIL_BYTES {
            self.cut();
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The end of it as text.
    pub fn text(&mut self) -> String {
        self.cut();
        String::from_utf8_lossy(&self.0).into_owned()
    }

    fn cut(&mut self) {
        let mut begin = self.0.len().saturating_sub(TAIL_BYTES);
        // Not in the middle of a character.
        while begin < self.0.len() && begin > 0 && self.0[begin] & 0xc0 == 0x80 {
            begin += 1;
        }
        self.0.drain(..begin);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_kept_in_whole_characters() {
        let mut tail = Tail::default();
        for _ in 0..10_000 {
            tail.push("ä".as_bytes());
        }
        tail.push(b"x");
        let text = tail.text();
        assert_eq!(text.len(), TAIL_BYTES - 1);
        assert!(text.starts_with('ä') && text.ends_with("äx"));
        tail.clear();
        assert_eq!(tail.text(), "");
    }
}
