//! A node together with the way to it.

use crate::syntax::{Member, Node, Span, join};

/// A node and how it was reached. The pointer is only written out when somebody asks, so that
/// walking a large definition costs nothing for it.
#[derive(Clone, Copy)]
pub(super) struct Place<'p, 'd> {
    pub node: &'d Node,
    step: Step<'d>,
    parent: Option<&'p Place<'p, 'd>>,
}

#[derive(Clone, Copy)]
enum Step<'d> {
    Root,
    Key(&'d Member),
    Index(usize),
}

impl<'d> Place<'_, 'd> {
    pub fn pointer(&self) -> String {
        let base = self.parent.map_or_else(String::new, Place::pointer);
        match self.step {
            Step::Root => base,
            Step::Key(member) => join(&base, &member.key),
            Step::Index(index) => join(&base, &index.to_string()),
        }
    }

    /// The field name or state name under which this value stands; empty for elements.
    pub fn name(&self) -> &'d str {
        match self.step {
            Step::Key(member) => &member.key,
            _ => "",
        }
    }

    /// The key, when the value has one.
    pub fn key_span(&self) -> Option<Span> {
        match self.step {
            Step::Key(member) => Some(member.key_span),
            _ => None,
        }
    }

    /// What to underline: the value, or for a container its key or its bracket.
    pub fn focus(&self) -> Span {
        let span = self.node.span;
        let container = self.node.members().is_some() || self.node.elements().is_some();
        match (container, self.key_span()) {
            (true, Some(key)) => key,
            (true, None) => Span::new(span.start, (span.start + 1).min(span.end)),
            (false, _) => span,
        }
    }
}

impl<'p, 'd> Place<'p, 'd> {
    pub fn root(node: &'d Node) -> Self {
        Place { node, step: Step::Root, parent: None }
    }

    pub fn get<'s>(&'s self, key: &str) -> Option<Place<'s, 'd>> {
        self.node.member(key).map(|member| self.at(member))
    }

    pub fn at<'s>(&'s self, member: &'d Member) -> Place<'s, 'd> {
        Place { node: &member.value, step: Step::Key(member), parent: Some(self) }
    }

    pub fn members<'s>(&'s self) -> impl Iterator<Item = Place<'s, 'd>> + use<'s, 'p, 'd> {
        self.node.members().unwrap_or_default().iter().map(|member| self.at(member))
    }

    pub fn elements<'s>(&'s self) -> impl Iterator<Item = Place<'s, 'd>> + use<'s, 'p, 'd> {
        let elements = self.node.elements().unwrap_or_default().iter();
        elements.enumerate().map(|(index, node)| Place { node, step: Step::Index(index), parent: Some(self) })
    }
}
