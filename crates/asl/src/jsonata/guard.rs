//! Weaves the limits into a tree: operands of `&` and arguments of functions that can grow or
//! panic pass through a host function that gives them back unchanged, or refuses them.

use super::limits::{END, FINITE, LARGE, PICTURE, ROMAN, SMALL, WIDTH};
use super::tree::{each_child, take_apart};
use jsonata_core::ast::{AstNode, BinaryOp};

/// Deepest tree that is evaluated.
const MAX_DEPTH: usize = 1_000;

/// Runs the library; `None` when it panics, which must never be the end of a worker.
pub(super) fn unwound<T>(f: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).ok()
}

/// A tree that may be evaluated.
#[derive(Debug)]
pub(super) struct Bounded {
    pub(super) ast: AstNode,
    /// The tree calls the guarding functions.
    pub(super) guarded: bool,
}

/// The tree with its operations guarded, or why it is refused. Works with a list instead of the
/// stack, because a text may nest as deep as it is long.
pub(super) fn bounded(mut root: AstNode) -> Result<Bounded, &'static str> {
    let mut open = vec![(&mut root, 0)];
    let mut deepest = 0;
    let mut odd_signature = false;
    let mut unseen_number = false;
    let mut guarded = false;
    while let Some((node, depth)) = open.pop() {
        deepest = deepest.max(depth);
        if let AstNode::Lambda { signature: Some(signature), .. } = node {
            odd_signature |= !signature.is_ascii();
        }
        unseen_number |= formats_unseen(node);
        guarded |= guard_operands(node);
        each_child(node, &mut |child| open.push((child, depth + 1)));
    }
    if deepest > MAX_DEPTH {
        take_apart(root);
        return Err("The expression is nested too deeply");
    }
    match (odd_signature, unseen_number) {
        (true, _) => Err("S0401: Type parameters can only be applied to functions and arrays"),
        (_, true) => Err("D3130: Call $formatInteger with both arguments; it cannot be passed on or completed later"),
        (false, false) => Ok(Bounded { ast: root, guarded }),
    }
}

/// `$formatInteger` by name or with a `?`: it would meet numbers that no guard sees, and the words
/// of a number that is none never end.
fn formats_unseen(node: &AstNode) -> bool {
    match node {
        AstNode::Variable(name) => name == "formatInteger",
        AstNode::Function { name, args, .. } => {
            name == "formatInteger" && args.iter().any(|argument| matches!(argument, AstNode::Placeholder))
        }
        _ => false,
    }
}

/// True when something was guarded.
fn guard_operands(node: &mut AstNode) -> bool {
    match node {
        AstNode::Binary { op: BinaryOp::Concatenate, lhs, rhs } => wrap(lhs, LARGE) | wrap(rhs, LARGE),
        AstNode::Binary { op: BinaryOp::Range, lhs, rhs } => wrap(lhs, END) | wrap(rhs, END),
        AstNode::Function { name, args, .. } => {
            let guards: &[&str] = match name.as_str() {
                "string" => &[LARGE],
                "join" => &[LARGE, SMALL],
                "replace" => &[LARGE, SMALL, SMALL],
                "pad" => &[WIDTH, WIDTH, SMALL],
                "fromMillis" | "toMillis" => &[PICTURE, PICTURE],
                "now" => &[PICTURE],
                // A Roman number is as long as it is large.
                "formatInteger" if args.len() == 1 => &[ROMAN],
                "formatInteger" if may_be_roman(args) => &[WIDTH, PICTURE],
                // The words of a number that is none would never end.
                "formatInteger" => &[FINITE],
                _ => &[],
            };
            let pairs = args.iter_mut().zip(guards);
            pairs.fold(false, |guarded, (argument, guard)| wrap(argument, guard) | guarded)
        }
        _ => false,
    }
}

/// True unless the picture is written down and has no `I`.
fn may_be_roman(args: &[AstNode]) -> bool {
    !matches!(args, [_, AstNode::String(picture)] if !picture.contains(['i', 'I']))
}

/// `x` becomes `guard(x)`. What cannot grow stays as it is; so does `?`, which marks a partial
/// application, and what makes a function. True when wrapped.
fn wrap(node: &mut AstNode, guard: &str) -> bool {
    let plain = matches!(
        node,
        AstNode::String(_)
            | AstNode::Number(_)
            | AstNode::Boolean(_)
            | AstNode::Null
            | AstNode::Regex { .. }
            | AstNode::Lambda { .. }
    );
    let literal_matters = matches!(guard, WIDTH | PICTURE | ROMAN | END);
    if matches!(node, AstNode::Placeholder) || (plain && !literal_matters) {
        return false;
    }
    let inner = std::mem::replace(node, AstNode::Null);
    *node = AstNode::Function { name: guard.to_owned(), args: vec![inner], is_builtin: true };
    true
}
