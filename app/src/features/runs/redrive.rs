//! Redrive: run unsuccessful items again, after a look at how many those are.

use super::api::{Redrive, count_redrive};
use super::live::Live;
use crate::error::ErrorNote;
use crate::shell::Place;
use crate::ui::{Button, ButtonKind, Dialog, format};
use leptos::prelude::*;
use model::{RedrivePreview, RedriveSelection};

/// The button and its dialog, which counts exactly what would run again.
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
    /// Which of the unsuccessful items; all of them when absent.
    #[prop(default = RedriveSelection::All)]
    selection: RedriveSelection,
    /// How many items those are, where that is known without asking.
    #[prop(optional, into)]
    count: Option<u64>,
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
    let whole = selection == RedriveSelection::All;
    let known = move || match whole {
        true => Some(live.map_run.with(|m| m.as_ref().map_or(0, |m| m.item_counts.unsuccessful()))),
        false => count,
    };
    let preview = {
        let (id, selection) = (id.clone(), selection.clone());
        LocalResource::new(move || {
            let (w, id, selection) = (place.w.get(), id.clone(), selection.clone());
            let asked = open.get();
            async move {
                match asked {
                    true => Some(count_redrive(w, id, selection).await),
                    false => None,
                }
            }
        })
    };
    let counted = move || preview.get().flatten();
    let blocked = Signal::derive(move || {
        if !live.run.with(|run| run.status.is_final()) {
            Some("The run has not ended yet.".to_owned())
        } else if known() == Some(0) && live.map_run.with(|m| m.as_ref().is_none_or(|m| m.item_counts.pending == 0)) {
            Some("No item failed.".to_owned())
        } else {
            None
        }
    });
    let label = move || match counted().and_then(Result::ok).map(|found| found.items + found.pending_items).or_else(known) {
        Some(items) => format!("Redrive {}", format::counted(items, "item", "items")),
        None => "Redrive these items".to_owned(),
    };
    let words = move || match counted() {
        None => "Counting…".to_owned(),
        Some(Ok(found)) => described(&found),
        Some(Err(error)) => error.message,
    };
    let go = move |_| {
        let version = with_newer.get_untracked().then_some(newer).flatten();
        action.dispatch(Redrive {
            w: place.w.get_untracked(),
            id: id.clone(),
            selection: selection.clone(),
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
    let kind = if whole { ButtonKind::Primary } else { ButtonKind::Plain };
    view! {
        <Button kind dense=!whole blocked on:click=move |_| open.set(true)>{label}"…"</Button>
        <Dialog open title="Run these items again?">
            <div class="mw-stack">
                <p>{words}</p>
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

fn described(found: &RedrivePreview) -> String {
    let items = format::counted(found.items, "item", "items");
    let children = match found.children == found.items {
        true => String::new(),
        false => format!(" in {}", format::counted(found.children, "child workflow", "child workflows")),
    };
    let pending = match found.pending_items {
        0 => String::new(),
        more => format!(" {} that never started will run too.", format::counted(more, "item", "items")),
    };
    format!("{items}{children} will run again.{pending} Items that succeeded keep their results.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_in_words() {
        let found = RedrivePreview { children: 2, items: 20, pending_items: 1 };
        let words = "20 items in 2 child workflows will run again. 1 item that never started will run too. Items that succeeded keep their results.";
        assert_eq!(described(&found), words);
        let found = RedrivePreview { children: 3, items: 3, pending_items: 0 };
        assert_eq!(described(&found), "3 items will run again. Items that succeeded keep their results.");
    }
}
