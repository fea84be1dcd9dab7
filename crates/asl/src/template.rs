//! Payload templates of the JSONPath query language: `Parameters`, `ItemSelector`,
//! `ResultSelector`, `Assign`. A member `"x.$": "…"` becomes `"x"` with the value that the path
//! or intrinsic function gives.

use crate::intrinsics::Intrinsic;
use crate::jsonpath::Path;
use crate::scope::Scope;
use crate::value::Object;
use crate::{EvalError, Value};
use std::sync::Arc;

/// A fault found while compiling a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at {pointer:?}")]
pub struct TemplateError {
    /// JSON Pointer of the faulty value inside the template.
    pub pointer: String,
    /// What is wrong, in AWS's words where they are known.
    pub message: String,
}

/// A path or an intrinsic function: what the value of an `x.$` member may be.
#[derive(Clone, Debug)]
pub enum Query {
    /// `$.a`
    Path(Path),
    /// `States.Format('{}', $.a)`
    Intrinsic(Intrinsic),
}

impl Query {
    /// Compiles a path or an intrinsic function.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.starts_with('$') {
            true => Path::parse(text).map(Self::Path).map_err(|e| e.to_string()),
            false => Intrinsic::parse(text)
                .map(Self::Intrinsic)
                .map_err(|e| e.to_string()),
        }
    }

    /// The value in a scope.
    pub fn eval(&self, scope: &Scope<'_>) -> Result<Value, EvalError> {
        match self {
            Self::Path(path) => path.eval(scope),
            Self::Intrinsic(intrinsic) => intrinsic.eval(scope),
        }
    }
}

/// A compiled payload template. Cloning shares.
#[derive(Clone, Debug)]
pub struct Template(Arc<Node>);

#[derive(Debug)]
enum Node {
    /// A part without any path, shared as it is.
    Literal(Value),
    Array(Vec<Node>),
    Object(Vec<Member>),
}

#[derive(Debug)]
enum Member {
    Plain(Arc<str>, Node),
    /// Name without `.$`, name as written, query.
    Query(Arc<str>, Arc<str>, Query),
}

impl Template {
    /// Compiles a template; every fault is reported.
    pub fn compile(template: &Value) -> Result<Self, Vec<TemplateError>> {
        let mut errors = Vec::new();
        let node = compile(template, &mut String::new(), &mut errors);
        match errors.is_empty() {
            true => Ok(Self(Arc::new(node))),
            false => Err(errors),
        }
    }

    /// The payload in a scope. A path that finds nothing is named by its member: `address.$`.
    ///
    /// ```
    /// use asl::{Rng, Scope, Template, Value, Variables};
    /// let template = Value::from_json(r#"{"id.$":"$.order.id","kind":"demo"}"#).unwrap();
    /// let input = Value::from_json(r#"{"order":{"id":7}}"#).unwrap();
    /// let (context, variables, rng) = (Value::Null, Variables::default(), Rng::new(0));
    /// let payload = Template::compile(&template).unwrap()
    ///     .eval(&Scope::new(&input, &context, &variables, &rng)).unwrap();
    /// assert_eq!(payload.to_json(), r#"{"id":7,"kind":"demo"}"#);
    /// ```
    pub fn eval(&self, scope: &Scope<'_>) -> Result<Value, EvalError> {
        eval(&self.0, scope)
    }

    /// True when the template asks nothing: its value is always the same.
    pub fn is_literal(&self) -> bool {
        matches!(*self.0, Node::Literal(_))
    }
}

fn compile(value: &Value, pointer: &mut String, errors: &mut Vec<TemplateError>) -> Node {
    match value {
        Value::Array(items) => {
            let nodes: Vec<Node> = items
                .iter()
                .enumerate()
                .map(|(at, item)| within(pointer, &at.to_string(), |p| compile(item, p, errors)))
                .collect();
            match nodes.iter().all(|node| matches!(node, Node::Literal(_))) {
                true => Node::Literal(value.clone()),
                false => Node::Array(nodes),
            }
        }
        Value::Object(members) => {
            let compiled: Vec<Member> = members
                .iter()
                .filter_map(|(name, value)| {
                    within(pointer, name, |p| member(name, value, p, errors))
                })
                .collect();
            let literal = |member: &Member| matches!(member, Member::Plain(_, Node::Literal(_)));
            match compiled.iter().all(literal) {
                true => Node::Literal(value.clone()),
                false => Node::Object(compiled),
            }
        }
        plain => Node::Literal(plain.clone()),
    }
}

