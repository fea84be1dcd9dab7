//! A parsed path.

use crate::Value;
use std::sync::Arc;

/// One step of a path.
#[derive(Clone, Debug)]
pub(super) enum Segment {
    /// `.name`, `['name']`
    Member(Arc<str>),
    /// `['a','b']`
    Members(Vec<Arc<str>>),
    /// `[3]`, `[-1]`
    Index(i64),
    /// `[0,2]`
    Indexes(Vec<i64>),
    /// `[from:to]`
    Slice(Option<i64>, Option<i64>),
    /// `.*`, `[*]`
    Wildcard,
    /// `[?(…)]`
    Filter(Box<Filter>),
    /// `..`: the next segment applies to every descendant.
    Descend,
    /// `.length()`
    Function(Function, Vec<Operand>),
}

/// A function at the end of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Function {
    Min,
    Max,
    Avg,
    Sum,
    StdDev,
    Length,
    Keys,
    Concat,
    Append,
}

impl Function {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "min" => Self::Min,
            "max" => Self::Max,
            "avg" => Self::Avg,
            "sum" => Self::Sum,
            "stddev" => Self::StdDev,
            "length" | "size" => Self::Length,
            "keys" => Self::Keys,
            "concat" => Self::Concat,
            "append" => Self::Append,
            _ => return None,
        })
    }
}

/// A condition on a candidate, `@`.
#[derive(Clone, Debug)]
pub(super) enum Filter {
    Or(Vec<Filter>),
    And(Vec<Filter>),
    Not(Box<Filter>),
    /// `@.a`: the path finds something.
    Exists(RelativePath),
    Compare(Operand, Operator, Operand),
}

/// How two operands are compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    /// `===`: equal and of the same kind.
    SameEqual,
    SameNotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Matches,
    In,
    NotIn,
    AnyOf,
    NoneOf,
    SubsetOf,
    All,
    Contains,
    Size,
    Empty,
    Exists,
    Type,
}

/// One side of a comparison, or an argument of a function.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    Literal(Value),
    Regex(Box<regex::Regex>),
    Path(RelativePath),
}

/// A path inside a filter: from the candidate (`@`) or from the document (`$`).
#[derive(Clone, Debug)]
pub(super) struct RelativePath {
    pub(super) from_candidate: bool,
    pub(super) segments: Vec<Segment>,
}

/// True when a path of these segments names at most one value. A function makes one of many.
pub(super) fn is_definite(segments: &[Segment]) -> bool {
    let last = segments.len().saturating_sub(1);
    let single = |(at, segment): (usize, &Segment)| match segment {
        Segment::Member(_) | Segment::Index(_) => true,
        // At the end, `['a','b']` makes one object of both members.
        Segment::Members(_) => at == last,
        _ => false,
    };
    matches!(segments.last(), Some(Segment::Function(..))) || segments.iter().enumerate().all(single)
}
