//! `nextToken`: opaque, sealed for this instance, good for 24 hours and for the same list only.

use super::error::ApiError;
use crate::secrets::Sealer;
use model::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

const VALID_MS: i64 = 24 * 3600 * 1000;

#[derive(Serialize, Deserialize)]
struct Token<P> {
    list: String,
    made: Timestamp,
    place: P,
}

/// Makes a token for a place in a list.
pub(super) fn token<P: Serialize>(
    sealer: &Sealer,
    list: &str,
    made: Timestamp,
    place: P,
) -> Result<String, ApiError> {
    let token = Token { list: list.to_owned(), made, place };
    let text = serde_json::to_string(&token).map_err(crate::Error::internal)?;
    Ok(sealer.seal(&text)?)
}

/// The place that a token names; `None` without a token.
pub(super) fn place<P: DeserializeOwned>(
    sealer: &Sealer,
    list: &str,
    now: Timestamp,
    token: Option<&str>,
) -> Result<Option<P>, ApiError> {
    let Some(token) = token else { return Ok(None) };
    let invalid = || ApiError::new("InvalidToken", "Invalid Token: 'Invalid token'");
    let text = sealer.open(token).map_err(|_| invalid())?;
    let token: Token<P> = serde_json::from_str(&text).map_err(|_| invalid())?;
    match token.list == list && (0..VALID_MS).contains(&now.since_ms(token.made)) {
        true => Ok(Some(token.place)),
        false => Err(invalid()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_its_list_and_day() {
        let sealer = Sealer::new(&[3; 32]);
        let made = Timestamp(1_000);
        let text = token(&sealer, "executions of a", made, 42_u64).unwrap();
        let read = |list: &str, at: i64| place::<u64>(&sealer, list, Timestamp(at), Some(&text));
        assert_eq!(read("executions of a", 2_000).unwrap(), Some(42));
        assert_eq!(read("executions of b", 2_000).unwrap_err().code, "InvalidToken");
        assert_eq!(read("executions of a", 1_000 + VALID_MS).unwrap_err().code, "InvalidToken");
        assert_eq!(place::<u64>(&sealer, "x", made, Some("nonsense")).unwrap_err().code, "InvalidToken");
        assert_eq!(place::<u64>(&sealer, "x", made, None).unwrap(), None);
    }
}
