//! Whether paths, intrinsic functions and JSONata can be read.

/// A path, for some fields a reference path (one that can be written to).
pub(super) fn path(text: &str, reference: bool) -> Result<(), String> {
    if !text.starts_with('$') {
        return Err("it must begin with $.".to_owned());
    }
    if reference && text.starts_with("$$") {
        return Err("the context object cannot be written to.".to_owned());
    }
    Ok(())
}

/// A path or a call of an intrinsic function.
pub(super) fn path_or_intrinsic(text: &str) -> Result<(), String> {
    match text.starts_with("States.") {
        true => Ok(()),
        false => path(text, false).map_err(|_| "it must begin with $, or be a call such as States.Format('…').".to_owned()),
    }
}

/// A string that may be marked as a JSONata expression.
pub(super) fn jsonata(text: &str) -> Result<(), String> {
    let (opens, closes) = (text.starts_with("{%"), text.ends_with("%}"));
    match (opens, closes) {
        (true, false) => Err("it opens with {% but does not end with %}.".to_owned()),
        (false, true) => Err("it ends with %} but does not open with {%.".to_owned()),
        (true, true) if text.len() < 4 || text[2..text.len() - 2].trim().is_empty() => {
            Err("there is nothing between {% and %}.".to_owned())
        }
        _ => Ok(()),
    }
}
