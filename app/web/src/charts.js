// Time series on a canvas, for pages that are live: `window.mwCharts`.
//
//   const chart = mwCharts.create(element, {
//     height, unit, log, sync,
//     series: [{ label, tone, kind: "line" | "area" | "bars", dash }],
//     data: [seconds[], values[], …],
//   })
//   mwCharts.setData(chart, data)
//   mwCharts.retheme(chart)      after the page's theme changed
//   mwCharts.destroy(chart)
//
// `tone` is the name of a custom property of the page, such as `--area-failed`.
import uPlot from "uplot";

// Typed arrays from WebAssembly are views into its memory, which moves when it grows.
const copy = (column) => (ArrayBuffer.isView(column) ? column.slice() : column);

// Resolves a custom property to a colour that a canvas understands (`light-dark()` included).
function colour(element, name) {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  element.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

function series(element, one) {
  const tone = colour(element, one.tone);
  const filled = one.kind === "bars" || one.kind === "area";
  return {
    label: one.label,
    stroke: tone,
    width: one.kind === "bars" ? 0 : 1.5,
    dash: one.dash,
    fill: filled ? tone.replace("rgb(", "rgba(").replace(")", one.kind === "bars" ? ", 1)" : ", 0.18)") : undefined,
    paths: one.kind === "bars" ? uPlot.paths.bars({ size: [0.85, 24] }) : uPlot.paths.linear(),
    points: { show: false },
  };
}

function axis(element, extra) {
  return {
    stroke: colour(element, "--text-3"),
    grid: { stroke: colour(element, "--border"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui, sans-serif",
    ...extra,
  };
}

function draw(element, options, data) {
  const plot = new uPlot(
    {
      width: Math.max(120, element.clientWidth),
      height: options.height ?? 160,
      legend: { show: false },
      cursor: { sync: options.sync ? { key: options.sync } : undefined, y: false, points: { size: 6 } },
      scales: { y: options.log ? { distr: 3 } : { range: (_, low, high) => [Math.min(0, low), high || 1] } },
      series: [{}, ...options.series.map((one) => series(element, one))],
      axes: [axis(element, {}), axis(element, { size: 56, values: (_, ticks) => ticks.map((tick) => (tick == null ? "" : `${tick.toLocaleString()}${options.unit ?? ""}`)) })],
    },
    data.map(copy),
    element,
  );
  return plot;
}

function create(element, options) {
  const chart = { element, options, data: options.data, plot: null };
  chart.plot = draw(element, options, chart.data);
  chart.observer = new ResizeObserver(() => {
    const width = Math.max(120, element.clientWidth);
    if (width !== chart.plot.width) chart.plot.setSize({ width, height: options.height ?? 160 });
  });
  chart.observer.observe(element);
  return chart;
}

window.mwCharts = {
  create,
  setData(chart, data) {
    chart.data = data;
    chart.plot.setData(data.map(copy));
  },
  retheme(chart) {
    chart.plot.destroy();
    chart.plot = draw(chart.element, chart.options, chart.data);
  },
  destroy(chart) {
    chart.observer.disconnect();
    chart.plot.destroy();
  },
};
