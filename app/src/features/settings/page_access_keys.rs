//! Key pairs of AWS clients.

use super::api::{AccessKeyList, CreateAccessKey, CreatedKey, RevokeAccessKey, list_access_keys};
use super::tabs::SettingsFrame;
use crate::loaded::{failure, field_error, general_error, loaded};
use crate::session::Viewer;
use crate::shell::Place;
use crate::ui::{
    Badge, Button, ButtonKind, Card, CodeBlock, Confirm, EmptyState, Notice, Select, SelectOption,
    TableFrame, TextInput, TimeText, Tone,
};
use leptos::prelude::*;
use model::{AccessKey, Permission, Timestamp};

/// `settings/access-keys`
#[component]
pub fn AccessKeysPage() -> impl IntoView {
    let place = Place::here();
    let create = ServerAction::<CreateAccessKey>::new();
    let revoke = ServerAction::<RevokeAccessKey>::new();
    let source = move || (place.w.get(), create.version().get(), revoke.version().get());
    let data = Resource::new(source, |(w, ..)| list_access_keys(w));
    view! {
        <SettingsFrame current="access-keys" lead="AWS clients (boto3, the AWS CLI, SDKs, Terraform) sign their requests to this server with an access key.">
            {general_error(failure(revoke.value()))}
            {loaded(data, move |keys, viewer| page(keys, viewer, create, revoke))}
        </SettingsFrame>
    }
}

fn page(
    keys: AccessKeyList,
    viewer: Viewer,
    create: ServerAction<CreateAccessKey>,
    revoke: ServerAction<RevokeAccessKey>,
) -> impl IntoView + use<> {
    let list = match keys.keys.is_empty() {
        true => view! { <EmptyState title="No access keys yet" text="With one, any AWS client works here: set its endpoint URL to this server."/> }.into_any(),
        false => {
            let rows = keys.keys.into_iter().map(|key| row(key, keys.now, &viewer, revoke)).collect_view();
            view! {
                <TableFrame label="Access keys">
                    <thead><tr>
                        <th scope="col">"Name"</th><th scope="col">"Access key id"</th><th scope="col">"Scopes"</th>
                        <th scope="col">"Last used"</th><th scope="col"><span class="mw-visually-hidden">"Actions"</span></th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </TableFrame>
            }
            .into_any()
        }
    };
    let form = form(&viewer, keys.region, create);
    view! {
        <Card title="Access keys">{list}</Card>
        <Card title="New access key">{form}</Card>
    }
}

fn row(
    key: AccessKey,
    now: Timestamp,
    viewer: &Viewer,
    revoke: ServerAction<RevokeAccessKey>,
) -> impl IntoView + use<> {
    let scopes =
        key.scopes.into_iter().map(|scope| view! { <Badge>{scope.as_str()}</Badge>" " }).collect_view();
    let used = match key.last_used_at {
        Some(at) => view! { <TimeText at=at now=now/> }.into_any(),
        None => view! { <span class="mw-muted">"never"</span> }.into_any(),
    };
    let question = format!("Revoke \"{}\"? Clients that sign with it are refused from now on.", key.name);
    let (w, blocked) = (viewer.workspace.slug.clone(), viewer.blocked(Permission::Administer));
    view! {
        <tr>
            <td><b>{key.name}</b></td>
            <td><code>{key.id.clone()}</code></td>
            <td>{scopes}</td>
            <td>{used}</td>
            <td class="mw-table__actions">
                <Confirm label="Revoke" question blocked>
                    <ActionForm action=revoke>
                        <input type="hidden" name="w" value=w/>
                        <input type="hidden" name="id" value=key.id/>
                        <Button submit=true dense=true kind=ButtonKind::Danger>"Revoke access key"</Button>
                    </ActionForm>
                </Confirm>
            </td>
        </tr>
    }
}

fn form(viewer: &Viewer, region: String, create: ServerAction<CreateAccessKey>) -> impl IntoView + use<> {
    let error = failure(create.value());
    let made = move || Some(shown_once(create.value().get()?.ok()?, &region));
    let may = [
        ("", "Everything but owning the workspace"),
        ("operate", "Launch, stop and redrive; see everything"),
        ("read", "See everything"),
    ];
    let may = may.map(|(scopes, label)| SelectOption::new(scopes, label)).to_vec();
    let (w, blocked) = (viewer.workspace.slug.clone(), viewer.blocked(Permission::Administer));
    view! {
        <ActionForm action=create attr:class="mw-form">
            <input type="hidden" name="w" value=w/>
            <div class="mw-form__row">
                <TextInput name="name" label="Name" required=true placeholder="laptop" help="What uses it." error=field_error(error, "name")/>
                <Select name="may" label="It may" options=may/>
            </div>
            {general_error(error)}
            {made}
            <div class="mw-form__foot">
                <Button submit=true kind=ButtonKind::Primary blocked=blocked>"Create access key"</Button>
            </div>
        </ActionForm>
    }
}

fn shown_once(key: CreatedKey, region: &str) -> impl IntoView + use<> {
    let lines = format!(
        "export AWS_ENDPOINT_URL={}\nexport AWS_REGION={region}\nexport AWS_ACCESS_KEY_ID={}\nexport AWS_SECRET_ACCESS_KEY={}",
        key.endpoint, key.id, key.secret
    );
    view! {
        <Notice tone=Tone::Ok>
            <div class="mw-once">
                <p><b>"The access key is ready."</b>" Keep the secret now: it is shown this once. With these variables the AWS CLI and the SDKs reach this server."</p>
                <CodeBlock text=lines what="environment"/>
            </div>
        </Notice>
    }
}
