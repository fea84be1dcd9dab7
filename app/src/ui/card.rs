//! Frames for content: cards, key figures, what stands where nothing is yet.

use super::status::Tone;
use leptos::prelude::*;

/// A framed part of the page with a heading.
#[component]
pub fn Card(
    /// The heading; none for a bare frame.
    #[prop(optional, into)]
    title: Option<String>,
    /// Small words beside the heading.
    #[prop(optional, into)]
    note: MaybeProp<String>,
    /// What stands at the right of the heading.
    #[prop(optional, into)]
    actions: ViewFn,
    /// The content.
    children: Children,
) -> impl IntoView {
    let head = title.map(|title| {
        view! {
            <div class="mw-card__head">
                <h2>{title}</h2>
                {move || note.get().map(|note| view! { <span class="mw-card__note">{note}</span> })}
                <div class="mw-card__actions">{actions.run()}</div>
            </div>
        }
    });
    view! { <section class="mw-card">{head}{children()}</section> }.into_any()
}

/// A row of [`KeyFigure`]s in one frame.
#[component]
pub fn Figures(
    /// The figures.
    children: Children,
) -> impl IntoView {
    view! { <dl class="mw-figures">{children()}</dl> }
}

/// One number that matters, with its name above and its context below.
#[component]
pub fn KeyFigure(
    /// Its name.
    #[prop(into)]
    label: String,
    /// The number, formatted.
    #[prop(into)]
    value: Signal<String>,
    /// Its unit, smaller.
    #[prop(optional, into)]
    unit: MaybeProp<String>,
    /// What to compare it with.
    #[prop(optional, into)]
    note: MaybeProp<String>,
    /// Colour, when the number is good or bad news.
    #[prop(optional, into)]
    tone: Signal<Tone>,
) -> impl IntoView {
    view! {
        <div class="mw-figure">
            <dt class="mw-figure__label">{label}</dt>
            <dd class=move || format!("mw-figure__value {}", tone.get().class())>
                {move || value.get()}
                {move || unit.get().map(|unit| view! { <span class="mw-figure__unit">{unit}</span> })}
            </dd>
            <dd class="mw-figure__note">{move || note.get()}</dd>
        </div>
    }
}

/// What a place is for while it is empty: one sentence, one action, one command to copy.
#[component]
pub fn EmptyState(
    /// "No runs yet."
    #[prop(into)]
    title: String,
    /// What would be here.
    #[prop(into)]
    text: String,
    /// The action, and the same as a command.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="mw-empty">
            <h2>{title}</h2>
            <p>{text}</p>
            {children.map(|children| view! { <div class="mw-row">{children()}</div> })}
        </div>
    }
}

/// A place that has never had data; shows itself after 300 ms.
#[component]
pub fn Skeleton(
    /// Height in pixels.
    #[prop(default = 20)]
    height: u32,
) -> impl IntoView {
    view! { <div class="mw-skeleton" style=format!("height:{height}px") aria-hidden="true"></div> }
}
