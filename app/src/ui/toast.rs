//! Results of actions that happened elsewhere on the page.

use super::browser;
use super::icon::{Icon, Sign};
use super::status::{Status, StatusGlyph, Tone};
use leptos::prelude::*;

/// How long a toast stays, in seconds, while nobody points at it.
const STAYS_S: u32 = 8;

/// One message.
#[derive(Clone, Debug)]
pub struct Toast {
    id: u64,
    tone: Tone,
    text: String,
    undo: Option<Callback<()>>,
}

/// The messages of a page. Copy it freely.
#[derive(Clone, Copy, Debug)]
pub struct Toasts {
    list: RwSignal<Vec<Toast>>,
    last: RwSignal<u64>,
    held: RwSignal<bool>,
}

impl Toasts {
    /// Shows a message.
    pub fn push(&self, tone: Tone, text: impl Into<String>) {
        self.add(tone, text.into(), None);
    }

    /// Shows a message whose action the server can undo.
    pub fn push_with_undo(&self, text: impl Into<String>, undo: Callback<()>) {
        self.add(Tone::Ok, text.into(), Some(undo));
    }

    /// Takes a message away.
    pub fn dismiss(&self, id: u64) {
        self.list.update(|list| list.retain(|toast| toast.id != id));
    }

    fn add(&self, tone: Tone, text: String, undo: Option<Callback<()>>) {
        let id = self.last.get_untracked() + 1;
        self.last.set(id);
        self.list.update(|list| list.push(Toast { id, tone, text, undo }));
        self.tick(id, STAYS_S);
    }

    /// Counts down a second at a time, and only while the toasts are not held.
    fn tick(self, id: u64, left: u32) {
        browser::after_ms(1_000, move || {
            let Some(held) = self.held.try_get_untracked() else { return };
            match (held, left) {
                (false, 0 | 1) => self.dismiss(id),
                (false, left) => self.tick(id, left - 1),
                (true, left) => self.tick(id, left),
            }
        });
    }
}

/// Makes toasts known to all components below; the shell calls it once.
pub fn provide_toasts() -> Toasts {
    let toasts =
        Toasts { list: RwSignal::new(Vec::new()), last: RwSignal::new(0), held: RwSignal::new(false) };
    provide_context(toasts);
    toasts
}

/// The page's toasts. Without a provider the messages go nowhere.
pub fn use_toasts() -> Toasts {
    use_context().unwrap_or_else(|| Toasts {
        list: RwSignal::new(Vec::new()),
        last: RwSignal::new(0),
        held: RwSignal::new(false),
    })
}

/// Where the toasts appear; once in the shell.
#[component]
pub fn ToastHost() -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <div
            class="mw-toasts"
            role="status"
            aria-live="polite"
            on:mouseenter=move |_| toasts.held.set(true)
            on:mouseleave=move |_| toasts.held.set(false)
            on:focusin=move |_| toasts.held.set(true)
            on:focusout=move |_| toasts.held.set(false)
        >
            <For each=move || toasts.list.get() key=|toast| toast.id let:toast>
                {toast_view(toasts, toast)}
            </For>
        </div>
    }
}

fn toast_view(toasts: Toasts, toast: Toast) -> impl IntoView {
    let Toast { id, tone, text, undo } = toast;
    let status = match tone {
        Tone::Ok => Status::Succeeded,
        Tone::Danger => Status::Failed,
        Tone::Warn => Status::Retrying,
        Tone::Stopped => Status::Aborted,
        Tone::Run => Status::Running,
        Tone::Quiet => Status::Pending,
    };
    let undo = undo.map(|undo| {
        let act = move |_| {
            undo.run(());
            toasts.dismiss(id);
        };
        view! { <button type="button" class="mw-button mw-button--link" on:click=act>"Undo"</button> }
    });
    view! {
        <div class=format!("mw-toast {}", tone.class())>
            <StatusGlyph status />
            <span>{text}</span>
            <span>{undo}</span>
            <button type="button" class="mw-copy__button" aria-label="Dismiss" on:click=move |_| toasts.dismiss(id)>
                <Icon sign=Sign::Close />
            </button>
        </div>
    }
}
