//! The result files of a run.

use crate::context::Cx;
use crate::{Error, Service};
use model::{ResultFile, RunId};
use objects::{ListFrom, ObjectRead, ReadFrom};

impl Service {
    /// The result files of a run, by name; empty when the definition has no ResultWriter.
    pub async fn results(&self, cx: &Cx, run: &RunId) -> Result<Vec<ResultFile>, Error> {
        let map_run = self.map_run_of(cx, run, None).await?;
        let Some((bucket, manifest_key)) = map_run.results else { return Ok(Vec::new()) };
        let folder = folder(&manifest_key, &map_run.id);
        let client = self.stores.of_bucket(&cx.workspace.id, &bucket).await?;
        let mut files = Vec::new();
        let mut continuation = None;
        loop {
            let page =
                client.list(&bucket, &folder, ListFrom { continuation, ..ListFrom::default() }).await?;
            files.extend(page.objects.into_iter().map(|object| ResultFile {
                name: object.key.strip_prefix(&folder).unwrap_or(&object.key).to_owned(),
                bucket: bucket.clone(),
                key: object.key,
                size: object.size,
            }));
            match page.next {
                Some(next) => continuation = Some(next),
                None => return Ok(files),
            }
        }
    }

    /// Opens one result file by its name.
    pub async fn result_file(&self, cx: &Cx, run: &RunId, name: &str) -> Result<ObjectRead, Error> {
        let files = self.results(cx, run).await?;
        let file = files.into_iter().find(|file| file.name == name);
        let file = file.ok_or_else(|| Error::not_found("result file", name))?;
        let client = self.stores.of_bucket(&cx.workspace.id, &file.bucket).await?;
        Ok(client.read(&file.bucket, &file.key, ReadFrom::default()).await?)
    }
}

/// The folder of all attempts: everything up to the Map Run's id.
fn folder(manifest_key: &str, map_run: &str) -> String {
    match manifest_key.find(map_run) {
        Some(at) => format!("{}{map_run}/", &manifest_key[..at]),
        None => manifest_key.rsplit_once('/').map_or_else(String::new, |(folder, _)| format!("{folder}/")),
    }
}

#[cfg(test)]
mod tests {
    use super::folder;

    #[test]
    fn the_folder_spans_all_attempts() {
        assert_eq!(folder("out/abc/manifest.json", "abc"), "out/abc/");
        assert_eq!(folder("out/abc/Redrive-1/manifest.json", "abc"), "out/abc/");
        assert_eq!(folder("abc/manifest.json", "abc"), "abc/");
    }
}
