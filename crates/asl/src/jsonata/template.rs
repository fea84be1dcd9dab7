//! Payload templates of the JSONata query language: `Arguments`, `Output`, `Assign`, `Items`.
//! Every text `{% … %}`, at any depth, is replaced by the value of its expression.

use super::expression::Expression;
use crate::scope::Scope;
use crate::template::TemplateError;
use crate::value::Object;
use crate::{EvalError, Value};
use std::sync::Arc;

/// The expression inside `{% … %}`; `None` for any other text.
///
/// ```
/// assert_eq!(asl::jsonata::expression_text("{% 1 + 1 %}"), Some(" 1 + 1 "));
/// assert_eq!(asl::jsonata::expression_text("1 + 1"), None);
/// ```
pub fn expression_text(text: &str) -> Option<&str> {
    text.strip_prefix("{%")?.strip_suffix("%}")
}

/// A compiled template. Cloning shares.
#[derive(Clone, Debug)]
pub struct JsonataTemplate(Arc<Node>);

#[derive(Debug)]
enum Node {
    /// A part without any expression, shared as it is.
    Literal(Value),
    Expression(Expression),
    Array(Vec<Node>),
    Object(Vec<(Arc<str>, Node)>),
}

impl JsonataTemplate {
    /// Compiles a template for a field such as `Output`; every fault is reported.
    ///
    /// ```
    /// use asl::{JsonataTemplate, Rng, Scope, Value, Variables};
    /// let template = Value::from_json(r#"{"sum":"{% $sum($states.input.n) %}"}"#).unwrap();
    /// let input = Value::from_json(r#"{"n":[1,2]}"#).unwrap();
    /// let (context, variables, rng) = (Value::Null, Variables::default(), Rng::new(0));
    /// let output = JsonataTemplate::compile("Output", &template).unwrap()
    ///     .eval(&Scope::new(&input, &context, &variables, &rng)).unwrap();
    /// assert_eq!(output.to_json(), r#"{"sum":3}"#);
    /// ```
    pub fn compile(field: &str, template: &Value) -> Result<Self, Vec<TemplateError>> {
        let mut compiler = Compiler {
            field: field.to_owned(),
            pointer: String::new(),
            errors: Vec::new(),
        };
        let node = compiler.compile(template);
        match compiler.errors.is_empty() {
            true => Ok(Self(Arc::new(node))),
            false => Err(compiler.errors),
        }
    }

    /// The value in a scope.
    pub fn eval(&self, scope: &Scope<'_>) -> Result<Value, EvalError> {
        eval(&self.0, scope)
    }

    /// The expression, when the whole template is one.
    pub fn as_expression(&self) -> Option<&Expression> {
        match &*self.0 {
            Node::Expression(expression) => Some(expression),
            _ => None,
        }
    }

    /// True when the template asks nothing: its value is always the same.
    pub fn is_literal(&self) -> bool {
        matches!(*self.0, Node::Literal(_))
    }
}

struct Compiler {
    /// Where AWS says it is: `Output/list[0]/total`.
    field: String,
    pointer: String,
    errors: Vec<TemplateError>,
}

impl Compiler {
    fn compile(&mut self, value: &Value) -> Node {
        match value {
            Value::String(text) => match self.expression(text) {
                Some(expression) => Node::Expression(expression),
                None => Node::Literal(value.clone()),
            },
            Value::Array(items) => {
                let nodes: Vec<Node> = items
                    .iter()
                    .enumerate()
                    .map(|(at, item)| {
                        self.within(&format!("[{at}]"), &at.to_string(), |c| c.compile(item))
                    })
                    .collect();
                match nodes.iter().all(|node| matches!(node, Node::Literal(_))) {
                    true => Node::Literal(value.clone()),
                    false => Node::Array(nodes),
                }
            }
            Value::Object(members) => {
                let nodes: Vec<(Arc<str>, Node)> = members
                    .iter()
                    .map(|(name, value)| {
                        let step = name.replace('~', "~0").replace('/', "~1");
                        let node = self.within(&format!("/{name}"), &step, |c| c.compile(value));
                        (name.clone(), node)
                    })
                    .collect();
                let literal = |(_, node): &(_, Node)| matches!(node, Node::Literal(_));
                match nodes.iter().all(literal) {
                    true => Node::Literal(value.clone()),
                    false => Node::Object(nodes),
                }
            }
            plain => Node::Literal(plain.clone()),
        }
    }

    fn expression(&mut self, text: &str) -> Option<Expression> {
        let expression = expression_text(text)?;
        match Expression::compile(&self.field, expression) {
            Ok(expression) => Some(expression),
            Err(e) => {
                self.errors.push(TemplateError {
                    pointer: self.pointer.clone(),
                    message: e.message,
                });
                None
            }
        }
    }

    fn within<T>(&mut self, field: &str, step: &str, f: impl FnOnce(&mut Self) -> T) -> T {
        let lengths = (self.field.len(), self.pointer.len());
        self.field.push_str(field);
        self.pointer.push('/');
        self.pointer.push_str(step);
        let answer = f(self);
        self.field.truncate(lengths.0);
        self.pointer.truncate(lengths.1);
        answer
    }
}

fn eval(node: &Node, scope: &Scope<'_>) -> Result<Value, EvalError> {
    Ok(match node {
        Node::Literal(value) => value.clone(),
        Node::Expression(expression) => expression.eval(scope)?,
        Node::Array(nodes) => nodes
            .iter()
            .map(|node| eval(node, scope))
            .collect::<Result<Vec<_>, _>>()?
            .into(),
        Node::Object(members) => members
            .iter()
            .map(|(name, node)| Ok((name.clone(), eval(node, scope)?)))
            .collect::<Result<Object, EvalError>>()?
            .into(),
    })
}
