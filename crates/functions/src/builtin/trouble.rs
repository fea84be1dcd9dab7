//! Functions that fail, wait, or answer too much, on purpose.

use super::{Event, Outcome, Raised};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// The longest sleep, in milliseconds: Lambda's longest run.
const MAX_SLEEP_MS: f64 = 15.0 * 60.0 * 1000.0;
/// The largest output, in bytes: Lambda's largest answer.
const MAX_OUTPUT_BYTES: f64 = 6.0 * 1024.0 * 1024.0;

/// Waits `ms` milliseconds.
pub async fn sleep(event: Event) -> Outcome {
    let ms = event.number("ms").unwrap_or_default().clamp(0.0, MAX_SLEEP_MS);
    tokio::time::sleep(Duration::from_millis(ms as u64)).await;
    Ok(event.payload)
}

/// A JSON text of `bytes` bytes.
pub fn big_output(event: &Event) -> Outcome {
    let bytes = event.number("bytes").unwrap_or_default();
    if !(2.0..=MAX_OUTPUT_BYTES).contains(&bytes) {
        let said = format!("\"bytes\" must be between 2 and {MAX_OUTPUT_BYTES}, but is {bytes}.");
        return Err(Raised::new("InvalidParameterValueException", said));
    }
    Ok(format!("\"{}\"", "x".repeat(bytes as usize - 2)).into())
}

/// Raises what the event says.
pub fn fail(event: &Event) -> Outcome {
    let error_type = event.text("errorType").unwrap_or("Error");
    Err(Raised::new(error_type, event.text("errorMessage").unwrap_or("This function always fails.")))
}

/// Raises for the same keys each time, until the attempt is high enough.
pub fn flaky(event: Event) -> Outcome {
    let key = match event.value().get("key").or_else(|| event.value().get("Key")) {
        Some(serde_json::Value::String(key)) => key.clone(),
        Some(other) => other.to_string(),
        None => event.payload.to_string(),
    };
    let share = event.number("share").unwrap_or(0.2);
    let attempts = event.number("attempts").unwrap_or(1.0);
    let unlucky = portion(&key) < share;
    match unlucky && f64::from(event.attempt) < attempts {
        true => {
            let said = format!("\"{key}\" fails on attempt {} of {attempts}.", event.attempt + 1);
            Err(Raised::new(event.text("errorType").unwrap_or("TransientError"), said))
        }
        false => Ok(event.payload),
    }
}

/// Raises by chance.
pub fn random_fail(event: Event) -> Outcome {
    match rand::random::<f64>() < event.number("share").unwrap_or(0.1) {
        true => Err(Raised::new(event.text("errorType").unwrap_or("RandomError"), "This call had bad luck.")),
        false => Ok(event.payload),
    }
}

/// A number from 0 to below 1 that is always the same for a key.
fn portion(key: &str) -> f64 {
    let digest = Sha256::digest(key.as_bytes());
    let first = digest.iter().take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    f64::from(first) / (f64::from(u32::MAX) + 1.0)
}
