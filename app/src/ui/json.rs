//! A JSON value as a tree that folds. Made of `<details>`, so it works without a script.

use leptos::prelude::*;
use serde_json::Value;

/// Entries of one object or array that are shown at most; the rest is counted.
const SHOWN: usize = 200;
/// Levels deeper than this are not drawn: nobody reads them, and a browser could not nest them.
const DEEPEST: usize = 48;

/// A JSON value as a tree.
#[component]
pub fn JsonTree(
    /// The value.
    #[prop(into)]
    value: Signal<Value>,
    /// Levels that are open at first.
    #[prop(default = 2)]
    open: usize,
) -> impl IntoView {
    view! { <div class="mw-json">{move || value.with(|value| node(None, value, Level { depth: 0, open }))}</div> }
}

#[derive(Clone, Copy)]
struct Level {
    depth: usize,
    open: usize,
}

impl Level {
    fn deeper(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }
}

fn node(key: Option<String>, value: &Value, level: Level) -> AnyView {
    match value {
        Value::Object(fields) if !fields.is_empty() && level.depth < DEEPEST => {
            let shown = fields.iter().take(SHOWN).map(|(key, value)| (Some(key.clone()), value));
            branch(
                Head { key, size: size(fields.len(), "field", "fields"), brackets: "{}" },
                shown,
                fields.len(),
                level,
            )
        }
        Value::Array(items) if !items.is_empty() && level.depth < DEEPEST => {
            let shown =
                items.iter().take(SHOWN).enumerate().map(|(place, value)| (Some(place.to_string()), value));
            branch(
                Head { key, size: size(items.len(), "entry", "entries"), brackets: "[]" },
                shown,
                items.len(),
                level,
            )
        }
        leaf => {
            let (class, text) = leaf_text(leaf);
            view! { <div class="mw-json__leaf">{key_view(key)}<span class=class>{text}</span></div> }
                .into_any()
        }
    }
}

struct Head {
    key: Option<String>,
    size: String,
    brackets: &'static str,
}

fn branch<'a>(
    head: Head,
    shown: impl Iterator<Item = (Option<String>, &'a Value)>,
    total: usize,
    level: Level,
) -> AnyView {
    let entries =
        shown.map(|(key, value)| view! { <li>{node(key, value, level.deeper())}</li> }).collect_view();
    let rest = total.saturating_sub(SHOWN);
    view! {
        <details open=level.depth < level.open>
            <summary>{key_view(head.key)}<i class="mw-json__size">{format!("{} {}", head.brackets, head.size)}</i></summary>
            <ul>
                {entries}
                {(rest > 0).then(|| view! { <li><i class="mw-json__size">{format!("and {rest} more")}</i></li> })}
            </ul>
        </details>
    }
    .into_any()
}

fn key_view(key: Option<String>) -> Option<impl IntoView> {
    key.map(|key| view! { <span class="mw-json__key">{key}</span>": " })
}

fn size(count: usize, one: &str, many: &str) -> String {
    super::format::counted(count as u64, one, many)
}

fn leaf_text(value: &Value) -> (&'static str, String) {
    let class = match value {
        Value::String(_) => "mw-json__string",
        Value::Number(_) => "mw-json__number",
        Value::Bool(_) | Value::Null => "mw-json__word",
        Value::Array(_) | Value::Object(_) => "mw-json__size",
    };
    (class, value.to_string())
}
