//! The draft as the views of one page share it.

use super::editor;
use super::state::Draft;
use asl::syntax::Document;
use leptos::prelude::*;
use std::sync::Arc;

/// The draft and the last thing that could not be done. Copy it freely.
#[derive(Clone, Copy)]
pub struct Desk {
    /// The draft.
    pub draft: RwSignal<Draft>,
    /// Why the last action was refused.
    pub refusal: RwSignal<Option<String>>,
    /// ARNs of functions that a Task can call.
    pub functions: StoredValue<Vec<String>>,
    /// Where the problem begins that F8 showed last.
    pub last_problem: StoredValue<Option<usize>>,
}

impl Desk {
    /// Does something to the draft; a refusal is shown and changes nothing.
    pub fn act<E: std::fmt::Display>(&self, action: impl FnOnce(&mut Draft) -> Result<(), E>) {
        let mut refused = None;
        self.draft.update(|draft| {
            if let Err(error) = action(draft) {
                refused = Some(error.to_string());
            }
        });
        self.refusal.set(refused);
    }

    /// The text as a tree, tracked.
    pub fn document(&self) -> Arc<Document> {
        self.draft.with(Draft::document)
    }

    /// Chooses a state and shows it in the code.
    pub fn choose(&self, pointer: Option<String>) {
        self.draft.update(|draft| draft.select(pointer.clone()));
        if let Some(pointer) = pointer {
            self.show(&pointer);
        }
    }

    /// Scrolls the code to a value.
    pub fn show(&self, pointer: &str) {
        let document = self.draft.with_untracked(Draft::document);
        if let Some(node) = document.node_at(pointer) {
            editor::select(&document.text, node.span.start);
        }
    }
}
