//! The tolerant reader. It goes on after a fault, so that one missing comma hides nothing else.

use super::node::{Kind, Member, Node};
use super::span::{Span, TextEdit};
use super::strings;
use model::limits::MAX_DEFINITION_CHARS;
use serde::Serialize;
use serde_json::Number;

/// Deepest nesting of a text; the same bound as `Value::from_json` has.
pub const MAX_DEPTH: usize = 127;
/// Faults kept for one text; more would help nobody.
pub const MAX_ERRORS: usize = 100;

/// A place where the text is not JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SyntaxError {
    /// What kind of fault.
    pub kind: SyntaxErrorKind,
    /// Where.
    pub span: Span,
    /// What is wrong and what to do, as sentences.
    pub message: String,
    /// Edits that repair it, when there is one obvious way; else empty.
    pub fix: Vec<TextEdit>,
}

/// Kinds of faults. The first two are what JSON5 allows: a tolerant reader may accept them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum SyntaxErrorKind {
    /// `// …` or `/* … */`
    Comment,
    /// A comma before `}` or `]`.
    TrailingComma,
    /// Too long or nested too deeply; the tree is incomplete.
    TooLarge,
    /// Anything else.
    Malformed,
}

/// Reads a text into a tree and its faults. Time is linear in the length, nesting bounded.
pub(super) fn parse(text: &str) -> (Option<Node>, Vec<SyntaxError>) {
    let mut parser =
        Parser { text, at: 0, open_objects: 0, open_arrays: 0, aborted: false, errors: Vec::new() };
    if text.len() > MAX_DEFINITION_CHARS && text.chars().count() > MAX_DEFINITION_CHARS {
        let message = format!(
            "The text is longer than {MAX_DEFINITION_CHARS} characters, the limit for a definition. Shorten it."
        );
        parser.error(SyntaxErrorKind::TooLarge, Span::at(0), message, Vec::new());
        return (None, parser.errors);
    }
    let root = parser.document();
    parser.errors.sort_by_key(|error| error.span);
    (root, parser.errors)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    open_objects: usize,
    open_arrays: usize,
    aborted: bool,
    errors: Vec<SyntaxError>,
}

impl<'a> Parser<'a> {
    fn document(&mut self) -> Option<Node> {
        if self.text.starts_with('\u{feff}') {
            let mark = Span::new(0, 3);
            self.at = 3;
            self.malformed(
                mark,
                "The text begins with a byte order mark. Remove it.",
                vec![TextEdit::delete(mark)],
            );
        }
        self.skip_blank();
        if self.at == self.text.len() {
            self.malformed(Span::at(self.at), "The text is empty. Write a JSON object.", Vec::new());
            return None;
        }
        let root = self.value();
        self.skip_blank();
        if self.at < self.text.len() {
            let rest = Span::new(self.at, self.text.len());
            self.malformed(
                rest,
                "Text follows after the end of the JSON value. Remove it.",
                vec![TextEdit::delete(rest)],
            );
        }
        Some(root)
    }

    fn value(&mut self) -> Node {
        self.skip_blank();
        let start = self.at;
        let kind = match self.peek() {
            Some('{') => return self.nested(Self::object),
            Some('[') => return self.nested(Self::array),
            Some(quote @ ('"' | '\'')) => Kind::String(self.string(quote)),
            Some(c) if c == '-' || c == '+' || c == '.' || c.is_ascii_digit() => self.number(),
            Some(c) if is_word(c) => self.word(),
            Some(',' | ':' | '}' | ']') | None => {
                self.malformed(Span::at(start), "A value is missing here.", Vec::new());
                Kind::Missing
            }
            Some(_) => {
                self.skip_unknown();
                Kind::Missing
            }
        };
        Node { span: Span::new(start, self.at), kind }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Node) -> Node {
        if self.open_objects + self.open_arrays >= MAX_DEPTH {
            let here = Span::new(self.at, self.at + 1);
            let message =
                format!("Values are nested deeper than {MAX_DEPTH} levels. Flatten the definition.");
            self.error(SyntaxErrorKind::TooLarge, here, message, Vec::new());
            self.aborted = true;
            self.at = self.text.len();
            return Node { span: Span::new(here.start, self.at), kind: Kind::Missing };
        }
        read(self)
    }

