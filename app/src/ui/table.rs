//! Around `<table class="mw-table">`; the rows are the page's own.
//!
//! In a row: the cell that leads on holds `<a class="mw-table__link">`, which makes the whole row
//! clickable; numbers carry `mw-table__number`, buttons `mw-table__actions`.

use leptos::prelude::*;

/// Frame and horizontal scrolling; focusable, so that it scrolls by keyboard.
#[component]
pub fn TableFrame(
    /// What the table lists.
    #[prop(into)]
    label: String,
    /// Low rows.
    #[prop(optional)]
    dense: bool,
    /// `<thead>` and `<tbody>`.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="mw-table-frame" role="region" aria-label=label tabindex="0">
            <table class="mw-table" class:mw-table--dense=dense>
                {children()}
            </table>
        </div>
    }
}

/// How a column is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortOrder {
    /// Small first.
    Ascending,
    /// Large first.
    Descending,
}

/// A heading that sorts. Its link is the page sorted the other way.
#[component]
pub fn SortHeader(
    /// The words.
    #[prop(into)]
    label: String,
    /// The page, sorted by this.
    #[prop(into)]
    href: Signal<String>,
    /// How it is sorted now, if by this column.
    #[prop(optional, into)]
    order: Signal<Option<SortOrder>>,
    /// A column of numbers.
    #[prop(optional)]
    number: bool,
) -> impl IntoView {
    let sorted = move || match order.get() {
        Some(SortOrder::Ascending) => Some("ascending"),
        Some(SortOrder::Descending) => Some("descending"),
        None => None,
    };
    view! {
        <th scope="col" aria-sort=sorted class:mw-table__number=number>
            <a class="mw-sort" href=move || href.get()>{label}</a>
        </th>
    }
}
