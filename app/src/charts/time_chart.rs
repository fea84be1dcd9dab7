//! A chart over time: axes, series, legend with a read-out, marks, and a table of the same numbers.

use super::plot::{Kind, Plot, Series};
use super::scale::{Scale, time_label, time_ticks};
use crate::ui::browser;
use crate::ui::{Zone, format};
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html;
use leptos::prelude::*;
use model::Timestamp;
use std::fmt::Write;

const LEFT: f64 = 56.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 8.0;
const BOTTOM: f64 = 22.0;

/// The bucket under the pointer, shared by the charts that get the same signal: they have one
/// time axis, so one vertical line goes through all of them.
pub fn use_chart_cursor() -> RwSignal<Option<usize>> {
    RwSignal::new(None)
}

/// The places of a plot on its picture.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Area {
    width: f64,
    height: f64,
    buckets: usize,
}

impl Area {
    fn x(&self, bucket: f64) -> f64 {
        LEFT + (self.width - LEFT - RIGHT) * bucket / self.buckets.max(1) as f64
    }

    fn y(&self, place: f64) -> f64 {
        self.height - BOTTOM - (self.height - TOP - BOTTOM) * place
    }

    fn bucket_at(&self, x: f64) -> Option<usize> {
        let place = (x - LEFT) / (self.width - LEFT - RIGHT) * self.buckets as f64;
        (self.buckets > 0 && place > -1.0).then(|| (place.max(0.0) as usize).min(self.buckets - 1))
    }
}

/// A chart over time.
#[component]
pub fn TimeChart(
    /// What it shows.
    #[prop(into)]
    plot: Signal<Plot>,
    /// The bucket under the pointer, shared with other charts.
    #[prop(optional)]
    cursor: Option<RwSignal<Option<usize>>>,
    /// Height of the picture in pixels.
    #[prop(default = 168)]
    height: u32,
) -> impl IntoView {
    let cursor = cursor.unwrap_or_else(use_chart_cursor);
    let frame = NodeRef::<html::Div>::new();
    let (width, scale) = (RwSignal::new(560_u32), RwSignal::new(1.0));
    browser::watch_width(frame, width, scale);
    let table = RwSignal::new(false);
    let area = Memo::new(move |_| Area {
        width: f64::from(width.get().max(200)),
        height: f64::from(height),
        buckets: plot.with(|plot| plot.time.buckets),
    });

    let moved = move |event: PointerEvent| {
        let bucket = area.get_untracked().bucket_at(f64::from(event.offset_x()));
        if cursor.get_untracked() != bucket {
            cursor.set(bucket);
        }
    };
    let keys = move |event: KeyboardEvent| {
        let last = plot.with_untracked(|plot| plot.time.buckets).saturating_sub(1);
        let now = cursor.get_untracked();
        let next = match event.key().as_str() {
            "ArrowLeft" => Some(now.map_or(last, |bucket| bucket.saturating_sub(1))),
            "ArrowRight" => Some(now.map_or(0, |bucket| (bucket + 1).min(last))),
            "Home" => Some(0),
            "End" => Some(last),
            "Escape" => None,
            _ => return,
        };
        event.prevent_default();
        cursor.set(next);
    };
    let picture = move || plot.with(|plot| picture(plot, &area.get()));
    let line = move || {
        let bucket = cursor.get()?;
        let area = area.get();
        let x = area.x(bucket as f64 + 0.5);
        (bucket < area.buckets)
            .then(|| view! { <line class="mw-chart__cursor" x1=x x2=x y1=TOP y2=area.y(0.0) /> })
    };
    let body = move || {
        if table.get() {
            return plot.with(table_view).into_any();
        }
        if plot.with(Plot::is_empty) {
            return view! { <p class="mw-chart__none">"Not enough data yet."</p> }.into_any();
        }
        view! {
            <div class="mw-chart__plot" tabindex="0" role="group" aria-label=move || plot.with(|plot| format!("{}. {}", plot.title, plot.summary)) on:keydown=keys on:blur=move |_| cursor.set(None)>
                <svg viewBox=move || format!("0 0 {} {height}", area.get().width) aria-hidden="true">
                    {picture}
                    {line}
                </svg>
                <div class="mw-chart__hit" on:pointermove=moved on:pointerleave=move |_| cursor.set(None)></div>
            </div>
        }
        .into_any()
    };
    view! {
        <figure class="mw-chart">
            <figcaption class="mw-chart__head">
                <h3>{move || plot.with(|plot| plot.title.clone())}</h3>
                <div class="mw-chart__legend" aria-live="off">{move || plot.with(|plot| legend(plot, cursor.get()))}</div>
                <button type="button" class="mw-chart__toggle" on:click=move |_| table.update(|on| *on = !*on)>
                    {move || if table.get() { "Chart" } else { "Table" }}
                </button>
            </figcaption>
            <div node_ref=frame>{body}</div>
            <p class="mw-chart__summary">{move || plot.with(|plot| plot.summary.clone())}</p>
        </figure>
    }
    .into_any()
}

