//! The real store with the real client, over loopback.

use super::blobs::Blobs;
use super::index::Index;
use super::record::Record;
use super::{Embedded, EmbeddedOptions};
use crate::{AddressPolicy, Error, ListFrom, Objects, PutOptions, ReadFrom};
use bytes::Bytes;
use futures::TryStreamExt;
use std::path::Path;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinHandle;

struct Running {
    embedded: Embedded,
    objects: Objects,
    serve: JoinHandle<()>,
}

impl Running {
    async fn start(dir: &Path) -> Self {
        let (embedded, serve) = Embedded::open(dir, EmbeddedOptions::default()).await.unwrap();
        let objects = Objects::new(embedded.client_endpoint(), AddressPolicy::private()).unwrap();
        let serve = tokio::runtime::Handle::current().spawn(serve);
        Self { embedded, objects, serve }
    }

    async fn stop(self) {
        self.embedded.shutdown();
        self.serve.await.unwrap();
    }

    async fn keys(&self, bucket: &str, prefix: &str, from: ListFrom) -> Vec<String> {
        let page = self.objects.list(bucket, prefix, from).await.unwrap();
        page.objects.into_iter().map(|object| object.key).collect()
    }
}

/// `len` bytes that differ from place to place.
fn bytes(len: usize) -> Bytes {
    (0..len).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

async fn read(objects: &Objects, bucket: &str, key: &str, from: ReadFrom) -> Result<Vec<u8>, Error> {
    objects
        .stream(bucket, key, from)
        .try_fold(Vec::new(), |mut all, next| async move {
            all.extend_from_slice(&next);
            Ok(all)
        })
        .await
}

fn body_files(dir: &Path) -> usize {
    let shelves = std::fs::read_dir(dir.join("bodies")).unwrap();
    shelves.map(|shelf| std::fs::read_dir(shelf.unwrap().path()).unwrap().count()).sum()
}

#[tokio::test]
async fn what_is_put_is_read_back() {
    let dir = tempfile::tempdir().unwrap();
    let store = Running::start(dir.path()).await;
    assert!(store.objects.create_bucket("photos").await.unwrap());
    assert!(!store.objects.create_bucket("photos").await.unwrap());
    for len in [0, 1, 32 * 1024, 32 * 1024 + 1, 3_000_000] {
        let key = format!("size/{len}");
        let body = bytes(len);
        let options = PutOptions { content_type: Some("image/jpeg".into()), ..Default::default() };
        let etag = store.objects.put_with("photos", &key, body.clone(), options).await.unwrap();
        let info = store.objects.head("photos", &key).await.unwrap();
        assert_eq!((info.size, &info.etag), (len as u64, &etag));
        assert_eq!(info.content_type.as_deref(), Some("image/jpeg"));
        assert_eq!(store.objects.get("photos", &key, 3_000_000).await.unwrap().0, info);
        assert!(info.last_modified_ms > 1_700_000_000_000);
        assert_eq!(read(&store.objects, "photos", &key, ReadFrom::default()).await.unwrap(), body);
        assert_eq!(store.objects.get_small("photos", &key, 3_000_000).await.unwrap(), body);
    }
    assert_eq!(body_files(dir.path()), 2);
    let noted = store.objects.client.put_object().bucket("photos").key("noted").metadata("Camera", "x1");
    noted.send().await.unwrap();
    assert_eq!(store.objects.head("photos", "noted").await.unwrap().metadata["camera"], "x1");
    let large = store.objects.get_small("photos", "size/3000000", 1000).await.unwrap_err();
    assert!(matches!(large, Error::TooLarge { size: 3_000_000, limit: 1000, .. }), "{large}");
    // Overwritten and deleted bodies leave no file behind.
    store.objects.put("photos", "size/3000000", "small".into()).await.unwrap();
    store.objects.delete("photos", "size/32769").await.unwrap();
    store.objects.delete("photos", "never there").await.unwrap();
    assert_eq!(store.objects.get_small("photos", "size/3000000", 10).await.unwrap(), "small");
    store.stop().await;
    assert_eq!(body_files(dir.path()), 0);
}

#[tokio::test]
async fn ranges_give_exactly_their_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let store = Running::start(dir.path()).await;
    store.objects.create_bucket("ranges").await.unwrap();
    for (key, len) in [("inline", 1000_usize), ("file", 700_000)] {
        let body = bytes(len);
        store.objects.put("ranges", key, body.clone()).await.unwrap();
        for (offset, take) in [(0, Some(1)), (10, Some(90)), (999, None), (500, None), (0, None)] {
            let from = ReadFrom { offset, len: take, etag: None };
            let got = read(&store.objects, "ranges", key, from).await.unwrap();
            let end = take.map_or(len, |take: u64| (offset + take) as usize);
            assert_eq!(got, body[offset as usize..end], "{key} {offset} {take:?}");
        }
        let past = ReadFrom::offset(len as u64);
        assert_eq!(read(&store.objects, "ranges", key, past).await.unwrap(), b"");
        let over = ReadFrom { offset: len as u64 - 5, len: Some(100), etag: None };
        assert_eq!(read(&store.objects, "ranges", key, over).await.unwrap(), body[len - 5..]);
    }
    let none = ReadFrom { offset: 3, len: Some(0), etag: None };
    assert_eq!(read(&store.objects, "ranges", "inline", none).await.unwrap(), b"");
    let other = ReadFrom { etag: Some("0".repeat(32)), ..Default::default() };
    let stale = read(&store.objects, "ranges", "inline", other).await.unwrap_err();
    assert_eq!(stale.status(), Some(412));
    store.stop().await;
}

