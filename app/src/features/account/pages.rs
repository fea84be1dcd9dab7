//! The pages outside a workspace. They work without WASM: each form posts to its server function.

use super::api::{AcceptInvitation, SetUp, SignIn, invitation};
use crate::error::{ErrorNote, UiError};
use crate::ui::Checkbox;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

/// A card in the middle, as all pages outside a workspace are.
#[component]
fn Gate(
    /// The page's heading.
    title: &'static str,
    /// One sentence under it.
    lead: String,
    children: Children,
) -> impl IntoView {
    view! {
        <Title text=title/>
        <main class="mw-gate" id="main">
            <p class="mw-gate__brand"><img src="/logo-mark.svg" alt="" width="32" height="32"/>"Mapwright"</p>
            <div class="mw-card mw-stack">
                <h1>{title}</h1>
                <p class="mw-muted">{lead}</p>
                {children()}
            </div>
        </main>
    }
}

/// A labelled input with the error of its field.
#[component]
fn Input(
    /// The field's name in the server function.
    name: &'static str,
    /// Its label.
    label: &'static str,
    /// The input's type.
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// A sentence under it.
    #[prop(optional)]
    help: &'static str,
    /// The last answer's error.
    error: Signal<Option<UiError>>,
) -> impl IntoView {
    let problem = move || error.get().and_then(|e| e.of_field(name));
    view! {
        <div class="mw-field">
            <label class="mw-field__label" for=name>{label}</label>
            <input class="mw-input" id=name name=name type=kind autocomplete=autocomplete required
                aria-invalid=move || problem().is_some().then_some("true")/>
            {(!help.is_empty()).then(|| view! { <p class="mw-field__help">{help}</p> })}
            {move || problem().map(|text| view! { <p class="mw-field__error" role="alert">{text}</p> })}
        </div>
    }
}

fn failure<T: 'static>(
    value: impl Get<Value = Option<Result<T, UiError>>> + Send + Sync + 'static,
) -> Signal<Option<UiError>> {
    Signal::derive(move || value.get().and_then(Result::err))
}

fn general(error: Signal<Option<UiError>>) -> impl IntoView {
    move || error.get().filter(|e| e.problems.is_empty()).map(|error| view! { <ErrorNote error/> })
}

/// The first start: the administrator and the first workspace.
#[component]
pub fn SetupPage() -> impl IntoView {
    let action = ServerAction::<SetUp>::new();
    let error = failure(action.value());
    view! {
        <Gate title="Set up Mapwright" lead="Make your account and your first workspace. It takes half a minute.".to_owned()>
            <ActionForm action=action attr:class="mw-form">
                <Input name="email" label="E-mail" kind="email" autocomplete="username" error/>
                <Input name="name" label="Your name" autocomplete="name" error/>
                <Input name="password" label="Password" kind="password" autocomplete="new-password"
                    help="At least 10 characters." error/>
                <Input name="workspace" label="Workspace" help="A team or a project, for example Acme data." error/>
                <Checkbox name="sample" label="Begin with sample data" checked=true
                    help="A bucket, a manifest, a job and a finished run to look at"/>
                {general(error)}
                <button class="mw-button mw-button--primary mw-button--wide" disabled=move || action.pending().get()>
                    "Create account and workspace"
                </button>
            </ActionForm>
        </Gate>
    }
}

/// Sign-in.
#[component]
pub fn LoginPage() -> impl IntoView {
    let action = ServerAction::<SignIn>::new();
    let error = failure(action.value());
    let next = move || use_query_map().read().get("next").unwrap_or_default();
    view! {
        <Gate title="Sign in" lead="Map jobs, live items and results of your workspaces.".to_owned()>
            <ActionForm action=action attr:class="mw-form">
                <input type="hidden" name="next" value=next/>
                <Input name="email" label="E-mail" kind="email" autocomplete="username" error/>
                <Input name="password" label="Password" kind="password" autocomplete="current-password" error/>
                {general(error)}
                <button class="mw-button mw-button--primary mw-button--wide" disabled=move || action.pending().get()>
                    "Sign in"
                </button>
            </ActionForm>
        </Gate>
    }
}

/// An invitation: choose a name and a password, or give the one you have.
#[component]
pub fn InvitePage() -> impl IntoView {
    let token = Memo::new(|_| use_params_map().read().get("token").unwrap_or_default());
    let found = Resource::new(move || token.get(), invitation);
    let action = ServerAction::<AcceptInvitation>::new();
    let error = failure(action.value());
    let form = move |view: super::api::InvitationView| {
        let lead = format!("{} was invited to {} as {}.", view.email, view.workspace, view.role);
        view! {
            <Gate title="Join the workspace" lead>
                <ActionForm action=action attr:class="mw-form">
                    <input type="hidden" name="token" value=move || token.get()/>
                    <Input name="name" label="Your name" autocomplete="name" error/>
                    <Input name="password" label="Password" kind="password" autocomplete="new-password"
                        help="Choose one of at least 10 characters, or give the one you have here." error/>
                    {general(error)}
                    <button class="mw-button mw-button--primary mw-button--wide">"Join"</button>
                </ActionForm>
            </Gate>
        }
        .into_any()
    };
    let gone = || {
        view! {
            <Gate title="This invitation is not open" lead="It was used, taken back or has expired. Ask for a new one.".to_owned()>
                <a class="mw-button" href=crate::routes::LOGIN>"Sign in"</a>
            </Gate>
        }
        .into_any()
    };
    view! {
        <Suspense>
            {move || Suspend::new(async move { found.await.map_or_else(|_| gone(), form) })}
        </Suspense>
    }
}
