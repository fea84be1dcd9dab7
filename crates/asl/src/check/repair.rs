//! Applying what the diagnostics offer.

use super::checker::check;
use super::diagnostic::Severity;
use super::options::CheckOptions;
use crate::syntax::{TextEdit, apply_edits};

/// Fixes may uncover others; a text that needs more rounds than this is left half repaired.
const MAX_ROUNDS: usize = 20;

/// The text after every offered fix of errors and warnings. Fixes that touch each other are
/// applied in later rounds.
pub fn repair(text: &str, options: &CheckOptions) -> String {
    let mut text = text.to_owned();
    for _ in 0..MAX_ROUNDS {
        let mut chosen: Vec<TextEdit> = Vec::new();
        for diagnostic in check(&text, options).into_iter().filter(|found| found.severity != Severity::Hint) {
            let Some(fix) = diagnostic.fix else { continue };
            let clash = fix.edits.iter().any(|edit| chosen.iter().any(|other| touch(edit, other)));
            if !clash {
                chosen.extend(fix.edits);
            }
        }
        if chosen.is_empty() {
            break;
        }
        text = apply_edits(&text, &chosen);
    }
    text
}

fn touch(a: &TextEdit, b: &TextEdit) -> bool {
    a.span.start <= b.span.end && b.span.start <= a.span.end
}
