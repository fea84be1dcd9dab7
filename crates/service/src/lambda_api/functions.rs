//! Functions as AWS clients make, change and remove them.

use super::code::not_allowed;
use super::error::LambdaError;
use super::requests::{Concurrency, CreateFunction, ListFunctions, UpdateCode, UpdateConfiguration};
use crate::functions::is_process_name;
use crate::{Cx, Service};
use functions::process::RuntimeFamily;
use model::arn::function_name;
use model::{Function, FunctionKind, Package, Permission, ProcessFunction};
use serde_json::{Value, json};

const TIMEOUT_SECONDS: u64 = 3;
const MEMORY_MB: u32 = 128;
const PAGE: usize = 50;
/// How many processes a function may have until `PutFunctionConcurrency` says otherwise.
const MAX_DEFAULT_PROCESSES: usize = 16;

impl Service {
    /// `CreateFunction`
    pub async fn create_lambda(&self, cx: &Cx, asked: CreateFunction) -> Result<Value, LambdaError> {
        cx.require(Permission::Administer)?;
        if !self.processes_allowed() {
            return Err(not_allowed());
        }
        let name = checked_name(&asked.function_name)?;
        if asked.package_type.as_deref().is_some_and(|kind| kind != "Zip") || !asked.layers.is_empty() {
            return Err(LambdaError::parameter(
                "Container images and layers do not run here: send the whole code as a zip file.",
            ));
        }
        let runtime = checked_runtime(asked.runtime.as_deref().unwrap_or_default())?;
        if self.registered(cx, name).await?.is_some() {
            return Err(LambdaError::new(
                "ResourceConflictException",
                format!("Function already exist: {name}"),
            ));
        }
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let spec = ProcessFunction {
            runtime,
            handler: asked.handler.unwrap_or_default(),
            environment: asked.environment.unwrap_or_default().variables,
            timeout_ms: asked.timeout.unwrap_or(TIMEOUT_SECONDS).saturating_mul(1000),
            memory_mb: asked.memory_size.unwrap_or(MEMORY_MB),
            processes: (2 * cores).clamp(2, MAX_DEFAULT_PROCESSES) as u32,
            package: Some(Package::default()),
            ..ProcessFunction::default()
        };
        // What is wrong with the rest is said before anything is unpacked.
        check(&spec)?;
        let package = self.take_code(cx, name, asked.code).await?;
        let package = Some(Package { role: asked.role, description: asked.description, ..package });
        self.store_function(cx, name, FunctionKind::Runtime(ProcessFunction { package, ..spec }), None).await?;
        self.lambda_configuration(cx, name).await
    }

    /// `ListFunctions`
    pub async fn list_lambdas(&self, cx: &Cx, asked: ListFunctions) -> Result<Value, LambdaError> {
        let all = self.functions(cx).await?.into_iter().map(|listed| listed.function);
        let after = |function: &Function| asked.marker.as_ref().is_none_or(|marker| function.name > *marker);
        let size = asked.max_items.unwrap_or(PAGE).clamp(1, PAGE);
        let mut page: Vec<Function> = all.filter(after).take(size + 1).collect();
        let more = page.len() > size;
        page.truncate(size);
        let mut answer = json!({"Functions": page.iter().map(|function| self.configuration(function)).collect::<Vec<_>>()});
        if let Some(last) = page.last().filter(|_| more) {
            answer["NextMarker"] = last.name.as_str().into();
        }
        Ok(answer)
    }

    /// `GetFunction`
    pub async fn get_lambda(&self, cx: &Cx, name: &str) -> Result<Value, LambdaError> {
        let function = self.lambda(cx, name).await?;
        let mut answer = json!({"Configuration": self.configuration(&function), "Tags": {}});
        if let FunctionKind::Runtime(spec) = &function.kind {
            answer["Concurrency"] = json!({"ReservedConcurrentExecutions": spec.processes});
        }
        Ok(answer)
    }

    /// `GetFunctionConfiguration`
    pub async fn lambda_configuration(&self, cx: &Cx, name: &str) -> Result<Value, LambdaError> {
        Ok(self.configuration(&self.lambda(cx, name).await?))
    }

