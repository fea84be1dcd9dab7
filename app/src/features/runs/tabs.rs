//! The tabs of the run page.

use super::api;
use super::commands::Commands;
use super::item_map::{ItemCells, ItemMap};
use super::items::ItemPage;
use super::live::Live;
use super::redrive::RedriveButton;
use crate::charts::{Plot, TimeAxis, TimeChart, failure_rate, in_flight, latency, throughput, use_chart_cursor};
use crate::load::load;
use crate::routes::At;
use crate::shell::Place;
use crate::transfer::percent_encode;
use crate::ui::{
    Card, CodeBlock, EmptyState, Legend, LinkButton, StackedBar, TableFrame, TimeText, format,
};
use leptos::prelude::*;
use crate::ui::progress::shares;
use leptos_router::hooks::use_navigate;
use model::{FailureGroup, ItemQuery, OperationKind, ProgressPoint, RedriveSelection};
use std::sync::Arc;

/// Runs with at most this many items show every item's cell.
const ONE_CELL_EACH: u64 = 12_288;
/// Runs with at most this many items show a list.
const LIST: u64 = 60;

/// The bar, the map and the graphs.
#[component]
pub fn OverviewTab(
    /// The run.
    id: String,
    /// Its live state.
    live: Live,
) -> AnyView {
    let place = Place::here();
    let navigate = use_navigate();
    let counts = Memo::new(move |_| live.map_run.with(|m| m.as_ref().map(|m| m.item_counts).unwrap_or_default()));
    let parts = Signal::derive(move || shares(&counts.get()));
    let bin = RwSignal::new(None::<usize>);
    let follow = RwSignal::new(!live.run.get_untracked().status.is_final());
    let total = Memo::new(move |_| live.bins.with(|bins| bins.total_items));
    let window = Memo::new(move |_| match total.get() {
        0..=ONE_CELL_EACH => (0, total.get()),
        _ => live.bins.with_untracked(|bins| {
            let bin = bin.get().unwrap_or(0);
            (bin as u64 * bins.items_per_bin, ((bin as u64 + 1) * bins.items_per_bin).min(bins.total_items))
        }),
    });
    let run = id.clone();
    let cells = LocalResource::new(move || {
        let (w, id, (from, to)) = (place.w.get(), run.clone(), window.get());
        live.beat.track();
        async move {
            let mut codes = Vec::new();
            // The server gives windows of 4,096.
            for start in (from..to).step_by(4_096) {
                codes.extend(api::window(w.clone(), id.clone(), start, (start + 4_096).min(to)).await.unwrap_or_default());
            }
            ItemCells { from, codes }
        }
    });
    let items = Signal::derive(move || cells.get().map(|cells| Arc::new(cells.clone())));
    let at = place.at();
    let opened = id.clone();
    let open = Callback::new(move |index: u64| navigate(&at.item(&opened, index), Default::default()));
    let listed = id.clone();
    let list = move || view! { <ItemPage id=listed.clone() live query=ItemQuery { limit: Some(LIST as u32), ..ItemQuery::default() }/> };
    view! {
        <div class="mw-stack">
            <Card title="Items">
                <StackedBar parts/>
                <Legend parts/>
                <ItemMap bins=live.bins items selected_bin=bin follow on_select_bin=Callback::new(move |chosen| bin.set(Some(chosen)))
                    on_open_item=open on_range=Callback::new(|_| ()) list/>
            </Card>
            <Causes id live/>
            <Graphs live/>
        </div>
    }
    .into_any()
}

#[component]
fn Causes(id: String, live: Live) -> AnyView {
    let place = Place::here();
    let body = move || {
        let groups = live.groups.get();
        let (at, id) = (place.at(), id.clone());
        (!groups.is_empty()).then(|| {
            let lines = groups.into_iter().take(5).map(move |group| {
                let href = format!("{}?tab=items&status=FAILED&group={}", at.run(&id), group.id);
                view! {
                    <tr>
                        <td class="mw-num">{format::count(group.count)}</td>
                        <td><a href=href>{group.error}</a></td>
                        <td>{group.state}</td>
                        <td class="mw-truncate">{group.cause}</td>
                    </tr>
                }
            });
            view! {
                <Card title="Why items fail">
                    <TableFrame label="Why items fail" dense=true>
                        <thead><tr><th class="mw-num">"Items"</th><th>"Error"</th><th>"State"</th><th>"Cause"</th></tr></thead>
                        <tbody>{lines.collect_view()}</tbody>
                    </TableFrame>
                </Card>
            }
        })
    };
    view! { {body} }.into_any()
}

