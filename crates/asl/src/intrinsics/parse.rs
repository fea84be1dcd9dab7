//! Text to call.

use super::eval::Function;
use crate::Value;
use crate::jsonpath::{Path, parse_prefix};
use serde_json::Number;
use std::sync::Arc;

/// Calls within calls, the outermost counted.
const MAX_NESTING: u32 = 10;
/// Longest text of a call, in bytes.
const MAX_TEXT: usize = 64 * 1024;

/// A compiled call. Cloning shares.
#[derive(Clone, Debug)]
pub struct Intrinsic {
    pub(super) text: Arc<str>,
    pub(super) function: Function,
    pub(super) arguments: Arc<[Argument]>,
}

/// An argument of a call.
#[derive(Clone, Debug)]
pub(super) enum Argument {
    Literal(Value),
    /// A quoted text that keeps its escapes, because `States.Format` must tell `\{` from `{`.
    Text(Arc<str>),
    Path(Path),
    Call(Intrinsic),
}

/// A text that is no call of an intrinsic function.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at position {offset}")]
pub struct IntrinsicError {
    /// Where, in bytes from the start of the text.
    pub offset: usize,
    /// What is wrong.
    pub message: String,
}

impl Intrinsic {
    /// Compiles a call: known function, right number of arguments, at most 10 calls deep.
    ///
    /// ```
    /// use asl::intrinsics::Intrinsic;
    /// assert!(Intrinsic::parse("States.ArrayLength($.items)").is_ok());
    /// assert!(Intrinsic::parse("States.ArrayLength()").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, IntrinsicError> {
        let mut parser = Parser { text, pos: 0 };
        if text.len() > MAX_TEXT {
            return Err(parser.error("The intrinsic function is too long"));
        }
        let call = parser.call(1)?;
        match parser.pos == text.len() {
            true => Ok(call),
            false => Err(parser.error("Unexpected text")),
        }
    }

    /// The call as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The paths among the arguments, nested calls included.
    pub fn paths(&self) -> Vec<&Path> {
        let mut paths = Vec::new();
        for argument in self.arguments.iter() {
            match argument {
                Argument::Path(path) => paths.push(path),
                Argument::Call(call) => paths.extend(call.paths()),
                Argument::Literal(_) | Argument::Text(_) => {}
            }
        }
        paths
    }
}

struct Parser<'t> {
    text: &'t str,
    pos: usize,
}

impl<'t> Parser<'t> {
    fn error(&self, message: impl Into<String>) -> IntrinsicError {
        IntrinsicError {
            offset: self.pos,
            message: message.into(),
        }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.pos..]
    }

    fn skip_space(&mut self) {
        self.pos += self.rest().len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, token: char) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(token);
        if found {
            self.pos += token.len_utf8();
        }
        found
    }

    fn word(&mut self) -> &'t str {
        let rest = self.rest();
        let end =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+')));
        let end = end.unwrap_or(rest.len());
        self.pos += end;
        &rest[..end]
    }

    fn call(&mut self, depth: u32) -> Result<Intrinsic, IntrinsicError> {
        if depth > MAX_NESTING {
            return Err(self.error("Intrinsic functions are nested too deeply (limit 10)"));
        }
        let start = self.pos;
        let name = self.word();
        let Some(function) = Function::named(name) else {
            self.pos = start;
            return Err(self.error(format!("There is no intrinsic function '{name}'")));
        };
        if !self.eat('(') {
            return Err(self.error("Expected '('"));
        }
        let mut arguments = Vec::new();
        if !self.eat(')') {
            loop {
                arguments.push(self.argument(depth)?);
                if self.eat(')') {
                    break;
                }
                if !self.eat(',') {
                    return Err(self.error("Expected ',' or ')'"));
                }
            }
        }
        if let Err(message) = function.check_count(arguments.len()) {
            self.pos = start;
            return Err(self.error(message));
        }
        Ok(Intrinsic {
            text: self.text[start..self.pos].into(),
            function,
            arguments: arguments.into(),
        })
    }

    fn argument(&mut self, depth: u32) -> Result<Argument, IntrinsicError> {
        self.skip_space();
        let start = self.pos;
        match self.rest().chars().next() {
            Some('$') => {
                let (path, used) = parse_prefix(self.rest()).map_err(|e| IntrinsicError {
                    offset: start + e.offset,
                    message: e.message,
                })?;
                self.pos += used;
                Ok(Argument::Path(path))
            }
            Some('\'') => self.quoted(),
            Some('S') => Ok(Argument::Call(self.call(depth + 1)?)),
            _ => {
                let literal = match self.word() {
                    "null" => Some(Value::Null),
                    "true" => Some(true.into()),
                    "false" => Some(false.into()),
                    word => word.parse::<Number>().ok().map(Value::Number),
                };
                literal.map(Argument::Literal).ok_or_else(|| {
                    self.pos = start;
                    self.error("Expected a path, a text, a number or an intrinsic function")
                })
            }
        }
    }

    fn quoted(&mut self) -> Result<Argument, IntrinsicError> {
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => {
                    chars.next();
                }
                '\'' => {
                    let text = &self.rest()[1..at];
                    self.pos += at + 1;
                    return Ok(Argument::Text(text.into()));
                }
                _ => {}
            }
        }
        Err(self.error("A quote is not closed"))
    }
}
