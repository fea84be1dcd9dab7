//! Where the cells of the map are. Distances are device pixels unless they say otherwise.

/// Runs of at most this many items are a list, not a map.
pub const LIST_LIMIT: u64 = 60;
/// Runs of at most this many items show one cell for one item.
pub const CELL_LIMIT: u64 = 12_288;
/// Pitches, in CSS pixels, that a picture of single items can be zoomed through.
pub const ZOOM_STEPS: [u32; 6] = [6, 7, 8, 12, 16, 20];

/// How a run of so many items is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapKind {
    /// The page lists the items itself.
    List,
    /// One cell for one item.
    Cells,
    /// One cell for a bin, and a strip with the items of the chosen one.
    Overview,
}

impl MapKind {
    /// The drawing for a run of `total` items.
    pub fn of(total: u64) -> Self {
        match total {
            0..=LIST_LIMIT => Self::List,
            _ if total <= CELL_LIMIT => Self::Cells,
            _ => Self::Overview,
        }
    }
}

/// The pitch of single items, in CSS pixels, when nobody has zoomed.
pub fn item_pitch(total: u64) -> u32 {
    match total {
        0..=1_000 => 12,
        1_001..=4_096 => 8,
        _ => 6,
    }
}

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Rect {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

/// Cells in rows, filled like text. A cell is its pitch less a gap at the right and the bottom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// How many cells.
    pub cells: usize,
    /// Cells in a row.
    pub columns: usize,
    /// From one cell to the next in a row.
    pub pitch_x: u32,
    /// From one row to the next.
    pub pitch_y: u32,
    /// Between two cells.
    pub gap: u32,
    /// Device pixels in one CSS pixel.
    pub scale: f64,
}

impl Grid {
    /// The bins of a run, in a box `width` CSS pixels wide.
    pub fn bins(cells: usize, width: u32, scale: f64) -> Self {
        Self::fit(cells, width, (12, 11), scale)
    }

    /// Single items at a pitch (CSS pixels), in a box `width` CSS pixels wide.
    pub fn items(cells: usize, width: u32, pitch: u32, scale: f64) -> Self {
        Self::fit(cells, width, (pitch, pitch), scale)
    }

    fn fit(cells: usize, width: u32, pitch: (u32, u32), scale: f64) -> Self {
        let scale = if scale.is_finite() { scale.clamp(1.0, 4.0) } else { 1.0 };
        let device = |css: u32| ((f64::from(css) * scale).round() as u32).max(2);
        let (pitch_x, pitch_y) = (device(pitch.0), device(pitch.1));
        let fitting = ((f64::from(width) * scale) as u32 / pitch_x).max(1) as usize;
        // Whole fives make a row easy to count; narrow boxes use what they have.
        let columns = if fitting >= 20 { fitting / 5 * 5 } else { fitting };
        Self { cells, columns, pitch_x, pitch_y, gap: device_gap(scale), scale }
    }

    /// Rows, the last one perhaps not full.
    pub fn rows(&self) -> usize {
        self.cells.div_ceil(self.columns)
    }

    /// Width of the picture. The last gap belongs to it.
    pub fn width(&self) -> u32 {
        self.columns.min(self.cells.max(1)) as u32 * self.pitch_x
    }

    /// Height of the picture.
    pub fn height(&self) -> u32 {
        self.rows() as u32 * self.pitch_y
    }

    /// Width in CSS pixels.
    pub fn css_width(&self) -> f64 {
        f64::from(self.width()) / self.scale
    }

    /// Height in CSS pixels.
    pub fn css_height(&self) -> f64 {
        f64::from(self.height()) / self.scale
    }

    /// Where a cell is, without its gap.
    pub fn rect(&self, cell: usize) -> Rect {
        Rect {
            x: (cell % self.columns) as u32 * self.pitch_x,
            y: (cell / self.columns) as u32 * self.pitch_y,
            width: self.pitch_x - self.gap,
            height: self.pitch_y - self.gap,
        }
    }

    /// The cell at a point in CSS pixels.
    pub fn cell_at(&self, x: f64, y: f64) -> Option<usize> {
        if x < 0.0 || y < 0.0 {
            return None;
        }
        let column = (x * self.scale) as usize / self.pitch_x as usize;
        let row = (y * self.scale) as usize / self.pitch_y as usize;
        let cell = row.checked_mul(self.columns)?.checked_add(column)?;
        (column < self.columns && cell < self.cells).then_some(cell)
    }

