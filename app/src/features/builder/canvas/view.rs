//! The canvas: cards over wires, zoom, selection, the keys of a tree.

mod keys;

use super::add_menu::AddMenu;
use super::card::{Card, card_view, dom_id};
use super::graph::{GraphView, NodeKind, Wire};
use super::layout::{Direction, curve, label_width, layout};
use super::placed::{Placed, PlacedEdge, Spot};
use crate::ui::{Button, ButtonKind, Sign, browser};
use leptos::ev::PointerEvent;
use leptos::html;
use leptos::prelude::*;
use std::collections::HashSet;
use std::sync::Arc;

/// Where a new state goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Between two states. No `from`: at the beginning of the scope; no `to`: at its end.
    Edge {
        /// The state before.
        from: Option<String>,
        /// The state behind.
        to: Option<String>,
        /// The container; none for the top.
        scope: Option<String>,
    },
    /// After a state.
    After(String),
    /// Before a state.
    Before(String),
}

/// What the reader wants of the definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// A new state.
    Insert(Place, NodeKind),
    /// The state goes; its edges heal.
    Delete(String),
    /// The same state once more, behind it.
    Duplicate(String),
    /// A container around the state.
    Wrap(String),
    /// One place earlier.
    MoveUp(String),
    /// One place later.
    MoveDown(String),
}

const ZOOMS: [f64; 8] = [0.25, 0.33, 0.5, 0.67, 0.8, 1.0, 1.25, 1.5];

/// The graph of a definition.
#[component]
pub fn GraphCanvas(
    /// What it shows.
    #[prop(into)]
    graph: Signal<Arc<GraphView>>,
    /// The chosen state.
    selected: RwSignal<Option<String>>,
    /// A state was chosen, or none.
    on_select: Callback<Option<String>>,
    /// Open the chosen state: its form, or the items that are in it.
    on_open: Callback<String>,
    /// Change the definition. Without it the graph is only shown.
    #[prop(optional)]
    on_edit: Option<Callback<Edit>>,
    /// The containers that do not show their inside.
    #[prop(optional)]
    folded: Option<RwSignal<HashSet<String>>>,
    /// The way that the steps go.
    #[prop(optional)]
    direction: Option<RwSignal<Direction>>,
    /// The definition is broken and this is how it was before.
    #[prop(optional, into)]
    stale: Signal<bool>,
) -> impl IntoView {
    let folded = folded.unwrap_or_default();
    let direction = direction.unwrap_or_default();
    let placed =
        Memo::new(move |_| graph.with(|graph| folded.with(|folded| layout(graph, folded, direction.get()))));
    let canvas = Canvas {
        graph,
        placed,
        selected,
        folded,
        direction,
        on_select,
        on_open,
        on_edit,
        zoom: RwSignal::new(1.0),
        menu: RwSignal::new(None),
        frame: NodeRef::new(),
    };
    // Once, when the canvas has its place: a graph that is too large is shown whole.
    let (width, scale) = (RwSignal::new(0), RwSignal::new(1.0));
    browser::watch_width(canvas.frame, width, scale);
    Effect::new(move |seen: Option<bool>| {
        if seen != Some(true) && width.get() > 0 {
            canvas.fit();
            return true;
        }
        seen.unwrap_or(false)
    });
    let dragged = RwSignal::new(None::<(i32, i32)>);
    let down = move |event: PointerEvent| {
        if event.button() == 0 {
            dragged.set(Some((event.client_x(), event.client_y())));
        }
    };
    let moved = move |event: PointerEvent| {
        if let Some((x, y)) = dragged.get_untracked() {
            browser::scroll_by(canvas.frame, x - event.client_x(), y - event.client_y());
            dragged.set(Some((event.client_x(), event.client_y())));
        }
    };
    let style = move || {
        placed.with(|placed| {
            format!(
                "width:{0}px;height:{1}px",
                placed.width * canvas.zoom.get(),
                placed.height * canvas.zoom.get()
            )
        })
    };
    let scaled = move || {
        placed.with(|placed| {
            format!(
                "width:{}px;height:{}px;transform:scale({})",
                placed.width,
                placed.height,
                canvas.zoom.get()
            )
        })
    };
    let active = move || {
        selected
            .get()
            .and_then(|id| graph.with(|graph| graph.nodes.iter().position(|node| node.id == id)))
            .map(dom_id)
    };
    view! {
        <div class="mw-graph" class:mw-graph--stale=stale>
            <div
                node_ref=canvas.frame
                class="mw-graph__view"
                role="tree"
                tabindex="0"
                aria-label="States"
                aria-activedescendant=active
                on:keydown=move |event| canvas.key(&event)
                on:click=move |_| canvas.pick(None)
                on:pointerdown=down
                on:pointermove=moved
                on:pointerup=move |_| dragged.set(None)
                on:pointerleave=move |_| dragged.set(None)
            >
                <div class="mw-graph__sheet" style=style>
                    <div class="mw-graph__scaled" style=scaled>
                        {move || canvas.content().into_any()}
                    </div>
                    {move || canvas.menu_view().map(IntoAny::into_any)}
                </div>
            </div>
            {canvas.tools().into_any()}
        </div>
    }
    .into_any()
}

