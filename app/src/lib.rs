//! The pages of Mapwright: Leptos, rendered on the server, alive in the browser.
//!
//! `ui` is the design system and knows no domain; `features` holds one folder for each area;
//! `routes` is the only place that spells addresses; `session` is the only way from a server
//! function into the house. `cfg(feature = "ssr")` stands in `api.rs` files, `session` and `error`
//! only; browser-only code stands behind `cfg(feature = "hydrate")`.

// Pages are deeply nested types.
#![recursion_limit = "512"]

pub mod charts;
pub mod error;
pub mod features;
#[cfg(feature = "ssr")]
mod form;
pub mod load;
pub mod loaded;
pub mod routes;
pub mod session;
pub mod shell;
pub mod transfer;
pub mod ui;

mod deferred;
mod root;

pub use root::{App, document};

/// Called by the page's script once the browser has loaded the bundle.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    wasm_bindgen_futures::spawn_local(async {
        let body = leptos::tachys::dom::body();
        // The page's own file is fetched first, if it has one.
        leptos::mount::hydrate_from_async(body, App).await.forget();
        root::mark_alive();
    });
}
