//! Serves an embedded store until it is interrupted: `cargo run --example embedded -- FOLDER`.
//! Prints its endpoint, access key and secret key, a line each.

use objects::{Embedded, EmbeddedOptions, Error};
use std::path::PathBuf;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let dir = std::env::args_os().nth(1).map_or_else(|| "data/objects".into(), PathBuf::from);
    let (embedded, serve) = Embedded::open(&dir, EmbeddedOptions::default()).await?;
    println!("{}\n{}\n{}", embedded.endpoint(), embedded.access_key(), embedded.secret_key());
    tokio::pin!(serve);
    tokio::select! {
        () = serve.as_mut() => {}
        _ = tokio::signal::ctrl_c() => {
            embedded.shutdown();
            serve.await;
        }
    }
    Ok(())
}
