//! Operations that the house's own client does not use, through the plain SDK.

use super::{Embedded, EmbeddedOptions};
use crate::{AddressPolicy, Objects};
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart, MetadataDirective};
use tokio::task::JoinHandle;

struct Running {
    embedded: Embedded,
    s3: Client,
    serve: JoinHandle<()>,
    dir: tempfile::TempDir,
}

impl Running {
    /// A store with the bucket `here`.
    async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (embedded, serve) = Embedded::open(dir.path(), EmbeddedOptions::default()).await.unwrap();
        let objects = Objects::new(embedded.client_endpoint(), AddressPolicy::private()).unwrap();
        let serve = tokio::runtime::Handle::current().spawn(serve);
        objects.create_bucket("here").await.unwrap();
        Self { embedded, s3: objects.client, serve, dir }
    }

    async fn put(&self, key: &str, body: &'static str) {
        let put = self.s3.put_object().bucket("here").key(key).body(ByteStream::from_static(body.as_bytes()));
        put.send().await.unwrap();
    }

    async fn text(&self, key: &str) -> String {
        let got = self.s3.get_object().bucket("here").key(key).send().await.unwrap();
        String::from_utf8(got.body.collect().await.unwrap().to_vec()).unwrap()
    }

    async fn stop(self) {
        self.embedded.shutdown();
        self.serve.await.unwrap();
    }
}

