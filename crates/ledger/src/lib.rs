//! The columnar record of a Map Run: what happened to every child, in a few bytes each.
//!
//! A [`Chunk`] holds 4,096 consecutive children as packed columns; a [`Segment`] holds what up to
//! 256 children received, returned and went through; [`FailureGroups`] sorts failures by cause;
//! [`Bins`] is the same record at the resolution of a picture. All of it is pure: no clock, no
//! database, no network. It also runs in the browser, which decodes bins and item windows.
//!
//! ```
//! use ledger::{Child, Chunk};
//! use model::ItemStatus;
//!
//! let mut chunk = Chunk::new(0);
//! chunk.set(7, Child { status: ItemStatus::Succeeded, items: 1, attempts: 1, ..Child::default() });
//! let stored = chunk.encode();
//! assert_eq!(Chunk::decode(0, &stored).unwrap().child(7).status, ItemStatus::Succeeded);
//! ```

mod bins;
mod blob;
mod chunk;
mod column;
mod error;
mod failure;
mod key;
mod normalise;
mod segment;
mod tally;
mod varint;
mod wire;

pub use bins::{Bin, Bins, MAX_BINS};
pub use chunk::{CHUNK_CHILDREN, Child, Chunk, SegmentRef};
pub use error::DecodeError;
pub use failure::{FailureGroups, MAX_GROUPS, Observation};
pub use key::item_key;
pub use normalise::normalise_cause;
pub use segment::{MAX_SEGMENT_CHILDREN, MAX_SEGMENT_BYTES, Output, Record, Segment, SegmentBuilder};
pub use tally::Tally;
pub use wire::{decode_statuses, encode_statuses};
