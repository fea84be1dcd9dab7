//! One number for each child of a chunk, cheap while they are all the same.

use crate::error::DecodeError;
use crate::varint::{self, Bytes};

const UNIFORM: u8 = 0;
const DELTAS: u8 = 1;
const RUNS: u8 = 2;

/// A column of equal length with the chunk. Most columns of most chunks hold one value only
/// (attempts, items, failure group) and then need no memory.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Column {
    Uniform(u32),
    Values(Vec<u32>),
}

impl Column {
    pub(crate) fn at(&self, place: usize) -> u32 {
        match self {
            Self::Uniform(value) => *value,
            Self::Values(values) => values.get(place).copied().unwrap_or_default(),
        }
    }

    /// Sets one place of a column that is `len` long.
    pub(crate) fn set(&mut self, place: usize, value: u32, len: usize) {
        if let Self::Uniform(all) = self {
            if *all == value {
                return;
            }
            let mut values = Vec::with_capacity(crate::CHUNK_CHILDREN as usize);
            values.resize(len, *all);
            *self = Self::Values(values);
        }
        if let Self::Values(values) = self {
            values[place] = value;
        }
    }

    /// Lengthens the column to `len` with `fill`, the value of a child that has none.
    pub(crate) fn grow(&mut self, before: usize, len: usize, fill: u32) {
        match self {
            Self::Uniform(all) if before == 0 => *all = fill,
            Self::Uniform(all) if *all == fill => {}
            Self::Uniform(all) => {
                let mut values = Vec::with_capacity(crate::CHUNK_CHILDREN as usize);
                values.resize(before, *all);
                values.resize(len, fill);
                *self = Self::Values(values);
            }
            Self::Values(values) => values.resize(len, fill),
        }
    }

    /// Adds to every value that is not zero.
    pub(crate) fn raise(&mut self, by: u32) {
        let raised = |value: u32| if value == 0 { 0 } else { value.saturating_add(by) };
        match self {
            Self::Uniform(all) => *all = raised(*all),
            Self::Values(values) => values.iter_mut().for_each(|value| *value = raised(*value)),
        }
    }

    /// Differences between neighbours, as they are or as runs of equal ones, whichever is shorter.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        let values = match self {
            Self::Uniform(value) => return uniform(out, *value),
            Self::Values(values) if values.windows(2).all(|pair| pair[0] == pair[1]) => {
                return uniform(out, values.first().copied().unwrap_or_default());
            }
            Self::Values(values) => values,
        };
        let start = out.len();
        out.push(RUNS);
        let plain: usize = 1 + deltas(values).map(varint::signed_len).sum::<usize>();
        let mut run: Option<(i64, u64)> = None;
        for delta in deltas(values) {
            match &mut run {
                Some((value, length)) if *value == delta => *length += 1,
                _ => {
                    put_run(out, run.replace((delta, 1)));
                    if out.len() - start > plain {
                        break;
                    }
                }
            }
        }
        put_run(out, run);
        if out.len() - start > plain {
            out.truncate(start);
            out.push(DELTAS);
            deltas(values).for_each(|delta| varint::put_signed(out, delta));
        }
    }

    pub(crate) fn decode(bytes: &mut Bytes, len: usize, what: &'static str) -> Result<Self, DecodeError> {
        match bytes.byte(what)? {
            UNIFORM => Ok(Self::Uniform(bytes.small(what)?)),
            kind @ (DELTAS | RUNS) => {
                let mut values = Vec::with_capacity(len);
                let mut value = 0i64;
                while values.len() < len {
                    let delta = bytes.signed(what)?;
                    let times = match kind {
                        RUNS => bytes.count(len - values.len(), what)?.max(1),
                        _ => 1,
                    };
                    for _ in 0..times {
                        value = value.checked_add(delta).ok_or(DecodeError::Impossible(what))?;
                        values.push(u32::try_from(value).map_err(|_| DecodeError::Impossible(what))?);
                    }
                }
                Ok(Self::Values(values))
            }
            _ => Err(DecodeError::Impossible(what)),
        }
    }
}

fn uniform(out: &mut Vec<u8>, value: u32) {
    out.push(UNIFORM);
    varint::put(out, u64::from(value));
}

fn put_run(out: &mut Vec<u8>, run: Option<(i64, u64)>) {
    if let Some((delta, length)) = run {
        varint::put_signed(out, delta);
        varint::put(out, length);
    }
}

fn deltas(values: &[u32]) -> impl Iterator<Item = i64> {
    values.iter().scan(0i64, |before, value| {
        let delta = i64::from(*value) - *before;
        *before = i64::from(*value);
        Some(delta)
    })
}
