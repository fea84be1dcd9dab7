//! Pages whose code the browser fetches when one of them is first opened, so that nobody waits for the
//! builder who only looks at a list. Three files: what two of them share becomes a file too, and with
//! every further one these multiply.

use crate::features::buckets::{BucketPage, BucketsPage};
use crate::features::builder::BuilderPage;
use crate::features::estimate::{EstimatePage, JobEstimatePage, PublicEstimatePage};
use crate::features::functions::FunctionsPage;
use crate::features::jobs::{DiffPage, JobPage, JobsPage, NewJobPage, VersionPage};
use crate::features::manifests::{ManifestPage, ManifestsPage, NewManifestPage};
use crate::features::runs::{LaunchPage, RunPage, RunsPage};
use crate::features::settings::{
    AccessKeysPage, AuditPage, ConnectionsPage, GeneralPage, MembersPage, RetentionPage, TokensPage,
};
use leptos::lazy;
use leptos::prelude::*;
use leptos_router::LazyRoute;

/// Routes of one file: `file, fetching: Route = Page, …`. `fetching` is what `#[lazy]` calls the function that
/// fetches the file: a page can only come alive when its code is there.
macro_rules! deferred {
    ($file:ident, $fetching:ident: $($route:ident = $page:ident),+ $(,)?) => {
        #[lazy]
        fn $file(route: &'static str) -> AnyView {
            match route {
                $(stringify!($route) => view! { <$page/> }.into_any(),)+
                _ => ().into_any(),
            }
        }

        $(
            #[doc = concat!("The route of [`", stringify!($page), "`].")]
            pub struct $route;

            impl LazyRoute for $route {
                fn data() -> Self {
                    Self
                }

                async fn view(_: Self) -> AnyView {
                    $file(stringify!($route)).await
                }

                #[cfg(feature = "hydrate")]
                async fn preload() {
                    $fetching().await;
                }
            }
        )+
    };
}

deferred! { builder_pages, __preload_builder_pages: BuilderRoute = BuilderPage }
deferred! {
    run_pages, __preload_run_pages: RunsRoute = RunsPage, RunRoute = RunPage, LaunchRoute = LaunchPage,
    PublicEstimateRoute = PublicEstimatePage, EstimateRoute = EstimatePage, JobEstimateRoute = JobEstimatePage,
}
deferred! {
    list_pages, __preload_list_pages: ManifestsRoute = ManifestsPage, NewManifestRoute = NewManifestPage,
    ManifestRoute = ManifestPage, BucketsRoute = BucketsPage, BucketRoute = BucketPage, JobsRoute = JobsPage,
    NewJobRoute = NewJobPage, JobRoute = JobPage, VersionRoute = VersionPage, DiffRoute = DiffPage,
    FunctionsRoute = FunctionsPage, GeneralRoute = GeneralPage, MembersRoute = MembersPage, TokensRoute = TokensPage,
    AccessKeysRoute = AccessKeysPage, ConnectionsRoute = ConnectionsPage, RetentionRoute = RetentionPage,
    AuditRoute = AuditPage,
}
