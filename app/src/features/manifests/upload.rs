//! Uploading a file: chosen or dropped, streamed to the server, with a progress bar.

use crate::shell::Place;
use crate::transfer::{DropZone, SendFile, Transfer, TransferState, percent_encode};
use crate::ui::{Card, Notice, Progress, Tone, format};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// The card with the drop zone.
#[component]
pub fn UploadCard() -> impl IntoView {
    let place = Place::here();
    let navigate = use_navigate();
    let transfer = Transfer::new();
    let begin = move |files: Vec<SendFile>| {
        let Some(file) = files.into_iter().next() else { return };
        let url = format!(
            "/api/v1/manifests/upload?workspace={}&file_name={}",
            percent_encode(&place.w.get_untracked()),
            percent_encode(&file.name()),
        );
        let at = crate::routes::At(place.w.get_untracked());
        let navigate = navigate.clone();
        transfer.send("POST", &url, &file, move |answer| {
            if let Some(id) = answer.get("id").and_then(|id| id.as_str()) {
                navigate(&at.manifest(id), Default::default());
            }
        });
    };
    view! {
        <Card title="Upload a file" note="CSV, JSON or JSON Lines">
            <div class="mw-form">
                <DropZone id="manifest-file" accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson"
                    words="Drop a file here" on_files=Callback::new(begin)/>
                <TransferStatus transfer/>
                <p class="mw-meta">"The file is read while it arrives. Rows that cannot be read are reported by line and left out."</p>
            </div>
        </Card>
    }
}

/// How far a transfer is, in words and as a bar.
#[component]
pub fn TransferStatus(
    /// The transfer.
    transfer: Transfer,
) -> impl IntoView {
    move || match transfer.state.get() {
        TransferState::Idle => ().into_any(),
        TransferState::Sending { name, sent, total } => {
            let words = match sent < total {
                true => format!("{name}: {} of {}", format::bytes(sent), format::bytes(total)),
                false => format!("{name}: {} sent. Reading items…", format::bytes(total)),
            };
            let share = if total == 0 { 0.0 } else { sent as f64 / total as f64 };
            view! { <Progress value=share label=words.clone()/> <p class="mw-meta">{words}</p> }.into_any()
        }
        TransferState::Done => view! { <p class="mw-meta">"Sent."</p> }.into_any(),
        TransferState::Failed(text) => view! { <Notice tone=Tone::Danger>{text}</Notice> }.into_any(),
    }
}
