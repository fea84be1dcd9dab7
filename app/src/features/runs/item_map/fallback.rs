//! The map as SVG, for the first paint and for pages without WebAssembly. Colours are tokens, so
//! it follows the theme by itself.

use super::data::{Bins, ItemCells};
use super::layout::Grid;
use model::ItemStatus;
use std::fmt::Write;

/// The map of bins. Neighbours that look alike become one rectangle; lines of the canvas colour
/// cut them into cells again.
pub fn bins_svg(bins: &Bins, grid: &Grid) -> String {
    let mut areas = Areas::default();
    for bin in 0..grid.cells {
        let counts = bins.at(bin);
        let (finished, failures) = (counts.finished(), counts.unsuccessful());
        let look = if failures >= 1_000 || (failures > 0 && failures * 2 >= finished) {
            ItemStatus::Failed
        } else if finished * 2 >= counts.total().max(1) {
            ItemStatus::Succeeded
        } else if counts.under_way() > 0 {
            ItemStatus::Running
        } else {
            ItemStatus::Pending
        };
        areas.cell(look, grid, bin);
        if failures > 0 && look != ItemStatus::Failed {
            areas.mark(failures, grid, bin);
        }
    }
    areas.finish(grid)
}

/// The map of single items.
pub fn items_svg(cells: &ItemCells, grid: &Grid) -> String {
    let mut areas = Areas::default();
    for place in 0..grid.cells {
        areas.cell(cells.status(place), grid, place);
    }
    areas.finish(grid)
}

#[derive(Default)]
struct Areas {
    paths: [String; 7],
    marks: String,
    run: Option<Run>,
}

struct Run {
    look: ItemStatus,
    from: usize,
    to: usize,
}

impl Areas {
    fn cell(&mut self, look: ItemStatus, grid: &Grid, cell: usize) {
        match &mut self.run {
            Some(run) if run.look == look && !cell.is_multiple_of(grid.columns) => run.to = cell,
            _ => {
                self.close(grid);
                self.run = Some(Run { look, from: cell, to: cell });
            }
        }
    }

    fn close(&mut self, grid: &Grid) {
        let Some(run) = self.run.take() else { return };
        let (from, to) = (grid.rect(run.from), grid.rect(run.to));
        let width = to.x + to.width - from.x;
        // Writing to a String cannot fail.
        let _ =
            write!(self.paths[run.look as usize], "M{} {}h{width}v{}h-{width}z", from.x, from.y, from.height);
    }

    fn mark(&mut self, failures: u64, grid: &Grid, cell: usize) {
        let legs = match failures {
            1..=9 => 4,
            10..=99 => 6,
            _ => 8,
        };
        let rect = grid.rect(cell);
        let _ =
            write!(self.marks, "M{} {}h{legs}v{legs}z", (rect.x + rect.width).saturating_sub(legs), rect.y);
    }

    fn finish(mut self, grid: &Grid) -> String {
        self.close(grid);
        let (width, height) = (grid.width(), grid.height());
        let mut svg = format!(
            r#"<svg class="mw-map__svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" shape-rendering="crispEdges" aria-hidden="true">"#
        );
        for status in ItemStatus::ALL {
            let path = &self.paths[status as usize];
            if !path.is_empty() {
                let _ = write!(svg, r#"<path fill="var(--area-{})" d="{path}"/>"#, area(status));
            }
        }
        if !self.marks.is_empty() {
            let _ =
                write!(svg, r#"<path fill="var(--area-failed)" shape-rendering="auto" d="{}"/>"#, self.marks);
        }
        let mut cuts = String::new();
        for column in 1..=grid.columns as u32 {
            let _ =
                write!(cuts, "M{} 0v{height}", f64::from(column * grid.pitch_x) - f64::from(grid.gap) / 2.0);
        }
        let _ = write!(svg, r#"<path stroke="var(--canvas)" stroke-width="{}" d="{cuts}"/></svg>"#, grid.gap);
        svg
    }
}

fn area(status: ItemStatus) -> &'static str {
    match status {
        ItemStatus::Pending => "pending",
        ItemStatus::Running => "running",
        ItemStatus::Succeeded => "succeeded",
        ItemStatus::Failed | ItemStatus::TimedOut => "failed",
        ItemStatus::Aborted => "aborted",
        ItemStatus::Retrying => "retrying",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_neighbours_share_a_rectangle() {
        let cells = ItemCells { from: 0, codes: vec![2, 2, 2, 3, 0, 0] };
        let svg = items_svg(&cells, &Grid::items(6, 1200, 12, 1.0));
        assert!(svg.contains(r#"fill="var(--area-succeeded)" d="M0 0h35v11h-35z""#), "{svg}");
        assert!(svg.contains(r#"fill="var(--area-failed)" d="M36 0h11v11h-11z""#), "{svg}");
        assert!(svg.contains(r#"fill="var(--area-pending)" d="M48 0h23v11h-23z""#), "{svg}");
    }

    #[test]
    fn ten_million_items_stay_a_small_picture() {
        let mut bins = Bins { total_items: 10_000_000, items_per_bin: 4_096, ..Default::default() };
        for bin in 0..bins.len() {
            let failed = u32::from(bin % 3 == 0);
            bins.set(
                bin,
                super::super::data::BinCounts { succeeded: 4_096 - failed, failed, ..Default::default() },
            );
        }
        let svg = bins_svg(&bins, &Grid::bins(bins.len(), 1206, 1.0));
        assert!(svg.len() < 20_000, "{}", svg.len());
    }
}
