//! What a page shows while and after its data comes: a skeleton once, then the data, old data
//! until new data is there, and errors in their place.

use crate::error::{ErrorNote, UiError};
use crate::load::after_dry_walk;
use crate::session::Viewer;
use crate::shell::Place;
use crate::ui::Skeleton;
use leptos::prelude::*;

/// Shows data for the person who looks, once both are there.
pub fn loaded<T, V>(
    data: Resource<Result<T, UiError>>,
    show: impl Fn(T, Viewer) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let viewer = Place::here().viewer;
    view! {
        <Transition fallback=|| view! { <Skeleton height=120/> }>
            {move || {
                let show = show.clone();
                Suspend::new(async move {
                    let both = (data.await, viewer.await);
                    after_dry_walk().await;
                    match both {
                        (Ok(data), Ok(viewer)) => show(data, viewer).into_any(),
                        (Err(error), _) | (_, Err(error)) => view! { <ErrorNote error/> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
}

/// The error of a form's last answer.
pub fn failure<T: 'static>(
    value: impl Get<Value = Option<Result<T, UiError>>> + Send + Sync + 'static,
) -> Signal<Option<UiError>> {
    Signal::derive(move || value.get().and_then(Result::err))
}

/// The sentence for one field of a form.
pub fn field_error(error: Signal<Option<UiError>>, field: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || error.with(|error| error.as_ref().and_then(|e| e.of_field(field))))
}

/// The form's error, when it belongs to none of its fields.
pub fn general_error(error: Signal<Option<UiError>>) -> impl IntoView {
    move || error.get().filter(|e| e.problems.is_empty()).map(|error| view! { <ErrorNote error/> })
}
