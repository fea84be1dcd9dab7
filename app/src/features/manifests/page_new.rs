//! A new manifest: upload a file, or list a bucket.

use super::api::{self, Generate};
use super::upload::UploadCard;
use crate::error::ErrorNote;
use crate::load::load;
use crate::shell::Place;
use crate::ui::{Breadcrumbs, Button, ButtonKind, Card, Crumb, TextInput};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::Bucket;

/// The two ways to a manifest, side by side.
#[component]
pub fn NewManifestPage() -> impl IntoView {
    let place = Place::here();
    let buckets = Resource::new(move || place.w.get(), api::source_buckets);
    let crumbs = vec![Crumb::link("Manifests", place.at().manifests()), Crumb::here("New")];
    view! {
        <Title text="New manifest"/>
        <div class="mw-page">
            <header class="mw-page__head">
                <Breadcrumbs crumbs/>
                <h1>"New manifest"</h1>
            </header>
            <div class="mw-grid">
                <div class="mw-col-6"><UploadCard/></div>
                <div class="mw-col-6">{load(buckets, move |buckets| view! { <ListingCard buckets/> })}</div>
            </div>
        </div>
    }
}

#[component]
fn ListingCard(buckets: Vec<Bucket>) -> impl IntoView {
    let place = Place::here();
    let query = use_query_map();
    let asked = move |name: &str| query.read_untracked().get(name).unwrap_or_default();
    let bucket = asked("bucket");
    let action = ServerAction::<Generate>::new();
    let failed = move || action.value().get().and_then(Result::err);
    let pending = action.pending();
    if buckets.is_empty() {
        return view! {
            <Card title="From a bucket">
                <p class="mw-muted">"This workspace has no buckets yet. Make one and put objects into it, then list them here."</p>
                <a class="mw-button" href=place.at().page("buckets")>"Open buckets"</a>
            </Card>
        }
        .into_any();
    }
    let options = buckets
        .into_iter()
        .map(|known| {
            let selected = known.name == bucket;
            view! { <option value=known.name.clone() selected=selected>{known.name.clone()}</option> }
        })
        .collect_view();
    view! {
        <Card title="From a bucket" note="Each object becomes an item.">
            <ActionForm action attr:class="mw-form">
                <input type="hidden" name="w" value=move || place.w.get()/>
                <div class="mw-field">
                    <label class="mw-field__label" for="bucket">"Bucket"</label>
                    <select class="mw-input" id="bucket" name="bucket">{options}</select>
                </div>
                <TextInput name="prefix" label="Prefix" value=asked("prefix") placeholder="raw-data/2026-10-05/"
                    help="End it with / so that folder1/ does not match folder10/ too."/>
                <div class="mw-form__row">
                    <div class="mw-field">
                        <label class="mw-field__label" for="include">"Only keys like" <span class="mw-field__optional">"optional"</span></label>
                        <textarea class="mw-input mw-input--mono" id="include" name="include" rows="2" placeholder="**/*.json"></textarea>
                        <p class="mw-field__help">"One glob a line."</p>
                    </div>
                    <div class="mw-field">
                        <label class="mw-field__label" for="exclude">"No keys like" <span class="mw-field__optional">"optional"</span></label>
                        <textarea class="mw-input mw-input--mono" id="exclude" name="exclude" rows="2" placeholder="**/_tmp/**"></textarea>
                    </div>
                </div>
                <TextInput name="name" label="Name" placeholder="orders-2026-10"/>
                {move || failed().map(|error| view! { <ErrorNote error/> })}
                <div class="mw-form__foot">
                    <Button kind=ButtonKind::Primary submit=true>
                        {move || if pending.get() { "Listing objects…" } else { "List objects and save" }}
                    </Button>
                </div>
            </ActionForm>
        </Card>
    }
    .into_any()
}
