//! The frame of one page inside the shell.

use leptos::prelude::*;
use leptos_meta::Title;

/// Title, lead and actions, then the page. Sets the window's title.
#[component]
pub fn Page(
    /// The heading.
    #[prop(into)]
    title: Signal<String>,
    /// One sentence under it.
    #[prop(optional, into)]
    lead: MaybeProp<String>,
    /// 880 px instead of 1440.
    #[prop(optional)]
    narrow: bool,
    /// Buttons at the right.
    #[prop(optional, into)]
    actions: ViewFn,
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        <Title text=move || title.get()/>
        <div class="mw-page" class:mw-page--narrow=narrow>
            <header class="mw-page__head">
                <h1>{move || title.get()}</h1>
                <div class="mw-actions">{actions.run()}</div>
                {move || lead.get().map(|lead| view! { <p class="mw-page__lead">{lead}</p> })}
            </header>
            {children()}
        </div>
    }
}
