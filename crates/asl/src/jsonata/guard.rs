//! Bounds on what the library does not bound: texts that double, values that share parts, and
//! the few arguments that make it panic.
//!
//! The operands of `&` and the arguments of `$string`, `$join` and `$replace` pass through a
//! host function that gives them back unchanged, or refuses them when they are too large.

use jsonata_core::ast::{AstNode, BinaryOp, PathStep, Stage};
use jsonata_core::evaluator::{Evaluator, EvaluatorError};
use jsonata_core::value::JValue;

/// Largest operand: values and bytes of text, shared parts counted each time.
const LARGE: usize = 2 << 20;
/// Largest separator or replacement, which is written once per element or match.
const SMALL: usize = 1 << 10;

const LARGE_NAME: &str = "mapwright_large";
const SMALL_NAME: &str = "mapwright_small";
const WIDTH_NAME: &str = "mapwright_width";
const PICTURE_NAME: &str = "mapwright_picture";
/// Widest `$pad`.
const MAX_WIDTH: f64 = 1_000_000.0;

/// Adds the guarding functions.
pub(super) fn register(evaluator: &mut Evaluator) {
    for (name, most) in [(LARGE_NAME, LARGE), (SMALL_NAME, SMALL)] {
        let added = evaluator.register_fn(name, move |args: &[JValue]| check(args, most));
        debug_assert!(added.is_ok(), "no built-in has this name");
    }
    let added = evaluator.register_fn(WIDTH_NAME, |args: &[JValue]| match args.first() {
        Some(JValue::Number(width)) if width.abs() > MAX_WIDTH => {
            Err(EvaluatorError::EvaluationError(format!("D1001: Number out of range: {width}")))
        }
        value => Ok(value.cloned().unwrap_or(JValue::Undefined)),
    });
    debug_assert!(added.is_ok(), "no built-in has this name");
    let added = evaluator.register_fn(PICTURE_NAME, |args: &[JValue]| match args.first() {
        Some(JValue::String(picture)) if odd_marker(picture) => Err(EvaluatorError::EvaluationError(
            format!("D3132: Unknown component specifier in date/time picture string: {picture:.100}"),
        )),
        value => Ok(value.cloned().unwrap_or(JValue::Undefined)),
    });
    debug_assert!(added.is_ok(), "no built-in has this name");
}

/// True when a date picture has anything but ASCII inside its brackets.
fn odd_marker(picture: &str) -> bool {
    !picture.is_ascii()
        && picture.split('[').skip(1).any(|part| !part.split(']').next().unwrap_or(part).is_ascii())
}

fn check(args: &[JValue], most: usize) -> Result<JValue, EvaluatorError> {
    let value = args.first().cloned().unwrap_or(JValue::Undefined);
    let mut left = most;
    match fits(&value, &mut left) {
        true => Ok(value),
        false => {
            Err(EvaluatorError::EvaluationError("The evaluation needs more memory than is allowed".into()))
        }
    }
}

/// Takes the size of a value from what is left. Stops as soon as nothing is left, so shared
/// parts cost no more than the bound; deep ones are walked with a list, not the stack.
fn fits(value: &JValue, left: &mut usize) -> bool {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        let size = match value {
            JValue::String(text) => text.len(),
            JValue::Array(items) => {
                if items.len() > *left {
                    return false;
                }
                open.extend(items.iter());
                1
            }
            JValue::Object(members) => {
                if members.len() > *left {
                    return false;
                }
                open.extend(members.values());
                members.keys().map(String::len).sum::<usize>() + 1
            }
            _ => 1,
        };
        match left.checked_sub(size) {
            Some(rest) => *left = rest,
            None => return false,
        }
    }
    true
}

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
    let mut guarded = false;
    while let Some((node, depth)) = open.pop() {
        deepest = deepest.max(depth);
        if let AstNode::Lambda { signature: Some(signature), .. } = node {
            odd_signature |= !signature.is_ascii();
        }
        guarded |= guard_operands(node);
        each_child(node, &mut |child| open.push((child, depth + 1)));
    }
    if deepest > MAX_DEPTH {
        take_apart(root);
        return Err("The expression is nested too deeply");
    }
    match odd_signature {
        true => Err("S0401: Type parameters can only be applied to functions and arrays"),
        false => Ok(Bounded { ast: root, guarded }),
    }
}

/// Drops a tree from the top down, which the language would do by recursion.
fn take_apart(root: AstNode) {
    let mut open = vec![root];
    while let Some(mut node) = open.pop() {
        each_child(&mut node, &mut |child| {
            open.push(std::mem::replace(child, AstNode::Null));
        });
    }
}

/// True when something was guarded.
fn guard_operands(node: &mut AstNode) -> bool {
    match node {
        AstNode::Binary { op: BinaryOp::Concatenate, lhs, rhs } => {
            wrap(lhs, LARGE_NAME) | wrap(rhs, LARGE_NAME)
        }
        AstNode::Function { name, args, .. } => {
            let guards: &[&str] = match name.as_str() {
                "string" => &[LARGE_NAME],
                "join" => &[LARGE_NAME, SMALL_NAME],
                "replace" => &[LARGE_NAME, SMALL_NAME, SMALL_NAME],
                "pad" => &[WIDTH_NAME, WIDTH_NAME, SMALL_NAME],
                "fromMillis" | "toMillis" => &[PICTURE_NAME, PICTURE_NAME],
                "now" => &[PICTURE_NAME],
                _ => &[],
            };
            let pairs = args.iter_mut().zip(guards);
            pairs.fold(false, |guarded, (argument, guard)| wrap(argument, guard) | guarded)
        }
        _ => false,
    }
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
    let literal_matters = matches!(guard, WIDTH_NAME | PICTURE_NAME);
    if matches!(node, AstNode::Placeholder) || (plain && !literal_matters) {
        return false;
    }
    let inner = std::mem::replace(node, AstNode::Null);
    *node = AstNode::Function { name: guard.to_owned(), args: vec![inner], is_builtin: true };
    true
}

/// Gives every direct child to `f`. A guard's own argument counts as its child.
fn each_child<'n>(node: &'n mut AstNode, f: &mut dyn FnMut(&'n mut AstNode)) {
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
