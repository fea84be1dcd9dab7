//! The item map on the page.

use super::cursor::Cursor;
use super::data::{Bins, ItemCells};
use super::layout::MapKind;
use super::state::State;
use super::surface::Surface;
use super::words;
use crate::ui::browser;
use crate::ui::format::{count, counted};
use crate::ui::{Button, ButtonKind, Sign, use_theme};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;

/// The item map. Under sixty-one items it shows `list`; up to 12,288 a cell for every item, which
/// wants `items` to be the whole run; above, an overview of `bins` and the `items` of one of them.
#[component]
pub fn ItemMap(
    /// The counts of all bins.
    #[prop(into)]
    bins: Signal<Arc<Bins>>,
    /// The statuses of single items: of the run, or of the chosen bin. `None` while they load.
    #[prop(into)]
    items: Signal<Option<Arc<ItemCells>>>,
    /// The chosen bin; share it to keep it in the address.
    #[prop(optional)]
    selected_bin: Option<RwSignal<Option<usize>>>,
    /// Keep the newest dispatched bin chosen.
    #[prop(optional)]
    follow: Option<RwSignal<bool>>,
    /// A bin was chosen: load its items.
    on_select_bin: Callback<usize>,
    /// An item was chosen: open it.
    on_open_item: Callback<u64>,
    /// Items `first..=last` are selected, or none.
    on_range: Callback<Option<(u64, u64)>>,
    /// One more line for the tooltip of items `first..=last`: keys, the commonest error.
    #[prop(optional)]
    note: Option<Callback<(u64, u64), Option<String>>>,
    /// What can be done with the selected items.
    #[prop(optional, into)]
    range_actions: ViewFn,
    /// The rows of a run that is too small for a map.
    #[prop(optional, into)]
    list: ViewFn,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let state = State {
        bins,
        items,
        note,
        on_select_bin,
        on_open_item,
        on_range,
        selected_bin: selected_bin.unwrap_or_else(|| RwSignal::new(None)),
        follow: follow.unwrap_or_else(|| RwSignal::new(false)),
        width: RwSignal::new(1200),
        scale: RwSignal::new(1.0),
        zoom: RwSignal::new(None),
        ranging: RwSignal::new(false),
        range: RwSignal::new(None),
        wanted: RwSignal::new(None),
        bin_cursor: RwSignal::new(Cursor::default()),
        item_cursor: RwSignal::new(Cursor::default()),
        bin_box: NodeRef::new(),
        item_box: NodeRef::new(),
        dark: browser::watch_dark(use_theme()),
        index_field: NodeRef::new(),
    };
    browser::watch_width(frame, state.width, state.scale);
    state.follow_the_frontier();
    state.find_the_wanted();
    let kind = Memo::new(move |_| MapKind::of(bins.with(|bins| bins.total_items)));
    let body = move || match kind.get() {
        MapKind::List => list.run(),
        MapKind::Cells => {
            view! { <Toolbar state kind=MapKind::Cells /><Surface spec=state.items_spec() /> }.into_any()
        }
        MapKind::Overview => view! {
            <Toolbar state kind=MapKind::Overview />
            <Surface spec=state.bins_spec() />
            {state.detail_heading()}
            <Surface spec=state.items_spec() />
        }
        .into_any(),
    };
    let selection = move || {
        let (first, last) = state.range.get()?;
        Some(view! {
            <div class="mw-map__selection">
                <b class="mw-num">{words::range(first, last)}</b>
                <span class="mw-muted mw-num">{format!("{} selected", counted(last - first + 1, "item", "items"))}</span>
                <span class="mw-space"></span>
                {range_actions.run()}
                <Button kind=ButtonKind::Quiet dense=true on:click=move |_| state.clear()>"Clear"</Button>
            </div>
        })
    };
    view! { <div class="mw-map" node_ref=frame>{body}{selection}</div> }.into_any()
}

/// What the picture shows, and the controls that a mouse does not need.
#[component]
fn Toolbar(state: State, kind: MapKind) -> impl IntoView {
    let explained = move || {
        let (total, bins, size) =
            state.bins.with(|bins| (bins.total_items, bins.len() as u64, bins.items_per_bin));
        match kind {
            MapKind::Overview => format!(
                "{} items · {} cells of {} · fill = share finished, corner = failures",
                count(total),
                count(bins),
                counted(size, "item", "items")
            ),
            _ => format!("{} items · one cell = one item", count(total)),
        }
    };
    let follows = (kind == MapKind::Overview).then(|| {
        view! {
            <label class="mw-map__follow">
                <input type="checkbox" prop:checked=state.follow on:change=move |event| state.follow.set(event_target_checked(&event)) />
                "Follow running"
            </label>
        }
    });
    let go = move |event: SubmitEvent| {
        event.prevent_default();
        let typed =
            state.index_field.get_untracked().map(|field: leptos::web_sys::HtmlInputElement| field.value());
        if let Some(item) =
            typed.and_then(|text| text.trim().trim_start_matches('#').replace(',', "").parse().ok())
        {
            state.go_to(item);
        }
    };
    view! {
        <div class="mw-map__bar">
            <span class="mw-map__line mw-num">{explained}</span>
            <span class="mw-space"></span>
            {follows}
            <button
                type="button"
                class="mw-button mw-button--dense mw-button--quiet"
                aria-pressed=move || if state.ranging.get() { "true" } else { "false" }
                title="Click the first and the last cell"
                on:click=move |_| state.ranging.update(|on| *on = !*on)
            >
                {move || if state.ranging.get() { "Click first and last cell" } else { "Select range" }}
            </button>
            <form class="mw-map__go" on:submit=go>
                <input node_ref=state.index_field class="mw-input mw-input--dense mw-num" inputmode="numeric" aria-label="Go to item" placeholder="Go to item #" />
            </form>
            <Button kind=ButtonKind::Quiet dense=true icon=Sign::Minus label="Smaller cells ([)" on:click=move |_| state.zoom_by(-1) />
            <Button kind=ButtonKind::Quiet dense=true icon=Sign::Add label="Larger cells (])" on:click=move |_| state.zoom_by(1) />
        </div>
    }
    .into_any()
}
