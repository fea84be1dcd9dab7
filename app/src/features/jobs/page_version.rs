//! One version, as it was saved.

use super::api::{VersionView, read_version};
use super::page_detail::{job_id, job_param};
use crate::loaded::loaded;
use crate::routes::At;
use crate::shell::Place;
use crate::ui::{Breadcrumbs, ButtonKind, CodeBlock, Crumb, LinkButton, Page, Sign, TimeText};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// `jobs/:j/v/:n`
#[component]
pub fn VersionPage() -> impl IntoView {
    let place = Place::here();
    let id = job_param();
    let params = use_params_map();
    let number = Memo::new(move |_| params.read().get("n").and_then(|n| n.parse().ok()).unwrap_or(0_u32));
    let data = Resource::new(
        move || (place.w.get(), id.get(), number.get()),
        |(w, id, number)| async move { read_version(w, job_id(&id)?, number).await },
    );
    loaded(data, move |view, _| page(view, &place.at(), &id.get_untracked()))
}

fn page(view: VersionView, at: &At, id: &str) -> impl IntoView + use<> {
    let VersionView { name, version } = view;
    let number = version.version;
    let launch = at.launch(id) + &format!("?version={number}");
    let actions = move || {
        let launch = launch.clone();
        view! { <LinkButton href=launch icon=Sign::Play kind=ButtonKind::Primary>{format!("Launch v{number}")}</LinkButton> }
    };
    let crumbs = vec![Crumb::link("Jobs", at.jobs()), Crumb::link(name.clone(), at.job(id)), Crumb::here(format!("v{number}"))];
    view! {
        <Page title=format!("{name} v{number}") actions=actions>
            <div class="mw-stack">
                <Breadcrumbs crumbs=crumbs/>
                <dl class="mw-facts">
                    <dt>"Message"</dt><dd>{version.message}</dd>
                    <dt>"Author"</dt><dd>{version.author}</dd>
                    <dt>"Saved"</dt><dd><TimeText at=version.created_at/>" UTC"</dd>
                </dl>
                <CodeBlock text=version.definition what="definition"/>
            </div>
        </Page>
    }
}
