//! One state as a card, and a container as a frame with a heading.

use super::graph::{GraphNode, GraphView, Level, NodeCounts, NodeKind};
use super::placed::PlacedNode;
use crate::ui::format::{compact, counted};
use crate::ui::{Icon, Sign, Status, StatusGlyph};
use leptos::prelude::*;

/// The icon of a kind of state.
#[component]
pub fn KindIcon(kind: NodeKind) -> impl IntoView {
    view! {
        <span class=format!("mw-kind mw-kind--{}", kind.class()) aria-hidden="true">
            <svg class="mw-icon" viewBox="0 0 16 16"><path d=kind.path() /></svg>
        </span>
    }
}

/// What a state tells besides where it is.
#[derive(Clone)]
pub struct Card {
    /// The element's id in the page.
    pub dom_id: String,
    pub node: GraphNode,
    pub place: PlacedNode,
    /// States inside, when it is a container.
    pub inside: usize,
    /// The names of the states that follow.
    pub next: Vec<String>,
}

impl Card {
    /// Gathers what a card shows.
    pub fn of(view: &GraphView, place: &PlacedNode) -> Option<Self> {
        let number = view.nodes.iter().position(|node| node.id == place.id)?;
        let node = view.nodes[number].clone();
        let next = view
            .edges
            .iter()
            .filter(|edge| edge.from == node.id)
            .filter_map(|edge| view.node(&edge.to))
            .map(|node| node.name.clone())
            .collect();
        Some(Self {
            dom_id: dom_id(number),
            inside: view.size_inside(&node.id, 0),
            node,
            place: place.clone(),
            next,
        })
    }

    fn sentence(&self) -> String {
        let mut words = format!("{}, {}", self.node.name, self.node.kind.label());
        match self.node.problem {
            Some(Level::Error) => words.push_str(", has an error"),
            Some(Level::Warning) => words.push_str(", has a warning"),
            None => {}
        }
        if self.inside > 0 {
            words.push_str(&format!(", {} inside", counted(self.inside as u64, "state", "states")));
        }
        match self.next.is_empty() {
            true => words.push_str(". Ends here."),
            false => words.push_str(&format!(". Next: {}.", self.next.join(", "))),
        }
        words
    }
}

/// The id in the page of the state at a place of the view.
pub fn dom_id(number: usize) -> String {
    format!("mw-state-{number}")
}

/// Draws the card; `toggle` folds and unfolds a container.
pub fn card_view(
    card: Card,
    selected: RwSignal<Option<String>>,
    on_pick: Callback<String>,
    on_toggle: Callback<String>,
) -> impl IntoView {
    let sentence = card.sentence();
    let Card { dom_id, node, place, inside, .. } = card;
    let id = StoredValue::new(node.id.clone());
    let is_selected = move || selected.with(|selected| id.with_value(|id| selected.as_ref() == Some(id)));
    let container = inside > 0;
    let fold = container.then(|| {
        let label = if place.open { "Fold" } else { "Unfold" };
        let toggle = move |event: leptos::ev::MouseEvent| {
            event.stop_propagation();
            on_toggle.run(id.get_value());
        };
        view! {
            <button type="button" class="mw-node__fold" tabindex="-1" aria-label=label title=label on:click=toggle>
                <Icon sign=if place.open { Sign::ChevronDown } else { Sign::ChevronRight } />
            </button>
        }
    });
    let problem = node.problem.map(|level| {
        let (class, word) = match level {
            Level::Error => ("mw-node__problem mw-tone--danger", "Error"),
            Level::Warning => ("mw-node__problem mw-tone--warn", "Warning"),
        };
        view! { <span class=class title=word><Icon sign=Sign::Alert /></span> }
    });
    let second = match node.counts {
        Some(counts) => counts_view(counts).into_any(),
        None if container && !place.open => {
            counted(inside as u64, "state inside", "states inside").into_any()
        }
        None if node.subtitle.is_empty() => node.kind.label().into_any(),
        None => node.subtitle.clone().into_any(),
    };
    let class =
        format!("mw-node mw-node--{}{}", node.kind.class(), if place.open { " mw-node--open" } else { "" });
    view! {
        <div
            id=dom_id
            class=class
            class:mw-node--selected=is_selected
            style=format!("left:{}px;top:{}px;width:{}px;height:{}px", place.at.x, place.at.y, place.width, place.height)
            role="treeitem"
            attr:aria-level=place.level.to_string()
            aria-selected=move || if is_selected() { "true" } else { "false" }
            aria-expanded=container.then_some(if place.open { "true" } else { "false" })
            aria-label=sentence
            on:click=move |event| {
                event.stop_propagation();
                on_pick.run(id.get_value());
            }
        >
            <div class="mw-node__head">
                <KindIcon kind=node.kind />
                <div class="mw-node__words">
                    <b class="mw-truncate" title=node.name.clone()>{node.name.clone()}</b>
                    <span class="mw-truncate mw-num">{second}</span>
                </div>
                {problem}
                {fold}
            </div>
        </div>
    }
}

fn counts_view(counts: NodeCounts) -> impl IntoView {
    let part = |status: Status, count: u64| {
        (count > 0).then(
            || view! { <span class="mw-node__count"><StatusGlyph status />{compact(count as f64)}</span> },
        )
    };
    view! {
        {part(Status::Running, counts.inside)}
        {part(Status::Succeeded, counts.passed)}
        {part(Status::Failed, counts.failed)}
        {(counts == NodeCounts::default()).then_some("not reached")}
    }
}
