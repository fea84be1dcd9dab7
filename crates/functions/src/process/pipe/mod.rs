//! Workers that answer lines of JSON: one request line `{"id", "payload"}` on their standard
//! input, one answer line `{"id", "result"}` or `{"id", "error": {"type", "message"}}` on their
//! standard output. Several requests may be on their way at once.

mod pool;
mod wire;
mod worker;

pub use pool::Pool;
