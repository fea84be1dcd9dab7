//! `ItemBatcher`: items joined into the inputs of children.

use model::limits::MAX_PAYLOAD_BYTES;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// An `ItemBatcher` whose paths and templates have been resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct BatchConfig {
    /// Most items of a batch; `None` or 0: as many as the bytes allow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_items_per_batch: Option<u64>,
    /// Most bytes of a child's input; at most and by default 256 KiB. The whole input counts,
    /// `BatchInput` and brackets too, so that no batch can pass the payload limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_input_bytes_per_batch: Option<u64>,
    /// JSON text that every child receives beside its items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_input: Option<String>,
}

/// A child's input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// Index of its first item.
    pub first_index: u64,
    /// How many items, one after the other.
    pub items: u64,
    /// `{"Items":[…]}` or `{"BatchInput":…,"Items":[…]}`.
    pub text: String,
}

/// An item that fits no batch, not even alone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("item {index} makes a batch of {bytes} bytes; a batch may have {limit}")]
pub struct OversizeItem {
    /// The item.
    pub index: u64,
    /// What a batch of this item alone would have.
    pub bytes: usize,
    /// What a batch may have.
    pub limit: usize,
}

/// Joins items, given in order, into batches; the limit that is reached first ends a batch.
///
/// ```
/// use manifest::{BatchConfig, Batcher};
///
/// let mut batcher = Batcher::new(&BatchConfig { max_items_per_batch: Some(2), ..Default::default() });
/// for (index, item) in ["1", "2", "3"].iter().enumerate() {
///     batcher.push(index as u64, item).unwrap();
/// }
/// batcher.finish();
/// assert_eq!(batcher.next_batch().unwrap().text, r#"{"Items":[1,2]}"#);
/// assert_eq!(batcher.next_batch().unwrap().text, r#"{"Items":[3]}"#);
/// assert_eq!(batcher.next_batch(), None);
/// ```
pub struct Batcher {
    max_items: u64,
    max_bytes: usize,
    opening: String,
    /// The batch being filled, without its closing brackets.
    open: Option<Batch>,
    ready: VecDeque<Batch>,
}

const CLOSING: &str = "]}";

impl Batcher {
    /// A batcher; `config.batch_input` must be JSON.
    pub fn new(config: &BatchConfig) -> Self {
        let max_bytes = config.max_input_bytes_per_batch.and_then(|bytes| usize::try_from(bytes).ok());
        let opening = match &config.batch_input {
            Some(input) => format!("{{\"BatchInput\":{input},\"Items\":["),
            None => "{\"Items\":[".to_owned(),
        };
        Self {
            max_items: config.max_items_per_batch.filter(|&items| items > 0).unwrap_or(u64::MAX),
            max_bytes: max_bytes
                .filter(|&bytes| bytes > 0)
                .unwrap_or(MAX_PAYLOAD_BYTES)
                .min(MAX_PAYLOAD_BYTES),
            opening,
            open: None,
            ready: VecDeque::new(),
        }
    }

    /// Adds the next item as JSON text, after ItemSelector.
    ///
    /// # Errors
    /// An item that is too large for a batch of its own. It is left out; the rest may go on.
    pub fn push(&mut self, index: u64, item: &str) -> Result<(), OversizeItem> {
        let alone = self.opening.len() + item.len() + CLOSING.len();
        if alone > self.max_bytes {
            return Err(OversizeItem { index, bytes: alone, limit: self.max_bytes });
        }
        if self.open.as_ref().is_some_and(|open| {
            open.text.len() + 1 + item.len() + CLOSING.len() > self.max_bytes
                || open.first_index + open.items != index
        }) {
            self.close();
        }
        let opening = &self.opening;
        let open =
            self.open.get_or_insert_with(|| Batch { first_index: index, items: 0, text: opening.clone() });
        if open.items > 0 {
            open.text.push(',');
        }
        open.text.push_str(item);
        open.items += 1;
        if open.items >= self.max_items {
            self.close();
        }
        Ok(())
    }

