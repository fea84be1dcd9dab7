//! The code that comes with `CreateFunction` and `UpdateFunctionCode`.

use super::error::LambdaError;
use super::requests::Code;
use crate::{Cx, Error, Service};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use functions::process::package::{MAX_ZIP_BYTES, PackageError, sha256, unpack};
use futures::TryStreamExt;
use model::Package;
use objects::ReadFrom;
use std::path::Path;

impl Service {
    /// Unpacks the code of a function into a folder of its own.
    pub(super) async fn take_code(&self, cx: &Cx, name: &str, code: Code) -> Result<Package, LambdaError> {
        let processes = self.functions.processes().ok_or_else(not_allowed)?.clone();
        let zip = self.zip_of(cx, code).await?;
        let workspace = cx.workspace.id.clone();
        let name = name.to_owned();
        let work = tokio::task::spawn_blocking(move || {
            let sha256 = sha256(&zip);
            unpack(&zip, &processes.code_dir(&workspace, &name, &sha256))?;
            Ok(Package { sha256, bytes: zip.len() as u64, ..Package::default() })
        });
        work.await.map_err(Error::internal)?.map_err(refusal)
    }

    /// Removes the code that neither the function nor calls that still run have.
    pub(super) async fn remove_old_code(
        &self,
        cx: &Cx,
        name: &str,
        kept: [&str; 2],
    ) -> Result<(), LambdaError> {
        let Some(processes) = self.functions.processes() else { return Ok(()) };
        let folder = processes.packages_dir(&cx.workspace.id, name);
        let mut all = tokio::fs::read_dir(&folder).await.map_err(Error::internal)?;
        while let Some(entry) = all.next_entry().await.map_err(Error::internal)? {
            let found = entry.file_name();
            let old = !kept.iter().any(|kept| Path::new(kept).as_os_str() == found);
            if old && !found.to_string_lossy().starts_with('.') {
                tokio::fs::remove_dir_all(entry.path()).await.map_err(Error::internal)?;
            }
        }
        Ok(())
    }

    async fn zip_of(&self, cx: &Cx, code: Code) -> Result<Vec<u8>, LambdaError> {
        match (code.zip_file, code.s3_bucket, code.s3_key) {
            (Some(text), None, None) => {
                STANDARD.decode(text).map_err(|_| LambdaError::parameter("Code.ZipFile is not base64."))
            }
            (None, Some(bucket), Some(key)) => self.zip_in(cx, &bucket, &key).await,
            _ => Err(LambdaError::parameter(
                "Please provide a source for function code: ZipFile, or S3Bucket and S3Key.",
            )),
        }
    }

    async fn zip_in(&self, cx: &Cx, bucket: &str, key: &str) -> Result<Vec<u8>, LambdaError> {
        let failed = |why: &dyn std::fmt::Display| {
            LambdaError::parameter(format!("Error occurred while GetObject of s3://{bucket}/{key}: {why}"))
        };
        let client = self.stores.of_bucket(&cx.workspace.id, bucket).await.map_err(|error| failed(&error))?;
        let object = client.read(bucket, key, ReadFrom::default()).await.map_err(|error| failed(&error))?;
        let mut stream = std::pin::pin!(object.into_stream());
        let mut zip = Vec::new();
        while let Some(part) = stream.try_next().await.map_err(|error| failed(&error))? {
            zip.extend_from_slice(&part);
            if zip.len() > MAX_ZIP_BYTES {
                return Err(failed(&format!("the zip file is larger than {MAX_ZIP_BYTES} bytes")));
            }
        }
        Ok(zip)
    }
}

/// What the operator must do.
pub(super) fn not_allowed() -> LambdaError {
    LambdaError::new("AccessDeniedException", format!("This function {}", functions::NO_PROCESSES))
}

fn refusal(error: PackageError) -> LambdaError {
    match error {
        PackageError::Disk(_) => Error::internal(error).into(),
        PackageError::TooLarge(message) => LambdaError::new("RequestEntityTooLargeException", message),
        PackageError::Wrong(_) => LambdaError::parameter(error.to_string()),
    }
}
