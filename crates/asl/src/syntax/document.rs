//! A parsed text.

use super::lines::{LineIndex, Position};
use super::node::{Kind, Node};
use super::parser::{self, SyntaxError, SyntaxErrorKind};
use super::pointer;

/// A text, its tree and its faults.
///
/// ```
/// let document = asl::syntax::Document::parse("{\"a\": [1, 2,]}");
/// assert_eq!(document.errors.len(), 1);
/// assert_eq!(document.node_at("/a/1").and_then(|node| node.as_i64()), Some(2));
/// assert_eq!(document.pointer_at(10), "/a/1");
/// ```
#[derive(Clone, Debug)]
pub struct Document {
    /// The text as given.
    pub text: String,
    /// The tree; `None` when there is no value at all or the text is too large.
    pub root: Option<Node>,
    /// All faults in the order of their places, at most [`super::MAX_ERRORS`].
    pub errors: Vec<SyntaxError>,
    lines: LineIndex,
}

impl Document {
    /// Parses any text; never fails, faults are in `errors`.
    pub fn parse(text: &str) -> Self {
        let (root, errors) = parser::parse(text);
        Self { text: text.to_owned(), root, errors, lines: LineIndex::new(text) }
    }

    /// Whether the text is strict JSON.
    pub fn is_valid(&self) -> bool {
        self.errors.is_empty() && self.root.is_some()
    }

    /// The value as strict JSON without blanks, comments or other liberties of the text: what a
    /// tolerant reader understood. `None` when something was too broken to be read at all.
    pub fn to_json(&self) -> Option<String> {
        let tolerable = |error: &SyntaxError| {
            matches!(error.kind, SyntaxErrorKind::Comment | SyntaxErrorKind::TrailingComma)
        };
        let root = self.root.as_ref().filter(|_| self.errors.iter().all(tolerable))?;
        Some(root.to_value().to_json())
    }

    /// The node at a JSON Pointer; the empty pointer is the root.
    pub fn node_at(&self, at: &str) -> Option<&Node> {
        let mut node = self.root.as_ref()?;
        for step in pointer::split(at) {
            node = match &node.kind {
                Kind::Object(_) => node.get(&step)?,
                Kind::Array(elements) => elements.get(step.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        Some(node)
    }

    /// The pointer of the innermost value at a byte offset; a key counts as its value.
    pub fn pointer_at(&self, offset: usize) -> String {
        let mut out = String::new();
        let mut next = self.root.as_ref();
        while let Some(node) = next {
            next = match &node.kind {
                Kind::Object(members) => {
                    let found = members.iter().find(|member| member.span().touches(offset));
                    found.map(|member| {
                        out = pointer::join(&out, &member.key);
                        &member.value
                    })
                }
                Kind::Array(elements) => {
                    let found = elements.iter().position(|node| node.span.touches(offset));
                    found.map(|index| {
                        out = pointer::join(&out, &index.to_string());
                        &elements[index]
                    })
                }
                _ => None,
            };
        }
        out
    }

    /// Line and column of a byte offset.
    pub fn position(&self, offset: usize) -> Position {
        self.lines.position(&self.text, offset)
    }

    /// The text again, put together from the tree: the leaves, and what stands between them.
    pub fn print(&self) -> String {
        let mut out = String::with_capacity(self.text.len());
        let mut done = 0;
        if let Some(root) = &self.root {
            self.print_node(root, &mut out, &mut done);
        }
        out.push_str(&self.text[done..]);
        out
    }

    fn print_node(&self, node: &Node, out: &mut String, done: &mut usize) {
        match &node.kind {
            Kind::Object(members) => {
                for member in members {
                    self.print_to(member.key_span.end, out, done);
                    self.print_node(&member.value, out, done);
                }
            }
            Kind::Array(elements) => elements.iter().for_each(|node| self.print_node(node, out, done)),
            _ => {}
        }
        self.print_to(node.span.end, out, done);
    }

    fn print_to(&self, end: usize, out: &mut String, done: &mut usize) {
        out.push_str(&self.text[*done..end]);
        *done = end;
    }
}
