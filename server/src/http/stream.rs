//! The live view of a run as server-sent events.

use axum::response::sse::Event;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use executor::{Beginning, LedgerFrame, LedgerSnapshot, Mark};
use futures::Stream;
use model::RunId;
use serde_json::json;
use service::{Cx, Error, Service};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

/// How often a run that has no live Map Run yet is looked at again.
const PATIENCE: Duration = Duration::from_millis(500);

/// Events of one run until its Map Run has ended: `snapshot`, `frame` …, `end`. A viewer that says what
/// it has read gets the frames after it instead of the snapshot, and one that falls behind a new snapshot.
pub async fn of_run(
    service: Arc<Service>,
    cx: Cx,
    (run, map_run): (RunId, Option<String>),
    mut seen: Option<Mark>,
) -> Result<impl Stream<Item = Result<Event, Infallible>>, Error> {
    // A stranger is refused here, before the stream begins.
    service.run(&cx, &run).await?;
    Ok(async_stream::stream! {
        loop {
            let Ok(detail) = service.run(&cx, &run).await else { return };
            match service.watch(&cx, (&run, map_run.as_deref()), seen.take()).await {
                Ok(Some(mut watch)) => {
                    let mut ended = false;
                    match watch.beginning {
                        Beginning::Snapshot(whole) => yield Ok(snapshot(&whole)),
                        Beginning::Missed(frames) => for missed in frames {
                            ended = missed.last;
                            yield Ok(frame(&missed));
                        },
                    }
                    while !ended {
                        // Lagging behind, or the Map Run is gone: look again.
                        let Ok(next) = watch.frames.recv().await else { break };
                        ended = next.last;
                        yield Ok(frame(&next));
                    }
                }
                Ok(None) if detail.run.status.is_final() => {
                    yield Ok(Event::default().event("end").json_data(json!({ "status": detail.run.status })).unwrap_or_default());
                    return;
                }
                Ok(None) => {}
                Err(_) => return,
            }
            tokio::time::sleep(PATIENCE).await;
        }
    })
}

fn snapshot(snapshot: &LedgerSnapshot) -> Event {
    event("snapshot", snapshot.mark, json!({
        "map_run": snapshot.map_run,
        "bins": STANDARD.encode(&snapshot.bins),
        "groups": snapshot.groups,
        "progress": snapshot.progress,
    }))
}

fn frame(frame: &LedgerFrame) -> Event {
    event("frame", frame.mark, json!({
        "map_run": frame.map_run,
        "bins": STANDARD.encode(&frame.bins),
        "groups": frame.groups,
        "progress": frame.progress,
    }))
}

fn event(name: &str, mark: Mark, data: serde_json::Value) -> Event {
    Event::default().event(name).id(mark.to_string()).json_data(data).unwrap_or_default()
}
