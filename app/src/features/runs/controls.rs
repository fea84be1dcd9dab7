//! What can be done to a run while it runs: pause, stop, other limits.

use super::api::{ChangeLimits, Control};
use super::live::Live;
use crate::error::ErrorNote;
use crate::shell::Place;
use crate::ui::{Button, ButtonKind, Dialog, NumberInput};
use leptos::prelude::*;
use model::{MapRun, MapRunPhase};

/// Pause, stop and limits.
#[component]
pub fn Controls(
    /// The run.
    id: String,
    /// Its live state.
    live: Live,
    /// Called when something was done.
    refresh: Callback<()>,
) -> AnyView {
    let place = Place::here();
    let control = ServerAction::<Control>::new();
    let asking = RwSignal::new(false);
    Effect::new(move |_| {
        if control.version().get() > 0 {
            asking.set(false);
            refresh.run(());
        }
    });
    let failed = move || control.value().get().and_then(Result::err);
    let send = {
        let id = id.clone();
        Callback::new(move |verb: &'static str| {
            control.dispatch(Control { w: place.w.get_untracked(), id: id.clone(), verb: verb.into() });
        })
    };
    let ended = ended(live);
    let waits = |map: &MapRun| matches!(map.phase, MapRunPhase::Paused | MapRunPhase::Stopping);
    let paused = Memo::new(move |_| live.map_run.with(|map| map.as_ref().is_some_and(waits)));
    let no_map = Signal::derive(move || ended.get().or_else(|| live.map_run.with(Option::is_none).then(|| "No Map Run has begun.".to_owned())));
    view! {
        <Button blocked=ended on:click=move |_| send.run(if paused.get_untracked() { "resume" } else { "pause" })>
            {move || if paused.get() { "Resume" } else { "Pause" }}
        </Button>
        <LimitsButton id live blocked=no_map refresh/>
        <Button kind=ButtonKind::DangerQuiet blocked=ended on:click=move |_| asking.set(true)>"Stop…"</Button>
        <Dialog open=asking title="Stop this run?">
            <div class="mw-stack">
                <p>"No other item begins. Items that did not run stay pending; a redrive runs them later."</p>
                {move || failed().map(|error| view! { <ErrorNote error/> })}
                <div class="mw-form__foot">
                    <Button blocked=no_map on:click=move |_| send.run("stop_after_flight")>"Let items in flight finish"</Button>
                    <Button kind=ButtonKind::Danger on:click=move |_| send.run("stop")>"Stop now"</Button>
                </div>
            </div>
        </Dialog>
        {move || (!asking.get()).then(failed).flatten().map(|error| view! { <ErrorNote error/> })}
    }
    .into_any()
}

fn ended(live: Live) -> Signal<Option<String>> {
    Signal::derive(move || live.run.with(|run| run.status.is_final()).then(|| "The run has ended.".to_owned()))
}

/// The limits of the Map Run, to be changed while it runs.
#[component]
fn LimitsButton(id: String, live: Live, blocked: Signal<Option<String>>, refresh: Callback<()>) -> AnyView {
    let place = Place::here();
    let open = RwSignal::new(false);
    let action = ServerAction::<ChangeLimits>::new();
    Effect::new(move |_| {
        if let Some(Ok(())) = action.value().get() {
            open.set(false);
            refresh.run(());
        }
    });
    let failed = move || action.value().get().and_then(Result::err);
    let now = move |of: fn(&MapRun) -> String| -> Signal<String> {
        Memo::new(move |_| live.map_run.with(|map| map.as_ref().map(of).unwrap_or_default())).into()
    };
    view! {
        <Button blocked on:click=move |_| open.set(true)>"Limits…"</Button>
        <Dialog open title="Limits of this run">
            <ActionForm action attr:class="mw-form">
                <input type="hidden" name="w" value=move || place.w.get()/>
                <input type="hidden" name="id" value=id/>
                <div class="mw-form__row">
                    <NumberInput name="limits[max_concurrency]" label="Concurrency" unit="at once" min="1" max="10000"
                        value=now(|map| map.max_concurrency.to_string())/>
                    <NumberInput name="limits[budget_usd]" label="Budget" unit="US $" min="0" step="any" optional=true
                        value=now(|map| map.budget_usd.map(|usd| usd.to_string()).unwrap_or_default())/>
                </div>
                <div class="mw-form__row">
                    <NumberInput name="limits[failures]" label="Tolerated failures" unit="items" min="0"
                        value=now(|map| map.tolerated_failure_count.to_string())/>
                    <NumberInput name="limits[failures_percent]" label="Tolerated failures" unit="%" min="0" max="100" step="any"
                        value=now(|map| map.tolerated_failure_percentage.to_string())/>
                </div>
                <p class="mw-field__help">"They take effect within a second. The definition stays as it is."</p>
                {move || failed().map(|error| view! { <ErrorNote error/> })}
                <div class="mw-form__foot"><Button kind=ButtonKind::Primary submit=true>"Change the limits"</Button></div>
            </ActionForm>
        </Dialog>
    }
    .into_any()
}
