//! Settings of a workspace: name, members, tokens, audit.

mod api;
mod page_audit;
mod page_general;
mod page_members;
mod page_tokens;
mod tabs;

pub use page_audit::AuditPage;
pub use page_general::GeneralPage;
pub use page_members::MembersPage;
pub use page_tokens::TokensPage;
