//! Statuses: a shape, a word and a colour, always together.

use leptos::prelude::*;
use model::{ItemStatus, RunStatus};

/// The colour family of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to say.
    #[default]
    Quiet,
    /// Went well.
    Ok,
    /// In motion.
    Run,
    /// Look here.
    Warn,
    /// Went wrong.
    Danger,
    /// Stopped by someone.
    Stopped,
}

impl Tone {
    /// The class that sets `--tone`, `--tint` and `--area`.
    pub fn class(self) -> &'static str {
        match self {
            Self::Quiet => "mw-tone--quiet",
            Self::Ok => "mw-tone--ok",
            Self::Run => "mw-tone--run",
            Self::Warn => "mw-tone--warn",
            Self::Danger => "mw-tone--danger",
            Self::Stopped => "mw-tone--stopped",
        }
    }
}

/// Where a thing stands, as the pages show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // The names say it.
pub enum Status {
    Pending,
    Queued,
    Reading,
    Running,
    Retrying,
    Paused,
    Stopping,
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
}

impl Status {
    /// The word.
    pub fn label(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Queued => "Queued",
            Self::Reading => "Reading manifest",
            Self::Running => "Running",
            Self::Retrying => "Retrying",
            Self::Paused => "Paused",
            Self::Stopping => "Stopping",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::TimedOut => "Timed out",
            Self::Aborted => "Aborted",
        }
    }

    /// The colour family.
    pub fn tone(self) -> Tone {
        match self {
            Self::Pending | Self::Queued => Tone::Quiet,
            Self::Reading | Self::Running => Tone::Run,
            Self::Retrying | Self::Paused | Self::Stopping => Tone::Warn,
            Self::Succeeded => Tone::Ok,
            Self::Failed | Self::TimedOut => Tone::Danger,
            Self::Aborted => Tone::Stopped,
        }
    }

    /// The shape, as a stroke on a 12-unit square; `true` means filled.
    fn glyph(self) -> (&'static str, bool) {
        match self {
            Self::Pending => ("M6 2.2a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 0 0 0-7.6z", false),
            Self::Queued => ("M2.5 3.5h7M2.5 6h7M2.5 8.5h4", false),
            Self::Reading | Self::Running => ("M3.2 2l6.6 4-6.6 4z", true),
            Self::Retrying => ("M9.8 2v2.6H7.2M9.6 4.5A4 4 0 1 0 10 7", false),
            Self::Paused => ("M4.2 2.5v7M7.8 2.5v7", false),
            Self::Stopping => ("M3 3h6v6H3z", false),
            Self::Succeeded => ("M2 6.4l2.7 2.7L10 3.4", false),
            Self::Failed => ("M2.6 2.6l6.8 6.8M9.4 2.6L2.6 9.4", false),
            Self::TimedOut => ("M6 1.7a4.3 4.3 0 1 0 0 8.6 4.3 4.3 0 0 0 0-8.6zM6 3.8V6h2.4", false),
            Self::Aborted => ("M6 1.7a4.3 4.3 0 1 0 0 8.6 4.3 4.3 0 0 0 0-8.6zM3 9l6-6", false),
        }
    }
}

impl From<ItemStatus> for Status {
    fn from(status: ItemStatus) -> Self {
        match status {
            ItemStatus::Pending => Self::Pending,
            ItemStatus::Running => Self::Running,
            ItemStatus::Succeeded => Self::Succeeded,
            ItemStatus::Failed => Self::Failed,
            ItemStatus::TimedOut => Self::TimedOut,
            ItemStatus::Aborted => Self::Aborted,
            ItemStatus::Retrying => Self::Retrying,
        }
    }
}

impl From<RunStatus> for Status {
    fn from(status: RunStatus) -> Self {
        match status {
            RunStatus::Running => Self::Running,
            RunStatus::Succeeded => Self::Succeeded,
            RunStatus::Failed => Self::Failed,
            RunStatus::TimedOut => Self::TimedOut,
            RunStatus::Aborted => Self::Aborted,
        }
    }
}

/// The shape alone; the word must stand beside it.
#[component]
pub fn StatusGlyph(
    /// Which.
    #[prop(into)]
    status: Status,
) -> impl IntoView {
    let (path, filled) = status.glyph();
    view! {
        <svg class=format!("mw-status__glyph {}", status.tone().class()) viewBox="0 0 12 12" aria-hidden="true">
            <path
                d=path
                fill=if filled { "currentColor" } else { "none" }
                stroke="currentColor"
                stroke-width=if filled { "1" } else { "1.7" }
                stroke-linecap="round"
                stroke-linejoin="round"
            />
        </svg>
    }
}

/// Shape and word, for table cells.
#[component]
pub fn StatusText(
    /// Which.
    #[prop(into)]
    status: Signal<Status>,
) -> impl IntoView {
    view! {
        <span class=move || format!("mw-status {}", status.get().tone().class())>
            {move || view! { <StatusGlyph status=status.get() /> }}
            {move || status.get().label()}
        </span>
    }
}

/// Shape and word on a tint, for headings.
#[component]
pub fn StatusPill(
    /// Which.
    #[prop(into)]
    status: Signal<Status>,
) -> impl IntoView {
    view! {
        <span class=move || format!("mw-status mw-pill {}", status.get().tone().class())>
            {move || view! { <StatusGlyph status=status.get() /> }}
            {move || status.get().label()}
        </span>
    }
}
