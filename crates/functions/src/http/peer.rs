//! What can happen on the way to a service and back, whatever the service is.

use super::connect::NoAddress;
use crate::gate::Verdict;
use crate::invocation::CallError;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use model::RefusedAddress;
use std::error::Error as StdError;
use std::io;
use std::time::Duration;

/// How much of an error's body is read, in bytes.
const ERROR_BODY_BYTES: usize = 16 * 1024;

/// A service as errors speak of it, and how patient to be with it.
pub struct Peer<'e> {
    /// A URL without secrets.
    pub place: &'e str,
    /// The longest wait for the whole answer, in milliseconds.
    pub timeout_ms: u64,
    /// The longest answer, in bytes.
    pub max_bytes: usize,
}

impl Peer<'_> {
    /// Waits for an exchange as long as the time-out allows. The task's deadline is another matter.
    pub async fn within<T>(
        &self,
        exchange: impl Future<Output = Result<T, CallError>>,
    ) -> Result<T, CallError> {
        let limit = Duration::from_millis(self.timeout_ms);
        tokio::time::timeout(limit, exchange).await.unwrap_or_else(|_| {
            let said = format!(
                "{} did not answer within {} ms. Raise the function's time-out, or make the service faster.",
                self.place, self.timeout_ms
            );
            let late = CallError::new("HttpEndpoint.TimedOut", said);
            Err(CallError { verdict: Verdict::Overloaded, ..late })
        })
    }

    /// Reads a body to its end, or says why that is not possible.
    pub async fn body(&self, body: Incoming) -> Result<Bytes, CallError> {
        let promised = body.size_hint().exact();
        if promised.is_some_and(|promised| promised > self.max_bytes as u64) {
            return Err(self.too_long(promised));
        }
        match limited(body, self.max_bytes).await {
            Ok(body) => Ok(body),
            Err(Cut::TooLong(_)) => Err(self.too_long(promised)),
            Err(Cut::Broken(so_far, error)) => {
                let said = format!(
                    "{} broke off its answer after {} bytes: {}. Check the service's log for a crash.",
                    self.place,
                    so_far.len(),
                    innermost(&error)
                );
                Err(CallError::new("HttpEndpoint.ConnectionFailed", said))
            }
        }
    }

    fn too_long(&self, promised: Option<u64>) -> CallError {
        let limit = self.max_bytes;
        let size = promised.map_or_else(|| format!("more than {limit}"), |promised| promised.to_string());
        let said = format!(
            "{} answered with {size} bytes; the limit is {limit} bytes. \
             Let the function write its result to an object store, and answer with the object's key.",
            self.place
        );
        CallError::new("States.DataLimitExceeded", said)
    }

    /// An address that tenants may not reach.
    pub fn refused_address(&self, why: &RefusedAddress) -> CallError {
        CallError::new("HttpEndpoint.AddressRefused", format!("Could not call {}: {why}", self.place))
    }

    /// A request that got no answer: which step failed, found in the chain of errors.
    pub fn no_answer(&self, error: &(dyn StdError + 'static)) -> CallError {
        let mut step = None;
        for error in chain(error) {
            let io = error.downcast_ref::<io::Error>();
            if let Some(why) = error.downcast_ref::<RefusedAddress>() {
                return self.refused_address(why);
            } else if error.is::<NoAddress>() {
                step =
                    Some(("HttpEndpoint.DnsFailed", "Its name does not resolve. Check the function's URL."));
            } else if error.is::<rustls::Error>() {
                step = Some(("HttpEndpoint.TlsFailed", "Check the service's certificate."));
            } else if io.is_some_and(|io| io.kind() == io::ErrorKind::TimedOut) {
                step = Some(("HttpEndpoint.TimedOut", "Nothing took the connection in time."));
            }
        }
        let (name, advice) = step
            .unwrap_or(("HttpEndpoint.ConnectionFailed", "Check that the service runs and listens there."));
        let said = format!("Could not call {}: {}. {advice}", self.place, innermost(error));
        CallError { verdict: Verdict::Absent, ..CallError::new(name, said) }
    }
}

type Fault<'e> = &'e (dyn StdError + 'static);

/// An error and what caused it.
fn chain(error: Fault<'_>) -> impl Iterator<Item = Fault<'_>> {
    std::iter::successors(Some(error), |error| inside(*error))
}

/// An `io::Error` gives what it wraps only through `get_ref`.
fn inside(error: Fault<'_>) -> Option<Fault<'_>> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

fn innermost(error: Fault<'_>) -> String {
    chain(error).last().unwrap_or(error).to_string()
}

/// The beginning of an error's body. It only adds to a cause, so it is no matter if it breaks off.
pub async fn beginning(body: Incoming) -> Bytes {
    match limited(body, ERROR_BODY_BYTES).await {
        Ok(bytes) | Err(Cut::TooLong(bytes) | Cut::Broken(bytes, _)) => bytes,
    }
}

/// A body that was not read to its end.
enum Cut {
    TooLong(Bytes),
    Broken(Bytes, hyper::Error),
}

/// Reads at most `limit` bytes; what lies behind is left on the wire.
async fn limited(mut body: Incoming, limit: usize) -> Result<Bytes, Cut> {
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let data = match frame {
            Ok(frame) => frame.into_data().unwrap_or_default(),
            Err(error) => return Err(Cut::Broken(all.freeze(), error)),
        };
        if all.len() + data.len() > limit {
            all.extend_from_slice(&data[..limit - all.len()]);
            return Err(Cut::TooLong(all.freeze()));
        }
        all.extend_from_slice(&data);
    }
    Ok(all.freeze())
}