/// Writes empty objects into the index of a store that does not run: one commit for all.
async fn fill(dir: &Path, bucket: &'static str, keys: Vec<String>) {
    let blobs = Blobs::open(dir.join("bodies")).unwrap();
    let index = Index::open(&dir.join("index.redb"), &blobs).unwrap();
    let record = Record {
        size: 0,
        etag: "d41d8cd98f00b204e9800998ecf8427e".into(),
        modified_ms: 1,
        segments: Vec::new(),
        headers: Default::default(),
    };
    let written = index.change(move |tables| {
        tables.create_bucket(bucket, 1)?;
        keys.iter().try_for_each(|key| tables.put((bucket, key), &record, b""))
    });
    written.await.unwrap();
    index.close().await;
}

#[tokio::test]
async fn ten_thousand_keys_come_in_byte_order() {
    let dir = tempfile::tempdir().unwrap();
    let mut expected: Vec<String> = (0..10_000).map(|n| format!("run-{}/{n}", n % 7)).collect();
    fill(dir.path(), "many", expected.clone()).await;
    expected.sort();
    let store = Running::start(dir.path()).await;

    let (mut listed, mut pages, mut next) = (Vec::new(), 0, None);
    loop {
        let from = ListFrom { continuation: next, ..Default::default() };
        let page = store.objects.list("many", "", from).await.unwrap();
        pages += 1;
        listed.extend(page.objects.into_iter().map(|object| object.key));
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!((pages, listed.len()), (10, 10_000));
    assert_eq!(listed, expected);

    let after = ListFrom { start_after: Some(expected[4_321].clone()), ..Default::default() };
    assert_eq!(store.keys("many", "", after).await, expected[4_322..5_322]);
    let one = store.keys("many", "run-3/", ListFrom { max_keys: Some(5), ..Default::default() });
    let threes: Vec<_> = expected.iter().filter(|k| k.starts_with("run-3/")).take(5).collect();
    assert_eq!(one.await.iter().collect::<Vec<_>>(), threes);

    let folders = ListFrom { delimiter: Some("/".into()), ..Default::default() };
    let page = store.objects.list("many", "", folders).await.unwrap();
    assert_eq!(page.common_prefixes, (0..7).map(|n| format!("run-{n}/")).collect::<Vec<_>>());
    assert!(page.objects.is_empty() && page.next.is_none());

    assert_eq!(store.objects.delete_prefix("many", "run-").await.unwrap(), 10_000);
    assert!(store.keys("many", "", ListFrom::default()).await.is_empty());
    store.stop().await;
}

#[tokio::test]
async fn pages_with_folders_continue_where_they_ended() {
    let dir = tempfile::tempdir().unwrap();
    let store = Running::start(dir.path()).await;
    store.objects.create_bucket("tree").await.unwrap();
    for key in ["a", "a/1", "a/2", "b", "c/1", "c/d/2", "e", "größe/ü"] {
        store.objects.put("tree", key, Bytes::new()).await.unwrap();
    }
    let (mut seen, mut next) = (Vec::new(), None);
    loop {
        let page = store.objects.list(
            "tree",
            "",
            ListFrom {
                delimiter: Some("/".into()),
                continuation: next,
                max_keys: Some(1),
                ..Default::default()
            },
        );
        let page = page.await.unwrap();
        seen.extend(page.objects.into_iter().map(|object| object.key));
        seen.extend(page.common_prefixes);
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["a", "a/", "b", "c/", "e", "größe/"]);
    let inside = ListFrom { delimiter: Some("/".into()), ..Default::default() };
    let page = store.objects.list("tree", "c/", inside).await.unwrap();
    assert_eq!((page.objects[0].key.as_str(), page.common_prefixes[0].as_str()), ("c/1", "c/d/"));
    store.stop().await;
}

#[tokio::test]
async fn odd_keys_are_only_keys() {
    let dir = tempfile::tempdir().unwrap();
    let store = Running::start(dir.path()).await;
    store.objects.create_bucket("odd").await.unwrap();
    let long = "k".repeat(1024);
    let mut keys = vec![
        "x//y",
        "../up",
        "a/../../up",
        "a",
        "a/b",
        "a/",
        "./here",
        "with space+plus%25",
        "ü/ñ/漢字",
        "q?x=1&y=2#z",
        "\u{1}control",
        "'quote\"",
        "<xml>&amp;",
        "trailing ",
        "~tilde:*",
        &long,
    ];
    for key in &keys {
        store.objects.put("odd", key, Bytes::from(key.to_string())).await.unwrap();
    }
    for key in &keys {
        let got = store.objects.get_small("odd", key, 2000).await.unwrap();
        assert_eq!(got, key.as_bytes(), "{key}");
    }
    keys.sort();
    assert_eq!(store.keys("odd", "", ListFrom::default()).await, keys);
    for key in &keys {
        store.objects.copy(("odd", key), ("odd", "copy")).await.unwrap();
        assert_eq!(store.objects.get_small("odd", "copy", 2000).await.unwrap(), key.as_bytes());
        store.objects.delete("odd", key).await.unwrap();
    }
    assert_eq!(store.keys("odd", "", ListFrom::default()).await, ["copy"]);
    let too_long = store.objects.put("odd", &"k".repeat(1025), Bytes::new()).await.unwrap_err();
    assert_eq!(too_long.code(), Some("KeyTooLongError"));
    store.stop().await;
}

#[tokio::test]
async fn multipart_uploads_make_one_object() {
    let dir = tempfile::tempdir().unwrap();
    let store = Running::start(dir.path()).await;
    store.objects.create_bucket("parts").await.unwrap();
    let body = bytes(20_000_000);
    let mut upload = store.objects.upload("parts", "large", PutOptions::default());
    for chunk in body.chunks(777_777) {
        upload.write(Bytes::copy_from_slice(chunk)).await.unwrap();
    }
    assert_eq!(upload.written(), 20_000_000);
    let etag = upload.finish().await.unwrap();
    assert!(etag.ends_with("-4"), "{etag}");
    assert_eq!(read(&store.objects, "parts", "large", ReadFrom::default()).await.unwrap(), body);
    // Across the seam of two parts.
    let seam = ReadFrom { offset: 5 * 1024 * 1024 - 10, len: Some(20), etag: Some(etag) };
    let start = seam.offset as usize;
    assert_eq!(read(&store.objects, "parts", "large", seam).await.unwrap(), body[start..start + 20]);

    // A copy shares the files, and survives its source.
    store.objects.copy(("parts", "large"), ("parts", "copy")).await.unwrap();
    store.objects.delete("parts", "large").await.unwrap();
    assert_eq!(read(&store.objects, "parts", "copy", ReadFrom::default()).await.unwrap(), body);

    let mut gone = store.objects.upload("parts", "aborted", PutOptions::default());
    gone.write(bytes(9_000_000)).await.unwrap();
    gone.abort().await.unwrap();
    let small = store.objects.upload("parts", "empty", PutOptions::default());
    small.finish().await.unwrap();
    assert_eq!(store.keys("parts", "", ListFrom::default()).await, ["copy", "empty"]);
    store.objects.delete("parts", "copy").await.unwrap();
    store.stop().await;
    assert_eq!(body_files(dir.path()), 0);
}

#[tokio::test]
async fn refusals_say_what_where_and_why() {
    let dir = tempfile::tempdir().unwrap();
    let store = Running::start(dir.path()).await;
    store.objects.create_bucket("here").await.unwrap();
    for key in ["", " "] {
        let unasked = store.objects.get_small("here", key, 10).await.unwrap_err();
        assert_eq!(unasked.status(), Some(400), "{unasked}");
    }
    let missing = store.objects.get_small("here", "nothing", 10).await.unwrap_err();
    assert!(missing.is_not_found());
    assert!(
        missing
            .to_string()
            .starts_with("Could not read s3://here/nothing. The store answered 404 NoSuchKey."),
        "{missing}"
    );
    let bucket = store.objects.list("nowhere", "2026/", ListFrom::default()).await.unwrap_err();
    assert_eq!(bucket.code(), Some("NoSuchBucket"));
    assert!(bucket.to_string().starts_with("Could not list s3://nowhere/2026/. The store answered 404"));
    store.objects.head("here", "nothing").await.unwrap_err();

    let absent = || PutOptions { only_if_absent: true, ..Default::default() };
    store.objects.put_with("here", "once", "1".into(), absent()).await.unwrap();
    let taken = store.objects.put_with("here", "once", "2".into(), absent()).await.unwrap_err();
    assert_eq!((taken.status(), taken.code()), (Some(412), Some("PreconditionFailed")));
    assert_eq!(store.objects.get_small("here", "once", 9).await.unwrap(), "1");

    let mut wrong = store.embedded.client_endpoint();
    wrong.secret_key = "not the secret".into();
    let wrong = Objects::new(wrong, AddressPolicy::private()).unwrap();
    let refused = wrong.test_connection(None).await.unwrap_err();
    assert_eq!((refused.status(), refused.code()), (Some(403), Some("SignatureDoesNotMatch")));
    let refused = wrong.put("here", "x", "y".into()).await.unwrap_err();
    assert_eq!(refused.status(), Some(403));
    store.objects.test_connection(Some(("here", ""))).await.unwrap();
    assert_eq!(store.objects.list_buckets().await.unwrap(), ["here"]);
    store.stop().await;
}

#[tokio::test]
async fn a_name_that_resolves_to_this_machine_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let store = Running::start(dir.path()).await;
    let mut endpoint = store.embedded.client_endpoint();
    endpoint.url = Some(store.embedded.endpoint().replace("127.0.0.1", "localhost"));
    let tenant = Objects::new(endpoint.clone(), AddressPolicy::default()).unwrap();
    let refused = tenant.list_buckets().await.unwrap_err();
    assert!(matches!(refused, Error::Address { .. }), "{refused:?}");
    assert!(refused.to_string().contains("localhost"), "{refused}");
    let operator = Objects::new(endpoint, AddressPolicy::private()).unwrap();
    assert!(operator.list_buckets().await.unwrap().is_empty());
    store.stop().await;
}

