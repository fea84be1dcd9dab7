//! JSON Pointers (RFC 6901).

/// One step of a pointer as it is written: `~` becomes `~0`, `/` becomes `~1`.
pub fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// `base` with one more step.
pub fn join(base: &str, key: &str) -> String {
    format!("{base}/{}", escape(key))
}

/// The steps of a pointer, unescaped. The empty pointer and `/` alone both mean the whole text
/// here, because AWS writes `/` for the whole definition.
pub fn split(pointer: &str) -> Vec<String> {
    if pointer.is_empty() || pointer == "/" {
        return Vec::new();
    }
    let steps = pointer.strip_prefix('/').unwrap_or(pointer);
    steps.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect()
}