fn member(
    name: &Arc<str>,
    value: &Value,
    pointer: &mut String,
    errors: &mut Vec<TemplateError>,
) -> Option<Member> {
    let Some(plain_name) = name.strip_suffix(".$") else {
        return Some(Member::Plain(name.clone(), compile(value, pointer, errors)));
    };
    let query = match value.as_str() {
        None => Err(format!(
            "The value for the field '{name}' must be a STRING that contains a JSONPath but was {}",
            kind(value)
        )),
        Some(text) => Query::parse(text).map_err(|reason| {
            format!(
                "The value for the field '{name}' must be a valid JSONPath or a valid intrinsic function call ({reason})"
            )
        }),
    };
    match query {
        Ok(query) => Some(Member::Query(plain_name.into(), name.clone(), query)),
        Err(message) => {
            errors.push(TemplateError {
                pointer: pointer.clone(),
                message,
            });
            None
        }
    }
}

/// Runs `f` with the pointer one step deeper.
fn within<T>(pointer: &mut String, step: &str, f: impl FnOnce(&mut String) -> T) -> T {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
    let answer = f(pointer);
    pointer.truncate(length);
    answer
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "NULL",
        Value::Bool(_) => "BOOLEAN",
        Value::Number(_) => "NUMBER",
        Value::String(_) => "STRING",
        Value::Array(_) => "ARRAY",
        Value::Object(_) => "OBJECT",
    }
}

fn eval(node: &Node, scope: &Scope<'_>) -> Result<Value, EvalError> {
    Ok(match node {
        Node::Literal(value) => value.clone(),
        Node::Array(nodes) => nodes
            .iter()
            .map(|node| eval(node, scope))
            .collect::<Result<Vec<_>, _>>()?
            .into(),
        Node::Object(members) => {
            let mut object = Object::with_capacity(members.len());
            for member in members {
                match member {
                    Member::Plain(name, node) => object.insert(name.clone(), eval(node, scope)?),
                    Member::Query(name, written, query) => {
                        let value = query.eval(scope).map_err(|e| e.in_field(written))?;
                        object.insert(name.clone(), value)
                    }
                };
            }
            object.into()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Rng, Variables};

    fn eval(template: &str, input: &str) -> Result<String, EvalError> {
        let template = Template::compile(&Value::from_json(template).unwrap()).unwrap();
        let input = Value::from_json(input).unwrap();
        let context = Value::from_json(r#"{"Map":{"Item":{"Index":4}}}"#).unwrap();
        let mut variables = Variables::default();
        variables.set("v", true.into());
        let rng = Rng::new(0);
        let scope = Scope::new(&input, &context, &variables, &rng);
        template.eval(&scope).map(|v| v.to_json())
    }

    #[test]
    fn members_with_the_suffix_are_replaced_at_any_depth() {
        assert_eq!(
            eval(
                r#"{"a.$":"$.x","b":{"c":[1,{"d.$":"$$.Map.Item.Index"}]},"e.$":"$v","f.$":"$.x[*]","g":"$.x"}"#,
                r#"{"x":[1]}"#
            )
            .unwrap(),
            r#"{"a":[1],"b":{"c":[1,{"d":4}]},"e":true,"f":[1],"g":"$.x"}"#
        );
    }

    #[test]
    fn a_miss_names_the_member() {
        let error = eval(r#"{"a":{"b.$":"$.x"}}"#, "{}").unwrap_err();
        assert_eq!(
            error.cause,
            "The JSONPath '$.x' specified for the field 'b.$' could not be found in the input '{}'"
        );
    }

    #[test]
    fn every_fault_is_reported_with_its_place() {
        let template = Value::from_json(r#"{"a.$":1,"b":[{"c/d.$":"x"}]}"#).unwrap();
        let errors = Template::compile(&template).unwrap_err();
        let places: Vec<_> = errors.iter().map(|e| e.pointer.as_str()).collect();
        assert_eq!(places, ["/a.$", "/b/0/c~1d.$"]);
    }
}
