//! The instance's own key, kept in the data folder for its owner only.

use anyhow::{Context, bail};
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The 32 bytes that seal secrets at rest; made at the first start.
pub fn instance_key(data_dir: &Path) -> anyhow::Result<[u8; 32]> {
    let path = data_dir.join("instance.key");
    if !path.exists() {
        let key = service::secrets::random::<32>();
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        file.write_all(&key)?;
        file.sync_all()?;
    }
    let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    match <[u8; 32]>::try_from(bytes) {
        Ok(key) => Ok(key),
        Err(bytes) => {
            bail!("{} holds {} bytes instead of 32: restore it from a backup", path.display(), bytes.len())
        }
    }
}
