//! Writes a static page of everything that the design system can show, in both themes:
//! `cargo run -p mapwright-app --example gallery --features ssr -- OUT_DIR`.
//! Bundle the styles into the same folder with `node app/web/build.mjs OUT_DIR`.

mod charts;
mod graphs;
mod kit;
mod maps;
mod sample;

use leptos::prelude::*;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let folder: PathBuf = std::env::args().nth(1).unwrap_or_else(|| "target/gallery".into()).into();
    std::fs::create_dir_all(&folder)?;
    for (name, page) in pages() {
        for theme in ["light", "dark"] {
            let body = Owner::new().with(page);
            std::fs::write(folder.join(format!("{name}-{theme}.html")), html(theme, &body))?;
        }
    }
    for (name, dark) in [("light", false), ("dark", true)] {
        maps::write_pictures(&folder, name, dark)?;
    }
    println!("{}", Path::new(&folder).display());
    Ok(())
}

type Page = fn() -> String;

fn pages() -> [(&'static str, Page); 4] {
    [
        ("kit", || kit::Kit().to_html()),
        ("maps", || maps::Maps().to_html()),
        ("graphs", || graphs::Graphs().to_html()),
        ("charts", || charts::Charts().to_html()),
    ]
}

fn html(theme: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=en class={theme}><head><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <title>Gallery</title><link rel=icon href=favicon.svg><link rel=stylesheet href=app.css></head><body>{body}</body></html>"
    )
}
