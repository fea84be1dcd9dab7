//! "Test item": one item goes through the draft as it stands, and every state shows what it got and gave.

mod form;
mod pins;
mod trail;

use super::session::Desk;
use crate::error::{ErrorNote, UiError};
use crate::ui::Drawer;
use form::TrialForm;
use leptos::prelude::*;
use model::{PinnedAnswer, TestItem, TestedItem};
use serde_json::Value;
use std::collections::BTreeMap;
use trail::Trail;

/// What is tried, and what came of it. Lives as long as the builder, so that closing the drawer loses nothing.
#[derive(Clone, Copy)]
pub struct Trial {
    /// The manifest that the item is taken from; empty for a pasted one.
    manifest: RwSignal<String>,
    /// The item's index in the manifest.
    index: RwSignal<u64>,
    /// The pasted item.
    item: RwSignal<String>,
    /// The execution's input.
    input: RwSignal<String>,
    /// States that answer at once, by name.
    pins: RwSignal<BTreeMap<String, PinText>>,
    running: RwSignal<bool>,
    result: RwSignal<Option<Result<TestedItem, UiError>>>,
}

/// A pinned answer as it is being written.
#[derive(Clone, Debug, PartialEq)]
struct PinText {
    /// Whether the state fails.
    fails: bool,
    /// The output as JSON, or the error's name.
    text: String,
}

impl Trial {
    /// Nothing tried yet.
    pub fn new() -> Self {
        Self {
            manifest: RwSignal::new(String::new()),
            index: RwSignal::new(0),
            item: RwSignal::new("{}".to_owned()),
            input: RwSignal::new("{}".to_owned()),
            pins: RwSignal::new(BTreeMap::new()),
            running: RwSignal::new(false),
            result: RwSignal::new(None),
        }
    }

    /// Makes a state answer with an output.
    fn pin(self, state: String, output: &Value) {
        let text = serde_json::to_string_pretty(output).unwrap_or_default();
        self.pins.update(|pins| _ = pins.insert(state, PinText { fails: false, text }));
    }

    /// The question to the server, or the sentence about what is not JSON.
    fn asked(self, definition: String) -> Result<TestItem, String> {
        let pins = self.pins.get_untracked().into_iter().map(|(state, pin)| {
            let what = format!("The answer pinned to {state}");
            let answer = match pin.fails {
                true => PinnedAnswer::Error { error: pin.text.trim().to_owned(), cause: None },
                false => PinnedAnswer::Output { output: json(&what, &pin.text)? },
            };
            Ok::<_, String>((state, answer))
        });
        let mut asked = TestItem {
            definition: Some(Value::String(definition)),
            input: Some(json("The input", &self.input.get_untracked())?),
            pins: pins.collect::<Result<_, _>>()?,
            ..TestItem::default()
        };
        match self.manifest.get_untracked() {
            id if id.is_empty() => asked.item = Some(json("The item", &self.item.get_untracked())?),
            id => {
                asked.manifest = Some(id.parse().map_err(|_| "Choose a manifest again.".to_owned())?);
                asked.index = self.index.get_untracked();
            }
        }
        Ok(asked)
    }

    /// Runs the test once; a second click while one runs does nothing.
    pub fn run(self, w: String, desk: Desk) {
        if self.running.get_untracked() {
            return;
        }
        let definition = desk.draft.with_untracked(|draft| draft.text().to_owned());
        match self.asked(definition) {
            Err(message) => {
                let error = UiError { code: "invalid".into(), message, problems: Vec::new() };
                self.result.set(Some(Err(error)));
            }
            Ok(asked) => {
                self.running.set(true);
                leptos::task::spawn_local(async move {
                    let result = super::api::try_item(w, asked).await;
                    self.running.try_set(false);
                    self.result.try_set(Some(result));
                });
            }
        }
    }
}

fn json(what: &str, text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("{what} is not JSON: {error}."))
}

/// The drawer.
#[component]
pub fn TrialDrawer(
    /// The draft.
    desk: Desk,
    /// What is tried.
    trial: Trial,
    /// The page without the drawer.
    close: String,
) -> AnyView {
    let result = move || match trial.result.get() {
        None => ().into_any(),
        Some(Ok(tested)) => view! { <Trail tested trial/> }.into_any(),
        Some(Err(error)) => view! { <ErrorNote error/> }.into_any(),
    };
    view! {
        <Drawer title="Test item" close_href=close>
            <div class="mw-stack">
                <p class="mw-muted">"One item goes through the text as it stands. Nothing is stored, but functions are really called, unless a state's answer is pinned."</p>
                <TrialForm desk trial/>
                {result}
            </div>
        </Drawer>
    }
    .into_any()
}
