//! A region of a page that waits for its data once, and keeps the old data while it asks again.

use crate::error::{ErrorNote, UiError};
use crate::ui::Skeleton;
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Shows `render` of the data when it is there, and the error where it happened when it is not.
pub fn load<T, V>(
    data: Resource<Result<T, UiError>>,
    render: impl Fn(T) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
    V: IntoView + 'static,
{
    view! {
        <Transition fallback=|| view! { <Skeleton height=96/> }>
            {move || {
                let render = render.clone();
                Suspend::new(async move {
                    let data = data.await;
                    after_dry_walk().await;
                    match data {
                        Ok(value) => render(value).into_any(),
                        Err(error) => view! { <ErrorNote error/> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
}

/// On the server, a boundary walks over its children before it renders them, to find what they wait
/// for, and throws away what a walk rendered. Resources begun in such a rendering are never finished,
/// and the page's last bytes wait for them. So a walk ends here, and only the real rendering goes on.
pub async fn after_dry_walk() {
    #[cfg(feature = "ssr")]
    {
        let mut walked = false;
        std::future::poll_fn(|cx| match std::mem::replace(&mut walked, true) {
            true => std::task::Poll::Ready(()),
            false => {
                cx.waker().wake_by_ref();
                std::task::Poll::Pending
            }
        })
        .await;
    }
}
