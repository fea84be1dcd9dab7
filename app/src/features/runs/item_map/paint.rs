//! Pixels of the map: RGBA, row by row, ready for one blit.

use super::data::{BinCounts, Bins, ItemCells};
use super::layout::{Grid, Rect};
use model::ItemStatus;

/// No cell is wider, in device pixels: the largest zoom at the largest density.
const WIDEST: u32 = 80;

/// A colour: red, green, blue.
pub type Rgb = [u8; 3];

/// The colours of the areas; the same as the tokens `--area-…` of the style sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // The names are the statuses.
pub struct Palette {
    pub canvas: Rgb,
    pub pending: Rgb,
    pub running: Rgb,
    pub succeeded: Rgb,
    pub failed: Rgb,
    pub retrying: Rgb,
    pub aborted: Rgb,
}

impl Palette {
    /// Failure is the darkest thing.
    pub const LIGHT: Self = Self {
        canvas: [0xff, 0xff, 0xff],
        pending: [0xe3, 0xe6, 0xea],
        running: [0x1f, 0x5f, 0xd6],
        succeeded: [0x42, 0xa3, 0x90],
        failed: [0x8f, 0x0f, 0x16],
        retrying: [0xa2, 0x73, 0x07],
        aborted: [0x4a, 0x52, 0x5d],
    };

    /// Failure is the brightest thing.
    pub const DARK: Self = Self {
        canvas: [0x12, 0x15, 0x1a],
        pending: [0x2b, 0x31, 0x3a],
        running: [0x4f, 0x82, 0xe6],
        succeeded: [0x17, 0x70, 0x5f],
        failed: [0xff, 0xa0, 0x8f],
        retrying: [0x9c, 0x7a, 0x1c],
        aborted: [0x7d, 0x87, 0x95],
    };

    /// Greys only, for forced colours: failure stands out by lightness and by its shape.
    pub fn forced(dark: bool) -> Self {
        let grey = |light: u8, night: u8| if dark { [night; 3] } else { [light; 3] };
        Self {
            canvas: grey(0xff, 0x00),
            pending: grey(0xe6, 0x26),
            running: grey(0x78, 0x90),
            succeeded: grey(0xb4, 0x58),
            failed: grey(0x00, 0xff),
            retrying: grey(0x78, 0x90),
            aborted: grey(0x50, 0xb0),
        }
    }

    /// The palette of a theme.
    pub fn of(dark: bool) -> Self {
        if dark { Self::DARK } else { Self::LIGHT }
    }

    fn item(&self, status: ItemStatus) -> Rgb {
        match status {
            ItemStatus::Pending => self.pending,
            ItemStatus::Running => self.running,
            ItemStatus::Succeeded => self.succeeded,
            ItemStatus::Failed | ItemStatus::TimedOut => self.failed,
            ItemStatus::Aborted => self.aborted,
            ItemStatus::Retrying => self.retrying,
        }
    }
}

/// The picture of one grid. Keep it between frames: then only changed cells are drawn again.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The geometry.
    pub grid: Grid,
    /// The colours.
    pub palette: Palette,
    /// `width * height * 4` bytes.
    pub pixels: Vec<u8>,
}

impl Picture {
    /// A picture without cells yet.
    pub fn new(grid: Grid, palette: Palette) -> Self {
        let [r, g, b] = palette.canvas;
        let pixels = [r, g, b, 0xff].repeat(grid.width() as usize * grid.height() as usize);
        Self { grid, palette, pixels }
    }

    /// Draws all bins.
    pub fn of_bins(bins: &Bins, grid: Grid, palette: Palette) -> Self {
        let mut picture = Self::new(grid, palette);
        for bin in 0..grid.cells {
            picture.draw_bin(bin, bins.at(bin));
        }
        picture
    }

    /// Draws all items.
    pub fn of_items(cells: &ItemCells, grid: Grid, palette: Palette) -> Self {
        let mut picture = Self::new(grid, palette);
        for place in 0..grid.cells {
            picture.draw_item(place, cells.status(place));
        }
        picture
    }

    /// Draws the bins that differ between two frames; says how many.
    pub fn update_bins(&mut self, before: &Bins, now: &Bins) -> usize {
        let changed: Vec<usize> =
            (0..self.grid.cells).filter(|bin| before.at(*bin) != now.at(*bin)).collect();
        for bin in &changed {
            self.draw_bin(*bin, now.at(*bin));
        }
        changed.len()
    }

    /// Draws the items that differ between two frames of the same window; says how many.
    pub fn update_items(&mut self, before: &ItemCells, now: &ItemCells) -> usize {
        let changed: Vec<usize> =
            (0..self.grid.cells).filter(|place| before.status(*place) != now.status(*place)).collect();
        for place in &changed {
            self.draw_item(*place, now.status(*place));
        }
        changed.len()
    }

