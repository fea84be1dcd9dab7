//! The command palette: type a few letters, go there or do it.

use super::browser;
use super::icon::{Icon, Sign};
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;

/// One thing that the palette offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Its key for the page that runs it.
    pub id: String,
    /// "Go to", "This run" …
    pub group: String,
    /// The words.
    pub title: String,
    /// The keys, or where it leads.
    pub hint: String,
    /// Why it cannot run now.
    pub blocked: Option<String>,
}

/// The commands that fit `query`, best first. Every word of the query must occur.
pub fn matching(commands: &[Command], query: &str) -> Vec<Command> {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    let mut found: Vec<(usize, &Command)> =
        commands.iter().filter_map(|command| Some((rank(command, &words)?, command))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, command)| command.clone()).collect()
}

/// Lower is better: the beginning of the title, the beginning of a word, anywhere.
fn rank(command: &Command, words: &[String]) -> Option<usize> {
    let title = command.title.to_lowercase();
    let all = format!("{title} {} {}", command.group.to_lowercase(), command.hint.to_lowercase());
    words.iter().try_fold(0, |sum, word| {
        let place = all.find(word.as_str())?;
        let starts = place == 0 || all.as_bytes().get(place.wrapping_sub(1)) == Some(&b' ');
        Some(
            sum + if place == 0 {
                0
            } else if starts {
                1
            } else {
                2
            },
        )
    })
}

/// The palette. The page gives the commands and runs the chosen one.
#[component]
pub fn CommandPalette(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// What it offers.
    #[prop(into)]
    commands: Signal<Vec<Command>>,
    /// Runs a command; the palette has closed by then.
    on_run: Callback<Command>,
    /// Hears what is typed, for commands that a server finds.
    #[prop(optional)]
    on_query: Option<Callback<String>>,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let query = RwSignal::new(String::new());
    let chosen = RwSignal::new(0_usize);
    let found = Memo::new(move |_| matching(&commands.get(), &query.get()));
    Effect::new(move |_| {
        let show = open.get();
        if show {
            query.set(String::new());
            chosen.set(0);
        }
        browser::show_dialog(dialog, show);
    });
    let run = move |place: usize| {
        let command = found.with_untracked(|list| list.get(place).cloned());
        if let Some(command) = command.filter(|command| command.blocked.is_none()) {
            open.set(false);
            on_run.run(command);
        }
    };
    let keys = move |event: KeyboardEvent| {
        let count = found.with_untracked(Vec::len).max(1);
        match event.key().as_str() {
            "ArrowDown" => chosen.update(|place| *place = (*place + 1) % count),
            "ArrowUp" => chosen.update(|place| *place = (*place + count - 1) % count),
            "Enter" => run(chosen.get_untracked()),
            _ => return,
        }
        event.prevent_default();
    };
    let typed = move |event| {
        let text = event_target_value(&event);
        if let Some(on_query) = on_query {
            on_query.run(text.clone());
        }
        query.set(text);
        chosen.set(0);
    };
    let entries = move || {
        let mut group = String::new();
        let list = found.get();
        if list.is_empty() {
            return view! { <li class="mw-palette__none">"Nothing fits. Try a page, a run id, or #index for an item."</li> }.into_any();
        }
        list.into_iter()
            .enumerate()
            .map(|(place, command)| {
                let heading = (command.group != group).then(|| command.group.clone());
                group.clone_from(&command.group);
                let hint = command.blocked.clone().unwrap_or(command.hint);
                view! {
                    {heading.map(|group| view! { <li class="mw-palette__group" role="presentation">{group}</li> })}
                    <li
                        id=format!("mw-palette-{place}")
                        class="mw-palette__item"
                        role="option"
                        aria-selected=move || if chosen.get() == place { "true" } else { "false" }
                        aria-disabled=command.blocked.is_some().then_some("true")
                        on:click=move |_| run(place)
                        on:mousemove=move |_| if chosen.get_untracked() != place { chosen.set(place) }
                    >
                        <b>{command.title}</b>
                        <small>{hint}</small>
                    </li>
                }
            })
            .collect_view()
            .into_any()
    };
    view! {
        <dialog node_ref=dialog class="mw-palette" aria-label="Commands" on:close=move |_| open.set(false)>
            <div class="mw-palette__input">
                <Icon sign=Sign::Search />
                <input
                    type="text"
                    role="combobox"
                    aria-expanded="true"
                    aria-controls="mw-palette-list"
                    aria-activedescendant=move || format!("mw-palette-{}", chosen.get())
                    aria-label="Search pages, runs, items and commands"
                    placeholder="Search pages, runs, items and commands"
                    autocomplete="off"
                    autofocus
                    prop:value=query
                    on:input=typed
                    on:keydown=keys
                />
            </div>
            <ul id="mw-palette-list" class="mw-palette__list" role="listbox" aria-label="Commands">
                {entries}
            </ul>
            <div class="mw-palette__foot">
                <span><kbd>"↑"</kbd>" "<kbd>"↓"</kbd>" move"</span>
                <span><kbd>"Enter"</kbd>" run"</span>
                <span><kbd>"Esc"</kbd>" close"</span>
            </div>
        </dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(title: &str) -> Command {
        Command {
            id: title.into(),
            group: "Go to".into(),
            title: title.into(),
            hint: String::new(),
            blocked: None,
        }
    }

    #[test]
    fn beginnings_come_first_and_all_words_count() {
        let all = [command("Failed items"), command("Edit limits"), command("Items")];
        let titles =
            |query| matching(&all, query).into_iter().map(|command| command.title).collect::<Vec<_>>();
        assert_eq!(titles("items"), ["Items", "Failed items"]);
        assert_eq!(titles("fai it"), ["Failed items"]);
        assert_eq!(titles(""), ["Failed items", "Edit limits", "Items"]);
        assert!(titles("redrive").is_empty());
    }
}
