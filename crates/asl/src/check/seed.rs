//! What people commonly write that AWS does not accept or does not mean that way, each with the
//! edit that makes it right: W-MAP-01 to W-MAP-06 (W-MAP-04, comments, is found while parsing).

use super::checker::Checker;
use super::diagnostic::Group;
use super::fields::Language;
use super::place::Place;
use super::rule::Rule;
use super::{dataflow, reader};
use crate::Value;
use crate::edit::{self, Layout};
use crate::syntax::{Node, TextEdit};
use crate::value::Object;

const HOIST: Rule = Rule::tolerated("W-MAP-01");
const BUCKET: Rule = Rule::warning("W-MAP-02", Group::Portability);
const POINTER: Rule = Rule::warning("W-MAP-03", Group::DataFlow);
const ITERATOR: Rule = Rule::warning("W-MAP-05", Group::Portability);
const RESULTS: Rule = Rule::warning("W-MAP-06", Group::Operations);

/// Results of this many items fit into a state's 256 KiB even at 2 KiB each.
const FEW_ITEMS: u64 = 128;
/// Members of a listed object.
const LISTED: [&str; 5] = ["Etag", "Key", "LastModified", "Size", "StorageClass"];

/// W-MAP-01: a field of the Map state inside ProcessorConfig.
pub(super) fn hoist(checker: &mut Checker, state: &Place, config: &Place, member: &Place) {
    let name = member.name();
    let taken = state.node.member(name).is_some();
    let message = match taken {
        true => format!(
            "{name} stands in ProcessorConfig and in the Map state; the one of the state wins. Remove the other."
        ),
        false => format!(
            "{name} is a field of the Map state, not of ProcessorConfig, where AWS refuses it. Move it up."
        ),
    };
    let index = config.node.members().unwrap_or_default().iter().rposition(|one| one.key == name);
    let Some(removal) = index.and_then(|index| edit::remove_child(config.node, index)) else { return };
    let mut edits = vec![removal];
    if !taken {
        edits.push(edit::insert_member(checker.document, state.node, name, &member.node.to_value()));
    }
    let title = if taken { "Remove it" } else { "Move it to the Map state" };
    checker
        .add_on_key(HOIST, member, message)
        .aws(format!("The field '{name}' is not supported"))
        .fix(title, edits);
}

/// W-MAP-02: the child reads `$.Bucket`, which a listed object does not have.
pub(super) fn bucket(checker: &mut Checker, state: &Place, processor: &Place, language: Language) {
    let Some(item_reader) = state.node.get("ItemReader") else { return };
    let selects =
        ["ItemSelector", "Parameters", "ItemBatcher"].iter().any(|field| state.node.member(field).is_some());
    if selects || !reader::lists_objects(item_reader) {
        return;
    }
    let mut wanted = vec!["Bucket", "Key"];
    let mut reads_bucket = false;
    dataflow::start_reads(processor, &mut |_, steps| {
        let first = steps.first().map(String::as_str);
        reads_bucket |= first == Some("Bucket");
        if let Some(known) = LISTED.into_iter().find(|known| first == Some(known) && !wanted.contains(known))
        {
            wanted.push(known);
        }
    });
    if !reads_bucket {
        return;
    }
    let message = "The child reads Bucket, but an object listed by listObjectsV2 has only Etag, Key, LastModified, Size and StorageClass. This server adds Bucket; on AWS every child would fail. Add an ItemSelector.";
    let selector = selector(item_reader, language, &wanted);
    let edit = edit::insert_member(checker.document, state.node, "ItemSelector", &selector);
    let at = state.get("ItemReader").unwrap_or(*state);
    checker.add_on_key(BUCKET, &at, message).fix("Add an ItemSelector with Bucket", vec![edit]);
}

fn selector(item_reader: &Node, language: Language, wanted: &[&str]) -> Value {
    let arguments = item_reader.get(language.arguments()).and_then(Node::members).unwrap_or_default();
    let mut out = Object::new();
    for name in wanted {
        if *name == "Bucket" {
            if let Some(bucket) =
                arguments.iter().find(|member| member.key.trim_end_matches(".$") == "Bucket")
            {
                out.insert(bucket.key.as_str().into(), bucket.value.to_value());
            }
            continue;
        }
        match language {
            Language::JsonPath => {
                out.insert(format!("{name}.$").into(), format!("$$.Map.Item.Value.{name}").into())
            }
            Language::Jsonata => {
                out.insert((*name).into(), format!("{{% $states.context.Map.Item.Value.{name} %}}").into())
            }
        };
    }
    out.into()
}

