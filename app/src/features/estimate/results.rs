//! What an estimate says: key figures, what they are made of, what to know, and every other way.

use crate::charts::bars::{Breakdown, Part};
use crate::charts::{Tornado, TornadoRow};
use crate::ui::{Badge, Card, Figures, KeyFigure, Notice, TableFrame, Tone, format};
use cost::{Advice, Choice, Estimate, ExecutionMode, NanoUsd, Report, Severity};
use leptos::prelude::*;

/// The whole report.
#[component]
pub fn Results(report: Report) -> AnyView {
    let headline = match report.mode {
        ExecutionMode::Express => ExecutionMode::Express,
        _ => ExecutionMode::Standard,
    };
    let Some(best) = report.of(headline).cloned() else { return ().into_any() };
    let here = report.of(ExecutionMode::Here).map(|here| about(here.duration_ms.likely));
    let doubts = tornado(&best);
    let made_of = made_of(&best);
    let assumed: Vec<_> = report.assumed.into_iter().map(|words| view! { <li>{words}</li> }).collect();
    let (items_per_batch, mode) = (report.workload.batch(), report.mode);
    view! {
        <div class="mw-stack">
            <Figures>
                <KeyFigure label=place(headline) value=money(best.cost.likely)
                    note=between(money(best.cost.low), money(best.cost.high))/>
                <KeyFigure label="Likely time there" value=about(best.duration_ms.likely)
                    note=between(about(best.duration_ms.low), about(best.duration_ms.high))/>
                <KeyFigure label="Time on this server" value=here.unwrap_or_default() note="no charge for a run"/>
                <KeyFigure label="Children" value=format::count(best.children)/>
                <KeyFigure label="Transitions" value=format::count(best.transitions) note="a start of a child is one too"/>
            </Figures>
            <AdviceList advice=report.advice/>
            <Card title="What it is made of" note=format!("{}, prices as of {}", place(headline), best.prices_as_of)>{made_of}</Card>
            {doubts}
            <Card title="Every way to run it" note="a batch is the items of one child">
                <Ways choices=report.choices items_per_batch mode/>
            </Card>
            {(!assumed.is_empty()).then(|| view! { <Card title="Assumed"><ul class="mw-list">{assumed}</ul></Card> })}
        </div>
    }
    .into_any()
}

/// Cost and time in a line, for the launch page.
#[component]
pub fn Headline(report: Report) -> AnyView {
    let figures: Vec<_> = report
        .estimates
        .iter()
        .map(|estimate| {
            let cost = match estimate.mode {
                ExecutionMode::Here => about(estimate.duration_ms.likely),
                _ => money(estimate.cost.likely),
            };
            let note = match estimate.mode {
                ExecutionMode::Here => {
                    between(about(estimate.duration_ms.low), about(estimate.duration_ms.high))
                        .unwrap_or_else(|| "no charge for a run".to_owned())
                }
                _ => format!("{} · {}", about(estimate.duration_ms.likely), counted(estimate)),
            };
            view! { <KeyFigure label=place(estimate.mode) value=cost note/> }
        })
        .collect();
    view! { <Figures>{figures}</Figures> }.into_any()
}

fn counted(estimate: &Estimate) -> String {
    format::counted(estimate.transitions, "transition", "transitions")
}

/// What to know before a launch, the gravest first.
#[component]
pub fn AdviceList(advice: Vec<Advice>) -> AnyView {
    let notices: Vec<_> = advice
        .into_iter()
        .map(|one| {
            let tone = match one.severity {
                Severity::Error => Tone::Danger,
                Severity::Warning => Tone::Warn,
                Severity::Note => Tone::Quiet,
            };
            view! { <Notice tone detail=one.code>{format!("{} {}", one.text, one.fix)}</Notice> }
        })
        .collect();
    (!notices.is_empty()).then(|| view! { <div class="mw-stack mw-stack--tight">{notices}</div> }).into_any()
}

fn place(mode: ExecutionMode) -> &'static str {
    match mode {
        ExecutionMode::Here => "This server",
        ExecutionMode::Standard => "AWS Standard",
        ExecutionMode::Express => "AWS Express",
    }
}

fn money(cost: NanoUsd) -> String {
    format::money(cost.micro_usd())
}

fn about(ms: u64) -> String {
    format::about_ms(ms)
}

/// Two ends in words; nothing when they read the same.
fn between(low: String, high: String) -> Option<String> {
    (low != high).then(|| format!("between {low} and {high}"))
}

fn made_of(estimate: &Estimate) -> AnyView {
    let mut lines = estimate.lines.clone();
    lines.sort_by_key(|line| std::cmp::Reverse(line.nano_usd));
    let parts: Vec<Part> = lines
        .into_iter()
        .map(|line| Part {
            amount: line.nano_usd.0 as f64,
            text: money(line.nano_usd),
            label: format!("{}, {} {}", line.label, format::compact(line.quantity), line.unit),
        })
        .collect();
    match parts.is_empty() {
        true => {
            view! { <p class="mw-muted">"Nothing that AWS charges for, after its free tier."</p> }.into_any()
        }
        false => view! { <Breakdown label="Lines of the bill" parts/> }.into_any(),
    }
}

fn tornado(estimate: &Estimate) -> Option<AnyView> {
    let rows: Vec<TornadoRow> = estimate
        .drivers
        .iter()
        .filter(|driver| driver.low_cost != driver.high_cost)
        .map(|driver| TornadoRow {
            label: driver.name.clone(),
            low: driver.low_cost.0 as f64,
            high: driver.high_cost.0 as f64,
            low_text: money(driver.low_cost),
            high_text: money(driver.high_cost),
        })
        .collect();
    let base = estimate.cost.likely.0 as f64;
    (!rows.is_empty()).then(|| {
        view! { <Card title="What makes the cost uncertain"><Tornado label="Cost" base rows/></Card> }
            .into_any()
    })
}

#[component]
fn Ways(choices: Vec<Choice>, items_per_batch: u64, mode: ExecutionMode) -> impl IntoView {
    let rows: Vec<_> = choices
        .into_iter()
        .map(|choice| {
            let defined = choice.mode == mode && choice.items_per_batch == items_per_batch;
            let badges: Vec<_> = [
                (defined, "as defined"),
                (choice.cheapest_on_aws, "cheapest on AWS"),
                (choice.fastest, "fastest"),
            ]
            .into_iter()
            .filter(|(holds, _)| *holds)
            .map(|(_, words)| view! { <Badge>{words}</Badge> " " })
            .collect();
            view! {
                <tr>
                    <td>{place(choice.mode)}</td>
                    <td class="mw-table__number">{format::count(choice.items_per_batch)}</td>
                    <td class="mw-table__number">{format::count(choice.children)}</td>
                    <td class="mw-table__number">{money(choice.cost)}</td>
                    <td class="mw-table__number">{about(choice.duration_ms)}</td>
                    <td>{badges}{choice.impossible.unwrap_or_default()}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <TableFrame label="Every way to run it" dense=true>
            <thead><tr>
                <th scope="col">"Where"</th><th scope="col" class="mw-table__number">"Batch"</th>
                <th scope="col" class="mw-table__number">"Children"</th><th scope="col" class="mw-table__number">"Cost"</th>
                <th scope="col" class="mw-table__number">"Time"</th><th scope="col"></th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </TableFrame>
    }
}