/// The status and the code of a refusal.
fn refusal<T: std::fmt::Debug, E: ProvideErrorMetadata + std::fmt::Debug>(
    sent: Result<T, SdkError<E, aws_sdk_s3::config::http::HttpResponse>>,
) -> (u16, String) {
    let SdkError::ServiceError(error) = sent.unwrap_err() else { panic!("no answer") };
    (error.raw().status().as_u16(), error.err().code().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn reads_and_writes_keep_their_conditions() {
    let store = Running::start().await;
    let s3 = &store.s3;
    store.put("k", "one").await;
    let get = || s3.get_object().bucket("here").key("k");
    let head = s3.head_object().bucket("here").key("k").send().await.unwrap();
    let etag = head.e_tag().unwrap();
    assert!(get().if_match(etag).send().await.is_ok());
    assert_eq!(refusal(get().if_match("\"other\"").send().await), (412, "PreconditionFailed".into()));
    assert_eq!(refusal(get().if_none_match(etag).send().await).0, 304);
    assert!(get().if_none_match("\"other\"").send().await.is_ok());
    let later = DateTime::from_secs(head.last_modified().unwrap().secs() + 60);
    let earlier = DateTime::from_secs(head.last_modified().unwrap().secs() - 60);
    assert_eq!(refusal(get().if_modified_since(later).send().await).0, 304);
    assert_eq!(refusal(get().if_unmodified_since(earlier).send().await).0, 412);
    assert!(get().if_modified_since(earlier).if_unmodified_since(later).send().await.is_ok());

    let put = |condition: &str| s3.put_object().bucket("here").key("k").if_match(condition);
    assert_eq!(refusal(put("\"other\"").send().await).0, 412);
    assert!(put(etag).body(ByteStream::from_static(b"two")).send().await.is_ok());
    assert_eq!(store.text("k").await, "two");
    let wrong = s3.put_object().bucket("here").key("k").content_md5("1B2M2Y8AsgTpgAmY7PhCfg==");
    let wrong = wrong.body(ByteStream::from_static(b"not empty")).send().await;
    assert_eq!(refusal(wrong), (400, "BadDigest".into()));

    let suffix = get().range("bytes=-2").send().await.unwrap();
    assert_eq!(suffix.content_range(), Some("bytes 1-2/3"));
    assert_eq!(suffix.body.collect().await.unwrap().to_vec(), b"wo");
    assert_eq!(refusal(get().range("bytes=9-").send().await), (416, "InvalidRange".into()));
    store.stop().await;
}

#[tokio::test]
async fn buckets_are_made_found_and_removed_when_empty() {
    let store = Running::start().await;
    let s3 = &store.s3;
    assert_eq!(
        refusal(s3.create_bucket().bucket("here").send().await),
        (409, "BucketAlreadyOwnedByYou".into())
    );
    let head = s3.head_bucket().bucket("here").send().await.unwrap();
    assert_eq!(head.bucket_region(), Some("us-east-1"));
    assert_eq!(refusal(s3.head_bucket().bucket("nowhere").send().await).0, 404);
    let location = s3.get_bucket_location().bucket("here").send().await.unwrap();
    assert!(location.location_constraint().is_none_or(|region| region.as_str().is_empty()));
    store.put("k", "v").await;
    assert_eq!(refusal(s3.delete_bucket().bucket("here").send().await), (409, "BucketNotEmpty".into()));
    s3.delete_object().bucket("here").key("k").send().await.unwrap();
    s3.create_multipart_upload().bucket("here").key("unfinished").send().await.unwrap();
    s3.delete_bucket().bucket("here").send().await.unwrap();
    assert!(s3.list_buckets().send().await.unwrap().buckets().is_empty());
    assert_eq!(refusal(s3.put_object().bucket("here").key("k").send().await), (404, "NoSuchBucket".into()));
    store.stop().await;
}

#[tokio::test]
async fn the_first_listing_continues_at_markers() {
    let store = Running::start().await;
    for key in ["a/1", "a/2", "b", "c/1", "d"] {
        store.put(key, "").await;
    }
    let (mut seen, mut marker) = (Vec::new(), None);
    loop {
        let page = store.s3.list_objects().bucket("here").delimiter("/").max_keys(1).set_marker(marker);
        let page = page.send().await.unwrap();
        seen.extend(page.contents().iter().filter_map(|object| object.key().map(str::to_owned)));
        seen.extend(page.common_prefixes().iter().filter_map(|prefix| prefix.prefix().map(str::to_owned)));
        marker = page.next_marker().map(str::to_owned);
        if page.is_truncated() != Some(true) {
            break;
        }
    }
    assert_eq!(seen, ["a/", "b", "c/", "d"]);
    let after = store.s3.list_objects().bucket("here").marker("a/1").send().await.unwrap();
    assert_eq!(after.contents()[0].key(), Some("a/2"));
    let none = store.s3.list_objects_v2().bucket("here").max_keys(0).send().await.unwrap();
    assert_eq!((none.key_count(), none.is_truncated()), (Some(0), Some(false)));
    let wrong = store.s3.list_objects_v2().bucket("here").continuation_token("what?").send().await;
    assert_eq!(refusal(wrong), (400, "InvalidArgument".into()));
    store.stop().await;
}

#[tokio::test]
async fn copies_may_replace_what_was_noted() {
    let store = Running::start().await;
    let s3 = &store.s3;
    let put = s3.put_object().bucket("here").key("from").metadata("a", "1").content_type("text/plain");
    put.body(ByteStream::from_static(b"body")).send().await.unwrap();
    let copy = || s3.copy_object().bucket("here").copy_source("here/from");
    copy().key("same").send().await.unwrap();
    let head = s3.head_object().bucket("here").key("same").send().await.unwrap();
    assert_eq!((head.content_type(), head.metadata().unwrap()["a"].as_str()), (Some("text/plain"), "1"));
    let replaced = copy().key("new").metadata_directive(MetadataDirective::Replace).metadata("b", "2");
    replaced.send().await.unwrap();
    let head = s3.head_object().bucket("here").key("new").send().await.unwrap();
    assert_eq!(head.metadata().unwrap().keys().collect::<Vec<_>>(), ["b"]);
    assert_eq!(store.text("new").await, "body");
    assert_eq!(refusal(copy().key("from").send().await), (400, "InvalidRequest".into()));
    assert_eq!(refusal(copy().key("x").copy_source_if_match("\"other\"").send().await).0, 412);
    let missing = s3.copy_object().bucket("here").copy_source("here/missing").key("x").send().await;
    assert_eq!(refusal(missing), (404, "NoSuchKey".into()));
    store.stop().await;
}

#[tokio::test]
async fn multipart_uploads_are_checked_listed_and_copied_into() {
    let store = Running::start().await;
    let s3 = &store.s3;
    store.put("source", "0123456789").await;
    let made =
        s3.create_multipart_upload().bucket("here").key("whole").metadata("a", "1").send().await.unwrap();
    let id = made.upload_id().unwrap();
    let part = |number, body: Vec<u8>| {
        let part = s3.upload_part().bucket("here").key("whole").upload_id(id).part_number(number);
        async move { part.body(body.into()).send().await.unwrap().e_tag.unwrap() }
    };
    let large = part(2, vec![b'x'; 5 << 20]).await;
    part(7, b"replaced".to_vec()).await;
    let last = s3.upload_part_copy().bucket("here").key("whole").upload_id(id).part_number(7);
    let last = last.copy_source("here/source").copy_source_range("bytes=2-4").send().await.unwrap();
    let last = last.copy_part_result().unwrap().e_tag().unwrap().to_owned();

    let listed = s3.list_parts().bucket("here").key("whole").upload_id(id).max_parts(1).send().await.unwrap();
    assert_eq!((listed.parts()[0].part_number(), listed.is_truncated()), (Some(2), Some(true)));
    let uploads = s3.list_multipart_uploads().bucket("here").prefix("w").send().await.unwrap();
    assert_eq!(uploads.uploads()[0].upload_id(), Some(id));

    let complete = |parts: Vec<(i32, &str)>| {
        let parts = parts.into_iter().map(|(n, e)| CompletedPart::builder().part_number(n).e_tag(e).build());
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.collect())).build();
        let call = s3.complete_multipart_upload().bucket("here").key("whole").upload_id(id);
        call.multipart_upload(parts).send()
    };
    assert_eq!(refusal(complete(vec![(7, &last), (2, &large)]).await).1, "InvalidPartOrder");
    assert_eq!(refusal(complete(vec![(2, &last)]).await).1, "InvalidPart");
    let early = part(1, b"small".to_vec()).await;
    assert_eq!(refusal(complete(vec![(1, &early), (2, &large)]).await).1, "EntityTooSmall");
    // The first part was uploaded but is not named, so it is not in the object.
    let done = complete(vec![(2, &large), (7, &last)]).await.unwrap();
    assert!(done.e_tag().unwrap().ends_with("-2\""));
    assert_eq!(refusal(complete(vec![(2, &large)]).await), (404, "NoSuchUpload".into()));

    let second = s3.get_object().bucket("here").key("whole").part_number(2).send().await.unwrap();
    assert_eq!((second.parts_count(), second.metadata().unwrap()["a"].as_str()), (Some(2), "1"));
    assert_eq!(second.body.collect().await.unwrap().to_vec(), b"234");
    assert!(s3.list_multipart_uploads().bucket("here").send().await.unwrap().uploads().is_empty());
    store.stop().await;
}

