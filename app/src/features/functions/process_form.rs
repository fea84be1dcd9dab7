//! The form of a function that runs as processes of the server's machine.

use super::api::{FunctionLine, PutProcess};
use super::process::{print_command, print_variables};
use crate::loaded::{failure, field_error, general_error};
use crate::routes::At;
use crate::session::Viewer;
use crate::ui::{
    Button, ButtonKind, LinkButton, Notice, NumberInput, Select, SelectOption, TextArea, TextInput, Tone,
};
use leptos::prelude::*;
use model::{FunctionKind, Permission, ProcessFunction};

/// The form, filled with what is changed; a sentence where processes are not allowed.
pub fn process_form(
    viewer: &Viewer,
    put: ServerAction<PutProcess>,
    edited: Option<FunctionLine>,
    allowed: bool,
) -> AnyView {
    if !allowed {
        return view! {
            <Notice tone=Tone::Quiet>
                "Lambda handlers and other programs can run as processes of the server's machine. The operator has to allow it: start the server with "
                <code>"--allow-processes"</code>" or "<code>"MAPWRIGHT_ALLOW_PROCESSES=true"</code>"."
            </Notice>
        }
        .into_any();
    }
    let (name, kind, spec) = match edited {
        Some(FunctionLine { name, kind: FunctionKind::Runtime(spec), .. }) => (name, "runtime", spec),
        Some(FunctionLine { name, kind: FunctionKind::Pipe(spec), .. }) => (name, "pipe", spec),
        _ => (String::new(), "runtime", ProcessFunction { runtime: "python3".into(), ..Default::default() }),
    };
    let at = At(viewer.workspace.slug.clone());
    let blocked = viewer.blocked(Permission::Administer);
    let page = at.page("functions");
    let error = failure(put.value());
    let kinds = [("runtime", "Lambda handler (Runtime API)"), ("pipe", "Pipe worker (lines of JSON)")];
    let kinds: Vec<SelectOption> = kinds.map(|(value, label)| SelectOption::new(value, label)).into();
    let cancel = (!name.is_empty())
        .then(|| view! { <LinkButton kind=ButtonKind::Quiet href=page>"Cancel"</LinkButton> });
    let uploaded = spec.package.is_some();
    let folder_help = match uploaded {
        true => "Its code was uploaded. Leave this empty to keep it.",
        false => "An absolute path on the server: the working folder and LAMBDA_TASK_ROOT.",
    };
    let saved = move || {
        let done = matches!(put.value().get(), Some(Ok(())));
        done.then(|| view! { <Notice tone=Tone::Ok>"The function is registered. New calls start its processes."</Notice> })
    };
    view! {
        <ActionForm action=put attr:class="mw-form" attr:id="process">
            <input type="hidden" name="w" value=at.0/>
            <div class="mw-form__row">
                <TextInput name="form[name]" label="Name" value=name required=true mono=true placeholder="resize-image"
                    help="The last part of the ARN." error=field_error(error, "name")/>
                <Select name="form[kind]" label="Spoken to by" options=kinds value=kind.to_owned() error=field_error(error, "kind")/>
            </div>
            <div class="mw-form__row">
                <TextInput name="form[runtime]" label="Runtime" value=spec.runtime.clone() mono=true optional=true placeholder="python3.12"
                    help="python3.x, nodejsN.x or provided; without a command." error=field_error(error, "runtime")/>
                <TextInput name="form[handler]" label="Handler" value=spec.handler.clone() mono=true optional=true placeholder="app.handler"
                    help="File and function, as on Lambda." error=field_error(error, "handler")/>
            </div>
            <TextInput name="form[command]" label="Command" value=print_command(&spec.command) mono=true optional=true placeholder="python3 worker.py"
                help="A program that speaks the Runtime API, or answers lines. No shell: words between spaces." error=field_error(error, "command")/>
            <TextInput name="form[directory]" label="Folder" value=spec.directory.clone() mono=true optional=uploaded placeholder="/srv/resize"
                help=folder_help error=field_error(error, "directory")/>
            <div class="mw-form__row">
                <NumberInput name="form[timeout_seconds]" label="Time-out" value=(spec.timeout_ms as f64 / 1000.0).to_string() unit="seconds" min="0.001" max="900" step="any"
                    required=true error=field_error(error, "timeout_ms")/>
                <NumberInput name="form[memory_mb]" label="Memory" value=spec.memory_mb.to_string() unit="MB" min="16" required=true error=field_error(error, "memory_mb")/>
                <NumberInput name="form[processes]" label="Processes" value=spec.processes.to_string() min="1" max="64" required=true
                    help="At most so many at once." error=field_error(error, "processes")/>
            </div>
            <TextArea name="form[environment]" label="Variables" value=print_variables(&spec.environment) rows=3 mono=true optional=true
                help="One NAME=value a line. Values are sealed at rest and shown as •••; a line left at ••• keeps its value."
                error=field_error(error, "environment")/>
            {general_error(error)}
            {saved}
            <div class="mw-form__foot">
                <Button submit=true kind=ButtonKind::Primary blocked=blocked>"Save function"</Button>
                {cancel}
            </div>
        </ActionForm>
    }
    .into_any()
}
