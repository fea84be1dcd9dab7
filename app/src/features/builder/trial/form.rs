//! What to try: the item, the input, the pins.

use super::Trial;
use super::pins::Pins;
use crate::features::builder::session::Desk;
use crate::features::manifests::api::manifests;
use crate::shell::Place;
use crate::ui::{Button, ButtonKind, Field, Sign};
use leptos::prelude::*;

/// The form.
#[component]
pub fn TrialForm(
    /// The draft.
    desk: Desk,
    /// What is tried.
    trial: Trial,
) -> AnyView {
    let place = Place::here();
    let known = LocalResource::new(move || manifests(place.w.get()));
    let options = move || {
        let found = known.get().and_then(Result::ok).unwrap_or_default();
        let option = move |manifest: model::Manifest| {
            let id = manifest.id.to_string();
            let chosen = id.clone();
            view! { <option value=id selected=move || trial.manifest.get() == chosen>{manifest.name}</option> }
        };
        found.into_iter().map(option).collect_view()
    };
    let pasted = move || trial.manifest.with(String::is_empty);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        trial.run(place.w.get_untracked(), desk);
    };
    let set_index = move |event| trial.index.set(event_target_value(&event).trim().parse().unwrap_or(0));
    view! {
        <form class="mw-form" on:submit=submit>
            <Field id="trial-manifest" label="Item from">
                <select id="trial-manifest" class="mw-input" on:change=move |event| trial.manifest.set(event_target_value(&event))>
                    <option value="" selected=pasted>"What I paste here"</option>
                    {options}
                </select>
            </Field>
            <Show when=pasted fallback=move || view! {
                <Field id="trial-index" label="Index in the manifest" help="From 0.">
                    <input id="trial-index" class="mw-input" inputmode="numeric" value=trial.index.get_untracked().to_string() on:input=set_index/>
                </Field>
            }>
                <JsonArea id="trial-item" label="Item" text=trial.item/>
            </Show>
            <JsonArea id="trial-input" label="Execution input" text=trial.input/>
            <Pins desk trial/>
            <div class="mw-form__foot">
                <Button submit=true kind=ButtonKind::Primary icon=Sign::Play>
                    {move || if trial.running.get() { "Running…" } else { "Run test" }}
                </Button>
                <kbd title="Run the test">"Ctrl+Enter"</kbd>
            </div>
        </form>
    }
    .into_any()
}

/// JSON to type.
#[component]
fn JsonArea(id: &'static str, label: &'static str, text: RwSignal<String>) -> impl IntoView {
    let rows = move || text.with(|text| text.lines().count().clamp(2, 10).to_string());
    view! {
        <Field id label>
            <textarea id=id class="mw-input mw-input--mono" rows=rows spellcheck="false" prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))>{text.get_untracked()}</textarea>
        </Field>
    }
}
