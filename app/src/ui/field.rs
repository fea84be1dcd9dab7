//! Inputs with label, help and error. Given attributes and events land on the frame, which hears
//! the `input` and `change` events of the control inside.

use leptos::prelude::*;

/// Label above, help and error below. The control must carry the id `id`, and
/// `aria-describedby="{id}-help {id}-error"`.
#[component]
pub fn Field(
    /// The control's id.
    #[prop(into)]
    id: String,
    /// What it asks for.
    #[prop(into)]
    label: String,
    /// The name of the field in the definition, shown in grey.
    #[prop(optional, into)]
    field: MaybeProp<String>,
    /// One line that helps.
    #[prop(optional, into)]
    help: MaybeProp<String>,
    /// What is wrong and how to mend it.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// May stay empty.
    #[prop(optional)]
    optional: bool,
    /// The control.
    children: Children,
) -> impl IntoView {
    let help_id = format!("{id}-help");
    let error_id = format!("{id}-error");
    view! {
        <div class="mw-field">
            <label class="mw-field__label" for=id>
                {label}
                {move || field.get().map(|field| view! { <code>{field}</code> })}
                {optional.then(|| view! { <span class="mw-field__optional">"optional"</span> })}
            </label>
            {children()}
            {move || error.get().map(|error| view! { <span class="mw-field__error" id=error_id.clone() role="alert">{error}</span> })}
            {move || help.get().map(|help| view! { <span class="mw-field__help" id=help_id.clone()>{help}</span> })}
        </div>
    }
}

fn described_by(
    id: &str,
    help: MaybeProp<String>,
    error: MaybeProp<String>,
) -> impl Fn() -> Option<String> + Clone + Send + Sync + use<> {
    let id = id.to_owned();
    move || match (help.with(|it| it.is_some()), error.with(|it| it.is_some())) {
        (true, true) => Some(format!("{id}-error {id}-help")),
        (true, false) => Some(format!("{id}-help")),
        (false, true) => Some(format!("{id}-error")),
        (false, false) => None,
    }
}

/// One line of text. Its id is its name.
#[component]
pub fn TextInput(
    /// The name in the form.
    #[prop(into)]
    name: String,
    /// What it asks for.
    #[prop(into)]
    label: String,
    /// What stands in it.
    #[prop(optional, into)]
    value: Signal<String>,
    /// The field in the definition.
    #[prop(optional, into)]
    field: Option<String>,
    /// One line that helps.
    #[prop(optional, into)]
    help: MaybeProp<String>,
    /// What is wrong.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// An example.
    #[prop(optional, into)]
    placeholder: String,
    /// The input's `type`: `text`, `password`, `email`, `url`, `search`, `datetime-local`.
    #[prop(default = "text")]
    kind: &'static str,
    /// The browser's hint: `username`, `current-password`, `off`.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// Must be filled.
    #[prop(optional)]
    required: bool,
    /// May stay empty, and says so.
    #[prop(optional)]
    optional: bool,
    /// Code letters.
    #[prop(optional)]
    mono: bool,
) -> impl IntoView {
    let described = described_by(&name, help, error);
    view! {
        <Field id=name.clone() label field=field help error optional>
            <input
                id=name.clone()
                name=name
                type=kind
                class="mw-input"
                class:mw-input--mono=mono
                value=move || value.get()
                prop:value=move || value.get()
                placeholder=placeholder
                autocomplete=autocomplete
                required=required
                aria-invalid=move || error.with(|it| it.is_some()).then_some("true")
                aria-describedby=described
            />
        </Field>
    }
}

