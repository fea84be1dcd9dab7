//! The error of server functions, as pages show it.

use leptos::prelude::*;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What went wrong, in words for the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UiError {
    /// The stable code: `not-found`, `invalid` …
    pub code: String,
    /// A sentence.
    pub message: String,
    /// Wrong fields: name and sentence.
    pub problems: Vec<(String, String)>,
}

impl UiError {
    /// The sentence for one field, when it is wrong.
    pub fn of_field(&self, field: &str) -> Option<String> {
        self.problems.iter().find(|(name, _)| name == field).map(|(_, message)| message.clone())
    }
}

impl fmt::Display for UiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for UiError {}

impl FromServerFnError for UiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let message = match &error {
            ServerFnErrorErr::Request(_) => {
                "The server could not be reached. Check the connection and try again.".into()
            }
            other => other.to_string(),
        };
        Self { code: "transport".into(), message, problems: Vec::new() }
    }
}

#[cfg(feature = "ssr")]
impl From<service::Error> for UiError {
    /// Renders a use case's error, sets the answer's status, and logs what is our fault.
    fn from(error: service::Error) -> Self {
        if let service::Error::Internal(source) = &error {
            tracing::error!(error = %source, "a server function failed");
        }
        if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
            let status = axum::http::StatusCode::from_u16(error.status());
            response.set_status(status.unwrap_or(axum::http::StatusCode::INTERNAL_SERVER_ERROR));
        }
        let problems = match &error {
            service::Error::Invalid(problems) => {
                problems.iter().map(|p| (p.field.clone(), p.message.clone())).collect()
            }
            _ => Vec::new(),
        };
        let message = match &error {
            service::Error::Invalid(problems) if problems.len() == 1 => problems[0].message.clone(),
            other => other.to_string(),
        };
        Self { code: error.code().to_owned(), message, problems }
    }
}

/// An error where it happened, with the sentence that says what to do.
#[component]
pub fn ErrorNote(
    /// What went wrong.
    error: UiError,
) -> impl IntoView {
    view! { <div class="mw-notice mw-tone--danger" role="alert"><span class="mw-status__glyph" aria-hidden="true">"✕"</span><p>{error.message}</p></div> }
}
