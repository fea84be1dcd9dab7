//! First start, sign-in and invitations.

mod api;
mod pages;

pub use pages::{InvitePage, LoginPage, SetupPage};
