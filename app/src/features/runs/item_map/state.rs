//! What the map remembers between events, and what its grids are made of.

use super::cursor::{Action, Cursor};
use super::data::{Bins, ItemCells};
use super::layout::{Grid, MapKind, ZOOM_STEPS, item_pitch};
use super::paint::{Palette, Picture};
use super::surface::{Paint, Spec};
use super::{fallback, words};
use crate::ui::{StatusGlyph, browser, format};
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;

/// The pitch of the detail strip under the overview, in CSS pixels.
const DETAIL_PITCH: u32 = 7;

#[derive(Clone, Copy)]
pub struct State {
    pub bins: Signal<Arc<Bins>>,
    pub items: Signal<Option<Arc<ItemCells>>>,
    pub note: Option<Callback<(u64, u64), Option<String>>>,
    pub on_select_bin: Callback<usize>,
    pub on_open_item: Callback<u64>,
    pub on_range: Callback<Option<(u64, u64)>>,
    pub selected_bin: RwSignal<Option<usize>>,
    pub follow: RwSignal<bool>,
    pub width: RwSignal<u32>,
    pub scale: RwSignal<f64>,
    pub zoom: RwSignal<Option<u32>>,
    pub ranging: RwSignal<bool>,
    pub range: RwSignal<Option<(u64, u64)>>,
    pub wanted: RwSignal<Option<u64>>,
    pub bin_cursor: RwSignal<Cursor>,
    pub item_cursor: RwSignal<Cursor>,
    pub bin_box: NodeRef<html::Div>,
    pub item_box: NodeRef<html::Div>,
    pub dark: Signal<bool>,
    pub index_field: NodeRef<html::Input>,
}

impl State {
    pub fn is_overview(&self) -> bool {
        self.bins.with_untracked(|bins| MapKind::of(bins.total_items) == MapKind::Overview)
    }

    pub fn pitch(&self) -> u32 {
        let total = self.bins.with(|bins| bins.total_items);
        let plain = if MapKind::of(total) == MapKind::Overview { DETAIL_PITCH } else { item_pitch(total) };
        self.zoom.get().unwrap_or(plain)
    }

    pub fn select_bin(&self, bin: usize) {
        self.selected_bin.set(Some(bin));
        self.item_cursor.set(Cursor::default());
        self.on_select_bin.run(bin);
    }

    pub fn clear(&self) {
        self.bin_cursor.update(|cursor| cursor.anchor = None);
        self.item_cursor.update(|cursor| cursor.anchor = None);
        self.set_range(None);
    }

    pub fn set_range(&self, range: Option<(u64, u64)>) {
        if self.range.get_untracked() != range {
            self.range.set(range);
            self.on_range.run(range);
        }
    }

    pub fn follow_the_frontier(self) {
        Effect::new(move |_| {
            if !self.follow.get() || !self.is_overview() {
                return;
            }
            if let Some(bin) = self.bins.with(|bins| bins.frontier())
                && self.selected_bin.get_untracked() != Some(bin)
            {
                self.select_bin(bin);
            }
        });
    }

    /// Puts the cursor on the item that was asked for, once its window is here.
    pub fn find_the_wanted(self) {
        Effect::new(move |_| {
            let (Some(wanted), Some(items)) = (self.wanted.get(), self.items.get()) else { return };
            let place = wanted.checked_sub(items.from).filter(|place| (*place as usize) < items.codes.len());
            if let Some(place) = place {
                self.item_cursor.set(Cursor { cell: place as usize, anchor: None });
                self.wanted.set(None);
                browser::focus(self.item_box);
            }
        });
    }

    pub fn go_to(&self, item: u64) {
        let item = item.min(self.bins.with_untracked(|bins| bins.total_items).saturating_sub(1));
        if self.is_overview() {
            self.follow.set(false);
            self.select_bin(self.bins.with_untracked(|bins| bins.bin_of(item)));
        }
        self.wanted.set(Some(item));
    }

