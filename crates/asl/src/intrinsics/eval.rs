//! The functions by name, the number of their arguments, and their evaluation.

use super::arguments::Arguments;
use super::parse::{Argument, Intrinsic};
use super::{array, encoding, maths, text};
use crate::eval_error::INTRINSIC_FAILURE;
use crate::scope::Scope;
use crate::{EvalError, Value};

/// An intrinsic function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Format,
    StringToJson,
    JsonToString,
    Array,
    ArrayPartition,
    ArrayContains,
    ArrayRange,
    ArrayGetItem,
    ArrayLength,
    ArrayUnique,
    Base64Encode,
    Base64Decode,
    Hash,
    JsonMerge,
    MathRandom,
    MathAdd,
    StringSplit,
    Uuid,
}

impl Function {
    /// The function of a name that includes `States.`.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name.strip_prefix("States.")? {
            "Format" => Self::Format,
            "StringToJson" => Self::StringToJson,
            "JsonToString" => Self::JsonToString,
            "Array" => Self::Array,
            "ArrayPartition" => Self::ArrayPartition,
            "ArrayContains" => Self::ArrayContains,
            "ArrayRange" => Self::ArrayRange,
            "ArrayGetItem" => Self::ArrayGetItem,
            "ArrayLength" => Self::ArrayLength,
            "ArrayUnique" => Self::ArrayUnique,
            "Base64Encode" => Self::Base64Encode,
            "Base64Decode" => Self::Base64Decode,
            "Hash" => Self::Hash,
            "JsonMerge" => Self::JsonMerge,
            "MathRandom" => Self::MathRandom,
            "MathAdd" => Self::MathAdd,
            "StringSplit" => Self::StringSplit,
            "UUID" => Self::Uuid,
            _ => return None,
        })
    }

    /// Least and most arguments.
    fn counts(self) -> (usize, usize) {
        match self {
            Self::Format => (1, usize::MAX),
            Self::Array => (0, usize::MAX),
            Self::Uuid => (0, 0),
            Self::StringToJson
            | Self::JsonToString
            | Self::ArrayLength
            | Self::ArrayUnique
            | Self::Base64Encode
            | Self::Base64Decode => (1, 1),
            Self::ArrayPartition
            | Self::ArrayContains
            | Self::ArrayGetItem
            | Self::Hash
            | Self::MathAdd
            | Self::StringSplit => (2, 2),
            Self::ArrayRange | Self::JsonMerge => (3, 3),
            Self::MathRandom => (2, 3),
        }
    }

    /// Refuses a wrong number of arguments.
    pub(super) fn check_count(self, given: usize) -> Result<(), String> {
        let (least, most) = self.counts();
        match (least..=most).contains(&given) {
            true => Ok(()),
            false => Err(format!(
                "Invalid number of arguments for States.{}: {given}",
                self.name()
            )),
        }
    }

    fn name(self) -> String {
        match self {
            Self::Uuid => "UUID".into(),
            other => format!("{other:?}"),
        }
    }
}

impl Intrinsic {
    /// The value of the call in a scope. A refused argument is `States.IntrinsicFailure`.
    pub fn eval(&self, scope: &Scope<'_>) -> Result<Value, EvalError> {
        let mut values = Vec::with_capacity(self.arguments.len());
        for argument in self.arguments.iter() {
            values.push(match argument {
                Argument::Literal(value) => value.clone(),
                // Only the first argument of Format is a pattern.
                Argument::Text(raw) if self.function == Function::Format && values.is_empty() => {
                    Value::String(raw.clone())
                }
                Argument::Text(raw) => text::unescape(raw),
                Argument::Path(path) => path.eval(scope)?,
                Argument::Call(call) => call.eval(scope)?,
            });
        }
        let pattern_is_literal = matches!(self.arguments.first(), Some(Argument::Text(_)));
        let arguments = Arguments(&values);
        let answer = match self.function {
            Function::Format => text::format(&arguments, pattern_is_literal),
            Function::StringToJson => text::string_to_json(&arguments),
            Function::JsonToString => text::json_to_string(&arguments),
            Function::StringSplit => text::split(&arguments),
            Function::Array => Ok(values.into()),
            Function::ArrayPartition => array::partition(&arguments),
            Function::ArrayContains => array::contains(&arguments),
            Function::ArrayRange => array::range(&arguments),
            Function::ArrayGetItem => array::get_item(&arguments),
            Function::ArrayLength => array::length(&arguments),
            Function::ArrayUnique => array::unique(&arguments),
            Function::Base64Encode => encoding::base64_encode(&arguments),
            Function::Base64Decode => encoding::base64_decode(&arguments),
            Function::Hash => encoding::hash(&arguments),
            Function::JsonMerge => encoding::json_merge(&arguments),
            Function::MathRandom => maths::random(&arguments, scope.rng),
            Function::MathAdd => maths::add(&arguments),
            Function::Uuid => Ok(scope.rng.next_uuid().into()),
        };
        answer.map_err(|reason| {
            let cause = format!(
                "The function '{}' had the following error: {reason}",
                self.text
            );
            EvalError::new(INTRINSIC_FAILURE, cause)
        })
    }
}
