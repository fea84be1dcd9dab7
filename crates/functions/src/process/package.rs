//! The code of functions as AWS clients send it: a zip file.
//! Source: AWS Lambda quotas, "Function configuration, deployment, and execution".

use flate2 as _;
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Cursor, Read};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use zip::ZipArchive;
use zip::result::ZipError;

/// The largest zip file that may be sent, in bytes.
pub const MAX_ZIP_BYTES: usize = 50 * 1024 * 1024;
/// The largest code once unpacked, in bytes.
pub const MAX_UNPACKED_BYTES: u64 = 250 * 1024 * 1024;
/// The most files and folders.
const MAX_ENTRIES: usize = 20_000;

/// Why a zip file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// It is larger than it may be.
    #[error("{0}")]
    TooLarge(String),
    /// It is no zip file, or names files outside of its folder.
    #[error("Could not unzip uploaded file. {0}")]
    Wrong(String),
    /// This machine's disk.
    #[error("the code could not be written")]
    Disk(#[source] io::Error),
}

/// The name of a package's folder: SHA-256 of the zip file in hexadecimal digits.
pub fn sha256(zip: &[u8]) -> String {
    hex::encode(Sha256::digest(zip))
}

/// Unpacks a zip file into a folder, which then has all of it; nothing is done when the folder is
/// there already.
///
/// # Errors
/// See [`PackageError`]. Nothing is left behind then.
pub fn unpack(zip: &[u8], folder: &Path) -> Result<(), PackageError> {
    if zip.len() > MAX_ZIP_BYTES {
        let said = format!(
            "Unzipped size must be smaller than {MAX_UNPACKED_BYTES} bytes and the zip file at most {MAX_ZIP_BYTES} bytes."
        );
        return Err(PackageError::TooLarge(said));
    }
    if folder.is_dir() {
        return Ok(());
    }
    let parent = folder.parent().ok_or_else(|| PackageError::Wrong("It has no folder.".to_owned()))?;
    fs::create_dir_all(parent).map_err(PackageError::Disk)?;
    let scratch = parent.join(format!(".unpacking-{:016x}", rand::random::<u64>()));
    let written = write_all(zip, &scratch).and_then(|()| match fs::rename(&scratch, folder) {
        // Somebody else unpacked the same file in the meantime.
        Err(_) if folder.is_dir() => Ok(()),
        renamed => renamed.map_err(PackageError::Disk),
    });
    if scratch.exists() {
        fs::remove_dir_all(&scratch).map_err(PackageError::Disk)?;
    }
    written
}

fn write_all(zip: &[u8], root: &Path) -> Result<(), PackageError> {
    let mut archive =
        ZipArchive::new(Cursor::new(zip)).map_err(|error| PackageError::Wrong(error.to_string()))?;
    if archive.len() > MAX_ENTRIES {
        return Err(PackageError::TooLarge(format!("A package may have {MAX_ENTRIES} files and folders.")));
    }
    fs::create_dir_all(root).map_err(PackageError::Disk)?;
    let mut left = MAX_UNPACKED_BYTES;
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(wrong)?;
        let name = entry.name().map_err(wrong)?.into_owned();
        let path = inside(root, &name)?;
        if entry.is_symlink() {
            return Err(PackageError::Wrong(format!(
                "{name:?} is a symbolic link, which is not unpacked here."
            )));
        }
        if entry.is_dir() {
            fs::create_dir_all(&path).map_err(PackageError::Disk)?;
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(PackageError::Disk)?;
        }
        let executable = entry.unix_mode().is_some_and(|mode| mode & 0o111 != 0);
        left -= write_file(&mut entry, &path, left)?;
        if executable {
            fs::set_permissions(&path, Permissions::from_mode(0o755)).map_err(PackageError::Disk)?;
        }
    }
    Ok(())
}

/// Writes one file and tells its size. What the zip file says of sizes is not believed.
fn write_file(from: &mut impl Read, path: &Path, left: u64) -> Result<u64, PackageError> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o644).open(path);
    let mut file: File = opened.map_err(PackageError::Disk)?;
    let written = io::copy(&mut from.take(left + 1), &mut file)
        .map_err(|error| PackageError::Wrong(format!("{}: {error}", path.display())))?;
    match written > left {
        true => Err(PackageError::TooLarge(format!(
            "Unzipped size must be smaller than {MAX_UNPACKED_BYTES} bytes"
        ))),
        false => Ok(written),
    }
}

/// The place of a file within the folder.
fn inside(root: &Path, name: &str) -> Result<PathBuf, PackageError> {
    let refused = || PackageError::Wrong(format!("{name:?} is not a path within the package."));
    if name.starts_with('/') || name.contains(['\\', '\0', ':']) {
        return Err(refused());
    }
    let mut path = root.to_owned();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => return Err(refused()),
            part => path.push(part),
        }
    }
    Ok(path)
}

fn wrong(error: ZipError) -> PackageError {
    PackageError::Wrong(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn zip_of(files: &[(&str, &[u8], u32)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text, mode) in files {
            writer.start_file(*name, SimpleFileOptions::default().unix_permissions(*mode)).unwrap();
            writer.write_all(text).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn files_arrive_whole_and_executables_stay_so() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("f").join("abc");
        let zip = zip_of(&[("app.py", b"x = 1\n", 0o644), ("lib/deep/run", b"#!/bin/sh\n", 0o755)]);
        unpack(&zip, &folder).unwrap();
        assert_eq!(fs::read(folder.join("app.py")).unwrap(), b"x = 1\n");
        let mode = fs::metadata(folder.join("lib/deep/run")).unwrap().permissions().mode();
        assert_eq!(mode & 0o111, 0o111);
        unpack(&zip, &folder).unwrap();
        let left: Vec<_> = fs::read_dir(dir.path().join("f")).unwrap().collect();
        assert_eq!(left.len(), 1, "no scratch folder is left");
    }

    #[test]
    fn nothing_is_written_outside_of_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["../out.py", "/etc/out.py", "a/../../out.py", "a\\..\\out.py", "c:out.py"] {
            let folder = dir.path().join("in").join("abc");
            let refused =
                unpack(&zip_of(&[("fine.py", b"", 0o644), (name, b"x", 0o644)]), &folder).unwrap_err();
            assert!(matches!(refused, PackageError::Wrong(_)), "{name}: {refused}");
            assert!(
                !folder.exists()
                    && !dir.path().join("out.py").exists()
                    && !dir.path().join("in/out.py").exists()
            );
        }
        let refused = unpack(b"no zip file", &dir.path().join("x")).unwrap_err();
        assert!(refused.to_string().starts_with("Could not unzip uploaded file."));
    }

    #[test]
    fn symbolic_links_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer.add_symlink("passwd", "/etc/passwd", SimpleFileOptions::default()).unwrap();
        let zip = writer.finish().unwrap().into_inner();
        assert!(unpack(&zip, &dir.path().join("x")).unwrap_err().to_string().contains("symbolic link"));
    }
}
