//! JSON Pointers (RFC 6901).

use crate::error::ReadError;

/// The members that `pointer` names, outermost first.
pub(crate) fn tokens(pointer: &str) -> Result<Vec<String>, ReadError> {
    match pointer.strip_prefix('/') {
        None if pointer.is_empty() => Ok(Vec::new()),
        None => Err(ReadError::start(format!(
            "ItemsPointer \"{pointer}\" is not a JSON Pointer: it must begin with /."
        ))),
        Some(rest) => Ok(rest.split('/').map(|token| token.replace("~1", "/").replace("~0", "~")).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_split_and_unescaped() {
        assert_eq!(tokens(""), Ok(vec![]));
        assert_eq!(tokens("/a/b~1c/m~0n/"), Ok(vec!["a".into(), "b/c".into(), "m~n".into(), String::new()]));
        assert!(tokens("a/b").is_err());
    }
}
