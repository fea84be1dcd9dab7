//! The list of jobs.

use super::api::{DeleteJob, JobLine, JobList, list_jobs};
use super::templates::TEMPLATES;
use crate::loaded::{failure, general_error, loaded};
use crate::routes::At;
use crate::session::Viewer;
use crate::shell::Place;
use crate::ui::{Badge, Button, ButtonKind, Confirm, EmptyState, LinkButton, Page, Sign, TableFrame, TimeText, Tone};
use leptos::prelude::*;
use model::{Permission, Timestamp};

/// `jobs`
#[component]
pub fn JobsPage() -> impl IntoView {
    let place = Place::here();
    let delete = ServerAction::<DeleteJob>::new();
    let data = Resource::new(move || (place.w.get(), delete.version().get()), |(w, _)| list_jobs(w));
    let actions = move || {
        let new = place.at().page("jobs/new");
        view! { <LinkButton href=new kind=ButtonKind::Primary icon=Sign::Add>"New job"</LinkButton> }
    };
    view! {
        <Page title="Jobs".to_owned() lead="A job is a definition with versions. A run applies one version to every item of a manifest.".to_owned() actions=actions>
            {general_error(failure(delete.value()))}
            {loaded(data, move |list, viewer| match list.jobs.is_empty() {
                true => empty(&place.at()).into_any(),
                false => table(list, &viewer, delete).into_any(),
            })}
        </Page>
    }
}

fn empty(at: &At) -> impl IntoView + use<> {
    let (start, import) = (at.page("jobs/new?template=count-lines"), at.page("jobs/new?template=none"));
    let cards = template_cards(at, None);
    view! {
        <div class="mw-stack">
            <EmptyState title="No jobs yet" text="Begin with a template, or paste a definition that you have on AWS: it works as it is.">
                <LinkButton href=start kind=ButtonKind::Primary>"Start with a template"</LinkButton>
                <LinkButton href=import>"Import ASL"</LinkButton>
            </EmptyState>
            <h2>"Templates"</h2>
            {cards}
        </div>
    }
}

/// One card for each template; the chosen one is marked.
pub fn template_cards(at: &At, chosen: Option<&str>) -> impl IntoView + use<> {
    let cards = TEMPLATES.iter().map(|template| {
        let href = at.page(&format!("jobs/new?template={}", template.key));
        let here = (chosen == Some(template.key)).then_some("true");
        view! {
            <article class="mw-card mw-card--link" aria-current=here>
                <h3><a class="mw-card__link" href=href>{template.title}</a></h3>
                <p class="mw-muted">{template.about}</p>
            </article>
        }
    });
    let cards = cards.collect_view();
    view! { <div class="mw-cards mw-templates">{cards}</div> }
}

fn table(list: JobList, viewer: &Viewer, delete: ServerAction<DeleteJob>) -> impl IntoView + use<> {
    let at = At(viewer.workspace.slug.clone());
    let rows = list.jobs.into_iter().map(|job| row(job, &at, list.now, (viewer, delete)));
    let rows = rows.collect_view();
    view! {
        <TableFrame label="Jobs">
            <thead><tr>
                <th scope="col">"Job"</th><th scope="col">"Version"</th><th scope="col">"Last changed"</th>
                <th scope="col"><span class="mw-visually-hidden">"Actions"</span></th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </TableFrame>
    }
}

fn row(job: JobLine, at: &At, now: Timestamp, (viewer, delete): (&Viewer, ServerAction<DeleteJob>)) -> impl IntoView + use<> {
    let id = job.id.to_string();
    let question = format!("Delete {} and its {} versions? Its runs and their results stay.", job.name, job.latest_version);
    let blocked = viewer.blocked(Permission::Edit);
    let (edit, estimate, launch, open) = (at.builder(&id), at.estimate(&id), at.launch(&id), at.job(&id));
    let w = at.0.clone();
    view! {
        <tr>
            <td class="mw-table__wide"><a class="mw-table__link" href=open>{job.name}</a></td>
            <td class="mw-nowrap">{format!("v{}", job.latest_version)}{job.has_draft.then(|| view! { " "<Badge tone=Tone::Warn>"unsaved draft"</Badge> })}</td>
            <td><TimeText at=job.updated_at now=now/></td>
            <td class="mw-table__actions">
                <div class="mw-actions">
                    <LinkButton dense=true href=edit>"Edit"</LinkButton>
                    <LinkButton dense=true href=estimate>"Estimate"</LinkButton>
                    <LinkButton dense=true href=launch>"Launch"</LinkButton>
                    <Confirm label="Delete" question blocked=blocked>
                        <ActionForm action=delete>
                            <input type="hidden" name="w" value=w/>
                            <input type="hidden" name="job" value=id/>
                            <Button submit=true dense=true kind=ButtonKind::Danger>"Delete job"</Button>
                        </ActionForm>
                    </Confirm>
                </div>
            </td>
        </tr>
    }
}
