//! What every request passes: cross-site refusal, security headers, sign-in before pages.

use super::problem::Problem;
use app::routes::{LOGIN, SETUP};
use app::session::SESSION_USER;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use service::Service;
use std::sync::Arc;
use tower_sessions::Session;

/// Refuses unsafe requests that another site makes a browser send with our cookie. Requests with
/// an `Authorization` header carry no cookie's authority and pass.
pub async fn same_site(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || headers.contains_key(header::AUTHORIZATION) || comes_from_here(headers) {
        return next.run(request).await;
    }
    let text = "This request came from another site, so it was refused.";
    match request.uri().path().starts_with("/api/") {
        true => Problem::new("cross-site", text).into_response(),
        false => (StatusCode::FORBIDDEN, text).into_response(),
    }
}

fn comes_from_here(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin"), text("host")) {
        (Some(site), _, _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, from)| from == host),
        // Neither header: not a browser, so no cookie that a site could abuse.
        (None, None, _) => true,
        _ => false,
    }
}

/// Headers that every answer carries.
pub async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        (
            "content-security-policy",
            "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; \
             style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; frame-ancestors 'none'; base-uri 'none'",
        ),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Sends people who are not signed in to the sign-in page, and everybody to `/setup` before the
/// first start is done. Server functions check for themselves.
pub async fn sign_in_first(
    State(service): State<Arc<Service>>,
    session: Session,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let in_workspace = path.starts_with("/w/");
    if !in_workspace && path != "/" && path != LOGIN && path != SETUP {
        return next.run(request).await;
    }
    let fresh = service.needs_setup().await.unwrap_or(false);
    if fresh && path != SETUP {
        return Redirect::to(SETUP).into_response();
    }
    if !fresh && path == SETUP {
        return Redirect::to("/").into_response();
    }
    let user: Option<model::UserId> = session.get(SESSION_USER).await.ok().flatten();
    match (path.as_str(), user) {
        ("/", Some(user)) => Redirect::to(&home(&service, &user).await).into_response(),
        ("/", None) => Redirect::to(LOGIN).into_response(),
        (_, None) if in_workspace => {
            let next = urlencode(request.uri().path_and_query().map_or("/", |p| p.as_str()));
            Redirect::to(&format!("{LOGIN}?next={next}")).into_response()
        }
        _ => next.run(request).await,
    }
}

async fn home(service: &Service, user: &model::UserId) -> String {
    match service.workspaces(user).await {
        Ok(workspaces) if !workspaces.is_empty() => format!("/w/{}", workspaces[0].0.slug),
        _ => LOGIN.to_owned(),
    }
}

fn urlencode(text: &str) -> String {
    let keep = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    text.bytes().map(|b| if keep(b) { (b as char).to_string() } else { format!("%{b:02X}") }).collect()
}
