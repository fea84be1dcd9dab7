//! Built-in functions and the workspace's own endpoints.

use super::api::{
    BuiltinLine, DeleteFunction, FunctionLine, FunctionsView, PutFunction, PutProcess, function_list,
};
use super::headers;
use super::process;
use super::process_form::process_form;
use crate::loaded::{failure, field_error, general_error, loaded};
use crate::routes::At;
use crate::session::Viewer;
use crate::shell::Place;
use crate::ui::{
    Button, ButtonKind, Card, Confirm, CopyButton, Copyable, EmptyState, LinkButton, Notice, NumberInput, Page,
    TableFrame, TextArea, TextInput, TimeText, Tone,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{FunctionKind, Permission, Timestamp};

/// `functions?edit=NAME`
#[component]
pub fn FunctionsPage() -> impl IntoView {
    let place = Place::here();
    let put = ServerAction::<PutFunction>::new();
    let put_process = ServerAction::<PutProcess>::new();
    let delete = ServerAction::<DeleteFunction>::new();
    let source =
        move || (place.w.get(), put.version().get(), put_process.version().get(), delete.version().get());
    let data = Resource::new(source, |(w, ..)| function_list(w));
    let query = use_query_map();
    let edited = Memo::new(move |_| query.read().get("edit"));
    view! {
        <Page title="Functions".to_owned() lead="What a Task state calls. Every function answers to an ARN like a Lambda function's.".to_owned()>
            <div class="mw-stack">
                {general_error(failure(delete.value()))}
                {loaded(data, move |view, viewer| {
                    let line = edited.get().and_then(|name| view.registered.iter().find(|f| f.name == name).cloned());
                    page(view, &viewer, (put, put_process, delete), line)
                })}
            </div>
        </Page>
    }
}

type Actions = (ServerAction<PutFunction>, ServerAction<PutProcess>, ServerAction<DeleteFunction>);

fn page(
    view: FunctionsView,
    viewer: &Viewer,
    (put, put_process, delete): Actions,
    edited: Option<FunctionLine>,
) -> impl IntoView + use<> {
    let at = At(viewer.workspace.slug.clone());
    let now = view.now;
    let own = match view.registered.is_empty() {
        true => view! { <EmptyState title="No functions yet" text="Register an HTTP endpoint below: Mapwright posts the payload to it, and its answer is the result of the Task. Or let your code run here, in processes."/> }.into_any(),
        false => {
            let rows = view.registered.into_iter().map(|line| row(line, &at, now, (viewer, delete)));
            let rows = rows.collect_view();
            view! {
                <TableFrame label="Functions of this workspace">
                    <thead><tr>
                        <th scope="col">"Function"</th><th scope="col">"ARN"</th><th scope="col">"Reached at"</th><th scope="col">"Calls now"</th>
                        <th scope="col">"Changed"</th><th scope="col"><span class="mw-visually-hidden">"Actions"</span></th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </TableFrame>
            }
            .into_any()
        }
    };
    let (process, endpoint) = match edited {
        Some(line) if is_process(&line.kind) => (Some(line), None),
        edited => (None, edited),
    };
    let title = |edited: &Option<FunctionLine>, new: &str| {
        edited.as_ref().map_or(new.to_owned(), |f| format!("Change {}", f.name))
    };
    let endpoint_title = title(&endpoint, "Register an endpoint");
    let process_title = title(&process, "Run code here");
    let form = form(viewer, put, endpoint, at);
    let process_form = process_form(viewer, put_process, process, view.processes_allowed);
    let builtins = builtins(view.builtins);
    view! {
        <Card title="Functions of this workspace">{own}</Card>
        {builtins}
        <Card title=endpoint_title>{form}</Card>
        <Card title=process_title>{process_form}</Card>
    }
}

fn is_process(kind: &FunctionKind) -> bool {
    matches!(kind, FunctionKind::Runtime(_) | FunctionKind::Pipe(_))
}

fn row(
    line: FunctionLine,
    at: &At,
    now: Timestamp,
    (viewer, delete): (&Viewer, ServerAction<DeleteFunction>),
) -> impl IntoView + use<> {
    let w = at.0.clone();
    let form = if is_process(&line.kind) { "process" } else { "endpoint" };
    let reached = match &line.kind {
        FunctionKind::Http { url, .. } => url.clone(),
        FunctionKind::Lambda(spec) => format!("Lambda {} in {}", spec.function, spec.region),
        FunctionKind::Builtin { function } => format!("built-in {function}"),
        FunctionKind::Runtime(spec) => format!("{}, {} processes", process::reached(spec), spec.processes),
        FunctionKind::Pipe(spec) => format!("{}, {} pipe workers", process::reached(spec), spec.processes),
    };
    let blocked = viewer.blocked(Permission::Administer);
    let question =
        format!("Delete {}? Tasks that call it fail with Lambda.ResourceNotFoundException.", line.name);
    // A Lambda function's keys come through the REST API.
    let change = (!matches!(line.kind, FunctionKind::Lambda(_))).then(|| {
        let edit = at.page(&format!("functions?edit={}#{form}", line.name));
        view! { <LinkButton dense=true href=edit>"Change"</LinkButton> }
    });
    let shown = line.name.clone();
    view! {
        <tr>
            <td><b>{shown}</b></td>
            <td><CopyButton text=line.arn what="ARN"/></td>
            <td class="mw-table__wide"><code>{reached}</code></td>
            <td>{line.calls}</td>
            <td><TimeText at=line.updated_at now=now/></td>
            <td class="mw-table__actions">
                <div class="mw-actions">
                    {change}
                    <Confirm label="Delete" question blocked=blocked>
                        <ActionForm action=delete>
                            <input type="hidden" name="w" value=w/>
                            <input type="hidden" name="name" value=line.name/>
                            <Button submit=true dense=true kind=ButtonKind::Danger>"Delete function"</Button>
                        </ActionForm>
                    </Confirm>
                </div>
            </td>
        </tr>
    }
}

fn form(
    viewer: &Viewer,
    put: ServerAction<PutFunction>,
    edited: Option<FunctionLine>,
    at: At,
) -> impl IntoView + use<> {
    let blocked = viewer.blocked(Permission::Administer);
    let page = at.page("functions");
    let error = failure(put.value());
    let limits = edited.as_ref().and_then(|line| line.kind.limits()).unwrap_or_default();
    let number = |limit: Option<u32>| limit.map(|limit| limit.to_string()).unwrap_or_default();
    let (name, url, lines, seconds) = match edited {
        Some(FunctionLine { name, kind: FunctionKind::Http { url, headers, timeout_ms, .. }, .. }) => {
            (name, url, headers::print(&headers), timeout_ms as f64 / 1000.0)
        }
        Some(line) => (line.name, String::new(), String::new(), 60.0),
        None => (String::new(), String::new(), String::new(), 60.0),
    };
    let cancel = (!name.is_empty())
        .then(|| view! { <LinkButton kind=ButtonKind::Quiet href=page>"Cancel"</LinkButton> });
    let saved = move || {
        let done = matches!(put.value().get(), Some(Ok(())));
        done.then(|| view! { <Notice tone=Tone::Ok>"The endpoint is registered. New calls use it within 5 seconds."</Notice> })
    };
    view! {
        <ActionForm action=put attr:class="mw-form" attr:id="endpoint">
            <input type="hidden" name="w" value=at.0/>
            <div class="mw-form__row">
                <TextInput name="name" label="Name" value=name required=true mono=true placeholder="resize-image"
                    help="The last part of the ARN." error=field_error(error, "name")/>
                <NumberInput name="timeout_seconds" label="Time-out" value=seconds.to_string() unit="seconds" min="0.001" max="900" step="any" required=true
                    error=field_error(error, "timeout_ms")/>
            </div>
            <TextInput name="url" label="URL" kind="url" value=url required=true mono=true placeholder="https://example.com/resize"
                help="Gets a POST with the payload as JSON." error=field_error(error, "url")/>
            <TextArea name="headers" label="Headers" value=lines rows=3 mono=true optional=true
                help="One \"Name: value\" a line. Values are sealed at rest and shown as •••; a line left at ••• keeps its value."
                error=field_error(error, "headers")/>
            <div class="mw-form__row">
                <NumberInput name="max_concurrency" label="Calls at once" value=number(limits.max_concurrency) min="1" step="1" optional=true
                    help="Further calls wait. Falls by itself when the service is overloaded." error=field_error(error, "max_concurrency")/>
                <NumberInput name="max_per_second" label="Calls a second" value=number(limits.max_per_second) min="1" step="1" optional=true
                    help="Spread evenly." error=field_error(error, "max_per_second")/>
            </div>
            {general_error(error)}
            {saved}
            <div class="mw-form__foot">
                <Button submit=true kind=ButtonKind::Primary blocked=blocked>"Save endpoint"</Button>
                {cancel}
            </div>
        </ActionForm>
    }
}

fn builtins(all: Vec<BuiltinLine>) -> impl IntoView {
    let rows = all.into_iter().map(|one| {
        view! {
            <tr>
                <td class="mw-nowrap"><b>{one.name}</b></td>
                <td class="mw-table__wide">{prose(&one.about)}</td>
                <td><Copyable text=one.example what="example event"/></td>
                <td><CopyButton text=one.arn what="ARN"/></td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Card title="Built-in functions" note="In every workspace, for samples and trials".to_owned()>
            <TableFrame label="Built-in functions">
                <thead><tr><th scope="col">"Function"</th><th scope="col">"What it does"</th><th scope="col">"Example event"</th><th scope="col">"ARN"</th></tr></thead>
                <tbody>{rows}</tbody>
            </TableFrame>
        </Card>
    }
}

/// Text with `code` in code letters.
fn prose(text: &str) -> Vec<AnyView> {
    let parts = text.split('`').map(str::to_owned).enumerate();
    parts
        .map(
            |(place, part)| {
                if place % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() }
            },
        )
        .collect()
}
