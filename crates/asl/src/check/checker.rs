//! Runs all rules over a text and collects what they find.

use super::diagnostic::{AwsPlace, Diagnostic, Fix, Group, Severity};
use super::machine;
use super::options::CheckOptions;
use super::place::Place;
use super::rule::Rule;
use crate::Program;
use crate::syntax::{Document, Span, SyntaxErrorKind, TextEdit};
use std::collections::HashMap;

/// Diagnostics of one check, and bytes of their pointers: a hostile text cannot ask for more.
const MAX_DIAGNOSTICS: usize = 500;
const MAX_POINTER_BYTES: usize = 1 << 20;
/// What reading all expressions of one definition may cost, in steps of a path squared: less than a second.
const MAX_EXPRESSION_COST: u64 = 10_000_000;

const SYNTAX: Rule = Rule::error("MW-JSON").group(Group::Syntax).code("INVALID_JSON_DESCRIPTION");
const TOO_LARGE: Rule = Rule::error("L-15").group(Group::Syntax).code("INVALID_JSON_DESCRIPTION");
const COMPILE: Rule = Rule::error("MW-COMPILE");
const EXPENSIVE: Rule = Rule::error("MW-JSONATA-COST").code("INVALID_JSONATA_EXPRESSION");
const COMMENT: Rule = Rule::tolerated("W-MAP-04").group(Group::Syntax).code("INVALID_JSON_DESCRIPTION");

/// Checks a definition. Never fails: what cannot be read is a diagnostic too. Sorted by place;
/// at most 500, the errors of the text's form first.
///
/// ```
/// use asl::check::{check, CheckOptions, Severity};
/// let found = check(r#"{"StartAt": "A", "States": {"A": {"Type": "Pass"}}}"#, &CheckOptions::default());
/// assert_eq!(found[0].pointer, "/States/A");
/// assert_eq!(found[0].severity, Severity::Error);
/// ```
pub fn check(text: &str, options: &CheckOptions) -> Vec<Diagnostic> {
    let document = Document::parse(text);
    let mut checker = Checker::new(&document, options);
    checker.syntax();
    if let Some(root) = document.root.as_ref() {
        machine::check(&mut checker, &Place::root(root));
    }
    checker.compile();
    let mut found = checker.found;
    found.sort_by_key(|diagnostic| (diagnostic.span.start, diagnostic.severity));
    found
}

/// Collects diagnostics, and what must be unique in the whole definition.
pub(super) struct Checker<'d> {
    pub document: &'d Document,
    pub options: &'d CheckOptions,
    pub state_names: HashMap<&'d str, Span>,
    pub labels: HashMap<&'d str, Span>,
    /// Whether a rule of Catch is being checked, where there is an error to look at.
    pub in_catch: bool,
    found: Vec<Diagnostic>,
    pointer_bytes: usize,
    expression_cost: u64,
    dropped: Option<Diagnostic>,
}

impl<'d> Checker<'d> {
    fn new(document: &'d Document, options: &'d CheckOptions) -> Self {
        Self {
            document,
            options,
            state_names: HashMap::new(),
            labels: HashMap::new(),
            in_catch: false,
            found: Vec::new(),
            pointer_bytes: 0,
            expression_cost: 0,
            dropped: None,
        }
    }

    /// Whether anything more would be kept; rules with costly work ask first.
    pub fn full(&self) -> bool {
        self.found.len() >= MAX_DIAGNOSTICS || self.pointer_bytes > MAX_POINTER_BYTES
    }

    /// Adds a diagnostic on the value at `place`; what is returned can be refined.
    pub fn add(&mut self, rule: Rule, place: &Place, message: impl Into<String>) -> Note<'_> {
        let pointer = if self.full() { String::new() } else { place.pointer() };
        self.push(rule, pointer, place.focus(), message.into())
    }

    /// Adds a diagnostic that underlines the key instead of the value.
    pub fn add_on_key(&mut self, rule: Rule, place: &Place, message: impl Into<String>) -> Note<'_> {
        let pointer = if self.full() { String::new() } else { place.pointer() };
        self.push(rule, pointer, place.key_span().unwrap_or(place.focus()), message.into())
    }

    /// Whether one more expression may be read; the first that may not is an error.
    pub fn affords(&mut self, text: &str) -> bool {
        let before = self.expression_cost;
        self.expression_cost += super::values::cost(text);
        if before <= MAX_EXPRESSION_COST && self.expression_cost > MAX_EXPRESSION_COST {
            let message =
                "The expressions of this definition are too long to be read all. Shorten their paths.";
            self.push(EXPENSIVE, String::new(), Span::at(0), message.to_owned());
        }
        self.expression_cost <= MAX_EXPRESSION_COST
    }

    /// The last word has the compiler: what has no error here must be able to run.
    fn compile(&mut self) {
        if self.found.iter().any(|found| found.severity == Severity::Error) {
            return;
        }
        let Some(json) = self.document.to_json() else { return };
        let Err(fault) = Program::compile(&json) else { return };
        let mut pointer = fault.location.as_str();
        let node = loop {
            match (self.document.node_at(pointer), pointer.rfind('/')) {
                (Some(node), _) => break Some(node),
                (None, Some(cut)) => pointer = &pointer[..cut],
                (None, None) => break None,
            }
        };
        let start = node.map_or(0, |node| node.span.start);
        let message = format!("This cannot be run: {}.", fault.message.trim_end_matches('.'));
        self.push(COMPILE, pointer.to_owned(), Span::at(start), message);
    }

    fn syntax(&mut self) {
        let document = self.document;
        for error in &document.errors {
            let (rule, title) = match error.kind {
                SyntaxErrorKind::Comment => (COMMENT, "Remove the comment"),
                SyntaxErrorKind::TrailingComma => (COMMENT, "Remove the comma"),
                SyntaxErrorKind::TooLarge => (TOO_LARGE, ""),
                SyntaxErrorKind::Malformed => (SYNTAX, "Repair"),
            };
            let pointer = document.pointer_at(error.span.start);
            let note = self.push(rule, pointer, error.span, error.message.clone());
            if !error.fix.is_empty() {
                note.fix(title, error.fix.clone());
            }
        }
    }

    fn push(&mut self, rule: Rule, pointer: String, span: Span, message: String) -> Note<'_> {
        self.pointer_bytes += pointer.len();
        let position = self.document.position(span.start);
        let diagnostic = Diagnostic {
            rule: rule.id,
            severity: rule.severity(self.options.profile),
            message,
            pointer,
            span,
            line: position.line,
            column: position.column,
            group: rule.group,
            fix: None,
            code: rule.code,
            aws_message: None,
            aws_place: AwsPlace::Here,
        };
        if self.full() {
            return Note(self.dropped.insert(diagnostic));
        }
        self.found.push(diagnostic);
        Note(self.found.last_mut().expect("one was pushed just now"))
    }
}

/// A diagnostic that was just added.
pub(super) struct Note<'a>(&'a mut Diagnostic);

impl Note<'_> {
    /// Offers a repair.
    pub fn fix(self, title: impl Into<String>, edits: Vec<TextEdit>) -> Self {
        self.0.fix = Some(Fix { title: title.into(), edits });
        self
    }

    /// Tells where AWS sees it.
    pub fn aws_at(self, place: AwsPlace) -> Self {
        self.0.aws_place = place;
        self
    }

    /// Gives AWS's wording for the same fault.
    pub fn aws(self, message: impl Into<String>) -> Self {
        self.0.aws_message = Some(message.into());
        self
    }
}
