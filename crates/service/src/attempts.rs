//! Wrong passwords, counted for each address.

use crate::Error;
use model::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

const MAX_WRONG: u32 = 10;
const LOCK_MS: i64 = 15 * 60 * 1000;
const MAX_REMEMBERED: usize = 100_000;

/// Wrong passwords of the last quarter of an hour.
#[derive(Debug, Default)]
pub(crate) struct Attempts(Mutex<HashMap<String, (u32, Timestamp)>>);

impl Attempts {
    /// Refuses an address with too many wrong passwords.
    pub fn check(&self, email: &str, now: Timestamp) -> Result<(), Error> {
        match self.lock().get(email) {
            Some((count, last)) if *count >= MAX_WRONG && now.since_ms(*last) < LOCK_MS => {
                Err(Error::LimitExceeded("Too many wrong passwords. Try again in 15 minutes.".into()))
            }
            _ => Ok(()),
        }
    }

    /// Counts a wrong password.
    pub fn note(&self, email: &str, now: Timestamp) {
        let mut all = self.lock();
        if all.len() >= MAX_REMEMBERED {
            all.retain(|_, (_, last)| now.since_ms(*last) < LOCK_MS);
        }
        let entry = all.entry(email.to_owned()).or_insert((0, now));
        let forgotten = now.since_ms(entry.1) >= LOCK_MS;
        *entry = (if forgotten { 1 } else { entry.0 + 1 }, now);
    }

    /// Forgets an address that got it right.
    pub fn clear(&self, email: &str) {
        self.lock().remove(email);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (u32, Timestamp)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_wrong_passwords_lock_for_a_quarter_of_an_hour() {
        let attempts = Attempts::default();
        for _ in 0..MAX_WRONG {
            assert!(attempts.check("a@b.c", Timestamp(0)).is_ok());
            attempts.note("a@b.c", Timestamp(0));
        }
        assert!(attempts.check("a@b.c", Timestamp(LOCK_MS - 1)).is_err());
        assert!(attempts.check("other@b.c", Timestamp(0)).is_ok());
        assert!(attempts.check("a@b.c", Timestamp(LOCK_MS)).is_ok());
    }
}
