//! The live state of a run's page: what the first answer said, kept up by the stream.

use super::api::RunView;
use super::item_map::Bins;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use leptos::prelude::*;
use model::{FailureGroup, MapRun, ProgressPoint, Run};
use serde::Deserialize;
use std::sync::Arc;

/// Whether the page follows its run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Nothing to follow: the run has ended.
    #[default]
    Still,
    /// Frames come in.
    Live,
    /// The stream broke; the browser tries again.
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser follows a stream"))]
    Waiting,
}

/// The page's state. Copies share it.
#[derive(Clone, Copy)]
pub struct Live {
    /// The run.
    pub run: RwSignal<Run>,
    /// Its last Map Run.
    pub map_run: RwSignal<Option<MapRun>>,
    /// The counts of the map's bins.
    pub bins: RwSignal<Arc<Bins>>,
    /// Why items fail.
    pub groups: RwSignal<Vec<FailureGroup>>,
    /// The points of the graphs.
    pub progress: RwSignal<Vec<ProgressPoint>>,
    /// Whether the page follows.
    pub link: RwSignal<Link>,
    /// One more with every frame: what reads the items again listens to it.
    pub beat: RwSignal<u64>,
    raw: StoredValue<Option<ledger::Bins>>,
}

/// A `snapshot` or `frame` of the stream.
#[derive(Deserialize)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code))]
struct Frame {
    map_run: MapRun,
    bins: String,
    groups: Vec<FailureGroup>,
    progress: Vec<ProgressPoint>,
}

impl Live {
    /// From the first answer.
    pub fn new(view: &RunView) -> Self {
        let raw = ledger::Bins::decode(&view.bins).ok();
        let bins = raw.as_ref().map(shown).unwrap_or_default();
        Self {
            run: RwSignal::new(view.detail.run.clone()),
            map_run: RwSignal::new(view.detail.map_runs.last().cloned()),
            bins: RwSignal::new(Arc::new(bins)),
            groups: RwSignal::new(view.groups.clone()),
            progress: RwSignal::new(view.progress.clone()),
            link: RwSignal::new(Link::Still),
            beat: RwSignal::new(0),
            raw: StoredValue::new(raw),
        }
    }

    /// A newer answer of the server takes the place of everything.
    pub fn replace(self, view: &RunView) {
        let fresh = Self::new(view);
        self.run.set(view.detail.run.clone());
        self.map_run.set(view.detail.map_runs.last().cloned());
        self.groups.set(view.groups.clone());
        self.progress.set(view.progress.clone());
        self.bins.set(fresh.bins.get_untracked());
        self.raw.set_value(ledger::Bins::decode(&view.bins).ok());
        self.beat.update(|beat| *beat += 1);
    }

    /// Takes one event of the stream.
    #[cfg_attr(not(feature = "hydrate"), allow(dead_code))]
    fn take(self, text: &str, whole: bool) {
        let Ok(frame) = serde_json::from_str::<Frame>(text) else { return };
        let bytes = STANDARD.decode(&frame.bins).unwrap_or_default();
        self.raw.update_value(|raw| match (whole, raw.as_mut()) {
            (false, Some(bins)) => drop(bins.apply(&bytes)),
            _ => *raw = ledger::Bins::decode(&bytes).ok(),
        });
        if let Some(bins) = self.raw.with_value(|raw| raw.as_ref().map(shown)) {
            self.bins.set(Arc::new(bins));
        }
        self.map_run.set(Some(frame.map_run));
        self.groups.set(frame.groups);
        match whole {
            true => self.progress.set(frame.progress),
            false => self.progress.update(|points| merge(points, frame.progress)),
        }
        self.link.set(Link::Live);
        self.beat.update(|beat| *beat += 1);
    }

    /// Opens the stream; `ended` runs when the run has ended. Closed with the page.
    #[cfg(feature = "hydrate")]
    pub fn follow(self, w: &str, id: &str, ended: impl Fn() + 'static) {
        use wasm_bindgen::JsCast;
        use wasm_bindgen::closure::Closure;
        use web_sys::{EventSource, MessageEvent};
        let url = format!("/api/v1/runs/{id}/stream?workspace={}", crate::transfer::percent_encode(w));
        let Ok(source) = EventSource::new(&url) else { return };
        for (name, whole) in [("snapshot", true), ("frame", false)] {
            let taken = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                if let Some(text) = event.data().as_string() {
                    self.take(&text, whole);
                }
            });
            let _ = source.add_event_listener_with_callback(name, taken.into_js_value().unchecked_ref());
        }
        let closing = source.clone();
        let over = Closure::<dyn FnMut(MessageEvent)>::new(move |_| {
            closing.close();
            self.link.set(Link::Still);
            ended();
        });
        let _ = source.add_event_listener_with_callback("end", over.into_js_value().unchecked_ref());
        let broken = Closure::<dyn FnMut(web_sys::Event)>::new(move |_| self.link.set(Link::Waiting));
        source.set_onerror(Some(broken.into_js_value().unchecked_ref()));
        let held = send_wrapper::SendWrapper::new(source);
        on_cleanup(move || held.close());
    }

    /// The server has no stream to open.
    #[cfg(not(feature = "hydrate"))]
    pub fn follow(self, _w: &str, _id: &str, _ended: impl Fn() + 'static) {}
}

/// The recent points take the place of those from their time on.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code))]
fn merge(points: &mut Vec<ProgressPoint>, recent: Vec<ProgressPoint>) {
    if let Some(first) = recent.first() {
        points.retain(|point| point.at < first.at);
    }
    points.extend(recent);
}

/// The ledger's bins as the map draws them.
fn shown(bins: &ledger::Bins) -> Bins {
    let column = |of: fn(&ledger::Bin) -> u32| bins.bins().iter().map(of).collect::<Vec<_>>();
    let pending = (0..bins.bins().len()).map(|bin| bins.pending(bin).min(u64::from(u32::MAX)) as u32).collect();
    Bins {
        total_items: bins.total(),
        items_per_bin: 1 << bins.shift(),
        pending,
        running: column(|bin| bin.running),
        succeeded: column(|bin| bin.succeeded),
        failed: column(|bin| bin.failed),
        timed_out: column(|bin| bin.timed_out),
        aborted: column(|bin| bin.aborted),
        retrying: column(|bin| bin.retrying),
    }
}

