//! Names that an expression looks up at its top level, where a state has no document to look in.

use super::tree::each_child;
use jsonata_core::ast::AstNode;

/// The first bare name that is looked up without anything before it. Bodies of functions are not
/// looked into.
pub(super) fn first_name(root: &mut AstNode) -> Option<Box<str>> {
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        let behind = open.len();
        match node {
            AstNode::Name(name) => return Some(name.as_str().into()),
            // What follows the first step is looked up in what that step gives.
            AstNode::Path { steps } => open.extend(steps.first_mut().map(|step| &mut step.node)),
            AstNode::ObjectTransform { input, .. } | AstNode::Sort { input, .. } => open.push(input),
            AstNode::Lambda { .. } | AstNode::Transform { .. } => {}
            other => each_child(other, &mut |child| open.push(child)),
        }
        open[behind..].reverse();
    }
    None
}
