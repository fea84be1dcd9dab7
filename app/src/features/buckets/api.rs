//! Server functions of buckets. Bytes go over the REST door.

use crate::error::UiError;
#[cfg(feature = "ssr")]
use crate::session::enter;
use leptos::prelude::*;
use model::{Bucket, ObjectPage};

/// The workspace's buckets.
#[server(prefix = "/rpc")]
pub async fn buckets(w: String) -> Result<Vec<Bucket>, UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.buckets(&cx).await?)
}

/// Makes a bucket in the server's own store and opens it.
#[server(prefix = "/rpc")]
pub async fn create_bucket(w: String, name: String) -> Result<(), UiError> {
    let (house, cx) = enter(&w).await?;
    house.create_bucket(&cx, &name).await?;
    leptos_axum::redirect(&crate::routes::At(w).page(&format!("buckets/{name}")));
    Ok(())
}

/// A page of a bucket, with folders.
#[server(prefix = "/rpc")]
pub async fn objects(
    w: String,
    bucket: String,
    prefix: String,
    after: Option<String>,
) -> Result<ObjectPage, UiError> {
    let (house, cx) = enter(&w).await?;
    let list = service::ListObjects { prefix, folders: true, after, limit: Some(200) };
    Ok(house.list_objects(&cx, &bucket, list).await?)
}

/// Removes an object.
#[server(prefix = "/rpc")]
pub async fn delete_object(w: String, bucket: String, key: String) -> Result<(), UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.delete_object(&cx, &bucket, &key).await?)
}
