//! What a new server shows: a bucket of order files, a manifest of them, a job that counts their
//! lines, and a run of it. Some files are cut short, so that there is something to find and redrive.

use crate::accounts::Setup;
use crate::context::{Actor, Cx, Granted};
use crate::jobs::NewJob;
use crate::manifests::GenerateManifest;
use crate::runs::LaunchRun;
use crate::{Error, Service};
use bytes::Bytes;
use model::{ExecutionType, MachineSettings, Profile, User, Workspace};
use std::convert::Infallible;
use std::fmt::Write;

/// Files of the sample bucket.
const FILES: usize = 600;
/// Every so many-th file is cut short in its last line.
const CUT_SHORT: usize = 67;
/// Writes to the bucket at once.
const AT_ONCE: usize = 8;
const DEFINITION: &str = include_str!("count-order-lines.json");

impl Service {
    /// Makes the administrator and the first workspace, with sample data where it is wanted. Works
    /// once. A sample that cannot be made is logged and missing; the server is set up.
    pub async fn first_start(&self, setup: Setup, with_sample: bool) -> Result<(User, Workspace), Error> {
        let (user, workspace) = self.set_up(setup).await?;
        if with_sample {
            let cx = Cx {
                actor: Actor::System,
                workspace: workspace.clone(),
                now: self.now(),
                granted: Granted::Everything,
            };
            if let Err(error) = self.add_sample(&cx).await {
                tracing::warn!(%error, "the sample data could not be made");
            }
        }
        Ok((user, workspace))
    }

    async fn add_sample(&self, cx: &Cx) -> Result<(), Error> {
        let bucket = format!("sample-{}", &cx.workspace.slug[..cx.workspace.slug.len().min(50)]);
        let bucket = bucket.trim_end_matches('-');
        self.create_bucket(cx, bucket).await?;
        futures::future::try_join_all((0..AT_ONCE).map(|lane| self.add_files(cx, bucket, lane))).await?;
        let manifest = GenerateManifest {
            name: "Sample orders".to_owned(),
            bucket: bucket.to_owned(),
            prefix: "orders/".to_owned(),
            include: vec!["**/*.jsonl".to_owned()],
            exclude: Vec::new(),
        };
        let manifest = self.generate_manifest(cx, manifest).await?;
        let job = NewJob {
            name: "count-order-lines".to_owned(),
            definition: DEFINITION.replace("SAMPLE-BUCKET", bucket),
            execution_type: ExecutionType::Standard,
            settings: MachineSettings::default(),
            message: "Counts the lines of every order file".to_owned(),
        };
        let job = self.create_job(cx, job).await?;
        let launch = LaunchRun {
            job: job.id,
            version: None,
            manifest: Some(manifest.id),
            input: None,
            note: "Sample run. Some files are cut short: open Failures, set onMalformed to skip, redrive."
                .to_owned(),
            profile: Profile::default(),
            guards: model::Guards::default(),
        };
        self.launch(cx, launch).await.map(drop)
    }

    async fn add_files(&self, cx: &Cx, bucket: &str, lane: usize) -> Result<(), Error> {
        for file in (lane..FILES).step_by(AT_ONCE) {
            let key = format!("orders/2026-03-{:02}/orders-{file:04}.jsonl", 1 + file / 20);
            let body = futures::stream::iter([Ok::<_, Infallible>(Bytes::from(orders(file)))]);
            self.write_object(cx, (bucket, &key), Some("application/jsonl".to_owned()), body).await?;
        }
        Ok(())
    }
}

/// The orders of one file, the same on every server.
fn orders(file: usize) -> String {
    const GOODS: [&str; 5] = ["lamp", "chair", "desk", "shelf", "rug"];
    let lines = 4 + file * 7 % 23;
    let mut text = String::new();
    for line in 0..lines {
        let (goods, number) = (GOODS[(file + line) % GOODS.len()], file * 100 + line);
        let _ =
            writeln!(text, r#"{{"order":{number},"goods":"{goods}","quantity":{}}}"#, 1 + (file + line) % 9);
    }
    if file % CUT_SHORT == CUT_SHORT - 1 {
        text.truncate(text.len() - 12);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_files_are_cut_short_and_all_others_are_json_lines() {
        let broken = |file: &usize| {
            orders(*file).lines().any(|line| serde_json::from_str::<serde_json::Value>(line).is_err())
        };
        assert_eq!((0..FILES).filter(broken).count(), FILES / CUT_SHORT);
    }

    #[test]
    fn the_sample_definition_has_no_errors() {
        let found = asl::check::check(DEFINITION, &asl::check::CheckOptions::default());
        assert!(found.iter().all(|one| one.severity != asl::check::Severity::Error), "{found:?}");
    }
}
