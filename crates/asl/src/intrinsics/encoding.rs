//! `States.Base64…`, `States.Hash`, `States.JsonMerge`

use super::arguments::Arguments;
use crate::Value;
use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use sha2::Digest;

/// Longest argument of the two conversions and of Hash, in characters (AWS's limit).
const MAX_CHARS: usize = 10_000;

/// Padding may be missing, as Java takes it.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(super) fn base64_encode(arguments: &Arguments<'_>) -> Result<Value, String> {
    let text = arguments.short_text(0, MAX_CHARS)?;
    Ok(STANDARD.encode(text).into())
}

pub(super) fn base64_decode(arguments: &Arguments<'_>) -> Result<Value, String> {
    let text = arguments.short_text(0, MAX_CHARS)?;
    let text: String = text.split_ascii_whitespace().collect();
    match LENIENT.decode(text) {
        // Java makes replacement characters of what is no UTF-8.
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned().into()),
        Err(_) => arguments.refuse(0, "a valid Base64 string"),
    }
}

pub(super) fn hash(arguments: &Arguments<'_>) -> Result<Value, String> {
    let data = match arguments.value(0) {
        Value::String(text) => text.to_string(),
        other => other.to_json(),
    };
    if data.chars().count() > MAX_CHARS {
        return Err(format!("The first argument must not be longer than {MAX_CHARS} characters"));
    }
    match digest(data.as_bytes(), arguments.text(1)?) {
        Some(digest) => Ok(digest.into()),
        None => arguments.refuse(1, "one of MD5, SHA-1, SHA-256, SHA-384, SHA-512"),
    }
}

/// The digest in lower-case hexadecimal; `None` for an unknown algorithm.
pub(crate) fn digest(data: &[u8], algorithm: &str) -> Option<String> {
    Some(match algorithm {
        "MD5" => hex::encode(md5::Md5::digest(data)),
        "SHA-1" => hex::encode(sha1::Sha1::digest(data)),
        "SHA-256" => hex::encode(sha2::Sha256::digest(data)),
        "SHA-384" => hex::encode(sha2::Sha384::digest(data)),
        "SHA-512" => hex::encode(sha2::Sha512::digest(data)),
        _ => return None,
    })
}

/// The members of both objects; the second's win. Only the shallow merge exists.
pub(super) fn json_merge(arguments: &Arguments<'_>) -> Result<Value, String> {
    let object = |at| match arguments.value(at) {
        Value::Object(members) => Ok(members),
        _ => arguments.refuse(at, "a JSON object"),
    };
    let (first, second) = (object(0)?, object(1)?);
    if arguments.boolean(2)? {
        return arguments.refuse(2, "false (a shallow merge)");
    }
    let mut merged = (**first).clone();
    merged.extend(second.iter().map(|(name, value)| (name.clone(), value.clone())));
    Ok(merged.into())
}
