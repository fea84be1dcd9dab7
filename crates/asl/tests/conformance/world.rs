//! The buckets and objects of a case.

use base64::Engine;
use serde_json::Value;
use std::collections::BTreeMap;

/// Objects by bucket and key.
pub struct World {
    pub buckets: BTreeMap<String, BTreeMap<String, Vec<u8>>>,
}

impl World {
    pub fn of(case: &Value) -> Self {
        let mut buckets: BTreeMap<String, BTreeMap<String, Vec<u8>>> = BTreeMap::new();
        for bucket in case["buckets"].as_array().into_iter().flatten() {
            let name = bucket.as_str().or(bucket["token"].as_str()).unwrap_or_default();
            buckets.entry(name.to_owned()).or_default();
        }
        for object in case["objects"].as_array().into_iter().flatten() {
            let text = |key: &str| object[key].as_str().unwrap_or_default().to_owned();
            let body = match object["body_base64"].as_str() {
                Some(coded) => {
                    base64::engine::general_purpose::STANDARD.decode(coded).expect("base64 in a case")
                }
                None => text("body").into_bytes(),
            };
            buckets.entry(text("bucket")).or_default().insert(text("key"), body);
        }
        Self { buckets }
    }
}