/// W-MAP-03: the JSON file is an object whose one list holds the items.
pub(super) fn items_pointer(checker: &mut Checker, item_reader: &Place) {
    let Some(config) = item_reader.get("ReaderConfig") else { return };
    if config.node.str_at("InputType") != Some("JSON") || config.node.member("ItemsPointer").is_some() {
        return;
    }
    let Some(list) = checker.options.manifest_sample.as_ref().and_then(item_list) else { return };
    let pointer = crate::syntax::join("", list);
    let message = format!(
        "The file is an object that holds its items in \"{list}\". This server reads that list; AWS would start one child per key. Set ItemsPointer to {pointer}."
    );
    let edit = edit::insert_member(checker.document, config.node, "ItemsPointer", &pointer.as_str().into());
    checker.add(POINTER, &config, message).fix(format!("Set ItemsPointer to {pointer}"), vec![edit]);
}

/// The key of the one list of items in a manifest that is an object, if there is such a list.
fn item_list(manifest: &Value) -> Option<&str> {
    let members = manifest.as_object()?;
    let lists: Vec<&str> =
        members.iter().filter(|(_, value)| value.as_array().is_some()).map(|(key, _)| &**key).collect();
    let usual = ["items", "Items", "records", "Records", "data"];
    match lists[..] {
        [only] => Some(only),
        _ => usual.into_iter().find_map(|name| lists.iter().copied().find(|list| *list == name)),
    }
}

/// W-MAP-05: the old name of ItemProcessor.
pub(super) fn iterator(checker: &mut Checker, iterator: &Place) {
    let Some(span) = iterator.key_span() else { return };
    let message = "Iterator is the old name of ItemProcessor; AWS reads both, newer fields only go with the new one. Rename it.";
    checker
        .add_on_key(ITERATOR, iterator, message)
        .fix("Rename it to ItemProcessor", vec![TextEdit::replace(span, "\"ItemProcessor\"")]);
}

/// W-MAP-06: the results of all children become the state's output.
pub(super) fn result_writer(checker: &mut Checker, state: &Place, language: Language) {
    let writes = state.node.get("ResultWriter").is_some_and(|writer| writer.member("Resource").is_some());
    if writes || checker.options.expected_items.is_some_and(|items| items <= FEW_ITEMS) {
        return;
    }
    let message = "Without a ResultWriter the results of all children become the output of this state, and the run fails when they pass 256 KiB. Write them to a bucket.";
    let arguments =
        state.node.get("ItemReader").and_then(|item_reader| item_reader.get(language.arguments()));
    let bucket = arguments.and_then(Node::members).unwrap_or_default().iter();
    let bucket = bucket.clone().find(|member| member.key.trim_end_matches(".$") == "Bucket");
    let document = checker.document;
    let edit = bucket.map(|bucket| {
        let target: Object = [
            (bucket.key.as_str().into(), bucket.value.to_value()),
            ("Prefix".into(), Value::from("results/")),
        ]
        .into_iter()
        .collect();
        let writer: Object = [
            ("Resource".into(), Value::from("arn:aws:states:::s3:putObject")),
            (language.arguments().into(), target.into()),
        ]
        .into_iter()
        .collect();
        match state.node.get("ResultWriter") {
            Some(existing) if existing.members().is_some() => {
                let layout = Layout::of(document, existing);
                let mut members: Object = writer;
                members.extend(
                    existing
                        .members()
                        .unwrap_or_default()
                        .iter()
                        .map(|member| (member.key.as_str().into(), member.value.to_value())),
                );
                TextEdit::replace(existing.span, layout.write(&members.into()))
            }
            _ => edit::insert_member(document, state.node, "ResultWriter", &writer.into()),
        }
    });
    let note = checker.add(RESULTS, state, message);
    if let Some(edit) = edit {
        note.fix("Write the results beside the input", vec![edit]);
    }
}
