//! Waiting for a run: a bar on a terminal, plain lines otherwise.

use super::api::Api;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use model::{ItemCounts, MapRunPhase, RunDetail};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

const ASK_EVERY: Duration = Duration::from_millis(500);
/// A plain line comes at most so often.
const SAY_EVERY: Duration = Duration::from_secs(5);

/// Asks for the run until it has ended. What happens is told on stderr.
pub async fn wait(api: &Api, run: &str) -> anyhow::Result<RunDetail> {
    let bar = std::io::stderr().is_terminal().then(bar);
    let mut said: Option<(Instant, String)> = None;
    loop {
        let now: RunDetail = api.get(&format!("/runs/{run}")).await?;
        let (line, counts) = line(&now);
        match &bar {
            Some(bar) => {
                bar.set_length(counts.total.max(1));
                bar.set_position(counts.finished());
                bar.set_message(line);
            }
            None => {
                let due = said.as_ref().is_none_or(|(at, old)| at.elapsed() >= SAY_EVERY && *old != line);
                if due || now.run.status.is_final() {
                    eprintln!("{line}");
                    said = Some((Instant::now(), line));
                }
            }
        }
        if now.run.status.is_final() {
            if let Some(bar) = bar {
                bar.finish_and_clear();
            }
            return Ok(now);
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::stderr());
    let form = "{bar:30} {human_pos}/{human_len} {per_sec} {msg}";
    bar.set_style(ProgressStyle::with_template(form).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

/// Where the run stands, and the items of its last Map Run.
fn line(run: &RunDetail) -> (String, ItemCounts) {
    let Some(map) = run.map_runs.last() else {
        return (run.run.status.to_string(), ItemCounts::default());
    };
    let counts = map.item_counts;
    let phase = match map.phase {
        MapRunPhase::Running | MapRunPhase::Finished => run.run.status.to_string(),
        other => format!("{} ({})", run.run.status, other.as_str()),
    };
    let more = if map.reading_done { "" } else { " so far" };
    let failed = match counts.unsuccessful() {
        0 => String::new(),
        n => format!(", {n} unsuccessful"),
    };
    (format!("{phase}: {} of {}{more}{failed}", counts.finished(), counts.total), counts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_line_tells_where_the_run_stands() {
        let id = "01ARYZ6S410000000000000000";
        let run = json!({"id": id, "job_id": null, "job_name": "j", "job_version": 1, "manifest_id": null,
            "status": "RUNNING", "arn": "", "input": "{}", "output": null, "error": null, "cause": null,
            "started_by": "", "note": "", "started_at": 0, "stopped_at": null, "redrive_count": 0, "map_runs": []});
        let mut run: RunDetail = serde_json::from_value(run).unwrap();
        assert_eq!(line(&run).0, "RUNNING");
        let map = json!({"id": "m", "run_id": id, "state_name": "Each", "arn": "", "status": "RUNNING", "phase": "paused",
            "execution_type": "STANDARD", "item_counts": {"total": 10, "succeeded": 3, "failed": 1, "pending": 6},
            "execution_counts": {}, "reading_done": false, "max_concurrency": 1, "tolerated_failure_count": 0,
            "tolerated_failure_percentage": 0.0, "error": null, "cause": null, "results": null, "started_at": 0,
            "stopped_at": null, "redrive_count": 0});
        run.map_runs.push(serde_json::from_value(map).unwrap());
        assert_eq!(line(&run).0, "RUNNING (paused): 4 of 10 so far, 1 unsuccessful");
    }
}
