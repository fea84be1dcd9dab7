//! One JSON document: the elements of an array or the pairs of an object, one by one.

use super::input::{Input, Place, Sink, TOO_LONG};
use super::sniff::{Shape, shape};
use super::space::next_byte;
use super::value_scan::ValueScan;
use super::{Checkpoint, Phase, pointer};
use crate::config::ReaderConfig;
use crate::error::ReadError;
use crate::json_text::unquote;
use model::limits::MAX_READ_ITEM_BYTES;
use std::sync::Arc;

/// AWS's words for a document that is neither an array nor an object.
const NOT_ITERABLE: &str = "Attempting to map over non-iterable node.";
/// Bytes of an object that are looked at before it is taken for an envelope or a map of items.
const SNIFF_BYTES: usize = MAX_READ_ITEM_BYTES;

/// What is expected next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    /// The value that the pointer's next part is looked up in, or the container of the items.
    Value,
    /// A member's name, or the end, of the object that is looked through.
    Name,
    /// The colon after a name; whether it was the name looked for.
    Colon(bool),
    /// The end of a value that is of no interest.
    Skipped,
    /// A comma or the end after such a value.
    Separator,
    /// An element of the array that is looked through, so many before the one looked for.
    Element(u64),
    /// First item, or the container's end.
    FirstItem,
    /// An item.
    Item,
    /// The colon between an item's key and value.
    ItemColon,
    /// An item's value.
    ItemValue,
    /// A comma or the container's end.
    NextItem,
    /// Space up to the end of the file.
    Nothing,
    /// Whatever; it is not looked at.
    Anything,
}

pub(crate) struct Scanner {
    tokens: Vec<String>,
    /// How many tokens have been followed.
    level: usize,
    expect: Expect,
    /// Elements still to pass over in the array that is looked through; `None` in an object.
    elements: Option<u64>,
    scan: ValueScan,
    pairs: bool,
    /// Beginning and key of the pair being read.
    pair: Option<(Place, Arc<str>)>,
    /// The item being read is longer than the limit and is passed over.
    overlong: Option<Place>,
    after_comma: bool,
    sniffed: usize,
    mark: (u64, u64, Phase),
}

impl Scanner {
    pub fn new(config: &ReaderConfig, from: &Checkpoint) -> Result<Self, ReadError> {
        let mut tokens = pointer::tokens(config.items_pointer.as_deref().unwrap_or_default())?;
        if from.nested && tokens.is_empty() {
            tokens.push(String::new());
        }
        let level = if from.phase == Phase::Start { 0 } else { tokens.len() };
        let expect = match from.phase {
            Phase::Start => Expect::Value,
            Phase::First => Expect::FirstItem,
            Phase::Item => Expect::Item,
            Phase::Next => Expect::NextItem,
            Phase::End => Expect::Anything,
        };
        Ok(Self {
            tokens,
            level,
            expect,
            elements: None,
            scan: ValueScan::new(from.mode.understands_more()),
            pairs: from.pairs,
            pair: None,
            overlong: None,
            after_comma: false,
            sniffed: 0,
            mark: (from.offset, from.line.max(1), from.phase),
        })
    }

    pub fn is_done(&self) -> bool {
        self.expect == Expect::Anything
    }

    pub fn pairs(&self) -> bool {
        self.pairs
    }

    pub fn nested(&self) -> bool {
        !self.tokens.is_empty()
    }

    /// Offset, line and phase behind the last item found.
    pub fn mark(&self) -> (u64, u64, Phase) {
        self.mark
    }

    pub fn scan(&mut self, input: &mut Input, sink: &mut Sink, eof: bool) -> Result<(), ReadError> {
        while !sink.is_full() && self.expect != Expect::Anything {
            if !self.step(input, sink, eof)? {
                return if eof { self.check_end(input) } else { Ok(()) };
            }
        }
        Ok(())
    }

