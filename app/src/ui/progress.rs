//! Bars: how far, and what it is made of.

use super::format;
use super::status::{Status, StatusGlyph};
use leptos::prelude::*;
use model::ItemCounts;

/// One part of a stacked bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// What the part is.
    pub status: Status,
    /// How many.
    pub count: u64,
}

/// The parts of a run, in the order in which an item passes them, without empty ones.
pub fn shares(counts: &ItemCounts) -> Vec<Share> {
    [
        (Status::Succeeded, counts.succeeded),
        (Status::Failed, counts.failed),
        (Status::TimedOut, counts.timed_out),
        (Status::Aborted, counts.aborted),
        (Status::Running, counts.running),
        (Status::Pending, counts.pending),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .map(|(status, count)| Share { status, count })
    .collect()
}

fn sentence(parts: &[Share]) -> String {
    if parts.is_empty() {
        return "No items yet".into();
    }
    let words: Vec<String> = parts
        .iter()
        .map(|part| format!("{} {}", format::count(part.count), part.status.label().to_lowercase()))
        .collect();
    words.join(", ")
}

/// Items by status as one bar. Parts too small to see are still two pixels wide.
#[component]
pub fn StackedBar(
    /// The parts, first on the left.
    #[prop(into)]
    parts: Signal<Vec<Share>>,
    /// 8 px instead of 16, for tables.
    #[prop(optional)]
    thin: bool,
) -> impl IntoView {
    let pieces = move || {
        let parts = parts.get();
        let total: u64 = parts.iter().map(|part| part.count).sum();
        parts
            .into_iter()
            .filter(|part| part.count > 0 && part.status != Status::Pending)
            .map(|part| {
                let width = format!("width:{:.3}%", part.count as f64 * 100.0 / total.max(1) as f64);
                let striped = matches!(part.status, Status::TimedOut | Status::Aborted);
                let class = format!(
                    "{}{}",
                    part.status.tone().class(),
                    if striped { " mw-bar__striped" } else { "" }
                );
                view! { <i class=class style=width></i> }
            })
            .collect_view()
    };
    view! {
        <div class="mw-bar" class:mw-bar--thin=thin role="img" aria-label=move || sentence(&parts.get())>
            {pieces}
        </div>
    }
}

/// The same parts as words and exact numbers.
#[component]
pub fn Legend(
    /// The parts.
    #[prop(into)]
    parts: Signal<Vec<Share>>,
) -> impl IntoView {
    let entries = move || {
        parts
            .get()
            .into_iter()
            .map(|part| view! { <li><StatusGlyph status=part.status />{part.status.label()}" "<b>{format::count(part.count)}</b></li> })
            .collect_view()
    };
    view! { <ul class="mw-legend">{entries}</ul> }
}

/// Progress of one thing, with its percentage.
#[component]
pub fn Progress(
    /// How far, 0 to 1.
    #[prop(into)]
    value: Signal<f64>,
    /// What is progressing, for screen readers.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! {
        <div class="mw-progress">
            <progress max="1" value=move || format!("{:.4}", value.get().clamp(0.0, 1.0)) aria-label=label></progress>
            <span>{move || format!("{:.0} %", (value.get().clamp(0.0, 1.0) * 100.0).floor())}</span>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_leave_out_what_is_empty() {
        let counts = ItemCounts { total: 10, succeeded: 7, failed: 1, pending: 2, ..Default::default() };
        let parts = shares(&counts);
        assert_eq!(parts.iter().map(|part| part.count).sum::<u64>(), 10);
        assert_eq!(parts.len(), 3);
        assert_eq!(sentence(&parts), "7 succeeded, 1 failed, 2 pending");
        assert_eq!(sentence(&[]), "No items yet");
    }
}
