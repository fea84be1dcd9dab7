use super::*;

fn grid(cells: usize) -> Grid {
    Grid::bins(cells, 1206, 1.0)
}

fn pixel(picture: &Picture, x: u32, y: u32) -> Rgb {
    let start = (y * picture.grid.width() + x) as usize * 4;
    [picture.pixels[start], picture.pixels[start + 1], picture.pixels[start + 2]]
}

/// FNV-1a: enough to see that not one pixel moved.
fn hash(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

fn one_bin(counts: BinCounts) -> Picture {
    let mut bins = Bins { total_items: counts.total(), items_per_bin: 4_096, ..Default::default() };
    bins.set(0, counts);
    Picture::of_bins(&bins, grid(1), Palette::LIGHT)
}

#[test]
fn one_failure_in_a_full_bin_is_a_corner() {
    let picture = one_bin(BinCounts { succeeded: 4_095, failed: 1, ..Default::default() });
    assert_eq!(pixel(&picture, 10, 0), Palette::LIGHT.failed);
    assert_eq!(pixel(&picture, 7, 0), Palette::LIGHT.failed);
    assert_eq!(pixel(&picture, 6, 0), Palette::LIGHT.succeeded);
    assert_eq!(pixel(&picture, 10, 3), Palette::LIGHT.failed);
    assert_eq!(pixel(&picture, 10, 4), Palette::LIGHT.succeeded);
    assert_eq!(pixel(&picture, 11, 0), Palette::LIGHT.canvas, "the gap");
}

#[test]
fn marks_grow_with_failures_until_the_cell_is_full() {
    let width = |failed| {
        let picture = one_bin(BinCounts { succeeded: 4_096 - failed, failed, ..Default::default() });
        (0..11).filter(|x| pixel(&picture, *x, 0) == Palette::LIGHT.failed).count()
    };
    assert_eq!([width(9), width(10), width(100), width(999), width(1_000)], [4, 6, 8, 8, 11]);
}

#[test]
fn fill_rises_from_the_bottom_with_a_running_edge() {
    let picture = one_bin(BinCounts { succeeded: 2_048, running: 100, pending: 1_948, ..Default::default() });
    assert_eq!(pixel(&picture, 5, 9), Palette::LIGHT.succeeded);
    assert_eq!(pixel(&picture, 5, 5), Palette::LIGHT.succeeded);
    assert_eq!(pixel(&picture, 5, 4), Palette::LIGHT.running);
    assert_eq!(pixel(&picture, 5, 3), Palette::LIGHT.running);
    assert_eq!(pixel(&picture, 5, 2), Palette::LIGHT.pending);
}

#[test]
fn a_bin_that_has_only_begun_to_fail_is_loud_only_where_it_is_done() {
    let picture = one_bin(BinCounts { failed: 40, pending: 4_056, ..Default::default() });
    assert_eq!(pixel(&picture, 2, 9), Palette::LIGHT.failed);
    assert_eq!(pixel(&picture, 2, 5), Palette::LIGHT.pending);
}

#[test]
fn one_item_of_many_is_never_invisible() {
    assert_eq!(share(10, 1, 4_096), 1);
    assert_eq!(share(10, 4_095, 4_096), 9);
    assert_eq!(share(10, 4_096, 4_096), 10);
    assert_eq!(share(10, 0, 4_096), 0);
}

#[test]
fn shapes_repeat_the_colour_of_items() {
    let cells = ItemCells { from: 0, codes: vec![0, 1, 2, 3, 4, 5, 6] };
    let picture = Picture::of_items(&cells, Grid::items(7, 700, 12, 1.0), Palette::DARK);
    let middle = |place: u32| pixel(&picture, place * 12 + 5, 5);
    assert_eq!(middle(2), Palette::DARK.succeeded);
    assert_eq!(middle(3), Palette::DARK.canvas, "the failed cell's line");
    assert_eq!(pixel(&picture, 3 * 12 + 1, 5), Palette::DARK.failed);
    assert_eq!(middle(4), Palette::DARK.canvas, "the dot of a time-out");
    assert_eq!(pixel(&picture, 4 * 12 + 5, 1), Palette::DARK.failed, "no line over a time-out");
    assert_eq!(pixel(&picture, 6 * 12 + 1, 5), Palette::DARK.canvas, "the ring of a retry");
    assert_eq!(middle(6), Palette::DARK.retrying);
}

#[test]
fn an_update_equals_a_fresh_picture() {
    let mut before = Bins { total_items: 40_960, items_per_bin: 4_096, ..Default::default() };
    for bin in 0..10 {
        before.set(bin, BinCounts { pending: 4_096, ..Default::default() });
    }
    let mut now = before.clone();
    now.set(3, BinCounts { succeeded: 4_000, failed: 96, ..Default::default() });
    now.set(4, BinCounts { running: 7, pending: 4_089, ..Default::default() });
    let mut picture = Picture::of_bins(&before, grid(10), Palette::LIGHT);
    assert_eq!(picture.update_bins(&before, &now), 2);
    assert_eq!(picture, Picture::of_bins(&now, grid(10), Palette::LIGHT));
}

#[test]
fn pictures_are_the_same_on_every_machine() {
    let mut bins = Bins { total_items: 1_000_000, items_per_bin: 256, ..Default::default() };
    for bin in 0..bins.len() {
        let failed = if bin % 17 == 0 { bin as u32 % 250 } else { 0 };
        let done = if bin < 2_000 { 256 - failed } else { 0 };
        bins.set(
            bin,
            BinCounts {
                succeeded: done,
                failed: if bin < 2_000 { failed } else { 0 },
                pending: 256,
                ..Default::default()
            },
        );
    }
    let grid = Grid::bins(bins.len(), 1206, 2.0);
    let light = Picture::of_bins(&bins, grid, Palette::LIGHT);
    let dark = Picture::of_bins(&bins, grid, Palette::DARK);
    assert_eq!(light.pixels.len(), 2_400 * 880 * 4);
    assert_eq!(
        (hash(&light.pixels), hash(&dark.pixels)),
        (14_715_122_517_217_666_122, 17_723_557_133_552_444_595)
    );
}

#[test]
fn tiny_and_empty_pictures_do_not_panic() {
    let cells = ItemCells { from: 0, codes: (0..16).collect() };
    for pitch in 1..20 {
        Picture::of_items(&cells, Grid::items(16, 100, pitch, 1.0), Palette::LIGHT);
    }
    Picture::of_items(&cells, Grid::items(0, 100, 6, 1.0), Palette::LIGHT);
    Picture::of_bins(&Bins::default(), Grid::bins(3, 0, 1.0), Palette::LIGHT);
}
