//! The charts of a run and of an estimate.

use super::sample::Dice;
use app::charts::*;
use app::ui::*;
use leptos::prelude::*;

const TIME: TimeAxis =
    TimeAxis { start_ms: 1_795_442_531_000, bucket_ms: 30_000, buckets: 120, offset_min: 0 };

#[component]
pub fn Charts() -> impl IntoView {
    let cursor = use_chart_cursor();
    cursor.set(Some(70));
    view! {
        <div class="mw-page mw-stack">
            <Card title="Run">
                <div class="mw-charts">
                    <TimeChart plot=throughput_plot() cursor />
                    <TimeChart plot=flight_plot() cursor />
                    <TimeChart plot=latency_plot() cursor />
                    <TimeChart plot=failure_plot() cursor />
                    <TimeChart plot=in_flight(TIME, vec![], vec![]) />
                </div>
            </Card>
            <div class="mw-grid">
                <section class="mw-col-6"><Card title="Duration of items"><Histogram label="Items by duration" bars=bars() /></Card></section>
                <section class="mw-col-6"><Card title="Where the money goes"><Breakdown label="Cost by part" parts=parts() /></Card></section>
                <section class="mw-col-6"><Card title="What makes the estimate uncertain"><Tornado label="Cost" base=84.0 rows=rows() /></Card></section>
                <section class="mw-col-6">
                    <Card title="In a table">
                        <p>"53,990 AccessDenied "<Sparkline values=vec![0.0, 0.0, 0.0, 1.0, 0.0, 2.0, 9.0, 8.0, 9.0, 7.0, 8.0, 9.0] tone=Tone::Danger /></p>
                    </Card>
                </section>
            </div>
        </div>
    }
}

fn curve(from: f64, to: f64, noise: f64, seed: u64) -> Vec<f64> {
    let mut dice = Dice::new(seed);
    (0..TIME.buckets)
        .map(|bucket| {
            (from + (to - from) * bucket as f64 / TIME.buckets as f64) * (1.0 + (dice.roll() - 0.5) * noise)
        })
        .collect()
}

fn throughput_plot() -> Plot {
    let all = curve(50_000.0, 64_000.0, 0.3, 3);
    let failed: Vec<u64> = all
        .iter()
        .enumerate()
        .map(
            |(bucket, value)| {
                if (60..75).contains(&bucket) { (value * 0.2) as u64 } else { (value * 0.004) as u64 }
            },
        )
        .collect();
    let ok: Vec<u64> = all.iter().zip(&failed).map(|(value, failed)| *value as u64 - failed).collect();
    let mut plot = throughput(TIME, &failed, &ok);
    plot.marks = vec![
        Mark { at_ms: TIME.at(40), sign: '●', label: "limit 1,000 (ana)".into() },
        Mark { at_ms: TIME.at(92), sign: '▲', label: "redrive of 53,990".into() },
    ];
    plot
}

fn flight_plot() -> Plot {
    let limit: Vec<f64> = (0..TIME.buckets).map(|bucket| if bucket < 40 { 800.0 } else { 1_000.0 }).collect();
    let mut dice = Dice::new(9);
    let running = limit.iter().map(|limit| limit * (1.0 - dice.roll() * 0.03)).collect();
    in_flight(TIME, running, limit)
}

fn latency_plot() -> Plot {
    let mut p50 = curve(400.0, 430.0, 0.2, 4);
    p50[33] = f64::NAN;
    latency(TIME, p50, curve(900.0, 1_200.0, 0.3, 5), curve(2_600.0, 8_000.0, 0.8, 6))
}

fn failure_plot() -> Plot {
    let percent = (0..TIME.buckets)
        .map(|bucket| 0.3 + if bucket > 60 { ((bucket - 60) as f64).min(15.0) * 0.04 } else { 0.0 })
        .collect();
    failure_rate(TIME, percent, Some(2.0))
}

fn bars() -> Vec<HistogramBar> {
    [3, 18, 120, 840, 4_100, 9_800, 7_300, 2_900, 900, 410, 160, 66, 21, 4]
        .into_iter()
        .enumerate()
        .map(|(place, count)| HistogramBar { label: format!("{} ms", 25 << place), count, over: place > 10 })
        .collect()
}

fn parts() -> Vec<Part> {
    [
        ("State transitions", 62.1, "$62.10"),
        ("Compute", 14.2, "$14.20"),
        ("Requests", 5.0, "$5.00"),
        ("Storage", 2.1, "$2.10"),
        ("Other", 0.6, "$0.60"),
    ]
    .map(|(label, amount, text)| Part { label: label.into(), amount, text: text.into() })
    .to_vec()
}

fn rows() -> Vec<TornadoRow> {
    let row = |label: &str, low: f64, high: f64| TornadoRow {
        label: label.into(),
        low,
        high,
        low_text: format!("${low:.0}"),
        high_text: format!("${high:.0}"),
    };
    vec![
        row("Retry rate of Upload", 80.0, 96.0),
        row("Duration of Resize", 82.0, 88.0),
        row("Share of large images", 83.0, 86.0),
        row("Price of a request", 83.8, 84.4),
    ]
}
