//! The frame of every page in a workspace: header, navigation, main.

use crate::error::UiError;
use crate::routes::{self, At};
use crate::session::{Viewer, current_viewer};
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::{use_location, use_params_map};

/// The workspace of the page and who looks at it, for every page inside the shell.
#[derive(Clone, Copy)]
pub struct Place {
    /// The slug in the address.
    pub w: Memo<String>,
    /// Who looks; pages may await it.
    pub viewer: Resource<Result<Viewer, UiError>>,
}

impl Place {
    /// The place of the page that calls this.
    pub fn here() -> Self {
        expect_context()
    }

    /// Typed addresses in this workspace. Another workspace is another document, so nothing is tracked.
    pub fn at(&self) -> At {
        At(self.w.get_untracked())
    }
}

const NAVIGATION: [(&str, &str, &str); 9] = [
    ("", "Overview", "M3 3h6v6H3zM11 3h6v4h-6zM11 9h6v8h-6zM3 11h6v6H3z"),
    ("jobs", "Jobs", "M4 4h5v4H4zM11 12h5v4h-5zM6.5 8v6H11"),
    ("runs", "Runs", "M6 4l10 6-10 6z"),
    ("manifests", "Manifests", "M5 3h10v14H5zM8 7h4M8 10h4M8 13h4"),
    ("buckets", "Buckets", "M4 5h12l-2 12H6zM4 5c0-1.5 12-1.5 12 0"),
    ("estimate", "Estimator", "M4 16V9M9 16V4M14 16v-5"),
    ("functions", "Functions", "M7 4c-4 0 0 6-4 6 4 0 0 6 4 6M13 4c4 0 0 6 4 6-4 0 0 6-4 6"),
    ("connections", "Connections", "M8 7V3M12 7V3M6 7h8v4a4 4 0 0 1-8 0zM10 15v3"),
    ("settings", "Settings", "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 2v3M10 15v3M2 10h3M15 10h3"),
];

/// Header, navigation and the page itself.
#[component]
pub fn Shell() -> impl IntoView {
    let params = use_params_map();
    let w = Memo::new(move |_| params.read().get("w").unwrap_or_default());
    let viewer = Resource::new(move || w.get(), current_viewer);
    provide_context(Place { w, viewer });
    view! {
        <a class="mw-skip" href="#main">"Skip to content"</a>
        <div class="mw-shell">
            <Header viewer/>
            <Navigation w/>
            <main class="mw-main" id="main" tabindex="-1">
                <Outlet/>
            </main>
        </div>
    }
}

#[component]
fn Header(viewer: Resource<Result<Viewer, UiError>>) -> impl IntoView {
    view! {
        <header class="mw-header">
            <Suspense>
                {move || Suspend::new(async move {
                    viewer.await.ok().map(|viewer| view! { <WorkspaceSwitch viewer/> })
                })}
            </Suspense>
            <span class="mw-header__space"></span>
            <a class="mw-button mw-button--quiet" href="/api/docs" rel="external">"API"</a>
            <form method="post" action=routes::THEME>
                <button class="mw-button mw-button--quiet mw-button--icon" title="Switch between light and dark" aria-label="Switch between light and dark">
                    <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
                        <path d="M10 2.5a7.5 7.5 0 1 0 7.5 7.5A5.8 5.8 0 0 1 10 2.5z" fill="currentColor"/>
                    </svg>
                </button>
            </form>
            <form method="post" action=routes::LOGOUT>
                <button class="mw-button mw-button--quiet">"Sign out"</button>
            </form>
        </header>
    }
}

#[component]
fn WorkspaceSwitch(viewer: Viewer) -> impl IntoView {
    let here = viewer.workspace.clone();
    let others = viewer.workspaces.into_iter().filter(|other| other.id != here.id).collect::<Vec<_>>();
    let name = here.name;
    let role = viewer.role.to_string();
    view! {
        <details class="mw-menu">
            <summary class="mw-button mw-button--quiet" title=format!("You are {role} here")>{name}</summary>
            <div class="mw-menu__list">
                <p class="mw-meta">{viewer.user.name}" · "{role}</p>
                {others.into_iter().map(|other| {
                    view! { <a href=At(other.slug).overview() rel="external">{other.name}</a> }
                }).collect_view()}
            </div>
        </details>
    }
}

#[component]
fn Navigation(w: Memo<String>) -> impl IntoView {
    let location = use_location();
    let links = NAVIGATION
        .iter()
        .map(|&(page, label, icon)| {
            let href = move || match page {
                "" => At(w.get()).overview(),
                page => At(w.get()).page(page),
            };
            let current = move || {
                let path = location.pathname.get();
                let own = href();
                let inside = match page {
                    "" => path == own,
                    _ => path == own || path.starts_with(&format!("{own}/")),
                };
                inside.then_some("page")
            };
            view! {
                <a class="mw-nav__link" href=href aria-current=current>
                    <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
                        <path d=icon fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round" stroke-linecap="round"/>
                    </svg>
                    <span class="mw-nav__label">{label}</span>
                </a>
            }
        })
        .collect_view();
    view! {
        <nav class="mw-nav" aria-label="Main">
            <a class="mw-nav__brand" href=move || At(w.get()).overview()>
                <img src="/logo-mark.svg" alt="" width="24" height="24"/>
                <span class="mw-nav__label">"Mapwright"</span>
            </a>
            {links}
        </nav>
    }
}