    /// Goes one token on; false when that takes more bytes.
    fn step(&mut self, input: &mut Input, sink: &mut Sink, eof: bool) -> Result<bool, ReadError> {
        match self.expect {
            Expect::Skipped => return Ok(self.pass_over(input, sink, eof)),
            Expect::ItemValue => return self.item_value(input, sink, eof),
            _ => {}
        }
        let Some(byte) = next_byte(input, sink, eof) else { return Ok(false) };
        match self.expect {
            Expect::Value if self.level < self.tokens.len() => self.enter(byte, input)?,
            Expect::Value => return self.open(byte, input, sink, eof),
            Expect::Name => return self.name(byte, input, eof),
            Expect::Colon(wanted) => {
                take(b':', byte, input)?;
                self.level += usize::from(wanted);
                self.expect = if wanted { Expect::Value } else { Expect::Skipped };
            }
            Expect::Separator => self.separator(byte, input)?,
            Expect::Element(before) => self.element(before, byte, input)?,
            Expect::FirstItem | Expect::Item => return self.item(byte, input, sink, eof),
            Expect::NextItem => self.next_item(byte, input)?,
            Expect::ItemColon => {
                take(b':', byte, input)?;
                self.expect = Expect::ItemValue;
            }
            Expect::Nothing => return Err(input.error("There is more after the end of the JSON document.")),
            Expect::Skipped | Expect::ItemValue | Expect::Anything => {}
        }
        Ok(true)
    }

    /// Steps into the container that the next token is looked up in.
    fn enter(&mut self, byte: u8, input: &mut Input) -> Result<(), ReadError> {
        let token = &self.tokens[self.level];
        self.elements = match byte {
            b'{' => None,
            b'[' => Some(token.parse().map_err(|_| self.missing(input))?),
            _ => return Err(self.missing(input)),
        };
        self.expect = self.elements.map_or(Expect::Name, Expect::Element);
        input.consume_lines(1, 0);
        Ok(())
    }

    /// Steps into the container of the items.
    fn open(&mut self, byte: u8, input: &mut Input, sink: &mut Sink, eof: bool) -> Result<bool, ReadError> {
        match byte {
            b'[' => self.pairs = false,
            b'{' if self.tokens.is_empty() && sink.understands_more() => {
                let length = input.rest().len();
                let decide = eof || length > SNIFF_BYTES;
                if !decide && length < 2 * self.sniffed {
                    return Ok(false);
                }
                self.sniffed = length;
                match shape(input.rest(), decide) {
                    Shape::Unknown => return Ok(false),
                    Shape::Pairs => self.pairs = true,
                    Shape::Member(name) => {
                        let text = format!(
                            "The items were taken from \"{name}\"; for AWS set ItemsPointer to \"/{}\".",
                            name.replace('~', "~0").replace('/', "~1")
                        );
                        sink.warn("W-MAP-03", input.line(), &text);
                        self.tokens = vec![name];
                        return Ok(true);
                    }
                }
            }
            b'{' => self.pairs = true,
            _ => return Err(input.error(NOT_ITERABLE)),
        }
        input.consume_lines(1, 0);
        self.expect = Expect::FirstItem;
        self.mark = (input.offset(), input.line(), Phase::First);
        Ok(true)
    }

    fn name(&mut self, byte: u8, input: &mut Input, eof: bool) -> Result<bool, ReadError> {
        match byte {
            b'}' => return Err(self.missing(input)),
            b'"' => {}
            _ => return Err(input.error("A member of a JSON object must begin with its name in quotes.")),
        }
        let Some(len) = self.scan.end(input.rest(), eof) else {
            return if input.rest().len() > MAX_READ_ITEM_BYTES {
                Err(input.error(TOO_LONG))
            } else {
                Ok(false)
            };
        };
        let name = unquote(&input.rest()[..len])
            .ok_or_else(|| input.error("The name of a member is not valid JSON."))?;
        self.scan.reset();
        self.expect = Expect::Colon(name == self.tokens[self.level]);
        input.consume(len);
        Ok(true)
    }

    /// Passes over a value without keeping it.
    fn pass_over(&mut self, input: &mut Input, sink: &mut Sink, eof: bool) -> bool {
        if self.scan.is_fresh() && next_byte(input, sink, eof).is_none() {
            return false;
        }
        let end = self.scan.end(input.rest(), eof);
        let seen = self.scan.seen();
        match end {
            Some(_) => {
                self.scan.reset();
                self.expect = Expect::Separator;
            }
            None => self.scan.forget(seen),
        }
        input.consume(seen);
        end.is_some()
    }

    fn separator(&mut self, byte: u8, input: &mut Input) -> Result<(), ReadError> {
        match (byte, self.elements) {
            (b',', None) => self.expect = Expect::Name,
            (b',', Some(left)) => self.expect = Expect::Element(left),
            (b'}' | b']', _) => return Err(self.missing(input)),
            _ => return Err(input.error("A comma or a closing bracket is missing.")),
        }
        input.consume_lines(1, 0);
        Ok(())
    }

