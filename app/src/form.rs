//! Reading what forms send.

use crate::error::UiError;
use std::str::FromStr;

/// A number that may be left out.
///
/// # Errors
/// A text that is not such a number, with the field's name.
pub fn number<N: FromStr>(field: &'static str, text: &str) -> Result<Option<N>, UiError> {
    match text.trim() {
        "" => Ok(None),
        some => match some.parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(service::Error::invalid(field, format!("\"{some}\" is not such a number.")).into()),
        },
    }
}
