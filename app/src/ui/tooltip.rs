//! Words that explain words.

use leptos::prelude::*;

/// Shows `text` while its content is hovered or has the focus; Escape hides it.
#[component]
pub fn Tooltip(
    /// The explanation.
    #[prop(into)]
    text: Signal<String>,
    /// Under the content instead of over it.
    #[prop(optional)]
    below: bool,
    /// Underline the content as a term.
    #[prop(optional)]
    term: bool,
    /// What is explained.
    children: Children,
) -> impl IntoView {
    let closed = RwSignal::new(false);
    view! {
        <span
            class="mw-tip"
            class:mw-tip--below=below
            class:mw-tip--term=term
            class:mw-tip--closed=closed
            tabindex="0"
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    closed.set(true);
                }
            }
            on:mouseenter=move |_| closed.set(false)
            on:focus=move |_| closed.set(false)
        >
            {children()}
            <span class="mw-tip__text" role="tooltip">
                {move || text.get()}
            </span>
        </span>
    }
}

/// A term of the product with its one-line definition.
#[component]
pub fn Term(
    /// The definition.
    #[prop(into)]
    means: String,
    /// The term.
    children: Children,
) -> impl IntoView {
    view! { <Tooltip text=means term=true>{children()}</Tooltip> }
}
