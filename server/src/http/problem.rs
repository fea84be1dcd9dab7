//! A use case's error as `application/problem+json` (RFC 9457).

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use service::Error;
use utoipa::ToSchema;

/// The body of every refused request.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// The page that explains the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The stable code: `not-found`, `invalid` …
    pub code: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened and what to do.
    pub detail: String,
    /// Wrong fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
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
pub struct Problem(pub Error);

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if let Error::Internal(source) = &self.0 {
            tracing::error!(error = %source, "a request failed");
        }
        let problems = match &self.0 {
            Error::Invalid(problems) => problems
                .iter()
                .map(|p| FieldProblem { field: p.field.clone(), message: p.message.clone() })
                .collect(),
            _ => Vec::new(),
        };
        let body = ProblemBody {
            kind: format!("/api/docs/errors#{}", self.0.code()),
            code: self.0.code().to_owned(),
            status: self.0.status(),
            detail: self.0.to_string(),
            problems,
        };
        let status = StatusCode::from_u16(body.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(body)).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}
