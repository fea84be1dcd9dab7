//! One bucket: folders, objects, upload, download.

use super::api::{self, DeleteObject};
use crate::load::load;
use crate::shell::Place;
use crate::transfer::{DropZone, SendFile, Transfer, TransferState, percent_encode};
use crate::ui::{
    Breadcrumbs, Card, Crumb, EmptyState, LinkButton, Notice, Progress, TableFrame, TimeText, Tone, format,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::ObjectPage;

/// One bucket.
#[component]
pub fn BucketPage() -> impl IntoView {
    let place = Place::here();
    let bucket = Memo::new(move |_| use_params_map().read().get("b").unwrap_or_default());
    let query = use_query_map();
    let prefix = Memo::new(move |_| query.read().get("prefix").unwrap_or_default());
    let after = Memo::new(move |_| query.read().get("after"));
    let delete = ServerAction::<DeleteObject>::new();
    let uploads = RwSignal::new(0u32);
    let page = Resource::new(
        move || {
            (place.w.get(), bucket.get(), prefix.get(), after.get(), delete.version().get(), uploads.get())
        },
        |(w, bucket, prefix, after, ..)| api::objects(w, bucket, prefix, after),
    );
    let generate = move || {
        place.at().page(&format!(
            "manifests/new?bucket={}&prefix={}",
            percent_encode(&bucket.get()),
            percent_encode(&prefix.get())
        ))
    };
    view! {
        <Title text=move || bucket.get()/>
        <div class="mw-page">
            <header class="mw-page__head">
                {move || view! { <Breadcrumbs crumbs=crumbs(place, &bucket.get(), &prefix.get())/> }}
                <h1>{move || bucket.get()}</h1>
                <div class="mw-actions">
                    {move || view! { <LinkButton href=generate()>"Make a manifest of these"</LinkButton> }}
                </div>
            </header>
            <div class="mw-stack">
                <UploadHere bucket prefix uploads/>
                {load(page, move |page| view! { <Listing bucket prefix page delete/> })}
            </div>
        </div>
    }
}

fn crumbs(place: Place, bucket: &str, prefix: &str) -> Vec<Crumb> {
    let root = place.at().page(&format!("buckets/{bucket}"));
    let mut crumbs =
        vec![Crumb::link("Buckets", place.at().page("buckets")), Crumb::link(bucket, root.clone())];
    let mut path = String::new();
    for part in prefix.split_inclusive('/') {
        path.push_str(part);
        crumbs.push(Crumb::link(part, format!("{root}?prefix={}", percent_encode(&path))));
    }
    crumbs
}

#[component]
fn UploadHere(bucket: Memo<String>, prefix: Memo<String>, uploads: RwSignal<u32>) -> impl IntoView {
    let place = Place::here();
    let transfer = Transfer::new();
    let begin = move |files: Vec<SendFile>| send_all(place, transfer, (bucket, prefix), files, uploads);
    let status = move || match transfer.state.get() {
        TransferState::Sending { name, sent, total } => {
            let share = if total == 0 { 1.0 } else { sent as f64 / total as f64 };
            view! { <Progress value=share label=name.clone()/> <p class="mw-meta">{name}</p> }.into_any()
        }
        TransferState::Failed(text) => view! { <Notice tone=Tone::Danger>{text}</Notice> }.into_any(),
        _ => ().into_any(),
    };
    view! {
        <Card title="Upload objects" note=Signal::derive(move || format!("into s3://{}/{}", bucket.get(), prefix.get()))>
            <DropZone id="object-files" multiple=true words="Drop files here" on_files=Callback::new(begin)/>
            {status}
        </Card>
    }
}

/// Sends one file after the other; a failure stops the rest.
fn send_all(
    place: Place,
    transfer: Transfer,
    (bucket, prefix): (Memo<String>, Memo<String>),
    mut files: Vec<SendFile>,
    uploads: RwSignal<u32>,
) {
    if files.is_empty() {
        uploads.update(|count| *count += 1);
        return;
    }
    let file = files.remove(0);
    let key = format!("{}{}", prefix.get_untracked(), file.name());
    let key = key.split('/').map(percent_encode).collect::<Vec<_>>().join("/");
    let url = format!(
        "/api/v1/buckets/{}/objects/{key}?workspace={}",
        percent_encode(&bucket.get_untracked()),
        percent_encode(&place.w.get_untracked())
    );
    transfer.send("PUT", &url, &file, move |_| send_all(place, transfer, (bucket, prefix), files, uploads));
}

#[component]
fn Listing(
    bucket: Memo<String>,
    prefix: Memo<String>,
    page: ObjectPage,
    delete: ServerAction<DeleteObject>,
) -> impl IntoView {
    let place = Place::here();
    if page.objects.is_empty() && page.folders.is_empty() {
        return view! { <EmptyState title="Nothing here." text="Drop files above, or write with any S3 client."/> }.into_any();
    }
    let here = place.at().page(&format!("buckets/{}", bucket.get_untracked()));
    let folder_here = here.clone();
    let folders = page.folders.into_iter().map(move |folder| {
        let href = format!("{folder_here}?prefix={}", percent_encode(&folder));
        let name = folder.strip_prefix(&prefix.get_untracked()).unwrap_or(&folder).to_owned();
        view! { <tr><td><a href=href>{name}</a></td><td class="mw-num">"–"</td><td></td><td></td></tr> }
    });
    let objects = page.objects.into_iter().map(move |object| {
        let path = object.key.split('/').map(percent_encode).collect::<Vec<_>>().join("/");
        let href = format!(
            "/api/v1/buckets/{}/objects/{path}?workspace={}",
            percent_encode(&bucket.get_untracked()),
            percent_encode(&place.w.get_untracked())
        );
        let name = object.key.strip_prefix(&prefix.get_untracked()).unwrap_or(&object.key).to_owned();
        let key = object.key;
        let remove = move |_| {
            delete.dispatch(DeleteObject {
                w: place.w.get_untracked(),
                bucket: bucket.get_untracked(),
                key: key.clone(),
            });
        };
        view! {
            <tr>
                <td><a href=href rel="external" download>{name}</a></td>
                <td class="mw-num">{format::bytes(object.size)}</td>
                <td><TimeText at=object.last_modified/></td>
                <td class="mw-num"><button class="mw-button mw-button--link" on:click=remove>"Delete"</button></td>
            </tr>
        }
    });
    let more = page.next.map(|next| {
        let href = format!(
            "{here}?prefix={}&after={}",
            percent_encode(&prefix.get_untracked()),
            percent_encode(&next)
        );
        view! { <LinkButton href>"Next 200"</LinkButton> }
    });
    view! {
        <TableFrame label="Objects" dense=true>
            <thead><tr><th>"Key"</th><th class="mw-num">"Size"</th><th>"Written"</th><th></th></tr></thead>
            <tbody>{folders.collect_view()}{objects.collect_view()}</tbody>
        </TableFrame>
        {more}
    }
    .into_any()
}