#[tokio::test]
async fn a_restart_keeps_everything_and_sweeps_orphans() {
    let dir = tempfile::tempdir().unwrap();
    let store = Running::start(dir.path()).await;
    let secret = store.embedded.secret_key().to_owned();
    store.objects.create_bucket("kept").await.unwrap();
    store.objects.put("kept", "small", "s".into()).await.unwrap();
    store.objects.put("kept", "large", bytes(100_000)).await.unwrap();
    store.stop().await;
    std::fs::write(dir.path().join("bodies/0/01ARYZ6S410000000000000000"), "half a body").unwrap();
    assert_eq!(body_files(dir.path()), 2);

    let store = Running::start(dir.path()).await;
    assert_eq!(store.embedded.secret_key(), secret);
    assert_eq!(body_files(dir.path()), 1);
    assert_eq!(store.objects.get_small("kept", "small", 9).await.unwrap(), "s");
    assert_eq!(store.objects.get_small("kept", "large", 100_000).await.unwrap(), bytes(100_000));
    store.stop().await;
}

/// Forwards to `target`, and cuts each connection after `budget` bytes of answers.
async fn cutting_proxy(target: String, budget: u64) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::runtime::Handle::current().spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let target = target.trim_start_matches("http://").to_owned();
            tokio::runtime::Handle::current().spawn(async move {
                let mut server = tokio::net::TcpStream::connect(target).await.unwrap();
                let (from_client, mut to_client) = client.split();
                let (from_server, mut to_server) = server.split();
                let (mut requests, mut answers) = (from_client, from_server.take(budget));
                tokio::select! {
                    _ = tokio::io::copy(&mut requests, &mut to_server) => {}
                    _ = tokio::io::copy(&mut answers, &mut to_client) => {}
                }
            });
        }
    });
    url
}

