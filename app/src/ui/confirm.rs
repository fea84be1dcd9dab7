//! A question before something goes away. Made of `<details>`, so it works without a script.

use super::button::{Button, ButtonKind};
use leptos::prelude::*;

/// A quiet button that opens the question; the form inside does it.
#[component]
pub fn Confirm(
    /// What the quiet button says: "Remove".
    #[prop(into)]
    label: String,
    /// The question and its consequences, including what is not affected.
    #[prop(into)]
    question: String,
    /// Why it cannot be done now.
    #[prop(optional_no_strip)]
    blocked: Option<String>,
    /// The form with its verb.
    children: Children,
) -> impl IntoView {
    match blocked {
        Some(why) => view! { <Button kind=ButtonKind::Quiet dense=true blocked=Some(why)>{label}</Button> }.into_any(),
        None => view! {
            <details class="mw-menu mw-confirm">
                <summary class="mw-button mw-button--dense mw-button--danger-quiet">{label}</summary>
                <div class="mw-menu__list mw-confirm__body">
                    <p>{question}</p>
                    {children()}
                </div>
            </details>
        }
        .into_any(),
    }
}
