//! The item drawer: one item, its attempts, its states.

use super::api;
use super::live::Live;
use crate::load::load;
use crate::shell::Place;
use crate::ui::{Card, CodeBlock, Drawer, Failure, JsonTree, Notice, Status, StatusPill, TableFrame, TimeText, format};
use leptos::prelude::*;
use model::{ItemDetail, ItemStatus, Timestamp};
use serde_json::Value;

/// The drawer over the page. Its address is the item's.
#[component]
pub fn ItemDrawer(
    /// The run.
    id: String,
    /// The item.
    index: u64,
    /// The page without the drawer.
    close: String,
    /// The run's live state: an item that is still running is asked for again.
    live: Live,
) -> AnyView {
    let place = Place::here();
    let item = Resource::new(
        move || (place.w.get(), live.run.with(|run| run.status)),
        move |(w, _)| api::one_item(w, id.clone(), index),
    );
    view! {
        <Drawer title=format!("Item {}", format::count(index)) close_href=close>
            {load(item, |item| view! { <Detail item/> })}
        </Drawer>
    }
    .into_any()
}

#[component]
fn Detail(item: ItemDetail) -> AnyView {
    let row = item.row;
    let states = passes(&item.history);
    let json = |text: &Option<String>| text.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok());
    let (input, output) = (json(&item.input), json(&item.output));
    let dropped = row.status == ItemStatus::Succeeded && item.input.is_none();
    let attempts = item.earlier_attempts;
    let error = row.error.clone().map(|error| {
        let cause = item.cause.clone().unwrap_or_default();
        view! { <Failure error cause/> }
    });
    view! {
        <div class="mw-stack">
            <div class="mw-row">
                <StatusPill status=Status::from(row.status)/>
                <span class="mw-mono">{row.key}</span>
            </div>
            <p class="mw-meta">
                {format::counted(u64::from(row.attempts), "attempt", "attempts")}
                {row.duration_ms.map(|ms| format!(" · {}", format::duration_ms(ms)))}
                {row.started_at.map(|at| view! { " · " <TimeText at/> })}
            </p>
            {error}
            {dropped.then(|| view! { <Notice>"Its input, output and history were dropped, as the workspace's retention says."</Notice> })}
            <Timeline states/>
            {input.map(|value| view! { <Card title="Input"><JsonTree value=value/></Card> })}
            {output.map(|value| view! { <Card title="Output"><JsonTree value=value/></Card> })}
            {(!attempts.is_empty()).then(|| view! {
                <Card title="Earlier attempts">
                    <ul>{attempts.into_iter().map(|attempt| view! {
                        <li>{format!("{}: {} {}", attempt.attempt, attempt.error.unwrap_or_default(), attempt.cause.unwrap_or_default())}</li>
                    }).collect_view()}</ul>
                </Card>
            })}
            <details>
                <summary>"Copy as a command"</summary>
                <CodeBlock text=format!("curl -H \"Authorization: Bearer $TOKEN\" \"$MAPWRIGHT/api/v1/runs/$RUN/items/{}\"", row.index)/>
            </details>
            <p class="mw-meta mw-mono">{item.arn}</p>
        </div>
    }
    .into_any()
}

/// One pass through a state.
#[derive(Clone)]
struct Pass {
    name: String,
    took_ms: Option<i64>,
    calls: usize,
    failed: Option<String>,
    input: Option<Value>,
    output: Option<Value>,
}

/// The states that an item passed, from its history.
fn passes(history: &[Value]) -> Vec<Pass> {
    let mut passes: Vec<(Pass, Timestamp)> = Vec::new();
    for event in history {
        let kind = event.get("type").and_then(Value::as_str).unwrap_or_default();
        let at = event.get("timestamp").and_then(Value::as_f64).map_or(Timestamp(0), |s| Timestamp((s * 1000.0) as i64));
        let details = |name: &str| event.get(name).cloned().unwrap_or_default();
        let parsed = |value: &Value| value.as_str().and_then(|text| serde_json::from_str(text).ok());
        if kind.ends_with("StateEntered") {
            let entered = details("stateEnteredEventDetails");
            let name = entered.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
            let input = entered.get("input").and_then(parsed);
            passes.push((Pass { name, took_ms: None, calls: 0, failed: None, input, output: None }, at));
        } else if let Some((pass, since)) = passes.last_mut() {
            if kind.ends_with("StateExited") {
                pass.took_ms = Some(at.since_ms(*since));
                pass.output = details("stateExitedEventDetails").get("output").and_then(parsed);
            } else if kind.ends_with("Scheduled") {
                pass.calls += 1;
            } else if kind.ends_with("Failed") || kind.ends_with("TimedOut") {
                let failed = event.as_object().and_then(|members| members.values().find_map(|d| d.get("error")));
                pass.failed = failed.and_then(Value::as_str).map(str::to_owned);
                pass.took_ms = Some(at.since_ms(*since));
            }
        }
    }
    passes.into_iter().map(|(pass, _)| pass).collect()
}

#[component]
fn Timeline(states: Vec<Pass>) -> AnyView {
    let rows = states.into_iter().map(|pass| {
        let what = match &pass.failed {
            Some(error) => format!("✕ {error}"),
            None if pass.output.is_some() => "✓".to_owned(),
            None => "▶".to_owned(),
        };
        let value = |title: &'static str, value: Option<Value>| {
            value.map(|value| view! { <h4>{title}</h4> <JsonTree value=value open=1/> })
        };
        view! {
            <tr>
                <td>
                    <details>
                        <summary>{pass.name}</summary>
                        {value("Input", pass.input)}
                        {value("Output", pass.output)}
                    </details>
                </td>
                <td>{what}</td>
                <td class="mw-num">{(pass.calls > 0).then(|| format::counted(pass.calls as u64, "call", "calls"))}</td>
                <td class="mw-num">{pass.took_ms.map(|ms| format::duration_ms(ms.max(0) as u64))}</td>
            </tr>
        }
    });
    view! {
        <Card title="States">
            <TableFrame label="States" dense=true>
                <thead><tr><th>"State"</th><th>"End"</th><th class="mw-num">"Calls"</th><th class="mw-num">"Took"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </TableFrame>
        </Card>
    }
    .into_any()
}
