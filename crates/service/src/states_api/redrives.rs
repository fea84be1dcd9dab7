//! Client tokens of RedriveExecution: the last ten of an execution, good for fifteen minutes.
//! Source: API reference, RedriveExecution.

use model::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

const KEPT: usize = 10;
const VALID_MS: i64 = 15 * 60 * 1000;

/// Which redrives were asked for lately.
#[derive(Default)]
pub(crate) struct Redrives(Mutex<HashMap<String, Vec<(String, Timestamp)>>>);

impl Redrives {
    /// When a redrive with this token was begun.
    pub(super) fn seen(&self, run: &str, token: &str, now: Timestamp) -> Option<Timestamp> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, at) = all.get(run)?.iter().find(|(known, at)| known == token && now.since_ms(*at) < VALID_MS)?;
        Some(*at)
    }

    /// Keeps a token.
    pub(super) fn remember(&self, run: &str, token: String, now: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, tokens| {
            tokens.retain(|(_, at)| now.since_ms(*at) < VALID_MS);
            !tokens.is_empty()
        });
        let tokens = all.entry(run.to_owned()).or_default();
        tokens.push((token, now));
        if tokens.len() > KEPT {
            tokens.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_for_a_quarter_of_an_hour() {
        let redrives = Redrives::default();
        redrives.remember("run", "token".into(), Timestamp(0));
        assert_eq!(redrives.seen("run", "token", Timestamp(1_000)), Some(Timestamp(0)));
        assert_eq!(redrives.seen("run", "other", Timestamp(1_000)), None);
        assert_eq!(redrives.seen("run", "token", Timestamp(VALID_MS)), None);
        for n in 0..KEPT {
            redrives.remember("run", n.to_string(), Timestamp(2_000));
        }
        assert_eq!(redrives.seen("run", "token", Timestamp(2_000)), None);
    }
}
