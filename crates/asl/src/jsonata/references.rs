//! What an expression looks up that a state does not have: a document of its own, and an error
//! outside a Catch.

use super::tree::each_child;
use jsonata_core::ast::{AstNode, BinaryOp};

/// What an expression looks up.
#[derive(Debug, Default)]
pub(super) struct References {
    /// The first bare name, `$` or `$$` that is looked up without anything before it.
    pub top_level: Option<Box<str>>,
    /// `$states.errorOutput`.
    pub error_output: bool,
    /// Variables that the expression does not bind itself, in the order of their first use.
    pub variables: Vec<Box<str>>,
}

/// Looks through a tree. Only the first step of a path is looked up at the top level; the body of
/// a function sees what is around the function.
pub(super) fn references(root: &mut AstNode) -> References {
    let mut found = References { variables: variables(root), ..References::default() };
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        let behind = open.len();
        let name = match node {
            AstNode::Name(name) => Some(name.as_str()),
            AstNode::Variable(name) if name.is_empty() => Some("$"),
            AstNode::Variable(name) | AstNode::ParentVariable(name) if name == "$" => Some("$$"),
            AstNode::ParentVariable(_) => Some("$$"),
            _ => None,
        };
        if let Some(name) = name {
            found.top_level.get_or_insert_with(|| name.into());
            continue;
        }
        match node {
            AstNode::Path { steps } => {
                if let [first, second, ..] = steps.as_slice() {
                    let states = matches!(&first.node, AstNode::Variable(name) if name == "states");
                    let error = matches!(&second.node, AstNode::Name(name) if name == "errorOutput");
                    found.error_output |= states && error;
                }
                open.extend(steps.first_mut().map(|step| &mut step.node));
            }
            AstNode::ObjectTransform { input, .. } | AstNode::Sort { input, .. } => open.push(input),
            AstNode::Transform { .. } => {}
            other => each_child(other, &mut |child| open.push(child)),
        }
        open[behind..].reverse();
    }
    found
}

fn variables(root: &mut AstNode) -> Vec<Box<str>> {
    let (mut used, mut bound): (Vec<Box<str>>, Vec<Box<str>>) = Default::default();
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        match node {
            AstNode::Variable(name) => {
                let named = !name.is_empty() && name != "$" && name != "states";
                if named && !used.iter().any(|known| **known == **name) {
                    used.push(name.as_str().into());
                }
                continue;
            }
            AstNode::Lambda { params, .. } => bound.extend(params.iter().map(|name| name.trim_start_matches('$').into())),
            AstNode::Binary { op: BinaryOp::ColonEqual | BinaryOp::FocusBind | BinaryOp::IndexBind, lhs, .. } => {
                if let AstNode::Variable(name) = &**lhs {
                    bound.push(name.as_str().into());
                }
            }
            _ => {}
        }
        let behind = open.len();
        each_child(node, &mut |child| open.push(child));
        open[behind..].reverse();
    }
    used.retain(|name| !bound.contains(name));
    used
}
