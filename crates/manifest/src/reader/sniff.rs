//! Whether an object is a map of items or an envelope around an array of items.

use super::value_scan::ValueScan;
use crate::json_text::unquote;

/// Members that hold the items when they are arrays, whatever stands beside them.
const ENVELOPES: [&str; 5] = ["items", "Items", "records", "Records", "data"];
/// An object with more members than this is a map of items.
const MOST_MEMBERS: usize = 16;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// It takes more bytes to tell.
    Unknown,
    /// Every pair is an item.
    Pairs,
    /// The member of this name holds the items.
    Member(String),
}

/// Looks at an object's beginning. With `decide`, what is not known yet is judged by what is there.
pub(crate) fn shape(object: &[u8], decide: bool) -> Shape {
    let mut cursor = Cursor { bytes: object, at: 1 };
    let mut array: Option<String> = None;
    for _ in 0..=MOST_MEMBERS {
        match cursor.member() {
            Member::Named(name, true) if ENVELOPES.contains(&name.as_str()) => return Shape::Member(name),
            Member::Named(_, true) if array.is_some() => return Shape::Pairs,
            Member::Named(name, true) => array = Some(name),
            Member::Named(_, false) => {}
            Member::Close => return array.map_or(Shape::Pairs, Shape::Member),
            Member::Cut if !decide => return Shape::Unknown,
            Member::Cut => return array.map_or(Shape::Pairs, Shape::Member),
            Member::Faulty => return Shape::Pairs,
        }
        if !cursor.skip_value() {
            return match (decide, array) {
                (true, Some(name)) => Shape::Member(name),
                (true, None) => Shape::Pairs,
                (false, _) => Shape::Unknown,
            };
        }
    }
    Shape::Pairs
}

enum Member {
    /// A name, and whether an array follows.
    Named(String, bool),
    Close,
    Cut,
    Faulty,
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    /// Steps to the next member's value.
    fn member(&mut self) -> Member {
        let mut first = self.next();
        if first == Some(b',') {
            self.at += 1;
            first = self.next();
        }
        match first {
            None => return Member::Cut,
            Some(b'}') => return Member::Close,
            Some(b'"') => {}
            Some(_) => return Member::Faulty,
        }
        let start = self.at;
        if !self.skip_value() {
            return Member::Cut;
        }
        let name = unquote(&self.bytes[start..self.at]);
        match (self.next(), name) {
            (None, _) => Member::Cut,
            (Some(b':'), Some(name)) => {
                self.at += 1;
                match self.next() {
                    None => Member::Cut,
                    Some(byte) => Member::Named(name, byte == b'['),
                }
            }
            _ => Member::Faulty,
        }
    }

    fn skip_value(&mut self) -> bool {
        match ValueScan::new(true).end(&self.bytes[self.at..], false) {
            Some(len) => {
                self.at += len;
                true
            }
            None => false,
        }
    }

    /// The next byte that is neither space nor comment; `at` moves to it.
    fn next(&mut self) -> Option<u8> {
        self.at += super::space::space(&self.bytes[self.at..])?;
        self.bytes.get(self.at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn envelopes_are_told_from_maps() {
        let member = |name: &str| Shape::Member(name.into());
        assert_eq!(shape(b"{\"items\": [", false), member("items"));
        assert_eq!(shape(b"{/* x */ \"v\":1, \"rows\":[1,2]}", false), member("rows"));
        assert_eq!(shape(b"{\"a\":[1],\"b\":[2]}", false), Shape::Pairs);
        assert_eq!(shape(b"{\"a\":{\"x\":1}}", false), Shape::Pairs);
        assert_eq!(shape(b"{\"a\":[1,2", false), Shape::Unknown);
        assert_eq!(shape(b"{\"a\":[1,2", true), member("a"));
        assert_eq!(shape(b"{\"items\":3}", false), Shape::Pairs);
        let many: String = (0..20).map(|n| format!("\"k{n}\":{n},")).collect();
        assert_eq!(shape(format!("{{{many}").as_bytes(), false), Shape::Pairs);
    }
}
