//! One run: live counts, the map, and a tab for each question.

use super::api::{self, RunView};
use super::controls::Controls;
use super::drawer::ItemDrawer;
use super::items::ItemsTab;
use super::live::{Link, Live};
use super::redrive::RedriveButton;
use super::tabs;
use crate::load::load;
use crate::shell::Place;
use crate::ui::{
    Breadcrumbs, Crumb, Figures, KeyFigure, Notice, Status, StatusPill, TabItem, Tabs, TimeText, Tone, format,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{MapRun, MapRunPhase};

/// One run. The tab, the filters and the open item are in the address.
#[component]
pub fn RunPage() -> impl IntoView {
    let place = Place::here();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("r").unwrap_or_default());
    let view = Resource::new(move || (place.w.get(), id.get()), |(w, id)| api::open_run(w, id));
    load(view, move |first| view! { <Page first id=id.get_untracked()/> }).into_any()
}

#[component]
fn Page(first: RunView, id: String) -> AnyView {
    let place = Place::here();
    let live = Live::new(&first);
    let newer = first.newer_version;
    let again = RwSignal::new(0u32);
    let (w, run_id) = (place.w.get_untracked(), id.clone());
    let refetch = Resource::new(
        move || again.get(),
        move |turn| {
            let (w, id) = (w.clone(), run_id.clone());
            async move { if turn == 0 { None } else { api::open_run(w, id).await.ok() } }
        },
    );
    Effect::new(move |_| {
        if let Some(Some(view)) = refetch.get() {
            live.replace(&view);
        }
    });
    // The stream is opened for each stretch of work: after the launch, and after each redrive.
    let (w, followed) = (place.w.get_untracked(), id.clone());
    let running = Memo::new(move |_| !live.run.with(|run| run.status.is_final()));
    Effect::new(move |_| {
        if running.get() {
            live.follow(&w, &followed, move || again.update(|turn| *turn += 1));
        }
    });
    let refresh = Callback::new(move |()| again.update(|turn| *turn += 1));
    let query = use_query_map();
    let tab = Memo::new(move |_| query.read().get("tab").unwrap_or_else(|| "overview".into()));
    let item = Memo::new(move |_| use_params_map().read().get("index").and_then(|text| text.parse::<u64>().ok()));
    let title_id = first.detail.run.id.short();
    let title = move || match live.map_run.with(|map| map.as_ref().map(done_percent)) {
        Some(percent) => format!("Run {title_id} · {percent}"),
        None => format!("Run {title_id}"),
    };
    let base = place.at().run(&id);
    let tab_items = tab_list(base.clone(), live);
    let body_id = id.clone();
    let body = move || match tab.get().as_str() {
        "items" => view! { <ItemsTab id=body_id.clone() live newer refresh/> }.into_any(),
        "failures" => view! { <tabs::FailuresTab id=body_id.clone() live newer refresh/> }.into_any(),
        "operations" => view! { <tabs::OperationsTab id=body_id.clone() live/> }.into_any(),
        "results" => view! { <tabs::ResultsTab id=body_id.clone() live/> }.into_any(),
        "config" => view! { <tabs::ConfigTab id=body_id.clone() live/> }.into_any(),
        _ => view! { <tabs::OverviewTab id=body_id.clone() live/> }.into_any(),
    };
    let drawer_id = id.clone();
    view! {
        <Title text=title/>
        <div class="mw-page">
            <Head live id newer refresh/>
            <Numbers live/>
            <Tabs items=tab_items current=tab label="Run"/>
            <div class="mw-run__body">{body}</div>
            {move || item.get().map(|index| view! { <ItemDrawer id=drawer_id.clone() index close=base.clone() live/> })}
        </div>
    }
    .into_any()
}

fn tab_list(base: String, live: Live) -> Signal<Vec<TabItem>> {
    Signal::derive(move || {
        let groups = live.groups.with(Vec::len) as u64;
        let tab = |key: &str, label: &str| TabItem::new(key, label, format!("{base}?tab={key}"));
        vec![
            TabItem::new("overview", "Overview", base.clone()),
            tab("items", "Items"),
            tab("failures", "Failures").with_count(groups, Tone::Danger),
            tab("operations", "Operations"),
            tab("results", "Results"),
            tab("config", "Config"),
        ]
    })
}

