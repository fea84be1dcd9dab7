//! What is wrong or could be better, each with its place and its fix.

use super::session::Desk;
use super::state::Draft;
use crate::ui::{Badge, Button, ButtonKind, StatusGlyph, Status, Tone};
use asl::check::{Diagnostic, Severity};
use leptos::prelude::*;

/// The word and colour of a severity.
fn look(severity: Severity) -> (Status, Tone) {
    match severity {
        Severity::Error => (Status::Failed, Tone::Danger),
        Severity::Warning => (Status::Retrying, Tone::Warn),
        Severity::Hint => (Status::Pending, Tone::Quiet),
    }
}

/// Chooses the state around a diagnostic and shows its place in the code.
pub fn go_to(desk: Desk, found: &Diagnostic) {
    let state = desk.draft.with_untracked(|draft| draft.state_at(found.span.start));
    desk.draft.update(|draft| draft.select(state));
    let document = desk.draft.with_untracked(Draft::document);
    super::editor::select(&document.text, found.span.start);
}

/// The list.
#[component]
pub fn Problems(
    /// The draft.
    desk: Desk,
) -> impl IntoView {
    let all = move || desk.draft.with(Draft::diagnostics);
    let fixes = move || all().iter().filter(|found| found.fix.is_some() && found.severity != Severity::Hint).count();
    let nothing = move || (fixes() == 0).then(|| "No problem here has a fix that can be made for you.".to_owned());
    let fix_all = move |_| desk.draft.update(Draft::fix_all);
    let rows = move || {
        let all = all();
        if all.is_empty() {
            return view! { <li class="mw-problems__none mw-muted">"No problems. This definition can be launched."</li> }.into_any();
        }
        all.iter().cloned().map(|found| row(desk, found)).collect_view().into_any()
    };
    view! {
        <section class="mw-problems" aria-label="Problems">
            <header class="mw-problems__head">
                <h2>"Problems"</h2>
                <Badge>{move || all().len()}</Badge>
                <span class="mw-space"></span>
                <kbd title="Next problem">"F8"</kbd>
                <Button dense=true kind=ButtonKind::Quiet blocked=Signal::derive(nothing) on:click=fix_all>
                    {move || format!("Apply all fixes ({})", fixes())}
                </Button>
            </header>
            <ol>{rows}</ol>
        </section>
    }
    .into_any()
}

fn row(desk: Desk, found: Diagnostic) -> impl IntoView {
    let (status, tone) = look(found.severity);
    let place = found.clone();
    let fix = found.fix.clone().map(|fix| {
        let edits = fix.edits;
        let act = move |_| desk.draft.update(|draft| draft.apply(&edits));
        view! { <Button dense=true on:click=act>{fix.title}</Button> }
    });
    view! {
        <li class=tone.class()>
            <button type="button" class="mw-problems__row" on:click=move |_| go_to(desk, &place)>
                <StatusGlyph status/>
                <span>{found.message.clone()}</span>
                <small>{format!("line {} · {}", found.line, found.rule)}</small>
            </button>
            {fix}
        </li>
    }
}
