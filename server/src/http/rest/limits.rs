//! How many requests an actor may send: a bucket of a minute's worth that fills all the time.
//! Headers: draft-ietf-httpapi-ratelimit-headers, and Retry-After.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

const WINDOW_S: u32 = 60;
/// Actors that are remembered before full buckets are forgotten.
const MAX_REMEMBERED: usize = 10_000;

/// The buckets of all actors; shared by all requests.
#[derive(Debug)]
pub struct RateLimits {
    per_minute: u32,
    buckets: Mutex<HashMap<String, Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

/// What is left to an actor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Allowance {
    limit: u32,
    left: u32,
    /// Seconds until everything is allowed again.
    full_in_s: u32,
    /// Seconds until the next request is allowed; `None` when this one is.
    pub wait_s: Option<u32>,
}

impl RateLimits {
    /// At most so many requests a minute for each actor; 0 = no limit.
    pub fn new(per_minute: u32) -> Self {
        Self { per_minute, buckets: Mutex::default() }
    }

    /// Takes one request from an actor's bucket; `None` where there is no limit.
    pub fn take(&self, actor: &str, now: Instant) -> Option<Allowance> {
        if self.per_minute == 0 {
            return None;
        }
        let (full, rate) = (f64::from(self.per_minute), f64::from(self.per_minute) / f64::from(WINDOW_S));
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let filled = |bucket: &Bucket| {
            (bucket.left + now.saturating_duration_since(bucket.at).as_secs_f64() * rate).min(full)
        };
        if buckets.len() >= MAX_REMEMBERED && !buckets.contains_key(actor) {
            buckets.retain(|_, bucket| filled(bucket) < full);
        }
        let bucket = buckets.entry(actor.to_owned()).or_insert(Bucket { left: full, at: now });
        let left = filled(bucket);
        let allowed = left >= 1.0;
        let left = if allowed { left - 1.0 } else { left };
        *bucket = Bucket { left, at: now };
        Some(Allowance {
            limit: self.per_minute,
            left: left as u32,
            full_in_s: ((full - left) / rate).ceil() as u32,
            wait_s: (!allowed).then(|| (((1.0 - left) / rate).ceil() as u32).max(1)),
        })
    }
}

impl Allowance {
    /// Writes the headers that tell the client.
    pub fn write(self, headers: &mut HeaderMap) {
        let mut put = |name: &'static str, value: String| {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        };
        put("ratelimit-policy", format!("\"minute\";q={};w={WINDOW_S}", self.limit));
        put("ratelimit", format!("\"minute\";r={};t={}", self.left, self.full_in_s));
        if let Some(wait) = self.wait_s {
            put("retry-after", wait.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let limits = RateLimits::new(60);
        let start = Instant::now();
        for left in (0..60).rev() {
            let allowed = limits.take("ana", start).unwrap();
            assert_eq!((allowed.left, allowed.wait_s), (left, None));
        }
        assert_eq!(limits.take("ana", start).unwrap().wait_s, Some(1));
        assert_eq!(limits.take("ben", start).unwrap().wait_s, None);
        let later = start + Duration::from_secs(2);
        let allowed = limits.take("ana", later).unwrap();
        assert_eq!((allowed.left, allowed.wait_s, allowed.full_in_s), (1, None, 59));
        assert_eq!(RateLimits::new(0).take("ana", start), None);
    }
}