#[derive(Clone, Copy)]
struct Canvas {
    graph: Signal<Arc<GraphView>>,
    placed: Memo<Placed>,
    selected: RwSignal<Option<String>>,
    folded: RwSignal<HashSet<String>>,
    direction: RwSignal<Direction>,
    on_select: Callback<Option<String>>,
    on_open: Callback<String>,
    on_edit: Option<Callback<Edit>>,
    zoom: RwSignal<f64>,
    menu: RwSignal<Option<(Place, Spot)>>,
    frame: NodeRef<html::Div>,
}

impl Canvas {
    fn pick(&self, id: Option<String>) {
        self.menu.set(None);
        if self.selected.get_untracked() != id {
            self.selected.set(id.clone());
            self.on_select.run(id);
        }
    }

    fn edit(&self, edit: Edit) {
        if let Some(on_edit) = self.on_edit {
            on_edit.run(edit);
        }
    }

    fn toggle(&self, id: String) {
        self.folded.update(|folded| {
            if !folded.remove(&id) {
                folded.insert(id);
            }
        });
    }

    /// Opens the menu at a state.
    fn ask(&self, id: &str, before: bool) {
        if self.on_edit.is_none() {
            return;
        }
        let spot = self.placed.with_untracked(|placed| {
            let node = placed.nodes.iter().find(|node| node.id == id)?;
            Some(Spot {
                x: node.at.x + node.width / 2.0,
                y: if before { node.at.y } else { node.at.y + node.height },
            })
        });
        let place = if before { Place::Before(id.to_owned()) } else { Place::After(id.to_owned()) };
        self.menu.set(spot.map(|spot| (place, spot)));
    }

    fn zoom_by(&self, step: isize) {
        let now = self.zoom.get_untracked();
        let at = ZOOMS.iter().position(|zoom| *zoom >= now - 0.001).unwrap_or(ZOOMS.len() - 1);
        if let Some(zoom) = ZOOMS.get(at.saturating_add_signed(step)) {
            self.zoom.set(*zoom);
        }
    }

    fn fit(&self) {
        let Some((width, height)) = browser::inner_size(self.frame) else { return };
        let zoom = self
            .placed
            .with_untracked(|placed| (width / placed.width.max(1.0)).min(height / placed.height.max(1.0)));
        self.zoom.set(zoom.clamp(0.33, 1.0));
    }

    fn content(self) -> impl IntoView {
        let (graph, placed) = (self.graph.get(), self.placed.get());
        let pick = Callback::new(move |id| self.pick(Some(id)));
        let toggle = Callback::new(move |id| self.toggle(id));
        let cards = |open: bool| {
            placed
                .nodes
                .iter()
                .filter(|node| node.open == open)
                .filter_map(|node| Card::of(&graph, node))
                .map(|card| card_view(card, self.selected, pick, toggle).into_any())
                .collect_view()
        };
        let dots = placed
            .dots
            .iter()
            .map(|dot| view! { <circle class=if dot.end { "mw-graph__end" } else { "mw-graph__start" } cx=dot.at.x cy=dot.at.y r=if dot.end { 5.5 } else { 6.0 } /> })
            .collect_view();
        let wires = placed.edges.iter().map(|edge| self.wire(edge).into_any()).collect_view();
        let names = placed.labels.iter().map(|label| view! { <div class="mw-graph__branch" style=format!("left:{}px;top:{}px", label.at.x, label.at.y)>{label.text.clone()}</div> }).collect_view();
        let words = placed.edges.iter().map(|edge| self.words(&graph, edge).into_any()).collect_view();
        view! {
            {cards(true)}
            <svg class="mw-graph__wires" viewBox=format!("0 0 {} {}", placed.width, placed.height) aria-hidden="true">
                <defs>
                    <marker id="mw-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">
                        <path d="M0 .8 7.4 4 0 7.2z" fill="context-stroke" />
                    </marker>
                </defs>
                {wires}
                {dots}
            </svg>
            {names}
            {words}
            {cards(false)}
        }
    }

