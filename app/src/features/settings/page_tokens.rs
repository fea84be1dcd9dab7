//! Tokens of programs.

use super::api::{CreateToken, RevokeToken, Tokens, list_tokens};
use super::tabs::SettingsFrame;
use crate::loaded::{failure, field_error, general_error, loaded};
use crate::session::Viewer;
use crate::shell::Place;
use crate::ui::{Badge, Button, ButtonKind, Card, Checkbox, Choices, CodeBlock, Confirm, EmptyState, Notice, Select, SelectOption, TableFrame, TextInput, TimeText, Tone};
use leptos::prelude::*;
use model::{ApiToken, Permission, Timestamp};

fn words(scope: Permission) -> &'static str {
    match scope {
        Permission::Read => "See manifests, jobs, runs, items and results",
        Permission::Operate => "Launch, stop and redrive runs",
        Permission::Edit => "Create and change manifests, jobs and objects",
        Permission::Administer => "Functions, connections, tokens and members",
        Permission::Own => "Delete the workspace or hand it over",
    }
}

/// `settings/tokens`
#[component]
pub fn TokensPage() -> impl IntoView {
    let place = Place::here();
    let create = ServerAction::<CreateToken>::new();
    let revoke = ServerAction::<RevokeToken>::new();
    let source = move || (place.w.get(), create.version().get(), revoke.version().get());
    let data = Resource::new(source, |(w, ..)| list_tokens(w));
    view! {
        <SettingsFrame current="tokens" lead="Programs sign in with a token: the REST API, the Step Functions protocol, scripts.">
            {general_error(failure(revoke.value()))}
            {loaded(data, move |tokens, viewer| page(tokens, viewer, create, revoke))}
        </SettingsFrame>
    }
}

fn page(
    tokens: Tokens,
    viewer: Viewer,
    create: ServerAction<CreateToken>,
    revoke: ServerAction<RevokeToken>,
) -> impl IntoView + use<> {
    let list = match tokens.tokens.is_empty() {
        true => view! { <EmptyState title="No tokens yet" text="A token lets a program act in this workspace, with the scopes that you choose."/> }.into_any(),
        false => {
            let rows = tokens.tokens.into_iter().map(|token| row(token, tokens.now, &viewer, revoke));
            let rows = rows.collect_view();
            view! {
                <TableFrame label="API tokens">
                    <thead><tr>
                        <th scope="col">"Name"</th><th scope="col">"Scopes"</th><th scope="col">"Created"</th>
                        <th scope="col">"Last used"</th><th scope="col">"Expires"</th><th scope="col"><span class="mw-visually-hidden">"Actions"</span></th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </TableFrame>
            }
            .into_any()
        }
    };
    let form = form(&viewer, create);
    view! {
        <Card title="Tokens">{list}</Card>
        <Card title="New token">{form}</Card>
    }
}

fn row(token: ApiToken, now: Timestamp, viewer: &Viewer, revoke: ServerAction<RevokeToken>) -> impl IntoView + use<> {
    let scopes = token.scopes.into_iter().map(|scope| view! { <Badge>{scope.as_str()}</Badge>" " }).collect_view();
    let soon = token.expires_at.is_some_and(|at| at.since_ms(now) < 7 * 24 * 3_600_000);
    let expires = match token.expires_at {
        Some(at) if at.since_ms(now) <= 0 => view! { <Badge tone=Tone::Danger>"expired"</Badge> }.into_any(),
        Some(at) => view! { <span class:mw-tone--warn=soon><TimeText at=at now=now/></span> }.into_any(),
        None => "never".into_any(),
    };
    let used = match token.last_used_at {
        Some(at) => view! { <TimeText at=at now=now/> }.into_any(),
        None => view! { <span class="mw-muted">"never"</span> }.into_any(),
    };
    let w = viewer.workspace.slug.clone();
    let blocked = viewer.blocked(Permission::Administer);
    let question = format!("Revoke \"{}\"? Programs that use it are refused from now on. What they did stays.", token.name);
    view! {
        <tr>
            <td><b>{token.name}</b></td>
            <td>{scopes}</td>
            <td><TimeText at=token.created_at now=now/></td>
            <td>{used}</td>
            <td>{expires}</td>
            <td class="mw-table__actions">
                <Confirm label="Revoke" question blocked=blocked>
                    <ActionForm action=revoke>
                        <input type="hidden" name="w" value=w/>
                        <input type="hidden" name="token" value=token.id.to_string()/>
                        <Button submit=true dense=true kind=ButtonKind::Danger>"Revoke token"</Button>
                    </ActionForm>
                </Confirm>
            </td>
        </tr>
    }
}

fn form(viewer: &Viewer, create: ServerAction<CreateToken>) -> impl IntoView + use<> {
    let error = failure(create.value());
    let secret = move || {
        let secret = create.value().get()?.ok()?;
        Some(view! {
            <Notice tone=Tone::Ok>
                <div class="mw-once">
                    <p><b>"The token is ready."</b>" Keep it now: it is shown this once, and only its hash is stored."</p>
                    <CodeBlock text=secret what="token"/>
                </div>
            </Notice>
        })
    };
    let scopes = Permission::ALL.into_iter().filter(|scope| viewer.may(*scope)).map(|scope| {
        view! { <Checkbox name="scopes[]" value=scope.as_str() label=scope.as_str() help=words(scope).to_owned()/> }
    });
    let expiry = [("30", "30 days"), ("90", "90 days"), ("365", "1 year"), ("", "never")];
    let w = viewer.workspace.slug.clone();
    let blocked = viewer.blocked(Permission::Administer);
    let expiry = expiry.map(|(days, label)| SelectOption::new(days, label)).to_vec();
    let scopes = scopes.collect_view();
    view! {
        <ActionForm action=create attr:class="mw-form">
            <input type="hidden" name="w" value=w/>
            <div class="mw-form__row">
                <TextInput name="name" label="Name" required=true placeholder="ci-deploy" help="What uses it." error=field_error(error, "name")/>
                <Select name="expires_in_days" label="Expires in" value="90".to_owned() options=expiry/>
            </div>
            <Choices legend="Scopes">{scopes}</Choices>
            {move || field_error(error, "scopes").get().map(|text| view! { <span class="mw-field__error" role="alert">{text}</span> })}
            {general_error(error)}
            {secret}
            <div class="mw-form__foot">
                <Button submit=true kind=ButtonKind::Primary blocked=blocked>"Create token"</Button>
            </div>
        </ActionForm>
    }
}
