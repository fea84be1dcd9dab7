//! What makes an estimate uncertain, the widest first.

use leptos::prelude::*;

/// One source of doubt.
#[derive(Clone, Debug, PartialEq)]
pub struct TornadoRow {
    /// "Retry rate of Upload".
    pub label: String,
    /// The result when this input is at its low end.
    pub low: f64,
    /// The result when it is at its high end.
    pub high: f64,
    /// The low result in words.
    pub low_text: String,
    /// The high result in words.
    pub high_text: String,
}

/// Rows of bars around the likely result.
#[component]
pub fn Tornado(
    /// What the result is: "Cost".
    #[prop(into)]
    label: String,
    /// The likely result.
    #[prop(into)]
    base: Signal<f64>,
    /// The rows.
    #[prop(into)]
    rows: Signal<Vec<TornadoRow>>,
) -> impl IntoView {
    let body = move || {
        let (base, rows) = (base.get(), rows.get());
        let span = span(base, &rows);
        rows.into_iter()
            .map(|row| {
                let (left, right) = (place(row.low.min(row.high), span), place(row.low.max(row.high), span));
                let middle = place(base, span).clamp(left, right);
                view! {
                    <tr>
                        <th scope="row">{row.label}</th>
                        <td class="mw-table__number">{row.low_text}</td>
                        <td class="mw-tornado__track" aria-hidden="true">
                            <i class="mw-tornado__low" style=format!("left:{left:.2}%;width:{:.2}%", middle - left)></i>
                            <i class="mw-tornado__high" style=format!("left:{middle:.2}%;width:{:.2}%", right - middle)></i>
                        </td>
                        <td class="mw-tornado__to">{row.high_text}</td>
                    </tr>
                }
            })
            .collect_view()
    };
    view! {
        <table class="mw-tornado mw-table mw-table--dense" aria-label=label>
            <thead><tr><th scope="col">"Input"</th><th scope="col" class="mw-table__number">"Low"</th><th></th><th scope="col">"High"</th></tr></thead>
            <tbody>{body}</tbody>
        </table>
    }
}

fn span(base: f64, rows: &[TornadoRow]) -> (f64, f64) {
    rows.iter()
        .flat_map(|row| [row.low, row.high])
        .filter(|value| value.is_finite())
        .fold((base, base), |(low, high), value| (low.min(value), high.max(value)))
}

/// Where a value lies between two ends, in percent.
fn place(value: f64, (low, high): (f64, f64)) -> f64 {
    if high > low { ((value - low) / (high - low) * 100.0).clamp(0.0, 100.0) } else { 50.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_row_fills_the_track() {
        let row = |low, high| TornadoRow {
            label: String::new(),
            low,
            high,
            low_text: String::new(),
            high_text: String::new(),
        };
        let rows = [row(80.0, 96.0), row(83.0, 85.0)];
        let span = span(84.0, &rows);
        assert_eq!(span, (80.0, 96.0));
        assert_eq!((place(80.0, span), place(84.0, span), place(96.0, span)), (0.0, 25.0, 100.0));
        assert_eq!(place(1.0, (1.0, 1.0)), 50.0);
    }
}
