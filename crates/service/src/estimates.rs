//! Estimates: what a definition over a manifest will cost and how long it will take.

use crate::context::Cx;
use crate::{Error, Service};
use cost::{Facts, Inputs, PriceBook, Report};
use model::{JobId, ManifestId, Permission};
use serde::Deserialize;

/// What to price: a definition or a job, over a manifest or a typed number of items.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EstimateRequest {
    /// The definition, as JSON text or as a JSON object.
    #[serde(default)]
    pub definition: Option<serde_json::Value>,
    /// The job whose definition is priced, when `definition` is absent.
    #[serde(default)]
    pub job: Option<JobId>,
    /// The job's version; the newest when absent.
    #[serde(default)]
    pub version: Option<u32>,
    /// The manifest that says how many items there are and how large.
    #[serde(default)]
    pub manifest: Option<ManifestId>,
    /// What is typed; it goes before what the manifest and the definition say.
    #[serde(default)]
    pub inputs: Inputs,
}

impl Service {
    /// Prices a definition on this server and on AWS.
    ///
    /// # Errors
    /// Nothing to price, no number of items, a region without prices, a job or manifest that is not there.
    pub async fn estimate(&self, cx: &Cx, request: EstimateRequest) -> Result<Report, Error> {
        cx.require(Permission::Read)?;
        let of = (request.job.as_ref(), request.version);
        let definition = self.asked_definition(cx, &request.definition, of).await?;
        let manifest = match &request.manifest {
            Some(id) => Some(self.manifest(cx, id).await?),
            None => None,
        };
        let read = manifest.as_ref().map(Inputs::of).unwrap_or_default();
        let inputs = Inputs {
            items: if request.inputs.items > 0 { request.inputs.items } else { read.items },
            item_bytes: request.inputs.item_bytes.or(read.item_bytes),
            ..request.inputs
        };
        if inputs.items == 0 && manifest.is_none() {
            return Err(Error::invalid(
                "inputs.items",
                "Give a `manifest` or the number of items in `inputs.items`.",
            ));
        }
        let facts = manifest.as_ref().map(Facts::of).unwrap_or_default();
        cost::report(&asl::outline(&definition), &inputs, &facts, &PriceBook::built_in())
            .map_err(|error| Error::invalid("inputs.region", error.to_string()))
    }
}