#[tokio::test]
async fn a_cut_connection_is_taken_up_where_it_broke() {
    let dir = tempfile::tempdir().unwrap();
    let store = Running::start(dir.path()).await;
    store.objects.create_bucket("cut").await.unwrap();
    let body = bytes(1_000_000);
    store.objects.put("cut", "large", body.clone()).await.unwrap();
    let mut endpoint = store.embedded.client_endpoint();
    endpoint.url = Some(cutting_proxy(store.embedded.endpoint(), 150_000).await);
    let objects = Objects::new(endpoint, AddressPolicy::private()).unwrap();
    assert_eq!(read(&objects, "cut", "large", ReadFrom::default()).await.unwrap(), body);
    let middle = ReadFrom { offset: 100_001, len: Some(500_000), etag: None };
    assert_eq!(read(&objects, "cut", "large", middle).await.unwrap(), body[100_001..600_001]);

    // Overwritten while it is read: the two halves would not fit together.
    let mut reading = objects.read("cut", "large", ReadFrom::default()).await.unwrap();
    reading.chunk().await.unwrap().unwrap();
    store.objects.put("cut", "large", bytes(999_999)).await.unwrap();
    let changed = loop {
        match reading.chunk().await {
            Ok(chunk) => assert!(chunk.is_some(), "read to the end of two different objects"),
            Err(error) => break error,
        }
    };
    assert!(matches!(changed, Error::Changed { .. }), "{changed}");
    store.stop().await;
}

