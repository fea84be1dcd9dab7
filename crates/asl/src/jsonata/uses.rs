//! What an expression mentions, so that nothing else is converted for it.
//!
//! The text is scanned, not the tree: a mention inside a string or comment only makes the
//! answer larger than needed, never smaller.

use std::sync::Arc;

/// How much of a value an expression can reach.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    All,
    /// These members of an object (all of anything else).
    Members(Vec<Arc<str>>),
}

/// The names an expression mentions.
#[derive(Clone, Debug, Default)]
pub(super) struct Uses {
    /// Names written `$name`, without doubles.
    pub(super) names: Vec<Arc<str>>,
    /// Members of `$states` with their reachable part; `None` when it is used as a whole.
    states: Option<Vec<(Arc<str>, Part)>>,
}

impl Uses {
    pub(super) fn of(text: &str) -> Self {
        let mut uses = Self {
            names: Vec::new(),
            states: Some(Vec::new()),
        };
        // `%` may climb to a parent, `**` and `$$` reach everything: then nothing is left out.
        let prune = !text.contains('%');
        for (at, _) in text.match_indices('$') {
            let rest = &text[at + 1..];
            let name = identifier(rest);
            if name.is_empty() {
                continue;
            }
            if !uses.names.iter().any(|known| **known == *name) {
                uses.names.push(name.into());
            }
            if name == "states" {
                uses.mention(&rest[name.len()..], prune);
            }
        }
        uses
    }

    /// Notes what follows `$states`.
    fn mention(&mut self, rest: &str, prune: bool) {
        let Some(states) = &mut self.states else {
            return;
        };
        let Some((name, rest)) = member(rest).filter(|_| prune) else {
            self.states = None;
            return;
        };
        let below = member(rest).map(|(name, _)| Arc::<str>::from(name));
        let at = match states.iter().position(|(known, _)| **known == *name) {
            Some(at) => at,
            None => {
                states.push((name.into(), Part::Members(Vec::new())));
                states.len() - 1
            }
        };
        match (&mut states[at].1, below) {
            (Part::All, _) => {}
            (Part::Members(names), Some(below)) => {
                if !names.contains(&below) {
                    names.push(below);
                }
            }
            (part, None) => *part = Part::All,
        }
    }

    /// The part of `$states.<name>` that is reachable; `None` for none of it.
    pub(super) fn state(&self, name: &str) -> Option<&Part> {
        const ALL: &Part = &Part::All;
        match &self.states {
            None => Some(ALL),
            Some(states) => states
                .iter()
                .find(|(known, _)| **known == *name)
                .map(|(_, part)| part),
        }
    }

    pub(super) fn mentions(&self, name: &str) -> bool {
        self.names.iter().any(|known| **known == *name)
    }
}

fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_'));
    &text[..end.unwrap_or(text.len())]
}

/// A plain `.name` at the start of a text, and what comes after it.
fn member(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start().strip_prefix('.')?.trim_start();
    let name = identifier(text);
    let wordlike = matches!(
        name,
        "" | "function" | "and" | "or" | "in" | "null" | "true" | "false"
    );
    (!wordlike && !name.starts_with(|c: char| c.is_numeric())).then(|| (name, &text[name.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_mentioned_is_reachable() {
        let uses = Uses::of("$states.input.a.b + $states . input.c & $x($states.result)");
        let names = |names: &[&str]| Part::Members(names.iter().map(|n| (*n).into()).collect());
        assert_eq!(uses.state("input"), Some(&names(&["a", "c"])));
        assert_eq!(uses.state("result"), Some(&Part::All));
        assert_eq!(uses.state("context"), None);
        assert!(uses.mentions("x") && !uses.mentions("y"));
    }

    #[test]
    fn anything_unusual_reaches_everything() {
        for text in [
            "$states",
            "$states.*",
            "$states.$keys()",
            "$states.(input)",
            "$states.input.a.%.b",
        ] {
            assert_eq!(Uses::of(text).state("input"), Some(&Part::All), "{text}");
        }
        for text in [
            "$states.input.*",
            "$states.input",
            "$states.input.`a b`",
            "$states.input[0].a",
        ] {
            assert_eq!(Uses::of(text).state("input"), Some(&Part::All), "{text}");
        }
    }
}
