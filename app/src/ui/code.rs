//! Text as a machine wrote it.

use super::chip::CopyButton;
use leptos::prelude::*;

/// Code or a command with a button that copies it.
#[component]
pub fn CodeBlock(
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// What it is: "command", "definition".
    #[prop(default = "code".to_owned(), into)]
    what: String,
) -> impl IntoView {
    let label = what.clone();
    view! {
        <div class="mw-code">
            <pre tabindex="0" role="region" aria-label=label>
                <code>{move || text.get()}</code>
            </pre>
            <CopyButton text what />
        </div>
    }
}
