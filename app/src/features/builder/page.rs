//! The builder's page: graph, form and code over one draft.

use super::api::{BuilderView, open_builder};
use super::canvas::{Edit, GraphCanvas};
use super::drawing::{drawing, perform};
use super::editor::{self, Callbacks, Mark};
use super::inspector::Inspector;
use super::palette::Palette;
use super::problems::{Problems, go_to};
use super::save::{Keeper, KeptWords, SaveVersion};
use super::session::Desk;
use super::state::Draft;
use super::trial::{Trial, TrialDrawer};
use crate::error::UiError;
use crate::loaded::loaded;
use crate::session::Viewer;
use crate::shell::Place;
use crate::ui::{Button, ButtonKind, LinkButton, Notice, Sign, Tone, format};
use asl::check::Severity;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};
use model::{JobId, Permission};
use std::sync::Arc;

/// The element that the code editor fills.
const CODE: &str = "mw-code";

/// `jobs/:j/edit`
#[component]
pub fn BuilderPage() -> impl IntoView {
    let place = Place::here();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("j").unwrap_or_default());
    let data = Resource::new(move || (place.w.get(), id.get()), |(w, id)| async move { open_builder(w, job_id(&id)?).await });
    loaded(data, move |view, viewer| view! { <Builder view viewer/> })
}

fn job_id(text: &str) -> Result<JobId, UiError> {
    let missing = |e: model::id::InvalidId| UiError {
        code: "not-found".into(),
        message: format!("There is no such job: {e}."),
        problems: Vec::new(),
    };
    text.parse().map_err(missing)
}

#[component]
fn Builder(view: BuilderView, viewer: Viewer) -> impl IntoView {
    let place = Place::here();
    let desk = Desk {
        draft: RwSignal::new(Draft::new(&view.text)),
        refusal: RwSignal::new(None),
        functions: StoredValue::new(view.functions.clone()),
        last_problem: StoredValue::new(None),
    };
    let keeper = Keeper::new(viewer.workspace.slug.clone(), &view);
    if viewer.may(Permission::Edit) {
        Effect::new(move |_| keeper.keep_soon(desk));
    }
    connect_code(desk);
    let selected = RwSignal::new(None);
    Effect::new(move |_| {
        let pointer = desk.draft.with(|draft| draft.selected().map(str::to_owned));
        if selected.get_untracked() != pointer {
            selected.set(pointer);
        }
    });
    let graph = Memo::new(move |_| desk.draft.with(|draft| Arc::new(drawing(&draft.graph(), &draft.diagnostics()))));
    let broken = Memo::new(move |_| desk.draft.with(Draft::broken_line));
    let stale = move || broken.get().map(|line| view! {
        <Notice tone=Tone::Warn>{format!("Showing the version before line {line} broke.")}</Notice>
    });
    let refusal = move || desk.refusal.get().map(|why| view! { <Notice tone=Tone::Danger>{why}</Notice> });
    let on_edit = Callback::new(move |edit: Edit| desk.act(|draft| perform(draft, edit)));
    let to_form = move |_: String| super::inspector::focus_form();
    let canvas = view! {
        <GraphCanvas graph=graph selected on_select=Callback::new(move |id| desk.choose(id)) on_open=Callback::new(to_form)
            on_edit=on_edit stale=Signal::derive(move || broken.get().is_some())/>
    }
    .into_any();
    let trial = Trial::new();
    let here = place.at().builder(view.id.as_str());
    let testing = Memo::new(move |_| use_query_map().read().get("test").is_some());
    let navigate = use_navigate();
    let drawer = {
        let here = here.clone();
        move || testing.get().then(|| view! { <TrialDrawer desk trial close=here.clone()/> })
    };
    let may_test = viewer.may(Permission::Operate);
    let keys = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" if (event.ctrl_key() || event.meta_key()) && may_test => {
            event.prevent_default();
            match testing.get_untracked() {
                true => trial.run(place.w.get_untracked(), desk),
                false => navigate(&format!("{here}?test"), Default::default()),
            }
        }
        _ => key(desk, keeper, &event),
    };
    let text = view.text.clone();
    view! {
        <Title text=view.name.clone()/>
        <div class="mw-builder" on:keydown=keys>
            <Bar desk keeper view viewer/>
            <div class="mw-builder__body">
                <Palette desk/>
                <div class="mw-builder__graph">
                    {stale}
                    {refusal}
                    {canvas}
                </div>
                <Inspector desk/>
                <div class="mw-builder__code">
                    <div class="mw-editor" id=CODE class:mw-editor--broken=move || broken.get().is_some()><pre>{text}</pre></div>
                </div>
                <Problems desk/>
            </div>
            {drawer}
        </div>
    }
}

