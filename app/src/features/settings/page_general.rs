//! The workspace's name and address.

use super::api::RenameWorkspace;
use super::tabs::SettingsFrame;
use crate::loaded::{failure, field_error, general_error};
use crate::shell::Place;
use crate::ui::{Button, ButtonKind, Card, Copyable, Notice, TextInput, Tone};
use leptos::prelude::*;
use model::Permission;

/// `settings/general`
#[component]
pub fn GeneralPage() -> impl IntoView {
    let place = Place::here();
    let action = ServerAction::<RenameWorkspace>::new();
    let error = failure(action.value());
    Effect::new(move |_| {
        if matches!(action.value().get(), Some(Ok(()))) {
            place.viewer.refetch();
        }
    });
    let saved = move || matches!(action.value().get(), Some(Ok(())));
    view! {
        <SettingsFrame current="general" lead="What this workspace is called and how programs find it.">
            <Suspense>
                {move || Suspend::new(async move {
                    let viewer = place.viewer.await.ok()?;
                    let blocked = viewer.blocked(Permission::Administer);
                    let (slug, name) = (viewer.workspace.slug.clone(), viewer.workspace.name.clone());
                    Some(view! {
                        <Card title="Name">
                            <ActionForm action=action attr:class="mw-form">
                                <input type="hidden" name="w" value=slug/>
                                <TextInput name="name" label="Workspace name" value=name
                                    help="Shown to people. The address does not change with it." error=field_error(error, "name") required=true/>
                                {general_error(error)}
                                {move || saved().then(|| view! { <Notice tone=Tone::Ok>"The name is saved."</Notice> })}
                                <div class="mw-form__foot">
                                    <Button submit=true kind=ButtonKind::Primary blocked=blocked>"Save name"</Button>
                                </div>
                            </ActionForm>
                        </Card>
                        <Card title="For programs">
                            <dl class="mw-facts">
                                <dt>"Address"</dt>
                                <dd><Copyable text=viewer.workspace.slug what="workspace address"/></dd>
                                <dt>"Workspace id"</dt>
                                <dd><Copyable text=viewer.workspace.id.to_string() what="workspace id"/></dd>
                                <dt>"You are here as"</dt>
                                <dd>{viewer.role.to_string()}</dd>
                            </dl>
                        </Card>
                    })
                })}
            </Suspense>
        </SettingsFrame>
    }
}
