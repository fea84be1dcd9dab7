//! Names that an expression looks up at its top level, where a state has no document to look in.

use super::guard;
use super::tree::each_child;
use jsonata_core::ast::AstNode;
use jsonata_core::parser;

/// The first bare name of an expression that is looked up without anything before it, such as
/// `phone` in `$uppercase(phone)`. AWS refuses a definition with one. Bodies of functions are not
/// looked into, and a text that cannot be parsed has none.
///
/// ```
/// use asl::jsonata::top_level_reference;
/// assert_eq!(top_level_reference("$states.input.orders[total > 5].id"), None);
/// assert_eq!(top_level_reference("orders[0].id"), Some("orders".into()));
/// ```
pub fn top_level_reference(text: &str) -> Option<String> {
    let mut root = guard::unwound(|| parser::parse(text.trim()))?.ok()?;
    let found = first_name(&mut root);
    super::tree::take_apart(root);
    found
}

fn first_name(root: &mut AstNode) -> Option<String> {
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        let behind = open.len();
        match node {
            AstNode::Name(name) => return Some(name.clone()),
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
