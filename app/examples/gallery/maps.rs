//! The item map at 40, 400, 10,000 and 10 million items.

use super::sample;
use app::features::runs::item_map::layout::Grid;
use app::features::runs::item_map::paint::{Palette, Picture};
use app::features::runs::item_map::{Bins, ItemCells, ItemMap};
use app::ui::*;
use leptos::prelude::*;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

#[component]
pub fn Maps() -> impl IntoView {
    let (big, strip) = (sample::ten_million(), sample::one_bin(702 * 4_096));
    let tens = sample::cells(10_000);
    let hundreds = sample::cells(400);
    view! {
        <div class="mw-page mw-stack">
            <Card title="10,000,000 items">{map(big, strip, Some(702))}</Card>
            <Card title="10,000 items">{map(sample::bins_of(&tens), tens, None)}</Card>
            <Card title="400 items">{map(sample::bins_of(&hundreds), hundreds, None)}</Card>
            <Card title="The canvas, light and dark">
                <img src="bins-light.bmp" alt="" width="1200" /><br /><img src="bins-dark.bmp" alt="" width="1200" />
                <br />
                <img src="items-light.bmp" alt="" width="1190" /><br /><img src="items-dark.bmp" alt="" width="1190" />
            </Card>
        </div>
    }
}

fn map(bins: Bins, cells: ItemCells, chosen: Option<usize>) -> impl IntoView {
    view! {
        <ItemMap
            bins=Arc::new(bins)
            items=Some(Arc::new(cells))
            selected_bin=RwSignal::new(chosen)
            on_select_bin=Callback::new(|_| {})
            on_open_item=Callback::new(|_| {})
            on_range=Callback::new(|_| {})
        />
    }
}

/// What the canvas would show, as files beside the page.
pub fn write_pictures(folder: &Path, theme: &str, dark: bool) -> std::io::Result<()> {
    let bins = sample::ten_million();
    let palette = Palette::of(dark);
    let overview = Picture::of_bins(&bins, Grid::bins(bins.len(), 1206, 1.0), palette);
    let strip = sample::one_bin(0);
    let items = Picture::of_items(&strip, Grid::items(strip.codes.len(), 1206, 7, 1.0), palette);
    let sharp = Picture::of_bins(&bins, Grid::bins(bins.len(), 1206, 2.0), palette);
    for (name, picture) in [("bins", overview), ("items", items), ("sharp", sharp)] {
        write_bmp(&folder.join(format!("{name}-{theme}.bmp")), &picture)?;
    }
    Ok(())
}

/// An uncompressed bitmap: 32 bits a pixel, top row first.
fn write_bmp(path: &Path, picture: &Picture) -> std::io::Result<()> {
    let (width, height) = (picture.grid.width(), picture.grid.height());
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    let size = 54 + picture.pixels.len() as u32;
    file.write_all(b"BM")?;
    for word in [size, 0, 54, 40, width, height.wrapping_neg(), 1 | 32 << 16, 0, size - 54, 2835, 2835, 0, 0]
    {
        file.write_all(&word.to_le_bytes())?;
    }
    for pixel in picture.pixels.chunks_exact(4) {
        file.write_all(&[pixel[2], pixel[1], pixel[0], pixel[3]])?;
    }
    file.flush()
}
