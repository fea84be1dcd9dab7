//! The list of buckets.

use super::api::{self, CreateBucket};
use crate::error::ErrorNote;
use crate::load::load;
use crate::shell::Place;
use crate::ui::{Button, ButtonKind, Card, EmptyState, TableFrame, TextInput};
use leptos::prelude::*;
use leptos_meta::Title;
use model::Bucket;

/// Every bucket of the workspace, and the form for a new one.
#[component]
pub fn BucketsPage() -> impl IntoView {
    let place = Place::here();
    let list = Resource::new(move || place.w.get(), api::buckets);
    let create = ServerAction::<CreateBucket>::new();
    let failed = move || create.value().get().and_then(Result::err);
    view! {
        <Title text="Buckets"/>
        <div class="mw-page">
            <header class="mw-page__head">
                <h1>"Buckets"</h1>
                <p class="mw-page__lead">"Objects that items point at, manifests and results live in buckets: of this server's own store, or of a store behind a connection."</p>
            </header>
            <div class="mw-grid">
                <div class="mw-col-8">{load(list, move |list| table(place, list))}</div>
                <div class="mw-col-4">
                    <Card title="New bucket">
                        <ActionForm action=create attr:class="mw-form">
                            <input type="hidden" name="w" value=move || place.w.get()/>
                            <TextInput name="name" label="Name" placeholder="raw-data" required=true
                                help="3 to 63 characters: a-z, 0-9, - and ."/>
                            {move || failed().map(|error| view! { <ErrorNote error/> })}
                            <div class="mw-form__foot"><Button kind=ButtonKind::Primary submit=true>"Create bucket"</Button></div>
                        </ActionForm>
                    </Card>
                </div>
            </div>
        </div>
    }
}

fn table(place: Place, list: Vec<Bucket>) -> AnyView {
    if list.is_empty() {
        return view! {
            <EmptyState title="No buckets yet." text="Create one beside this, then put files into it. Buckets of other stores come in through a connection."/>
        }
        .into_any();
    }
    let rows = list.into_iter().map(move |bucket| {
        let href = place.at().page(&format!("buckets/{}", bucket.name));
        let store = if bucket.connection.is_some() { "connection" } else { "this server" };
        view! { <tr><td><a href=href>{bucket.name}</a></td><td>{store}</td></tr> }
    });
    view! {
        <TableFrame label="Buckets">
            <thead><tr><th>"Name"</th><th>"Store"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </TableFrame>
    }
    .into_any()
}
