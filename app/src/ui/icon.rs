//! Our own icons: strokes on a 16-unit square, coloured by the text around them.

use leptos::prelude::*;

/// What an icon means. The drawing is found by meaning, so one meaning looks the same everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // The names say it.
pub enum Sign {
    Add,
    Alert,
    Bell,
    Check,
    ChevronDown,
    ChevronLeft,
    ChevronRight,
    Clock,
    Close,
    Connections,
    Copy,
    Download,
    Edit,
    Estimate,
    Expand,
    Filter,
    Graph,
    HalfCircle,
    Help,
    Info,
    Jobs,
    Key,
    Link,
    Manifest,
    Menu,
    Minus,
    Moon,
    More,
    Overview,
    Pause,
    Play,
    Redo,
    Redrive,
    Runs,
    Schedule,
    Search,
    Settings,
    SignOut,
    Stop,
    Sun,
    Table,
    Trash,
    Undo,
    Upload,
    User,
    Workers,
}

impl Sign {
    /// The path's data.
    pub fn path(self) -> &'static str {
        match self {
            Self::Add => "M8 3v10M3 8h10",
            Self::Alert => "M8 2.2 14.4 13.5H1.6zM8 6.5v3M8 11.5v.1",
            Self::Bell => "M3.5 11.5h9l-1.2-1.8V7a3.3 3.3 0 0 0-6.6 0v2.7zM6.8 13.8h2.4",
            Self::Check => "M3 8.5l3.2 3.2L13 4.8",
            Self::ChevronDown => "M4 6l4 4 4-4",
            Self::ChevronLeft => "M10 4L6 8l4 4",
            Self::ChevronRight => "M6 4l4 4-4 4",
            Self::Clock => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 5v3.2l2.2 1.4",
            Self::Close => "M4 4l8 8M12 4l-8 8",
            Self::Connections => {
                "M6.2 9.8l3.6-3.6M7 4.6l1.6-1.6a3 3 0 0 1 4.3 4.3L11.4 9M9 11.4 7.4 13a3 3 0 0 1-4.3-4.3L4.6 7"
            }
            Self::Copy => {
                "M5.5 5.5V3a.8.8 0 0 1 .8-.8H13a.8.8 0 0 1 .8.8v6.7a.8.8 0 0 1-.8.8h-2.5M3 5.5h6.7a.8.8 0 0 1 .8.8V13a.8.8 0 0 1-.8.8H3a.8.8 0 0 1-.8-.8V6.3a.8.8 0 0 1 .8-.8z"
            }
            Self::Download => "M8 2.5v7.5M4.8 7 8 10.2 11.2 7M2.5 13.5h11",
            Self::Edit => "M10.6 3.2l2.2 2.2-7.4 7.4-2.9.7.7-2.9z",
            Self::Estimate => {
                "M3.5 2h9a.8.8 0 0 1 .8.8v10.4a.8.8 0 0 1-.8.8h-9a.8.8 0 0 1-.8-.8V2.8a.8.8 0 0 1 .8-.8zM5.3 5h5.4M5.4 8.2v0M8 8.2v0M10.6 8.2v0M5.4 11v0M8 11v0M10.6 11v0"
            }
            Self::Expand => "M9.5 2.5h4v4M13.5 2.5l-5 5M6.5 13.5h-4v-4M2.5 13.5l5-5",
            Self::Filter => "M2.2 4h11.6M4.5 8h7M6.8 12h2.4",
            Self::Graph => "M6 2.2h4v3H6zM2 10.8h4v3H2zM10 10.8h4v3h-4zM8 5.2V8M4 10.8V8h8v2.8",
            Self::HalfCircle => {
                "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 2v12M8 5.5l4.6-1.2M8 9l5.9-1.5M8 12.3l4.6-1.2"
            }
            Self::Help => {
                "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM6.2 6.3a1.8 1.8 0 1 1 2.6 1.6c-.5.3-.8.6-.8 1.2M8 11.3v.1"
            }
            Self::Info => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 7.3v3.7M8 4.9V5",
            Self::Jobs => "M2.2 5.5h11.6v7.8H2.2zM5.6 5.5V3.3h4.8v2.2M2.2 9h11.6",
            Self::Key => {
                "M10.6 2.4a3.1 3.1 0 1 1-2.2 5.2L3 13H1.9v-2.3l1.6-.3v-1.6l1.7-.2 1.7-1.7a3.1 3.1 0 0 1 3.7-4.5zM11 5v.1"
            }
            Self::Link => "M9.5 2.5h4v4M13.5 2.5 7 9M11.5 9.5v4h-9v-9h4",
            Self::Manifest => "M3.3 1.9h6.2l3.2 3.2v9H3.3zM9.3 2v3.3h3.3M5.6 8h4.8M5.6 10.8h4.8",
            Self::Menu => "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
            Self::Minus => "M3 8h10",
            Self::Moon => "M13.3 9.7A5.7 5.7 0 0 1 6.3 2.7a5.7 5.7 0 1 0 7 7z",
            Self::More => "M3.5 8v.1M8 8v.1M12.5 8v.1",
            Self::Overview => {
                "M2.2 2.2h4.9v6H2.2zM8.9 2.2h4.9v3.4H8.9zM2.2 10.4h4.9v3.4H2.2zM8.9 7.8h4.9v6H8.9z"
            }
            Self::Pause => "M5.5 3.5v9M10.5 3.5v9",
            Self::Play => "M5 3l7.5 5L5 13z",
            Self::Redo => "M10.5 3l2.7 2.7-2.7 2.7M13 5.7H6.2a3.4 3.4 0 0 0 0 6.8H9",
            Self::Redrive => "M13 3v3.4H9.6M13 6.2A5.6 5.6 0 1 0 13.4 9",
            Self::Runs => "M2.2 3.2h2.6v2.6H2.2zM2.2 10.2h2.6v2.6H2.2zM7.2 4.5h6.6M7.2 11.5h6.6",
            Self::Schedule => "M2.2 3.6h11.6v10.2H2.2zM2.2 6.8h11.6M5.2 2v2.6M10.8 2v2.6",
            Self::Search => "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3l3.2 3.2",
            Self::Settings => {
                "M2 4.5h6.5M12 4.5h2M2 11.5h2M7.5 11.5H14M10.2 2.8a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4zM5.8 9.8a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4z"
            }
            Self::SignOut => "M6.5 2.5h-4v11h4M6 8h7.5M10.5 4.8 13.7 8l-3.2 3.2",
            Self::Stop => "M3.8 3.8h8.4v8.4H3.8z",
            Self::Sun => {
                "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.5V3M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1"
            }
            Self::Table => "M2.2 2.8h11.6v10.4H2.2zM2.2 6.2h11.6M2.2 9.7h11.6M6.4 6.2v7",
            Self::Trash => "M2.8 4.2h10.4M6 4.2V2.5h4v1.7M4.2 4.2l.6 9.3h6.4l.6-9.3M6.7 6.8v4M9.3 6.8v4",
            Self::Undo => "M5.5 3 2.8 5.7l2.7 2.7M3 5.7h6.8a3.4 3.4 0 0 1 0 6.8H7",
            Self::Upload => "M8 10.5V2.8M4.8 5.8 8 2.6l3.2 3.2M2.5 13.5h11",
            Self::User => {
                "M8 2.2a2.9 2.9 0 1 0 0 5.8 2.9 2.9 0 0 0 0-5.8zM2.6 13.8c.4-2.7 2.6-4 5.4-4s5 1.3 5.4 4"
            }
            Self::Workers => {
                "M2.2 2.6h11.6v4.2H2.2zM2.2 9.2h11.6v4.2H2.2zM4.8 4.7v0M4.8 11.3v0M7 4.7h4.5M7 11.3h4.5"
            }
        }
    }
}

/// A decorative icon; the words beside it (or the button's label) carry the meaning.
#[component]
pub fn Icon(
    /// Which.
    sign: Sign,
) -> impl IntoView {
    view! {
        <svg class="mw-icon" viewBox="0 0 16 16" aria-hidden="true">
            <path d=sign.path() />
        </svg>
    }
}

/// The mark: an M of item cells, one of them loud.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="7" fill="#1f5fd6" />
            <path
                fill="#fff"
                d="M4 4h4v4h-4zM24 4h4v4h-4zM4 9h4v4h-4zM9 9h4v4h-4zM19 9h4v4h-4zM24 9h4v4h-4zM4 14h4v4h-4zM24 14h4v4h-4zM4 19h4v4h-4zM24 19h4v4h-4zM4 24h4v4h-4zM24 24h4v4h-4z"
            />
            <path fill="#ffb199" d="M14 14h4v4h-4z" />
        </svg>
    }
}
