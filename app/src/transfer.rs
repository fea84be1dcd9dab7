//! Sending files from the browser to the REST door, with progress.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{DragEvent, Event, File, FileList, HtmlInputElement, ProgressEvent, XmlHttpRequest};

/// How far a transfer is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum TransferState {
    /// Nothing was sent yet.
    #[default]
    Idle,
    /// Bytes are on their way, or the server is still reading them.
    Sending {
        /// The file's name.
        name: String,
        /// Bytes sent.
        sent: u64,
        /// Bytes in all.
        total: u64,
    },
    /// The server has answered.
    Done,
    /// What went wrong, in the server's words.
    Failed(String),
}

/// One file after the other. Copies share the state.
#[derive(Clone, Copy)]
pub struct Transfer {
    /// How far it is.
    pub state: RwSignal<TransferState>,
}

impl Transfer {
    /// Nothing sent yet.
    pub fn new() -> Self {
        Self { state: RwSignal::new(TransferState::Idle) }
    }

    /// Sends a file; `done` gets the server's JSON answer. Only to be called in the browser.
    pub fn send(self, method: &str, url: &str, file: &File, done: impl FnOnce(serde_json::Value) + 'static) {
        let state = self.state;
        let name = file.name();
        let total = file.size() as u64;
        state.set(TransferState::Sending { name: name.clone(), sent: 0, total });
        let Ok(request) = XmlHttpRequest::new() else { return };
        if request.open(method, url).is_err() {
            state.set(TransferState::Failed("The browser refused the upload.".into()));
            return;
        }
        let progress = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
            state.set(TransferState::Sending { name: name.clone(), sent: event.loaded() as u64, total });
        });
        if let Ok(upload) = request.upload() {
            upload.set_onprogress(Some(progress.into_js_value().unchecked_ref()));
        }
        let answered = request.clone();
        let loaded = Closure::once_into_js(move |_: Event| {
            let text = answered.response_text().ok().flatten().unwrap_or_default();
            let answer = serde_json::from_str(&text).unwrap_or(serde_json::Value::Null);
            match answered.status() {
                Ok(200..=299) => {
                    state.set(TransferState::Done);
                    done(answer);
                }
                status => state.set(TransferState::Failed(complaint(&answer, status.unwrap_or(0)))),
            }
        });
        request.set_onload(Some(loaded.unchecked_ref()));
        let broken = Closure::once_into_js(move |_: Event| {
            let text = "The connection broke off. Nothing was kept; send the file again.";
            state.set(TransferState::Failed(text.into()));
        });
        request.set_onerror(Some(broken.unchecked_ref()));
        if request.send_with_opt_blob(Some(file)).is_err() {
            state.set(TransferState::Failed("The browser refused the upload.".into()));
        }
    }
}

impl Default for Transfer {
    fn default() -> Self {
        Self::new()
    }
}

/// What a problem document says. The only field here is the file, so its name says nothing.
fn complaint(answer: &serde_json::Value, status: u16) -> String {
    let wrong = answer.get("problems").and_then(|problems| problems.as_array());
    let messages: Vec<&str> =
        wrong.into_iter().flatten().filter_map(|problem| problem.get("message")?.as_str()).collect();
    if !messages.is_empty() {
        return messages.join(" ");
    }
    match answer.get("detail").and_then(|detail| detail.as_str()) {
        Some(detail) => detail.to_owned(),
        None => format!("The server answered {status}."),
    }
}

/// The place to drop files on; also a button that opens the file chooser.
#[component]
pub fn DropZone(
    /// The id of the file input inside.
    id: &'static str,
    /// Which files the chooser shows.
    #[prop(default = "")]
    accept: &'static str,
    /// May take several.
    #[prop(optional)]
    multiple: bool,
    /// What to drop here.
    words: &'static str,
    /// Gets the files.
    on_files: Callback<Vec<SendFile>>,
) -> impl IntoView {
    let over = RwSignal::new(false);
    let chosen = move |event: Event| {
        let input: HtmlInputElement = event_target(&event);
        let files = files_of(input.files());
        // The same file may be chosen again.
        input.set_value("");
        on_files.run(files);
    };
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        on_files.run(files_of(event.data_transfer().and_then(|data| data.files())));
    };
    view! {
        <label class="mw-file" class:mw-file--over=move || over.get() for=id
            on:dragover=move |event| { event.prevent_default(); over.set(true) }
            on:dragleave=move |_| over.set(false)
            on:drop=dropped>
            <span>{words}</span>
            <span class="mw-button">"Choose file"</span>
            <input class="mw-visually-hidden" type="file" id=id accept=accept multiple=multiple on:change=chosen/>
        </label>
    }
}

/// A browser's file, in a wrapper that signals and callbacks can carry.
#[derive(Clone)]
pub struct SendFile(send_wrapper::SendWrapper<File>);

impl std::ops::Deref for SendFile {
    type Target = File;
    fn deref(&self) -> &File {
        &self.0
    }
}

fn files_of(list: Option<FileList>) -> Vec<SendFile> {
    let Some(list) = list else { return Vec::new() };
    let files = (0..list.length()).filter_map(|at| list.item(at));
    files.map(|file| SendFile(send_wrapper::SendWrapper::new(file))).collect()
}

/// Text for a part of an address.
pub fn percent_encode(text: &str) -> String {
    let keep = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes().map(|b| if keep(b) { (b as char).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::percent_encode;

    #[test]
    fn odd_characters_are_encoded() {
        assert_eq!(percent_encode("a b/é.csv"), "a%20b%2F%C3%A9.csv");
    }
}