fn legend(plot: &Plot, cursor: Option<usize>) -> impl IntoView + use<> {
    let zone = Zone { offset_min: plot.time.offset_min, ..Zone::default() };
    let when = cursor.map(
        |bucket| view! { <span class="mw-chart__when">{zone.clock(Timestamp(plot.time.at(bucket)))}</span> },
    );
    let entries = plot
        .series
        .iter()
        .map(|series| {
            let value = cursor.map(|bucket| view! { <b>{plot.unit.text(series.at(bucket))}</b> });
            view! { <span class=format!("mw-chart__key {} mw-chart__key--{}", series.tone.class(), word(series.kind))>{series.label.clone()}{value}</span> }
        })
        .collect_view();
    let marks = cursor.map(|bucket| {
        let span = plot.time.at(bucket)..plot.time.at(bucket + 1);
        plot.marks
            .iter()
            .filter(|mark| span.contains(&mark.at_ms))
            .map(|mark| view! { <span>{format!("{} {}", mark.sign, mark.label)}</span> })
            .collect_view()
    });
    view! { {when}{entries}{marks} }
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Bars => "bars",
        Kind::Line => "line",
        Kind::Area => "area",
        Kind::Limit => "limit",
        Kind::Projection => "projection",
    }
}

fn picture(plot: &Plot, area: &Area) -> impl IntoView + use<> {
    let (scale, ticks) = plot.axis();
    let rows = ticks
        .iter()
        .map(|tick| {
            let y = area.y(scale.place(*tick));
            view! {
                <line class="mw-chart__grid" x1=LEFT x2=area.width - RIGHT y1=y y2=y />
                <text class="mw-chart__tick" x=LEFT - 8.0 y=y + 4.0 text-anchor="end">{plot.unit.tick(*tick)}</text>
            }
        })
        .collect_view();
    let (from, to) = (plot.time.start_ms, plot.time.end_ms());
    let place = |at_ms: i64| area.x((at_ms - from) as f64 / plot.time.bucket_ms.max(1) as f64);
    let times = time_ticks(from, to, (area.width / 96.0) as usize);
    let columns = times
        .iter()
        .map(|at| {
            let x = place(*at).clamp(LEFT, area.width - RIGHT - 14.0);
            view! { <text class="mw-chart__tick" x=x y=area.height - 5.0 text-anchor=if x < LEFT + 14.0 { "start" } else { "middle" }>{time_label(*at, plot.time.offset_min, &times)}</text> }
        })
        .collect_view();
    let mut below = vec![0.0; plot.time.buckets];
    let series = plot
        .series
        .iter()
        .map(|series| {
            let class = format!("{} mw-chart__{}", series.tone.class(), word(series.kind));
            let fill = (series.kind == Kind::Area).then(|| view! { <path class=format!("{} mw-chart__tint", series.tone.class()) d=area_path(series, area, scale) /> });
            let path = match series.kind {
                Kind::Bars => bars_path(series, &mut below, area, scale),
                Kind::Limit => steps_path(series, area, scale),
                _ => line_path(series, area, scale),
            };
            view! { {fill}<path class=class d=path /> }
        })
        .collect_view();
    let marks = plot
        .marks
        .iter()
        .filter(|mark| (from..=to).contains(&mark.at_ms))
        .map(|mark| {
            let x = place(mark.at_ms);
            view! {
                <line class="mw-chart__mark" x1=x x2=x y1=TOP y2=area.y(0.0) />
                <text class="mw-chart__sign" x=x y=TOP + 4.0 text-anchor="middle">{mark.sign.to_string()}</text>
            }
        })
        .collect_view();
    view! { {rows}{columns}{series}{marks} }
}

fn bars_path(series: &Series, below: &mut [f64], area: &Area, scale: Scale) -> String {
    let step = area.x(1.0) - area.x(0.0);
    let gap = if step >= 4.0 { 1.0 } else { 0.0 };
    let mut path = String::new();
    for (bucket, base) in below.iter_mut().enumerate() {
        let value = series.at(bucket);
        if !value.is_finite() || value <= 0.0 {
            continue;
        }
        let (bottom, top) = (area.y(scale.place(*base)), area.y(scale.place(*base + value)));
        *base += value;
        // What happened at least once is at least one pixel tall.
        let height = (bottom - top).max(1.0);
        let _ = write!(
            path,
            "M{:.1} {:.1}h{:.1}v-{height:.1}h-{:.1}z",
            area.x(bucket as f64),
            bottom,
            step - gap,
            step - gap
        );
    }
    path
}

