//! The reference of the REST API, rendered once from the OpenAPI document.

use askama::Template;
use serde_json::Value;

/// The page's parts.
#[derive(Template)]
#[template(path = "docs/api.html")]
struct Reference {
    groups: Vec<Group>,
    schemas: Vec<Schema>,
}

/// The routes of one kind of thing.
struct Group {
    name: String,
    operations: Vec<Operation>,
}

struct Operation {
    method: String,
    path: String,
    about: String,
    parameters: Vec<Parameter>,
    body: Option<String>,
    answers: Vec<Answer>,
}

struct Parameter {
    name: String,
    place: String,
    kind: String,
    required: bool,
    about: String,
}

struct Answer {
    status: String,
    kind: String,
}

struct Schema {
    name: String,
    about: String,
    text: String,
    fields: Vec<Parameter>,
}

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The page for a document.
///
/// # Errors
/// When the document or the page cannot be written, which is a fault of this code.
pub fn render(document: &utoipa::openapi::OpenApi) -> Result<String, Box<dyn std::error::Error>> {
    let document = serde_json::to_value(document)?;
    Ok(Reference { groups: groups(&document), schemas: schemas(&document) }.render()?)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn groups(document: &Value) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in METHODS.into_iter().filter(|method| item[*method].is_object()) {
            let found = &item[method];
            let name = text(&found["tags"][0]);
            let operation = operation(method, path, found);
            match groups.iter_mut().find(|group| group.name == name) {
                Some(group) => group.operations.push(operation),
                None => groups.push(Group { name, operations: vec![operation] }),
            }
        }
    }
    groups.sort_by(|a, b| a.name.cmp(&b.name));
    groups
}

fn operation(method: &str, path: &str, found: &Value) -> Operation {
    let about = [text(&found["summary"]), text(&found["description"])];
    let body = found["requestBody"]["content"].as_object().into_iter().flatten().next();
    let answers = found["responses"].as_object().into_iter().flatten();
    Operation {
        method: method.to_uppercase(),
        path: path.to_owned(),
        about: about.join(" ").trim().to_owned(),
        parameters: array(&found["parameters"])
            .map(|one| Parameter {
                name: text(&one["name"]),
                place: text(&one["in"]),
                kind: kind(&one["schema"]),
                required: one["required"] == true,
                about: text(&one["description"]),
            })
            .collect(),
        body: body.map(|(media, content)| match media.as_str() {
            "application/json" => kind(&content["schema"]),
            other => other.to_owned(),
        }),
        answers: answers
            .map(|(status, answer)| {
                let mut contents = answer["content"].as_object().into_iter().flatten();
                let status = if status == "default" { "else" } else { status.as_str() }.to_owned();
                let kind = contents.next().map(|(media, content)| match media.as_str() {
                    "application/json" | "application/problem+json" => kind(&content["schema"]),
                    other => other.to_owned(),
                });
                Answer { status, kind: kind.unwrap_or_default() }
            })
            .collect(),
    }
}

/// A schema in a few words: the name of a record, `string`, `Job[]`.
fn kind(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap_or(reference).to_owned();
    }
    for union in ["oneOf", "anyOf", "allOf"] {
        if schema[union].is_array() {
            let parts: Vec<String> = array(&schema[union]).map(kind).collect();
            return parts.join(if union == "allOf" { " and " } else { " or " });
        }
    }
    if schema["enum"].is_array() {
        let values: Vec<String> = array(&schema["enum"]).map(ToString::to_string).collect();
        return values.join(" or ");
    }
    match &schema["type"] {
        Value::String(name) if name == "array" => format!("{}[]", kind(&schema["items"])),
        Value::String(name) => name.clone(),
        Value::Array(names) => names.iter().map(text).collect::<Vec<_>>().join(" or "),
        _ => "any".to_owned(),
    }
}

fn schemas(document: &Value) -> Vec<Schema> {
    let mut all: Vec<Schema> = document["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, schema)| {
            let required: Vec<&str> = array(&schema["required"]).filter_map(Value::as_str).collect();
            let fields = schema["properties"].as_object().into_iter().flatten();
            Schema {
                name: name.clone(),
                about: text(&schema["description"]),
                fields: fields
                    .map(|(field, of)| Parameter {
                        name: field.clone(),
                        place: String::new(),
                        kind: kind(of),
                        required: required.contains(&field.as_str()),
                        about: text(&of["description"]),
                    })
                    .collect(),
                text: serde_json::to_string_pretty(schema).unwrap_or_default(),
            }
        })
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}
