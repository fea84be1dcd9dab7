//! What only a browser can do. On the server every function here does nothing, so components call
//! them without asking where they run.

use super::theme::Theme;
use leptos::html;
use leptos::prelude::*;

/// Puts `text` on the clipboard. Answers at once; a browser that refuses does so silently.
pub fn copy_text(text: &str) {
    #[cfg(feature = "hydrate")]
    {
        // The promise may be dropped: the write goes on without it.
        drop(window().navigator().clipboard().write_text(text));
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = text;
}

/// Runs `action` after `ms` milliseconds.
pub fn after_ms(ms: u64, action: impl FnOnce() + 'static) {
    #[cfg(feature = "hydrate")]
    set_timeout(action, std::time::Duration::from_millis(ms));
    #[cfg(not(feature = "hydrate"))]
    let _ = (ms, action);
}

/// Sets the theme's class on the page and remembers it in a cookie, which the server reads.
pub fn apply_theme(theme: Theme) {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        let page = document();
        if let Some(root) = page.document_element() {
            let classes = root.class_list();
            let _ = classes.remove_2("light", "dark");
            if !theme.class().is_empty() {
                let _ = classes.add_1(theme.class());
            }
        }
        if let Some(page) = page.dyn_ref::<web_sys::HtmlDocument>() {
            let _ = page.set_cookie(&theme.cookie());
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = theme;
}

/// Whether the page is dark now, by its theme or by the system's wish. On the server: light.
pub fn is_dark(theme: Theme) -> bool {
    match theme {
        Theme::Light => false,
        Theme::Dark => true,
        Theme::System => system_is_dark(),
    }
}

#[cfg(feature = "hydrate")]
fn system_is_dark() -> bool {
    window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|query| query.matches())
}

#[cfg(not(feature = "hydrate"))]
fn system_is_dark() -> bool {
    false
}

/// Opens or closes a native dialog.
pub fn show_dialog(dialog: NodeRef<html::Dialog>, open: bool) {
    #[cfg(feature = "hydrate")]
    if let Some(dialog) = dialog.get_untracked() {
        match (open, dialog.open()) {
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (dialog, open);
}

/// Gives an element the focus.
pub fn focus<E>(element: &E)
where
    E: AsRef<web_sys::HtmlElement>,
{
    #[cfg(feature = "hydrate")]
    {
        let _ = element.as_ref().focus();
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = element;
}