#[tokio::test]
async fn requests_without_a_signature_are_refused() {
    let store = Running::start().await;
    store.put("k", "secret").await;
    let mut endpoint = store.embedded.client_endpoint();
    endpoint.access_key = String::new();
    let nobody = Objects::new(endpoint, AddressPolicy::private()).unwrap();
    assert_eq!(nobody.get_small("here", "k", 10).await.unwrap_err().status(), Some(403));
    assert_eq!(nobody.put("here", "k", "x".into()).await.unwrap_err().status(), Some(403));
    assert_eq!(nobody.delete("here", "k").await.unwrap_err().status(), Some(403));
    assert_eq!(store.text("k").await, "secret");
    store.stop().await;
}

/// What the command line tools send by default: chunks with a checksum behind them.
#[tokio::test]
async fn chunked_bodies_with_trailing_checksums_are_understood() {
    let store = Running::start().await;
    let file = store.dir.path().join("upload");
    let body: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
    std::fs::write(&file, &body).unwrap();
    let put = store.s3.put_object().bucket("here").key("k").body(ByteStream::from_path(&file).await.unwrap());
    let always = aws_sdk_s3::config::Builder::new()
        .request_checksum_calculation(aws_sdk_s3::config::RequestChecksumCalculation::WhenSupported);
    put.customize().config_override(always).send().await.unwrap();
    let got = store.s3.get_object().bucket("here").key("k").send().await.unwrap();
    assert_eq!(got.content_length(), Some(300_000));
    assert_eq!(got.body.collect().await.unwrap().to_vec(), body);
    store.stop().await;
}
