//! Who did what.

use super::api::{AuditLine, audit_lines};
use super::tabs::SettingsFrame;
use crate::loaded::loaded;
use crate::shell::Place;
use crate::ui::{EmptyState, TableFrame, TimeText};
use leptos::prelude::*;

/// `settings/audit`
#[component]
pub fn AuditPage() -> impl IntoView {
    let place = Place::here();
    let data = Resource::new(move || place.w.get(), audit_lines);
    view! {
        <SettingsFrame current="audit" lead="The newest 200 changes in this workspace. Times are UTC.">
            {loaded(data, |lines, _| table(lines))}
        </SettingsFrame>
    }
}

fn table(lines: Vec<AuditLine>) -> AnyView {
    if lines.is_empty() {
        return view! { <EmptyState title="Nothing yet" text="Changes of members, tokens, jobs and functions appear here."/> }.into_any();
    }
    let rows = lines.into_iter().map(|line| {
        view! {
            <tr>
                <td><TimeText at=line.at/></td>
                <td>{line.actor}</td>
                <td><code>{line.action}</code></td>
                <td class="mw-table__wide">{line.subject}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <TableFrame label="Audit" dense=true>
            <thead><tr><th scope="col">"When"</th><th scope="col">"Who"</th><th scope="col">"What"</th><th scope="col">"To what"</th></tr></thead>
            <tbody>{rows}</tbody>
        </TableFrame>
    }
    .into_any()
}