    fn element(&mut self, before: u64, byte: u8, input: &Input) -> Result<(), ReadError> {
        match (byte, before) {
            (b']', _) => return Err(self.missing(input)),
            (_, 0) => {
                self.level += 1;
                self.expect = Expect::Value;
            }
            _ => {
                self.elements = Some(before - 1);
                self.expect = Expect::Skipped;
            }
        }
        Ok(())
    }

    /// The beginning of an item, or the container's end.
    fn item(&mut self, byte: u8, input: &mut Input, sink: &mut Sink, eof: bool) -> Result<bool, ReadError> {
        let first = self.expect == Expect::FirstItem;
        if byte == self.closing() && (first || (sink.understands_more() && self.after_comma)) {
            if !first {
                sink.warn_trailing_commas(input.line());
            }
            self.close(input);
            return Ok(true);
        }
        self.after_comma = false;
        if !self.pairs {
            self.expect = Expect::ItemValue;
            return Ok(true);
        }
        if byte != b'"' {
            return Err(input.error("A member of a JSON object must begin with its name in quotes."));
        }
        let Some(len) = self.scan.end(input.rest(), eof) else {
            return if input.rest().len() > MAX_READ_ITEM_BYTES {
                Err(input.error(TOO_LONG))
            } else {
                Ok(false)
            };
        };
        let key = unquote(&input.rest()[..len])
            .ok_or_else(|| input.error("The name of a member is not valid JSON."))?;
        self.scan.reset();
        self.pair = Some((Place { line: input.line(), offset: input.offset() }, key.into()));
        input.consume(len);
        self.expect = Expect::ItemColon;
        Ok(true)
    }

    fn item_value(&mut self, input: &mut Input, sink: &mut Sink, eof: bool) -> Result<bool, ReadError> {
        if self.scan.is_fresh() && next_byte(input, sink, eof).is_none() {
            return Ok(false);
        }
        let here = Place { line: input.line(), offset: input.offset() };
        let place = self.pair.as_ref().map_or(here, |(place, _)| *place);
        let end = self.scan.end(input.rest(), eof);
        let seen = self.scan.seen();
        let Some(len) = end else {
            if seen > MAX_READ_ITEM_BYTES && self.overlong.is_none() {
                sink.refuse(place, TOO_LONG.into(), input.rest())?;
                self.overlong = Some(place);
            }
            if self.overlong.is_some() {
                self.scan.forget(seen);
                input.consume(seen);
            }
            return Ok(false);
        };
        let key = self.pair.take().map(|(_, key)| key);
        if self.overlong.take().is_none() {
            sink.add_json(place, &input.rest()[..len], key)?;
        }
        self.scan.reset();
        input.consume(len);
        self.expect = Expect::NextItem;
        self.mark = (input.offset(), input.line(), Phase::Next);
        Ok(true)
    }

    fn next_item(&mut self, byte: u8, input: &mut Input) -> Result<(), ReadError> {
        match byte {
            b',' => {
                input.consume_lines(1, 0);
                self.after_comma = true;
                self.expect = Expect::Item;
            }
            _ if byte == self.closing() => self.close(input),
            _ => return Err(input.error("A comma or a closing bracket is missing between two items.")),
        }
        Ok(())
    }

    fn close(&mut self, input: &mut Input) {
        input.consume_lines(1, 0);
        self.expect = if self.tokens.is_empty() { Expect::Nothing } else { Expect::Anything };
        self.mark = (input.offset(), input.line(), Phase::End);
    }

    fn closing(&self) -> u8 {
        if self.pairs { b'}' } else { b']' }
    }

    fn missing(&self, input: &Input) -> ReadError {
        let pointer: String = self.tokens.iter().map(|token| format!("/{token}")).collect();
        input.error(format!(
            "The ItemsPointer \"{pointer}\" does not lead to an array or an object in the file."
        ))
    }

    /// Whether the document may end here.
    fn check_end(&self, input: &Input) -> Result<(), ReadError> {
        match self.expect {
            Expect::Nothing | Expect::Anything => Ok(()),
            Expect::Value if self.level == 0 && input.rest().is_empty() => {
                Err(input.error("The file is empty."))
            }
            _ => Err(input.error("The JSON document breaks off before its end.")),
        }
    }
}

/// Consumes `byte`, which must be `wanted`.
fn take(wanted: u8, byte: u8, input: &mut Input) -> Result<(), ReadError> {
    if byte != wanted {
        return Err(input.error(format!("\"{}\" is missing.", wanted as char)));
    }
    input.consume_lines(1, 0);
    Ok(())
}
