//! One grid on the page: a canvas for the cells, an SVG over it for hover, selection and cursor.

use super::cursor::{Action, Cursor};
use super::layout::Grid;
use super::paint::Picture;
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;

/// Draws into the picture that is there, or makes a new one.
pub type Paint = Arc<dyn Fn(&mut Option<Picture>) + Send + Sync>;
/// Says something about a cell.
pub type Tell<T> = Arc<dyn Fn(usize) -> T + Send + Sync>;

/// What a grid needs to be on the page.
#[derive(Clone)]
pub struct Spec {
    /// What the grid shows, for screen readers.
    pub label: &'static str,
    /// The focusable box.
    pub focus: NodeRef<html::Div>,
    pub grid: Signal<Grid>,
    pub paint: Paint,
    /// The same as SVG, until the canvas is alive.
    pub still: Signal<String>,
    /// A cell in one sentence.
    pub sentence: Tell<String>,
    /// A cell in a few lines.
    pub tip: Tell<AnyView>,
    pub cursor: RwSignal<Cursor>,
    /// The cell whose content is shown elsewhere.
    pub chosen: Signal<Option<usize>>,
    /// Two clicks make a range.
    pub ranging: RwSignal<bool>,
    pub on_pick: Callback<usize>,
    pub on_range: Callback<Option<(usize, usize)>>,
    /// A key that means more than a move: zoom, go to, next failed.
    pub on_action: Callback<Action>,
}

/// The grid.
#[component]
pub fn Surface(
    /// What it shows and whom it tells.
    spec: Spec,
) -> impl IntoView {
    let Spec {
        label,
        focus,
        grid,
        paint,
        still,
        sentence,
        tip,
        cursor,
        chosen,
        ranging,
        on_pick,
        on_range,
        on_action,
    } = spec;
    let canvas = NodeRef::<html::Canvas>::new();
    let live = RwSignal::new(false);
    let hover = RwSignal::new(None::<usize>);
    let pressed = RwSignal::new(None::<usize>);
    draw_on(canvas, paint, live);

    let cell_of = move |event: &PointerEvent| {
        grid.get_untracked().cell_at(f64::from(event.offset_x()), f64::from(event.offset_y()))
    };
    let down = move |event: PointerEvent| {
        if event.button() == 0 {
            pressed.set(cell_of(&event));
        }
    };
    let moved = move |event: PointerEvent| {
        let cell = cell_of(&event);
        if hover.get_untracked() != cell {
            hover.set(cell);
        }
        if let (Some(start), Some(cell)) = (pressed.get_untracked(), cell)
            && start != cell
        {
            cursor.set(Cursor { cell, anchor: Some(start) });
        }
    };
    let up = move |event: PointerEvent| {
        let Some(start) = pressed.get_untracked() else { return };
        pressed.set(None);
        let Some(cell) = cell_of(&event) else { return };
        let dragged = start != cell;
        let extends = dragged
            || event.shift_key()
            || ranging.get_untracked() && cursor.with_untracked(|cursor| cursor.anchor.is_some());
        if dragged {
            cursor.set(Cursor { cell, anchor: Some(start) });
        } else if ranging.get_untracked() && !extends {
            cursor.set(Cursor { cell, anchor: Some(cell) });
            return;
        } else {
            cursor.update(|cursor| cursor.go(cell, extends));
        }
        if extends {
            ranging.set(false);
            on_range.run(cursor.with_untracked(Cursor::range));
        } else {
            on_range.run(None);
            on_pick.run(cell);
        }
    };
    let keys = move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let shape = grid.with_untracked(|grid| (grid.cells, grid.columns));
        let mut next = cursor.get_untracked();
        let Some(action) = next.key(&event.key(), event.shift_key(), shape) else { return };
        event.prevent_default();
        event.stop_propagation();
        if next != cursor.get_untracked() {
            cursor.set(next);
            hover.set(None);
        }
        match action {
            Action::Moved => on_range.run(next.range()),
            Action::Clear => on_range.run(None),
            Action::Open => on_pick.run(next.cell),
            other => on_action.run(other),
        }
    };

    let style =
        move || grid.with(|grid| format!("width:{}px;height:{}px", grid.css_width(), grid.css_height()));
    let outline =
        move |range: Option<(usize, usize)>| range.map(|(from, to)| grid.with(|grid| grid.outline(from, to)));
    let spoken = move || sentence(cursor.with(|cursor| cursor.cell));
    let bubble = move || {
        let cell = hover.get().filter(|_| pressed.get().is_none())?;
        let (place, class) = grid.with(|grid| tip_place(grid, cell));
        Some(view! { <div class=class style=place>{tip(cell)}</div> })
    };
    view! {
        <div
            node_ref=focus
            class="mw-map__box"
            class:mw-map__box--live=live
            class:mw-map__box--empty=move || grid.with(|grid| grid.cells == 0)
            style=style
            tabindex="0"
            role="application"
            aria-roledescription="item map"
            aria-label=label
            on:keydown=keys
            on:blur=move |_| hover.set(None)
        >
            <canvas node_ref=canvas class="mw-map__canvas" style=style aria-hidden="true"></canvas>
            <div class="mw-map__still" inner_html=move || if live.get() { String::new() } else { still.get() }></div>
            <svg class="mw-map__marks" style=style aria-hidden="true">
                <path class="mw-map__range" d=move || outline(cursor.with(Cursor::range)) />
                <path class="mw-map__chosen" d=move || outline(chosen.get().map(|cell| (cell, cell))) />
                <path class="mw-map__hover" d=move || outline(hover.get().map(|cell| (cell, cell))) />
                <path class="mw-map__cursor" d=move || outline(Some(cursor.with(|cursor| (cursor.cell, cursor.cell)))) />
            </svg>
            <div
                class="mw-map__hit"
                on:pointerdown=down
                on:pointermove=moved
                on:pointerup=up
                on:pointerleave=move |_| {
                    hover.set(None);
                    pressed.set(None);
                }
            ></div>
            {bubble}
            <div class="mw-visually-hidden" role="status" aria-live="polite">{spoken}</div>
        </div>
    }
    .into_any()
}

