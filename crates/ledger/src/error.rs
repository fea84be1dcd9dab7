//! Bytes that are not what this crate writes.

/// Stored or received bytes that cannot be decoded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes end too early.
    #[error("the record ends in the middle of {0}")]
    Short(&'static str),
    /// A value lies outside what can be there.
    #[error("the record holds an impossible {0}")]
    Impossible(&'static str),
    /// The compressed bytes are damaged, or this build cannot decompress.
    #[error("the record could not be decompressed")]
    Compressed,
}
