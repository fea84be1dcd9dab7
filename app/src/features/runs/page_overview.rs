//! The first page of a workspace: where to begin, and what ran last.

use super::page_list::RunLines;
use crate::shell::Place;
use crate::ui::{Card, LinkButton};
use leptos::prelude::*;
use leptos_meta::Title;

/// The overview.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let place = Place::here();
    let at = place.at();
    let (manifest, job, jobs) = (at.page("manifests/new"), at.page("jobs/new"), at.jobs());
    view! {
        <Title text="Overview"/>
        <div class="mw-page">
            <header class="mw-page__head"><h1>"Overview"</h1></header>
            <div class="mw-stack">
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
                <h2>"Recent runs"</h2>
                <RunLines job=None/>
            </div>
        </div>
    }
}
