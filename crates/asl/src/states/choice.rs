//! Choice.

use super::flow;
use crate::Value;
use crate::execution::failure::Failure;
use crate::execution::run::{Exit, Run, Step};
use crate::execution::thread::ThreadId;
use crate::payload::Payload;
use crate::program::rules;
use crate::program::state::{Choice, ChoiceBranch, Is, Language, Next, Operand, Order, Rule, State, Test};
use crate::scope::Scope;
use model::Timestamp;
use std::cmp::Ordering;

/// Goes to the first branch whose rule holds, or to the default.
pub(crate) fn run(run: &mut Run<'_>, t: ThreadId, state: &State, choice: &Choice) -> Result<Step, Failure> {
    let input = flow::effective_input(run, t, state)?;
    let context = run.context(t, state, None);
    let scope = run.scope(t, input.value(), &context);
    for branch in &choice.branches {
        if holds(&branch.rule, &scope)? {
            return leave(run, t, state, branch, &input, &context).map(Step::Exit);
        }
    }
    match choice.default {
        Some(next) => {
            let exit = flow::exit_with_input(run, t, state)?;
            Ok(Step::Exit(Exit { next: Next::State(next), ..exit }))
        }
        None => {
            // The language's specification calls this States.NoChoiceMatched; AWS was seen to answer otherwise.
            Err(Failure::runtime(
                "Failed to transition out of the state. The state does not point to a next state.",
            ))
        }
    }
}

fn leave(
    run: &mut Run<'_>,
    t: ThreadId,
    state: &State,
    branch: &ChoiceBranch,
    input: &Payload,
    context: &Value,
) -> Result<Exit, Failure> {
    let scope = run.scope(t, input.value(), context);
    let assigned = branch.assign.as_ref().map(|assign| assign.eval(&scope)).transpose()?;
    let output = match (&branch.output, state.language) {
        (Some(output), _) => Payload::from_value(output.eval(&scope)?),
        (None, Language::Jsonata) => input.clone(),
        (None, Language::JsonPath) => flow::output_path(&state.output_path, &scope, input.clone())?,
    };
    Ok(Exit { output, assigned, next: Next::State(branch.next) })
}

fn holds(rule: &Rule, scope: &Scope<'_>) -> Result<bool, Failure> {
    match rule {
        Rule::And(rules) => {
            for rule in rules {
                if !holds(rule, scope)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Rule::Or(rules) => {
            for rule in rules {
                if holds(rule, scope)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Rule::Not(rule) => Ok(!holds(rule, scope)?),
        Rule::Condition(expr) => {
            let value = expr.eval(scope)?;
            value.as_bool().ok_or_else(|| match expr {
                crate::program::expr::Expr::Jsonata(template) => {
                    super::numbers::unexpected_type(template, "boolean", &value)
                }
                crate::program::expr::Expr::JsonPath(_) => Failure::runtime("Condition must be a boolean"),
            })
        }
        Rule::Compare { variable, test } => {
            let found = match variable.eval(scope) {
                Ok(found) => found,
                Err(_) if matches!(test, Test::Is(Is::Present, _)) => {
                    return Ok(matches!(test, Test::Is(_, false)));
                }
                Err(_) => return Err(invalid_path(variable.text())),
            };
            compare(&found, test, scope)
        }
    }
}

fn invalid_path(path: &str) -> Failure {
    Failure::runtime(format!(
        "Invalid path '{path}': The choice state's condition path references an invalid value."
    ))
}

fn compare(found: &Value, test: &Test, scope: &Scope<'_>) -> Result<bool, Failure> {
    Ok(match test {
        Test::Text(order, operand) => {
            let other = resolve(operand, rules::text, scope)?;
            match (found.as_str(), other) {
                // UTF-16 code units, as Java compares; they differ from UTF-8 only beyond U+FFFF.
                (Some(a), Some(b)) => ordered(*order, a.encode_utf16().cmp(b.encode_utf16())),
                _ => false,
            }
        }
        Test::Number(order, operand) => {
            let other = resolve(operand, rules::number, scope)?;
            match (rules::number(found), other) {
                (Some(a), Some(b)) => a.partial_cmp(&b).is_some_and(|found| ordered(*order, found)),
                _ => false,
            }
        }
        Test::Time(order, operand) => {
            let other: Option<Timestamp> = resolve(operand, rules::time, scope)?;
            match (rules::time(found), other) {
                (Some(a), Some(b)) => ordered(*order, a.cmp(&b)),
                _ => false,
            }
        }
        Test::Boolean(operand) => {
            let other = resolve(operand, Value::as_bool, scope)?;
            found.as_bool().is_some() && found.as_bool() == other
        }
        Test::Matches(pattern) => found.as_str().is_some_and(|text| matches(pattern, text)),
        Test::Is(is, expected) => is_kind(*is, found) == *expected,
    })
}

fn resolve<T: Clone>(
    operand: &Operand<T>,
    read: fn(&Value) -> Option<T>,
    scope: &Scope<'_>,
) -> Result<Option<T>, Failure> {
    match operand {
        Operand::Literal(literal) => Ok(Some(literal.clone())),
        Operand::Path(path) => match path.eval(scope) {
            Ok(value) => Ok(read(&value)),
            Err(_) => Err(invalid_path(path.text())),
        },
    }
}

fn ordered(order: Order, found: Ordering) -> bool {
    match order {
        Order::Equal => found.is_eq(),
        Order::Less => found.is_lt(),
        Order::LessOrEqual => found.is_le(),
        Order::Greater => found.is_gt(),
        Order::GreaterOrEqual => found.is_ge(),
    }
}

fn is_kind(is: Is, value: &Value) -> bool {
    match is {
        Is::Null => matches!(value, Value::Null),
        Is::Present => true,
        Is::Numeric => matches!(value, Value::Number(_)),
        Is::String => matches!(value, Value::String(_)),
        Is::Boolean => matches!(value, Value::Bool(_)),
        Is::Timestamp => rules::time(value).is_some(),
    }
}

/// `*` stands for any text; `\*` and `\\` for themselves. Linear: only the latest `*` is retried.
fn matches(pattern: &str, text: &str) -> bool {
    let mut tokens = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        tokens.push(match c {
            '*' => None,
            '\\' => Some(chars.next().unwrap_or('\\')),
            c => Some(c),
        });
    }
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut i, mut star) = (0, 0, None);
    while i < text.len() {
        match tokens.get(p) {
            Some(None) => {
                star = Some((p, i));
                p += 1;
            }
            Some(Some(c)) if *c == text[i] => {
                p += 1;
                i += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    i = from + 1;
                }
                None => return false,
            },
        }
    }
    tokens[p.min(tokens.len())..].iter().all(Option::is_none)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_have_stars_and_escapes() {
        for (pattern, text, expected) in [
            ("log-*.txt", "log-a.txt", true),
            ("log-*.txt", "log-.txt", true),
            ("log-*.txt", "log-a.txtx", false),
            ("*", "", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            (r"a\*b", "a*b", true),
            (r"a\*b", "aXb", false),
            (r"a\\b", r"a\b", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
        }
    }
}
