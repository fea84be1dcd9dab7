//! Measures the embedded store through its client: `cargo run --release --example measure`.

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use objects::{AddressPolicy, Embedded, EmbeddedOptions, Error, ListFrom, Objects, PutOptions};
use std::time::Instant;

const OBJECTS: usize = 10_000;
const IN_FLIGHT: usize = 64;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let dir = std::env::temp_dir().join(format!("mapwright-measure-{}", std::process::id()));
    let (embedded, serve) = Embedded::open(&dir, EmbeddedOptions::default()).await?;
    let objects = Objects::new(embedded.client_endpoint(), AddressPolicy::private())?;
    let work = async {
        let done = measure(&objects).await;
        embedded.shutdown();
        done
    };
    let (_, done) = tokio::join!(serve, work);
    let _ = std::fs::remove_dir_all(&dir);
    done
}

async fn measure(objects: &Objects) -> Result<(), Error> {
    objects.create_bucket("measure").await?;
    for (name, len) in [("1 KB", 1_000), ("100 KB", 100_000)] {
        let body = Bytes::from(vec![7; len]);
        let count = if len > 50_000 { OBJECTS / 10 } else { OBJECTS };
        let keys = || stream::iter((0..count).map(|n| format!("{len}/{n:06}")));
        let began = Instant::now();
        let puts = keys().map(|key| {
            let body = body.clone();
            async move { objects.put("measure", &key, body).await }
        });
        puts.buffer_unordered(IN_FLIGHT).try_for_each(|_| async { Ok(()) }).await?;
        report(&format!("put {count} x {name}"), count, began);
        let began = Instant::now();
        let gets = keys().map(|key| async move { objects.get_small("measure", &key, 1 << 20).await });
        gets.buffer_unordered(IN_FLIGHT).try_for_each(|_| async { Ok(()) }).await?;
        report(&format!("get {count} x {name}"), count, began);
    }
    let (began, mut listed, mut from) = (Instant::now(), 0, ListFrom::default());
    loop {
        let page = objects.list("measure", "", from).await?;
        listed += page.objects.len();
        let Some(next) = page.next else { break };
        from = ListFrom { continuation: Some(next), ..Default::default() };
    }
    report(&format!("list {listed} keys"), listed, began);

    let part = Bytes::from(vec![7; 1 << 20]);
    let began = Instant::now();
    let mut upload = objects.upload("measure", "large", PutOptions::default());
    for _ in 0..256 {
        upload.write(part.clone()).await?;
    }
    upload.finish().await?;
    report("upload 256 MiB (MiB)", 256, began);
    let began = Instant::now();
    let read = objects.stream("measure", "large", Default::default());
    let bytes = read.try_fold(0, |sum, bytes| async move { Ok(sum + bytes.len()) }).await?;
    report("read 256 MiB (MiB)", bytes >> 20, began);
    Ok(())
}

fn report(what: &str, count: usize, began: Instant) {
    let took = began.elapsed().as_secs_f64();
    println!("{what}: {took:.2} s, {:.0}/s", count as f64 / took);
}
