//! Lists of rules: Retry, Catch, and the Choices of a Choice state.

use super::fields::{CATCH, Entry, RETRY, typed};
use super::inspector::{Input, siblings};
use super::session::Desk;
use crate::ui::{Button, ButtonKind, Field, Sign};
use asl::Value;
use asl::edit;
use asl::syntax::Node;
use leptos::prelude::*;

/// A rule of Retry as it is first written: what AWS advises for functions.
const NEW_RETRY: &str = r#"{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 1, "MaxAttempts": 3, "BackoffRate": 2, "JitterStrategy": "FULL"}"#;

/// How many rules a list of a state has.
fn count(desk: Desk, at: &str) -> usize {
    desk.document().node_at(at).and_then(Node::elements).map_or(0, <[Node]>::len)
}

/// Moves a rule of a list one place up, by writing the list anew.
fn move_up(desk: Desk, list: &str, place: usize) {
    desk.act(|draft| {
        let document = draft.document();
        let Some(rules) = document.node_at(list).and_then(Node::elements) else { return Ok(()) };
        let mut values: Vec<Value> = rules.iter().map(Node::to_value).collect();
        if place > 0 && place < values.len() {
            values.swap(place, place - 1);
        }
        edit::set_value(draft.text(), list, &values.into()).map(|edits| draft.apply(&edits))
    });
}

fn remove(desk: Desk, list: &str, place: usize) {
    desk.act(|draft| {
        let alone = draft.document().node_at(list).and_then(Node::elements).is_some_and(|all| all.len() == 1);
        let keep = list.ends_with("/Choices");
        let at = if alone && !keep { list.to_owned() } else { format!("{list}/{place}") };
        edit::remove_value(draft.text(), &at).map(|edits| draft.apply(&edits))
    });
}

/// The head of a rule: its number and what can be done with it.
fn head(desk: Desk, list: String, place: usize, word: &'static str) -> impl IntoView {
    let (up, gone) = (list.clone(), list);
    view! {
        <div class="mw-rule__head">
            <b>{format!("{word} {}", place + 1)}</b>
            <span class="mw-space"></span>
            {(place > 0).then(|| view! { <Button kind=ButtonKind::Quiet dense=true on:click=move |_| move_up(desk, &up, place)>"Earlier"</Button> })}
            <Button kind=ButtonKind::Quiet dense=true icon=Sign::Trash label="Remove rule" on:click=move |_| remove(desk, &gone, place)/>
        </div>
    }
}

