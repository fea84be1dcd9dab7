//! A compiled expression at a field of a definition.

use super::convert::{Unfit, from_library, part_to_library, to_library};
use super::functions::{self, Source};
use super::guard::{self, Bounded};
use super::limits;
use super::messages::{in_reference_words, tail};
use super::references::{References, references};
use super::shortcut::Shortcut;
use super::uses::Uses;
use crate::scope::Scope;
use crate::{EvalError, Value};
use indexmap::IndexMap;
use jsonata_core::evaluator::{Context, Evaluator, EvaluatorError, EvaluatorOptions};
use jsonata_core::parser;
use jsonata_core::value::JValue;
use std::rc::Rc;
use std::sync::Arc;

/// Longest evaluation, in milliseconds (AWS: one second). A browser has no clock the library
/// could read, so there only depth and length bound it.
const TIMEOUT_MS: Option<u64> = if cfg!(target_family = "wasm") { None } else { Some(1000) };
/// Deepest evaluation, in the library's levels; a call costs about three.
const MAX_DEPTH: usize = 3_000;
/// Longest sequence.
const MAX_SEQUENCE: usize = 500_000;
/// Longest text of an expression, in bytes.
const MAX_TEXT: usize = 256 * 1024;

/// A text that is no JSONata.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ExpressionError {
    /// What is wrong, such as `S0207: Unexpected end of expression`.
    pub message: String,
}

/// A compiled JSONata expression. Cloning shares; it may be used from any thread.
#[derive(Clone, Debug)]
pub struct Expression(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    text: Box<str>,
    field: Box<str>,
    tree: Bounded,
    uses: Uses,
    shortcut: Option<Shortcut>,
    references: References,
}

impl Expression {
    /// Compiles the text between `{%` and `%}` for a field such as `Output/total`.
    pub fn compile(field: &str, text: &str) -> Result<Self, ExpressionError> {
        let text = text.trim();
        if text.len() > MAX_TEXT {
            let message = "The expression is too long".into();
            return Err(ExpressionError { message });
        }
        let refused = |message: &str| ExpressionError { message: in_reference_words(message).into_owned() };
        let mut ast = guard::unwound(|| parser::parse(text))
            .ok_or_else(|| refused("The expression cannot be parsed"))?
            .map_err(|e| refused(&e.to_string()))?;
        let references = references(&mut ast);
        let tree = guard::bounded(ast).map_err(refused)?;
        Ok(Self(Arc::new(Compiled {
            shortcut: Shortcut::of(text),
            uses: Uses::of(text),
            tree,
            text: text.into(),
            field: field.into(),
            references,
        })))
    }

    /// The first name that is looked up without anything before it, such as `phone` in
    /// `$uppercase(phone)`, or `$` or `$$`: AWS refuses a definition with one.
    ///
    /// ```
    /// use asl::Expression;
    /// let name = |text| Expression::compile("Output", text).unwrap().top_level_reference().map(str::to_owned);
    /// assert_eq!(name("$states.input.orders[total > $.least].id"), None);
    /// assert_eq!(name("orders[0].id"), Some("orders".into()));
    /// assert_eq!(name("1 + $$.x"), Some("$$".into()));
    /// ```
    pub fn top_level_reference(&self) -> Option<&str> {
        self.0.references.top_level.as_deref()
    }

    /// Whether `$states.errorOutput` is looked up, which is there in a Catch only.
    pub fn reads_error_output(&self) -> bool {
        self.0.references.error_output
    }

