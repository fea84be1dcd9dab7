//! Light, dark, or as the system wishes.

use super::browser;
use super::icon::{Icon, Sign};
use leptos::prelude::*;

/// The name of the cookie that carries the theme.
pub const THEME_COOKIE: &str = "mw_theme";

/// The look of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Follows the system.
    #[default]
    System,
    /// Dark text on white.
    Light,
    /// Light text on near black.
    Dark,
}

impl Theme {
    /// Reads a cookie's value; anything unknown means [`Theme::System`].
    pub fn parse(value: &str) -> Self {
        match value {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }

    /// Reads the theme out of a whole `Cookie` header.
    pub fn from_cookies(header: &str) -> Self {
        header
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == THEME_COOKIE)
            .map(|(_, value)| Self::parse(value))
            .unwrap_or_default()
    }

    /// The class of `<html>`: `light`, `dark`, or none.
    pub fn class(self) -> &'static str {
        match self {
            Self::System => "",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The cookie that keeps this choice for a year.
    pub fn cookie(self) -> String {
        let value = if self == Self::System { "system" } else { self.class() };
        format!("{THEME_COOKIE}={value}; Path=/; Max-Age=31536000; SameSite=Lax")
    }

    /// What the toggle switches to next.
    pub fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::System => "Theme: as the system",
            Self::Light => "Theme: light",
            Self::Dark => "Theme: dark",
        }
    }
}

/// Makes the theme known to all components below; the shell calls it with the cookie's theme.
pub fn provide_theme(theme: Theme) -> RwSignal<Theme> {
    let signal = RwSignal::new(theme);
    provide_context(signal);
    signal
}

/// The theme of the page; one that follows the system when nobody provided any.
pub fn use_theme() -> RwSignal<Theme> {
    use_context().unwrap_or_else(|| RwSignal::new(Theme::default()))
}

/// The button in the header that walks through the themes.
#[component]
pub fn ThemeToggle() -> impl IntoView {
    let theme = use_theme();
    let turn = move |_| {
        theme.update(|theme| *theme = theme.next());
        browser::apply_theme(theme.get_untracked());
    };
    view! {
        <button
            type="button"
            class="mw-button mw-button--quiet mw-button--icon"
            aria-label=move || theme.get().words()
            title=move || theme.get().words()
            on:click=turn
        >
            {move || {
                let sign = match theme.get() {
                    Theme::System => Sign::HalfCircle,
                    Theme::Light => Sign::Sun,
                    Theme::Dark => Sign::Moon,
                };
                view! { <Icon sign /> }
            }}
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookie_round_trips() {
        for theme in [Theme::System, Theme::Light, Theme::Dark] {
            assert_eq!(Theme::from_cookies(&format!("a=b; {}", theme.cookie())), theme);
        }
        assert_eq!(Theme::from_cookies(""), Theme::System);
        assert_eq!(Theme::from_cookies("mw_theme=pink"), Theme::System);
    }

    #[test]
    fn the_toggle_visits_every_theme() {
        assert_eq!(Theme::System.next().next().next(), Theme::System);
    }
}
