//! The constraints of request members, refused all at once as AWS does.

use super::error::ApiError;
use model::names::is_valid_name;
use std::ops::RangeInclusive;

/// `NextToken`'s longest text, except for ListExecutions.
pub(super) const MAX_TOKEN_CHARS: usize = 1_024;
/// Most results of one page.
pub(super) const MAX_PAGE: u32 = 1_000;
/// Results of a page when none or 0 is asked for.
pub(super) const DEFAULT_PAGE: u32 = 100;

/// Collects what is wrong with a request.
#[derive(Default)]
pub(super) struct Checks(Vec<String>);

impl Checks {
    /// A text that must be there and have so many characters.
    pub(super) fn text(self, member: &str, value: Option<&str>, chars: RangeInclusive<usize>) -> Self {
        match value {
            None => self.violated("null", member, "Member must not be null"),
            some => self.optional(member, some, chars),
        }
    }

    /// A text that must have so many characters when it is there.
    pub(super) fn optional(self, member: &str, value: Option<&str>, chars: RangeInclusive<usize>) -> Self {
        let Some(text) = value else { return self };
        let count = text.chars().count();
        if count < *chars.start() {
            let rule = format!("Member must have length greater than or equal to {}", chars.start());
            return self.violated(&format!("'{text}'"), member, &rule);
        }
        if count > *chars.end() {
            let rule = format!("Member must have length less than or equal to {}", chars.end());
            return self.violated(&format!("'{}'", shortened(text)), member, &rule);
        }
        self
    }

    /// One of some words.
    pub(super) fn one_of(self, member: &str, value: Option<&str>, words: &[&str]) -> Self {
        match value {
            Some(text) if !words.contains(&text) => {
                let rule = format!("Member must satisfy enum value set: [{}]", words.join(", "));
                self.violated(&format!("'{text}'"), member, &rule)
            }
            _ => self,
        }
    }

    /// A number within bounds.
    pub(super) fn number(self, member: &str, value: Option<f64>, bounds: RangeInclusive<f64>) -> Self {
        match value {
            Some(number) if number < *bounds.start() => {
                let rule = format!("Member must have value greater than or equal to {}", bounds.start());
                self.violated(&format!("'{number}'"), member, &rule)
            }
            Some(number) if number > *bounds.end() => {
                let rule = format!("Member must have value less than or equal to {}", bounds.end());
                self.violated(&format!("'{number}'"), member, &rule)
            }
            _ => self,
        }
    }

    /// `maxResults` and `nextToken`.
    pub(super) fn page(self, max_results: Option<i64>, token: Option<&str>, token_chars: usize) -> Self {
        self.number("maxResults", max_results.map(|n| n as f64), 0.0..=f64::from(MAX_PAGE))
            .optional("nextToken", token, 1..=token_chars)
    }

    /// The refusal, when something is wrong.
    pub(super) fn done(self) -> Result<(), ApiError> {
        match self.0.len() {
            0 => Ok(()),
            1 => Err(ApiError::validation(format!("1 validation error detected: {}", self.0[0]))),
            n => Err(ApiError::validation(format!("{n} validation errors detected: {}", self.0.join("; ")))),
        }
    }

    fn violated(mut self, value: &str, member: &str, rule: &str) -> Self {
        self.0.push(format!("Value {value} at '{member}' failed to satisfy constraint: {rule}"));
        self
    }
}

/// How many results a page holds.
pub(super) fn page_size(max_results: Option<i64>) -> u32 {
    match max_results.and_then(|n| u32::try_from(n).ok()) {
        None | Some(0) => DEFAULT_PAGE,
        Some(n) => n.min(MAX_PAGE),
    }
}

/// A name of a state machine, an execution or an activity.
pub(super) fn valid_name(name: &str) -> Result<(), ApiError> {
    match is_valid_name(name) {
        true => Ok(()),
        false => Err(ApiError::new("InvalidName", format!("Invalid Name: '{name}'"))),
    }
}

fn shortened(text: &str) -> String {
    const SHOWN: usize = 200;
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_wrong_is_told_at_once() {
        let refused = Checks::default()
            .text("name", None, 1..=80)
            .text("roleArn", Some(""), 1..=256)
            .one_of("type", Some("FAST"), &["STANDARD", "EXPRESS"])
            .page(Some(2_000), None, 10)
            .done()
            .unwrap_err();
        assert_eq!(
            refused.message,
            "4 validation errors detected: Value null at 'name' failed to satisfy constraint: Member must not be null; \
             Value '' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 1; \
             Value 'FAST' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [STANDARD, EXPRESS]; \
             Value '2000' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000"
        );
        assert!(Checks::default().text("name", Some("ü"), 1..=1).done().is_ok());
    }
}
