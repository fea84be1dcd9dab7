//! The form of the chosen state. Each input keeps its place in the page while the text changes, so
//! the focus stays where it is.

use super::fields::{self, Entry, Field, Shelf, shown, typed};
use super::rules::{Choices, Rules};
use super::session::Desk;
use super::state::Draft;
use crate::ui::{self, EmptyState};
use asl::syntax::{Node, split};
use leptos::prelude::*;

/// The inspector.
#[component]
pub fn Inspector(
    /// The draft.
    desk: Desk,
) -> impl IntoView {
    let shelf = RwSignal::new(Shelf::General);
    let pointer = Memo::new(move |_| desk.draft.with(|draft| draft.selected().map(str::to_owned)));
    let tab = move |one: Shelf| {
        let chosen = move || if shelf.get() == one { "true" } else { "false" };
        view! { <button type="button" role="tab" class="mw-tab" aria-selected=chosen on:click=move |_| shelf.set(one)>{one.label()}</button> }
    };
    view! {
        <section class="mw-inspector" aria-label="Inspector" id="mw-inspector">
            {move || match pointer.get() {
                None => view! { <EmptyState title="No state is chosen" text="Choose a state in the graph, or put the caret into one in the code."/> }.into_any(),
                Some(pointer) => view! { <Head desk pointer=pointer.clone()/> }.into_any(),
            }}
            <Show when=move || pointer.with(Option::is_some)>
                <div class="mw-tabs" role="tablist" aria-label="Groups of fields">{Shelf::ALL.map(tab).into_iter().collect_view()}</div>
                {move || pointer.get().map(|pointer| view! { <Fields desk pointer shelf/> })}
            </Show>
        </section>
    }
    .into_any()
}

/// Puts the focus on the form of the chosen state.
pub fn focus_form() {
    crate::ui::browser::focus_id("state-name");
}

/// Whether a state is written in JSONata: its own word, or that of the definition.
fn jsonata(draft: &Draft, pointer: &str) -> bool {
    let document = draft.document();
    let word = |at: &str| document.node_at(at).and_then(|node| node.str_at("QueryLanguage")).map(|word| word == "JSONata");
    word(pointer).or_else(|| word("")).unwrap_or(false)
}

/// Name, kind and language.
#[component]
fn Head(desk: Desk, pointer: String) -> impl IntoView {
    let name = split(&pointer).pop().unwrap_or_default();
    let state = pointer.clone();
    let kind = Memo::new(move |_| {
        let document = desk.document();
        document.node_at(&state).and_then(|node| node.str_at("Type")).unwrap_or("State").to_owned()
    });
    let rename = move |event| {
        let name = event_target_value(&event);
        desk.act(|draft| draft.rename(&pointer, name.trim()));
    };
    view! {
        <div class="mw-inspector__head">
            <ui::Field id="state-name" label="Name">
                <input id="state-name" class="mw-input" prop:value=name.clone() value=name on:change=rename/>
            </ui::Field>
            <ui::Badge>{move || kind.get()}</ui::Badge>
        </div>
    }
}

/// The fields of one shelf.
#[component]
fn Fields(desk: Desk, pointer: String, shelf: RwSignal<Shelf>) -> impl IntoView {
    let at = StoredValue::new(pointer.clone());
    let table = Memo::new(move |_| {
        desk.draft.with(|draft| {
            let document = draft.document();
            let pointer = at.get_value();
            let state = document.node_at(&pointer);
            state.map(|state| fields::fields(state, jsonata(draft, &pointer), shelf.get())).unwrap_or_default()
        })
    });
    let kind = Memo::new(move |_| {
        let document = desk.document();
        document.node_at(&at.get_value()).and_then(|node| node.str_at("Type")).unwrap_or_default().to_owned()
    });
    let retries = move || matches!(kind.get().as_str(), "Task" | "Map" | "Parallel");
    let leads = move || !matches!(kind.get().as_str(), "Succeed" | "Fail" | "Choice");
    let empty = move || table.with(Vec::is_empty) && !(shelf.get() == Shelf::Errors && retries()) && shelf.get() != Shelf::General;
    view! {
        <div class="mw-form mw-inspector__fields">
            <Show when=move || shelf.get() == Shelf::General && kind.get() == "Choice">
                <Choices desk state=at.get_value() jsonata=desk.draft.with(|draft| jsonata(draft, &at.get_value()))/>
            </Show>
            <For each=move || table.get() key=|field| field.path let:field>
                <Input desk base=at.get_value() field/>
            </For>
            <Show when=move || shelf.get() == Shelf::General && leads()>
                <Next desk state=at.get_value()/>
            </Show>
            <Show when=move || shelf.get() == Shelf::Errors && retries()>
                <Rules desk state=at.get_value() list="Retry"/>
                <Rules desk state=at.get_value() list="Catch"/>
            </Show>
            <Show when=empty>
                <p class="mw-muted">{move || format!("A {} state has nothing to set here.", kind.get())}</p>
            </Show>
        </div>
    }
    .into_any()
}

