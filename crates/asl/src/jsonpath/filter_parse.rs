//! Text to filter: `@.price < 10 && (@.tag in ['a','b'] || !@.sold)`.

use super::ast::{Filter, Operand, Operator};
use super::parse::{Cursor, MAX_NESTING};
use super::path::PathError;
use crate::Value;

/// Memory that one compiled regular expression may take, in bytes.
const MAX_REGEX: usize = 1 << 20;

/// Longest first where one begins another.
const SIGNS: [(&str, Operator); 9] = [
    ("===", Operator::SameEqual),
    ("!==", Operator::SameNotEqual),
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("=~", Operator::Matches),
    ("<", Operator::Less),
    (">", Operator::Greater),
];

const WORDS: [(&str, Operator); 12] = [
    ("in", Operator::In),
    ("nin", Operator::NotIn),
    ("anyof", Operator::AnyOf),
    ("noneof", Operator::NoneOf),
    ("subsetof", Operator::SubsetOf),
    ("all", Operator::All),
    ("contains", Operator::Contains),
    ("size", Operator::Size),
    ("empty", Operator::Empty),
    ("exists", Operator::Exists),
    ("type", Operator::Type),
    ("matches", Operator::Matches),
];

impl Cursor<'_> {
    /// A condition up to the bracket that closes it.
    pub(super) fn filter(&mut self, depth: u32) -> Result<Filter, PathError> {
        if depth > MAX_NESTING {
            return Err(self.error("The filter is nested too deeply"));
        }
        let mut any = vec![self.conjunction(depth)?];
        loop {
            self.skip_space();
            if !self.eat("||") {
                break;
            }
            any.push(self.conjunction(depth)?);
        }
        Ok(match any.len() {
            1 => any.remove(0),
            _ => Filter::Or(any),
        })
    }

    fn conjunction(&mut self, depth: u32) -> Result<Filter, PathError> {
        let mut all = vec![self.condition(depth)?];
        loop {
            self.skip_space();
            if !self.eat("&&") {
                break;
            }
            all.push(self.condition(depth)?);
        }
        Ok(match all.len() {
            1 => all.remove(0),
            _ => Filter::And(all),
        })
    }

    fn condition(&mut self, depth: u32) -> Result<Filter, PathError> {
        if depth > MAX_NESTING {
            return Err(self.error("The filter is nested too deeply"));
        }
        self.skip_space();
        if self.eat("!") {
            return Ok(Filter::Not(Box::new(self.condition(depth + 1)?)));
        }
        if self.eat("(") {
            let inner = self.filter(depth + 1)?;
            self.skip_space();
            self.expect(")")?;
            return Ok(inner);
        }
        let left = self.operand(depth + 1)?;
        self.skip_space();
        match self.operator() {
            Some(operator) => {
                self.skip_space();
                let right = self.operand(depth + 1)?;
                Ok(Filter::Compare(left, operator, right))
            }
            None => match left {
                Operand::Path(path) => Ok(Filter::Exists(path)),
                _ => Err(self.error("Expected an operator")),
            },
        }
    }

    fn operator(&mut self) -> Option<Operator> {
        if let Some((_, operator)) = SIGNS.into_iter().find(|(sign, _)| self.eat(sign)) {
            return Some(operator);
        }
        let start = self.pos;
        let word = self.take_while(|c| c.is_ascii_alphabetic());
        let found = WORDS
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(word));
        if found.is_none() {
            self.pos = start;
        }
        found.map(|(_, operator)| *operator)
    }

    /// A path, a literal or a regular expression.
    pub(super) fn operand(&mut self, depth: u32) -> Result<Operand, PathError> {
        if depth > MAX_NESTING {
            return Err(self.error("The filter is nested too deeply"));
        }
        self.skip_space();
        match self.peek() {
            Some('@' | '$') => Ok(Operand::Path(self.relative_path(depth)?)),
            Some('/') => self.regex(),
            _ => Ok(Operand::Literal(self.literal(depth)?)),
        }
    }

    fn literal(&mut self, depth: u32) -> Result<Value, PathError> {
        if depth > MAX_NESTING {
            return Err(self.error("The literal is nested too deeply"));
        }
        self.skip_space();
        match self.peek() {
            Some('\'' | '"') => Ok(self.quoted()?.into()),
            Some('[') => self.list(depth),
            Some('{') => self.object(),
            _ => {
                let start = self.pos;
                let word =
                    self.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.'));
                Value::from_json(word)
                    .ok()
                    .filter(|_| !word.is_empty())
                    .ok_or_else(|| PathError {
                        offset: start,
                        message: "Expected a path or a literal".into(),
                    })
            }
        }
    }

    fn list(&mut self, depth: u32) -> Result<Value, PathError> {
        self.expect("[")?;
        let mut items = Vec::new();
        self.skip_space();
        if self.eat("]") {
            return Ok(items.into());
        }
        loop {
            items.push(self.literal(depth + 1)?);
            self.skip_space();
            if self.eat("]") {
                return Ok(items.into());
            }
            self.expect(",")?;
        }
    }

    /// A JSON object, which must be written as JSON.
    fn object(&mut self) -> Result<Value, PathError> {
        let mut values = serde_json::Deserializer::from_str(self.rest()).into_iter::<Value>();
        match values.next() {
            Some(Ok(value)) => {
                self.pos += values.byte_offset();
                Ok(value)
            }
            _ => Err(self.error("Expected a JSON object")),
        }
    }

    fn regex(&mut self) -> Result<Operand, PathError> {
        let start = self.pos;
        self.expect("/")?;
        let mut escaped = false;
        let body = self.take_while_mut(|c| {
            let goes_on = escaped || c != '/';
            escaped = !escaped && c == '\\';
            goes_on
        });
        self.expect("/")?;
        let flags = self.take_while(|c| matches!(c, 'i' | 'd' | 'm' | 's' | 'u' | 'x' | 'U'));
        let has = |flag| flags.contains(flag);
        // As in Java's `Matcher.matches`, the whole text must match.
        regex::RegexBuilder::new(&format!("^(?:{})$", body.replace("\\/", "/")))
            .case_insensitive(has('i'))
            .multi_line(false)
            .dot_matches_new_line(has('s'))
            .ignore_whitespace(has('x'))
            .size_limit(MAX_REGEX)
            .nest_limit(64)
            .build()
            .map(|regex| Operand::Regex(Box::new(regex)))
            .map_err(|_| PathError {
                offset: start,
                message: "Wrong regular expression".into(),
            })
    }

    fn take_while_mut(&mut self, mut keep: impl FnMut(char) -> bool) -> String {
        let rest = self.rest();
        let end = rest.find(|c| !keep(c)).unwrap_or(rest.len());
        self.pos += end;
        rest[..end].to_owned()
    }
}
