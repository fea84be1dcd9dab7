//! Items of `listObjectsV2`: the metadata of an object.

use crate::json_text::push_string;

/// An object as a listing shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListedObject<'a> {
    /// The object's key.
    pub key: &'a str,
    /// Bytes.
    pub size: u64,
    /// The entity tag with its quotes, as S3 gives it.
    pub etag: &'a str,
    /// Seconds since the epoch.
    pub last_modified: i64,
    /// For example `STANDARD`.
    pub storage_class: &'a str,
}

/// The item's JSON text, with the keys that were recorded from AWS; there is no `Bucket` among them.
pub fn listing_item(object: &ListedObject<'_>) -> String {
    write(object, None)
}

/// The same with `Bucket`, which many definitions expect and AWS does not give (W-MAP-02).
pub fn lenient_listing_item(bucket: &str, object: &ListedObject<'_>) -> String {
    write(object, Some(bucket))
}

fn write(object: &ListedObject<'_>, bucket: Option<&str>) -> String {
    let mut out = String::with_capacity(128 + object.key.len());
    out.push_str("{\"Etag\":");
    push_string(&mut out, object.etag);
    out.push_str(&format!(",\"LastModified\":{},\"Key\":", object.last_modified));
    push_string(&mut out, object.key);
    out.push_str(&format!(",\"Size\":{},\"StorageClass\":", object.size));
    push_string(&mut out, object.storage_class);
    if let Some(bucket) = bucket {
        out.push_str(",\"Bucket\":");
        push_string(&mut out, bucket);
    }
    out.push('}');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_object_has_the_recorded_shape() {
        let object = ListedObject {
            key: "a \"b\".txt",
            size: 12,
            etag: "\"9f1c\"",
            last_modified: 1_700_000_000,
            storage_class: "STANDARD",
        };
        assert_eq!(
            listing_item(&object),
            r#"{"Etag":"\"9f1c\"","LastModified":1700000000,"Key":"a \"b\".txt","Size":12,"StorageClass":"STANDARD"}"#
        );
        assert!(lenient_listing_item("photos", &object).ends_with(r#","Bucket":"photos"}"#));
    }
}