    pub fn palette(&self) -> Palette {
        let dark = self.dark.get();
        if browser::has_forced_colours() { Palette::forced(dark) } else { Palette::of(dark) }
    }

    pub fn zoom_by(&self, step: i32) {
        let now = untrack(|| self.pitch());
        let at = ZOOM_STEPS.iter().position(|pitch| *pitch >= now).unwrap_or(0);
        let next = at.saturating_add_signed(step as isize);
        match ZOOM_STEPS.get(next) {
            Some(pitch) if next != at => self.zoom.set(Some(*pitch)),
            _ if step < 0 && self.is_overview() => browser::focus(self.bin_box),
            _ => {}
        }
    }

    /// The overview: one cell for a bin.
    pub fn bins_spec(self) -> Spec {
        let bins = self.bins;
        let grid =
            Memo::new(move |_| Grid::bins(bins.with(|bins| bins.len()), self.width.get(), self.scale.get()));
        let drawn = StoredValue::new(Arc::<Bins>::default());
        let paint: Paint = Arc::new(move |picture| {
            let (now, grid, palette) = (bins.get(), grid.get(), self.palette());
            match picture {
                Some(picture) if picture.grid == grid && picture.palette == palette => {
                    picture.update_bins(&drawn.get_value(), &now);
                }
                _ => *picture = Some(Picture::of_bins(&now, grid, palette)),
            }
            drawn.set_value(now);
        });
        Spec {
            label: "Overview of all items",
            focus: self.bin_box,
            grid: grid.into(),
            paint,
            still: Signal::derive(move || bins.with(|bins| fallback::bins_svg(bins, &grid.get()))),
            sentence: Arc::new(move |bin| bins.with(|bins| words::bin_sentence(bins, bin))),
            tip: Arc::new(move |bin| self.bin_tip(bin)),
            cursor: self.bin_cursor,
            chosen: self.selected_bin.into(),
            ranging: self.ranging,
            on_pick: Callback::new(move |bin| {
                self.follow.set(false);
                self.select_bin(bin);
            }),
            on_range: Callback::new(move |range: Option<(usize, usize)>| {
                let items = range.map(|(from, to)| {
                    bins.with_untracked(|bins| (bins.items_of(from).0, bins.items_of(to).1))
                });
                self.set_range(items);
            }),
            on_action: Callback::new(move |action| match action {
                Action::ZoomIn => {
                    self.select_bin(self.bin_cursor.get_untracked().cell);
                    browser::focus(self.item_box);
                }
                Action::NextFailed | Action::PreviousFailed => self.seek_failed_bin(action),
                Action::GoTo => self.ask_index(),
                _ => {}
            }),
        }
    }

    /// Single items: of the whole run, or of the chosen bin.
    pub fn items_spec(self) -> Spec {
        let items = self.items;
        let shown = Memo::new(move |_| items.get().unwrap_or_default());
        let cells = move || {
            if self.is_overview() {
                shown.with(|items| items.codes.len())
            } else {
                self.bins.with(|bins| bins.total_items as usize)
            }
        };
        let grid = Memo::new(move |_| Grid::items(cells(), self.width.get(), self.pitch(), self.scale.get()));
        let drawn = StoredValue::new(Arc::<ItemCells>::default());
        let paint: Paint = Arc::new(move |picture| {
            let (now, grid, palette) = (shown.get(), grid.get(), self.palette());
            match picture {
                Some(picture) if picture.grid == grid && picture.palette == palette => {
                    picture.update_items(&drawn.get_value(), &now);
                }
                _ => *picture = Some(Picture::of_items(&now, grid, palette)),
            }
            drawn.set_value(now);
        });
        let item_at = move |place: usize| shown.with_untracked(|items| items.from) + place as u64;
        Spec {
            label: "Single items",
            focus: self.item_box,
            grid: grid.into(),
            paint,
            still: Signal::derive(move || shown.with(|items| fallback::items_svg(items, &grid.get()))),
            sentence: Arc::new(move |place| shown.with(|items| words::item_sentence(items, place))),
            tip: Arc::new(move |place| self.item_tip(place)),
            cursor: self.item_cursor,
            chosen: Signal::stored(None),
            ranging: self.ranging,
            on_pick: Callback::new(move |place| self.on_open_item.run(item_at(place))),
            on_range: Callback::new(move |range: Option<(usize, usize)>| {
                self.set_range(range.map(|(from, to)| (item_at(from), item_at(to))));
            }),
            on_action: Callback::new(move |action| match action {
                Action::ZoomIn => self.zoom_by(1),
                Action::ZoomOut => self.zoom_by(-1),
                Action::GoTo => self.ask_index(),
                Action::NextFailed | Action::PreviousFailed => self.seek_failed_item(action),
                _ => {}
            }),
        }
    }

