//! The embedded S3-compatible store: the S3 protocol on loopback over an ordered index and files.
//!
//! Keys are never paths, pages are in byte order, and an answer to a write comes after the write
//! is durable.

mod blobs;
mod credentials;
mod door;
mod fault;
mod index;
mod list;
mod multipart;
mod read;
mod record;
mod server;
mod service;
mod write;
mod writer;

#[cfg(test)]
mod protocol_tests;
#[cfg(test)]
mod tests;

pub use door::{TenantDoor, Tenants};
pub use server::{Embedded, EmbeddedOptions};