/// A number with an optional unit.
#[component]
pub fn NumberInput(
    /// The name in the form.
    #[prop(into)]
    name: String,
    /// What it asks for.
    #[prop(into)]
    label: String,
    /// What stands in it.
    #[prop(optional, into)]
    value: Signal<String>,
    /// The unit after the number.
    #[prop(optional, into)]
    unit: Option<String>,
    /// The field in the definition.
    #[prop(optional, into)]
    field: Option<String>,
    /// One line that helps.
    #[prop(optional, into)]
    help: MaybeProp<String>,
    /// What is wrong.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// The least value.
    #[prop(optional, into)]
    min: Option<String>,
    /// The greatest value.
    #[prop(optional, into)]
    max: Option<String>,
    /// The step; `any` for fractions.
    #[prop(optional, into)]
    step: Option<String>,
    /// Must be filled.
    #[prop(optional)]
    required: bool,
    /// May stay empty, and says so.
    #[prop(optional)]
    optional: bool,
) -> impl IntoView {
    let described = described_by(&name, help, error);
    let input = view! {
        <input
            id=name.clone()
            name=name.clone()
            type="number"
            inputmode="decimal"
            class="mw-input"
            value=move || value.get()
            prop:value=move || value.get()
            min=min
            max=max
            step=step
            required=required
            aria-invalid=move || error.with(|it| it.is_some()).then_some("true")
            aria-describedby=described
        />
    };
    let control = match unit {
        Some(unit) => view! { <div class="mw-unit">{input}<span>{unit}</span></div> }.into_any(),
        None => input.into_any(),
    };
    view! { <Field id=name label field=field help error optional>{control}</Field> }
}

/// Several lines of text.
#[component]
pub fn TextArea(
    /// The name in the form.
    #[prop(into)]
    name: String,
    /// What it asks for.
    #[prop(into)]
    label: String,
    /// What stands in it.
    #[prop(optional, into)]
    value: Signal<String>,
    /// One line that helps.
    #[prop(optional, into)]
    help: MaybeProp<String>,
    /// What is wrong.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// Lines that are visible.
    #[prop(default = 4)]
    rows: u32,
    /// May stay empty, and says so.
    #[prop(optional)]
    optional: bool,
    /// Code letters.
    #[prop(optional)]
    mono: bool,
) -> impl IntoView {
    let described = described_by(&name, help, error);
    view! {
        <Field id=name.clone() label help error optional>
            <textarea
                id=name.clone()
                name=name
                class="mw-input"
                class:mw-input--mono=mono
                rows=rows.to_string()
                prop:value=move || value.get()
                aria-invalid=move || error.with(|it| it.is_some()).then_some("true")
                aria-describedby=described
            >
                {value.get_untracked()}
            </textarea>
        </Field>
    }
}

/// One choice of a [`Select`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectOption {
    /// What the form sends.
    pub value: String,
    /// What people read.
    pub label: String,
}

impl SelectOption {
    /// A choice.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// One of several choices, native.
#[component]
pub fn Select(
    /// The name in the form.
    #[prop(into)]
    name: String,
    /// What it asks for.
    #[prop(into)]
    label: String,
    /// The choices.
    #[prop(into)]
    options: Signal<Vec<SelectOption>>,
    /// The chosen value.
    #[prop(optional, into)]
    value: Signal<String>,
    /// The field in the definition.
    #[prop(optional, into)]
    field: Option<String>,
    /// One line that helps.
    #[prop(optional, into)]
    help: MaybeProp<String>,
    /// What is wrong.
    #[prop(optional, into)]
    error: MaybeProp<String>,
) -> impl IntoView {
    let described = described_by(&name, help, error);
    let choices = move || {
        let chosen = value.get();
        options
            .get()
            .into_iter()
            .map(|option| {
                let selected = option.value == chosen;
                view! { <option value=option.value selected=selected>{option.label}</option> }
            })
            .collect_view()
    };
    view! {
        <Field id=name.clone() label field=field help error>
            <select
                id=name.clone()
                name=name
                class="mw-input"
                aria-invalid=move || error.with(|it| it.is_some()).then_some("true")
                aria-describedby=described
            >
                {choices}
            </select>
        </Field>
    }
}
