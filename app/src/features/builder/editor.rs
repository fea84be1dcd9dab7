//! The code pane: the bundled editor at `window.mwEditor`. On the server nothing happens here.

/// A place to underline, in bytes.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser has an editor"))]
pub struct Mark {
    /// First byte.
    pub from: usize,
    /// The byte after the last one.
    pub to: usize,
    /// `error`, `warning` or `info`.
    pub severity: &'static str,
    /// The sentence.
    pub message: String,
}

/// What the editor tells.
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser has an editor"))]
pub struct Callbacks {
    /// The text was typed in; it comes whole.
    pub on_change: Box<dyn Fn(String)>,
    /// The caret was moved to a byte of the text.
    pub on_caret: Box<dyn Fn(usize)>,
    /// The editor is there, and empty.
    pub on_ready: Box<dyn Fn()>,
}

#[cfg(not(feature = "hydrate"))]
mod imp {
    use super::{Callbacks, Mark};

    pub fn mount(_id: &'static str, _callbacks: Callbacks) {}
    pub fn unmount() {}
    pub fn show_text(_text: &str) {}
    pub fn select(_text: &str, _byte: usize) {}
    pub fn mark(_text: &str, _marks: &[Mark]) {}
    pub fn now_ms() -> u64 {
        0
    }
}

#[cfg(feature = "hydrate")]
mod imp {
    use super::{Callbacks, Mark};
    use crate::features::builder::change::{Change, from_utf16, to_utf16};
    use js_sys::{Array, Function, Object, Reflect};
    use leptos::prelude::document;
    use std::cell::RefCell;
    use wasm_bindgen::closure::Closure;
    use wasm_bindgen::{JsCast, JsValue};

    const SCRIPT: &str = "/pkg/editor.js";

    /// The editor of the page and the callbacks that it holds.
    struct Pane {
        view: JsValue,
        _callbacks: Vec<JsValue>,
    }

    thread_local! {
        static PANE: RefCell<Option<Pane>> = const { RefCell::new(None) };
    }

    /// Puts the editor into the element with an id, when its script is there.
    pub fn mount(id: &'static str, callbacks: Callbacks) {
        let start = move || create(id, callbacks);
        if library().is_some() {
            start();
            return;
        }
        let Ok(script) = document().create_element("script") else { return };
        let _ = script.set_attribute("src", SCRIPT);
        let loaded = Closure::once_into_js(start);
        let _ = script.add_event_listener_with_callback("load", loaded.unchecked_ref());
        if let Some(head) = document().head() {
            let _ = head.append_child(&script);
        }
    }

    fn create(id: &str, callbacks: Callbacks) {
        let Callbacks { on_change, on_caret, on_ready } = callbacks;
        let Some(parent) = document().get_element_by_id(id) else { return };
        unmount();
        parent.set_text_content(None);
        let change = Closure::<dyn Fn(String)>::wrap(on_change).into_js_value();
        let caret = move |units: usize| {
            let text = call("getDoc", &[]).and_then(|text| text.as_string()).unwrap_or_default();
            on_caret(from_utf16(&text, units));
        };
        let caret = Closure::<dyn Fn(usize)>::new(caret).into_js_value();
        let options = object(&[("onChange", change.clone()), ("onCursor", caret.clone())]);
        let view = invoke("create", &[parent.into(), options.into()]);
        PANE.with(|pane| *pane.borrow_mut() = view.map(|view| Pane { view, _callbacks: vec![change, caret] }));
        on_ready();
    }

    /// Ends the editor.
    pub fn unmount() {
        call("destroy", &[]);
        PANE.with(|pane| pane.borrow_mut().take());
    }

    /// Brings the editor to a text, by its smallest change.
    pub fn show_text(text: &str) {
        let Some(shown) = call("getDoc", &[]).and_then(|shown| shown.as_string()) else { return };
        if shown != text {
            let change = Change::between(&shown, text);
            let from = to_utf16(&shown, change.start);
            let to = to_utf16(&shown, change.start + change.removed.len());
            call("replace", &[from.into(), to.into(), change.inserted.into()]);
        }
    }

    /// Puts the caret at a byte of the text, in view.
    pub fn select(text: &str, byte: usize) {
        call("select", &[to_utf16(text, byte).into()]);
    }

    /// Underlines what is wrong.
    pub fn mark(text: &str, marks: &[Mark]) {
        let list = Array::new();
        for mark in marks {
            let one = object(&[
                ("from", to_utf16(text, mark.from).into()),
                ("to", to_utf16(text, mark.to).into()),
                ("severity", mark.severity.into()),
                ("message", mark.message.clone().into()),
            ]);
            list.push(&one);
        }
        call("setDiagnostics", &[list.into()]);
    }

    /// The browser's clock, in milliseconds.
    pub fn now_ms() -> u64 {
        js_sys::Date::now() as u64
    }

    fn library() -> Option<JsValue> {
        let found = Reflect::get(&js_sys::global(), &"mwEditor".into()).ok()?;
        found.is_object().then_some(found)
    }

    /// Calls a function of the editor that belongs to the page.
    fn call(name: &str, arguments: &[JsValue]) -> Option<JsValue> {
        let view = PANE.with(|pane| pane.borrow().as_ref().map(|pane| pane.view.clone()))?;
        let all: Vec<JsValue> = std::iter::once(view).chain(arguments.iter().cloned()).collect();
        invoke(name, &all)
    }

    fn invoke(name: &str, arguments: &[JsValue]) -> Option<JsValue> {
        let library = library()?;
        let function: Function = Reflect::get(&library, &name.into()).ok()?.dyn_into().ok()?;
        function.apply(&library, &arguments.iter().collect::<Array>()).ok()
    }

    fn object(fields: &[(&str, JsValue)]) -> Object {
        let object = Object::new();
        for (name, value) in fields {
            let _ = Reflect::set(&object, &(*name).into(), value);
        }
        object
    }
}

pub use imp::{mark, mount, now_ms, select, show_text, unmount};
