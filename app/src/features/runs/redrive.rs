//! Redrive: run unsuccessful items again, after a look at how many those are.

use super::api::Redrive;
use super::live::Live;
use crate::error::ErrorNote;
use crate::shell::Place;
use crate::ui::{Button, ButtonKind, Dialog, format};
use leptos::prelude::*;

/// The button and its dialog. With a group only that group's items run again.
#[component]
pub fn RedriveButton(
    /// The run.
    id: String,
    /// Its live state.
    live: Live,
    /// A newer version of the job, when there is one.
    newer: Option<u32>,
    /// Called when the redrive has begun.
    refresh: Callback<()>,
    /// A failure group and how many items it has.
    group: Option<(u32, u64)>,
) -> AnyView {
    let place = Place::here();
    let open = RwSignal::new(false);
    let with_newer = RwSignal::new(newer.is_some());
    let action = ServerAction::<Redrive>::new();
    let failed = move || action.value().get().and_then(Result::err);
    Effect::new(move |_| {
        if let Some(Ok(_)) = action.value().get() {
            open.set(false);
            refresh.run(());
        }
    });
    let items = move || match group {
        Some((_, count)) => count,
        None => live.map_run.with(|m| m.as_ref().map_or(0, |m| m.item_counts.unsuccessful())),
    };
    let blocked = Signal::derive(move || {
        if !live.run.with(|run| run.status.is_final()) {
            Some("The run has not ended yet.".to_owned())
        } else if items() == 0 && live.map_run.with(|m| m.as_ref().is_none_or(|m| m.item_counts.pending == 0)) {
            Some("No item failed.".to_owned())
        } else {
            None
        }
    });
    let label = move || format!("Redrive {}", format::counted(items(), "item", "items"));
    let go = move |_| {
        let version = with_newer.get_untracked().then_some(newer).flatten();
        action.dispatch(Redrive {
            w: place.w.get_untracked(),
            id: id.clone(),
            group: group.map(|(group, _)| group),
            version,
        });
    };
    let own = live.run.get_untracked().job_version;
    let choice = newer.map(|newer| {
        view! {
            <fieldset class="mw-choices">
                <legend>"With which version"</legend>
                <label class="mw-check">
                    <input type="radio" name="redrive-version" prop:checked=move || !with_newer.get() on:change=move |_| with_newer.set(false)/>
                    <span>{format!("v{own}, as it ran. Standard children go on at the state that failed.")}</span>
                </label>
                <label class="mw-check">
                    <input type="radio" name="redrive-version" prop:checked=move || with_newer.get() on:change=move |_| with_newer.set(true)/>
                    <span>{format!("v{newer}, the newest. The items begin again at their first state.")}</span>
                </label>
            </fieldset>
        }
    });
    let kind = if group.is_some() { ButtonKind::Plain } else { ButtonKind::Primary };
    view! {
        <Button kind dense=group.is_some() blocked on:click=move |_| open.set(true)>{label}"…"</Button>
        <Dialog open title="Run these items again?">
            <div class="mw-stack">
                <p>{move || format!("{} will run again. Items that succeeded keep their results.", format::counted(items(), "item", "items"))}</p>
                {choice}
                {move || failed().map(|error| view! { <ErrorNote error/> })}
                <div class="mw-form__foot">
                    <Button kind=ButtonKind::Primary on:click=go>{label}</Button>
                </div>
            </div>
        </Dialog>
    }
    .into_any()
}
