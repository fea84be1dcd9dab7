//! Applying what the diagnostics offer.

use super::checker::check;
use super::diagnostic::{Diagnostic, Severity};
use super::options::CheckOptions;
use crate::syntax::{TextEdit, apply_edits};

/// Fixes may uncover others; a text that needs more rounds than this is left half repaired.
const MAX_ROUNDS: usize = 20;

/// Liberties that a definition may take here: comments, settings inside ProcessorConfig, Iterator.
const LIBERTIES: [&str; 3] = ["W-MAP-01", "W-MAP-04", "W-MAP-05"];

/// The text after every offered fix of errors and warnings. Fixes that touch each other are
/// applied in later rounds.
pub fn repair(text: &str, options: &CheckOptions) -> String {
    apply(text, options, |found| found.severity != Severity::Hint)
}

/// The same definition without the liberties that [`super::Profile::Lenient`] allows: what is
/// compiled and run, here and on AWS. It means what the author meant, and changes nothing else.
///
/// ```
/// let text = "{\"StartAt\": \"A\", // first\n \"States\": {\"A\": {\"Type\": \"Succeed\"},}}";
/// assert!(asl::Program::compile(text).is_err());
/// assert!(asl::Program::compile(&asl::check::normalize(text)).is_ok());
/// ```
pub fn normalize(text: &str) -> String {
    apply(text, &CheckOptions::default(), |found| LIBERTIES.contains(&found.rule))
}

fn apply(text: &str, options: &CheckOptions, wanted: impl Fn(&Diagnostic) -> bool) -> String {
    let mut text = text.to_owned();
    for _ in 0..MAX_ROUNDS {
        let mut chosen: Vec<TextEdit> = Vec::new();
        for diagnostic in check(&text, options).into_iter().filter(&wanted) {
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
