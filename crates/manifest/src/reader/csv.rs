//! CSV by AWS's rules, which are not RFC 4180: every value is text, `""` is a quotation mark also
//! in an unquoted field, a backslash escapes itself, a quotation mark and the delimiter and is
//! dropped before anything else, missing fields are empty, surplus fields are dropped.

mod fields;
mod headers;
mod rows;

use super::Checkpoint;
use super::input::{Input, Place, Sink, TOO_LONG};
use crate::config::{CsvHeaderLocation, ReaderConfig};
use crate::error::ReadError;
use fields::Fields;
use headers::Headers;
use model::limits::{MAX_CSV_HEADER_BYTES, MAX_READ_ITEM_BYTES};
use rows::{Row, RowScan};
use std::sync::Arc;

pub(crate) struct Scanner {
    headers: Option<Headers>,
    rows: RowScan,
    fields: Fields,
    /// An overlong row's rest is being passed over, up to the next line.
    skipping: bool,
    given_up: u32,
}

const MAX_GIVEN_UP: u32 = 100;

impl Scanner {
    /// A scanner that goes on at `from`, which knows the header row when that has been read.
    pub fn new(config: &ReaderConfig, from: &Checkpoint) -> Result<Self, ReadError> {
        let known = from.headers.clone();
        let delimiter = config.csv_delimiter.unwrap_or_default().byte();
        let given = match (config.csv_header_location, &config.csv_headers) {
            (Some(CsvHeaderLocation::FirstRow), _) | (None, None) => None,
            (_, names) => Some(names.clone().unwrap_or_default().into()),
        };
        let headers = match known.or(given) {
            Some(names) => Some(Headers::new(names, from.mode).map_err(ReadError::start)?),
            None => None,
        };
        Ok(Self {
            headers,
            rows: RowScan::new(delimiter),
            fields: Fields::new(delimiter),
            skipping: false,
            given_up: 0,
        })
    }

    pub fn headers(&self) -> Option<Arc<[String]>> {
        self.headers.as_ref().map(|headers| Arc::clone(&headers.names))
    }

    pub fn scan(&mut self, input: &mut Input, sink: &mut Sink, eof: bool) -> Result<(), ReadError> {
        while !sink.is_full() {
            if self.skipping && !self.skip_line(input, eof) {
                return Ok(());
            }
            let Some(row) = self.rows.next(input.rest(), eof) else {
                if input.rest().len() <= MAX_READ_ITEM_BYTES + 1 {
                    return Ok(());
                }
                self.give_up_row(TOO_LONG, input, sink)?;
                continue;
            };
            if row.open_quote {
                self.give_up_row("A quotation mark is never closed.", input, sink)?;
                continue;
            }
            let place = Place { line: input.line(), offset: input.offset() };
            self.row(place, &input.rest()[..row.length], &row, sink)?;
            match row.plain {
                true => input.consume_lines(row.consumed, row.line_ends),
                false => input.consume(row.consumed),
            }
        }
        Ok(())
    }

    fn row(&mut self, place: Place, bytes: &[u8], row: &Row, sink: &mut Sink) -> Result<(), ReadError> {
        if bytes.len() > MAX_READ_ITEM_BYTES {
            return sink.refuse(place, TOO_LONG.into(), bytes);
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            return sink.refuse(place, "not UTF-8 text".into(), bytes);
        };
        if sink.importing() && text.trim().is_empty() {
            sink.warn("W-CSV-01", place.line, "Blank lines were left out; AWS makes an item of each.");
            return Ok(());
        }
        self.fields.split(text, row.plain);
        match &self.headers {
            Some(headers) => {
                if sink.importing() && self.fields.count() != headers.names.len() {
                    let text = format!(
                        "A row has {} fields where the header has {}: missing ones are empty, surplus ones are dropped, as on AWS.",
                        self.fields.count(),
                        headers.names.len()
                    );
                    sink.warn("W-CSV-02", place.line, &text);
                }
                let fields = &self.fields;
                sink.add(place, None, |out| headers.write(fields, text, out));
            }
            None => self.headers = Some(self.header_row(place, text, sink)?),
        }
        Ok(())
    }

    fn header_row(&self, place: Place, text: &str, sink: &mut Sink) -> Result<Headers, ReadError> {
        let fault = |cause: &str| ReadError::new(cause, place.line, place.offset);
        if text.len() > MAX_CSV_HEADER_BYTES {
            return Err(fault("CSV headers cannot be longer than 10 KiB."));
        }
        let mut names: Vec<String> =
            (0..self.fields.count()).map(|n| self.fields.get(n, text).to_owned()).collect();
        if sink.importing() && headers::number_duplicates(&mut names) {
            sink.warn("W-CSV-03", place.line, "Columns of the same name were numbered; AWS refuses them.");
        }
        Headers::new(names.into(), sink.mode).map_err(fault)
    }

    /// Refuses a row that does not end; import goes on with the next line. Looking for the end
    /// again from every line costs time, so it is done a limited number of times.
    fn give_up_row(&mut self, reason: &str, input: &Input, sink: &mut Sink) -> Result<(), ReadError> {
        let place = Place { line: input.line(), offset: input.offset() };
        sink.refuse(place, reason.to_owned(), input.rest())?;
        self.skipping = true;
        self.given_up += 1;
        match self.given_up > MAX_GIVEN_UP {
            true => Err(input.error("Too many rows have a quotation mark that is never closed.")),
            false => Ok(()),
        }
    }

    /// Drops what is left of a line; false while its end is not there.
    fn skip_line(&mut self, input: &mut Input, eof: bool) -> bool {
        self.rows.reset();
        match memchr::memchr(b'\n', input.rest()) {
            Some(end) => {
                input.consume_lines(end + 1, 1);
                self.skipping = false;
                true
            }
            None => {
                input.consume_lines(input.rest().len(), 0);
                eof
            }
        }
    }
}
