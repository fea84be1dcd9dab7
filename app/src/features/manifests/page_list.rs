//! The list of manifests.

use super::api;
use crate::load::load;
use crate::routes::At;
use crate::shell::Place;
use crate::ui::{ButtonKind, CodeBlock, EmptyState, LinkButton, TableFrame, TimeText, format};
use leptos::prelude::*;
use leptos_meta::Title;
use model::{Manifest, ManifestSource};

/// Every manifest of the workspace.
#[component]
pub fn ManifestsPage() -> impl IntoView {
    let place = Place::here();
    let list = Resource::new(move || place.w.get(), api::manifests);
    view! {
        <Title text="Manifests"/>
        <div class="mw-page">
            <header class="mw-page__head">
                <h1>"Manifests"</h1>
                <div class="mw-actions">
                    <LinkButton href=place.at().page("manifests/new") kind=ButtonKind::Primary>"New manifest"</LinkButton>
                </div>
                <p class="mw-page__lead">"A manifest is a list of items. A run starts one child workflow for each."</p>
            </header>
            {load(list, move |list| table(place.at(), list))}
        </div>
    }
}

fn table(at: At, list: Vec<Manifest>) -> AnyView {
    if list.is_empty() {
        return view! {
            <EmptyState title="No manifests yet." text="Upload a CSV, JSON or JSON Lines file, or list the objects of a bucket.">
                <LinkButton href=at.page("manifests/new") kind=ButtonKind::Primary>"New manifest"</LinkButton>
                <CodeBlock text="curl -H \"Authorization: Bearer $TOKEN\" --data-binary @orders.csv \\\n  \"$MAPWRIGHT/api/v1/manifests/upload?file_name=orders.csv\""/>
            </EmptyState>
        }
        .into_any();
    }
    let rows = list.into_iter().map(|manifest| row(&at, manifest)).collect_view();
    view! {
        <TableFrame label="Manifests">
            <thead>
                <tr>
                    <th>"Name"</th>
                    <th class="mw-num">"Items"</th>
                    <th class="mw-num">"Size"</th>
                    <th>"Source"</th>
                    <th>"Made"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </TableFrame>
    }
    .into_any()
}

fn row(at: &At, manifest: Manifest) -> impl IntoView + use<> {
    let notes = match (manifest.oversize, manifest.rejected) {
        (0, 0) => None,
        (0, rejected) => Some(format!("{} rejected", format::count(rejected))),
        (oversize, _) => Some(format!("{} over 256 KiB", format::count(oversize))),
    };
    view! {
        <tr>
            <td>
                <a href=at.manifest(manifest.id.as_str())>{manifest.name}</a>
                {notes.map(|notes| view! { " " <span class="mw-badge mw-tone--warn">{notes}</span> })}
            </td>
            <td class="mw-num">{format::count(manifest.items)}</td>
            <td class="mw-num">{format::bytes(manifest.bytes)}</td>
            <td>{source(&manifest.source)}</td>
            <td><TimeText at=manifest.created_at/></td>
        </tr>
    }
}

/// Where a manifest came from, in a few words.
pub(super) fn source(source: &ManifestSource) -> String {
    match source {
        ManifestSource::Upload { file_name, format } if file_name.is_empty() => format!("{format} upload"),
        ManifestSource::Upload { file_name, format } => format!("{file_name} ({format})"),
        ManifestSource::Listing { bucket, prefix, .. } => format!("s3://{bucket}/{prefix}"),
    }
}
