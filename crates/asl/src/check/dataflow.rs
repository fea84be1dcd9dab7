//! What the first state of a child reads from its item.

use super::checker::Checker;
use super::diagnostic::Group;
use super::place::Place;
use super::rule::Rule;
use crate::Value;

const ABSENT: Rule = Rule::warning("MW-DATA-ABSENT", Group::DataFlow);
const INPUT: &str = "$states.input.";

/// Tries the first state's paths on the sample item, when the item reaches it unchanged.
pub(super) fn child(checker: &mut Checker, state: &Place, processor: &Place) {
    let options = checker.options;
    let Some(sample) = &options.item_sample else { return };
    let shaped =
        ["ItemSelector", "Parameters", "ItemBatcher"].iter().any(|field| state.node.member(field).is_some());
    if shaped || sample.as_object().is_none() {
        return;
    }
    start_reads(processor, &mut |place, steps| {
        let mut value = Some(sample);
        for step in steps {
            value = value.and_then(|value| value.get(step));
        }
        // Bucket is what W-MAP-02 is about.
        if value.is_none() && steps.first().is_none_or(|first| first != "Bucket") {
            let message = format!(
                "{} is not in the sample item, which has {}. Check the path.",
                steps.join("."),
                keys(sample)
            );
            checker.add(ABSENT, place, message);
        }
    });
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
            "Parameters" | "ItemSelector" | "ItemsPath" | "SecondsPath" | "TimestampPath" | "Choices"
                if whole =>
            {
                reads(&field, visit);
            }
            "Arguments" | "Output" | "Assign" | "Items" => reads(&field, visit),
            _ => {}
        }
    }
}

fn reads(place: &Place, visit: &mut dyn FnMut(&Place, &[String])) {
    let path = |name: &str| name.ends_with(".$") || name.ends_with("Path") || name == "Variable";
    match place.node.as_str() {
        Some(text) if path(place.name()) || text.starts_with("{%") => read(place, visit),
        _ => {
            place.members().for_each(|member| reads(&member, visit));
            place.elements().for_each(|element| reads(&element, visit));
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
