//! Walking the library's trees with a list instead of the stack: a text may nest as deep as it
//! is long.

use jsonata_core::ast::{AstNode, PathStep, Stage};

/// Drops a tree from the top down, which the language would do by recursion.
pub(super) fn take_apart(root: AstNode) {
    let mut open = vec![root];
    while let Some(mut node) = open.pop() {
        each_child(&mut node, &mut |child| {
            open.push(std::mem::replace(child, AstNode::Null));
        });
    }
}

/// Gives every direct child to `f`. A guard's own argument counts as its child.
pub(super) fn each_child<'n>(node: &'n mut AstNode, f: &mut dyn FnMut(&'n mut AstNode)) {
    match node {
        AstNode::Path { steps } => {
            for PathStep { node, stages, .. } in steps {
                f(node);
                for stage in stages {
                    if let Stage::Filter(filter) = stage {
                        f(filter);
                    }
                }
            }
        }
        AstNode::Binary { lhs, rhs, .. } => {
            f(lhs);
            f(rhs);
        }
        AstNode::Unary { operand, .. } => f(operand),
        AstNode::Function { args: nodes, .. }
        | AstNode::Array(nodes)
        | AstNode::Block(nodes)
        | AstNode::ArrayGroup(nodes) => nodes.iter_mut().for_each(f),
        AstNode::Call { procedure, args } => {
            f(procedure);
            args.iter_mut().for_each(f);
        }
        AstNode::Lambda { body, .. } => f(body),
        AstNode::Object(pairs) => pairs.iter_mut().for_each(|(key, value)| {
            f(key);
            f(value);
        }),
        AstNode::ObjectTransform { input, pattern } => {
            f(input);
            pattern.iter_mut().for_each(|(key, value)| {
                f(key);
                f(value);
            });
        }
        AstNode::Conditional { condition, then_branch, else_branch } => {
            f(condition);
            f(then_branch);
            if let Some(node) = else_branch {
                f(node);
            }
        }
        AstNode::FunctionApplication(node) => f(node),
        AstNode::Sort { input, terms } => {
            f(input);
            terms.iter_mut().for_each(|(node, _)| f(node));
        }
        AstNode::Transform { location, update, delete } => {
            f(location);
            f(update);
            if let Some(node) = delete {
                f(node);
            }
        }
        AstNode::String(_)
        | AstNode::Name(_)
        | AstNode::Number(_)
        | AstNode::Boolean(_)
        | AstNode::Null
        | AstNode::Undefined
        | AstNode::Placeholder
        | AstNode::Regex { .. }
        | AstNode::Variable(_)
        | AstNode::ParentVariable(_)
        | AstNode::Wildcard
        | AstNode::Descendant
        | AstNode::Parent(_) => {}
    }
}
