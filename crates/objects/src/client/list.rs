//! Listing a bucket, a page at a time.

use super::{ObjectInfo, Objects, bare, ms};
use crate::error::Error;
use aws_sdk_s3::types::EncodingType;

/// Where a listing begins and what it looks like.
#[derive(Clone, Debug, Default)]
pub struct ListFrom {
    /// Keys that share what lies up to this are grouped: `/` gives folders.
    pub delimiter: Option<String>,
    /// Begins after this key. Unlike `continuation` it may be kept for long.
    pub start_after: Option<String>,
    /// [`ListPage::next`] of the page before.
    pub continuation: Option<String>,
    /// At most this many keys and prefixes; stores give 1,000 at most.
    pub max_keys: Option<u16>,
}

/// A page of a listing, in UTF-8 byte order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListPage {
    /// The objects.
    pub objects: Vec<ObjectInfo>,
    /// The groups that the delimiter made.
    pub common_prefixes: Vec<String>,
    /// For [`ListFrom::continuation`]; `None` on the last page.
    pub next: Option<String>,
}

impl Objects {
    /// One page of the keys that start with `prefix`.
    pub async fn list(&self, bucket: &str, prefix: &str, from: ListFrom) -> Result<ListPage, Error> {
        let request = self
            .client
            .list_objects_v2()
            .bucket(bucket)
            .prefix(prefix)
            // Keys may hold characters that XML cannot.
            .encoding_type(EncodingType::Url)
            .set_delimiter(from.delimiter)
            .set_start_after(from.start_after)
            .set_continuation_token(from.continuation)
            .set_max_keys(from.max_keys.map(i32::from));
        let sent = request.send().await;
        let found = sent.map_err(|error| self.failed("list", bucket, prefix, error))?;
        // A store that ignores the encoding does not say that it used it.
        let encoded = found.encoding_type() == Some(&EncodingType::Url);
        let text = |text: Option<&str>| match encoded {
            true => url_decoded(text.unwrap_or_default()),
            false => text.unwrap_or_default().to_owned(),
        };
        let objects = found.contents().iter().map(|object| ObjectInfo {
            key: text(object.key()),
            size: object.size().unwrap_or_default().max(0) as u64,
            etag: bare(object.e_tag()),
            last_modified_ms: ms(object.last_modified()),
            storage_class: object.storage_class().map_or("STANDARD", |c| c.as_str()).to_owned(),
            ..ObjectInfo::default()
        });
        Ok(ListPage {
            objects: objects.collect(),
            common_prefixes: found.common_prefixes().iter().map(|p| text(p.prefix())).collect(),
            next: found.next_continuation_token.filter(|_| found.is_truncated == Some(true)),
        })
    }
}

/// Undoes `encoding-type=url`: `%XX`, and `+` for a space.
fn url_decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'+', _) => out.push(b' '),
            (b'%', [high, low, after @ ..]) => match hex::decode([*high, *low]) {
                Ok(byte) => {
                    out.extend(byte);
                    rest = after;
                }
                Err(_) => out.push(b'%'),
            },
            (other, _) => out.push(*other),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_encoding_is_undone() {
        assert_eq!(url_decoded("a+b%2Bc/%C3%BC%01"), "a b+c/ü\u{1}");
        assert_eq!(url_decoded("100%"), "100%");
        assert_eq!(url_decoded("%zz%4"), "%zz%4");
    }
}
