//! The two plain forms in the header: theme and sign-out.

use axum::http::{HeaderMap, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use tower_sessions::Session;

/// Ends the session.
pub async fn sign_out(session: Session) -> impl IntoResponse {
    if let Err(error) = session.flush().await {
        tracing::warn!(%error, "a session could not be ended");
    }
    Redirect::to(app::routes::LOGIN)
}

/// Switches between light and dark, and goes back to the page.
pub async fn switch_theme(headers: HeaderMap) -> impl IntoResponse {
    let next = if theme(&headers) == "dark" { "light" } else { "dark" };
    let cookie = format!("theme={next}; Path=/; Max-Age=31536000; SameSite=Lax");
    let back = headers
        .get(header::REFERER)
        .and_then(|value| value.to_str().ok())
        .and_then(|url| url.split_once("://"))
        .and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_owned()))
        .unwrap_or_else(|| "/".to_owned());
    (AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(&back))
}

/// The theme in the cookie: `light`, `dark`, or empty for the system's own.
pub fn theme(headers: &HeaderMap) -> &'static str {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    match pairs.find(|(name, _)| *name == "theme").map(|(_, value)| value) {
        Some("dark") => "dark",
        Some("light") => "light",
        _ => "",
    }
}
