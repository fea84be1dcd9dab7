//! Boxes to tick and circles to choose.

use leptos::prelude::*;

/// A box to tick. Its id is its name.
#[component]
pub fn Checkbox(
    /// The name in the form.
    #[prop(into)]
    name: String,
    /// What ticking it means.
    #[prop(into)]
    label: String,
    /// Ticked.
    #[prop(optional, into)]
    checked: Signal<bool>,
    /// What the form sends when ticked.
    #[prop(default = "true".to_owned(), into)]
    value: String,
    /// One line that helps.
    #[prop(optional, into)]
    help: MaybeProp<String>,
) -> impl IntoView {
    let id = format!("{name}-{value}");
    choice_view(Choice { id, kind: "checkbox", name, label, value, checked, help })
}

/// A circle to choose; belongs in [`Choices`].
#[component]
pub fn Radio(
    /// The name in the form, the same for all of a group.
    #[prop(into)]
    name: String,
    /// What choosing it means.
    #[prop(into)]
    label: String,
    /// What the form sends.
    #[prop(into)]
    value: String,
    /// Chosen.
    #[prop(optional, into)]
    checked: Signal<bool>,
    /// One line that helps.
    #[prop(optional, into)]
    help: MaybeProp<String>,
) -> impl IntoView {
    let id = format!("{name}-{value}");
    choice_view(Choice { id, kind: "radio", name, label, value, checked, help })
}

struct Choice {
    id: String,
    kind: &'static str,
    name: String,
    label: String,
    value: String,
    checked: Signal<bool>,
    help: MaybeProp<String>,
}

fn choice_view(choice: Choice) -> impl IntoView {
    let Choice { id, kind, name, label, value, checked, help } = choice;
    let help_id = format!("{id}-help");
    let described = help_id.clone();
    view! {
        <div class="mw-check">
            <input
                id=id.clone()
                name=name
                type=kind
                value=value
                checked=move || checked.get()
                prop:checked=move || checked.get()
                aria-describedby=move || help.with(|it| it.is_some()).then(|| described.clone())
            />
            <label for=id>{label}</label>
            {move || help.get().map(|help| view! { <span class="mw-field__help" id=help_id.clone()>{help}</span> })}
        </div>
    }
}

/// A group of choices with its question.
#[component]
pub fn Choices(
    /// The question.
    #[prop(into)]
    legend: String,
    /// Beside each other.
    #[prop(optional)]
    row: bool,
    /// The choices.
    children: Children,
) -> impl IntoView {
    view! {
        <fieldset class="mw-choices" class:mw-choices--row=row>
            <legend>{legend}</legend>
            {children()}
        </fieldset>
    }
}
