//! Buttons and links that look like buttons.

use super::icon::{Icon, Sign};
use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// How loud a button is. One primary button a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// A frame.
    #[default]
    Plain,
    /// The page's main verb.
    Primary,
    /// Destroys something, and is the main verb of its dialog.
    Danger,
    /// Leads to a destruction that is confirmed later.
    DangerQuiet,
    /// No frame until hovered.
    Quiet,
    /// Text that acts.
    Link,
}

fn class(kind: ButtonKind, dense: bool, only_icon: bool) -> String {
    let mut class = String::from("mw-button");
    class.push_str(match kind {
        ButtonKind::Plain => "",
        ButtonKind::Primary => " mw-button--primary",
        ButtonKind::Danger => " mw-button--danger",
        ButtonKind::DangerQuiet => " mw-button--danger-quiet",
        ButtonKind::Quiet => " mw-button--quiet",
        ButtonKind::Link => " mw-button--link",
    });
    if dense {
        class.push_str(" mw-button--dense");
    }
    if only_icon {
        class.push_str(" mw-button--icon");
    }
    class
}

/// A button. Attributes and `on:click` given to it land on the `<button>` itself.
///
/// A button that cannot act stays focusable and says why, on hover and on focus (`blocked`).
#[component]
pub fn Button(
    /// How loud.
    #[prop(optional)]
    kind: ButtonKind,
    /// 28 px instead of 32.
    #[prop(optional)]
    dense: bool,
    /// An icon before the words.
    #[prop(optional)]
    icon: Option<Sign>,
    /// The name of a button that shows only its icon.
    #[prop(optional, into)]
    label: Option<String>,
    /// Sends the form around it.
    #[prop(optional)]
    submit: bool,
    /// Why it cannot act now; `None` when it can.
    #[prop(optional, into)]
    blocked: Signal<Option<String>>,
    /// The words: verb, object, number.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let base = class(kind, dense, children.is_none());
    let hold = move |event: MouseEvent| {
        if blocked.with_untracked(Option::is_some) {
            event.prevent_default();
            event.stop_immediate_propagation();
        }
    };
    view! {
        <button
            type=if submit { "submit" } else { "button" }
            class=move || if blocked.with(Option::is_some) { format!("{base} mw-tip mw-tip--below") } else { base.clone() }
            aria-label=label.clone()
            title=label
            aria-disabled=move || blocked.with(Option::is_some).then_some("true")
            aria-description=move || blocked.get()
            on:click=hold
        >
            {icon.map(|sign| view! { <Icon sign /> })}
            {children.map(|children| children())}
            {move || blocked.get().map(|why| view! { <span class="mw-tip__text" aria-hidden="true">{why}</span> })}
        </button>
    }
}

/// A link in a button's clothes.
#[component]
pub fn LinkButton(
    /// Where to.
    #[prop(into)]
    href: String,
    /// How loud.
    #[prop(optional)]
    kind: ButtonKind,
    /// 28 px instead of 32.
    #[prop(optional)]
    dense: bool,
    /// An icon before the words.
    #[prop(optional)]
    icon: Option<Sign>,
    /// The name of a link that shows only its icon.
    #[prop(optional, into)]
    label: Option<String>,
    /// The words.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let class = class(kind, dense, children.is_none());
    view! {
        <a href=href class=class aria-label=label.clone() title=label>
            {icon.map(|sign| view! { <Icon sign /> })}
            {children.map(|children| children())}
        </a>
    }
}