    /// `UpdateFunctionCode`
    pub async fn update_lambda_code(
        &self,
        cx: &Cx,
        name: &str,
        asked: UpdateCode,
    ) -> Result<Value, LambdaError> {
        cx.require(Permission::Administer)?;
        let (name, mut spec) = self.packaged(cx, name).await?;
        let new = self.take_code(cx, &name, asked.code).await?;
        if !asked.dry_run {
            let Package { sha256: old, role, description, .. } = spec.package.take().unwrap_or_default();
            let sha256 = new.sha256.clone();
            spec.package = Some(Package { role, description, ..new });
            self.store_function(cx, &name, FunctionKind::Runtime(spec), None).await?;
            self.remove_old_code(cx, &name, [&old, &sha256]).await?;
        }
        self.lambda_configuration(cx, &name).await
    }

    /// `UpdateFunctionConfiguration`
    pub async fn update_lambda_configuration(
        &self,
        cx: &Cx,
        name: &str,
        asked: UpdateConfiguration,
    ) -> Result<Value, LambdaError> {
        cx.require(Permission::Administer)?;
        let (name, mut spec) = self.packaged(cx, name).await?;
        let mut package = spec.package.take().unwrap_or_default();
        if let Some(runtime) = asked.runtime {
            spec.runtime = checked_runtime(&runtime)?;
        }
        spec.handler = asked.handler.unwrap_or(spec.handler);
        spec.timeout_ms = asked.timeout.map_or(spec.timeout_ms, |seconds| seconds.saturating_mul(1000));
        spec.memory_mb = asked.memory_size.unwrap_or(spec.memory_mb);
        spec.environment = asked.environment.map_or(spec.environment, |environment| environment.variables);
        package.role = asked.role.unwrap_or(package.role);
        package.description = asked.description.unwrap_or(package.description);
        spec.package = Some(package);
        check(&spec)?;
        self.store_function(cx, &name, FunctionKind::Runtime(spec), None).await?;
        self.lambda_configuration(cx, &name).await
    }

    /// `PutFunctionConcurrency`
    pub async fn put_lambda_concurrency(
        &self,
        cx: &Cx,
        name: &str,
        asked: Concurrency,
    ) -> Result<Value, LambdaError> {
        cx.require(Permission::Administer)?;
        let (name, mut spec) = self.packaged(cx, name).await?;
        spec.processes = asked.reserved_concurrent_executions;
        check(&spec)?;
        self.store_function(cx, &name, FunctionKind::Runtime(spec), None).await?;
        Ok(json!({"ReservedConcurrentExecutions": asked.reserved_concurrent_executions}))
    }

    /// `DeleteFunction`
    pub async fn delete_lambda(&self, cx: &Cx, name: &str) -> Result<(), LambdaError> {
        cx.require(Permission::Administer)?;
        let function = self.lambda(cx, name).await?;
        Ok(self.delete_function(cx, &function.name).await?)
    }

    async fn lambda(&self, cx: &Cx, reference: &str) -> Result<Function, LambdaError> {
        cx.require(Permission::Read)?;
        let name = function_name(reference);
        let found = self.registered(cx, name).await?;
        found.ok_or_else(|| LambdaError::not_found(self.function_arn(name).as_str()))
    }

    /// A function whose code came through this API.
    async fn packaged(&self, cx: &Cx, reference: &str) -> Result<(String, ProcessFunction), LambdaError> {
        let function = self.lambda(cx, reference).await?;
        match function.kind {
            FunctionKind::Runtime(spec) if spec.package.is_some() => Ok((function.name, spec)),
            _ => Err(LambdaError::parameter(format!(
                "The code of {} did not come through the Lambda API.",
                function.name
            ))),
        }
    }
}

fn check(spec: &ProcessFunction) -> Result<(), LambdaError> {
    functions::process::check(spec, false).map_err(|(_, sentence)| LambdaError::parameter(sentence))
}

fn checked_name(reference: &str) -> Result<&str, LambdaError> {
    let name = function_name(reference);
    match is_process_name(name) {
        true => Ok(name),
        false => Err(LambdaError::new(
            "ValidationException",
            format!(
                "Value '{reference}' at 'functionName' failed to satisfy constraint: 1 to 64 letters, digits, - and _"
            ),
        )),
    }
}

fn checked_runtime(runtime: &str) -> Result<String, LambdaError> {
    match RuntimeFamily::of(runtime) {
        Some(_) => Ok(runtime.to_owned()),
        None => Err(LambdaError::parameter(format!(
            "Value {runtime} at 'runtime' is not one that runs here: python3.x, nodejsN.x, provided."
        ))),
    }
}
