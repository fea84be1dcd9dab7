//! Putting a result where a Reference Path says: `ResultPath`.

use super::ast::Segment;
use super::path::Path;
use crate::eval_error::RESULT_PATH_MATCH_FAILURE;
use crate::value::Object;
use crate::{EvalError, Value};
use std::sync::Arc;

impl Path {
    /// The input with `result` put at this Reference Path. Missing objects are made; a member
    /// is replaced; an array's element must exist. What does not fit is
    /// `States.ResultPathMatchFailure`.
    pub fn assign(&self, input: &Value, result: Value) -> Result<Value, EvalError> {
        if !self.is_reference_path() {
            let cause = format!("The path '{}' is not a Reference Path", self.text());
            return Err(EvalError::new(RESULT_PATH_MATCH_FAILURE, cause));
        }
        let mut output = input.clone();
        let mut result = Some(result);
        match put(&mut output, self.segments(), &mut result) {
            true => Ok(output),
            false => Err(EvalError::new(
                RESULT_PATH_MATCH_FAILURE,
                format!(
                    "Unable to apply ReferencePath {} to input {}",
                    self.text(),
                    input.to_json()
                ),
            )),
        }
    }
}

/// Puts the result below `at`; false when the path does not fit. Only what lies on the path is
/// copied, and that only where it is shared.
fn put(at: &mut Value, segments: &[Segment], result: &mut Option<Value>) -> bool {
    let mut at = at;
    for segment in segments {
        at = match (segment, at) {
            (Segment::Member(name), Value::Object(members)) => Arc::make_mut(members)
                .entry(name.clone())
                .or_insert_with(|| Object::new().into()),
            (Segment::Index(index), Value::Array(items)) => {
                let Ok(index) = usize::try_from(*index) else {
                    return false;
                };
                if index >= items.len() {
                    return false;
                }
                &mut Arc::make_mut(items)[index]
            }
            _ => return false,
        };
    }
    *at = result.take().unwrap_or_default();
    true
}
