//! Who calls: an API token, or the session of a signed-in person.

use crate::http::problem::Problem;
use app::session::SESSION_USER;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{header, uri::Uri};
use service::{Cx, Error, Service};
use std::sync::Arc;
use tower_sessions::Session;

/// The context of an authenticated request. With a token, the workspace is the token's; with a
/// session, it is named by `?workspace=SLUG`.
pub struct Caller(pub Cx);

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Arc<Service>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if let Some(cx) = parts.extensions.get::<Cx>() {
            return Ok(Self(cx.clone()));
        }
        let service = Arc::<Service>::from_ref(state);
        if let Some(value) = parts.headers.get(header::AUTHORIZATION) {
            let secret = value.to_str().ok().and_then(|text| text.strip_prefix("Bearer "));
            let secret =
                secret.ok_or(Error::Unauthenticated("Send the header \"Authorization: Bearer TOKEN\"."))?;
            return Ok(Self(service.enter_with_token(secret.trim()).await?));
        }
        let nobody =
            || Error::Unauthenticated("Send an API token in the header \"Authorization: Bearer TOKEN\".");
        let session = parts.extensions.get::<Session>().cloned().ok_or_else(nobody)?;
        let id: Option<model::UserId> = session.get(SESSION_USER).await.ok().flatten();
        let user = match id {
            Some(id) => service.user(&id).await?.ok_or_else(nobody)?,
            None => return Err(nobody().into()),
        };
        let slug = workspace_of(&parts.uri).ok_or_else(|| {
            Error::invalid("workspace", "A signed-in person names the workspace: add ?workspace=SLUG.")
        })?;
        Ok(Self(service.enter(&user, &slug).await?))
    }
}

fn workspace_of(uri: &Uri) -> Option<String> {
    let pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(name, _)| *name == "workspace").map(|(_, slug)| slug.to_owned())
}