#[component]
fn Graphs(live: Live) -> AnyView {
    let cursor = use_chart_cursor();
    let plot = move |of: fn(&[ProgressPoint], TimeAxis, f64) -> Plot| {
        Signal::derive(move || {
            let limit = live.map_run.with(|m| m.as_ref().map_or(0.0, |m| m.tolerated_failure_percentage));
            live.progress.with(|points| of(points, axis(points), limit))
        })
    };
    let through = plot(|points, time, _| {
        let failed: Vec<u64> = points.iter().map(|p| p.failed).collect();
        let succeeded: Vec<u64> = points.iter().map(|p| p.succeeded).collect();
        throughput(time, &failed, &succeeded)
    });
    let flight = plot(|points, time, _| {
        in_flight(time, column(points, |p| p.in_flight as f64), column(points, |p| p.limit as f64))
    });
    let slow = plot(|points, time, _| {
        latency(time, column(points, |p| p.p50_ms), column(points, |p| p.p90_ms), column(points, |p| p.p99_ms))
    });
    let failing = plot(|points, time, limit| failure_rate(time, cumulative(points), (limit < 100.0).then_some(limit)));
    let enough = move || live.progress.with(|points| !points.is_empty());
    view! {
        <Show when=enough>
            <div class="mw-grid">
                <div class="mw-col-6"><Card><TimeChart plot=through cursor/></Card></div>
                <div class="mw-col-6"><Card><TimeChart plot=flight cursor/></Card></div>
                <div class="mw-col-6"><Card><TimeChart plot=slow cursor/></Card></div>
                <div class="mw-col-6"><Card><TimeChart plot=failing cursor/></Card></div>
            </div>
        </Show>
    }
    .into_any()
}

fn axis(points: &[ProgressPoint]) -> TimeAxis {
    TimeAxis {
        start_ms: points.first().map_or(0, |point| point.at.0),
        bucket_ms: points.first().map_or(1, |point| point.width_ms.max(1) as i64),
        buckets: points.len(),
        offset_min: 0,
    }
}

fn column(points: &[ProgressPoint], of: fn(&ProgressPoint) -> f64) -> Vec<f64> {
    points.iter().map(of).collect()
}

fn cumulative(points: &[ProgressPoint]) -> Vec<f64> {
    let (mut failed, mut all) = (0u64, 0u64);
    points
        .iter()
        .map(|point| {
            failed += point.failed;
            all += point.failed + point.succeeded;
            failed as f64 * 100.0 / all.max(1) as f64
        })
        .collect()
}

/// The failure groups.
#[component]
pub fn FailuresTab(
    /// The run.
    id: String,
    /// Its live state.
    live: Live,
    /// A newer version of the job.
    newer: Option<u32>,
    /// Called when a redrive has begun.
    refresh: Callback<()>,
) -> AnyView {
    let at = Place::here().at();
    let body = move || {
        let groups = live.groups.get();
        if groups.is_empty() {
            return view! { <EmptyState title="No item has failed." text="Failures appear here by error, state and cause."/> }.into_any();
        }
        let cards = groups.into_iter().map(|group| group_card(&at, &id, group, (live, newer, refresh)));
        view! { <div class="mw-stack">{cards.collect_view()}</div> }.into_any()
    };
    view! { {body} }.into_any()
}

fn group_card(
    at: &At,
    id: &str,
    group: FailureGroup,
    (live, newer, refresh): (Live, Option<u32>, Callback<()>),
) -> impl IntoView + use<> {
    let items = format!("{}?tab=items&status=FAILED&group={}", at.run(id), group.id);
    let samples: Vec<_> = group
        .samples
        .iter()
        .take(5)
        .map(|index| view! { <a href=at.item(id, *index)>{format!("#{}", format::count(*index))}</a> " " })
        .collect();
    let run = id.to_owned();
    view! {
        <Card title=format!("{} in {}", group.error, group.state) note=format::counted(group.count, "item", "items")>
            <div class="mw-stack mw-stack--tight">
                <CodeBlock text=group.sample_cause what="cause"/>
                <p class="mw-meta">"First seen "<TimeText at=group.first_seen/>", last seen "<TimeText at=group.last_seen/>" · for example "{samples}</p>
                <div class="mw-row">
                    <LinkButton href=items dense=true>"Open items"</LinkButton>
                    <RedriveButton id=run live newer refresh selection=RedriveSelection::Group { group: group.id } count=group.count/>
                </div>
            </div>
        </Card>
    }
}

