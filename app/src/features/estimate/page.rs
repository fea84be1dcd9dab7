//! The estimator's page. Every input is in the address; the arithmetic is `cost`'s.

use crate::ui::{Badge, Button, ButtonKind, Card, Figures, KeyFigure, Notice, TableFrame, TextInput, Tone, format};
use cost::{Choice, Estimate, ExecutionMode, PriceBook, Spread, StateProfile, Workload, compare, estimate};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The numbers that the page asks for, with what it assumes until somebody types.
const FIELDS: [(&str, &str, &str, &str); 6] = [
    ("items", "Items", "1000000", "of the manifest"),
    ("batch", "Items in a child", "1", "ItemBatcher; 1 without it"),
    ("states", "States in a child", "1", "on the common path"),
    ("ms", "Time of a state", "1000", "milliseconds for each item"),
    ("retries", "Retries of a state", "0", "extra attempts, on average"),
    ("concurrency", "At once", "1000", "MaxConcurrency"),
];

/// The estimator inside a workspace.
#[component]
pub fn EstimatePage() -> impl IntoView {
    view! { <div class="mw-page"><Estimator/></div> }
}

/// The estimator for everybody.
#[component]
pub fn PublicEstimatePage() -> impl IntoView {
    view! { <main class="mw-page" id="main"><Estimator/></main> }
}

#[component]
fn Estimator() -> AnyView {
    let query = use_query_map();
    let typed = move |name: &'static str, otherwise: &'static str| {
        query.read().get(name).filter(|text| !text.trim().is_empty()).unwrap_or_else(|| otherwise.to_owned())
    };
    let workload = Memo::new(move |_| {
        let number = |at: usize| {
            let (name, _, otherwise, _) = FIELDS[at];
            typed(name, otherwise).trim().replace(['_', ','], "").parse::<f64>().unwrap_or(0.0).max(0.0)
        };
        workload([number(0), number(1), number(2), number(3), number(4), number(5)])
    });
    let fields = FIELDS.map(|(name, label, otherwise, help)| {
        let value = Signal::derive(move || typed(name, otherwise));
        view! { <TextInput name label value help/> }
    });
    let results = move || match (compare(&workload.get(), &PriceBook::built_in()), headline(&workload.get())) {
        (Ok(choices), Some(best)) => view! { <Results choices best/> }.into_any(),
        _ => view! { <Notice tone=Tone::Danger>"These numbers cannot be estimated."</Notice> }.into_any(),
    };
    view! {
        <Title text="Estimator"/>
        <header class="mw-page__head">
            <h1>"Estimator"</h1>
            <p class="mw-page__lead">"What a Distributed Map costs and how long it takes: on this server, and on AWS as STANDARD or EXPRESS, with batches of 1 to 1,000."</p>
        </header>
        <div class="mw-grid">
            <div class="mw-col-4">
                <Card title="Inputs">
                    <form method="get" class="mw-form">
                        {fields}
                        <div class="mw-form__foot"><Button kind=ButtonKind::Primary submit=true>"Estimate"</Button></div>
                    </form>
                </Card>
            </div>
            <div class="mw-col-8">{results}</div>
        </div>
    }
    .into_any()
}

fn workload([items, batch, states, ms, retries, concurrency]: [f64; 6]) -> Workload {
    let state = |at: usize| StateProfile {
        name: format!("State {}", at + 1),
        per_item_ms: Spread::exactly(ms),
        retries: Spread::exactly(retries),
        ..StateProfile::default()
    };
    Workload {
        items: items as u64,
        items_per_batch: (batch as u64).max(1),
        states: (0..(states as usize).clamp(1, 100)).map(state).collect(),
        max_concurrency: concurrency as u32,
        ..Workload::default()
    }
}

fn headline(workload: &Workload) -> Option<Estimate> {
    estimate(workload, ExecutionMode::Standard, &PriceBook::built_in()).ok()
}

#[component]
fn Results(choices: Vec<Choice>, best: Estimate) -> AnyView {
    let cost = |money: cost::NanoUsd| format::money(money.micro_usd());
    let lines: Vec<_> = best
        .lines
        .iter()
        .map(|line| format!("{}: {}", line.label, cost(line.nano_usd)))
        .map(|text| view! { <li>{text}</li> })
        .collect();
    let rows: Vec<_> = choices.into_iter().map(row).collect();
    let took = format::about_ms(best.duration_ms.likely);
    view! {
        <div class="mw-stack">
            <Figures>
                <KeyFigure label="AWS Standard" value=cost(best.cost.likely)
                    note=format!("between {} and {}", cost(best.cost.low), cost(best.cost.high))/>
                <KeyFigure label="Likely time" value=took/>
                <KeyFigure label="Children" value=format::count(best.children)/>
                <KeyFigure label="Transitions" value=format::count(best.transitions) note="a start of a child is one too"/>
            </Figures>
            <Card title="Where it comes from" note=format!("prices as of {}", best.prices_as_of)><ul>{lines}</ul></Card>
            <Card title="Choices">
                <TableFrame label="Choices" dense=true>
                    <thead><tr><th>"Where"</th><th class="mw-num">"Batch"</th><th class="mw-num">"Children"</th><th class="mw-num">"Cost"</th><th class="mw-num">"Time"</th><th></th></tr></thead>
                    <tbody>{rows}</tbody>
                </TableFrame>
            </Card>
        </div>
    }
    .into_any()
}

fn row(choice: Choice) -> impl IntoView {
    let place = match choice.mode {
        ExecutionMode::Here => "this server",
        ExecutionMode::Standard => "AWS Standard",
        ExecutionMode::Express => "AWS Express",
    };
    let badges: Vec<_> = [(choice.cheapest_on_aws, "cheapest on AWS"), (choice.fastest, "fastest")]
        .into_iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, words)| view! { <Badge>{words}</Badge> " " })
        .collect();
    let note = choice.impossible.unwrap_or_default();
    view! {
        <tr>
            <td>{place}</td>
            <td class="mw-num">{format::count(choice.items_per_batch)}</td>
            <td class="mw-num">{format::count(choice.children)}</td>
            <td class="mw-num">{format::money(choice.cost.micro_usd())}</td>
            <td class="mw-num">{format::about_ms(choice.duration_ms)}</td>
            <td>{badges}{note}</td>
        </tr>
    }
}