/// The states beside one, by name.
pub fn siblings(draft: &Draft, state: &str) -> Vec<String> {
    let document = draft.document();
    let container = state.rfind('/').map_or("", |at| &state[..at]);
    let members = document.node_at(container).and_then(Node::members).unwrap_or_default();
    members.iter().map(|member| member.key.clone()).collect()
}

/// What follows: another state, or the end.
#[component]
fn Next(desk: Desk, state: String) -> impl IntoView {
    let at = StoredValue::new(state);
    let names = Memo::new(move |_| desk.draft.with(|draft| siblings(draft, &at.get_value())));
    let chosen = Memo::new(move |_| {
        let document = desk.document();
        document.node_at(&at.get_value()).and_then(|node| node.str_at("Next")).unwrap_or_default().to_owned()
    });
    let own = split(&at.get_value()).pop().unwrap_or_default();
    let options = move || {
        let chosen = chosen.get();
        let others = names.get().into_iter().filter(|name| *name != own);
        others.map(|name| view! { <option value=name.clone() selected=name == chosen>{name.clone()}</option> }).collect_view()
    };
    let change = move |event| {
        let name = event_target_value(&event);
        desk.act(|draft| draft.set_next(&at.get_value(), (!name.is_empty()).then_some(name.as_str())));
    };
    view! {
        <ui::Field id="state-next" label="Then" field="Next".to_owned()>
            <select id="state-next" class="mw-input" on:change=change>
                <option value="" selected=move || chosen.with(String::is_empty)>"End"</option>
                {options}
            </select>
        </ui::Field>
    }
}

/// One field of the table, below `base`.
#[component]
pub fn Input(
    /// The draft.
    desk: Desk,
    /// The JSON Pointer that the field's path begins at.
    base: String,
    /// Which.
    field: Field,
) -> impl IntoView {
    let pointer = StoredValue::new(format!("{base}{}", field.path));
    let id = pointer.get_value().replace(['/', ' ', '.', '$', '~'], "-");
    let value = Memo::new(move |_| shown(field.entry, desk.document().node_at(&pointer.get_value())));
    let error = RwSignal::new(None::<String>);
    let change = move |event: leptos::ev::Event| match typed(field.entry, &event_target_value(&event)) {
        Ok(value) => {
            error.set(None);
            desk.act(|draft| draft.set_field(&base, field.path, value));
        }
        Err(sentence) => error.set(Some(sentence)),
    };
    let help = (!field.help.is_empty()).then(|| field.help.to_owned());
    let control = control(desk, &id, (field, value), change);
    view! { <ui::Field id=id label=field.label field=field.name().to_owned() help=help error=error>{control}</ui::Field> }
}

fn control(
    desk: Desk,
    id: &str,
    (field, value): (Field, Memo<String>),
    change: impl FnMut(leptos::ev::Event) + 'static,
) -> AnyView {
    let id = id.to_owned();
    let text = move || value.get();
    match field.entry {
        Entry::OneOf(choices) => {
            let known = move || value.with(|value| value.is_empty() || choices.iter().any(|(one, _)| one == value));
            let options = choices.iter().map(|(one, words)| view! { <option value=*one selected=move || value.with(|value| value == one)>{*words}</option> });
            view! {
                <select id=id class="mw-input" on:change=change>
                    <option value="" selected=move || value.with(String::is_empty)>"Not set"</option>
                    {options.collect_view()}
                    {move || (!known()).then(|| view! { <option value=text() selected=true>{text()}</option> })}
                </select>
            }
            .into_any()
        }
        Entry::Json => {
            let rows = move || value.with(|value| value.lines().count().clamp(2, 14).to_string());
            view! { <textarea id=id class="mw-input mw-input--mono" rows=rows spellcheck="false" prop:value=text on:change=change>{value.get_untracked()}</textarea> }.into_any()
        }
        Entry::Number(unit) => {
            let input = view! { <input id=id class="mw-input" inputmode="decimal" autocomplete="off" value=value.get_untracked() prop:value=text on:change=change/> };
            match unit {
                "" => input.into_any(),
                unit => view! { <div class="mw-unit">{input}<span>{unit}</span></div> }.into_any(),
            }
        }
        Entry::Function => {
            let list = format!("{id}-list");
            let known = desk.functions.get_value().into_iter().map(|arn| view! { <option value=arn></option> }).collect_view();
            view! {
                <input id=id class="mw-input mw-input--mono" list=list.clone() autocomplete="off" value=value.get_untracked() prop:value=text on:change=change/>
                <datalist id=list>{known}</datalist>
            }
            .into_any()
        }
        Entry::Text | Entry::Words => {
            view! { <input id=id class="mw-input mw-input--mono" autocomplete="off" spellcheck="false" value=value.get_untracked() prop:value=text on:change=change/> }.into_any()
        }
    }
}
