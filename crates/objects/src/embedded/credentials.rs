//! The embedded store's own key pair: made at the first start, kept beside the data.

use rand::RngExt;
use serde::{Deserialize, Serialize};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Forty characters as AWS makes them, of an alphabet that needs no escaping anywhere.
const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// What clients sign requests with.
#[derive(Clone, Serialize, Deserialize)]
pub struct Credentials {
    /// Twenty characters.
    pub access_key: String,
    /// Forty characters.
    pub secret_key: String,
}

impl Credentials {
    /// Reads the pair, or makes it for its owner's eyes only (mode 0600).
    pub fn load_or_create(path: &Path) -> io::Result<Self> {
        match std::fs::read(path) {
            Ok(text) => serde_json::from_slice(&text).map_err(io::Error::from),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::create(path),
            Err(error) => Err(error),
        }
    }

    fn create(path: &Path) -> io::Result<Self> {
        let upper = |len| random(len, &ALPHABET[..26]);
        let made = Self { access_key: format!("MW{}", upper(18)), secret_key: random(40, ALPHABET) };
        // Written aside and renamed, so that a crash leaves no half-written secret.
        let aside = path.with_extension("new");
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
        file.write_all(&serde_json::to_vec_pretty(&made)?)?;
        file.sync_all()?;
        std::fs::rename(&aside, path)?;
        Ok(made)
    }
}

fn random(len: usize, alphabet: &[u8]) -> String {
    let mut rng = rand::rng();
    (0..len).map(|_| alphabet[rng.random_range(0..alphabet.len())] as char).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_pair_is_made_once_and_kept_private() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("credentials.json");
        let made = Credentials::load_or_create(&path).unwrap();
        assert_eq!((made.access_key.len(), made.secret_key.len()), (20, 40));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(Credentials::load_or_create(&path).unwrap().secret_key, made.secret_key);
    }
}
