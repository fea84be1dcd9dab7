//! Lists of files that are item sources: S3 inventories and Athena's lists of data files.

use crate::config::{CsvHeaderLocation, InputType, ReaderConfig};
use crate::error::ReadError;
use serde::Deserialize;

/// The `manifest.json` of an S3 inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inventory {
    /// The bucket that the data files are in.
    pub bucket: String,
    /// Names of the columns; the data files have no header row.
    pub columns: Vec<String>,
    /// The data files, in order.
    pub files: Vec<InventoryFile>,
}

/// A data file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct InventoryFile {
    /// The object's key; data files of inventories are compressed (`.csv.gz`).
    pub key: String,
    /// Bytes, compressed.
    #[serde(default)]
    pub size: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    destination_bucket: String,
    file_format: String,
    file_schema: String,
    files: Vec<InventoryFile>,
}

impl Inventory {
    /// Reads an inventory's `manifest.json`.
    ///
    /// # Errors
    /// Something else, or an inventory that is not CSV.
    pub fn parse(json: &[u8]) -> Result<Self, ReadError> {
        let manifest: Manifest = serde_json::from_slice(json).map_err(|error| {
            ReadError::start(format!("The file is not the manifest.json of an S3 inventory: {error}."))
        })?;
        if manifest.file_format != "CSV" {
            return Err(ReadError::start(format!(
                "S3 inventories can be read as CSV, not as {}.",
                manifest.file_format
            )));
        }
        let bucket = manifest.destination_bucket;
        Ok(Self {
            bucket: bucket.strip_prefix("arn:aws:s3:::").unwrap_or(&bucket).to_owned(),
            columns: manifest.file_schema.split(',').map(|name| name.trim().to_owned()).collect(),
            files: manifest.files,
        })
    }

    /// How each data file is to be read, by [`Reader::starting_at`](crate::Reader::starting_at).
    pub fn reader_config(&self, max_items: Option<i64>) -> ReaderConfig {
        ReaderConfig {
            csv_header_location: Some(CsvHeaderLocation::Given),
            csv_headers: Some(self.columns.clone()),
            max_items,
            ..ReaderConfig::of(InputType::Csv)
        }
    }
}

/// Bucket and key of every data file in an Athena list: one `s3://bucket/key` a line, quoted or not.
///
/// # Errors
/// The first line that is something else.
pub fn athena_files(list: &str) -> Result<Vec<(String, String)>, ReadError> {
    let mut files = Vec::new();
    for (number, line) in list.lines().enumerate() {
        let address = line.trim().trim_matches('"');
        if address.is_empty() {
            continue;
        }
        let file = address.strip_prefix("s3://").and_then(|rest| rest.split_once('/'));
        let Some((bucket, key)) = file.filter(|(bucket, key)| !bucket.is_empty() && !key.is_empty()) else {
            return Err(ReadError::new("A line of the list is no s3:// address.", number as u64 + 1, 0));
        };
        files.push((bucket.to_owned(), key.to_owned()));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inventory_tells_files_and_columns() {
        let json = br#"{"sourceBucket":"s","destinationBucket":"arn:aws:s3:::d","version":"2016-11-30",
            "creationTimestamp":"1514944800000","fileFormat":"CSV","fileSchema":"Bucket, Key, Size",
            "files":[{"key":"i/1.csv.gz","size":7,"MD5checksum":"x"}]}"#;
        let inventory = Inventory::parse(json).unwrap();
        assert_eq!(inventory.bucket, "d");
        assert_eq!(inventory.files, [InventoryFile { key: "i/1.csv.gz".into(), size: 7 }]);
        let config = inventory.reader_config(Some(5));
        assert_eq!(config.csv_headers, Some(vec!["Bucket".into(), "Key".into(), "Size".into()]));
        assert!(Inventory::parse(b"{}").is_err());
        let orc = String::from_utf8_lossy(json).replace("\"CSV\"", "\"ORC\"");
        assert!(Inventory::parse(orc.as_bytes()).unwrap_err().cause.contains("ORC"));
    }

    #[test]
    fn athena_lists_are_addresses() {
        let files = athena_files("\"s3://b/x/1\"\ns3://b/x/2\n\n").unwrap();
        assert_eq!(files[1], ("b".into(), "x/2".into()));
        assert_eq!(athena_files("s3://b/x\nnonsense").unwrap_err().line, 2);
    }
}