    fn draw_bin(&mut self, bin: usize, counts: BinCounts) {
        let Palette { pending, running, succeeded, failed, retrying, aborted, .. } = self.palette;
        let cell = self.grid.rect(bin);
        self.fill(cell, pending);
        let total = counts.total().max(1);
        let failures = counts.unsuccessful();
        let filled = share(cell.height, counts.finished(), total);
        let loud = failures >= 1_000 || (failures > 0 && failures * 2 >= counts.finished());
        let body = if loud { failed } else { succeeded };
        self.fill(bottom(cell, 0, filled), body);
        if !loud {
            let stopped = share(filled, u64::from(counts.aborted), counts.finished().max(1));
            let part = bottom(cell, filled - stopped, stopped);
            self.fill(part, aborted);
            self.hatch(part);
        }
        if counts.under_way() > 0 {
            let line = self.css(2).min(cell.height);
            let edge = filled.min(cell.height - line);
            self.fill(
                bottom(cell, edge, line),
                if counts.retrying > counts.running { retrying } else { running },
            );
        }
        if failures > 0 {
            let legs = match failures {
                1..=9 => 4,
                10..=99 => 6,
                _ => 8,
            };
            self.corner(cell, self.css(legs), failed);
        }
    }

    fn draw_item(&mut self, place: usize, status: ItemStatus) {
        let canvas = self.palette.canvas;
        let cell = self.grid.rect(place);
        self.fill(cell, self.palette.item(status));
        let line = self.css(1);
        let middle = cell.x + (cell.width - line.min(cell.width)) / 2;
        match status {
            ItemStatus::Failed => {
                let inset = line.min(cell.height / 3);
                self.fill(
                    Rect { x: middle, y: cell.y + inset, width: line, height: cell.height - 2 * inset },
                    canvas,
                );
            }
            ItemStatus::TimedOut => {
                let dot = self.css(if cell.width >= self.css(7) { 3 } else { 2 }).min(cell.width);
                let (x, y) = (cell.x + (cell.width - dot) / 2, cell.y + (cell.height - dot) / 2);
                self.fill(Rect { x, y, width: dot, height: dot }, canvas);
            }
            ItemStatus::Aborted => self.diagonal(cell),
            ItemStatus::Retrying if self.grid.pitch_x >= self.css(8) => {
                let inner = Rect {
                    x: cell.x + line,
                    y: cell.y + line,
                    width: cell.width - 2 * line,
                    height: cell.height - 2 * line,
                };
                self.fill(inner, canvas);
                let core = Rect {
                    x: inner.x + line,
                    y: inner.y + line,
                    width: inner.width - 2 * line,
                    height: inner.height - 2 * line,
                };
                self.fill(core, self.palette.retrying);
            }
            _ => {}
        }
    }

    fn css(&self, pixels: u32) -> u32 {
        ((f64::from(pixels) * self.grid.scale).round() as u32).max(1)
    }

    /// One row is made pixel by pixel, then copied: most of a picture's time goes here.
    fn fill(&mut self, area: Rect, [r, g, b]: Rgb) {
        let stride = self.grid.width() as usize * 4;
        let mut strip = [0_u8; WIDEST as usize * 4];
        let strip = &mut strip[..area.width.min(WIDEST) as usize * 4];
        for pixel in strip.chunks_exact_mut(4) {
            pixel.copy_from_slice(&[r, g, b, 0xff]);
        }
        for y in area.y..area.y + area.height {
            let start = y as usize * stride + area.x as usize * 4;
            if let Some(row) = self.pixels.get_mut(start..start + strip.len()) {
                row.copy_from_slice(strip);
            }
        }
    }

    /// A right triangle in the top right corner.
    fn corner(&mut self, cell: Rect, legs: u32, colour: Rgb) {
        for row in 0..legs.min(cell.height) {
            let width = (legs - row).min(cell.width);
            self.fill(Rect { x: cell.x + cell.width - width, y: cell.y + row, width, height: 1 }, colour);
        }
    }

    fn diagonal(&mut self, cell: Rect) {
        let width = self.css(1).min(cell.width);
        for row in 0..cell.height {
            let x =
                cell.x + (cell.width - width).saturating_sub(row * (cell.width - width) / cell.height.max(1));
            self.fill(Rect { x, y: cell.y + row, width, height: 1 }, self.palette.canvas);
        }
    }

    fn hatch(&mut self, area: Rect) {
        let step = self.css(4).max(2);
        for y in area.y..area.y + area.height {
            for x in area.x..area.x + area.width {
                if (x + y) % step == 0 {
                    self.fill(Rect { x, y, width: 1, height: 1 }, self.palette.canvas);
                }
            }
        }
    }
}

/// `part` of `whole` as a length; never nothing while there is some, never all before all.
fn share(length: u32, part: u64, whole: u64) -> u32 {
    if part == 0 || length == 0 {
        return 0;
    }
    if part >= whole {
        return length;
    }
    let exact = (f64::from(length) * part as f64 / whole as f64).round() as u32;
    exact.clamp(1, length.saturating_sub(1).max(1))
}

/// A slice of a cell, `height` tall, `above` its bottom.
fn bottom(cell: Rect, above: u32, height: u32) -> Rect {
    let height = height.min(cell.height);
    let y = cell.y + cell.height.saturating_sub(above + height);
    Rect { y, height, ..cell }
}

#[cfg(test)]
#[path = "paint_tests.rs"]
mod tests;
