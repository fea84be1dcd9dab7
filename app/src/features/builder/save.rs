//! Keeping the draft on the server, and making versions of it.

use super::api::{BuilderView, keep_draft, make_version};
use super::session::Desk;
use crate::error::UiError;
use crate::ui::{Button, ButtonKind, Dialog, TextInput, browser};
use leptos::prelude::*;
use model::JobId;

/// How long after a change the draft is kept, in milliseconds.
const KEEP_AFTER_MS: u64 = 2_000;

/// Where the draft stands on the server.
#[derive(Clone, Debug, PartialEq)]
pub enum Kept {
    /// As it is on the page.
    Saved,
    /// Changes will be kept soon.
    Waiting,
    /// Changes could not be kept.
    Failed(String),
}

/// What the server knows of the job.
#[derive(Clone, Copy)]
pub struct Keeper {
    w: StoredValue<String>,
    job: StoredValue<JobId>,
    /// Where the draft stands.
    pub kept: RwSignal<Kept>,
    /// The newest version and its text.
    pub newest: RwSignal<(u32, String)>,
    on_server: StoredValue<String>,
}

impl Keeper {
    /// For a job as it was opened.
    pub fn new(w: String, view: &BuilderView) -> Self {
        Self {
            w: StoredValue::new(w),
            job: StoredValue::new(view.id.clone()),
            kept: RwSignal::new(Kept::Saved),
            newest: RwSignal::new((view.latest_version, view.saved.clone())),
            on_server: StoredValue::new(view.text.clone()),
        }
    }

    /// Keeps the text a little later, if it is still the same then.
    pub fn keep_soon(self, desk: Desk) {
        let text = desk.draft.with(|draft| draft.text().to_owned());
        if self.on_server.with_value(|known| *known == text) {
            self.kept.set(Kept::Saved);
            return;
        }
        self.kept.set(Kept::Waiting);
        browser::after_ms(KEEP_AFTER_MS, move || {
            let still = desk.draft.try_with_untracked(|draft| draft.text() == text);
            if still == Some(true) {
                self.keep(text);
            }
        });
    }

    /// Keeps the text now.
    pub fn keep(self, text: String) {
        leptos::task::spawn_local(async move {
            let answer = keep_draft(self.w.get_value(), self.job.get_value(), text.clone()).await;
            self.on_server.try_set_value(text);
            let kept = answer.map_or_else(|error| Kept::Failed(error.message), |()| Kept::Saved);
            self.kept.try_set(kept);
        });
    }

    async fn version(self, text: String, message: String) -> Result<u32, UiError> {
        let number = make_version(self.w.get_value(), self.job.get_value(), text.clone(), message).await?;
        self.on_server.try_set_value(text.clone());
        self.newest.try_set((number, text));
        self.kept.try_set(Kept::Saved);
        Ok(number)
    }
}

/// The words beside the job's name.
#[component]
pub fn KeptWords(
    /// The keeper.
    keeper: Keeper,
    /// The draft.
    desk: Desk,
) -> impl IntoView {
    let words = move || {
        let (newest, text) = keeper.newest.get();
        let same = desk.draft.with(|draft| draft.text() == text);
        match keeper.kept.get() {
            Kept::Failed(why) => format!("Draft not kept: {why}"),
            Kept::Waiting => "Draft · keeping…".to_owned(),
            Kept::Saved if same => format!("v{newest}, no changes"),
            Kept::Saved => format!("Draft after v{newest}, kept"),
        }
    };
    view! { <span class="mw-meta" role="status">{words}</span> }
}

/// The button and the dialog that make a version.
#[component]
pub fn SaveVersion(
    /// The keeper.
    keeper: Keeper,
    /// The draft.
    desk: Desk,
    /// Why the viewer may not.
    blocked: Option<String>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let message = RwSignal::new(String::new());
    let error = RwSignal::new(None::<String>);
    let next = move || keeper.newest.with(|(number, _)| number + 1);
    let why = Signal::derive(move || {
        let same = keeper.newest.with(|(_, text)| desk.draft.with(|draft| draft.text() == text));
        blocked.clone().or_else(|| same.then(|| "The text is the same as in the newest version.".to_owned()))
    });
    let save = move || {
        let text = desk.draft.with_untracked(|draft| draft.text().to_owned());
        leptos::task::spawn_local(async move {
            match keeper.version(text, message.get_untracked()).await {
                Ok(_) => {
                    open.set(false);
                    message.set(String::new());
                    error.set(None);
                }
                Err(problem) => error.set(Some(problem.message)),
            }
        });
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        save();
    };
    view! {
        <Button blocked=why on:click=move |_| open.set(true)>{move || format!("Save as v{}", next())}</Button>
        <Dialog open title=Signal::derive(move || format!("Save as v{}?", next()))>
            <form class="mw-form" on:submit=submit>
                <TextInput name="message" label="What changed" value=message optional=true error=error
                    on:input=move |event| message.set(event_target_value(&event))/>
                <p class="mw-muted">"A version never changes. Runs that use older versions go on with them."</p>
                <div class="mw-form__foot">
                    <Button submit=true kind=ButtonKind::Primary>{move || format!("Save v{}", next())}</Button>
                </div>
            </form>
        </Dialog>
    }
}
