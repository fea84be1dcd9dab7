//! What a check answers.

use crate::syntax::{Span, TextEdit};
use serde::Serialize;

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = DiagnosticSeverity))]
pub enum Severity {
    /// The definition cannot be launched.
    Error,
    /// It can be launched, but something will probably go wrong.
    Warning,
    /// It could be better.
    Hint,
}

/// The shelf on which the builder shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = DiagnosticGroup))]
pub enum Group {
    /// The text is not JSON.
    Syntax,
    /// The rules of Amazon States Language.
    AslRules,
    /// Paths, expressions, and what they will find.
    DataFlow,
    /// Retries, timeouts, concurrency, results.
    Operations,
    /// Works here and not on AWS, or the other way round.
    Portability,
    /// Money.
    Cost,
}

/// Edits that remove the cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = DiagnosticFix))]
pub struct Fix {
    /// What the button says.
    pub title: String,
    /// The edits, for [`crate::syntax::apply_edits`] on the checked text.
    pub edits: Vec<TextEdit>,
}

/// One thing found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Diagnostic {
    /// Stable id, for example `MW-TASK-TIMEOUT`.
    pub rule: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong, where, and what to do.
    pub message: String,
    /// JSON Pointer of the value concerned; empty for the whole text.
    pub pointer: String,
    /// The bytes to underline.
    pub span: Span,
    /// Line of `span.start`, from 1.
    pub line: usize,
    /// Column of `span.start` in characters, from 1.
    pub column: usize,
    /// The shelf.
    pub group: Group,
    /// The repair, when there is one.
    pub fix: Option<Fix>,
    /// AWS's code for the same fault; empty where AWS would say nothing.
    pub code: &'static str,
    /// AWS's own wording, where it is known.
    pub aws_message: Option<String>,
    /// Where AWS says it is.
    #[serde(skip)]
    pub aws_place: AwsPlace,
}

/// Where AWS says a fault is, seen from [`Diagnostic::pointer`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AwsPlace {
    /// There.
    #[default]
    Here,
    /// At the object around it.
    Owner,
    /// AWS names no place.
    Nowhere,
}
