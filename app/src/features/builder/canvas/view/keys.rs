//! The keys of the tree: arrows walk, letters change.

use super::super::card::dom_id;
use super::super::walk::{self, Arrow};
use super::{Canvas, Edit};
use crate::ui::browser;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

impl Canvas {
    pub(super) fn key(&self, event: &KeyboardEvent) {
        let key = event.key();
        let chosen = self.selected.get_untracked();
        let done = match (Arrow::of_key(&key), chosen) {
            (Some(_), None) => {
                self.go(self.graph.with_untracked(|graph| graph.start.clone()));
                true
            }
            (Some(arrow), Some(id)) if event.alt_key() => self.shift(arrow, id),
            (Some(arrow), Some(id)) => {
                let to = self.graph.with_untracked(|graph| {
                    self.placed.with_untracked(|placed| {
                        walk::step(graph, placed, &id, arrow, self.direction.get_untracked())
                    })
                });
                if let Some(to) = to {
                    self.go(to);
                }
                true
            }
            (None, _) if event.ctrl_key() || event.meta_key() => false,
            (None, chosen) => self.letter(&key, chosen),
        };
        if done {
            event.prevent_default();
            event.stop_propagation();
        }
    }

    fn shift(&self, arrow: Arrow, id: String) -> bool {
        match arrow {
            Arrow::Up => self.edit(Edit::MoveUp(id)),
            Arrow::Down => self.edit(Edit::MoveDown(id)),
            Arrow::Left | Arrow::Right => return false,
        }
        true
    }

    fn letter(&self, key: &str, chosen: Option<String>) -> bool {
        match (key, chosen) {
            ("+" | "=", _) => self.zoom_by(1),
            ("-", _) => self.zoom_by(-1),
            ("0", _) => self.fit(),
            ("Escape", _) if self.menu.with_untracked(Option::is_some) => self.menu.set(None),
            ("Escape", Some(_)) => self.pick(None),
            ("Enter", Some(id)) => self.on_open.run(id),
            (" ", Some(id)) => self.toggle(id),
            ("a", Some(id)) => self.ask(&id, false),
            ("A", Some(id)) => self.ask(&id, true),
            ("d", Some(id)) => self.edit(Edit::Duplicate(id)),
            ("w", Some(id)) => self.edit(Edit::Wrap(id)),
            ("Delete" | "Backspace", Some(id)) => self.edit(Edit::Delete(id)),
            _ => return false,
        }
        true
    }

    fn go(&self, id: String) {
        if let Some(number) =
            self.graph.with_untracked(|graph| graph.nodes.iter().position(|node| node.id == id))
        {
            self.pick(Some(id));
            browser::reveal(&dom_id(number));
        }
    }
}
