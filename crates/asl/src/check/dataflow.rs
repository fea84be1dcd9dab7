//! What the first state of a child reads from its item.

use super::checker::Checker;
use super::diagnostic::Group;
use super::fields::cut;
use super::place::Place;
use super::rule::Rule;
use crate::Value;

const ABSENT: Rule = Rule::warning("MW-DATA-ABSENT", Group::DataFlow);
const NOT_SELECTED: Rule = Rule::warning("MW-DATA-SELECTOR", Group::DataFlow);
const INPUT: &str = "$states.input.";

/// Tries what ItemSelector and the first state read: on the sample item, and on what ItemSelector
/// passes on.
pub(super) fn child(checker: &mut Checker, state: &Place, processor: &Place) {
    let selector = ["ItemSelector", "Parameters"].into_iter().find_map(|field| state.get(field));
    let sample = checker.options.item_sample.as_ref().filter(|sample| sample.as_object().is_some());
    if let (Some(selector), Some(sample)) = (&selector, sample) {
        item_reads(selector, &mut |place, steps| try_on(checker, sample, place, steps));
    }
    if state.node.member("ItemBatcher").is_some() {
        return;
    }
    match (&selector, sample) {
        (None, Some(sample)) => {
            start_reads(processor, &mut |place, steps| try_on(checker, sample, place, steps))
        }
        (None, None) => {}
        (Some(selector), _) => {
            let Some(members) = selector.node.members() else { return };
            let names: Vec<&str> = members.iter().map(|member| member.key.trim_end_matches(".$")).collect();
            start_reads(processor, &mut |place, steps| {
                if let Some(first) = steps.first().filter(|first| !names.contains(&first.as_str())) {
                    let passed = names.iter().take(8).copied().collect::<Vec<_>>().join(", ");
                    let message = format!(
                        "{} is read here, but ItemSelector passes on only {passed}. Add it there, or check the path.",
                        cut(first)
                    );
                    checker.add(NOT_SELECTED, place, message);
                }
            });
        }
    }
}

fn try_on(checker: &mut Checker, sample: &Value, place: &Place, steps: &[String]) {
    let mut value = Some(sample);
    for step in steps {
        value = value.and_then(|value| value.get(step));
    }
    // Bucket is what W-MAP-02 is about.
    if value.is_none() && steps.first().is_none_or(|first| first != "Bucket") {
        let message = format!(
            "{} is not in the sample item, which has {}. Check the path.",
            cut(&steps.join(".")),
            keys(sample)
        );
        checker.add(ABSENT, place, message);
    }
}

/// Calls `visit` with every value of an ItemSelector that reads a member of the item.
fn item_reads(place: &Place, visit: &mut dyn FnMut(&Place, &[String])) {
    if let Some(text) = place.node.as_str() {
        for root in ["$$.Map.Item.Value.", "$states.context.Map.Item.Value."] {
            for (at, _) in text.match_indices(root).take(50) {
                visit(place, &names(&text[at + root.len()..]));
            }
        }
    }
    place.members().for_each(|member| item_reads(&member, visit));
    place.elements().for_each(|element| item_reads(&element, visit));
}

/// Calls `visit` with every value of the first state that reads a member of the item, and the
/// names on the way to that member.
pub(super) fn start_reads(processor: &Place, visit: &mut dyn FnMut(&Place, &[String])) {
    let Some(start) = processor.node.str_at("StartAt") else { return };
    let Some(states) = processor.get("States") else { return };
    let Some(state) = states.get(start) else { return };
    let whole = state.node.get("InputPath").is_none_or(|path| path.as_str() == Some("$"));
    for field in state.members() {
        match field.name() {
            "InputPath" => read(&field, visit),
            "Parameters" | "ItemSelector" if whole => reads(&field, is_template_path, visit),
            "ItemsPath" | "SecondsPath" | "TimestampPath" | "Choices" if whole => reads(&field, is_path, visit),
            "Arguments" | "Output" | "Assign" | "Items" => reads(&field, is_template_path, visit),
            _ => {}
        }
    }
}

/// In a template any other name has a text.
fn is_template_path(name: &str) -> bool {
    name.ends_with(".$")
}

fn is_path(name: &str) -> bool {
    name.ends_with("Path") || name == "Variable"
}

fn reads(place: &Place, is_path: fn(&str) -> bool, visit: &mut dyn FnMut(&Place, &[String])) {
    match place.node.as_str() {
        Some(text) if is_path(place.name()) || text.starts_with("{%") => read(place, visit),
        _ => {
            place.members().for_each(|member| reads(&member, is_path, visit));
            place.elements().for_each(|element| reads(&element, is_path, visit));
        }
    }
}

fn read(place: &Place, visit: &mut dyn FnMut(&Place, &[String])) {
    let Some(text) = place.node.as_str() else { return };
    if text.starts_with("{%") {
        for (at, _) in text.match_indices(INPUT).take(50) {
            visit(place, &names(&text[at + INPUT.len()..]));
        }
    } else if let Some(rest) = text.strip_prefix("$.") {
        visit(place, &names(rest));
    }
}

/// The plain member names that a path begins with: `a.b[0].c` gives a, b.
fn names(path: &str) -> Vec<String> {
    let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '-' || c == '.';
    let end = path.find(|c| !plain(c)).unwrap_or(path.len());
    path[..end].split('.').map_while(|name| (!name.is_empty()).then(|| name.to_owned())).collect()
}

fn keys(sample: &Value) -> String {
    let keys = sample.as_object().map(|members| members.keys().take(8).map(|key| &**key).collect::<Vec<_>>());
    keys.unwrap_or_default().join(", ")
}
