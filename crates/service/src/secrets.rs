//! Secrets: sealing at rest, random tokens, hashes, passwords.

use crate::Error;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand::Rng;
use sha2::{Digest, Sha256};
use std::fmt;

const NONCE_BYTES: usize = 24;

/// Seals secrets with the instance's key (XChaCha20-Poly1305).
#[derive(Clone)]
pub struct Sealer(XChaCha20Poly1305);

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(…)")
    }
}

impl Sealer {
    /// From the 32 bytes of the instance's key.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(key.into()))
    }

    /// The text, sealed: base64 of nonce and ciphertext.
    pub fn seal(&self, text: &str) -> Result<String, Error> {
        let nonce: [u8; NONCE_BYTES] = random();
        let sealed = self
            .0
            .encrypt(&XNonce::from(nonce), text.as_bytes())
            .map_err(|_| Error::internal("a secret could not be sealed"))?;
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// The text again; an error when the instance's key is not the one that sealed it.
    pub fn open(&self, sealed: &str) -> Result<String, Error> {
        let broken = || Error::internal("a stored secret cannot be opened with this instance's key");
        let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| broken())?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES).ok_or_else(broken)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| broken())?;
        let text = self.0.decrypt(&XNonce::from(nonce), sealed).map_err(|_| broken())?;
        String::from_utf8(text).map_err(|_| broken())
    }
}

/// Random bytes.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// A new secret for a token or a link: a prefix and 256 random bits.
pub fn new_secret(prefix: &str) -> String {
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(random::<32>()))
}

/// What is stored of a secret: its SHA-256. The secret's 256 random bits make a slow hash needless.
pub fn hash_secret(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// The argon2id hash of a password. Takes tens of milliseconds: runs on a blocking thread.
pub async fn hash_password(password: String) -> Result<String, Error> {
    tokio::task::spawn_blocking(move || {
        Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
    })
    .await
    .map_err(Error::internal)?
    .map_err(|e| Error::internal(e.to_string()))
}

/// Whether the password is the one that was hashed. With no hash (nobody has that address) the
/// same time is spent, so that an answer's time tells nothing.
pub async fn verify_password(password: String, hash: Option<String>) -> Result<bool, Error> {
    tokio::task::spawn_blocking(move || match hash {
        Some(hash) => PasswordHash::new(&hash)
            .is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok()),
        None => {
            let _ = Argon2::default().hash_password(password.as_bytes());
            false
        }
    })
    .await
    .map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_the_same_key_only() {
        let sealer = Sealer::new(&[7; 32]);
        let sealed = sealer.seal("s3cret").unwrap();
        assert!(!sealed.contains("s3cret"));
        assert_eq!(sealer.open(&sealed).unwrap(), "s3cret");
        assert!(Sealer::new(&[8; 32]).open(&sealed).is_err());
        assert!(sealer.open("AAAA").is_err());
    }

    #[tokio::test]
    async fn passwords_verify() {
        let hash = hash_password("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify_password("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!verify_password("battery staple".into(), Some(hash)).await.unwrap());
        assert!(!verify_password("x".into(), None).await.unwrap());
    }
}
