//! The whole route table on one page.

use super::{docs, guard, lambda, pages, problem, request_id, rest, s3, sessions, sfn};
use app::{App, document};
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::http::{HeaderValue, header};
use axum::response::Redirect;
use axum::routing::{any, get, post};
use axum::{Json, Router, middleware};
use executor::Tasks;
use leptos::config::LeptosOptions;
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, generate_route_list, handle_server_fns_with_context};
use objects::TenantDoor;
use service::Service;
use std::future::{Ready, ready};
use std::path::PathBuf;
use std::sync::Arc;
use store::Store;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// The largest body of a request that is read whole; uploads are streamed and have their own limit.
pub(super) const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

/// What the doors need.
#[derive(Clone)]
pub struct Doors {
    /// The house.
    pub service: Arc<Service>,
    /// Where sessions are kept.
    pub store: Store,
    /// The folder with the browser's files.
    pub site_dir: PathBuf,
    /// REST requests that a token or a person may send in a minute; 0 = no limit.
    pub rate_limit: u32,
    /// Whether cookies are marked Secure.
    pub secure_cookies: bool,
    /// The embedded store for AWS clients; `None` where the operator uses another store.
    pub objects: Option<TenantDoor>,
    /// Where work goes on after its request is answered.
    pub tasks: Tasks,
}

#[derive(Clone)]
struct Pages {
    service: Arc<Service>,
    options: LeptosOptions,
}

impl FromRef<Pages> for LeptosOptions {
    fn from_ref(pages: &Pages) -> Self {
        pages.options.clone()
    }
}

impl FromRef<Pages> for Arc<Service> {
    fn from_ref(pages: &Pages) -> Self {
        pages.service.clone()
    }
}

/// Every route of the server.
pub fn router(doors: Doors) -> Router {
    let (rest, openapi) = rest::routes();
    let options = LeptosOptions::builder()
        .output_name("app")
        .site_root(doors.site_dir.to_string_lossy().into_owned())
        .build();
    let service = doors.service.clone();
    let context = move || provide_context(service.clone());
    let files = ServeDir::new(&doors.site_dir).precompressed_br();

    let pages = Router::new()
        // `guard::sign_in_first` sends people on before this answers.
        .route("/", get(|| async { Redirect::to(app::routes::LOGIN) }))
        .route("/logout", post(pages::sign_out))
        .route("/theme", post(pages::switch_theme))
        .route("/healthz", get(|| async { "ok" }))
        .route("/api/openapi.json", get(document_of(&openapi)))
        .route("/api/v1/openapi.json", get(document_of(&openapi)))
        .route("/api/{*rest}", any(problem::no_route))
        .merge(docs::routes(&openapi))
        .merge(leptos_pages(&doors, options, context))
        .merge(rest_door(rest, &doors))
        .fallback_service(
            tower::ServiceBuilder::new()
                .layer(SetResponseHeaderLayer::if_not_present(
                    header::CACHE_CONTROL,
                    HeaderValue::from_static("no-cache"),
                ))
                .service(files),
        )
        .layer(middleware::from_fn_with_state(doors.service.clone(), guard::sign_in_first))
        .layer(sessions::layer(doors.store.clone(), doors.secure_cookies))
        .layer(middleware::from_fn(guard::same_site));
    Router::new()
        .route("/", post(sfn::call))
        .with_state(doors.service.clone())
        .merge(lambda::routes(doors.service.clone(), doors.tasks.clone()))
        .merge(pages)
        .layer(middleware::from_fn(guard::security_headers))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(CompressionLayer::new().compress_when(compressible()))
        .layer(middleware::from_fn_with_state(doors.objects, s3::answer))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn(request_id::assign))
}

/// Answers with the OpenAPI document.
fn document_of(
    openapi: &utoipa::openapi::OpenApi,
) -> impl FnOnce() -> Ready<Json<utoipa::openapi::OpenApi>> + Clone + use<> {
    let openapi = openapi.clone();
    move || ready(Json(openapi))
}

/// REST: whatever goes wrong is answered with a problem document.
fn rest_door(routes: Router<Arc<Service>>, doors: &Doors) -> Router {
    let limits = Arc::new(rest::RateLimits::new(doors.rate_limit));
    let entrance = rest::Entrance { service: doors.service.clone(), limits };
    routes
        .method_not_allowed_fallback(problem::no_method)
        .route_layer(middleware::from_fn_with_state(entrance, rest::admit))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .with_state(doors.service.clone())
}

/// What is compressed on its way. The browser bundle is not: a release brings it compressed, and to
/// compress it for every visitor takes longer than to send it.
fn compressible() -> impl Predicate {
    DefaultPredicate::new().and(NotForContentType::const_new("application/wasm"))
}

/// Pages and the server functions they call.
fn leptos_pages(
    doors: &Doors,
    options: LeptosOptions,
    context: impl Fn() + Clone + Send + Sync + 'static,
) -> Router {
    let state = Pages { service: doors.service.clone(), options: options.clone() };
    let for_functions = context.clone();
    let functions = move |request: axum::extract::Request| {
        let context = for_functions.clone();
        async move { handle_server_fns_with_context(context, request).await }
    };
    let shell = move || {
        let theme = leptos::prelude::use_context::<axum::http::request::Parts>()
            .map_or("", |parts| pages::theme(&parts.headers));
        document(options.clone(), theme)
    };
    Router::new()
        .route("/rpc/{*name}", post(functions))
        .leptos_routes_with_context(&state, generate_route_list(App), context, shell)
        .with_state(state)
}
