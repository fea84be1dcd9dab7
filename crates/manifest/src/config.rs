//! `ReaderConfig` of an `ItemReader`, in AWS's field names.

use crate::error::ReadError;
use serde::{Deserialize, Serialize};

/// How the object of an `ItemReader` is to be read. Missing fields mean AWS's defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ReaderConfig {
    /// The format; absent for plain `listObjectsV2` and for S3 inventories.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_type: Option<InputType>,
    /// Which kind of list of files a manifest is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manifest_type: Option<ManifestType>,
    /// Whether listed objects are items or are read for items (`listObjectsV2` only).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transformation: Option<Transformation>,
    /// Where the names of CSV columns are.
    #[serde(rename = "CSVHeaderLocation", skip_serializing_if = "Option::is_none")]
    pub csv_header_location: Option<CsvHeaderLocation>,
    /// The names of CSV columns, with [`CsvHeaderLocation::Given`].
    #[serde(rename = "CSVHeaders", skip_serializing_if = "Option::is_none")]
    pub csv_headers: Option<Vec<String>>,
    /// What separates CSV fields.
    #[serde(rename = "CSVDelimiter", skip_serializing_if = "Option::is_none")]
    pub csv_delimiter: Option<CsvDelimiter>,
    /// Read at most so many items. 0 means no limit; a negative number fails the Map Run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_items: Option<i64>,
    /// JSON Pointer (RFC 6901) to the array or object that holds the items; JSON only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items_pointer: Option<String>,
}

/// Formats of an item source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum InputType {
    /// Rows of text fields.
    Csv,
    /// One array or object.
    Json,
    /// A JSON value a line.
    Jsonl,
    /// Columnar; accepted in a definition, not read by this crate.
    Parquet,
    /// An S3 inventory's `manifest.json` (older form of [`ManifestType::S3Inventory`]).
    Manifest,
}

/// Kinds of lists of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ManifestType {
    /// `manifest.json` of an S3 inventory.
    S3Inventory,
    /// The list of data files that an Athena `UNLOAD` leaves.
    AthenaData,
}

/// What becomes of listed objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Transformation {
    /// The metadata of an object is an item.
    None,
    /// Every object is read, its rows are the items.
    LoadAndFlatten,
}

/// Where the names of CSV columns are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CsvHeaderLocation {
    /// In the first row of the file.
    FirstRow,
    /// In `CSVHeaders`.
    Given,
}

/// What separates CSV fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CsvDelimiter {
    /// `,`
    #[default]
    Comma,
    /// `|`
    Pipe,
    /// `;`
    Semicolon,
    /// A space.
    Space,
    /// A tab.
    Tab,
}

impl CsvDelimiter {
    /// The character.
    pub fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Pipe => b'|',
            Self::Semicolon => b';',
            Self::Space => b' ',
            Self::Tab => b'\t',
        }
    }
}

impl ReaderConfig {
    /// `{"InputType": …}` and nothing else.
    pub fn of(input_type: InputType) -> Self {
        Self { input_type: Some(input_type), ..Self::default() }
    }

    /// CSV whose first row names the columns.
    pub fn csv_with_header_row() -> Self {
        Self { csv_header_location: Some(CsvHeaderLocation::FirstRow), ..Self::of(InputType::Csv) }
    }

    /// CSV whose columns are named here.
    pub fn csv_with_headers<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self {
            csv_header_location: Some(CsvHeaderLocation::Given),
            csv_headers: Some(names.into_iter().map(Into::into).collect()),
            ..Self::of(InputType::Csv)
        }
    }

    /// The most items to read; `None` is no limit.
    ///
    /// # Errors
    /// A negative `MaxItems`, in the words recorded from AWS.
    pub fn item_limit(&self) -> Result<Option<u64>, ReadError> {
        match self.max_items {
            None | Some(0) => Ok(None),
            Some(n) => match u64::try_from(n) {
                Ok(n) => Ok(Some(n)),
                Err(_) => Err(ReadError::start("field MaxItems must be positive")),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_awss_names() {
        let text = r#"{"InputType":"CSV","CSVHeaderLocation":"GIVEN","CSVHeaders":["a"],"CSVDelimiter":"PIPE","MaxItems":7}"#;
        let config: ReaderConfig = serde_json::from_str(text).unwrap();
        assert_eq!(config.csv_delimiter, Some(CsvDelimiter::Pipe));
        assert_eq!(config.item_limit(), Ok(Some(7)));
        assert_eq!(serde_json::to_string(&config).unwrap(), text);
    }

    #[test]
    fn a_negative_limit_fails_in_awss_words_and_zero_is_none() {
        let limit = |n| ReaderConfig { max_items: Some(n), ..Default::default() }.item_limit();
        assert_eq!(limit(-1).unwrap_err().cause, "field MaxItems must be positive");
        assert_eq!(limit(0), Ok(None));
        assert_eq!(limit(100_000_001), Ok(Some(100_000_001)));
    }
}
