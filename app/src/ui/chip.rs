//! Small labelled things: filters, badges, values to copy.

use super::browser;
use super::icon::{Icon, Sign};
use super::status::Tone;
use leptos::prelude::*;

/// A filter that is on; its cross takes it away.
#[component]
pub fn Chip(
    /// The page without this filter. Without one the chip has no cross.
    #[prop(optional, into)]
    remove_href: Option<String>,
    /// What the cross takes away, for screen readers.
    #[prop(optional, into)]
    remove_label: Option<String>,
    /// The words.
    children: Children,
) -> impl IntoView {
    let cross = remove_href.map(|href| {
        let label = remove_label.unwrap_or_else(|| "Remove filter".into());
        view! { <a class="mw-chip__remove" href=href aria-label=label.clone() title=label><Icon sign=Sign::Close /></a> }
    });
    view! { <span class="mw-chip">{children()}{cross}</span> }
}

/// A word with a tint.
#[component]
pub fn Badge(
    /// Its colour.
    #[prop(optional)]
    tone: Tone,
    /// The word.
    children: Children,
) -> impl IntoView {
    view! { <span class=format!("mw-badge {}", tone.class())>{children()}</span> }
}

/// The button that copies `text` and says so.
#[component]
pub fn CopyButton(
    /// What is copied.
    #[prop(into)]
    text: Signal<String>,
    /// What that is: "run id".
    #[prop(into)]
    what: String,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let label =
        Signal::derive(move || if copied.get() { "Copied".to_owned() } else { format!("Copy {what}") });
    let copy = move |_| {
        browser::copy_text(&text.get_untracked());
        copied.set(true);
        browser::after_ms(2_000, move || {
            copied.try_set(false);
        });
    };
    view! {
        <button type="button" class="mw-copy__button" aria-label=label title=label on:click=copy>
            {move || view! { <Icon sign=if copied.get() { Sign::Check } else { Sign::Copy } /> }}
        </button>
    }
}

/// A value in code letters with a button that copies it; may show a short form of a long value.
#[component]
pub fn Copyable(
    /// What is copied.
    #[prop(into)]
    text: String,
    /// What is shown, if shorter.
    #[prop(optional, into)]
    short: Option<String>,
    /// What it is: "run id".
    #[prop(into)]
    what: String,
) -> impl IntoView {
    let shown = short.unwrap_or_else(|| text.clone());
    view! {
        <span class="mw-copy">
            <code title=text.clone()>{shown}</code>
            <CopyButton text what />
        </span>
    }
}
