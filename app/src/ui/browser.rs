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

/// Whether the page is dark, by its theme or by the system's wish. On the server: light.
pub fn watch_dark(theme: RwSignal<Theme>) -> Signal<bool> {
    let system = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    if let Ok(Some(query)) = window().match_media("(prefers-color-scheme: dark)") {
        use wasm_bindgen::prelude::*;
        system.set(query.matches());
        let asked = query.clone();
        let heard = Closure::<dyn Fn()>::new(move || _ = system.try_set(asked.matches()));
        query.set_onchange(Some(heard.as_ref().unchecked_ref()));
        let watched = StoredValue::new_local(Some((query, heard)));
        on_cleanup(move || {
            watched.update_value(|watched| {
                if let Some((query, _)) = watched.take() {
                    query.set_onchange(None);
                }
            });
        });
    }
    Signal::derive(move || match theme.get() {
        Theme::Light => false,
        Theme::Dark => true,
        Theme::System => system.get(),
    })
}

/// Does something when Escape is pressed anywhere, but for where it has a meaning of its own.
pub fn on_escape(act: impl Fn() + 'static) {
    #[cfg(feature = "hydrate")]
    {
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            let dialog = document().query_selector("dialog[open]").ok().flatten();
            if event.key() == "Escape" && !event.default_prevented() && dialog.is_none() {
                act();
            }
        });
        on_cleanup(move || handle.remove());
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = act;
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

/// Keeps `width` (CSS pixels) and `scale` (device pixels in one of them) true for an element.
pub fn watch_width(element: NodeRef<html::Div>, width: RwSignal<u32>, scale: RwSignal<f64>) {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::prelude::*;
        let watcher = StoredValue::new_local(None);
        Effect::new(move |_| {
            let Some(element) = element.get() else { return };
            let measured = element.clone();
            let measure = move || {
                let now = measured.client_width().max(0) as u32;
                let ratio = window().device_pixel_ratio();
                if width.try_get_untracked().is_some_and(|known| known != now && now > 0) {
                    width.set(now);
                }
                if scale.try_get_untracked().is_some_and(|known| known != ratio) {
                    scale.set(ratio);
                }
            };
            measure();
            let heard = Closure::<dyn Fn()>::new(measure);
            if let Ok(observer) = web_sys::ResizeObserver::new(heard.as_ref().unchecked_ref()) {
                observer.observe(&element);
                watcher.set_value(Some((observer, heard)));
            }
        });
        on_cleanup(move || {
            watcher.update_value(|watcher| {
                if let Some((observer, _)) = watcher.take() {
                    observer.disconnect();
                }
            });
        });
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (element, width, scale);
}

/// Whether the reader has forced colours of their own.
pub fn has_forced_colours() -> bool {
    #[cfg(feature = "hydrate")]
    return window()
        .match_media("(forced-colors: active)")
        .ok()
        .flatten()
        .is_some_and(|query| query.matches());
    #[cfg(not(feature = "hydrate"))]
    false
}

/// Gives an element the focus.
pub fn focus(element: NodeRef<html::Div>) {
    #[cfg(feature = "hydrate")]
    if let Some(element) = element.get_untracked() {
        let _ = element.focus();
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = element;
}

/// Gives a text field the focus and selects what stands in it.
pub fn focus_input(field: NodeRef<html::Input>) {
    #[cfg(feature = "hydrate")]
    if let Some(field) = field.get_untracked() {
        let _ = field.focus();
        field.select();
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = field;
}

/// The inner size of an element in CSS pixels.
pub fn inner_size(element: NodeRef<html::Div>) -> Option<(f64, f64)> {
    #[cfg(feature = "hydrate")]
    return element
        .get_untracked()
        .map(|element| (f64::from(element.client_width()), f64::from(element.client_height())));
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = element;
        None
    }
}

/// Scrolls as little as is needed to show an element.
pub fn reveal(id: &str) {
    #[cfg(feature = "hydrate")]
    if let Some(element) = document().get_element_by_id(id) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        options.set_inline(web_sys::ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = id;
}

/// Moves the content of a scrolling element by so many CSS pixels.
pub fn scroll_by(element: NodeRef<html::Div>, x: i32, y: i32) {
    #[cfg(feature = "hydrate")]
    if let Some(element) = element.get_untracked() {
        element.set_scroll_left(element.scroll_left() + x);
        element.set_scroll_top(element.scroll_top() + y);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (element, x, y);
}

/// Gives the element with an id the focus, if it is there.
pub fn focus_id(id: &str) {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        let found = document().get_element_by_id(id).and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(found) = found {
            let _ = found.focus();
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = id;
}
