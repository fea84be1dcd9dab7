//! Text to path.

use super::ast::{Function, Operand, RelativePath, Segment};
use super::path::{Path, PathError, Root};

/// Longest text of a path, in bytes.
const MAX_TEXT: usize = 64 * 1024;
/// Filters and function arguments nest at most so deep.
pub(super) const MAX_NESTING: u32 = 32;

pub(super) fn parse_whole(text: &str) -> Result<Path, PathError> {
    let (path, used) = parse_prefix(text)?;
    match used == text.len() {
        true => Ok(path),
        false => Err(Cursor::new(text).at(used).error("Unexpected text")),
    }
}

/// Parses the path that a text begins with and tells how many bytes it took. The path ends
/// where a character can belong to none: `,`, `)`, white space.
pub(crate) fn parse_prefix(text: &str) -> Result<(Path, usize), PathError> {
    if text.len() > MAX_TEXT {
        return Err(Cursor::new(text).error("The path is too long"));
    }
    let mut cursor = Cursor::new(text);
    if !cursor.eat("$") {
        return Err(cursor.error("A path must start with '$'"));
    }
    let root = if cursor.eat("$") {
        Root::Context
    } else {
        match cursor.take_while(|c| c.is_alphanumeric() || c == '_') {
            "" => Root::Input,
            name if name.starts_with(|c: char| c.is_numeric()) => {
                return Err(cursor.error("A variable's name must not start with a digit"));
            }
            name => Root::Variable(name.into()),
        }
    };
    let segments = cursor.segments(0)?;
    let used = cursor.pos;
    Ok((Path::new(&text[..used], root, segments), used))
}