    /// Ends the last batch, however few items it has.
    pub fn finish(&mut self) {
        self.close();
    }

    /// The next batch that is complete.
    pub fn next_batch(&mut self) -> Option<Batch> {
        self.ready.pop_front()
    }

    fn close(&mut self) {
        if let Some(mut batch) = self.open.take() {
            batch.text.push_str(CLOSING);
            self.ready.push_back(batch);
        }
    }
}

/// How many children `items` make when `per_batch` go into one; bytes are not considered.
pub fn children(items: u64, per_batch: u64) -> u64 {
    items.div_ceil(per_batch.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn batches(config: &BatchConfig, items: &[String]) -> Vec<Batch> {
        let mut batcher = Batcher::new(config);
        for (index, item) in items.iter().enumerate() {
            batcher.push(index as u64, item).unwrap();
        }
        batcher.finish();
        std::iter::from_fn(|| batcher.next_batch()).collect()
    }

    #[test]
    fn the_guides_example_makes_twelve_batches() {
        let items: Vec<String> = (0..1130).map(|n| n.to_string()).collect();
        let config = BatchConfig { max_items_per_batch: Some(100), ..Default::default() };
        let sizes: Vec<u64> = batches(&config, &items).iter().map(|batch| batch.items).collect();
        assert_eq!((sizes.len(), sizes[0], sizes[11]), (12, 100, 30));
        assert_eq!(children(1130, 100), 12);
    }

    #[test]
    fn batch_input_stands_first() {
        let config = BatchConfig { batch_input: Some("{\"f\":1}".into()), ..Default::default() };
        assert_eq!(batches(&config, &["7".into()])[0].text, r#"{"BatchInput":{"f":1},"Items":[7]}"#);
    }

    #[test]
    fn an_item_that_fits_no_batch_is_told() {
        let mut batcher =
            Batcher::new(&BatchConfig { max_input_bytes_per_batch: Some(15), ..Default::default() });
        assert_eq!(batcher.push(3, "12345"), Err(OversizeItem { index: 3, bytes: 17, limit: 15 }));
        assert_eq!(batcher.push(4, "123"), Ok(()));
    }

    proptest! {
        #[test]
        fn every_item_is_in_one_batch_in_order_and_within_limits(
            lengths in prop::collection::vec(1usize..30, 0..60),
            max_items in prop::option::of(0u64..9),
            max_bytes in prop::option::of(70u64..200),
            input in prop::option::of(Just("{\"a\":1}".to_owned())),
        ) {
            let items: Vec<String> = lengths.iter().map(|&length| format!("\"{}\"", "x".repeat(length))).collect();
            let config = BatchConfig { max_items_per_batch: max_items, max_input_bytes_per_batch: max_bytes, batch_input: input };
            let made = batches(&config, &items);
            let mut next = 0;
            for batch in &made {
                prop_assert_eq!(batch.first_index, next);
                let value: serde_json::Value = serde_json::from_str(&batch.text).unwrap();
                let held: Vec<String> = value["Items"].as_array().unwrap().iter().map(ToString::to_string).collect();
                prop_assert_eq!(&held[..], &items[next as usize..][..held.len()]);
                prop_assert_eq!(held.len() as u64, batch.items);
                prop_assert!(batch.text.len() as u64 <= max_bytes.unwrap_or(262_144));
                prop_assert!(batch.items > 0);
                prop_assert!(max_items.is_none_or(|most| most == 0 || batch.items <= most));
                next += batch.items;
            }
            prop_assert_eq!(next, items.len() as u64);
            // A batch ends only because one item more would pass a limit.
            for (batch, after) in made.iter().zip(made.iter().skip(1)) {
                let full = max_items.is_some_and(|most| most > 0 && batch.items == most);
                let more = batch.text.len() + 1 + items[after.first_index as usize].len();
                prop_assert!(full || more as u64 > max_bytes.unwrap_or(262_144));
            }
        }
    }
}
