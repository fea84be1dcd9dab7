//! Axum's extractors, refusing with problem documents.

use crate::http::problem::Problem;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde::de::DeserializeOwned;

/// A JSON body, of requests and of answers.
pub struct Json<T>(pub T);

impl<T, S> FromRequest<S> for Json<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match axum::Json::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(refused) => Err(of_json(&refused)),
        }
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

fn of_json(refused: &JsonRejection) -> Problem {
    let text = refused.body_text();
    match (refused, refused.status().as_u16()) {
        (JsonRejection::JsonDataError(_), _) => {
            let said = text.strip_prefix("Failed to deserialize the JSON body into the target type: ");
            Problem::field("invalid", "body", said.unwrap_or(&text))
        }
        (JsonRejection::MissingJsonContentType(_), _) => Problem::new(
            "unsupported-media-type",
            "Send the body as JSON, with the header Content-Type: application/json.",
        ),
        (_, 413) => Problem::new("too-large", "A JSON body has at most 4 MiB."),
        _ => Problem::new("malformed", text),
    }
}

/// Parameters in the path.
pub struct Path<T>(pub T);

impl<T, S> FromRequestParts<S> for Path<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            // What cannot be an id is not there.
            Err(PathRejection::FailedToDeserializePathParams(refused)) => {
                Err(Problem::new("not-found", refused.body_text()))
            }
            Err(other) => Err(Problem::new("internal", other.body_text())),
        }
    }
}

/// Parameters behind the question mark.
pub struct Query<T>(pub T);

impl<T, S> FromRequestParts<S> for Query<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Query::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(refused) => Err(of_query(&refused)),
        }
    }
}

fn of_query(refused: &QueryRejection) -> Problem {
    let text = refused.body_text();
    let said = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
    match said.split_once(": ") {
        Some((field, message)) if !field.contains(' ') => Problem::field("invalid", field, message),
        _ => Problem::field("invalid", "query", said),
    }
}

/// A Map Run of the run; the last one when absent.
#[derive(Deserialize)]
pub struct Which {
    /// Its id, the uuid at the end of its ARN.
    pub map_run: Option<String>,
}