/// The bar above: name, undo, problems, save, estimate, launch.
#[component]
fn Bar(desk: Desk, keeper: Keeper, view: BuilderView, viewer: Viewer) -> impl IntoView {
    let at = Place::here().at();
    let id = view.id.to_string();
    let (job, estimate, launch) = (at.job(&id), at.estimate(&id), at.launch(&id));
    let diff = at.job(&id) + "/diff?from=";
    let cannot = |able: bool, what: &'static str| (!able).then(|| format!("There is nothing to {what}."));
    let undo_blocked = Signal::derive(move || cannot(desk.draft.with(|draft| draft.can().0), "undo"));
    let redo_blocked = Signal::derive(move || cannot(desk.draft.with(|draft| draft.can().1), "redo"));
    let errors = Memo::new(move |_| desk.draft.with(Draft::error_count));
    let launcher = move || {
        let newest = keeper.newest.with(|(number, _)| *number);
        let unsaved = keeper.newest.with(|(_, text)| desk.draft.with(|draft| draft.text() != text));
        let href = format!("{launch}?version={newest}");
        match errors.get() {
            0 if unsaved => view! { <Button kind=ButtonKind::Primary icon=Sign::Play blocked=Some("A launch names a version. Save one first.".to_owned())>"Launch"</Button> }.into_any(),
            0 => view! { <LinkButton kind=ButtonKind::Primary icon=Sign::Play href=href>{format!("Launch v{newest}")}</LinkButton> }.into_any(),
            count => {
                let why = format!("{} block a launch. Press F8 to see each.", format::counted(count as u64, "error", "errors"));
                view! { <Button kind=ButtonKind::Primary icon=Sign::Play blocked=Some(why)>"Launch"</Button> }.into_any()
            }
        }
    };
    let changes = move || {
        let (newest, text) = keeper.newest.get();
        let changed = desk.draft.with(|draft| draft.text() != text);
        changed.then(|| view! { <a href=format!("{diff}{newest}")>{format!("Compare with v{newest}")}</a> })
    };
    let blocked = viewer.blocked(Permission::Edit);
    let test = match viewer.blocked(Permission::Operate) {
        None => view! { <LinkButton href=at.builder(&id) + "?test" icon=Sign::Play>"Test item"</LinkButton> }.into_any(),
        why => view! { <Button icon=Sign::Play blocked=why>"Test item"</Button> }.into_any(),
    };
    view! {
        <header class="mw-builder__bar">
            <h1><a href=job>{view.name.clone()}</a></h1>
            <KeptWords keeper desk/>
            {changes}
            <span class="mw-space"></span>
            <Button kind=ButtonKind::Quiet icon=Sign::Undo label="Undo (Ctrl+Z)" blocked=undo_blocked on:click=move |_| desk.draft.update(|draft| _ = draft.undo())/>
            <Button kind=ButtonKind::Quiet icon=Sign::Redo label="Redo (Ctrl+Shift+Z)" blocked=redo_blocked on:click=move |_| desk.draft.update(|draft| _ = draft.redo())/>
            {test}
            <SaveVersion keeper desk blocked=blocked/>
            <LinkButton href=estimate icon=Sign::Estimate>"Estimate"</LinkButton>
            {launcher}
        </header>
    }
    .into_any()
}

/// Keeps draft and code pane the same, in both directions.
fn connect_code(desk: Desk) {
    let ready = RwSignal::new(false);
    Effect::new(move |_| {
        let typed = move |text: String| desk.draft.update(|draft| draft.type_text(&text, editor::now_ms()));
        let caret = move |byte: usize| {
            let state = desk.draft.with_untracked(|draft| draft.state_at(byte));
            if desk.draft.with_untracked(|draft| draft.selected().map(str::to_owned)) != state {
                desk.draft.update(|draft| draft.select(state));
            }
        };
        let callbacks = Callbacks { on_change: Box::new(typed), on_caret: Box::new(caret), on_ready: Box::new(move || ready.set(true)) };
        editor::mount(CODE, callbacks);
    });
    let shown = Memo::new(move |_| desk.draft.with(|draft| draft.text().to_owned()));
    Effect::new(move |_| {
        if !ready.get() {
            return;
        }
        let text = shown.get();
        editor::show_text(&text);
        let diagnostics = desk.draft.with_untracked(Draft::diagnostics);
        let marks = diagnostics.iter().map(|found| Mark {
            from: found.span.start,
            to: found.span.end,
            severity: match found.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Hint => "info",
            },
            message: found.message.clone(),
        });
        editor::mark(&text, &marks.collect::<Vec<_>>());
    });
    on_cleanup(editor::unmount);
}

/// Keys of the whole page. Those of the graph stand in the canvas.
fn key(desk: Desk, keeper: Keeper, event: &KeyboardEvent) {
    let command = event.ctrl_key() || event.meta_key();
    match (event.key().as_str(), command) {
        ("F8", _) => next_problem(desk),
        ("z" | "Z", true) if event.shift_key() => desk.draft.update(|draft| _ = draft.redo()),
        ("z", true) => desk.draft.update(|draft| _ = draft.undo()),
        ("y", true) => desk.draft.update(|draft| _ = draft.redo()),
        ("s", true) => keeper.keep(desk.draft.with_untracked(|draft| draft.text().to_owned())),
        _ => return,
    }
    event.prevent_default();
}

/// The problem behind the chosen one, in the order of the text, and around again.
fn next_problem(desk: Desk) {
    let all = desk.draft.with_untracked(Draft::diagnostics);
    let seen = desk.last_problem.get_value();
    let found = all.iter().find(|found| Some(found.span.start) > seen).or(all.first());
    if let Some(found) = found {
        desk.last_problem.set_value(Some(found.span.start));
        go_to(desk, found);
    }
}
