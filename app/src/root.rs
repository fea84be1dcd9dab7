//! The document and the table of routes.

use crate::deferred::*;
use crate::features::account::{InvitePage, LoginPage, SetupPage};
use crate::features::overview::OverviewPage;
use crate::shell::Shell;
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{Lazy, path};

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
                <Route path=path!("/estimate") view={Lazy::<PublicEstimateRoute>::new()}/>
                <ParentRoute path=path!("/w/:w") view=Shell>
                    <Route path=path!("") view=OverviewPage/>
                    <Route path=path!("estimate") view={Lazy::<EstimateRoute>::new()}/>
                    <Route path=path!("jobs/:j/estimate") view={Lazy::<JobEstimateRoute>::new()}/>
                    <Route path=path!("runs") view={Lazy::<RunsRoute>::new()}/>
                    <Route path=path!("runs/:r") view={Lazy::<RunRoute>::new()}/>
                    <Route path=path!("runs/:r/items/:index") view={Lazy::<RunRoute>::new()}/>
                    <Route path=path!("jobs/:j/launch") view={Lazy::<LaunchRoute>::new()}/>
                    <Route path=path!("manifests") view={Lazy::<ManifestsRoute>::new()}/>
                    <Route path=path!("manifests/new") view={Lazy::<NewManifestRoute>::new()}/>
                    <Route path=path!("manifests/:m") view={Lazy::<ManifestRoute>::new()}/>
                    <Route path=path!("buckets") view={Lazy::<BucketsRoute>::new()}/>
                    <Route path=path!("buckets/:b") view={Lazy::<BucketRoute>::new()}/>
                    <Route path=path!("jobs") view={Lazy::<JobsRoute>::new()}/>
                    <Route path=path!("jobs/new") view={Lazy::<NewJobRoute>::new()}/>
                    <Route path=path!("jobs/:j") view={Lazy::<JobRoute>::new()}/>
                    <Route path=path!("jobs/:j/v/:n") view={Lazy::<VersionRoute>::new()}/>
                    <Route path=path!("jobs/:j/diff") view={Lazy::<DiffRoute>::new()}/>
                    <Route path=path!("jobs/:j/edit") view={Lazy::<BuilderRoute>::new()}/>
                    <Route path=path!("functions") view={Lazy::<FunctionsRoute>::new()}/>
                    <Route path=path!("settings") view={Lazy::<GeneralRoute>::new()}/>
                    <Route path=path!("settings/general") view={Lazy::<GeneralRoute>::new()}/>
                    <Route path=path!("settings/members") view={Lazy::<MembersRoute>::new()}/>
                    <Route path=path!("settings/tokens") view={Lazy::<TokensRoute>::new()}/>
                    <Route path=path!("settings/access-keys") view={Lazy::<AccessKeysRoute>::new()}/>
                    <Route path=path!("settings/connections") view={Lazy::<ConnectionsRoute>::new()}/>
                    <Route path=path!("settings/retention") view={Lazy::<RetentionRoute>::new()}/>
                    <Route path=path!("settings/audit") view={Lazy::<AuditRoute>::new()}/>
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
