//! Where am I, what else is here, what comes next.

use super::icon::{Icon, Sign};
use super::status::Tone;
use leptos::prelude::*;

/// One step of the breadcrumbs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// The words.
    pub label: String,
    /// Where it leads; the last one leads nowhere.
    pub href: Option<String>,
}

impl Crumb {
    /// A step that leads somewhere.
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: Some(href.into()) }
    }

    /// The page itself.
    pub fn here(label: impl Into<String>) -> Self {
        Self { label: label.into(), href: None }
    }
}

/// The way to this page.
#[component]
pub fn Breadcrumbs(
    /// The steps, the page itself last.
    #[prop(into)]
    crumbs: Signal<Vec<Crumb>>,
) -> impl IntoView {
    let steps = move || {
        crumbs
            .get()
            .into_iter()
            .map(|crumb| match crumb.href {
                Some(href) => view! { <li><a href=href>{crumb.label}</a></li> }.into_any(),
                None => view! { <li aria-current="page">{crumb.label}</li> }.into_any(),
            })
            .collect_view()
    };
    view! { <nav class="mw-crumbs" aria-label="Breadcrumbs"><ol>{steps}</ol></nav> }
}

/// One tab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TabItem {
    /// What [`Tabs`] compares with its `current`.
    pub key: String,
    /// The words.
    pub label: String,
    /// Its address.
    pub href: String,
    /// A count beside the words.
    pub count: Option<u64>,
    /// The count's colour.
    pub tone: Tone,
}

impl TabItem {
    /// A tab without a count.
    pub fn new(key: impl Into<String>, label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { key: key.into(), label: label.into(), href: href.into(), ..Default::default() }
    }

    /// The tab with a count, when there is something to count.
    pub fn with_count(self, count: u64, tone: Tone) -> Self {
        Self { count: (count > 0).then_some(count), tone, ..self }
    }
}

/// Tabs are links: each has its own address.
#[component]
pub fn Tabs(
    /// The tabs.
    #[prop(into)]
    items: Signal<Vec<TabItem>>,
    /// The key of the one that is open.
    #[prop(into)]
    current: Signal<String>,
    /// What the tabs divide, for screen readers.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let links = move || {
        let open = current.get();
        items
            .get()
            .into_iter()
            .map(|item| {
                let count = item.count.map(|count| view! { <span class=format!("mw-tab__count {}", item.tone.class())>{super::format::count(count)}</span> });
                view! { <a class="mw-tab" href=item.href aria-current=(item.key == open).then_some("page")>{item.label}{count}</a> }
            })
            .collect_view()
    };
    view! { <nav class="mw-tabs" aria-label=label>{links}</nav> }
}

/// Windows over a long list: earlier, later, and the exact words of where we are.
#[component]
pub fn Pagination(
    /// "1–100 of 54,812".
    #[prop(into)]
    summary: Signal<String>,
    /// The window before.
    #[prop(optional, into)]
    previous: MaybeProp<String>,
    /// The window after.
    #[prop(optional, into)]
    next: MaybeProp<String>,
) -> impl IntoView {
    let step = |href: MaybeProp<String>, label: &'static str, sign: Sign| {
        move || {
            match href.get() {
            Some(href) => view! { <a class="mw-button mw-button--dense mw-button--icon" href=href aria-label=label title=label><Icon sign /></a> }.into_any(),
            None => view! { <span class="mw-button mw-button--dense mw-button--icon" aria-disabled="true"><Icon sign /></span> }.into_any(),
        }
        }
    };
    view! {
        <nav class="mw-pages" aria-label="Pages">
            <span class="mw-num">{move || summary.get()}</span>
            <span class="mw-space"></span>
            {step(previous, "Previous", Sign::ChevronLeft)}
            {step(next, "Next", Sign::ChevronRight)}
        </nav>
    }
}
