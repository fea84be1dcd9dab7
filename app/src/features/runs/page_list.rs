//! The list of runs.

use super::api;
use crate::load::load;
use crate::routes::At;
use crate::shell::Place;
use crate::ui::{EmptyState, LinkButton, Status, StatusPill, TableFrame, TimeText, format};
use leptos::prelude::*;
use leptos_meta::Title;
use model::Run;

/// Every run of the workspace, newest first.
#[component]
pub fn RunsPage() -> impl IntoView {
    view! {
        <Title text="Runs"/>
        <div class="mw-page">
            <header class="mw-page__head">
                <h1>"Runs"</h1>
                <p class="mw-page__lead">"A run applies one version of a job to every item of a manifest."</p>
            </header>
            <RunLines job=None/>
        </div>
    }
}

/// The runs of a workspace, or of one job, as a table.
#[component]
pub fn RunLines(
    /// Only this job's.
    job: Option<String>,
) -> impl IntoView {
    let place = Place::here();
    let list = Resource::new(move || (place.w.get(), job.clone()), |(w, job)| api::run_list(w, job));
    load(list, move |list| table(&place.at(), list)).into_any()
}

/// Runs as a table.
pub fn table(at: &At, list: Vec<Run>) -> AnyView {
    if list.is_empty() {
        let jobs = at.jobs();
        return view! {
            <EmptyState title="No runs yet." text="Open a job and launch it on a manifest.">
                <LinkButton href=jobs.clone()>"Open jobs"</LinkButton>
            </EmptyState>
        }
        .into_any();
    }
    let rows = list.into_iter().map(|run| row(at, run)).collect_view();
    view! {
        <TableFrame label="Runs">
            <thead>
                <tr><th>"Status"</th><th>"Run"</th><th>"Job"</th><th>"Started"</th><th>"By"</th><th class="mw-num">"Took"</th></tr>
            </thead>
            <tbody>{rows}</tbody>
        </TableFrame>
    }
    .into_any()
}

fn row(at: &At, run: Run) -> impl IntoView + use<> {
    let took = run.stopped_at.map(|end| format::duration_ms(end.since_ms(run.started_at).max(0) as u64));
    let href = at.run(run.id.as_str());
    let short = run.id.short();
    view! {
        <tr>
            <td><StatusPill status=Status::from(run.status)/></td>
            <td><a href=href>{short}</a></td>
            <td>{format!("{} v{}", run.job_name, run.job_version)}</td>
            <td><TimeText at=run.started_at/></td>
            <td>{run.started_by}</td>
            <td class="mw-num">{took}</td>
        </tr>
    }
}
