//! Manifests of a Distributed Map: bytes in, items out; items in, batches and result files out.
//!
//! [`Reader`] turns pushed bytes of a CSV, JSON or JSON Lines file into [`Item`]s, [`Batcher`] joins
//! items into the inputs of children, result files write what AWS's `ResultWriter` writes.
//! Items stay text: nothing here builds a JSON value for an item.
//!
//! The crate knows no clock, no file, no network and no async; whoever has bytes pushes them. It
//! does not decompress either: `.gz` and `.zstd` objects are unpacked before they are pushed.
//!
//! ```
//! use manifest::{Reader, ReaderConfig};
//!
//! let mut reader = Reader::new(&ReaderConfig::csv_with_header_row()).unwrap();
//! reader.push(b"Bucket,Key\nphotos,a.j").unwrap();
//! reader.push(b"pg\n").unwrap();
//! reader.finish().unwrap();
//! assert_eq!(&*reader.next_item().unwrap().text, r#"{"Bucket":"photos","Key":"a.jpg"}"#);
//! ```

mod batch;
mod config;
mod error;
mod item;
mod json_text;
mod listing;
mod reader;
mod relax;

pub use batch::{Batch, BatchConfig, Batcher, OversizeItem, children};
pub use config::{CsvDelimiter, CsvHeaderLocation, InputType, ManifestType, ReaderConfig, Transformation};
pub use error::{ReadError, Rejected, Warning};
pub use item::{Item, Text};
pub use listing::{ListedObject, lenient_listing_item, listing_item};
pub use reader::{Checkpoint, Mode, Phase, Reader};
