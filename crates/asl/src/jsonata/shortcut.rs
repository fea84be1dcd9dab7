//! `$states.input.order.id` without the library: the commonest expression by far.
//!
//! Only what needs no rule of JSONata is answered here: members of objects. An array on the
//! way, or a number that JSONata would write differently, is left to the library.

use crate::Value;
use crate::scope::Scope;
use std::sync::Arc;

/// An expression that is nothing but names joined by dots.
#[derive(Debug)]
pub(super) struct Shortcut {
    variable: Arc<str>,
    members: Box<[Arc<str>]>,
}

/// Values looked at before the library is asked instead.
const MAX_VALUES: u32 = 100_000;

impl Shortcut {
    /// The shortcut of an expression, if it has one.
    pub(super) fn of(text: &str) -> Option<Self> {
        let mut names = text.strip_prefix('$')?.split('.').map(str::trim);
        let variable = names.next().filter(|name| is_name(name))?;
        let members: Box<[Arc<str>]> =
            names.map(|name| is_name(name).then(|| name.into())).collect::<Option<_>>()?;
        match variable {
            "eval" => None,
            "states" if members.is_empty() => None,
            _ => Some(Self { variable: variable.into(), members }),
        }
    }

    /// The value (`Some(None)` for undefined); `None` when the library must be asked.
    pub(super) fn eval(&self, scope: &Scope<'_>) -> Option<Option<Value>> {
        let (start, rest) = match (&*self.variable, &*self.members) {
            ("states", [first, rest @ ..]) => (state(scope, first), rest),
            (name, all) => (scope.variables.get(name), all),
        };
        // An unknown variable may be one of the language's functions.
        let mut at = match start {
            Some(value) => value,
            None if &*self.variable == "states" => return Some(None),
            None => return None,
        };
        for name in rest {
            at = match at {
                Value::Object(members) => match members.get(name) {
                    Some(value) => value,
                    None => return Some(None),
                },
                Value::Array(_) => return None,
                _ => return Some(None),
            };
        }
        is_plain(at, &mut { MAX_VALUES }).then(|| Some(at.clone()))
    }
}

fn state<'a>(scope: &Scope<'a>, name: &str) -> Option<&'a Value> {
    match name {
        "input" => Some(scope.input),
        "context" => Some(scope.context),
        "result" => scope.result,
        "errorOutput" => scope.error_output,
        _ => None,
    }
}

/// A name that needs no quotes and is no word of the language.
fn is_name(text: &str) -> bool {
    let letters = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let word = matches!(text, "" | "and" | "or" | "in" | "null" | "true" | "false" | "function");
    letters && !word && !text.starts_with(|c: char| c.is_ascii_digit())
}

/// True when AWS gives the value back as it is: it has no `1.0`, which would be written as `1`.
/// Integers of 64 bits stay what they are, though a float cannot hold them all.
fn is_plain(value: &Value, left: &mut u32) -> bool {
    *left = match left.checked_sub(1) {
        Some(rest) => rest,
        None => return false,
    };
    match value {
        Value::Number(n) => match n.as_i64() {
            Some(_) => true,
            None => n.is_f64() && n.as_f64().is_some_and(|f| f.fract() != 0.0),
        },
        Value::Array(items) => items.iter().all(|item| is_plain(item, left)),
        Value::Object(members) => members.values().all(|member| is_plain(member, left)),
        _ => true,
    }
}
