//! Which names AWS accepts.
//! Source: AWS Step Functions API reference, CreateStateMachine; Developer Guide, Distributed Map `Label`.

use crate::limits::{MAX_LABEL_CHARS, MAX_NAME_CHARS};

const NAME_FORBIDDEN: &str = "<>{}[]?*\"#%\\^|~`$&,;:/";
const LABEL_FORBIDDEN: &str = "?*<>{}[]:;,\\|^~$#%&`\"";

/// Whether `name` may name a state machine or an execution: 1–80 characters, none of them
/// white space, control, or one of ``< > { } [ ] ? * " # % \ ^ | ~ ` $ & , ; : /``.
pub fn is_valid_name(name: &str) -> bool {
    within(name, MAX_NAME_CHARS, NAME_FORBIDDEN)
}

/// Whether `label` may be a Map state's `Label`: 1–40 characters with its own forbidden set.
pub fn is_valid_label(label: &str) -> bool {
    within(label, MAX_LABEL_CHARS, LABEL_FORBIDDEN)
}

/// The nearest valid machine name: forbidden runs become one `-`, the length is cut.
pub fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.trim().chars() {
        match c.is_ascii_alphanumeric() || c == '_' {
            true => out.push(c.to_ascii_lowercase()),
            false if !out.ends_with('-') && !out.is_empty() => out.push('-'),
            false => {}
        }
    }
    out.truncate(MAX_NAME_CHARS);
    out.trim_end_matches('-').to_owned()
}

fn within(text: &str, max_chars: usize, forbidden: &str) -> bool {
    let chars = text.chars().count();
    (1..=max_chars).contains(&chars)
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || forbidden.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_quota_page() {
        assert!(is_valid_name("resize-photos_2"));
        assert!(!is_valid_name(""));
        assert!(!is_valid_name("a b"));
        assert!(!is_valid_name(&"x".repeat(81)));
        assert!(is_valid_label("größe"));
        assert!(!is_valid_label(&"x".repeat(41)));
        assert_eq!(slug("  Resize photos (v2)! "), "resize-photos-v2");
    }
}
