//! The columns of a CSV file, and a row written as a JSON object.

use super::fields::Fields;
use crate::json_text::{push_escaped, push_string};
use crate::reader::Mode;
use std::collections::HashSet;
use std::sync::Arc;

/// Column names and how a row is written with them.
pub(super) struct Headers {
    /// In the file's order.
    pub names: Arc<[String]>,
    /// In the order of writing: the column, and the text up to its value's opening quote.
    columns: Vec<(usize, String)>,
}

impl Headers {
    /// Strict readers write a row's members in AWS's order, imports in the file's.
    ///
    /// # Errors
    /// Duplicates, in AWS's words.
    pub fn new(names: Arc<[String]>, mode: Mode) -> Result<Self, &'static str> {
        let distinct: HashSet<&String> = names.iter().collect();
        if distinct.len() < names.len() {
            return Err("CSV headers cannot contain duplicates.");
        }
        let order = match mode {
            Mode::Strict | Mode::Lenient => written_order(&names),
            Mode::Import => (0..names.len()).collect(),
        };
        let columns = order
            .into_iter()
            .enumerate()
            .map(|(place, column)| {
                let mut lead = String::from(if place == 0 { "{" } else { "\"," });
                push_string(&mut lead, &names[column]);
                lead.push_str(":\"");
                (column, lead)
            })
            .collect();
        Ok(Self { names, columns })
    }

    /// Appends the row as a JSON object of strings.
    pub fn write(&self, fields: &Fields, row: &str, out: &mut String) {
        for (column, lead) in &self.columns {
            out.push_str(lead);
            push_escaped(out, fields.get(*column, row));
        }
        out.push_str(if self.columns.is_empty() { "{}" } else { "\"}" });
    }
}

/// The order in which AWS writes the members of a row. Recorded outputs show neither the file's
/// order nor the alphabet's but that of a Java hash map: by bucket, then by arrival.
fn written_order(names: &[String]) -> Vec<usize> {
    let mut buckets: usize = 16;
    while names.len() * 4 > buckets * 3 {
        buckets *= 2;
    }
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(|&column| spread_hash(&names[column]) as usize & (buckets - 1));
    order
}

/// `String.hashCode` with its upper half folded in, as a Java hash map places a key.
fn spread_hash(name: &str) -> u32 {
    let hash =
        name.encode_utf16().fold(0u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)));
    hash ^ (hash >> 16)
}

/// Gives repeated names a number: `a`, `a_2`. Whether there were any.
pub(super) fn number_duplicates(names: &mut [String]) -> bool {
    let mut taken: HashSet<String> = HashSet::new();
    let mut found = false;
    for name in names {
        if taken.contains(name) {
            found = true;
            let free = (2..).map(|n| format!("{name}_{n}")).find(|other| !taken.contains(other));
            *name = free.unwrap_or_default();
        }
        taken.insert(name.clone());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(names: &[&str]) -> Vec<usize> {
        written_order(&names.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn members_stand_in_the_recorded_order() {
        assert_eq!(order(&["0", "True", "{}"]), [0, 2, 1]);
        assert_eq!(order(&["H1", ""]), [1, 0]);
        assert_eq!(order(&["Col1", "Col2", "Col3"]), [0, 1, 2]);
    }

    #[test]
    fn duplicates_are_refused_or_numbered() {
        let names = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            Headers::new(names(&["a", "a"]).into(), Mode::Strict).err(),
            Some("CSV headers cannot contain duplicates.")
        );
        let mut repeated = names(&["a", "a_2", "a"]);
        assert!(number_duplicates(&mut repeated));
        assert_eq!(repeated, ["a", "a_2", "a_3"]);
    }
}
