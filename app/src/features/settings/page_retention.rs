//! How long the workspace keeps what its runs leave behind.

use super::api::{SetRetention, read_retention};
use super::tabs::SettingsFrame;
use crate::loaded::{failure, field_error, general_error, loaded};
use crate::session::Viewer;
use crate::shell::Place;
use crate::ui::{Button, ButtonKind, Card, Notice, NumberInput, Tone};
use leptos::prelude::*;
use model::{Permission, Retention};

/// `settings/retention`
#[component]
pub fn RetentionPage() -> impl IntoView {
    let place = Place::here();
    let save = ServerAction::<SetRetention>::new();
    let data = Resource::new(move || (place.w.get(), save.version().get()), |(w, _)| read_retention(w));
    view! {
        <SettingsFrame current="retention" lead="Counts, statuses and everything of failed items stay as long as their run does.">
            {loaded(data, move |policy, viewer| form(policy, viewer, save))}
        </SettingsFrame>
    }
}

fn form(policy: Retention, viewer: Viewer, save: ServerAction<SetRetention>) -> impl IntoView + use<> {
    let error = failure(save.value());
    let saved = move || matches!(save.value().get(), Some(Ok(())));
    let shown = |value: Option<u32>| value.map(|value| value.to_string()).unwrap_or_default();
    view! {
        <Card title="What is dropped">
            <ActionForm action=save attr:class="mw-form">
                <input type="hidden" name="w" value=viewer.workspace.slug.clone()/>
                <NumberInput name="days[payload_days]" label="Payloads of succeeded items" unit="days after the run" min="0" optional=true
                    value=shown(policy.payload_days) error=field_error(error, "payload_days")
                    help="Inputs, outputs and histories. Empty: for ever. The run can be looked at as before, but not redriven any more."/>
                <NumberInput name="days[keep_one_in]" label="Of these, keep one of" unit="items" min="1" optional=true
                    value=shown(policy.keep_one_in) error=field_error(error, "keep_one_in")
                    help="A sample to look into. Empty: none."/>
                <NumberInput name="days[run_days]" label="Runs with all their items" unit="days after the run" min="0" optional=true
                    value=shown(policy.run_days) error=field_error(error, "run_days")
                    help="Empty: for ever. Result files stay in the bucket."/>
                {general_error(error)}
                {move || saved().then(|| view! { <Notice tone=Tone::Ok>"Saved. It is applied now."</Notice> })}
                <div class="mw-form__foot">
                    <Button submit=true kind=ButtonKind::Primary blocked=viewer.blocked(Permission::Administer)>"Save retention"</Button>
                </div>
            </ActionForm>
        </Card>
    }
}
