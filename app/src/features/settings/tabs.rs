//! The frame of all settings pages.

use crate::shell::Place;
use crate::ui::{Page, TabItem, Tabs};
use leptos::prelude::*;

/// Heading and tabs around one settings page.
#[component]
pub fn SettingsFrame(
    /// The key of the open tab.
    current: &'static str,
    /// What the page is for.
    lead: &'static str,
    children: Children,
) -> impl IntoView {
    let place = Place::here();
    let items = Signal::derive(move || {
        let tab =
            |key: &str, label: &str| TabItem::new(key, label, place.at().page(&format!("settings/{key}")));
        vec![
            tab("general", "General"),
            tab("members", "Members"),
            tab("tokens", "API tokens"),
            tab("access-keys", "Access keys"),
            tab("connections", "Connections"),
            tab("retention", "Retention"),
            tab("audit", "Audit"),
        ]
    });
    view! {
        <Page title="Settings".to_owned() lead=lead.to_owned() narrow=true>
            <Tabs items current=current.to_owned() label="Settings"/>
            <div class="mw-stack">{children()}</div>
        </Page>
    }
}
