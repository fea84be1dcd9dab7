//! One manifest: what it holds, what is wrong with it, what can be done with it.

use super::api::{self, DeleteManifest};
use super::page_list::source;
use crate::load::load;
use crate::shell::Place;
use crate::ui::{
    Breadcrumbs, Button, ButtonKind, Card, Crumb, Figures, KeyFigure, LinkButton, Notice, TableFrame, Tone,
    format,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{Manifest, ManifestItem, Preview};

const VIEWS: [(Preview, &str, &str); 3] = [
    (Preview::First, "first", "First"),
    (Preview::Random, "random", "Random"),
    (Preview::Largest, "largest", "Largest"),
];

/// One manifest.
#[component]
pub fn ManifestPage() -> impl IntoView {
    let place = Place::here();
    let id = Memo::new(move |_| use_params_map().read().get("m").unwrap_or_default());
    let shown = Memo::new(move |_| {
        let asked = use_query_map().read().get("view").unwrap_or_default();
        VIEWS.iter().find(|(_, name, _)| *name == asked).map_or(Preview::First, |(view, ..)| *view)
    });
    let manifest = Resource::new(move || (place.w.get(), id.get()), |(w, id)| api::one_manifest(w, id));
    let items = Resource::new(
        move || (place.w.get(), id.get(), shown.get()),
        |(w, id, view)| api::manifest_items(w, id, view),
    );
    view! {
        <div class="mw-page">
            {load(manifest, move |manifest| view! { <Head manifest/> })}
            <Card title="Items">
                <div class="mw-stack mw-stack--tight">
                    <nav class="mw-tabs" aria-label="Which items">
                        {VIEWS.map(|(view, name, label)| view! {
                            <a class="mw-tab" href=move || format!("?view={name}")
                                aria-current=move || (shown.get() == view).then_some("true")>{label}</a>
                        }).collect_view()}
                    </nav>
                    {load(items, |items| view! { <ItemsTable items/> })}
                </div>
            </Card>
        </div>
    }
}

#[component]
fn Head(manifest: Manifest) -> impl IntoView {
    let place = Place::here();
    let delete = ServerAction::<DeleteManifest>::new();
    let id = manifest.id.to_string();
    let crumbs = vec![Crumb::link("Manifests", place.at().manifests()), Crumb::here(manifest.name.clone())];
    let mean = manifest.bytes.checked_div(manifest.items).unwrap_or(0);
    let launch = place.at().page(&format!("jobs?manifest={id}"));
    let origin = source(&manifest.source);
    let rejected_rows = (!manifest.rejected_rows.is_empty()).then(|| rejected(&manifest));
    let warnings: Vec<_> = manifest
        .warnings
        .into_iter()
        .map(|warning| view! { <Notice tone=Tone::Warn>{warning}</Notice> })
        .collect();
    view! {
        <Title text=manifest.name.clone()/>
        <header class="mw-page__head">
            <Breadcrumbs crumbs/>
            <h1>{manifest.name.clone()}</h1>
            <div class="mw-actions">
                <ActionForm action=delete>
                    <input type="hidden" name="w" value=move || place.w.get()/>
                    <input type="hidden" name="id" value=id/>
                    <Button kind=ButtonKind::DangerQuiet submit=true>"Delete manifest"</Button>
                </ActionForm>
                <LinkButton href=launch kind=ButtonKind::Primary>"Use in a job"</LinkButton>
            </div>
        </header>
        <div class="mw-stack">
            <Figures>
                <KeyFigure label="Items" value=format::count(manifest.items)/>
                <KeyFigure label="Size" value=format::bytes(manifest.bytes) note=format!("about {} an item", format::bytes(mean))/>
                <KeyFigure label="Over 256 KiB" value=format::count(manifest.oversize)
                    tone={ loud(manifest.oversize, Tone::Danger) }
                    note="too big for a child's input"/>
                <KeyFigure label="Rejected rows" value=format::count(manifest.rejected)
                    tone={ loud(manifest.rejected, Tone::Warn) }
                    note=origin/>
            </Figures>
            {warnings}
            {(manifest.oversize > 0).then(|| view! {
                <Notice tone=Tone::Danger>
                    {format!("{} cannot be a child's input: AWS and this server allow 256 KiB. Pass a reference (bucket and key) instead of the data, or shrink them with an ItemSelector.",
                        format::counted(manifest.oversize, "item", "items"))}
                </Notice>
            })}
            {rejected_rows}
        </div>
    }
}

fn loud(count: u64, tone: Tone) -> Tone {
    if count > 0 { tone } else { Tone::Quiet }
}

fn rejected(manifest: &Manifest) -> impl IntoView + use<> {
    let more = manifest.rejected - manifest.rejected_rows.len() as u64;
    let rows: Vec<_> = manifest
        .rejected_rows
        .iter()
        .map(|row| {
            view! {
                <tr>
                    <td class="mw-num">{format::count(row.line)}</td>
                    <td>{row.reason.clone()}</td>
                    <td class="mw-mono mw-truncate">{row.excerpt.clone()}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <Card title="Rejected rows">
            <TableFrame label="Rejected rows" dense=true>
                <thead><tr><th class="mw-num">"Line"</th><th>"Reason"</th><th>"Begins with"</th></tr></thead>
                <tbody>{rows}</tbody>
            </TableFrame>
            {(more > 0).then(|| view! { <p class="mw-meta">{format!("and {} more", format::count(more))}</p> })}
        </Card>
    }
}

#[component]
fn ItemsTable(items: Vec<ManifestItem>) -> impl IntoView {
    let rows = items.into_iter().map(|item| {
        view! {
            <tr>
                <td class="mw-num">{format::count(item.index)}</td>
                <td class="mw-num mw-nowrap">{format::bytes(item.bytes)}</td>
                <td><code class="mw-mono mw-truncate">{item.text}</code></td>
            </tr>
        }
    });
    view! {
        <TableFrame label="Items" dense=true>
            <thead><tr><th class="mw-num">"#"</th><th class="mw-num">"Size"</th><th>"What the child receives"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </TableFrame>
    }
}
