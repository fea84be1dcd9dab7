//! ItemReader and ReaderConfig.
//! Source: Developer Guide, "ItemReader (Map)".

use super::catalog::{READER, READER_CONFIG};
use super::checker::Checker;
use super::diagnostic::Group;
use super::fields::{Language, Shape, cut};
use super::place::Place;
use super::rule::Rule;
use crate::edit;
use crate::syntax::{Node, TextEdit};
use model::limits::{MAX_CSV_HEADER_BYTES, MAX_ITEMS};
use std::collections::HashSet;

const RESOURCE: Rule = Rule::error("MW-READER-RESOURCE").code("INVALID_RESOURCE");
const ARGUMENTS: Rule = Rule::error("MW-READER-ARGUMENTS");
const CONFIG: Rule = Rule::error("MW-READER-CONFIG");
const HEADERS: Rule = Rule::error("MW-READER-HEADERS");
/// AWS takes such a definition, but the run is sure to fail.
const HEADERS_TWICE: Rule = Rule::warning("MW-READER-HEADERS-TWICE", Group::DataFlow);
const IGNORED: Rule = Rule::warning("MW-READER-IGNORED", Group::DataFlow);
const PREFIX: Rule = Rule::warning("L-11", Group::Operations);
const TOO_MANY: Rule = Rule::warning("L-10", Group::Operations);

/// `Resource` of a reader that lists objects.
const LIST: &str = ":states:::s3:listObjectsV2";
/// `Resource` of a reader that reads one object.
const GET: &str = ":states:::s3:getObject";

/// Whether the reader's items are listed objects, without reading them.
pub(super) fn lists_objects(reader: &Node) -> bool {
    let flatten = reader.get("ReaderConfig").and_then(|config| config.str_at("Transformation"))
        == Some("LOAD_AND_FLATTEN");
    reader.str_at("Resource").is_some_and(|resource| resource.ends_with(LIST)) && !flatten
}

pub(super) fn check(checker: &mut Checker, state: &Place, reader: &Place, language: Language) {
    checker.fields(reader, &Shape { what: "ItemReader", lists: &[READER], language });
    checker.require(reader, "ItemReader", &["Resource"]);
    let resource = reader.node.str_at("Resource").unwrap_or("");
    let (list, get) = (resource.ends_with(LIST), resource.ends_with(GET));
    if let Some(place) = reader.get("Resource").filter(|place| !list && !get && place.node.as_str().is_some())
    {
        let message = format!(
            "An ItemReader reads with arn:aws:states:::s3:getObject or arn:aws:states:::s3:listObjectsV2, not with {}.",
            cut(resource)
        );
        checker.add(RESOURCE, &place, message);
    }
    if list || get {
        arguments(checker, reader, language, if get { &["Bucket", "Key"] } else { &["Bucket"] });
    }
    if list {
        prefix(checker, reader, language);
    }
    for field in ["ItemsPath", "Items"] {
        if let Some(member) = state.get(field) {
            ignored(checker, state, &member);
        }
    }
    match reader.get("ReaderConfig") {
        Some(config) => reader_config(checker, reader, &config, language, list),
        None if get => {
            let message = "getObject needs a ReaderConfig with InputType: CSV, JSON, JSONL, PARQUET or MANIFEST. Add it.";
            checker.add(CONFIG, reader, message).aws("These fields are required: [ReaderConfig]");
        }
        None => {}
    }
}

fn arguments(checker: &mut Checker, reader: &Place, language: Language, names: &[&str]) {
    let field = language.arguments();
    let Some(arguments) = reader.get(field) else {
        return checker.require(reader, "ItemReader", &[field]);
    };
    let Some(members) = arguments.node.members() else { return };
    for name in names {
        if !members.iter().any(|member| member.key.trim_end_matches(".$") == *name) {
            let message = format!("{field} of ItemReader needs {name}. Add it.");
            checker.add(ARGUMENTS, &arguments, message).aws(format!("These fields are required: [{name}]"));
        }
    }
}

fn prefix(checker: &mut Checker, reader: &Place, language: Language) {
    let Some(arguments) = reader.get(language.arguments()) else { return };
    let Some(prefix) = arguments.get("Prefix") else { return };
    let Some(text) =
        prefix.node.as_str().filter(|text| !text.is_empty() && !text.ends_with('/') && !text.contains("{%"))
    else {
        return;
    };
    let message = format!(
        "The prefix {0} also matches names such as {0}0/…. End it with / to list one folder.",
        cut(text)
    );
    let at = prefix.node.span.end - 1;
    checker.add(PREFIX, &prefix, message).fix("End the prefix with /", vec![TextEdit::insert(at, "/")]);
}

fn ignored(checker: &mut Checker, state: &Place, member: &Place) {
    let message = format!(
        "{} is ignored because ItemReader brings the items. To pick a part of a JSON file use ReaderConfig.ItemsPointer; remove {0}.",
        member.name()
    );
    let members = state.node.members().unwrap_or_default();
    let index = members.iter().rposition(|one| one.key == member.name());
    let note = checker.add_on_key(IGNORED, member, message);
    if let Some(edit) = index.and_then(|index| edit::remove_child(state.node, index)) {
        note.fix(format!("Remove {}", member.name()), vec![edit]);
    }
}

