//! A refused request as `application/problem+json` (RFC 9457).

use super::codes::{self, Code};
use super::request_id;
use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use service::Error;
use std::any::Any;
use utoipa::ToSchema;

/// The body of every refused request.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// The page that explains the code: `/docs/errors/CODE` on this server.
    #[serde(rename = "type")]
    pub kind: String,
    /// The code in words; the same for every problem with this code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time, and what to do.
    pub detail: String,
    /// The stable code: `not-found`, `invalid` …
    pub code: String,
    /// The request's id, as in the header `x-request-id` and in the server's log.
    pub request_id: Option<String>,
    /// Wrong fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub problems: Vec<FieldProblem>,
}

/// One wrong field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// The field or JSON pointer.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// The error of REST handlers.
#[derive(Debug)]
pub struct Problem {
    code: &'static Code,
    detail: String,
    problems: Vec<FieldProblem>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem with one of the codes of [`codes::ALL`].
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code: codes::find(code), detail: detail.into(), problems: Vec::new(), headers: Vec::new() }
    }

    /// The same, with a header.
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// One wrong field of a request.
    pub fn field(code: &'static str, field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let mut problem = Self::new(code, format!("{field}: {message}"));
        problem.problems.push(FieldProblem { field: field.to_owned(), message });
        problem
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        if let Error::Internal(source) = &error {
            let request = request_id::current().unwrap_or_default();
            tracing::error!(error = %source, request, "a request failed");
        }
        let mut problem = Self::new(error.code(), error.to_string());
        if let Error::Invalid(found) = error {
            problem.problems =
                found.into_iter().map(|p| FieldProblem { field: p.field, message: p.message }).collect();
        }
        if problem.code.status == StatusCode::UNAUTHORIZED.as_u16() {
            problem = problem.with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { code, detail, problems, headers } = self;
        let body = ProblemBody {
            kind: code.page(),
            title: code.title.to_owned(),
            status: code.status,
            detail,
            code: code.name.to_owned(),
            request_id: request_id::current(),
            problems,
        };
        let status = StatusCode::from_u16(code.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(body)).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response.headers_mut().extend(headers);
        response
    }
}

/// An address below `/api/` that is no route.
pub async fn no_route(uri: axum::http::Uri) -> Problem {
    let detail = format!("There is nothing at {}. The routes are listed at /docs/api.", uri.path());
    Problem::new("not-found", detail)
}

/// A route asked with a method that it does not have.
pub async fn no_method(method: axum::http::Method, uri: axum::http::Uri) -> Problem {
    let detail = format!("{} does not answer {method}. The header Allow lists what it answers.", uri.path());
    Problem::new("method-not-allowed", detail)
}

/// A handler that panicked.
pub fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    let request = request_id::current().unwrap_or_default();
    tracing::error!(request, "a request's handler panicked");
    Problem::new("internal", "something went wrong on the server").into_response()
}
