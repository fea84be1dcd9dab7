//! Bars without time: histograms, what a sum is made of, tiny columns in tables.

use super::scale::linear_ticks;
use crate::ui::Tone;
use crate::ui::format;
use leptos::prelude::*;
use std::fmt::Write;

/// One bar of a [`Histogram`].
#[derive(Clone, Debug, PartialEq)]
pub struct HistogramBar {
    /// What falls into it: "1–2 s".
    pub label: String,
    /// How many.
    pub count: u64,
    /// Beyond a limit, drawn loud.
    pub over: bool,
}

/// How many fall where. The bars are a list, so a screen reader reads them as one.
#[component]
pub fn Histogram(
    /// What is counted.
    #[prop(into)]
    label: String,
    /// The bars, small values first.
    #[prop(into)]
    bars: Signal<Vec<HistogramBar>>,
    /// Height in pixels.
    #[prop(default = 120)]
    height: u32,
) -> impl IntoView {
    let columns = move || {
        let bars = bars.get();
        let max = bars.iter().map(|bar| bar.count).max().unwrap_or(0);
        let top = linear_ticks(max as f64, 4).last().copied().unwrap_or(1.0);
        let every = bars.len().div_ceil(8).max(1);
        bars.into_iter()
            .enumerate()
            .map(|(place, bar)| {
                let size = if bar.count == 0 { 0.0 } else { (bar.count as f64 / top * 100.0).max(1.0) };
                let words = format!("{}: {}", bar.label, format::count(bar.count));
                let title = words.clone();
                view! {
                    <li class="mw-histogram__bar" class:mw-histogram__bar--over=bar.over title=title>
                        <i style=format!("height:{size:.1}%")></i>
                        <span class="mw-visually-hidden">{words}</span>
                        <span class="mw-histogram__label" aria-hidden="true">{(place % every == 0).then_some(bar.label)}</span>
                    </li>
                }
            })
            .collect_view()
    };
    view! { <ul class="mw-histogram" style=format!("height:{height}px") aria-label=label>{columns}</ul> }
}

/// One part of a [`Breakdown`].
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What it is.
    pub label: String,
    /// Its amount, in any unit that all parts share.
    pub amount: f64,
    /// The amount in words.
    pub text: String,
}

/// What a sum is made of: one bar, and a list with the amounts. Up to five parts have a colour of
/// their own; put the rest into one.
#[component]
pub fn Breakdown(
    /// What the sum is.
    #[prop(into)]
    label: String,
    /// Its parts, the greatest first.
    #[prop(into)]
    parts: Signal<Vec<Part>>,
) -> impl IntoView {
    let total = move || parts.with(|parts| parts.iter().map(|part| part.amount.max(0.0)).sum::<f64>());
    let pieces = move || {
        let total = total().max(f64::MIN_POSITIVE);
        parts
            .get()
            .into_iter()
            .enumerate()
            .filter(|(_, part)| part.amount > 0.0)
            .map(|(place, part)| view! { <i class=format!("mw-shade--{}", place.min(5)) style=format!("width:{:.2}%", part.amount / total * 100.0) title=format!("{}: {}", part.label, part.text)></i> })
            .collect_view()
    };
    let rows = move || {
        let total = total().max(f64::MIN_POSITIVE);
        parts
            .get()
            .into_iter()
            .enumerate()
            .map(|(place, part)| {
                let share = format::percent_of(part.amount.max(0.0) / total * 100.0);
                view! {
                    <li>
                        <i class=format!("mw-breakdown__key mw-shade--{}", place.min(5))></i>
                        <span>{part.label}</span>
                        <b>{part.text}</b>
                        <small>{share}</small>
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <div class="mw-breakdown">
            <div class="mw-breakdown__bar" aria-hidden="true">{pieces}</div>
            <ul class="mw-breakdown__list" aria-label=label>{rows}</ul>
        </div>
    }
}

/// Columns small enough for a table cell; decoration beside the number.
#[component]
pub fn Sparkline(
    /// The columns.
    #[prop(into)]
    values: Signal<Vec<f64>>,
    /// The colour.
    #[prop(optional)]
    tone: Tone,
) -> impl IntoView {
    view! {
        <svg class=format!("mw-spark {}", tone.class()) viewBox="0 0 72 18" preserveAspectRatio="none" aria-hidden="true">
            <path d=move || values.with(|values| spark_path(values)) />
        </svg>
    }
}

fn spark_path(values: &[f64]) -> String {
    let max = values.iter().copied().filter(|value| value.is_finite()).fold(0.0, f64::max);
    let step = 72.0 / values.len().max(1) as f64;
    let mut path = String::new();
    for (place, value) in values.iter().enumerate() {
        if *value > 0.0 && max > 0.0 {
            let height = (value / max * 18.0).max(1.0);
            let _ = write!(
                path,
                "M{:.1} 18v-{height:.1}h{:.1}v{height:.1}z",
                place as f64 * step,
                (step - 1.0).max(step * 0.7)
            );
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sparks_scale_to_their_highest() {
        assert_eq!(spark_path(&[0.0, 2.0]), "M36.0 18v-18.0h35.0v18.0z");
        assert_eq!(spark_path(&[]), "");
        assert_eq!(spark_path(&[f64::NAN, 0.0]), "");
    }
}