    fn seek_failed_item(&self, action: Action) {
        let Some(items) = self.items.get_untracked() else { return };
        let at = self.item_cursor.get_untracked().cell;
        let found =
            if action == Action::NextFailed { items.next_failed(at + 1) } else { items.previous_failed(at) };
        if let Some(cell) = found {
            self.set_range(None);
            self.item_cursor.set(Cursor { cell, anchor: None });
        }
    }

    fn seek_failed_bin(&self, action: Action) {
        let bins = self.bins.get_untracked();
        let at = self.bin_cursor.get_untracked().cell;
        let fails = |bin: &usize| bins.at(*bin).unsuccessful() > 0;
        let found = if action == Action::NextFailed {
            (at + 1..bins.len()).find(fails)
        } else {
            (0..at).rev().find(fails)
        };
        if let Some(cell) = found {
            self.set_range(None);
            self.bin_cursor.set(Cursor { cell, anchor: None });
        }
    }

    /// Moves the focus to the field that takes an index.
    fn ask_index(&self) {
        browser::focus_input(self.index_field);
    }

    fn note_on(&self, range: (u64, u64)) -> Option<impl IntoView + use<>> {
        let text = self.note?.run(range)?;
        Some(view! { <div class="mw-map__tip-note">{text}</div> })
    }

    fn bin_tip(&self, bin: usize) -> AnyView {
        let (counts, range) = self.bins.with(|bins| (bins.at(bin), bins.items_of(bin)));
        let rows = words::parts(&counts)
            .into_iter()
            .map(|(status, n)| view! { <li><StatusGlyph status /><span>{status.label()}</span><b class="mw-num">{format::count(n)}</b></li> })
            .collect_view();
        view! {
            <b class="mw-num">{words::range(range.0, range.1)}</b>
            <ul class="mw-map__tip-list">{rows}</ul>
            {self.note_on(range)}
        }
        .into_any()
    }

    fn item_tip(&self, place: usize) -> AnyView {
        let (item, status) = self.items.with(|items| match items {
            Some(items) => (items.from + place as u64, crate::ui::Status::from(items.status(place))),
            None => (place as u64, crate::ui::Status::Pending),
        });
        view! {
            <b class="mw-num">{words::range(item, item)}</b>
            <ul class="mw-map__tip-list"><li><StatusGlyph status /><span>{status.label()}</span></li></ul>
            {self.note_on((item, item))}
        }
        .into_any()
    }

    /// What the strip under the overview shows.
    pub fn detail_heading(self) -> impl IntoView {
        let text = move || match self.selected_bin.get() {
            Some(bin) => {
                let (first, last) = self.bins.with(|bins| bins.items_of(bin));
                format!(
                    "Cell {} · items {}–{} · one cell = one item",
                    format::count(bin as u64 + 1),
                    format::count(first),
                    format::count(last)
                )
            }
            None => "Choose a cell to see its items one by one.".to_owned(),
        };
        view! { <p class="mw-map__line mw-num">{text}</p> }
    }
}
