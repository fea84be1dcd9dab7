//! Running now, needs attention, recent runs; and where to begin.

use super::api::open_overview;
use crate::features::runs::run_table;
use crate::load::load;
use crate::routes::At;
use crate::shell::Place;
use crate::ui::progress::shares;
use crate::ui::{Card, EmptyState, LinkButton, StackedBar, Status, TimeText, Tone, browser, format};
use leptos::prelude::*;
use leptos_meta::Title;
use model::{Attention, ItemCounts, Overview, Run, RunDetail, Timestamp};

/// How often the page looks again while something runs, in milliseconds.
const LOOK_AGAIN_MS: u64 = 3_000;
/// Runs in the table; the bars above show more.
const LISTED: usize = 10;

/// The overview.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let place = Place::here();
    let data = Resource::new(move || place.w.get(), open_overview);
    // One look after the other, as long as the page is there and something runs.
    Effect::new(move |_| {
        let goes_on = data.with(|data| matches!(data, Some(Ok(data)) if !data.running.is_empty()));
        if goes_on {
            browser::after_ms(LOOK_AGAIN_MS, move || {
                if data.try_with_untracked(|_| ()).is_some() {
                    data.refetch();
                }
            });
        }
    });
    view! {
        <Title text="Overview"/>
        <div class="mw-page">
            <header class="mw-page__head"><h1>"Overview"</h1></header>
            {load(data, move |data| body(&place.at(), data))}
        </div>
    }
}

fn body(at: &At, data: Overview) -> AnyView {
    let Overview { running, attention, recent, now } = data;
    let begin = recent.is_empty().then(|| beginning(at));
    let going_on = (!running.is_empty()).then(|| {
        let title = format!("Running now ({})", running.len());
        let rows = running.into_iter().map(|run| running_row(at, run, now)).collect_view();
        view! { <Card title><ul class="mw-lines">{rows}</ul></Card> }
    });
    let troubles = (!attention.is_empty()).then(|| {
        let rows = attention.into_iter().map(|one| attention_row(at, one)).collect_view();
        view! { <Card title="Needs attention"><ul class="mw-lines">{rows}</ul></Card> }
    });
    let last = (!recent.is_empty()).then(|| {
        let bars = recent.iter().rev().map(|run| status_bar(at, run)).collect_view();
        let note = format::counted(recent.len() as u64, "run", "runs");
        let table = run_table(at, recent.into_iter().take(LISTED).collect());
        let all = at.page("runs");
        view! {
            <Card title="Recent runs" note>
                <div class="mw-stack mw-stack--tight">
                    <div class="mw-status-bars">{bars}</div>
                    {table}
                    <p><a href=all>"All runs"</a></p>
                </div>
            </Card>
        }
    });
    view! { <div class="mw-stack">{going_on}{troubles}{begin}{last}</div> }.into_any()
}

fn beginning(at: &At) -> AnyView {
    let (manifest, job, jobs) = (at.page("manifests/new"), at.page("jobs/new"), at.jobs());
    view! {
        <div class="mw-cards">
            <Card title="1  Items">
                <p class="mw-muted">"Upload a list, or list the objects of a bucket."</p>
                <LinkButton href=manifest.clone()>"New manifest"</LinkButton>
            </Card>
            <Card title="2  Job">
                <p class="mw-muted">"What happens to each item: from a template or from your own definition."</p>
                <LinkButton href=job.clone()>"New job"</LinkButton>
            </Card>
            <Card title="3  Run">
                <p class="mw-muted">"Launch a job on a manifest and watch every item."</p>
                <LinkButton href=jobs.clone()>"Open jobs"</LinkButton>
            </Card>
        </div>
        <EmptyState title="No runs yet." text="A run applies one version of a job to every item of a manifest."/>
    }
    .into_any()
}

fn running_row(at: &At, detail: RunDetail, now: Timestamp) -> impl IntoView + use<> {
    let RunDetail { run, map_runs } = detail;
    let counts = map_runs.last().map(|map| map.item_counts).unwrap_or_default();
    let since = map_runs.last().map_or(run.started_at, |map| map.started_at);
    let parts = shares(&counts);
    view! {
        <li>
            <a href=at.run(run.id.as_str())>{format!("{} v{}", run.job_name, run.job_version)}</a>
            <div class="mw-lines__bar"><StackedBar parts thin=true/></div>
            <span class="mw-meta">{pace(&counts, now.since_ms(since).max(0) as u64)}</span>
        </li>
    }
}

/// Share, rate, time left and failures. What is left of a rate that is too young is not said.
fn pace(counts: &ItemCounts, ran_ms: u64) -> String {
    let finished = counts.finished();
    let mut words = vec![format::percent(finished, counts.total)];
    if finished > 0 && ran_ms >= 1_000 {
        let per_second = finished as f64 * 1_000.0 / ran_ms as f64;
        words.push(format::rate(per_second));
        let left = counts.total.saturating_sub(finished);
        if finished >= 30 && ran_ms >= 10_000 && left > 0 {
            words.push(format!("about {} left", format::about_ms((left as f64 * 1_000.0 / per_second) as u64)));
        }
    }
    if counts.unsuccessful() > 0 {
        words.push(format!("{} unsuccessful", format::count(counts.unsuccessful())));
    }
    words.join(" · ")
}

fn attention_row(at: &At, one: Attention) -> AnyView {
    match one {
        Attention::Run { run, unsuccessful, error } => {
            let href = at.run(run.id.as_str()) + if unsuccessful > 0 { "?tab=failures" } else { "" };
            let error = error.map(|error| format!(" with {error}")).unwrap_or_default();
            let what = match unsuccessful {
                0 => format!("{}: the last run failed{error}.", run.job_name),
                1 => format!("{}: 1 item of the last run failed{error}.", run.job_name),
                many => format!("{}: {} items of the last run failed, most of them{error}.", run.job_name, format::count(many)),
            };
            view! { <li><span class=Tone::Danger.class()>{what}</span><LinkButton href dense=true>"Open failures"</LinkButton></li> }.into_any()
        }
        Attention::Function { name } => {
            let what = format!("Nobody answers at the endpoint of the function {name}.");
            view! { <li><span>{what}</span><LinkButton href=at.page("functions") dense=true>"Open functions"</LinkButton></li> }.into_any()
        }
        Attention::Token { name, expires_at } => view! {
            <li><span>{format!("The token {name} expires ")}<TimeText at=expires_at/>"."</span>
                <LinkButton href=at.page("settings/tokens") dense=true>"Open tokens"</LinkButton></li>
        }
        .into_any(),
    }
}

/// One run as a small bar that leads to it.
fn status_bar(at: &At, run: &Run) -> impl IntoView + use<> {
    let status = Status::from(run.status);
    let label = format!("{} v{}: {}", run.job_name, run.job_version, status.label());
    view! { <a class=format!("mw-status-bar {}", status.tone().class()) href=at.run(run.id.as_str()) title=label.clone() aria-label=label></a> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_young_run_promises_nothing() {
        let counts = ItemCounts { total: 1_000, succeeded: 100, failed: 1, pending: 899, ..ItemCounts::default() };
        assert!(!pace(&counts, 5_000).contains("left"));
        let words = pace(&counts, 10_000);
        assert!(words.contains("left") && words.ends_with("1 unsuccessful"), "{words}");
        assert!(!pace(&ItemCounts::default(), 60_000).contains('/'));
    }
}