fn reader_config(checker: &mut Checker, reader: &Place, config: &Place, language: Language, list: bool) {
    checker.fields(config, &Shape { what: "ReaderConfig", lists: &[READER_CONFIG], language });
    let node = config.node;
    let input = node.str_at("InputType");
    let manifest = node.str_at("ManifestType");
    let flatten = node.str_at("Transformation") == Some("LOAD_AND_FLATTEN");
    let mut fault = |place: Option<Place>, message: &str| {
        checker.add(CONFIG, place.as_ref().unwrap_or(config), message);
    };
    match (input, manifest) {
        (Some(_), Some("S3_INVENTORY")) => {
            fault(config.get("InputType"), "An S3 inventory brings its own format. Remove InputType.")
        }
        (None | Some("JSON" | "MANIFEST"), Some("ATHENA_DATA")) => {
            fault(
                config.get("ManifestType"),
                "An Athena manifest needs InputType CSV, JSONL or PARQUET, the format of its data files.",
            );
        }
        (None, None) if !list && node.member("InputType").is_none() => {
            fault(None, "getObject needs InputType: CSV, JSON, JSONL, PARQUET or MANIFEST. Add it.");
        }
        (None | Some("MANIFEST"), _) if flatten => {
            fault(
                None,
                "LOAD_AND_FLATTEN needs InputType CSV, JSON, JSONL or PARQUET, the format of the listed objects.",
            );
        }
        (Some(_), _) if list && !flatten => {
            fault(
                config.get("InputType"),
                "InputType has no effect when objects are only listed. Remove it, or set Transformation to LOAD_AND_FLATTEN to read them.",
            );
        }
        _ => {}
    }
    if node.member("Transformation").is_some() && !list {
        fault(config.get("Transformation"), "Transformation needs listObjectsV2. Remove it.");
    }
    if input != Some("JSON") && node.member("ItemsPointer").is_some() {
        fault(config.get("ItemsPointer"), "ItemsPointer needs InputType JSON. Remove it.");
    }
    if let Some(pointer) = node.str_at("ItemsPointer").filter(|pointer| !pointer.contains("{%")) {
        if !pointer.is_empty() && !pointer.starts_with('/') {
            fault(config.get("ItemsPointer"), "ItemsPointer must be a JSON Pointer such as /orders/open.");
        } else if pointer.chars().count() >= 2_000 {
            fault(config.get("ItemsPointer"), "ItemsPointer must be shorter than 2,000 characters.");
        }
    }
    let object = reader.get(language.arguments());
    if let Some(version) =
        object.as_ref().and_then(|object| object.get("VersionId")).filter(|_| input == Some("PARQUET"))
    {
        checker.add_on_key(CONFIG, &version, "A Parquet file cannot be read by VersionId. Remove it.");
    }
    checker.exclusive(config, &["MaxItems", "MaxItemsPath"]);
    if let Some(most) = config.get("MaxItems").filter(|most| most.node.as_f64() > Some(MAX_ITEMS as f64)) {
        checker.add(
            TOO_MANY,
            &most,
            format!("A Map Run reads at most {MAX_ITEMS} items on AWS, whatever MaxItems says. Lower it."),
        );
    }
    csv(checker, config, input);
}

fn csv(checker: &mut Checker, config: &Place, input: Option<&str>) {
    let node = config.node;
    let location = node.str_at("CSVHeaderLocation");
    let is_csv = matches!(input, Some("CSV"));
    let manifest = input == Some("MANIFEST") || node.member("ManifestType").is_some();
    if is_csv && node.member("CSVHeaderLocation").is_none() {
        let edit = edit::insert_member(checker.document, node, "CSVHeaderLocation", &"FIRST_ROW".into());
        checker
            .add(HEADERS, config, "A CSV reader needs CSVHeaderLocation: FIRST_ROW or GIVEN. Add it.")
            .aws("These fields are required: [CSVHeaderLocation]")
            .fix("The first row holds the headers", vec![edit]);
    }
    for field in ["CSVHeaderLocation", "CSVHeaders", "CSVDelimiter"] {
        if let Some(member) = config.get(field).filter(|_| !is_csv && !manifest) {
            checker.add_on_key(HEADERS, &member, format!("{field} needs InputType CSV. Remove it."));
        }
    }
    let Some(headers) = config.get("CSVHeaders") else {
        if location == Some("GIVEN") {
            checker
                .add(HEADERS, config, "CSVHeaderLocation GIVEN needs the list CSVHeaders. Add it.")
                .aws("These fields are required: [CSVHeaders]");
        }
        return;
    };
    if location == Some("FIRST_ROW") {
        checker.add_on_key(
            HEADERS,
            &headers,
            "CSVHeaders needs CSVHeaderLocation GIVEN. Set it, or remove the list.",
        );
    }
    let mut seen = HashSet::new();
    let mut bytes = 0;
    for header in headers.elements() {
        match header.node.as_str() {
            Some(text) => {
                bytes += text.len();
                if !seen.insert(text) {
                    checker.add(HEADERS_TWICE, &header, format!("The header {} stands twice, and the run will fail with States.ItemReaderFailed: CSV headers cannot contain duplicates. Rename one.", cut(text)));
                }
            }
            None => drop(checker.add(HEADERS, &header, "A CSV header must be a string.")),
        }
    }
    if bytes > MAX_CSV_HEADER_BYTES {
        checker.add(
            HEADERS,
            &headers,
            format!("CSV headers may have {MAX_CSV_HEADER_BYTES} bytes in all; these have {bytes}."),
        );
    }
}