/// What was done to the run.
#[component]
pub fn OperationsTab(
    /// The run.
    id: String,
    /// Its live state.
    live: Live,
) -> AnyView {
    let place = Place::here();
    let list = Resource::new(
        move || (place.w.get(), live.run.with(|run| (run.status, run.redrive_count))),
        move |(w, _)| api::operation_list(w, id.clone()),
    );
    load(list, |list| {
        if list.is_empty() {
            return view! { <EmptyState title="Nothing was done to this run." text="Redrives, stops and changes of limits appear here, with who did them."/> }.into_any();
        }
        let rows = list.into_iter().map(|done| {
            view! {
                <tr>
                    <td><TimeText at=done.at/></td>
                    <td>{words(&done.kind)}</td>
                    <td>{done.actor}</td>
                    <td class="mw-num">{(done.items > 0).then(|| format::count(done.items))}</td>
                </tr>
            }
        });
        view! {
            <TableFrame label="Operations">
                <thead><tr><th>"When"</th><th>"What"</th><th>"Who"</th><th class="mw-num">"Items"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </TableFrame>
        }
        .into_any()
    })
    .into_any()
}

fn words(kind: &OperationKind) -> String {
    match kind {
        OperationKind::Redrive { selection, version } => {
            let which = match selection {
                RedriveSelection::All => "all unsuccessful items".to_owned(),
                RedriveSelection::Group { group } => format!("failure group {group}"),
                RedriveSelection::Items { indexes } => format::counted(indexes.len() as u64, "item", "items"),
                RedriveSelection::Statuses { statuses } => {
                    let words: Vec<&str> = statuses.iter().map(|status| status.as_str()).collect();
                    format!("items that are {}", words.join(", "))
                }
                RedriveSelection::Range { from, to } => format!("items {from} to {to}"),
                RedriveSelection::Keys { keys } => format::counted(keys.len() as u64, "key", "keys"),
                RedriveSelection::Filter { filter } => format!("items with {filter}"),
            };
            format!("Redrive of {which} with v{version}")
        }
        OperationKind::Stop => "Stop".to_owned(),
        OperationKind::Pause => "Pause".to_owned(),
        OperationKind::Resume => "Resume".to_owned(),
        OperationKind::UpdateLimits(limits) => {
            let words = [
                limits.max_concurrency.map(|limit| format!("{limit} at once")),
                limits.tolerated_failure_count.map(|items| format!("{items} failed items tolerated")),
                limits.tolerated_failure_percentage.map(|percent| format!("{percent} % of items tolerated")),
                limits.budget_usd.map(|usd| format!("budget ${usd}")),
            ];
            format!("Limits: {}", words.into_iter().flatten().collect::<Vec<_>>().join(", "))
        }
    }
}

/// The result files.
#[component]
pub fn ResultsTab(
    /// The run.
    id: String,
    /// Its live state.
    live: Live,
) -> AnyView {
    let place = Place::here();
    let run = id.clone();
    let list = Resource::new(
        move || (place.w.get(), live.run.with(|run| run.status)),
        move |(w, _)| api::result_list(w, run.clone()),
    );
    let output = move || live.run.with(|run| run.output.clone());
    view! {
        <div class="mw-stack">
            {load(list, move |files| {
                if files.is_empty() {
                    return view! { <EmptyState title="No result files." text="A job with a ResultWriter writes one file for each outcome when all items have ended."/> }.into_any();
                }
                let id = id.clone();
                let rows = files.into_iter().map(move |file| {
                    let path = file.name.split('/').map(percent_encode).collect::<Vec<_>>().join("/");
                    let href = format!("/api/v1/runs/{id}/results/{path}?workspace={}", percent_encode(&place.w.get_untracked()));
                    view! {
                        <tr>
                            <td><a href=href rel="external" download>{file.name}</a></td>
                            <td class="mw-num">{format::bytes(file.size)}</td>
                            <td class="mw-mono">{format!("s3://{}/{}", file.bucket, file.key)}</td>
                        </tr>
                    }
                });
                view! {
                    <TableFrame label="Result files">
                        <thead><tr><th>"File"</th><th class="mw-num">"Size"</th><th>"Object"</th></tr></thead>
                        <tbody>{rows.collect_view()}</tbody>
                    </TableFrame>
                }
                .into_any()
            })}
            {move || output().map(|text| view! { <Card title="Output of the execution"><CodeBlock text/></Card> })}
        </div>
    }
    .into_any()
}

/// What was launched.
#[component]
pub fn ConfigTab(
    /// The run.
    id: String,
    /// Its live state.
    live: Live,
) -> AnyView {
    let place = Place::here();
    let definition = Resource::new(move || place.w.get(), move |w| api::run_definition(w, id.clone()));
    let run = live.run.get_untracked();
    let title = format!("Definition, v{}", run.job_version);
    let commands = run.clone();
    view! {
        <div class="mw-stack">
            <Card title="Execution">
                <p class="mw-mono">{run.arn}</p>
                <CodeBlock text=run.input what="input"/>
            </Card>
            <Commands run=commands/>
            <Card title>
                {load(definition, |text| view! { <CodeBlock text what="definition"/> })}
            </Card>
        </div>
    }
    .into_any()
}
