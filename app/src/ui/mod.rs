//! The design system. It knows no page, no server function and no domain beyond the shared words
//! of `model`; everything here renders on the server and needs the browser only to move.

pub mod browser;
pub mod button;
pub mod card;
pub mod chip;
pub mod choice;
pub mod code;
pub mod confirm;
pub mod dialog;
pub mod field;
pub mod format;
pub mod icon;
pub mod json;
pub mod navigation;
pub mod notice;
pub mod page;
pub mod palette;
pub mod progress;
pub mod status;
pub mod table;
pub mod theme;
pub mod time;
pub mod toast;
pub mod tooltip;

pub use button::{Button, ButtonKind, LinkButton};
pub use card::{Card, EmptyState, Figures, KeyFigure, Skeleton};
pub use chip::{Badge, Chip, CopyButton, Copyable};
pub use choice::{Checkbox, Choices, Radio};
pub use code::CodeBlock;
pub use confirm::Confirm;
pub use dialog::{Dialog, Drawer};
pub use field::{Field, NumberInput, Select, SelectOption, TextArea, TextInput};
pub use icon::{Icon, Logo, Sign};
pub use json::JsonTree;
pub use navigation::{Breadcrumbs, Crumb, Pagination, TabItem, Tabs};
pub use notice::{Failure, Notice};
pub use page::Page;
pub use palette::{Command, CommandPalette};
pub use progress::{Legend, Progress, Share, StackedBar};
pub use status::{Status, StatusGlyph, StatusPill, StatusText, Tone};
pub use table::{SortHeader, SortOrder, TableFrame};
pub use theme::{Theme, ThemeToggle, provide_theme, use_theme};
pub use time::{TimeText, Zone};
pub use toast::{ToastHost, Toasts, provide_toasts, use_toasts};
pub use tooltip::{Term, Tooltip};
