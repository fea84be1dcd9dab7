//! Something to know, in its place on the page.

use super::code::CodeBlock;
use super::icon::{Icon, Sign};
use super::status::Tone;
use leptos::prelude::*;

/// What failed: the error's name and its cause.
#[component]
pub fn Failure(
    /// The name.
    error: String,
    /// The cause; may be empty.
    cause: String,
) -> impl IntoView {
    let raised = raised_message(&cause);
    let whole = raised.is_some().then(|| cause.clone());
    view! {
        <div class="mw-notice mw-tone--danger">
            <span class="mw-status__glyph" aria-hidden="true">"✕"</span>
            <div>
                <strong>{error}</strong>
                <p>{raised.unwrap_or(cause)}</p>
                {whole.map(|text| view! { <details><summary>"The cause as it was given"</summary><CodeBlock text what="cause"/></details> })}
            </div>
        </div>
    }
}

/// What a function's error says: such a cause is JSON text with an `errorMessage`.
fn raised_message(cause: &str) -> Option<String> {
    let raised: serde_json::Value = serde_json::from_str(cause).ok()?;
    raised.get("errorMessage")?.as_str().map(str::to_owned)
}

/// What happened, why, what next. `role=alert` only for what went wrong.
#[component]
pub fn Notice(
    /// Its colour and shape.
    #[prop(optional)]
    tone: Tone,
    /// Request id, rule name: small, below.
    #[prop(optional, into)]
    detail: MaybeProp<String>,
    /// Buttons at the right.
    #[prop(optional, into)]
    actions: Option<ViewFn>,
    /// The words.
    children: Children,
) -> impl IntoView {
    let sign = match tone {
        Tone::Ok => Sign::Check,
        Tone::Warn | Tone::Danger => Sign::Alert,
        Tone::Stopped => Sign::Stop,
        Tone::Quiet | Tone::Run => Sign::Info,
    };
    view! {
        <div class=format!("mw-notice {}", tone.class()) role=(tone == Tone::Danger).then_some("alert")>
            <Icon sign />
            <div>
                {children()}
                {move || detail.get().map(|detail| view! { <div class="mw-notice__detail">{detail}</div> })}
            </div>
            {actions.map(|actions| view! { <div class="mw-actions">{actions.run()}</div> })}
        </div>
    }
}
