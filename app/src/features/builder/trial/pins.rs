//! States that answer at once instead of doing their work.

use super::{PinText, Trial};
use crate::features::builder::session::Desk;
use crate::ui::{Button, ButtonKind, Sign};
use leptos::prelude::*;

/// The pins, and a choice of states to pin.
#[component]
pub fn Pins(
    /// The draft.
    desk: Desk,
    /// What is tried.
    trial: Trial,
) -> AnyView {
    let states = Memo::new(move |_| trial.pins.with(|pins| pins.keys().cloned().collect::<Vec<_>>()));
    let free = move || {
        let graph = desk.draft.with(|draft| draft.graph());
        let names = graph.nodes.iter().filter(|node| states.with(|pinned| !pinned.contains(&node.name)));
        names.map(|node| view! { <option value=node.name.clone()>{format!("{} · {}", node.name, node.state_type)}</option> }).collect_view()
    };
    let add = move |event| {
        let state = event_target_value(&event);
        if !state.is_empty() {
            trial.pins.update(|pins| _ = pins.insert(state, PinText { fails: false, text: "{}".to_owned() }));
        }
    };
    view! {
        <fieldset class="mw-rules">
            <legend>"Pinned answers"</legend>
            <For each=move || states.get() key=String::clone let:state>
                <PinRow trial state/>
            </For>
            <select class="mw-input" aria-label="Pin the answer of a state" prop:value="" on:change=add>
                <option value="">"Pin the answer of a state…"</option>
                {free}
            </select>
        </fieldset>
    }
    .into_any()
}

#[component]
fn PinRow(trial: Trial, state: String) -> impl IntoView {
    let name = StoredValue::new(state.clone());
    let pin = Memo::new(move |_| {
        trial.pins.with(|pins| pins.get(&name.get_value()).cloned()).unwrap_or(PinText { fails: false, text: String::new() })
    });
    let change = move |change: &dyn Fn(&mut PinText)| {
        trial.pins.update(|pins| {
            if let Some(pin) = pins.get_mut(&name.get_value()) {
                change(pin);
            }
        });
    };
    let set_kind = move |event| {
        let fails = event_target_value(&event) == "error";
        let text = if fails { "States.TaskFailed" } else { "{}" };
        change(&|pin| *pin = PinText { fails, text: text.to_owned() });
    };
    let set_text = move |event| {
        let text = event_target_value(&event);
        change(&|pin| pin.text.clone_from(&text));
    };
    let fails = move || pin.with(|pin| pin.fails);
    let text = move || pin.with(|pin| pin.text.clone());
    let remove = move |_| trial.pins.update(|pins| _ = pins.remove(&name.get_value()));
    view! {
        <div class="mw-rule">
            <div class="mw-rule__head">
                <strong class="mw-truncate">{state.clone()}</strong>
                <span class="mw-space"></span>
                <select class="mw-input" aria-label=format!("How {state} ends") on:change=set_kind>
                    <option value="output" selected=move || !fails()>"gives"</option>
                    <option value="error" selected=fails>"fails with"</option>
                </select>
                <Button kind=ButtonKind::Quiet icon=Sign::Close label=format!("Unpin {state}") on:click=remove/>
            </div>
            <textarea class="mw-input mw-input--mono" rows="2" spellcheck="false" aria-label=format!("Answer of {state}")
                prop:value=text on:input=set_text>{pin.get_untracked().text}</textarea>
        </div>
    }
}