    fn object(&mut self) -> Node {
        let start = self.at;
        self.at += 1;
        self.open_objects += 1;
        let mut members: Vec<Member> = Vec::new();
        let mut comma = None;
        loop {
            self.skip_blank();
            match self.peek() {
                Some('}') => break self.close(comma),
                None => break self.unclosed(start, '{', '}'),
                Some(']') if self.open_arrays > 0 => break self.unclosed(start, '{', '}'),
                Some(',') => self.stray("A comma stands here without a member before it. Remove it."),
                Some(c) if c == '"' || c == '\'' || is_word(c) || c.is_ascii_digit() => {
                    self.separator(members.last().map(|member| member.value.span.end), comma);
                    members.push(self.member());
                    comma = self.comma();
                }
                Some(_) => self.skip_unknown(),
            }
        }
        self.open_objects -= 1;
        Node { span: Span::new(start, self.at), kind: Kind::Object(members) }
    }

    fn array(&mut self) -> Node {
        let start = self.at;
        self.at += 1;
        self.open_arrays += 1;
        let mut elements: Vec<Node> = Vec::new();
        let mut comma = None;
        loop {
            self.skip_blank();
            match self.peek() {
                Some(']') => break self.close(comma),
                None => break self.unclosed(start, '[', ']'),
                Some('}') if self.open_objects > 0 => break self.unclosed(start, '[', ']'),
                Some('}' | ':') => self.stray("This character has no place inside an array. Remove it."),
                Some(',') => self.stray("A comma stands here without a value before it. Remove it."),
                Some(_) => {
                    self.separator(elements.last().map(|node| node.span.end), comma);
                    elements.push(self.value());
                    comma = self.comma();
                }
            }
        }
        self.open_arrays -= 1;
        Node { span: Span::new(start, self.at), kind: Kind::Array(elements) }
    }

    fn member(&mut self) -> Member {
        let start = self.at;
        let key = match self.peek() {
            Some(quote @ ('"' | '\'')) => self.string(quote),
            _ => {
                let word = self.take_while(|c| is_word(c) || c.is_ascii_digit() || c == '-' || c == '.');
                let span = Span::new(start, self.at);
                let fix = vec![TextEdit::replace(span, format!("\"{word}\""))];
                self.malformed(span, format!("The key {word} has no quotes. Write \"{word}\"."), fix);
                word.to_owned()
            }
        };
        let key_span = Span::new(start, self.at);
        self.skip_blank();
        let value = match self.peek() {
            Some(':') => {
                self.at += 1;
                self.value()
            }
            other => {
                let fix = vec![TextEdit::insert(key_span.end, ":")];
                let message = format!("A colon is missing after the key \"{key}\".");
                self.malformed(Span::at(key_span.end), message, fix);
                match other {
                    None | Some(',' | '}' | ']') => {
                        Node { span: Span::at(key_span.end), kind: Kind::Missing }
                    }
                    Some(_) => self.value(),
                }
            }
        };
        Member { key, key_span, value }
    }

    /// Consumes the comma after an element, if there is one, and says where it stands.
    fn comma(&mut self) -> Option<Span> {
        self.skip_blank();
        (self.peek() == Some(',')).then(|| {
            self.at += 1;
            Span::new(self.at - 1, self.at)
        })
    }

    fn separator(&mut self, last_end: Option<usize>, comma: Option<Span>) {
        if let (Some(end), None) = (last_end, comma) {
            self.malformed(Span::at(end), "A comma is missing here.", vec![TextEdit::insert(end, ",")]);
        }
    }

    fn close(&mut self, comma: Option<Span>) {
        self.at += 1;
        if let Some(span) = comma {
            let message = "A comma before a closing bracket is not JSON. Remove it.".to_owned();
            self.error(SyntaxErrorKind::TrailingComma, span, message, vec![TextEdit::delete(span)]);
        }
    }

    fn unclosed(&mut self, start: usize, open: char, close: char) {
        let message = format!("This {open} is never closed. Add {close}.");
        let fix = vec![TextEdit::insert(self.at, close)];
        self.malformed(Span::new(start, start + 1), message, fix);
    }

