//! Children that never began, since their Map Run failed or was aborted: their inputs are read once more
//! for the result files.

use super::feeder::Feeder;
use super::note::Block;
use super::notes::{Notes, Sent};
use super::recorder::Recorder;
use super::worker::Shop;
use crate::deps::Buckets;
use futures::future::BoxFuture;
use std::collections::HashSet;
use std::sync::Arc;
use store::Store;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const BLOCKS_WAITING: usize = 2;

/// Reads from where the ledger has children without an outcome.
pub(crate) struct NeverBegan<'a> {
    shop: &'a Shop,
    reading: BoxFuture<'static, ()>,
    has_read: bool,
    blocks: mpsc::Receiver<Block>,
    notes: mpsc::UnboundedReceiver<Sent>,
}

impl<'a> NeverBegan<'a> {
    /// `None` when every child began.
    pub(crate) fn of(shop: &'a Shop, recorder: &Recorder, store: &Store, buckets: &Buckets) -> Option<Self> {
        if recorder.is_whole() || shop.plan.only_again {
            return None;
        }
        let ((notes, told), (blocks, taken)) = (Notes::new(), mpsc::channel(BLOCKS_WAITING));
        let feeder = Feeder {
            plan: Arc::clone(&shop.plan),
            store: store.clone(),
            map_run: shop.map_run.clone(),
            buckets: buckets.clone(),
            cursor: recorder.cursor().clone(),
            known_children: recorder.known_children(),
            in_flight: HashSet::new(),
            blocks,
            notes,
            // A reader that was stopped is not stopped again.
            close: CancellationToken::new(),
        };
        Some(Self { shop, reading: Box::pin(feeder.run()), has_read: false, blocks: taken, notes: told })
    }

    /// The inputs of the next ones, in order. An item that cannot be read again ends the list: it stays
    /// pending in the ledger.
    pub(crate) async fn next(&mut self) -> Option<Vec<Arc<str>>> {
        loop {
            tokio::select! {
                biased;
                block = self.blocks.recv() => return block.map(|block| self.inputs(&block)),
                Some(_) = self.notes.recv() => {}
                () = &mut self.reading, if !self.has_read => self.has_read = true,
            }
        }
    }

    fn inputs(&self, block: &Block) -> Vec<Arc<str>> {
        // What waits for a redrive has begun once, and has a record.
        let never = block.seeds.iter().filter(|seed| seed.earlier.is_none());
        let inputs = never.map(|seed| match self.shop.input_of(seed, &block.source) {
            Ok(input) => input.text(),
            Err((_, text)) => text,
        });
        inputs.collect()
    }
}