    /// Variables that it looks up and does not bind itself, in the order of their first use.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.0.references.variables.iter().map(|name| &**name)
    }

    /// The text between `{%` and `%}`.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The field it was compiled for.
    pub fn field(&self) -> &str {
        &self.0.field
    }

    /// The value in a scope, bounded in time, depth and size. An undefined value is an error.
    pub fn eval(&self, scope: &Scope<'_>) -> Result<Value, EvalError> {
        match self.eval_optional(scope)? {
            Some(value) => Ok(value),
            None => Err(self.fails("returned nothing (undefined).")),
        }
    }

    /// The value in a scope; `None` when undefined.
    pub fn eval_optional(&self, scope: &Scope<'_>) -> Result<Option<Value>, EvalError> {
        match self.0.shortcut.as_ref().and_then(|shortcut| shortcut.eval(scope)) {
            Some(answer) => Ok(answer),
            None => self.eval_at(&JValue::Undefined, scope),
        }
    }

    /// The value with a document as `$`, which a state machine's expressions do not have: for
    /// trying an expression on a sample. `None` when undefined.
    pub fn eval_on(&self, document: &Value, scope: &Scope<'_>) -> Result<Option<Value>, EvalError> {
        self.eval_at(&to_library(document), scope)
    }

    fn eval_at(&self, root: &JValue, scope: &Scope<'_>) -> Result<Option<Value>, EvalError> {
        let result = self.run(root, scope).map_err(|e| {
            let message = in_reference_words(e.message());
            self.fails(&format!("threw an error during evaluation{}", tail(&message)))
        })?;
        match from_library(&result) {
            Ok(value) => Ok(Some(value)),
            Err(Unfit::Undefined) => Ok(None),
            Err(Unfit::Kind(kind)) => Err(self.fails(&format!(
                "returned an unexpected result type. Expected a JSON value, but was '{kind}'"
            ))),
            Err(Unfit::TooLarge) => Err(self.fails("returned a result that is too large.")),
        }
    }

    /// The error for a result of the wrong kind; `expected` is `array`, `number`, `string`,
    /// `boolean`, `object`.
    pub fn unexpected(&self, expected: &str, value: &Value) -> EvalError {
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        self.fails(&format!(
            "returned an unexpected result type. Expected '{expected}', but was '{kind}' for value: {}",
            value.to_json()
        ))
    }

    fn fails(&self, how: &str) -> EvalError {
        let Compiled { text, field, .. } = &*self.0;
        let cause = format!("The JSONata expression '{text}' specified for the field '{field}' {how}");
        EvalError::query(field, cause)
    }

    fn run(&self, root: &JValue, scope: &Scope<'_>) -> Result<JValue, EvaluatorError> {
        let Compiled { tree, uses, .. } = &*self.0;
        let options = EvaluatorOptions {
            timeout_ms: TIMEOUT_MS,
            max_stack_depth: Some(MAX_DEPTH),
            max_sequence_length: Some(MAX_SEQUENCE),
            cancel: None,
        };
        let mut evaluator = Evaluator::with_options(bindings(uses, scope), options);
        let source = Source { rng: Rc::new(scope.rng.clone()), now: scope.now };
        functions::register(&mut evaluator, uses, &source);
        if tree.guarded {
            limits::register(&mut evaluator);
        }
        let result = guard::unwound(|| evaluator.evaluate(&tree.ast, root));
        scope.rng.go_to(&source.rng);
        result.unwrap_or_else(|| {
            let message = "The expression cannot be evaluated".into();
            Err(EvaluatorError::EvaluationError(message))
        })
    }
}

/// `$states` and the variables, as far as the expression mentions them.
fn bindings(uses: &Uses, scope: &Scope<'_>) -> Context {
    let mut context = Context::new();
    for name in &uses.names {
        match &**name {
            "states" => {
                let mut states = IndexMap::new();
                let values = [
                    ("input", Some(scope.input)),
                    ("context", Some(scope.context)),
                    ("result", scope.result),
                    ("errorOutput", scope.error_output),
                ];
                for (name, value) in values {
                    if let (Some(part), Some(value)) = (uses.state(name), value) {
                        states.insert(name.to_owned(), part_to_library(value, part));
                    }
                }
                context.bind(name.to_string(), JValue::object(states));
            }
            // AWS has no `$eval`; bound to nothing, it is no function.
            "eval" => context.bind(name.to_string(), JValue::Undefined),
            _ => {
                if let Some(value) = scope.variables.get(name) {
                    context.bind(name.to_string(), to_library(value));
                }
            }
        }
    }
    context
}
