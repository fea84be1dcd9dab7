//! Whether paths, intrinsic functions and JSONata can be read.

use crate::jsonata::{Expression, expression_text};
use crate::{Path, Query};

/// A path, for some fields a reference path (one that can be written to).
pub(super) fn path(text: &str, reference: bool) -> Result<(), String> {
    if !text.starts_with('$') {
        return Err("it must begin with $.".to_owned());
    }
    let path = Path::parse(text).map_err(|error| sentence(&error.message))?;
    if reference && text.starts_with("$$") {
        return Err("the context object cannot be written to.".to_owned());
    }
    if reference && !path.is_reference_path() {
        return Err("it must name one place, with members and indexes only.".to_owned());
    }
    Ok(())
}

/// A path or a call of an intrinsic function.
pub(super) fn path_or_intrinsic(text: &str) -> Result<(), String> {
    if !text.starts_with('$') && !text.starts_with("States.") {
        return Err("it must begin with $, or be a call such as States.Format('…').".to_owned());
    }
    Query::parse(text).map(drop).map_err(|message| sentence(&message))
}

/// A string that may be marked as a JSONata expression.
pub(super) fn jsonata(text: &str) -> Result<(), String> {
    match (text.starts_with("{%"), text.ends_with("%}")) {
        (false, false) => return Ok(()),
        (true, false) => return Err("it opens with {% but does not end with %}.".to_owned()),
        (false, true) => return Err("it ends with %} but does not open with {%.".to_owned()),
        (true, true) => {}
    }
    match expression_text(text) {
        Some(inner) if !inner.trim().is_empty() => {
            Expression::compile("", inner).map(drop).map_err(|error| sentence(&error.message))
        }
        _ => Err("there is nothing between {% and %}.".to_owned()),
    }
}

fn sentence(message: &str) -> String {
    let short = super::fields::cut(message.trim_end_matches('.'));
    format!("{short}.")
}
