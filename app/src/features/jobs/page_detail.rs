//! One job: its versions and its runs.

use super::api::{JobView, VersionLine, read_job};
use super::job_runs::JobRuns;
use crate::loaded::loaded;
use crate::routes::At;
use crate::shell::Place;
use crate::ui::{Badge, Breadcrumbs, Button, ButtonKind, Card, Copyable, Crumb, LinkButton, Page, Select, SelectOption, Sign, TableFrame, TimeText, Tone};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::{JobId, Timestamp};

/// The job in the address, or the error of one that cannot be.
pub fn job_param() -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |_| params.read().get("j").unwrap_or_default())
}

/// Reads the id in an address.
pub fn job_id(text: &str) -> Result<JobId, crate::error::UiError> {
    text.parse().map_err(|e: model::id::InvalidId| crate::error::UiError {
        code: "not-found".into(),
        message: format!("There is no such job: {e}."),
        problems: Vec::new(),
    })
}

/// `jobs/:j`
#[component]
pub fn JobPage() -> impl IntoView {
    let place = Place::here();
    let id = job_param();
    let data = Resource::new(
        move || (place.w.get(), id.get()),
        |(w, id)| async move { read_job(w, job_id(&id)?).await },
    );
    loaded(data, move |view, _| page(view, place.at()))
}

fn page(view: JobView, at: At) -> impl IntoView + use<> {
    let JobView { job, versions, now } = view;
    let id = job.id.to_string();
    let links = [at.builder(&id), at.estimate(&id), at.launch(&id)];
    let actions = move || {
        let [edit, estimate, launch] = links.clone();
        view! {
            <LinkButton href=edit icon=Sign::Edit>"Edit"</LinkButton>
            <LinkButton href=estimate icon=Sign::Estimate>"Estimate"</LinkButton>
            <LinkButton href=launch icon=Sign::Play kind=ButtonKind::Primary>"Launch"</LinkButton>
        }
    };
    let crumbs = vec![Crumb::link("Jobs", at.jobs()), Crumb::here(job.name.clone())];
    let count = versions.len();
    let newest = job.latest_version;
    let rows = versions.iter().map(|version| row(version.clone(), &at, &id, (newest, now))).collect_view();
    let draft = job.has_draft.then(|| {
        let diff = at.job(&id) + &format!("/diff?from={newest}");
        view! { <Badge tone=Tone::Warn>"unsaved draft"</Badge>" "<a href=diff>"Compare with v"{newest}</a> }
    });
    let comparison = (count > 1).then(|| compare(&versions, at.job(&id) + "/diff"));
    view! {
        <Page title=job.name actions=actions>
            <div class="mw-stack">
                <Breadcrumbs crumbs=crumbs/>
                <dl class="mw-facts">
                    <dt>"Latest version"</dt><dd>{format!("v{newest} ")}{draft}</dd>
                    <dt>"Last changed"</dt><dd><TimeText at=job.updated_at now=now/></dd>
                    <dt>"Job id"</dt><dd><Copyable text=id what="job id"/></dd>
                </dl>
                <JobRuns job=job.id/>
                <Card title="Versions" note=format!("{count}, newest first")>
                    <TableFrame label="Versions">
                        <thead><tr>
                            <th scope="col">"Version"</th><th scope="col">"Message"</th><th scope="col">"Author"</th>
                            <th scope="col">"Saved"</th><th scope="col"><span class="mw-visually-hidden">"Actions"</span></th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </TableFrame>
                </Card>
                {comparison}
            </div>
        </Page>
    }
}

fn row(version: VersionLine, at: &At, id: &str, (newest, now): (u32, Timestamp)) -> impl IntoView + use<> {
    let number = version.version;
    let open = at.job(id) + &format!("/v/{number}");
    let diff = (number > 1).then(|| {
        let href = at.job(id) + &format!("/diff?from={}&to={number}", number - 1);
        view! { <LinkButton dense=true href=href>{format!("Compare with v{}", number - 1)}</LinkButton> }
    });
    let launch = at.launch(id) + &format!("?version={number}");
    view! {
        <tr>
            <td class="mw-nowrap"><a class="mw-table__link" href=open>{format!("v{number}")}</a>{(number == newest).then(|| view! { " "<Badge tone=Tone::Run>"latest"</Badge> })}</td>
            <td class="mw-table__wide">{version.message}</td>
            <td class="mw-nowrap">{version.author}</td>
            <td><TimeText at=version.created_at now=now/></td>
            <td class="mw-table__actions"><div class="mw-actions">{diff}<LinkButton dense=true href=launch>"Launch"</LinkButton></div></td>
        </tr>
    }
}

/// A plain form: its answer is the page of the comparison.
fn compare(versions: &[VersionLine], action: String) -> impl IntoView + use<> {
    let options: Vec<SelectOption> =
        versions.iter().map(|v| SelectOption::new(v.version.to_string(), format!("v{}: {}", v.version, v.message))).collect();
    let nth = |place: usize| versions.get(place).map(|v| v.version.to_string()).unwrap_or_default();
    let (older, newer) = (nth(1), nth(0));
    let from = options.clone();
    view! {
        <Card title="Compare two versions">
            <form method="get" action=action class="mw-form">
                <div class="mw-form__row">
                    <Select name="from" label="Older" value=older options=from/>
                    <Select name="to" label="Newer" value=newer options=options/>
                </div>
                <div class="mw-form__foot"><Button submit=true>"Compare"</Button></div>
            </form>
        </Card>
    }
}
