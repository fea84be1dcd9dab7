//! Settings of a workspace: name, members, tokens, access keys, connections, retention, audit.

mod api;
mod page_access_keys;
mod page_audit;
mod page_connections;
mod page_general;
mod page_members;
mod page_retention;
mod page_tokens;
mod tabs;

pub use page_access_keys::AccessKeysPage;
pub use page_audit::AuditPage;
pub use page_connections::ConnectionsPage;
pub use page_general::GeneralPage;
pub use page_members::MembersPage;
pub use page_retention::RetentionPage;
pub use page_tokens::TokensPage;
