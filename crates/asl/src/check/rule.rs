//! A rule's name, shelf and weight.

use super::diagnostic::{Group, Severity};
use super::options::Profile;

/// One kind of diagnostic. `code` is AWS's code for it; empty where AWS says nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    pub id: &'static str,
    pub group: Group,
    pub code: &'static str,
    strict: Severity,
    lenient: Severity,
}

impl Rule {
    /// A fault everywhere.
    pub const fn error(id: &'static str) -> Self {
        Self::new(id, Group::AslRules, Severity::Error, Severity::Error)
    }

    /// A fault on AWS that this server can live with.
    pub const fn tolerated(id: &'static str) -> Self {
        Self::new(id, Group::AslRules, Severity::Error, Severity::Warning)
    }

    /// Accepted everywhere, but probably not meant.
    pub const fn warning(id: &'static str, group: Group) -> Self {
        Self::new(id, group, Severity::Warning, Severity::Warning)
    }

    /// Could be better.
    pub const fn hint(id: &'static str, group: Group) -> Self {
        Self::new(id, group, Severity::Hint, Severity::Hint)
    }

    /// The same rule on another shelf.
    pub const fn group(mut self, group: Group) -> Self {
        self.group = group;
        self
    }

    /// The same rule with AWS's code.
    pub const fn code(mut self, code: &'static str) -> Self {
        self.code = code;
        self
    }

    pub fn severity(&self, profile: Profile) -> Severity {
        match profile {
            Profile::Strict => self.strict,
            Profile::Lenient => self.lenient,
        }
    }

    const fn new(id: &'static str, group: Group, strict: Severity, lenient: Severity) -> Self {
        let code = if matches!(strict, Severity::Error) { "SCHEMA_VALIDATION_FAILED" } else { "" };
        Self { id, group, code, strict, lenient }
    }
}
