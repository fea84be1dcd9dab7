//! Compiling the rules of a Choice state.

use super::CompileError;
use super::compile::path;
use super::fields::{Fields, fault};
use super::state::{Is, Language, Operand, Order, Rule, Test};
use crate::Value;
use model::Timestamp;
use std::sync::Arc;

/// A rule in either language. Bounded by the nesting that the JSON parser allows.
pub(super) fn rule(fields: &Fields<'_>, language: Language, element: &str) -> Result<Rule, CompileError> {
    if language == Language::Jsonata {
        let condition = fields.expr_within(language, element, "Condition")?;
        return condition.map(Rule::Condition).ok_or_else(|| fields.missing("Condition"));
    }
    let each = |name: &str| -> Result<Vec<Rule>, CompileError> {
        fields.each(name)?.iter().map(|inner| rule(inner, language, element)).collect()
    };
    if fields.get("And").is_some() {
        return each("And").map(Rule::And);
    }
    if fields.get("Or").is_some() {
        return each("Or").map(Rule::Or);
    }
    if let Some(inner) = fields.fields("Not")? {
        return Ok(Rule::Not(Box::new(rule(&inner, language, element)?)));
    }
    let variable = fields.text("Variable")?.ok_or_else(|| fields.missing("Variable"))?;
    Ok(Rule::Compare { variable: path(variable, &fields.at("Variable"))?, test: test(fields)? })
}

fn test(fields: &Fields<'_>) -> Result<Test, CompileError> {
    for (suffix, order) in ORDERS {
        if let Some(operand) = operand(fields, &format!("String{suffix}"), text)? {
            return Ok(Test::Text(order, operand));
        }
        if let Some(operand) = operand(fields, &format!("Numeric{suffix}"), number)? {
            return Ok(Test::Number(order, operand));
        }
        if let Some(operand) = operand(fields, &format!("Timestamp{suffix}"), time)? {
            return Ok(Test::Time(order, operand));
        }
    }
    if let Some(operand) = operand(fields, "BooleanEquals", Value::as_bool)? {
        return Ok(Test::Boolean(operand));
    }
    if let Some(pattern) = fields.text("StringMatches")? {
        return Ok(Test::Matches(pattern.into()));
    }
    for (name, is) in KINDS {
        if let Some(expected) = fields.boolean(name)? {
            return Ok(Test::Is(is, expected));
        }
    }
    Err(fault("a rule needs a comparison", fields.at("")))
}

const ORDERS: [(&str, Order); 5] = [
    ("Equals", Order::Equal),
    ("LessThan", Order::Less),
    ("LessThanEquals", Order::LessOrEqual),
    ("GreaterThan", Order::Greater),
    ("GreaterThanEquals", Order::GreaterOrEqual),
];

const KINDS: [(&str, Is); 6] = [
    ("IsNull", Is::Null),
    ("IsPresent", Is::Present),
    ("IsNumeric", Is::Numeric),
    ("IsString", Is::String),
    ("IsBoolean", Is::Boolean),
    ("IsTimestamp", Is::Timestamp),
];

fn operand<T>(
    fields: &Fields<'_>,
    name: &str,
    read: fn(&Value) -> Option<T>,
) -> Result<Option<Operand<T>>, CompileError> {
    if let Some(value) = fields.get(name) {
        let literal =
            read(value).ok_or_else(|| fault(&format!("{name} has the wrong type"), fields.at(name)))?;
        return Ok(Some(Operand::Literal(literal)));
    }
    let name = format!("{name}Path");
    match fields.text(&name)? {
        Some(text) => Ok(Some(Operand::Path(path(text, &fields.at(&name))?))),
        None => Ok(None),
    }
}

pub(crate) fn text(value: &Value) -> Option<Arc<str>> {
    value.as_str().map(Arc::from)
}

pub(crate) fn number(value: &Value) -> Option<f64> {
    value.as_number()?.as_f64()
}

/// A timestamp as AWS asks for it: RFC 3339 with a capital `T`, and a capital `Z` or an offset.
pub(crate) fn time(value: &Value) -> Option<Timestamp> {
    let text = value.as_str()?;
    let capital = text.as_bytes().get(10) == Some(&b'T') && !text.ends_with('z');
    capital.then(|| Timestamp::parse_rfc3339(text)).flatten()
}
