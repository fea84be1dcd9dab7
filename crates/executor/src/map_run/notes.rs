//! The way from the stages of a Map Run to its ledger: one order for all notes.

use super::note::Note;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

/// Notes of many children at once that wait to be taken.
const ROOM: usize = 256;

/// Hands notes to the ledger. Cloning shares the way.
#[derive(Clone)]
pub(crate) struct Notes {
    way: mpsc::UnboundedSender<Sent>,
    room: Arc<Semaphore>,
}

/// A note on its way. Dropping it makes room for another.
pub(crate) struct Sent {
    pub(crate) note: Note,
    _room: Option<OwnedSemaphorePermit>,
}

/// The ledger takes no notes any more.
#[derive(Debug)]
pub(crate) struct Gone;

impl Notes {
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<Sent>) {
        let (way, taken) = mpsc::unbounded_channel();
        (Self { way, room: Arc::new(Semaphore::new(ROOM)) }, taken)
    }

    /// Waits for room: a note of many children, or one that nothing else bounds.
    pub(crate) async fn send(&self, note: Note) -> Result<(), Gone> {
        let room = Arc::clone(&self.room).acquire_owned().await.map_err(|_| Gone)?;
        self.way.send(Sent { note, _room: Some(room) }).map_err(|_| Gone)
    }

    /// Of one child, which holds its permits until it is recorded: there are no more of these than
    /// children may run.
    pub(crate) fn tell(&self, note: Note) -> Result<(), Gone> {
        self.way.send(Sent { note, _room: None }).map_err(|_| Gone)
    }
}
