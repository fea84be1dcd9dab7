//! Object stores outside this server.

use super::api::{AttachBucket, CreateConnection, DeleteConnection, connection_buckets, list_connections};
use super::tabs::SettingsFrame;
use crate::load::load;
use crate::loaded::{failure, field_error, general_error, loaded};
use crate::session::Viewer;
use crate::shell::Place;
use crate::ui::{Button, ButtonKind, Card, Checkbox, Confirm, EmptyState, Notice, TextInput, Tone};
use leptos::prelude::*;
use model::{Connection, Permission};

/// Buckets of a store that are offered; the rest is attached by name.
const MAX_OFFERED: usize = 50;

#[derive(Clone, Copy)]
struct Actions {
    create: ServerAction<CreateConnection>,
    delete: ServerAction<DeleteConnection>,
    attach: ServerAction<AttachBucket>,
}

/// `settings/connections`
#[component]
pub fn ConnectionsPage() -> impl IntoView {
    let place = Place::here();
    let actions =
        Actions { create: ServerAction::new(), delete: ServerAction::new(), attach: ServerAction::new() };
    let source = move || (place.w.get(), actions.create.version().get(), actions.delete.version().get());
    let data = Resource::new(source, |(w, ..)| list_connections(w));
    view! {
        <SettingsFrame current="connections" lead="A connection names an S3-compatible store outside this server. Its buckets can be attached and then used like the server's own.">
            {general_error(failure(actions.delete.value()))}
            {loaded(data, move |connections, viewer| page(connections, &viewer, actions))}
        </SettingsFrame>
    }
}

fn page(connections: Vec<Connection>, viewer: &Viewer, actions: Actions) -> impl IntoView + use<> {
    let cards = match connections.is_empty() {
        true => view! { <Card title="Connections"><EmptyState title="No connections yet" text="Objects live in this server's own store until you add one."/></Card> }.into_any(),
        false => connections.into_iter().map(|connection| card(connection, viewer, actions)).collect_view().into_any(),
    };
    let form = form(viewer, actions.create);
    view! { {cards}<Card title="New connection">{form}</Card> }
}

fn card(connection: Connection, viewer: &Viewer, actions: Actions) -> impl IntoView + use<> {
    let (w, id) = (viewer.workspace.slug.clone(), connection.id.to_string());
    let (of_w, of_id) = (w.clone(), id.clone());
    let buckets = Resource::new(|| (), move |()| connection_buckets(of_w.clone(), of_id.clone()));
    let place =
        format!("{} · {}", connection.endpoint.unwrap_or_else(|| "Amazon S3".to_owned()), connection.region);
    let question = format!(
        "Remove \"{}\"? Its buckets are no longer known here; nothing in them is touched.",
        connection.name
    );
    let blocked = viewer.blocked(Permission::Administer);
    let (delete_w, delete_id) = (w.clone(), id.clone());
    let remove = move || {
        let (w, id) = (delete_w.clone(), delete_id.clone());
        view! {
            <Confirm label="Remove" question=question.clone() blocked=blocked.clone()>
                <ActionForm action=actions.delete>
                    <input type="hidden" name="w" value=w/>
                    <input type="hidden" name="id" value=id/>
                    <Button submit=true dense=true kind=ButtonKind::Danger>"Remove connection"</Button>
                </ActionForm>
            </Confirm>
        }
    };
    view! {
        <Card title=connection.name note=place actions=remove>
            {load(buckets, move |names| offers(names, w.clone(), id.clone(), actions.attach))}
        </Card>
    }
}

/// The buckets of a store, each with a way to attach it; one can be typed too.
fn offers(
    names: Vec<String>,
    w: String,
    id: String,
    attach: ServerAction<AttachBucket>,
) -> impl IntoView + use<> {
    let more = names.len().saturating_sub(MAX_OFFERED);
    let offered: Vec<_> = names
        .into_iter()
        .take(MAX_OFFERED)
        .map(|name| {
            let (w, id) = (w.clone(), id.clone());
            view! {
                <ActionForm action=attach>
                    <input type="hidden" name="w" value=w/>
                    <input type="hidden" name="connection" value=id/>
                    <input type="hidden" name="name" value=name.clone()/>
                    <Button submit=true dense=true>{format!("Attach {name}")}</Button>
                </ActionForm>
            }
        })
        .collect();
    let field = format!("name-{id}");
    view! {
        <div class="mw-stack mw-stack--tight">
            <div class="mw-row">{offered}</div>
            {(more > 0).then(|| view! { <p class="mw-muted">{format!("and {more} more: attach them by name")}</p> })}
            <ActionForm action=attach attr:class="mw-row">
                <input type="hidden" name="w" value=w/>
                <input type="hidden" name="connection" value=id/>
                <label class="mw-visually-hidden" for=field.clone()>"Bucket"</label>
                <input class="mw-input" id=field name="name" placeholder="bucket name" required/>
                <Button submit=true>"Attach bucket"</Button>
            </ActionForm>
            {general_error(failure(attach.value()))}
        </div>
    }
}

fn form(viewer: &Viewer, create: ServerAction<CreateConnection>) -> impl IntoView + use<> {
    let error = failure(create.value());
    let made = move || {
        create.value().get()?.ok()?;
        Some(view! { <Notice tone=Tone::Ok>"The store has answered. Attach its buckets above."</Notice> })
    };
    let (w, blocked) = (viewer.workspace.slug.clone(), viewer.blocked(Permission::Administer));
    view! {
        <ActionForm action=create attr:class="mw-form">
            <input type="hidden" name="w" value=w/>
            <div class="mw-form__row">
                <TextInput name="name" label="Name" required=true placeholder="production lake" error=field_error(error, "name")/>
                <TextInput name="region" label="Region" required=true value="us-east-1".to_owned() error=field_error(error, "region")/>
            </div>
            <TextInput name="endpoint" label="Endpoint" optional=true mono=true placeholder="https://minio.example.com:9000"
                help="Empty for Amazon S3" error=field_error(error, "endpoint")/>
            <Checkbox name="path_style" label="Bucket in the path" help="What most stores but Amazon's want"/>
            <div class="mw-form__row">
                <TextInput name="access_key" label="Access key id" required=true mono=true autocomplete="off" error=field_error(error, "access_key")/>
                <TextInput name="secret_key" label="Secret access key" required=true kind="password" autocomplete="new-password"
                    help="Sealed at rest, never shown again" error=field_error(error, "secret_key")/>
            </div>
            {general_error(error)}
            {made}
            <div class="mw-form__foot"><Button submit=true kind=ButtonKind::Primary blocked=blocked>"Test and save"</Button></div>
        </ActionForm>
    }
}
