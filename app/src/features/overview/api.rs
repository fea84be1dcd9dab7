//! The server function of the overview.

use crate::error::UiError;
#[cfg(feature = "ssr")]
use crate::session::enter;
use leptos::prelude::*;
use model::Overview;

/// What goes on, what went wrong, what ran last.
#[server(prefix = "/rpc")]
pub async fn open_overview(w: String) -> Result<Overview, UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.overview(&cx).await?)
}
