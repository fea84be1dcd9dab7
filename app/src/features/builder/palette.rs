//! What can be added: click, or drag onto an arrow.

use super::canvas::{Edit, NodeKind};
use super::drawing::{palette_place, perform};
use super::session::Desk;
use leptos::ev::DragEvent;
use leptos::prelude::*;

/// The list of kinds.
#[component]
pub fn Palette(
    /// The draft.
    desk: Desk,
) -> impl IntoView {
    let entries = NodeKind::ALL.map(|kind| {
        let add = move |_| desk.act(|draft| perform(draft, Edit::Insert(palette_place(draft), kind)));
        let drag = move |event: DragEvent| {
            if let Some(data) = event.data_transfer() {
                let _ = data.set_data("text/plain", kind.label());
            }
        };
        view! {
            <li>
                <button type="button" class="mw-palette-kind" draggable="true" title=kind.hint() on:click=add on:dragstart=drag>
                    <svg class="mw-icon" viewBox="0 0 16 16" aria-hidden="true"><path d=kind.path()/></svg>
                    <span>{kind.label()}</span>
                    <small>{kind.hint()}</small>
                </button>
            </li>
        }
    });
    view! {
        <aside class="mw-builder__palette" aria-label="Add a state">
            <h2>"Add"</h2>
            <ul>{entries.into_iter().collect_view()}</ul>
            <p class="mw-meta">"Click to add behind the chosen state, or drag onto an arrow."</p>
        </aside>
    }
    .into_any()
}