    fn wire(self, edge: &PlacedEdge) -> impl IntoView + use<> {
        let ends = [edge.from.clone(), edge.to.clone()];
        let touched = move || self.selected.with(|selected| selected.is_some() && ends.contains(selected));
        let class = match edge.wire {
            Wire::Next | Wire::Rule => "mw-graph__wire",
            Wire::Default => "mw-graph__wire mw-graph__wire--default",
            Wire::Catch => "mw-graph__wire mw-graph__wire--catch",
        };
        view! { <path class=class class:mw-graph__wire--touched=touched d=curve(&edge.points, self.direction.get()) marker-end="url(#mw-arrow)" /> }
    }

    /// An edge's label and its ⊕.
    fn words(self, graph: &GraphView, edge: &PlacedEdge) -> impl IntoView + use<> {
        let name = |id: &Option<String>, other: &str| {
            id.as_ref().and_then(|id| graph.node(id)).map_or(other.to_owned(), |node| node.name.clone())
        };
        let title = format!(
            "Add a state between {} and {}",
            name(&edge.from, "the start"),
            name(&edge.to, "the end")
        );
        let place = Place::Edge { from: edge.from.clone(), to: edge.to.clone(), scope: edge.scope.clone() };
        let middle = edge.middle;
        let add = self.on_edit.map(|on_edit| {
            let dropped = place.clone();
            let open = move |event: leptos::ev::MouseEvent| {
                event.stop_propagation();
                self.menu.set(Some((place.clone(), middle)));
            };
            let drop = move |event: leptos::ev::DragEvent| {
                event.prevent_default();
                let word = event.data_transfer().and_then(|data| data.get_data("text/plain").ok()).unwrap_or_default();
                if let Some(kind) = NodeKind::ALL.into_iter().find(|kind| kind.label() == word) {
                    on_edit.run(Edit::Insert(dropped.clone(), kind));
                }
            };
            view! {
                <button type="button" class="mw-graph__add" tabindex="-1" aria-label=title.clone() title=title on:click=open on:dragover=move |event| event.prevent_default() on:drop=drop>
                    "+"
                </button>
            }
        });
        let label = (!edge.label.is_empty()).then(|| {
            let class = if edge.wire == Wire::Catch { "mw-graph__label mw-graph__label--catch" } else { "mw-graph__label" };
            view! { <span class=class title=edge.label.clone() style=format!("max-width:{}px", label_width(&edge.label))>{edge.label.clone()}</span> }
        });
        view! { <div class="mw-graph__mid" style=format!("left:{}px;top:{}px", middle.x, middle.y)>{label}{add}</div> }
    }

    fn menu_view(self) -> Option<impl IntoView> {
        let (place, spot) = self.menu.get()?;
        let zoom = self.zoom.get();
        let choose = Callback::new(move |kind| {
            self.menu.set(None);
            self.edit(Edit::Insert(place.clone(), kind));
            browser::focus(self.frame);
        });
        let close = Callback::new(move |()| {
            self.menu.set(None);
            browser::focus(self.frame);
        });
        Some(
            view! { <AddMenu at=Spot { x: spot.x * zoom, y: spot.y * zoom + 14.0 } on_choose=choose on_close=close /> },
        )
    }

    fn tools(self) -> impl IntoView {
        let turn = move |_| {
            self.direction.update(|direction| {
                *direction = if *direction == Direction::Down { Direction::Right } else { Direction::Down };
            });
        };
        view! {
            <div class="mw-graph__tools">
                <Button kind=ButtonKind::Quiet dense=true icon=Sign::Minus label="Zoom out (−)" on:click=move |_| self.zoom_by(-1) />
                <span class="mw-graph__zoom mw-num">{move || format!("{:.0} %", self.zoom.get() * 100.0)}</span>
                <Button kind=ButtonKind::Quiet dense=true icon=Sign::Add label="Zoom in (+)" on:click=move |_| self.zoom_by(1) />
                <Button kind=ButtonKind::Quiet dense=true icon=Sign::Expand label="Fit (0)" on:click=move |_| self.fit() />
                <Button kind=ButtonKind::Quiet dense=true icon=Sign::Graph label="Top-down or left-right" on:click=turn />
            </div>
        }
    }
}
