//! Instants as text.

use super::format;
use leptos::prelude::*;
use model::Timestamp;

/// The zone that times are shown in: a fixed distance from UTC and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Minutes east of UTC.
    pub offset_min: i32,
    /// `UTC`, `CET` …
    pub name: String,
}

impl Default for Zone {
    fn default() -> Self {
        Self { offset_min: 0, name: "UTC".into() }
    }
}

impl Zone {
    fn local(&self, at: Timestamp) -> String {
        at.plus_ms(i64::from(self.offset_min) * 60_000).to_rfc3339()
    }

    /// `2026-11-23 14:02:11 UTC`.
    pub fn full(&self, at: Timestamp) -> String {
        let text = self.local(at);
        match (text.get(..10), text.get(11..19)) {
            (Some(day), Some(time)) => format!("{day} {time} {}", self.name),
            _ => text,
        }
    }

    /// `14:02:11`, for what happened on a day that is known.
    pub fn clock(&self, at: Timestamp) -> String {
        self.local(at).get(11..19).unwrap_or_default().to_owned()
    }

    /// `2026-11-23 14:02`.
    pub fn minute(&self, at: Timestamp) -> String {
        let text = self.local(at);
        match (text.get(..10), text.get(11..16)) {
            (Some(day), Some(time)) => format!("{day} {time}"),
            _ => text,
        }
    }
}

/// An instant: relative when the page knows what time it is, absolute on hover and otherwise.
#[component]
pub fn TimeText(
    /// The instant.
    at: Timestamp,
    /// The time that the data was read; a view has no clock of its own.
    #[prop(optional, into)]
    now: MaybeProp<Timestamp>,
    /// The reader's zone.
    #[prop(optional)]
    zone: Zone,
) -> impl IntoView {
    let full = zone.full(at);
    let absolute = zone.minute(at);
    let text = move || match now.get() {
        Some(now) => format::relative(now.0, at.0),
        None => absolute.clone(),
    };
    view! { <time class="mw-nowrap" datetime=at.to_rfc3339() title=full>{text}</time> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_shift_the_text() {
        let at = Timestamp(1_700_000_000_123);
        let zone = Zone { offset_min: 120, name: "CEST".into() };
        assert_eq!(Zone::default().full(at), "2023-11-14 22:13:20 UTC");
        assert_eq!(zone.full(at), "2023-11-15 00:13:20 CEST");
        assert_eq!(zone.clock(at), "00:13:20");
        assert_eq!(zone.minute(at), "2023-11-15 00:13");
    }
}
