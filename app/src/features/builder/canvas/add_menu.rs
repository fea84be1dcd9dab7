//! The little menu that says which kind of state to add.

use super::card::KindIcon;
use super::graph::NodeKind;
use super::placed::Spot;
use crate::ui::browser;
use leptos::html;
use leptos::prelude::*;

/// The menu, at a spot of the sheet.
#[component]
pub fn AddMenu(
    /// Its top middle, in CSS pixels of the sheet.
    at: Spot,
    /// A kind was chosen.
    on_choose: Callback<NodeKind>,
    /// It closed without a choice.
    on_close: Callback<()>,
) -> impl IntoView {
    let list = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if list.get().is_some() {
            browser::focus(list);
        }
    });
    let marked = RwSignal::new(0_usize);
    let keys = move |event: leptos::ev::KeyboardEvent| {
        let count = NodeKind::ALL.len();
        match event.key().as_str() {
            "ArrowDown" => marked.update(|place| *place = (*place + 1) % count),
            "ArrowUp" => marked.update(|place| *place = (*place + count - 1) % count),
            "Enter" | " " => on_choose.run(NodeKind::ALL[marked.get_untracked()]),
            "Escape" | "Tab" => on_close.run(()),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let entries = NodeKind::ALL
        .into_iter()
        .enumerate()
        .map(|(place, kind)| {
            view! {
                <div
                    id=format!("mw-add-{place}")
                    class="mw-add__item"
                    class:mw-add__item--marked=move || marked.get() == place
                    role="menuitem"
                    on:mouseenter=move |_| marked.set(place)
                    on:click=move |event| {
                        event.stop_propagation();
                        on_choose.run(kind);
                    }
                >
                    <KindIcon kind />
                    <b>{kind.label()}</b>
                    <small>{kind.hint()}</small>
                </div>
            }
        })
        .collect_view();
    view! {
        <div
            node_ref=list
            class="mw-add"
            style=format!("left:{}px;top:{}px", at.x, at.y)
            role="menu"
            tabindex="-1"
            aria-label="Add a state"
            aria-activedescendant=move || format!("mw-add-{}", marked.get())
            on:keydown=keys
        >
            {entries}
        </div>
    }
}