/// The rules of Retry or Catch.
#[component]
pub fn Rules(
    /// The draft.
    desk: Desk,
    /// The state's JSON Pointer.
    state: String,
    /// `Retry` or `Catch`.
    list: &'static str,
) -> impl IntoView {
    let retry = list == "Retry";
    let at = StoredValue::new(format!("{state}/{list}"));
    let state = StoredValue::new(state);
    let size = Memo::new(move |_| count(desk, &at.get_value()));
    let target = move || {
        let own = state.get_value();
        let name = asl::syntax::split(&own).pop();
        desk.draft.with(|draft| siblings(draft, &own)).into_iter().find(|other| Some(other) != name.as_ref())
    };
    let blocked = Signal::derive(move || {
        (!retry && target().is_none()).then(|| "A catcher leads to another state; there is none beside this one.".to_owned())
    });
    let add = move |_| {
        let place = size.get_untracked();
        desk.act(|draft| {
            let edits = if retry {
                let rule = Value::from_json(NEW_RETRY).expect("written above as JSON");
                edit::insert_retry(draft.text(), &state.get_value(), place, &rule)
            } else {
                let name = siblings(draft, &state.get_value()).into_iter().find(|name| !state.get_value().ends_with(&format!("/{name}")));
                let next = Value::from(name.unwrap_or_default()).to_json();
                let text = format!(r#"{{"ErrorEquals": ["States.ALL"], "Next": {next}}}"#);
                let rule = Value::from_json(&text).unwrap_or(Value::Null);
                edit::insert_catch(draft.text(), &state.get_value(), place, &rule)
            };
            edits.map(|edits| draft.apply(&edits))
        });
    };
    view! {
        <fieldset class="mw-rules">
            <legend>{if retry { "Retry" } else { "Catch" }}</legend>
            <For each=move || 0..size.get() key=|place| *place let:place>
                {rule(desk, (at.get_value(), state.get_value()), place, retry)}
            </For>
            <Button dense=true icon=Sign::Add blocked=blocked on:click=add>{if retry { "Add retry" } else { "Add catcher" }}</Button>
        </fieldset>
    }
}

fn rule(desk: Desk, (list, state): (String, String), place: usize, retry: bool) -> impl IntoView {
    let base = format!("{list}/{place}");
    let table = if retry { RETRY } else { CATCH };
    let inputs = table.iter().map(|field| {
        let base = base.clone();
        view! { <Input desk base field=*field/> }
    });
    let inputs = inputs.collect_view();
    let target = (!retry).then(|| view! { <Target desk state rule=base.clone()/> });
    view! {
        <div class="mw-rule">
            {head(desk, list, place, if retry { "Retry" } else { "Catcher" })}
            <div class="mw-form__row">{inputs}{target}</div>
        </div>
    }
}

/// Where a rule leads.
#[component]
fn Target(desk: Desk, state: String, rule: String, #[prop(default = "/Next")] path: &'static str) -> impl IntoView {
    let at = StoredValue::new(format!("{rule}{path}"));
    let id = at.get_value().replace(['/', ' ', '~', '.', '$'], "-");
    let names = Memo::new(move |_| desk.draft.with(|draft| siblings(draft, &state)));
    let chosen = Memo::new(move |_| desk.document().node_at(&at.get_value()).and_then(Node::as_str).unwrap_or_default().to_owned());
    let options = move || {
        let chosen = chosen.get();
        names.get().into_iter().map(|name| view! { <option value=name.clone() selected=name == chosen>{name.clone()}</option> }).collect_view()
    };
    let change = move |event| {
        let name = event_target_value(&event);
        let value = (!name.is_empty()).then(|| Value::from(name));
        desk.act(|draft| draft.set_field(&rule, path, value));
    };
    view! {
        <Field id=id.clone() label="Then" field=path.trim_start_matches('/').to_owned()>
            <select id=id class="mw-input" on:change=change>
                <option value="" selected=move || chosen.with(String::is_empty)>"Nowhere yet"</option>
                {options}
            </select>
        </Field>
    }
}

/// The rules of a Choice state, and where it goes otherwise.
#[component]
pub fn Choices(
    /// The draft.
    desk: Desk,
    /// The state's JSON Pointer.
    state: String,
    /// Rules are expressions.
    jsonata: bool,
) -> impl IntoView {
    let list = StoredValue::new(format!("{state}/Choices"));
    let own = StoredValue::new(state.clone());
    let size = Memo::new(move |_| count(desk, &list.get_value()));
    let add = move |_| {
        let text = if jsonata { r#"{"Condition": "{% true %}"}"# } else { r#"{"Variable": "$.value", "IsPresent": true}"# };
        let rule = Value::from_json(text).expect("written above as JSON");
        let at = format!("{}/{}", list.get_value(), size.get_untracked());
        desk.act(|draft| {
            let state = own.get_value();
            match draft.document().node_at(&list.get_value()).is_some() {
                true => edit::set_value(draft.text(), &at, &rule).map(|edits| draft.apply(&edits)),
                false => draft.set_field(&state, "/Choices", Some(vec![rule].into())),
            }
        });
    };
    view! {
        <fieldset class="mw-rules">
            <legend>"Rules, the first that fits wins"</legend>
            <For each=move || 0..size.get() key=|place| *place let:place>
                <div class="mw-rule">
                    {head(desk, list.get_value(), place, "Rule")}
                    <Condition desk rule=format!("{}/{place}", list.get_value())/>
                    <Target desk state=own.get_value() rule=format!("{}/{place}", list.get_value())/>
                </div>
            </For>
            <Button dense=true icon=Sign::Add on:click=add>"Add rule"</Button>
        </fieldset>
        <Target desk state=state.clone() rule=state path="/Default"/>
    }
}

/// A rule's test: an expression, or the comparison as JSON without `Next`.
#[component]
fn Condition(desk: Desk, rule: String) -> impl IntoView {
    let at = StoredValue::new(rule);
    let id = at.get_value().replace(['/', ' ', '~', '.', '$'], "-") + "-test";
    let text = Memo::new(move |_| test(desk.document().node_at(&at.get_value())));
    let error = RwSignal::new(None::<String>);
    let change = move |event| {
        let text: String = event_target_value(&event);
        let entry = if text.trim().starts_with("{%") { Entry::Text } else { Entry::Json };
        match typed(entry, &text) {
            Ok(Some(value)) => {
                error.set(None);
                desk.act(|draft| {
                    let rule = at.get_value();
                    let next = draft.document().node_at(&rule).and_then(|rule| rule.get("Next").map(Node::to_value));
                    let mut members: Vec<(String, Value)> = match (&value, value.as_object()) {
                        (_, Some(object)) => object.iter().map(|(key, value)| (key.to_string(), value.clone())).collect(),
                        (expression, None) => vec![("Condition".to_owned(), expression.clone())],
                    };
                    members.extend(next.map(|next| ("Next".to_owned(), next)));
                    let mut object = asl::value::Object::default();
                    for (key, value) in members {
                        object.insert(key.as_str().into(), value);
                    }
                    edit::set_value(draft.text(), &rule, &object.into()).map(|edits| draft.apply(&edits))
                });
            }
            Ok(None) => error.set(Some("A rule needs a test.".to_owned())),
            Err(sentence) => error.set(Some(sentence)),
        }
    };
    view! {
        <Field id=id.clone() label="If" error=error help="An expression in {% %}, or a comparison such as {\"Variable\": \"$.n\", \"NumericGreaterThan\": 10}.".to_owned()>
            <textarea id=id class="mw-input mw-input--mono" rows="2" spellcheck="false" prop:value=move || text.get() on:change=change>{text.get_untracked()}</textarea>
        </Field>
    }
}

fn test(rule: Option<&Node>) -> String {
    let Some(rule) = rule else { return String::new() };
    if let Some(condition) = rule.str_at("Condition") {
        return condition.to_owned();
    }
    let members = rule.members().unwrap_or_default().iter().filter(|member| member.key != "Next");
    let parts = members.map(|member| format!("{}: {}", Value::from(member.key.as_str()).to_json(), member.value.to_value().to_json()));
    format!("{{{}}}", parts.collect::<Vec<_>>().join(", "))
}