#[component]
fn Head(live: Live, id: String, newer: Option<u32>, refresh: Callback<()>) -> AnyView {
    let place = Place::here();
    let run = live.run.get_untracked();
    let crumbs = vec![Crumb::link("Runs", place.at().runs()), Crumb::here(run.id.short())];
    let link = move || match live.link.get() {
        Link::Still => None,
        Link::Live => Some(view! { <span class="mw-live">"live"</span> }.into_any()),
        Link::Waiting => Some(view! { <span class="mw-live mw-live--waiting">"reconnecting"</span> }.into_any()),
    };
    let reason = move || {
        live.run.with(|run| run.error.clone().map(|error| (error, run.cause.clone().unwrap_or_default())))
    };
    let held = move || live.map_run.with(|map| map.as_ref().and_then(|map| map.held.clone()));
    view! {
        <header class="mw-page__head">
            <Breadcrumbs crumbs/>
            <div class="mw-page__title">
                <h1>{format!("Run {} · {} v{}", run.id.short(), run.job_name, run.job_version)}</h1>
                {move || view! { <StatusPill status=Status::from(live.run.with(|run| run.status))/> }}
                {link}
            </div>
            <div class="mw-actions">
                <Controls id=id.clone() live refresh/>
                <RedriveButton id live newer refresh/>
            </div>
            <p class="mw-page__lead">
                "Started "<TimeText at=run.started_at/>" by "{run.started_by}
                {(!run.note.is_empty()).then(|| format!(" · {}", run.note))}
            </p>
        </header>
        {move || reason().map(|(error, cause)| view! {
            <div class="mw-notice mw-tone--danger" role="status"><span class="mw-status__glyph" aria-hidden="true">"✕"</span><p><strong>{error}</strong>" "{cause}</p></div>
        })}
        {move || held().map(|why| view! { <Notice tone=Tone::Warn>{why}</Notice> })}
    }
    .into_any()
}

#[component]
fn Numbers(live: Live) -> AnyView {
    let map = move |of: fn(&MapRun) -> String| Signal::derive(move || live.map_run.with(|m| m.as_ref().map(of).unwrap_or_else(|| "–".into())));
    let ended = move || live.map_run.with(|m| m.as_ref().is_some_and(|m| m.phase == MapRunPhase::Finished));
    let rate = Signal::derive(move || {
        let ended = ended();
        live.progress.with(|points| {
            let shown = if ended { &points[..] } else { &points[points.len().saturating_sub(1)..] };
            let finished: u64 = shown.iter().map(|point| point.succeeded + point.failed).sum();
            let ms: u64 = shown.iter().map(|point| point.width_ms).sum();
            if ms == 0 { "–".into() } else { format::rate(finished as f64 * 1000.0 / ms as f64) }
        })
    });
    let rate_of = Signal::derive(move || Some(if ended() { "mean of the run" } else { "now" }.to_owned()));
    let tone = Signal::derive(move || match live.map_run.with(|m| m.as_ref().map_or(0, |m| m.item_counts.unsuccessful())) {
        0 => Tone::Quiet,
        _ => Tone::Danger,
    });
    view! {
        <Figures>
            <KeyFigure label="Done" value=map(done_percent)
                note=map(|m| format!("{} of {}", format::count(m.item_counts.finished()), format::counted(m.item_counts.total, "item", "items")))/>
            <KeyFigure label="Failed" value=map(|m| format::count(m.item_counts.unsuccessful())) tone
                note=map(tolerated)/>
            <KeyFigure label="Throughput" value=rate note=rate_of/>
            <KeyFigure label="In flight" value=map(|m| format::count(m.execution_counts.running))
                note=map(|m| format!("limit {}", format::count(u64::from(m.max_concurrency))))/>
            <KeyFigure label="On AWS so far" value=map(spent) note=map(budget)/>
            <KeyFigure label="Phase" value=map(|m| format!("{:?}", m.phase)) note=map(|m| m.state_name.clone())/>
        </Figures>
    }
    .into_any()
}

/// What failures end the run: AWS counts a limit that is not set as 0 only when neither is.
fn tolerated(map: &MapRun) -> String {
    let items = format::counted(map.tolerated_failure_count, "item", "items");
    match (map.tolerated_failure_percentage > 0.0, map.tolerated_failure_count > 0) {
        (true, true) => format!("limit {} or {items}", format::percent_of(map.tolerated_failure_percentage)),
        (true, false) => format!("limit {}", format::percent_of(map.tolerated_failure_percentage)),
        (false, true) => format!("limit {items}"),
        (false, false) => "none is tolerated".to_owned(),
    }
}

/// What Step Functions would have billed so far.
fn spent(map: &MapRun) -> String {
    cost::metered_bill(&map.metered, &cost::prices_of(map.region())).total.to_string()
}

fn budget(map: &MapRun) -> String {
    match map.budget_usd {
        Some(usd) => format!("budget ${usd}"),
        None => "Step Functions alone".to_owned(),
    }
}

fn done_percent(map: &MapRun) -> String {
    format::percent(map.item_counts.finished(), map.item_counts.total)
}
