//! Pages that explain the API: they need no script and nothing from outside this server.

mod api;

use super::codes::{self, Code};
use askama::Template;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::{Router, routing::get};
use std::future::ready;

/// The routes below `/docs`.
pub fn routes<S: Clone + Send + Sync + 'static>(document: &utoipa::openapi::OpenApi) -> Router<S> {
    let reference = api::render(document).unwrap_or_else(|error| {
        tracing::error!(%error, "the reference of the API could not be rendered");
        String::new()
    });
    Router::new()
        .route("/docs", get(|| async { Redirect::to("/docs/api") }))
        .route("/docs/api", get(move || ready(Html(reference.clone()))))
        .route("/docs/errors", get(errors))
        .route("/docs/errors/{code}", get(error))
}

#[derive(Template)]
#[template(path = "docs/errors.html")]
struct Errors {
    codes: &'static [Code],
}

async fn errors() -> Response {
    page(StatusCode::OK, &Errors { codes: codes::ALL })
}

#[derive(Template)]
#[template(path = "docs/error.html")]
struct OneError {
    code: &'static Code,
}

async fn error(Path(name): Path<String>) -> Response {
    match codes::ALL.iter().find(|code| code.name == name) {
        Some(code) => page(StatusCode::OK, &OneError { code }),
        None => page(StatusCode::NOT_FOUND, &Errors { codes: codes::ALL }),
    }
}

fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page of the documentation could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
