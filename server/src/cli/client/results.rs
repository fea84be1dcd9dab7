//! `mapwright results`: the result files of a run in a folder.

use super::api::{Api, Fault};
use super::{Server, lookup};
use anyhow::Context;
use model::{ResultFile, RunId};
use reqwest::Method;
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;
use tokio::io::AsyncWriteExt;

/// What `mapwright results` takes.
#[derive(clap::Args, Debug)]
pub struct Results {
    #[command(flatten)]
    server: Server,
    /// The run's id
    run: RunId,
    /// The folder for the files; it is made when it is not there
    #[arg(short, long, default_value = ".")]
    output: PathBuf,
    /// Print the list as JSON
    #[arg(long)]
    json: bool,
}

impl Results {
    /// Fetches the files.
    pub async fn execute(self) -> anyhow::Result<ExitCode> {
        let api = Api::new(&self.server)?;
        let files: Vec<ResultFile> = lookup::all(&api, &format!("/runs/{}/results", self.run)).await?;
        if files.is_empty() {
            eprintln!("{} has no result files: its definition has no ResultWriter, or it has not ended yet", self.run);
        }
        for file in &files {
            let path = self.output.join(safe(&file.name)?);
            fetch(&api, self.run.as_str(), &file.name, &path).await?;
            if !self.json {
                println!("{}", path.display());
            }
        }
        if self.json {
            println!("{}", serde_json::to_string(&files)?);
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The name as a path that stays in the folder.
fn safe(name: &str) -> Result<&Path, Fault> {
    let path = Path::new(name);
    let stays = path.components().all(|part| matches!(part, Component::Normal(_)));
    stays.then_some(path).ok_or_else(|| Fault::Refused(format!("the file name \"{name}\" leaves the folder")))
}

async fn fetch(api: &Api, run: &str, name: &str, path: &Path) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        tokio::fs::create_dir_all(folder).await.with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let encoded = name.split('/').map(app::transfer::percent_encode).collect::<Vec<_>>().join("/");
    let mut answer = api.send(api.request(Method::GET, &format!("/runs/{run}/results/{encoded}"))).await?;
    // Complete or not there: a file that broke off must not look like a result.
    let partial = path.with_extension("part");
    let writing = || format!("cannot write {}", path.display());
    let mut file = tokio::fs::File::create(&partial).await.with_context(writing)?;
    while let Some(piece) = answer.chunk().await.map_err(|e| Fault::Unreachable(e.to_string()))? {
        file.write_all(&piece).await.with_context(writing)?;
    }
    file.flush().await.with_context(writing)?;
    tokio::fs::rename(&partial, path).await.with_context(writing)
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn names_stay_in_the_folder() {
        assert!(safe("Redrive-1/SUCCEEDED_0.json").is_ok());
        assert!(safe("../x").is_err());
        assert!(safe("/etc/x").is_err());
        assert!(safe("a/../../x").is_err());
    }
}