fn line_path(series: &Series, area: &Area, scale: Scale) -> String {
    let mut path = String::new();
    let mut drawing = false;
    for bucket in 0..area.buckets {
        let value = series.at(bucket);
        if value.is_finite() {
            let _ = write!(
                path,
                "{}{:.1} {:.1}",
                if drawing { 'L' } else { 'M' },
                area.x(bucket as f64 + 0.5),
                area.y(scale.place(value))
            );
        }
        drawing = value.is_finite();
    }
    path
}

fn area_path(series: &Series, area: &Area, scale: Scale) -> String {
    let mut path = String::new();
    let floor = area.y(0.0);
    let mut open = None;
    for bucket in 0..=area.buckets {
        let value = series.at(bucket);
        let x = area.x(bucket as f64 + 0.5);
        match (value.is_finite() && bucket < area.buckets, open) {
            (true, None) => {
                let _ = write!(path, "M{x:.1} {floor:.1}L{x:.1} {:.1}", area.y(scale.place(value)));
                open = Some(x);
            }
            (true, Some(_)) => {
                let _ = write!(path, "L{x:.1} {:.1}", area.y(scale.place(value)));
                open = Some(x);
            }
            (false, Some(end)) => {
                let _ = write!(path, "L{end:.1} {floor:.1}z");
                open = None;
            }
            (false, None) => {}
        }
    }
    path
}

fn steps_path(series: &Series, area: &Area, scale: Scale) -> String {
    let mut path = String::new();
    let mut drawing = false;
    for bucket in 0..area.buckets {
        let value = series.at(bucket);
        if value.is_finite() {
            let y = area.y(scale.place(value));
            let start = area.x(bucket as f64);
            let _ = if drawing { write!(path, "V{y:.1}") } else { write!(path, "M{start:.1} {y:.1}") };
            let _ = write!(path, "H{:.1}", area.x(bucket as f64 + 1.0));
        }
        drawing = value.is_finite();
    }
    path
}

fn table_view(plot: &Plot) -> impl IntoView + use<> {
    let zone = Zone { offset_min: plot.time.offset_min, ..Zone::default() };
    let heads = plot
        .series
        .iter()
        .map(|series| view! { <th scope="col" class="mw-table__number">{series.label.clone()}</th> })
        .collect_view();
    let rows = (0..plot.time.buckets)
        .map(|bucket| {
            let cells = plot
                .series
                .iter()
                .map(|series| view! { <td class="mw-table__number">{plot.unit.text(series.at(bucket))}</td> })
                .collect_view();
            view! { <tr><th scope="row">{zone.clock(Timestamp(plot.time.at(bucket)))}</th>{cells}</tr> }
        })
        .collect_view();
    let label = format!("{} by {}", plot.title, format::duration_ms(plot.time.bucket_ms.max(0) as u64));
    view! {
        <div class="mw-chart__table" role="region" aria-label=label tabindex="0">
            <table class="mw-table mw-table--dense"><thead><tr><th scope="col">"Time"</th>{heads}</tr></thead><tbody>{rows}</tbody></table>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::Tone;

    const AREA: Area = Area { width: 164.0, height: 130.0, buckets: 4 };

    #[test]
    fn buckets_are_found_under_the_pointer() {
        assert_eq!(AREA.bucket_at(LEFT + 1.0), Some(0));
        assert_eq!(AREA.bucket_at(LEFT + 99.0), Some(3));
        assert_eq!(AREA.bucket_at(1_000.0), Some(3));
        assert_eq!(AREA.bucket_at(0.0), None);
        assert_eq!(Area { buckets: 0, ..AREA }.bucket_at(80.0), None);
    }

    #[test]
    fn lines_break_at_gaps() {
        let series = Series::new("p50", Tone::Ok, Kind::Line, vec![0.0, 10.0, f64::NAN, 10.0]);
        assert_eq!(line_path(&series, &AREA, Scale::Linear(10.0)), "M68.5 108.0L93.5 8.0M143.5 8.0");
    }

    #[test]
    fn bars_stand_on_the_bars_below() {
        let mut below = vec![5.0; 4];
        let series = Series::new("ok", Tone::Ok, Kind::Bars, vec![5.0, 0.0]);
        assert_eq!(
            bars_path(&series, &mut below, &AREA, Scale::Linear(10.0)),
            "M56.0 58.0h24.0v-50.0h-24.0z"
        );
        assert_eq!(below, [10.0, 5.0, 5.0, 5.0]);
    }
}
