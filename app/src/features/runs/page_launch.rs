//! The launch review: what will run, on what, and what speaks against it.

use super::api::{self, Launch, LaunchView};
use crate::error::ErrorNote;
use crate::features::estimate::{AdviceList, Headline};
use crate::load::load;
use crate::shell::Place;
use crate::ui::{Breadcrumbs, Button, ButtonKind, Card, Crumb, LinkButton, Notice, NumberInput, TextInput, Tone, format};
use asl::check::{CheckOptions, Severity, check};
use cost::{Facts, Inputs, PriceBook};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{Manifest, MapOutline};

/// The launch review of a job.
#[component]
pub fn LaunchPage() -> impl IntoView {
    let place = Place::here();
    let job = Memo::new(move |_| use_params_map().read().get("j").unwrap_or_default());
    let version =
        Memo::new(move |_| use_query_map().read().get("version").and_then(|text| text.parse().ok()));
    let view = Resource::new(
        move || (place.w.get(), job.get(), version.get()),
        |(w, job, version)| api::review(w, job, version),
    );
    view! {
        <Title text="Launch"/>
        <div class="mw-page mw-page--narrow">{load(view, |view| view! { <Review view/> })}</div>
    }
}

#[component]
fn Review(view: LaunchView) -> AnyView {
    let place = Place::here();
    let action = ServerAction::<Launch>::new();
    let failed = move || action.value().get().and_then(Result::err);
    let chosen = RwSignal::new(use_query_map().read_untracked().get("manifest").unwrap_or_default());
    let job = view.job;
    let number = view.version.version;
    let found = check(&view.version.definition, &CheckOptions::default());
    let errors = found.iter().filter(|one| one.severity == Severity::Error).count();
    let checks: Vec<_> = found
        .into_iter()
        .filter(|one| one.severity != Severity::Hint)
        .map(|one| {
            let tone = if one.severity == Severity::Error { Tone::Danger } else { Tone::Warn };
            view! { <Notice tone detail=format!("{} · line {}", one.rule, one.line)>{one.message}</Notice> }
        })
        .collect();
    let outline = asl::outline(&view.version.definition);
    let manifests = view.manifests;
    let choice = manifests.clone();
    let picked_manifest =
        move || choice.iter().find(|manifest| manifest.id.as_str() == chosen.get()).cloned();
    let estimate_page = place.at().estimate(job.id.as_str());
    let options: Vec<_> = manifests
        .into_iter()
        .map(|manifest| {
            let id = manifest.id.to_string();
            let picked = id.clone();
            let label = format!("{} · {}", manifest.name, format::counted(manifest.items, "item", "items"));
            view! { <option value=id selected=move || chosen.get() == picked>{label}</option> }
        })
        .collect();
    let verb = {
        let picked_manifest = picked_manifest.clone();
        move || match picked_manifest() {
            Some(manifest) => format!("Launch {}", format::counted(manifest.items, "item", "items")),
            None => "Launch".to_owned(),
        }
    };
    let blocked = (errors > 0).then(|| {
        format!(
            "{} in the definition must be mended first.",
            format::counted(errors as u64, "error", "errors")
        )
    });
    let crumbs = vec![
        Crumb::link("Jobs", place.at().jobs()),
        Crumb::link(job.name.clone(), place.at().job(job.id.as_str())),
        Crumb::here("Launch"),
    ];
    view! {
        <header class="mw-page__head">
            <Breadcrumbs crumbs/>
            <h1>{format!("Launch {} v{number}", job.name)}</h1>
            <div class="mw-actions"><LinkButton href=place.at().builder(job.id.as_str())>"Edit job"</LinkButton></div>
        </header>
        <ActionForm action attr:class="mw-form">
            <input type="hidden" name="w" value=move || place.w.get()/>
            <input type="hidden" name="job" value=job.id.to_string()/>
            <input type="hidden" name="version" value=number.to_string()/>
            <Card title="Items">
                <div class="mw-field">
                    <label class="mw-field__label" for="manifest">"Manifest"</label>
                    <select class="mw-input" id="manifest" name="manifest" on:change:target=move |event| chosen.set(event.target().value())>
                        <option value="">"The definition's own ItemReader"</option>
                        {options}
                    </select>
                    <p class="mw-field__help">"A manifest takes the place of the ItemReader of the first distributed Map."</p>
                </div>
            </Card>
            <Card title="Execution">
                <div class="mw-form">
                    <div class="mw-field">
                        <label class="mw-field__label" for="input">"Input" <span class="mw-field__optional">"optional"</span></label>
                        <textarea class="mw-input mw-input--mono" id="input" name="input" rows="3" placeholder="{}"></textarea>
                    </div>
                    <TextInput name="note" label="Note" optional=true placeholder="why this run"/>
                </div>
            </Card>
            <Card title="Guards">
                <div class="mw-form">
                    <div class="mw-form__row">
                        <NumberInput name="guards[failed]" label="Stop when so many fail" unit="items" min="1" optional=true/>
                        <NumberInput name="guards[of]" label="of the first" unit="items" min="1" optional=true/>
                        <NumberInput name="guards[budget_usd]" label="Budget" unit="US $" min="0" step="any" optional=true/>
                    </div>
                    <p class="mw-field__help">"The budget is what AWS Step Functions would bill. When it is used up no other item begins, and those in flight finish."</p>
                </div>
            </Card>
            <Card title="Estimate">{move || estimate(&outline, picked_manifest(), &estimate_page)}</Card>
            <Card title="Checks">
                <div class="mw-stack mw-stack--tight">
                    {checks.is_empty().then(|| view! { <Notice tone=Tone::Ok>"The definition is valid."</Notice> })}
                    {checks}
                </div>
            </Card>
            {move || failed().map(|error| view! { <ErrorNote error/> })}
            <div class="mw-form__foot">
                <Button kind=ButtonKind::Primary submit=true blocked=Signal::derive(move || blocked.clone())>{verb}</Button>
            </div>
        </ActionForm>
    }
    .into_any()
}

/// Cost, time and what to know before launch, for the chosen manifest.
fn estimate(outline: &MapOutline, manifest: Option<Manifest>, page: &str) -> AnyView {
    let Some(manifest) = manifest else {
        return view! {
            <p class="mw-muted">
                "How many items there are is known when the ItemReader has read them. "
                <a href=page.to_owned()>"Estimate with a number of items"</a>
            </p>
        }
        .into_any();
    };
    let href = format!("{page}?manifest={}&free=no", manifest.id);
    // As the run's own count of what AWS would bill: most accounts have used their free tier up.
    let inputs = Inputs { no_free_tier: true, ..Inputs::of(&manifest) };
    match cost::report(outline, &inputs, &Facts::of(&manifest), &PriceBook::built_in()) {
        Ok(report) => {
            let advice = report.advice.clone();
            view! {
                <div class="mw-stack mw-stack--tight">
                    <Headline report/>
                    <AdviceList advice/>
                    <p class="mw-muted">
                        "AWS's free tier is not counted. "
                        <a href=href>"How this is estimated, and every other way to run it"</a>
                    </p>
                </div>
            }
            .into_any()
        }
        Err(error) => {
            view! { <Notice tone=Tone::Danger>{format!("This cannot be estimated: {error}.")}</Notice> }
                .into_any()
        }
    }
}