    fn string(&mut self, quote: char) -> String {
        let start = self.at;
        let scanned = strings::scan(self.text, start, quote);
        self.at = scanned.end;
        for (at, len, message) in scanned.faults {
            self.malformed(Span::new(at, at + len), message, Vec::new());
        }
        if quote == '\'' {
            let span = Span::new(start, self.at);
            let quoted = serde_json::to_string(&scanned.value).unwrap_or_default();
            self.malformed(
                span,
                "JSON strings stand in double quotes.",
                vec![TextEdit::replace(span, quoted)],
            );
        }
        scanned.value
    }

    fn number(&mut self) -> Kind {
        let start = self.at;
        let word = self.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.' | '_'));
        match serde_json::from_str::<Number>(word) {
            Ok(number) => Kind::Number(number),
            Err(_) => {
                let span = Span::new(start, self.at);
                self.malformed(span, format!("{} is no JSON number.", shorten(word)), Vec::new());
                Kind::Missing
            }
        }
    }

    fn word(&mut self) -> Kind {
        let start = self.at;
        let word = self.take_while(|c| is_word(c) || c.is_ascii_digit());
        let (kind, right) = match word {
            "true" => return Kind::Bool(true),
            "false" => return Kind::Bool(false),
            "null" => return Kind::Null,
            "True" | "TRUE" => (Kind::Bool(true), "true".to_owned()),
            "False" | "FALSE" => (Kind::Bool(false), "false".to_owned()),
            "None" | "NULL" | "Null" | "undefined" => (Kind::Null, "null".to_owned()),
            _ => (Kind::Missing, format!("\"{word}\"")),
        };
        let span = Span::new(start, self.at);
        let message = format!("{} is no JSON value. Write {}.", shorten(word), shorten(&right));
        self.malformed(span, message, vec![TextEdit::replace(span, right)]);
        kind
    }

    /// White space, and comments, which are faults that have a fix.
    fn skip_blank(&mut self) {
        loop {
            self.take_while(|c| matches!(c, ' ' | '\t' | '\r' | '\n'));
            let rest = &self.text[self.at..];
            let length = match rest.get(..2) {
                Some("//") => rest.find(['\n', '\r']).unwrap_or(rest.len()),
                Some("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
                _ => return,
            };
            let span = Span::new(self.at, self.at + length);
            self.at = span.end;
            let fix = vec![TextEdit::delete(self.whole_line(span))];
            self.error(
                SyntaxErrorKind::Comment,
                span,
                "Comments are not JSON. Remove it, or use a Comment field.".to_owned(),
                fix,
            );
        }
    }

    /// A comment with the blanks before it, and with its line when nothing else stands there.
    fn whole_line(&self, span: Span) -> Span {
        let before = self.text[..span.start].trim_end_matches([' ', '\t']);
        let alone = before.ends_with('\n') && self.text[span.end..].starts_with(['\n', '\r']);
        Span::new(before.len() - usize::from(alone), span.end)
    }

    fn stray(&mut self, message: &str) {
        let span = Span::new(self.at, self.at + 1);
        self.at = span.end;
        self.malformed(span, message, vec![TextEdit::delete(span)]);
    }

    fn skip_unknown(&mut self) {
        let start = self.at;
        let c = self.peek().unwrap_or(' ');
        self.at += c.len_utf8();
        let next = self.text[self.at..]
            .find(|c: char| c.is_ascii_whitespace() || is_word(c) || ",:[]{}\"'/".contains(c));
        self.at = next.map_or(self.text.len(), |length| self.at + length);
        let span = Span::new(start, self.at);
        let message = format!("{} has no meaning in JSON. Remove it.", shorten(span.slice(self.text)));
        self.malformed(span, message, vec![TextEdit::delete(span)]);
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = &self.text[self.at..];
        let length = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn malformed(&mut self, span: Span, message: impl Into<String>, fix: Vec<TextEdit>) {
        self.error(SyntaxErrorKind::Malformed, span, message.into(), fix);
    }

    fn error(&mut self, kind: SyntaxErrorKind, span: Span, message: String, fix: Vec<TextEdit>) {
        if !self.aborted && self.errors.len() < MAX_ERRORS {
            self.errors.push(SyntaxError { kind, span, message, fix });
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == '$'
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
