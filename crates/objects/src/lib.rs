//! Object stores: S3 through its SDK, and an S3-compatible store embedded in the server.
//!
//! Knows buckets, keys and bytes; it does not know what a manifest or a result is. The types
//! that matter are [`Objects`], a client of one endpoint, [`Embedded`], the store on loopback,
//! and [`Error`], which says in a sentence what went wrong where.
//!
//! ```
//! # use objects::{AddressPolicy, Embedded, EmbeddedOptions, ListFrom, Objects};
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! # let dir = tempfile::tempdir()?;
//! let (embedded, serve) = Embedded::open(dir.path(), EmbeddedOptions::default()).await?;
//! let client = async {
//!     let objects = Objects::new(embedded.client_endpoint(), AddressPolicy::private())?;
//!     objects.create_bucket("photos").await?;
//!     objects.put("photos", "2026/a.jpg", "bytes".into()).await?;
//!     let page = objects.list("photos", "2026/", ListFrom::default()).await?;
//!     assert_eq!(page.objects[0].key, "2026/a.jpg");
//!     embedded.shutdown();
//!     Ok::<_, objects::Error>(())
//! };
//! let (_, done) = tokio::join!(serve, client);
//! # done?;
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

mod client;
mod embedded;
mod endpoint;
mod error;

pub use client::{
    ListFrom, ListPage, MultipartUpload, ObjectInfo, ObjectRead, Objects, PutOptions, ReadFrom,
};
pub use embedded::{Embedded, EmbeddedOptions, TenantDoor, Tenants};
pub use endpoint::Endpoint;
pub use error::{Call, Error};
pub use model::AddressPolicy;
