//! Error texts in the words of JSONata's reference implementation, which AWS shows, where the
//! library's words differ.

use std::borrow::Cow;

/// Texts without inserts, by code.
const FIXED: [(&str, &str); 16] = [
    ("T1006", "Attempted to invoke a non-function"),
    ("T1008", "Attempted to partially apply a non-function"),
    (
        "T2003",
        "The left side of the range operator (..) must evaluate to an integer",
    ),
    (
        "T2004",
        "The right side of the range operator (..) must evaluate to an integer",
    ),
    (
        "D3001",
        "Attempting to invoke string function on Infinity or NaN",
    ),
    (
        "D3010",
        "Second argument of replace function cannot be an empty string",
    ),
    (
        "D3020",
        "Third argument of split function must evaluate to a positive number",
    ),
    (
        "D3050",
        "First argument of reduce function must be a function with two arguments",
    ),
    (
        "D3080",
        "The picture string must only contain a maximum of two sub-pictures",
    ),
    (
        "D3081",
        "The sub-picture must not contain more than one instance of the 'decimal-separator' character",
    ),
    (
        "D3082",
        "The sub-picture must not contain more than one instance of the 'percent' character",
    ),
    (
        "D3083",
        "The sub-picture must not contain more than one instance of the 'per-mille' character",
    ),
    (
        "D3084",
        "The sub-picture must not contain both a 'percent' and a 'per-mille' character",
    ),
    (
        "D3138",
        "The $single() function expected exactly 1 matching result.  Instead it matched more.",
    ),
    (
        "D3139",
        "The $single() function expected exactly 1 matching result.  Instead it matched 0.",
    ),
    ("D1002", "Cannot negate a non-numeric value"),
];

/// What AWS says when an evaluation goes beyond its bounds; such a text has no code.
const STACK: &str = "Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive.";
const TIMEOUT: &str = "Expression evaluation timeout: Check for infinite loop";
const MEMORY: &str = "Expression evaluation memory limit exceeded: Check for excessive memory usage";

/// `code: text` in the reference's words.
pub(super) fn in_reference_words(message: &str) -> Cow<'_, str> {
    if message == "Unclosed comment" {
        return Cow::Borrowed("S0106: Comment has no closing tag");
    }
    let Some((code, text)) = message.split_once(": ") else {
        return Cow::Borrowed(message);
    };
    match code {
        "D1011" | "U1001" => return Cow::Borrowed(STACK),
        "D1012" => return Cow::Borrowed(TIMEOUT),
        "D2015" => return Cow::Borrowed(MEMORY),
        _ => {}
    }
    if let Some((_, fixed)) = FIXED.iter().find(|(known, _)| *known == code) {
        return Cow::Owned(format!("{code}: {fixed}"));
    }
    let quoted = match code {
        "T2001" | "T2002" => between(text, "side of the ", " operator"),
        "T0410" | "T0411" | "T0412" => between(text, "of function ", " "),
        "D3030" => {
            return match text
                .split_once('\'')
                .and_then(|(_, rest)| rest.rsplit_once('\''))
            {
                Some((value, _)) => Cow::Owned(format!(
                    "D3030: Unable to cast value to a number: \"{value}\""
                )),
                None => Cow::Borrowed(message),
            };
        }
        _ => None,
    };
    match quoted {
        Some((start, end)) if !text[start..end].starts_with('"') => Cow::Owned(format!(
            "{code}: {}\"{}\"{}",
            &text[..start],
            text[start..end].trim_start_matches('$'),
            &text[end..]
        )),
        _ => Cow::Borrowed(message),
    }
}

/// What follows "threw an error during evaluation": a text with a code is a sentence of its own.
pub(super) fn tail(message: &str) -> String {
    let code = message.split_once(": ").map_or("", |(code, _)| code);
    let coded = code.len() == 5
        && code.starts_with(|c: char| c.is_ascii_uppercase())
        && code[1..].bytes().all(|byte| byte.is_ascii_digit());
    format!("{}{message}", if coded { ". " } else { ": " })
}

/// The range between two marks.
fn between(text: &str, before: &str, after: &str) -> Option<(usize, usize)> {
    let start = text.find(before)? + before.len();
    let end = start + text[start..].find(after)?;
    Some((start, end))
}

#[cfg(test)]
mod tests {
    use super::in_reference_words;

    #[test]
    fn operators_and_functions_are_quoted() {
        for (library, reference) in [
            (
                "T2001: The left side of the + operator must evaluate to a number",
                "T2001: The left side of the \"+\" operator must evaluate to a number",
            ),
            (
                "T0410: Argument 1 of function $join does not match function signature",
                "T0410: Argument 1 of function \"join\" does not match function signature",
            ),
            (
                "T1006: Attempted to invoke a non-function: $x",
                "T1006: Attempted to invoke a non-function",
            ),
            (
                "D3030: Cannot convert 'x' to number",
                "D3030: Unable to cast value to a number: \"x\"",
            ),
            ("D3137: my own", "D3137: my own"),
            ("no code", "no code"),
        ] {
            assert_eq!(in_reference_words(library), reference);
        }
    }
}
