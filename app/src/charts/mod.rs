//! Charts: SVG from the server's first byte, alive in the browser. They know no run, only numbers.

pub mod bars;
pub mod plot;
pub mod scale;
mod time_chart;
pub mod tornado;

pub use bars::{Breakdown, Histogram, HistogramBar, Part, Sparkline};
pub use plot::{Kind, Mark, Plot, Series, TimeAxis, Unit, failure_rate, in_flight, latency, throughput};
pub use time_chart::{TimeChart, use_chart_cursor};
pub use tornado::{Tornado, TornadoRow};
