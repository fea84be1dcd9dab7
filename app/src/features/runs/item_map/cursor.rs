//! The cursor of a grid: where it stands, what it has selected, and what a key does to it.

/// A place in a grid, and the range that grew from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The cell with the focus.
    pub cell: usize,
    /// Where the selected range began; `None` while nothing is selected.
    pub anchor: Option<usize>,
}

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The cursor moved.
    Moved,
    /// Open what is under the cursor.
    Open,
    /// Make cells larger, or go down one level.
    ZoomIn,
    /// Make cells smaller, or go up one level.
    ZoomOut,
    /// Ask for an index to go to.
    GoTo,
    /// Forget the selection.
    Clear,
    /// Go to the next failed cell.
    NextFailed,
    /// Go to the previous failed cell.
    PreviousFailed,
}

impl Cursor {
    /// The selected cells, first and last.
    pub fn range(&self) -> Option<(usize, usize)> {
        self.anchor.map(|anchor| (anchor.min(self.cell), anchor.max(self.cell)))
    }

    /// Moves to a cell; `extend` keeps or begins a range.
    pub fn go(&mut self, cell: usize, extend: bool) {
        if extend {
            self.anchor.get_or_insert(self.cell);
        } else {
            self.anchor = None;
        }
        self.cell = cell;
    }

    /// Obeys a key in a grid of `cells` cells in rows of `columns`. `None`: not a key of the map.
    pub fn key(&mut self, key: &str, shift: bool, grid: (usize, usize)) -> Option<Action> {
        let (cells, columns) = grid;
        let last = cells.checked_sub(1)?;
        let page = columns * 5;
        let to = match key {
            "ArrowLeft" => self.cell.saturating_sub(1),
            "ArrowRight" => self.cell + 1,
            "ArrowUp" => self.cell.checked_sub(columns).unwrap_or(self.cell),
            "ArrowDown" if self.cell + columns <= last => self.cell + columns,
            "ArrowDown" => self.cell,
            "PageUp" => self.cell.checked_sub(page).unwrap_or(self.cell % columns.max(1)),
            "PageDown" => self.cell + page,
            "Home" => 0,
            "End" => last,
            "Enter" | " " => return Some(Action::Open),
            "+" | "=" | "]" => return Some(Action::ZoomIn),
            "-" | "[" => return Some(Action::ZoomOut),
            "g" => return Some(Action::GoTo),
            "n" => return Some(Action::NextFailed),
            "p" => return Some(Action::PreviousFailed),
            "Escape" => {
                self.anchor = None;
                return Some(Action::Clear);
            }
            _ => return None,
        };
        self.go(to.min(last), shift);
        Some(Action::Moved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_stay_inside() {
        let mut cursor = Cursor::default();
        let mut press = |key: &str| {
            cursor.key(key, false, (25, 10));
            cursor.cell
        };
        assert_eq!(press("ArrowLeft"), 0);
        assert_eq!(press("ArrowUp"), 0);
        assert_eq!(press("ArrowDown"), 10);
        assert_eq!(press("ArrowDown"), 20);
        assert_eq!(press("ArrowDown"), 20);
        assert_eq!(press("End"), 24);
        assert_eq!(press("ArrowRight"), 24);
        assert_eq!(press("PageUp"), 4);
        assert_eq!(press("PageDown"), 24);
        assert_eq!(press("Home"), 0);
    }

    #[test]
    fn shift_grows_a_range_and_escape_forgets_it() {
        let mut cursor = Cursor { cell: 12, anchor: None };
        cursor.key("ArrowLeft", true, (25, 10));
        cursor.key("ArrowUp", true, (25, 10));
        assert_eq!(cursor.range(), Some((1, 12)));
        assert_eq!(cursor.key("Escape", false, (25, 10)), Some(Action::Clear));
        assert_eq!(cursor.range(), None);
        assert_eq!(cursor.key("x", false, (25, 10)), None);
        assert_eq!(cursor.key("Home", false, (0, 10)), None);
    }
}
