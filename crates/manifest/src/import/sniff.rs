//! What format a file has, from its name and its first bytes.

use crate::config::{CsvDelimiter, CsvHeaderLocation, InputType, ReaderConfig};
use crate::error::{ReadError, Warning};
use crate::json_text;
use crate::reader::import_shape_is_envelope;
use crate::relax::relaxed;

/// A format that was guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sniffed {
    /// How to read the file.
    pub config: ReaderConfig,
    /// What was guessed that people should look at.
    pub warning: Option<Warning>,
}

/// Beginnings of files that are no text, and what to say.
const NOT_TEXT: [(&[u8], &str); 7] = [
    (b"\x1F\x8B", "The file is compressed (gzip). Unpack it, or keep it in a bucket as .gz."),
    (b"\x28\xB5\x2F\xFD", "The file is compressed (zstd). Unpack it, or keep it in a bucket as .zstd."),
    (b"PK\x03\x04", "The file is a ZIP archive or an Office document. Save it as CSV, JSON or JSON Lines."),
    (b"PAR1", "The file is Parquet. Save it as CSV, JSON or JSON Lines."),
    (b"\xFF\xFE", "The file is UTF-16. Save it as UTF-8."),
    (b"\xFE\xFF", "The file is UTF-16. Save it as UTF-8."),
    (b"\xD0\xCF\x11\xE0", "The file is an Office document. Save it as CSV, JSON or JSON Lines."),
];

/// Guesses how to read a file that begins with `head`; `whole` when that is all of it.
///
/// # Errors
/// A file that is no text, in a sentence that says what to do.
pub fn sniff(name: &str, head: &[u8], whole: bool) -> Result<Sniffed, ReadError> {
    if let Some((_, advice)) = NOT_TEXT.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(ReadError::start(*advice));
    }
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    let input_type = match extension.as_deref() {
        Some("jsonl" | "ndjson") => InputType::Jsonl,
        Some("csv" | "tsv" | "tab") => InputType::Csv,
        _ => json_type(text, extension.as_deref() == Some("json"), whole).unwrap_or(InputType::Csv),
    };
    match input_type {
        InputType::Csv => Ok(csv(text, extension.as_deref(), whole)),
        other => Ok(Sniffed { config: ReaderConfig::of(other), warning: None }),
    }
}

/// JSON or JSON Lines; `None` when the file does not begin as either.
fn json_type(text: &[u8], named_json: bool, whole: bool) -> Option<InputType> {
    let lossy = String::from_utf8_lossy(text);
    let clean = relaxed(&lossy).0;
    let clean = clean.trim_start();
    let first = *clean.as_bytes().first()?;
    if !matches!(first, b'[' | b'{' | b'"') {
        return named_json.then_some(InputType::Json);
    }
    let mut lines = clean.lines().map(str::trim).filter(|line| !line.is_empty());
    let line_is_value = lines.next().is_some_and(|line| json_text::check(line.as_bytes()).is_ok());
    let more = lines.next().is_some();
    if line_is_value && more {
        return Some(InputType::Jsonl);
    }
    // One line is one document, unless it is an object that only lines would make an item of.
    let single_object = line_is_value && whole && first == b'{' && !named_json;
    match single_object && !import_shape_is_envelope(clean.as_bytes()) {
        true => Some(InputType::Jsonl),
        false => Some(InputType::Json),
    }
}

fn csv(text: &[u8], extension: Option<&str>, whole: bool) -> Sniffed {
    let lossy = String::from_utf8_lossy(text);
    let mut lines: Vec<&str> = lossy.lines().take(20).filter(|line| !line.trim().is_empty()).collect();
    if lines.len() > 1 && !whole && !lossy.ends_with('\n') && lossy.lines().count() <= 20 {
        lines.pop();
    }
    let delimiter = match extension {
        Some("tsv" | "tab") => CsvDelimiter::Tab,
        _ => delimiter(&lines),
    };
    let config = ReaderConfig {
        csv_delimiter: (delimiter != CsvDelimiter::Comma).then_some(delimiter),
        ..ReaderConfig::csv_with_header_row()
    };
    let first = lines.first().copied().unwrap_or_default();
    let cells = split(first, delimiter);
    let alone = cells.len() == 1;
    if cells.iter().all(|cell| is_column_name(cell)) && !(alone && has_file_extension(first)) {
        return Sniffed { config, warning: None };
    }
    let names = match cells.len() {
        1 => vec!["Key".to_owned()],
        count => (1..=count).map(|n| format!("column_{n}")).collect(),
    };
    let warning = Warning {
        code: "W-CSV-04".into(),
        text: "The first line does not look like column names: it was taken as an item.".into(),
        line: 1,
        count: 1,
    };
    let config = ReaderConfig {
        csv_header_location: Some(CsvHeaderLocation::Given),
        csv_headers: Some(names),
        ..config
    };
    Sniffed { config, warning: Some(warning) }
}

/// The delimiter that most lines hold equally often; a comma when none does.
fn delimiter(lines: &[&str]) -> CsvDelimiter {
    let candidates = [CsvDelimiter::Comma, CsvDelimiter::Tab, CsvDelimiter::Semicolon, CsvDelimiter::Pipe];
    let score = |candidate: CsvDelimiter| {
        let fields: Vec<usize> = lines.iter().map(|line| split(line, candidate).len()).collect();
        let first = fields.first().copied().unwrap_or(1);
        if first < 2 { 0 } else { fields.iter().filter(|&&count| count == first).count() }
    };
    // Of equals the one listed first wins.
    candidates.into_iter().rev().max_by_key(|&candidate| score(candidate)).unwrap_or_default()
}

/// Fields of a line; delimiters inside quotation marks do not count.
fn split(line: &str, delimiter: CsvDelimiter) -> Vec<&str> {
    let mut quoted = false;
    let separator = char::from(delimiter.byte());
    line.split(|c| {
        quoted ^= c == '"';
        c == separator && !quoted
    })
    .map(|cell| cell.trim().trim_matches('"'))
    .collect()
}

/// Words, not values: begins with a letter and holds no address, date or path.
fn is_column_name(cell: &str) -> bool {
    let begins = cell.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_' || c == '#');
    begins && cell.chars().count() <= 100 && !cell.contains(['/', '@', '\\', '=', '{', '<'])
}

/// `photo.jpg`: in a file of one column, an item.
fn has_file_extension(cell: &str) -> bool {
    let end = cell.rsplit_once('.').map(|(_, end)| end);
    end.is_some_and(|end| (2..=4).contains(&end.len()) && end.chars().all(|c| c.is_ascii_alphanumeric()))
}
