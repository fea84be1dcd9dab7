//! A new job: a name and a definition, from a template or pasted.

use super::api::CreateJob;
use super::page_list::template_cards;
use super::templates::template;
use crate::loaded::{failure, field_error, general_error};
use crate::shell::Place;
use crate::ui::{Button, ButtonKind, Card, LinkButton, Page, TextArea, TextInput};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::Permission;

/// What a job begins with that is built from nothing.
const NOTHING: &str = "{\n  \"StartAt\": \"\",\n  \"States\": {}\n}";

/// `jobs/new?template=KEY`
#[component]
pub fn NewJobPage() -> impl IntoView {
    let place = Place::here();
    let query = use_query_map();
    let key = Memo::new(move |_| query.read().get("template").unwrap_or_else(|| "count-lines".to_owned()));
    let action = ServerAction::<CreateJob>::new();
    let error = failure(action.value());
    let chosen = move || key.with(|key| template(key));
    let name = Signal::derive(move || chosen().map(|t| t.key.to_owned()).unwrap_or_default());
    let definition = Signal::derive(move || chosen().map_or(NOTHING, |t| t.definition).to_owned());
    let heading = move || chosen().map_or("Paste a definition, or build one from nothing", |t| t.title);
    let submit = move || {
        Suspend::new(async move {
            let blocked = place.viewer.await.ok().and_then(|viewer| viewer.blocked(Permission::Edit));
            view! { <Button submit=true kind=ButtonKind::Primary blocked=blocked>"Create job"</Button> }
        })
    };
    view! {
        <Page title="New job".to_owned() lead="Choose a template or paste Amazon States Language. Everything can be changed in the builder.".to_owned()>
            <div class="mw-grid">
                <section class="mw-col-5 mw-stack mw-stack--tight" aria-label="Templates">
                    <h2>"Templates"</h2>
                    {move || template_cards(&place.at(), Some(key.get().as_str()))}
                    <div><LinkButton href=place.at().page("jobs/new?template=none")>"From nothing, or import ASL"</LinkButton></div>
                </section>
                <div class="mw-col-7">
                    <Card title="Job" note=Signal::derive(move || Some(heading().to_owned()))>
                        <ActionForm action=action attr:class="mw-form">
                            <input type="hidden" name="w" value=move || place.w.get()/>
                            <TextInput name="name" label="Name" required=true value=name error=field_error(error, "name")
                                help="The state machine's name in ARNs: letters, digits, - and _."/>
                            <TextArea name="definition" label="Definition" rows=22 mono=true value=definition error=field_error(error, "definition")
                                help="Amazon States Language as JSON. It may hold errors: the builder shows them."/>
                            {general_error(error)}
                            <div class="mw-form__foot">
                                <Suspense>{submit}</Suspense>
                                <LinkButton href=place.at().jobs() kind=ButtonKind::Quiet>"Cancel"</LinkButton>
                            </div>
                        </ActionForm>
                    </Card>
                </div>
            </div>
        </Page>
    }
}
