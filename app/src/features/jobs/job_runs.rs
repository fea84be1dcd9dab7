//! The runs of one job, on its page.

use crate::shell::Place;
use crate::ui::{Card, LinkButton, Sign};
use leptos::prelude::*;
use model::JobId;

/// Where the runs of this job are.
#[component]
pub fn JobRuns(
    /// The job.
    job: JobId,
) -> impl IntoView {
    let at = Place::here().at();
    let runs = format!("{}?job={job}", at.runs());
    view! {
        <Card title="Runs">
            <p class="mw-muted">"Every run keeps the version that it was launched with."</p>
            <LinkButton href=runs icon=Sign::Runs>"Show runs of this job"</LinkButton>
        </Card>
    }
}
