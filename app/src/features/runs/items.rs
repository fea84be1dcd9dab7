//! The tab of items: one filter, a page of what it finds, and what can be done with all of it.

use super::api;
use super::live::Live;
use super::redrive::RedriveButton;
use crate::load::load;
use crate::routes::At;
use crate::shell::Place;
use crate::transfer::percent_encode;
use crate::ui::{EmptyState, LinkButton, Status, StatusText, TableFrame, format};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{ItemFilter, ItemQuery, ItemRow, ItemsPage, RedriveSelection};

const STATUSES: [(&str, &str); 6] = [
    ("failed", "Failed"),
    ("succeeded", "Succeeded"),
    ("running", "Running"),
    ("pending", "Pending"),
    ("timed_out", "Timed out"),
    ("aborted", "Aborted"),
];

const EXAMPLE: &str = "error:AccessDenied key:photos/ duration:>2s range:0-4095";

/// The table of items. Its filter is in the address, in the grammar of REST, redrives and exports.
#[component]
pub fn ItemsTab(
    /// The run.
    id: String,
    /// Its live state.
    live: Live,
    /// A newer version of the job.
    newer: Option<u32>,
    /// Called when a redrive has begun.
    refresh: Callback<()>,
) -> AnyView {
    let action = Place::here().at().run(&id);
    let address = use_query_map();
    let asked = move |name: &str| address.read().get(name).filter(|text| !text.trim().is_empty());
    let filter = Memo::new(move |_| {
        let named = ["status", "group"].into_iter().filter_map(move |name| Some(format!("{name}:{}", asked(name)?)));
        named.chain(asked("filter")).collect::<Vec<_>>().join(" ")
    });
    let after = Memo::new(move |_| asked("after").and_then(|text| text.parse().ok()));
    let wrong = move || filter.with(|text| text.parse::<ItemFilter>().err());
    let status = move |value: &'static str| move || asked("status").is_some_and(|now| now.eq_ignore_ascii_case(value));
    let options = STATUSES.map(|(value, label)| view! { <option value=value selected=status(value)>{label}</option> });
    let body = move || match wrong() {
        Some(error) => view! {
            <div class="mw-notice mw-tone--danger" role="alert">
                <span class="mw-status__glyph" aria-hidden="true">"✕"</span>
                <p>{format!("The filter cannot be read {error}")}</p>
            </div>
        }
        .into_any(),
        None => {
            let query = ItemQuery { filter: Some(filter.get()), after: after.get(), ..ItemQuery::default() };
            view! {
                <Deeds id=id.clone() live newer refresh filter=filter.get()/>
                <ItemPage id=id.clone() live query/>
            }
            .into_any()
        }
    };
    view! {
        <div class="mw-stack">
            <form class="mw-toolbar" method="get" action=action>
                <input type="hidden" name="tab" value="items"/>
                <label class="mw-visually-hidden" for="status">"Status"</label>
                <select class="mw-input mw-input--dense" id="status" name="status">
                    <option value="">"Any status"</option>
                    {options.into_iter().collect_view()}
                </select>
                <label class="mw-visually-hidden" for="filter">"Filter"</label>
                <input class="mw-input mw-input--dense mw-input--mono mw-toolbar__search" id="filter" name="filter" type="search"
                    placeholder=EXAMPLE title="Words of the key, or status: error: cause: state: group: key: duration: attempts: range:"
                    value=move || asked("filter")/>
                {move || asked("group").map(|group| view! {
                    <label class="mw-check"><input type="checkbox" name="group" value=group.clone() checked=true/><span>{format!("only failure group {group}")}</span></label>
                })}
                <button class="mw-button mw-button--dense">"Filter"</button>
            </form>
            {body}
        </div>
    }
    .into_any()
}

/// What can be done with all items that the filter finds.
#[component]
fn Deeds(id: String, live: Live, newer: Option<u32>, refresh: Callback<()>, filter: String) -> AnyView {
    let w = percent_encode(&Place::here().w.get_untracked());
    let export = |format: &str| {
        let filter = percent_encode(&filter);
        format!("/api/v1/runs/{id}/export?workspace={w}&filter={filter}&format={format}&payloads=true")
    };
    let (lines, csv) = (export("jsonl"), export("csv"));
    let unsuccessful = live.map_run.with_untracked(|m| m.as_ref().map_or(0, |m| m.item_counts.unsuccessful()));
    let redrive = (!filter.is_empty() && unsuccessful > 0).then(|| {
        let selection = RedriveSelection::Filter { filter: filter.clone() };
        view! { <RedriveButton id=id.clone() live newer refresh selection/> }
    });
    view! {
        <div class="mw-row">
            <a href=lines rel="external" download="items.jsonl">"Export as JSON Lines"</a>
            <a href=csv rel="external" download="items.csv">"Export as CSV"</a>
            {redrive}
        </div>
    }
    .into_any()
}

/// A page of items.
#[component]
pub fn ItemPage(
    /// The run.
    id: String,
    /// Its live state.
    live: Live,
    /// Which items.
    query: ItemQuery,
) -> AnyView {
    let place = Place::here();
    let run = id.clone();
    let asked = query.clone();
    let list = Resource::new(
        move || (place.w.get(), live.run.with(|run| run.status), live.beat.get() / 4),
        move |(w, ..)| api::item_list(w, run.clone(), asked.clone()),
    );
    load(list, move |page| table(&place.at(), &id, &query, page)).into_any()
}
fn table(at: &At, id: &str, query: &ItemQuery, page: ItemsPage) -> AnyView {
    if page.total == 0 {
        return view! { <EmptyState title="No items match." text="Change the filter, or wait until the reader has found items."/> }.into_any();
    }
    let shown = page.items.len();
    let next = page.next.map(|after| {
        let filter = percent_encode(query.filter.as_deref().unwrap_or_default());
        let href = format!("{}?tab=items&after={after}&filter={filter}", at.run(id));
        view! { <LinkButton href>"Next page"</LinkButton> }
    });
    let rows = page.items.into_iter().map(|row| line(at, id, row)).collect_view();
    view! {
        <p class="mw-meta">{format!("{} · {} shown", format::counted(page.total, "item matches", "items match"), format::count(shown as u64))}</p>
        <TableFrame label="Items" dense=true>
            <thead>
                <tr><th class="mw-num">"#"</th><th>"Key"</th><th>"Status"</th><th>"Error"</th><th class="mw-num">"Attempts"</th><th class="mw-num">"Took"</th></tr>
            </thead>
            <tbody>{rows}</tbody>
        </TableFrame>
        {next}
    }
    .into_any()
}

fn line(at: &At, id: &str, row: ItemRow) -> impl IntoView + use<> {
    let href = at.item(id, row.index);
    let key = if row.key.is_empty() { format!("item {}", row.index) } else { row.key };
    view! {
        <tr>
            <td class="mw-num">{format::count(row.index)}</td>
            <td class="mw-mono mw-truncate"><a href=href>{key}</a></td>
            <td><StatusText status=Status::from(row.status)/></td>
            <td>{row.error}</td>
            <td class="mw-num">{row.attempts}</td>
            <td class="mw-num">{row.duration_ms.map(format::duration_ms)}</td>
        </tr>
    }
}
