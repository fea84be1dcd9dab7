//! The estimator's pages. Every input is in the address; the arithmetic is `cost`'s.

use super::inputs::{InputsForm, Question, Subject};
use super::results::Results;
use crate::features::{manifests, runs};
use crate::load::load;
use crate::shell::Place;
use crate::ui::{Breadcrumbs, Crumb, LinkButton, Notice, Tone};
use cost::{Facts, PriceBook, report};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

const LEAD: &str = "What a Distributed Map costs and how long it takes: on this server, and on AWS as STANDARD or EXPRESS, with batches of 1 to 1,000.";

/// The estimator for everybody.
#[component]
pub fn PublicEstimatePage() -> impl IntoView {
    view! {
        <main class="mw-page" id="main">
            <header class="mw-page__head"><h1>"Estimator"</h1><p class="mw-page__lead">{LEAD}</p></header>
            <Estimator subject=Subject::default()/>
        </main>
    }
}

/// The estimator inside a workspace, over its manifests.
#[component]
pub fn EstimatePage() -> impl IntoView {
    let place = Place::here();
    let manifests = Resource::new(move || place.w.get(), manifests::api::manifests);
    view! {
        <div class="mw-page">
            <header class="mw-page__head"><h1>"Estimator"</h1><p class="mw-page__lead">{LEAD}</p></header>
            {load(manifests, |manifests| view! { <Estimator subject=Subject { definition: None, manifests }/> })}
        </div>
    }
}

/// The estimator of one job.
#[component]
pub fn JobEstimatePage() -> impl IntoView {
    let place = Place::here();
    let job = Memo::new(move |_| use_params_map().read().get("j").unwrap_or_default());
    let view = Resource::new(move || (place.w.get(), job.get()), |(w, job)| runs::api::review(w, job, None));
    view! {
        <div class="mw-page">
            {load(view, move |view| {
                let at = place.at();
                let id = view.job.id.to_string();
                let crumbs = vec![Crumb::link("Jobs", at.jobs()), Crumb::link(view.job.name.clone(), at.job(&id)), Crumb::here("Estimate")];
                let subject = Subject { definition: Some(view.version.definition), manifests: view.manifests };
                view! {
                    <header class="mw-page__head">
                        <Breadcrumbs crumbs/>
                        <h1>{format!("Estimate of {} v{}", view.job.name, view.version.version)}</h1>
                        <div class="mw-actions">
                            <LinkButton href=at.builder(&id)>"Edit job"</LinkButton>
                            <LinkButton href=at.launch(&id)>"Launch"</LinkButton>
                        </div>
                    </header>
                    <Estimator subject/>
                }
            })}
        </div>
    }
}

#[component]
fn Estimator(subject: Subject) -> AnyView {
    let map = use_query_map();
    let query = Memo::new(move |_| map.get());
    let question = {
        let subject = subject.clone();
        Memo::new(move |_| Question::read(&subject, &query.read()))
    };
    let results = move || {
        let question = question.get();
        let facts = question.manifest.as_ref().map(Facts::of).unwrap_or_default();
        match report(&question.outline, &question.inputs, &facts, &PriceBook::built_in()) {
            Ok(report) => view! { <Results report/> }.into_any(),
            Err(error) => {
                view! { <Notice tone=Tone::Danger>{format!("This cannot be estimated: {error}.")}</Notice> }
                    .into_any()
            }
        }
    };
    view! {
        <Title text="Estimator"/>
        <div class="mw-grid">
            <div class="mw-col-4"><InputsForm subject question query/></div>
            <div class="mw-col-8">{results}</div>
        </div>
    }
    .into_any()
}