#[tokio::test]
async fn a_store_that_is_gone_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let store = Running::start(dir.path()).await;
    let (objects, endpoint) = (store.objects.clone(), store.embedded.endpoint());
    store.stop().await;
    let gone = objects.list("photos", "", ListFrom::default()).await.unwrap_err();
    assert!(matches!(gone, Error::Unreachable { .. }) && gone.is_transient());
    let said = gone.to_string();
    assert!(said.starts_with(&format!("Could not list s3://photos/. {endpoint} did not answer: ")), "{said}");
    assert!(said.contains("refused"), "{said}");
}

/// Forwards to `target`, but swallows the first answer to a CompleteMultipartUpload.
async fn swallowing_proxy(target: String) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let swallowed = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    tokio::runtime::Handle::current().spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let (target, swallowed) = (target.trim_start_matches("http://").to_owned(), swallowed.clone());
            tokio::runtime::Handle::current().spawn(async move {
                let mut server = tokio::net::TcpStream::connect(target).await.unwrap();
                let (mut asked, mut answered) = (vec![0; 65536], vec![0; 65536]);
                loop {
                    tokio::select! {
                        read = client.read(&mut asked) => {
                            let Ok(n @ 1..) = read else { break };
                            server.write_all(&asked[..n]).await.unwrap();
                            let head = String::from_utf8_lossy(&asked[..n.min(200)]).into_owned();
                            let completes = head.starts_with("POST ") && head.contains("uploadId=");
                            if completes && !swallowed.swap(true, std::sync::atomic::Ordering::Relaxed) {
                                let _ = server.read(&mut answered).await;
                                break;
                            }
                        }
                        read = server.read(&mut answered) => {
                            let Ok(n @ 1..) = read else { break };
                            client.write_all(&answered[..n]).await.unwrap();
                        }
                    }
                }
            });
        }
    });
    url
}

#[tokio::test]
async fn an_upload_whose_last_answer_was_lost_is_done_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let store = Running::start(dir.path()).await;
    store.objects.create_bucket("lost").await.unwrap();
    let mut endpoint = store.embedded.client_endpoint();
    endpoint.url = Some(swallowing_proxy(store.embedded.endpoint()).await);
    let objects = Objects::new(endpoint, AddressPolicy::private()).unwrap();
    let mut upload = objects.upload("lost", "key", PutOptions::default());
    upload.write(bytes(9_000_000)).await.unwrap();
    let etag = upload.finish().await.unwrap();
    assert_eq!(store.objects.head("lost", "key").await.unwrap().etag, etag);
    store.stop().await;
}