/// The bubble stands over its cell, and turns inwards at the edges.
fn tip_place(grid: &Grid, cell: usize) -> (String, &'static str) {
    let (x, y) = grid.anchor(cell);
    let below = y + f64::from(grid.pitch_y) / grid.scale;
    let (top, under) = if y < 130.0 { (below + 6.0, true) } else { (y - 6.0, false) };
    let class = match (x < 120.0, x > grid.css_width() - 120.0, under) {
        (true, _, true) => "mw-map__tip mw-map__tip--start mw-map__tip--under",
        (true, _, false) => "mw-map__tip mw-map__tip--start",
        (_, true, true) => "mw-map__tip mw-map__tip--end mw-map__tip--under",
        (_, true, false) => "mw-map__tip mw-map__tip--end",
        (_, _, true) => "mw-map__tip mw-map__tip--under",
        _ => "mw-map__tip",
    };
    (format!("left:{x}px;top:{top}px"), class)
}

/// Paints and blits whenever what `paint` reads has changed.
fn draw_on(canvas: NodeRef<html::Canvas>, paint: Paint, live: RwSignal<bool>) {
    #[cfg(feature = "hydrate")]
    {
        let picture = StoredValue::new(None::<Picture>);
        Effect::new(move |_| {
            let Some(canvas) = canvas.get() else { return };
            picture.update_value(|picture| {
                paint(picture);
                if picture.as_ref().is_some_and(|picture| blit(&canvas, picture)) {
                    live.set(true);
                }
            });
        });
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (canvas, paint, live);
}

#[cfg(feature = "hydrate")]
fn blit(canvas: &web_sys::HtmlCanvasElement, picture: &Picture) -> bool {
    use wasm_bindgen::{Clamped, JsCast};
    let (width, height) = (picture.grid.width(), picture.grid.height());
    if width == 0 || height == 0 {
        return false;
    }
    // Setting a size clears the canvas, so only when it differs.
    if (canvas.width(), canvas.height()) != (width, height) {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    let data = web_sys::ImageData::new_with_u8_clamped_array_and_sh(Clamped(&picture.pixels), width, height);
    let context = canvas
        .get_context("2d")
        .ok()
        .flatten()
        .and_then(|context| context.dyn_into::<web_sys::CanvasRenderingContext2d>().ok());
    match (data, context) {
        (Ok(data), Some(context)) => context.put_image_data(&data, 0.0, 0.0).is_ok(),
        _ => false,
    }
}
