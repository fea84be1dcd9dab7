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

/// What is wrong with a JSONata expression.
pub(super) enum Fault {
    /// It cannot be read; AWS says the second text, where it is known.
    Unreadable(String, Option<String>),
    /// It looks up this name where there is nothing to look in.
    TopLevel(String),
    /// It looks up the error where there is none.
    ErrorOutput,
}

/// A string that may be marked as a JSONata expression.
pub(super) fn jsonata(text: &str, in_catch: bool) -> Result<(), Fault> {
    let unreadable = |why: &str| Err(Fault::Unreadable(why.to_owned(), None));
    match (text.starts_with("{%"), text.ends_with("%}")) {
        (false, false) => return Ok(()),
        (true, false) => return unreadable("it opens with {% but does not end with %}."),
        (false, true) => return unreadable("it ends with %} but does not open with {%."),
        (true, true) => {}
    }
    let Some(inner) = expression_text(text).filter(|inner| !inner.trim().is_empty()) else {
        return unreadable("there is nothing between {% and %}.");
    };
    match Expression::compile("", inner) {
        Err(error) => {
            let plain = error.message.split_once(": ").map(|(_, message)| message.to_owned());
            Err(Fault::Unreadable(sentence(&error.message), plain))
        }
        Ok(expression) => match expression.top_level_reference() {
            Some(name) => Err(Fault::TopLevel(name.to_owned())),
            None if expression.reads_error_output() && !in_catch => Err(Fault::ErrorOutput),
            None => Ok(()),
        },
    }
}

fn sentence(message: &str) -> String {
    let short = super::fields::cut(message.trim_end_matches('.'));
    format!("{short}.")
}
