//! The table of REST routes, and the document made from it.

use super::{access_keys, accounts, buckets, estimates, functions, items, jobs, manifests, runs, settings, webhooks};
use crate::http::problem::ProblemBody;
use axum::Router;
use service::Service;
use std::sync::Arc;
use utoipa::OpenApi;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, OpenApi as Api, Ref, RefOr, Required, ResponseBuilder};
use utoipa_axum::router::OpenApiRouter;

/// What the document says about the whole API.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Mapwright",
        description = "Distributed Map jobs: manifests, jobs, runs, items and results. \
                       Send an API token in the header `Authorization: Bearer TOKEN`."
    ),
    components(schemas(ProblemBody, service::ExportFormat, model::Preview))
)]
struct Document;

/// The routes below `/api/v1`, and the OpenAPI document that describes them.
pub fn routes() -> (Router<Arc<Service>>, Api) {
    let api = OpenApiRouter::new()
        .merge(access_keys::routes())
        .merge(accounts::routes())
        .merge(buckets::routes())
        .merge(estimates::routes())
        .merge(functions::routes())
        .merge(jobs::routes())
        .merge(items::routes())
        .merge(manifests::routes())
        .merge(runs::routes())
        .merge(settings::routes())
        .merge(webhooks::routes());
    let (router, mut document) =
        OpenApiRouter::with_openapi(Document::openapi()).nest("/api/v1", api).split_for_parts();
    complete(&mut document);
    (router, document)
}

/// Adds what holds for every route: the token, problems, and the key of POSTs.
fn complete(document: &mut Api) {
    let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    document.components.get_or_insert_default().add_security_scheme("token", scheme);
    document.security = Some(vec![SecurityRequirement::new("token", Vec::<String>::new())]);
    // Axum writes the rest of a path as {*name}; in OpenAPI a parameter is {name}.
    document.paths.paths =
        std::mem::take(&mut document.paths.paths).into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect();
    for (path, item) in &mut document.paths.paths {
        let takes_key = !path.ends_with("/manifests/upload");
        for (method, operation) in operations(item) {
            name(operation);
            if let Some(RefOr::T(body)) = &mut operation.request_body {
                body.content.iter_mut().for_each(|(media, content)| say_binary(media, content));
            }
            for (status, response) in &mut operation.responses.responses {
                let RefOr::T(response) = response else { continue };
                if status.starts_with(['4', '5']) {
                    response.content = problem().content;
                }
                response.content.iter_mut().for_each(|(media, content)| say_binary(media, content));
            }
            operation.responses.responses.insert("default".to_owned(), RefOr::T(problem()));
            if method == "post" && takes_key {
                operation.parameters.get_or_insert_default().push(RefOr::T(key()));
            }
        }
    }
}

/// Names an operation by its kind of thing too: `list` alone is not one name in the document.
fn name(operation: &mut Operation) {
    let tag = operation.tags.iter().flatten().next();
    if let (Some(tag), Some(id)) = (tag, &mut operation.operation_id) {
        *id = format!("{}_{id}", tag.replace('-', "_"));
    }
}

/// Generators of clients take a list of numbers for bytes.
fn say_binary(media: &str, content: &mut RefOr<Content>) {
    if let RefOr::T(content) = content
        && media == "application/octet-stream"
    {
        let format = SchemaFormat::KnownFormat(KnownFormat::Binary);
        let bytes = ObjectBuilder::new().schema_type(Type::String).format(Some(format));
        content.schema = Some(bytes.into());
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [
        ("get", &mut item.get),
        ("put", &mut item.put),
        ("post", &mut item.post),
        ("delete", &mut item.delete),
        ("patch", &mut item.patch),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn problem() -> utoipa::openapi::Response {
    let content = Content::new(Some(RefOr::Ref(Ref::from_schema_name("ProblemBody"))));
    let text = ObjectBuilder::new().schema_type(Type::String);
    ResponseBuilder::new()
        .description("A problem, RFC 9457; its type is the address of a page about its code")
        .content("application/problem+json", content)
        .header("x-request-id", HeaderBuilder::new().schema(Some(text)).build())
        .build()
}

fn key() -> utoipa::openapi::path::Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(255));
    ParameterBuilder::new()
        .name("idempotency-key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "Makes the request safe to repeat: for 24 hours the same key and body are answered with the first answer",
        ))
        .schema(Some(text))
        .build()
}
