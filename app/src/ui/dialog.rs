//! What lies over the page: dialogs and the drawer.

use super::browser;
use super::button::{Button, ButtonKind};
use super::icon::Sign;
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// A native modal dialog: the browser keeps the focus inside and Escape closes it.
#[component]
pub fn Dialog(
    /// Whether it is open. Closing by Escape sets it back.
    open: RwSignal<bool>,
    /// The question.
    #[prop(into)]
    title: Signal<String>,
    /// 960 px instead of 560.
    #[prop(optional)]
    wide: bool,
    /// The buttons, the verb last.
    #[prop(optional, into)]
    actions: Option<ViewFn>,
    /// The consequences.
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| browser::show_dialog(dialog, open.get()));
    view! {
        <dialog node_ref=dialog class="mw-dialog" class:mw-dialog--wide=wide aria-label=move || title.get() on:close=move |_| open.set(false)>
            <div class="mw-dialog__head">
                <h2>{move || title.get()}</h2>
                <Button kind=ButtonKind::Quiet icon=Sign::Close label="Close" on:click=move |_| open.set(false) />
            </div>
            <div class="mw-dialog__body">{children()}</div>
            {actions.map(|actions| view! { <div class="mw-dialog__foot">{actions.run()}</div> })}
        </dialog>
    }
}

/// The panel at the right of the page. It is part of the page's address, so closing is a link; Escape
/// follows it.
#[component]
pub fn Drawer(
    /// What it shows.
    #[prop(into)]
    title: Signal<String>,
    /// The page without the drawer.
    #[prop(into)]
    close_href: Signal<String>,
    /// In the flow of the page instead of over it.
    #[prop(optional)]
    inline: bool,
    /// What stands between the title and the cross.
    #[prop(optional, into)]
    actions: Option<ViewFn>,
    /// The content.
    children: Children,
) -> impl IntoView {
    let navigate = use_navigate();
    browser::on_escape(move || navigate(&close_href.get_untracked(), Default::default()));
    view! {
        <aside class="mw-drawer" class:mw-drawer--inline=inline aria-label=move || title.get()>
            <div class="mw-drawer__head">
                <h2 class="mw-truncate">{move || title.get()}</h2>
                {actions.map(|actions| actions.run())}
                <a class="mw-button mw-button--quiet mw-button--icon mw-drawer__close" href=move || close_href.get() aria-label="Close" title="Close (Esc)">
                    <super::icon::Icon sign=Sign::Close />
                </a>
            </div>
            <div class="mw-drawer__body">{children()}</div>
        </aside>
    }
}
