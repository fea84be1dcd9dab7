//! What came of a test: each execution, each state in order, with what it got and gave.

use super::Trial;
use crate::ui::{Button, ButtonKind, Card, Failure, JsonTree, Status, StatusPill, format};
use leptos::prelude::*;
use model::{TestedExecution, TestedItem, TestedState};
use serde_json::Value;

/// The executions: the whole one, then those of the items.
#[component]
pub fn Trail(
    /// What came of it.
    tested: TestedItem,
    /// What was tried.
    trial: Trial,
) -> AnyView {
    tested.executions.into_iter().map(|one| view! { <Execution one trial/> }).collect_view().into_any()
}

#[component]
fn Execution(one: TestedExecution, trial: Trial) -> AnyView {
    let title = match one.place.as_str() {
        "" => "The execution".to_owned(),
        place => format!("Child of {place}"),
    };
    let status = Status::from(one.status);
    let error = one.error.or(one.cause.clone().map(|_| "No error name".to_owned())).map(|error| {
        let cause = one.cause.unwrap_or_default();
        view! { <Failure error cause/> }
    });
    let states = one.states.into_iter().enumerate().map(|(at, state)| view! { <Visit at state trial/> }).collect_view();
    view! {
        <Card title>
            <div class="mw-stack mw-stack--tight">
                <div><StatusPill status/></div>
                {error}
                <ol class="mw-trail">{states}</ol>
                {one.output.map(|output| view! { <h4>"Output"</h4> <JsonTree value=output open=1/> })}
            </div>
        </Card>
    }
    .into_any()
}

/// One visit of a state. It is open where the eye is needed: where an error was.
#[component]
fn Visit(at: usize, state: TestedState, trial: Trial) -> AnyView {
    let TestedState { name, input, output, errors } = state;
    let (glyph, tone) = match (&output, errors.is_empty()) {
        (Some(_), true) => ("✓", "mw-tone--ok"),
        (Some(_), false) => ("↻", "mw-tone--warn"),
        (None, _) => ("✕", "mw-tone--danger"),
    };
    let stumbled = !errors.is_empty();
    let words = stumbled.then(|| {
        let attempts = format::counted(errors.len() as u64, "failed attempt", "failed attempts");
        view! { <small>{format!("{attempts}: {}", errors.join(", "))}</small> }
    });
    let value = |title: &'static str, value: Value| view! { <h4>{title}</h4> <JsonTree value=value open=1/> };
    let pin = output.clone().map(|output| {
        let state = name.clone();
        view! { <Button dense=true kind=ButtonKind::Quiet on:click=move |_| trial.pin(state.clone(), &output)>"Pin this output"</Button> }
    });
    view! {
        <li class=tone>
            <details open=stumbled>
                <summary><span class="mw-trail__glyph" aria-hidden="true">{glyph}</span>{format!("{}. {name}", at + 1)} {words}</summary>
                {value("Input", input)}
                {output.map(|output| value("Output", output))}
                {pin}
            </details>
        </li>
    }
    .into_any()
}
