//! Does a candidate pass a filter?

use super::ast::{Filter, Operand, Operator, RelativePath, Segment, is_definite};
use super::compare;
use super::eval::{Finder, Miss, locate};
use crate::Value;
use std::borrow::Cow;

impl Finder<'_> {
    /// True when the candidate passes.
    pub(super) fn accepts(&self, filter: &Filter, candidate: &Value) -> Result<bool, Miss> {
        self.visit()?;
        Ok(match filter {
            Filter::Or(any) => {
                for filter in any {
                    if self.accepts(filter, candidate)? {
                        return Ok(true);
                    }
                }
                false
            }
            Filter::And(all) => {
                for filter in all {
                    if !self.accepts(filter, candidate)? {
                        return Ok(false);
                    }
                }
                true
            }
            Filter::Not(inner) => !self.accepts(inner, candidate)?,
            Filter::Exists(path) => self.related(path, candidate)?.is_some(),
            Filter::Compare(left, operator, right) => {
                if *operator == Operator::Matches {
                    return self.matches(left, right, candidate);
                }
                let left = self.operand_value(left, candidate)?;
                let right = self.operand_value(right, candidate)?;
                compare::holds(left.as_ref(), *operator, right.as_ref())
            }
        })
    }

    fn matches(&self, left: &Operand, right: &Operand, candidate: &Value) -> Result<bool, Miss> {
        let (regex, text) = match (left, right) {
            (text, Operand::Regex(regex)) | (Operand::Regex(regex), text) => (regex, text),
            _ => return Ok(false),
        };
        Ok(match self.operand_value(text, candidate)? {
            Some(Value::String(text)) => regex.is_match(&text),
            Some(Value::Number(number)) => regex.is_match(&number.to_string()),
            Some(Value::Bool(b)) => regex.is_match(if b { "true" } else { "false" }),
            _ => false,
        })
    }

    /// The value of an operand; `None` when its path finds nothing.
    pub(super) fn operand_value(&self, operand: &Operand, candidate: &Value) -> Result<Option<Value>, Miss> {
        match operand {
            Operand::Literal(value) => Ok(Some(value.clone())),
            Operand::Regex(regex) => Ok(Some(regex.as_str().into())),
            Operand::Path(path) => self.related(path, candidate),
        }
    }

    /// What a path inside a filter finds; an indefinite path that finds nothing exists as an
    /// empty array, as in Jayway.
    fn related(&self, path: &RelativePath, candidate: &Value) -> Result<Option<Value>, Miss> {
        let start = match path.from_candidate {
            true => candidate,
            false => self.document,
        };
        let definite = is_definite(&path.segments);
        if definite && !matches!(path.segments.last(), Some(Segment::Function(..))) {
            return Ok(locate(&path.segments, start).ok().map(Cow::into_owned));
        }
        match self.eval(&path.segments, start, definite) {
            Ok(value) => Ok(Some(value)),
            Err(Miss::NotFound(_)) => Ok(None),
            Err(failed) => Err(failed),
        }
    }
}
