//! Stored bytes: compressed where that is built in and pays.

use crate::error::DecodeError;

const PLAIN: u8 = 0;
#[cfg(feature = "zstd")]
const ZSTD: u8 = 1;

/// No blob of this crate is larger when decompressed.
#[cfg(feature = "zstd")]
const MAX_PLAIN_BYTES: usize = 64 * 1024 * 1024;

/// Packs bytes for storing.
pub(crate) fn pack(plain: &[u8]) -> Vec<u8> {
    #[cfg(feature = "zstd")]
    if let Some(packed) = zstd_pack(plain) {
        return packed;
    }
    let mut out = Vec::with_capacity(plain.len() + 1);
    out.push(PLAIN);
    out.extend_from_slice(plain);
    out
}

/// Unpacks what [`pack`] made.
pub(crate) fn unpack(packed: &[u8]) -> Result<Vec<u8>, DecodeError> {
    match packed.split_first() {
        None => Err(DecodeError::Short("blob")),
        Some((&PLAIN, plain)) => Ok(plain.to_vec()),
        #[cfg(feature = "zstd")]
        Some((&ZSTD, body)) => zstd_unpack(body),
        Some(_) => Err(DecodeError::Compressed),
    }
}

#[cfg(feature = "zstd")]
fn zstd_pack(plain: &[u8]) -> Option<Vec<u8>> {
    use std::cell::RefCell;
    thread_local! {
        // A context is some hundred kilobytes: made once a thread, not once a blob.
        static COMPRESSOR: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
    }
    if plain.len() < 64 {
        return None;
    }
    COMPRESSOR.with_borrow_mut(|slot| {
        if slot.is_none() {
            *slot = zstd::bulk::Compressor::new(1).ok();
        }
        let mut out = Vec::with_capacity(zstd::zstd_safe::compress_bound(plain.len()) + 1);
        out.push(ZSTD);
        let body = slot.as_mut()?.compress(plain).ok()?;
        out.extend_from_slice(&body);
        (out.len() <= plain.len()).then(|| {
            out.shrink_to_fit();
            out
        })
    })
}

#[cfg(feature = "zstd")]
fn zstd_unpack(body: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let size = zstd::zstd_safe::get_frame_content_size(body)
        .ok()
        .flatten()
        .and_then(|size| usize::try_from(size).ok())
        .filter(|size| *size <= MAX_PLAIN_BYTES)
        .ok_or(DecodeError::Compressed)?;
    zstd::bulk::decompress(body, size).map_err(|_| DecodeError::Compressed)
}
