//! Two versions of a job, line by line.

use super::api::{Comparison, compare_versions};
use super::diff::{Change, DiffLine, diff, size};
use super::page_detail::{job_id, job_param};
use crate::loaded::loaded;
use crate::routes::At;
use crate::shell::Place;
use crate::ui::{Breadcrumbs, Crumb, Notice, Page};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Unchanged lines that are shown around a change.
const AROUND: usize = 4;

/// `jobs/:j/diff?from=&to=`; without `to` the draft.
#[component]
pub fn DiffPage() -> impl IntoView {
    let place = Place::here();
    let id = job_param();
    let query = use_query_map();
    let number = move |name: &'static str| query.read().get(name).and_then(|n| n.parse::<u32>().ok());
    let range = Memo::new(move |_| (number("from").unwrap_or(1), number("to")));
    let data = Resource::new(
        move || (place.w.get(), id.get(), range.get()),
        |(w, id, (from, to))| async move { compare_versions(w, job_id(&id)?, from, to).await },
    );
    loaded(data, move |comparison, _| page(comparison, range.get_untracked(), &place.at()))
}

fn page(comparison: Comparison, (from, to): (u32, Option<u32>), at: &At) -> impl IntoView + use<> {
    let job = comparison.job;
    let newer = to.map_or("draft".to_owned(), |to| format!("v{to}"));
    let lines = diff(&comparison.from, &comparison.to);
    let (added, removed) = size(&lines);
    let crumbs = vec![
        Crumb::link("Jobs", at.jobs()),
        Crumb::link(job.name.clone(), at.job(job.id.as_str())),
        Crumb::here(format!("v{from} → {newer}")),
    ];
    let body = match added + removed {
        0 => view! { <Notice>"The two definitions are the same."</Notice> }.into_any(),
        _ => table(&lines).into_any(),
    };
    view! {
        <Page title=format!("{}: v{from} → {newer}", job.name) lead=format!("{added} lines added, {removed} removed.")>
            <div class="mw-stack">
                <Breadcrumbs crumbs=crumbs/>
                {body}
            </div>
        </Page>
    }
}

fn table(lines: &[DiffLine]) -> impl IntoView + use<> {
    let near = |place: usize| {
        let from = place.saturating_sub(AROUND);
        lines[from..(place + AROUND + 1).min(lines.len())].iter().any(|line| line.change != Change::Kept)
    };
    let mut hidden = 0_usize;
    let mut rows = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        if near(place) {
            rows.extend(gap(&mut hidden));
            rows.push(row(line));
        } else {
            hidden += 1;
        }
    }
    rows.extend(gap(&mut hidden));
    view! {
        <div class="mw-diff" role="region" aria-label="Changed lines" tabindex="0">
            <table><tbody>{rows}</tbody></table>
        </div>
    }
}

fn gap(hidden: &mut usize) -> Option<AnyView> {
    let count = std::mem::take(hidden);
    (count > 0).then(|| {
        let words = crate::ui::format::counted(count as u64, "unchanged line", "unchanged lines");
        view! { <tr class="mw-diff__gap"><td colspan="4">{words}</td></tr> }.into_any()
    })
}

fn row(line: &DiffLine) -> AnyView {
    let (class, sign, word) = match line.change {
        Change::Kept => ("", " ", ""),
        Change::Removed => ("mw-diff__removed", "−", "removed"),
        Change::Added => ("mw-diff__added", "+", "added"),
    };
    let number = |n: Option<usize>| n.map(|n| n.to_string()).unwrap_or_default();
    view! {
        <tr class=class>
            <td class="mw-diff__number">{number(line.old)}</td>
            <td class="mw-diff__number">{number(line.new)}</td>
            <td class="mw-diff__sign" aria-label=word>{sign}</td>
            <td><code>{line.text.clone()}</code></td>
        </tr>
    }
    .into_any()
}
