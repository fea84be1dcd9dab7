//! Ids: newtypes over the 26 characters of a time-sortable ULID. Cloning one shares them.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Text that is not an id: not 26 characters of Crockford's base 32.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not an id: expected 26 characters of 0-9 and A-Z")]
pub struct InvalidId(pub String);

/// Makes the 26 characters of a ULID from a time in milliseconds and 80 random bits.
pub fn ulid(ms: i64, random: [u8; 10]) -> String {
    let mut value = (ms as u128 & 0xFFFF_FFFF_FFFF) << 80;
    for (place, byte) in random.iter().enumerate() {
        value |= u128::from(*byte) << (72 - 8 * place);
    }
    (0..26).map(|place| ALPHABET[(value >> (125 - 5 * place)) as usize & 31] as char).collect()
}

fn checked(text: &str) -> Result<Arc<str>, InvalidId> {
    let upper = text.to_ascii_uppercase();
    match upper.len() == 26 && upper.bytes().all(|b| ALPHABET.contains(&b)) {
        true => Ok(upper.into()),
        false => Err(InvalidId(text.to_owned())),
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9A-HJKMNP-TV-Z]{26}$"))]
        pub struct $name(Arc<str>);

        impl $name {
            /// A new id from a time in milliseconds and 80 random bits.
            pub fn new(ms: i64, random: [u8; 10]) -> Self {
                Self(ulid(ms, random).into())
            }

            /// The 26 characters.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The short form that pages show: the time's tail and four random characters, `J9M2-7QX4`.
            pub fn short(&self) -> String {
                format!("{}-{}", &self.0[6..10], &self.0[22..26])
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                checked(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                checked(&text).map(Self)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.as_ref().to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// A tenant: everything stored belongs to exactly one.
    WorkspaceId;
    /// A person who signs in.
    UserId;
    /// A saved configuration: a name and versioned definitions.
    JobId;
    /// A list of items, kept in an object store.
    ManifestId;
    /// One launch of a job: the parent execution and its Map Runs.
    RunId;
    /// A named object store outside this server.
    ConnectionId;
    /// An API token.
    TokenId;
    /// A place that is told of events.
    WebhookId;
    /// A message to a webhook.
    DeliveryId;
    /// Something done to a run: a redrive, a stop, a change of limits.
    OperationId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_parse_back() {
        let early = RunId::new(1_700_000_000_000, [255; 10]);
        let late = RunId::new(1_700_000_000_001, [0; 10]);
        assert!(early < late);
        assert_eq!(early.as_str().parse::<RunId>(), Ok(early.clone()));
        assert_eq!(early.short().len(), 9);
        assert!("../etc/passwd".parse::<RunId>().is_err());
    }

    #[test]
    fn a_ulid_is_the_published_encoding() {
        assert_eq!(ulid(1_469_918_176_385, [0; 10]), "01ARYZ6S410000000000000000");
    }
}