/// A position in a text.
pub(super) struct Cursor<'t> {
    pub(super) text: &'t str,
    pub(super) pos: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, pos: 0 }
    }

    fn at(mut self, pos: usize) -> Self {
        self.pos = pos;
        self
    }

    pub(super) fn error(&self, message: impl Into<String>) -> PathError {
        PathError {
            offset: self.pos,
            message: message.into(),
        }
    }

    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.pos..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.pos += token.len();
        }
        found
    }

    pub(super) fn expect(&mut self, token: &str) -> Result<(), PathError> {
        match self.eat(token) {
            true => Ok(()),
            false => Err(self.error(format!("Expected '{token}'"))),
        }
    }

    pub(super) fn take_while(&mut self, keep: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !keep(c)).unwrap_or(rest.len());
        self.pos += end;
        &rest[..end]
    }

    pub(super) fn skip_space(&mut self) {
        self.take_while(char::is_whitespace);
    }

    /// The steps after a root.
    pub(super) fn segments(&mut self, depth: u32) -> Result<Vec<Segment>, PathError> {
        if depth > MAX_NESTING {
            return Err(self.error("The path is nested too deeply"));
        }
        let mut segments = Vec::new();
        loop {
            if matches!(segments.last(), Some(Segment::Function(..))) {
                return Ok(segments);
            }
            if self.eat("..") {
                segments.push(Segment::Descend);
                let step = match self.peek() {
                    Some('[') => self.bracket(depth)?,
                    _ => self.dotted(depth)?,
                };
                segments.push(step);
            } else if self.eat(".") {
                let step = match self.peek() {
                    Some('[') => self.bracket(depth)?,
                    _ => self.dotted(depth)?,
                };
                segments.push(step);
            } else if self.peek() == Some('[') {
                segments.push(self.bracket(depth)?);
            } else {
                return Ok(segments);
            }
        }
    }

    /// What follows a dot: `*`, a name, a function.
    fn dotted(&mut self, depth: u32) -> Result<Segment, PathError> {
        if self.eat("*") {
            return Ok(Segment::Wildcard);
        }
        let start = self.pos;
        let name = self.take_while(|c| {
            !c.is_whitespace()
                && !matches!(
                    c,
                    '.' | '['
                        | ']'
                        | '('
                        | ')'
                        | ','
                        | '='
                        | '<'
                        | '>'
                        | '!'
                        | '&'
                        | '|'
                        | '~'
                        | '\''
                        | '"'
                )
        });
        if name.is_empty() {
            return Err(self.error("Expected a property name"));
        }
        if self.peek() != Some('(') {
            return Ok(Segment::Member(name.into()));
        }
        let Some(function) = Function::named(name) else {
            return Err(PathError {
                offset: start,
                message: format!("There is no function '{name}'"),
            });
        };
        Ok(Segment::Function(function, self.arguments(depth + 1)?))
    }

    fn arguments(&mut self, depth: u32) -> Result<Vec<Operand>, PathError> {
        self.expect("(")?;
        let mut arguments = Vec::new();
        self.skip_space();
        if self.eat(")") {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.operand(depth)?);
            self.skip_space();
            if self.eat(")") {
                return Ok(arguments);
            }
            self.expect(",")?;
            self.skip_space();
        }
    }

    fn bracket(&mut self, depth: u32) -> Result<Segment, PathError> {
        self.expect("[")?;
        self.skip_space();
        let segment = match self.peek() {
            Some('\'' | '"') => self.names()?,
            Some('*') => {
                self.eat("*");
                Segment::Wildcard
            }
            Some('?') => {
                self.eat("?");
                self.skip_space();
                self.expect("(")?;
                let filter = self.filter(depth + 1)?;
                self.skip_space();
                self.expect(")")?;
                Segment::Filter(Box::new(filter))
            }
            Some(c) if c.is_ascii_digit() || c == '-' || c == ':' => self.numbers()?,
            _ => return Err(self.error("Expected a name, an index, '*' or a filter")),
        };
        self.skip_space();
        self.expect("]")?;
        Ok(segment)
    }

    fn names(&mut self) -> Result<Segment, PathError> {
        let mut names = vec![self.quoted()?.into()];
        loop {
            self.skip_space();
            if !self.eat(",") {
                break;
            }
            self.skip_space();
            names.push(self.quoted()?.into());
        }
        Ok(match names.len() {
            1 => Segment::Member(names.remove(0)),
            _ => Segment::Members(names),
        })
    }

    /// A text in single or double quotes, with backslash escapes.
    pub(super) fn quoted(&mut self) -> Result<String, PathError> {
        let Some(quote @ ('\'' | '"')) = self.peek() else {
            return Err(self.error("Expected a quoted name"));
        };
        let mut text = String::new();
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 't')) => text.push('\t'),
                    Some((_, 'r')) => text.push('\r'),
                    Some((_, 'b')) => text.push('\u{8}'),
                    Some((_, 'f')) => text.push('\u{c}'),
                    Some((_, 'u')) => {
                        let digits: String = chars.by_ref().take(4).map(|(_, c)| c).collect();
                        let code = u32::from_str_radix(&digits, 16).ok();
                        match code.and_then(char::from_u32) {
                            Some(c) if digits.len() == 4 => text.push(c),
                            _ => return Err(self.error("Wrong unicode escape")),
                        }
                    }
                    Some((_, c)) => text.push(c),
                    None => break,
                },
                c if c == quote => {
                    self.pos += at + c.len_utf8();
                    return Ok(text);
                }
                c => text.push(c),
            }
        }
        Err(self.error("A quote is not closed"))
    }

    /// Indexes (`1`, `0,2`) or a slice (`1:3`, `-2:`). As in Jayway, a step (`a:b:c`) is read
    /// and has no effect.
    fn numbers(&mut self) -> Result<Segment, PathError> {
        let start = self.pos;
        let text = self.take_while(|c| {
            c.is_ascii_digit() || matches!(c, '-' | ':' | ',') || c.is_whitespace()
        });
        let wrong = |message: &str| PathError {
            offset: start,
            message: message.to_owned(),
        };
        let number = |text: &str| {
            let number = text.trim().parse::<i64>();
            number
                .ok()
                .filter(|n| n.unsigned_abs() <= i32::MAX as u64)
                .ok_or_else(|| wrong("Expected an index"))
        };
        if text.contains(':') {
            let bound = |text: Option<&str>| match text.map(str::trim) {
                None | Some("") => Ok(None),
                Some(text) => number(text).map(Some),
            };
            let mut parts = text.split(':');
            let (from, to) = (bound(parts.next())?, bound(parts.next())?);
            bound(parts.next())?;
            if parts.next().is_some() || (from.is_none() && to.is_none()) {
                return Err(wrong("Expected a slice such as [1:3]"));
            }
            return Ok(Segment::Slice(from, to));
        }
        let mut indexes = text.split(',').map(number).collect::<Result<Vec<_>, _>>()?;
        Ok(match indexes.len() {
            1 => Segment::Index(indexes.remove(0)),
            _ => Segment::Indexes(indexes),
        })
    }

    /// A path inside a filter or an argument list: `@…` or `$…`.
    pub(super) fn relative_path(&mut self, depth: u32) -> Result<RelativePath, PathError> {
        let from_candidate = self.eat("@");
        if !from_candidate {
            self.expect("$")?;
        }
        let segments = self.segments(depth)?;
        Ok(RelativePath {
            from_candidate,
            segments,
        })
    }
}