    /// The middle of a cell's top edge in CSS pixels: where its tooltip points.
    pub fn anchor(&self, cell: usize) -> (f64, f64) {
        let rect = self.rect(cell);
        ((f64::from(rect.x) + f64::from(rect.width) / 2.0) / self.scale, f64::from(rect.y) / self.scale)
    }

    /// The outline of the cells `from..=to` as an SVG path in CSS pixels. A range that wraps is a
    /// polygon of six or eight corners.
    pub fn outline(&self, from: usize, to: usize) -> String {
        let (from, to) = (from.min(to), from.max(to).min(self.cells.saturating_sub(1)));
        let (left_top, right_bottom) = (self.rect(from), self.rect(to));
        let css = |value: u32| f64::from(value) / self.scale;
        let edge = css(self.gap) / 2.0;
        let left = 0.0 - edge;
        let right = css(self.columns as u32 * self.pitch_x) - edge;
        let (top, bottom) = (css(left_top.y) - edge, css(right_bottom.y + self.pitch_y) - edge);
        let (start, end) = (css(left_top.x) - edge, css(right_bottom.x + self.pitch_x) - edge);
        let (first_row, last_row) = (from / self.columns, to / self.columns);
        if first_row == last_row {
            return format!("M{start} {top}H{end}V{bottom}H{start}z");
        }
        let below_first = css(left_top.y + self.pitch_y) - edge;
        let above_last = css(right_bottom.y) - edge;
        if last_row == first_row + 1 && end <= start {
            // Two pieces that do not touch.
            return format!(
                "M{start} {top}H{right}V{below_first}H{start}zM{left} {above_last}H{end}V{bottom}H{left}z"
            );
        }
        format!("M{start} {top}H{right}V{above_last}H{end}V{bottom}H{left}V{below_first}H{start}z")
    }
}

fn device_gap(scale: f64) -> u32 {
    (scale.round() as u32).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_follow_the_number_of_items() {
        assert_eq!(MapKind::of(60), MapKind::List);
        assert_eq!(MapKind::of(61), MapKind::Cells);
        assert_eq!(MapKind::of(12_288), MapKind::Cells);
        assert_eq!(MapKind::of(12_289), MapKind::Overview);
        assert_eq!((item_pitch(1_000), item_pitch(4_096), item_pitch(4_097)), (12, 8, 6));
    }

    #[test]
    fn ten_thousand_items_fill_two_hundred_by_fifty() {
        let grid = Grid::items(10_000, 1206, 6, 1.0);
        assert_eq!((grid.columns, grid.rows()), (200, 50));
        assert_eq!((grid.width(), grid.height()), (1200, 300));
        assert_eq!(grid.rect(201), Rect { x: 6, y: 6, width: 5, height: 5 });
    }

    #[test]
    fn points_find_their_cells_at_any_scale() {
        for scale in [1.0, 1.25, 1.5, 2.0, 3.0] {
            let grid = Grid::bins(2_442, 1206, scale);
            for cell in [0, 1, 99, 100, 703, 2_441] {
                let (x, y) = grid.anchor(cell);
                assert_eq!(grid.cell_at(x, y + 1.0), Some(cell), "scale {scale}, cell {cell}");
            }
            assert_eq!(grid.cell_at(grid.css_width() + 1.0, 2.0), None);
            assert_eq!(
                grid.cell_at(grid.css_width() - 2.0, grid.css_height() - 2.0),
                None,
                "behind the last cell"
            );
            assert_eq!(grid.cell_at(-1.0, 2.0), None);
        }
    }

    #[test]
    fn outlines_close_around_their_cells() {
        let grid = Grid { cells: 100, columns: 10, pitch_x: 10, pitch_y: 10, gap: 0, scale: 1.0 };
        assert_eq!(grid.outline(3, 5), "M30 0H60V10H30z");
        assert_eq!(grid.outline(5, 3), grid.outline(3, 5));
        assert_eq!(grid.outline(8, 11), "M80 0H100V10H80zM0 10H20V20H0z");
        assert_eq!(grid.outline(8, 25), "M80 0H100V20H60V30H0V10H80z");
        assert_eq!(grid.outline(99, 400), "M90 90H100V100H90z");
    }

    #[test]
    fn narrow_and_odd_boxes_do_not_panic() {
        assert_eq!(Grid::items(5, 0, 6, 1.0).columns, 1);
        assert_eq!(Grid::bins(0, 800, 1.0).rows(), 0);
        assert_eq!(Grid::items(5, 90, 6, f64::NAN).scale, 1.0);
    }
}
