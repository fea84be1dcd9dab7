//! The document and the table of routes.

use crate::features::account::{InvitePage, LoginPage, SetupPage};
use crate::features::buckets::{BucketPage, BucketsPage};
use crate::features::builder::BuilderPage;
use crate::features::estimate::{EstimatePage, JobEstimatePage, PublicEstimatePage};
use crate::features::functions::FunctionsPage;
use crate::features::jobs::{DiffPage, JobPage, JobsPage, NewJobPage, VersionPage};
use crate::features::manifests::{ManifestPage, ManifestsPage, NewManifestPage};
use crate::features::runs::{LaunchPage, OverviewPage, RunPage, RunsPage};
use crate::features::settings::{
    AccessKeysPage, AuditPage, ConnectionsPage, GeneralPage, MembersPage, TokensPage,
};
use crate::shell::Shell;
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::path;

/// The HTML around every page. `theme` is `light`, `dark` or empty for the system's own.
pub fn document(options: LeptosOptions, theme: &'static str) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en" class=theme>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href="/pkg/app.css"/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// Every page.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|text: String| if text.is_empty() { "Mapwright".into() } else { format!("{text} · Mapwright") }/>
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/setup") view=SetupPage/>
                <Route path=path!("/login") view=LoginPage/>
                <Route path=path!("/invite/:token") view=InvitePage/>
                <Route path=path!("/estimate") view=PublicEstimatePage/>
                <ParentRoute path=path!("/w/:w") view=Shell>
                    <Route path=path!("") view=OverviewPage/>
                    <Route path=path!("estimate") view=EstimatePage/>
                    <Route path=path!("jobs/:j/estimate") view=JobEstimatePage/>
                    <Route path=path!("runs") view=RunsPage/>
                    <Route path=path!("runs/:r") view=RunPage/>
                    <Route path=path!("runs/:r/items/:index") view=RunPage/>
                    <Route path=path!("jobs/:j/launch") view=LaunchPage/>
                    <Route path=path!("manifests") view=ManifestsPage/>
                    <Route path=path!("manifests/new") view=NewManifestPage/>
                    <Route path=path!("manifests/:m") view=ManifestPage/>
                    <Route path=path!("buckets") view=BucketsPage/>
                    <Route path=path!("buckets/:b") view=BucketPage/>
                    <Route path=path!("jobs") view=JobsPage/>
                    <Route path=path!("jobs/new") view=NewJobPage/>
                    <Route path=path!("jobs/:j") view=JobPage/>
                    <Route path=path!("jobs/:j/v/:n") view=VersionPage/>
                    <Route path=path!("jobs/:j/diff") view=DiffPage/>
                    <Route path=path!("jobs/:j/edit") view=BuilderPage/>
                    <Route path=path!("functions") view=FunctionsPage/>
                    <Route path=path!("settings") view=GeneralPage/>
                    <Route path=path!("settings/general") view=GeneralPage/>
                    <Route path=path!("settings/members") view=MembersPage/>
                    <Route path=path!("settings/tokens") view=TokensPage/>
                    <Route path=path!("settings/access-keys") view=AccessKeysPage/>
                    <Route path=path!("settings/connections") view=ConnectionsPage/>
                    <Route path=path!("settings/audit") view=AuditPage/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

#[component]
fn NotFound() -> impl IntoView {
    view! {
        <Title text="Not found"/>
        <main class="mw-gate" id="main">
            <div class="mw-card mw-stack">
                <h1>"There is no such page"</h1>
                <p class="mw-muted">"The address may be old, or it belongs to a workspace that you are not a member of."</p>
                <a class="mw-button" href="/" rel="external">"Go to the overview"</a>
            </div>
        </main>
    }
}

/// Tells scripts and tests that the bundle has taken over.
#[cfg(feature = "hydrate")]
pub(crate) fn mark_alive() {
    let root = document_element();
    if let Some(root) = root {
        let _ = root.set_attribute("data-alive", "true");
    }
}

#[cfg(feature = "hydrate")]
fn document_element() -> Option<web_sys::Element> {
    web_sys::window()?.document()?.document_element()
}
