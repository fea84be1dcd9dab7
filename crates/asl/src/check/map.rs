//! Map states, inline and distributed.
//! Source: Developer Guide, "Map state in Distributed mode", and the pages of its fields.

use super::catalog::PROCESSOR_CONFIG;
use super::checker::Checker;
use super::diagnostic::Group;
use super::fields::{Field, Kind, Language, Shape, both, cut};
use super::machine::{self, Scope};
use super::place::Place;
use super::rule::Rule;
use super::values::is_expression;
use super::{dataflow, operations, reader, seed, writer};
use crate::edit;
use model::limits::MAX_LABEL_CHARS;

const PROCESSOR: Rule = Rule::error("MW-MAP-PROCESSOR");
const MODE: Rule = Rule::error("MW-MAP-MODE");
const EXECUTION_TYPE: Rule = Rule::error("MW-MAP-EXECUTION-TYPE");
const DISTRIBUTED_ONLY: Rule = Rule::error("MW-MAP-DISTRIBUTED-ONLY");
const LABEL: Rule = Rule::error("L-09").code("INVALID_LABEL_NAME");
const LABEL_TWICE: Rule = Rule::error("MW-MAP-LABEL-DUPLICATE").code("DUPLICATE_LABEL_NAME");
const ITEMS: Rule = Rule::error("MW-MAP-ITEMS");
const NESTED: Rule = Rule::warning("L-07", Group::Operations);

/// Fields of the state that people put into ProcessorConfig; `seed` offers to move them.
pub(super) const HOISTABLE: &[Field] = &[
    both("MaxConcurrency", Kind::Any),
    both("MaxConcurrencyPath", Kind::Any),
    both("ToleratedFailurePercentage", Kind::Any),
    both("ToleratedFailurePercentagePath", Kind::Any),
    both("ToleratedFailureCount", Kind::Any),
    both("ToleratedFailureCountPath", Kind::Any),
    both("Label", Kind::Any),
];

const ONLY_DISTRIBUTED: [&str; 4] = ["ItemReader", "ItemBatcher", "ResultWriter", "Label"];

/// What the rules about a distributed Map need to know.
pub(super) struct MapFacts {
    pub language: Language,
    pub distributed: bool,
    pub express_children: bool,
}

pub(super) fn check<'d>(checker: &mut Checker<'d>, state: &Place<'_, 'd>, language: Language, scope: Scope) {
    let name = ["ItemProcessor", "Iterator"].into_iter().find(|name| state.node.member(name).is_some());
    let Some(processor) = name.and_then(|name| state.get(name)) else {
        checker.require(state, "A Map state", &["ItemProcessor"]);
        return;
    };
    if state.node.member("Iterator").is_some() {
        if processor.name() == "ItemProcessor" {
            checker.add(
                PROCESSOR,
                state,
                "ItemProcessor and Iterator are the same field under two names. Keep ItemProcessor.",
            );
        } else {
            seed::iterator(checker, &processor);
        }
    }
    let facts = facts(&processor, language);
    config(checker, state, &processor, &facts);
    if facts.distributed && scope.express {
        checker.add(MODE, state, "A Map in DISTRIBUTED mode needs a STANDARD workflow around it. Change the type, or use INLINE.")
            .aws("Express state machine does not support Map state in DISTRIBUTED mode");
    }
    exclusives(checker, state, language);
    items(checker, state, language);
    if facts.distributed {
        label(checker, state);
        distributed(checker, state, &processor, &facts, scope);
    } else {
        for field in ONLY_DISTRIBUTED {
            if let Some(member) = state.get(field) {
                let message = format!(
                    "{field} needs a Map in DISTRIBUTED mode. Set ProcessorConfig to {{\"Mode\": \"DISTRIBUTED\", \"ExecutionType\": \"STANDARD\"}}, or remove it."
                );
                checker.add_on_key(DISTRIBUTED_ONLY, &member, message);
            }
        }
    }
    let inner = Scope {
        express: if facts.distributed { facts.express_children } else { scope.express },
        distributed_depth: scope.distributed_depth + usize::from(facts.distributed),
        ..scope
    };
    machine::nested(checker, &processor, "ItemProcessor", inner);
}

fn facts(processor: &Place, language: Language) -> MapFacts {
    let config = processor.node.get("ProcessorConfig");
    let word = |field| config.and_then(|config| config.str_at(field));
    MapFacts {
        language,
        distributed: word("Mode") == Some("DISTRIBUTED"),
        express_children: word("ExecutionType") == Some("EXPRESS"),
    }
}

fn config(checker: &mut Checker, state: &Place, processor: &Place, facts: &MapFacts) {
    let Some(config) = processor.get("ProcessorConfig") else { return };
    let shape =
        Shape { what: "ProcessorConfig", lists: &[PROCESSOR_CONFIG, HOISTABLE], language: facts.language };
    checker.fields(&config, &shape);
    for member in config.members().filter(|member| HOISTABLE.iter().any(|field| field.name == member.name()))
    {
        seed::hoist(checker, state, &config, &member);
    }
    let kind = config.get("ExecutionType");
    if facts.distributed && kind.is_none() {
        let document = checker.document;
        let edit = edit::insert_member(document, config.node, "ExecutionType", &"STANDARD".into());
        checker
            .add(
                EXECUTION_TYPE,
                &config,
                "A Map in DISTRIBUTED mode needs ExecutionType, STANDARD or EXPRESS. Add it.",
            )
            .aws("These fields are required: [ExecutionType]")
            .fix("Add ExecutionType STANDARD", vec![edit]);
    }
    if let Some(kind) = kind.filter(|_| !facts.distributed) {
        checker.add_on_key(
            EXECUTION_TYPE,
            &kind,
            "ExecutionType needs Mode DISTRIBUTED. Set the mode, or remove ExecutionType.",
        );
    }
}

fn exclusives(checker: &mut Checker, state: &Place, language: Language) {
    checker.exclusive(state, &["MaxConcurrency", "MaxConcurrencyPath"]);
    checker.exclusive(state, &["ToleratedFailureCount", "ToleratedFailureCountPath"]);
    checker.exclusive(state, &["ToleratedFailurePercentage", "ToleratedFailurePercentagePath"]);
    if language == Language::JsonPath {
        checker.exclusive(state, &["ItemSelector", "Parameters"]);
    }
}

fn items(checker: &mut Checker, state: &Place, language: Language) {
    let Some(items) = state.get("Items").filter(|_| language == Language::Jsonata) else { return };
    let node = items.node;
    let good =
        node.elements().is_some() || node.members().is_some() || node.as_str().is_some_and(is_expression);
    if !good && !node.is_missing() {
        checker.add(
            ITEMS,
            &items,
            "Items must be an array, an object, or an expression such as \"{% $states.input.orders %}\".",
        );
    }
}

fn distributed<'d>(
    checker: &mut Checker<'d>,
    state: &Place<'_, 'd>,
    processor: &Place<'_, 'd>,
    facts: &MapFacts,
    scope: Scope,
) {
    if let Some(item_reader) = state.get("ItemReader") {
        reader::check(checker, state, &item_reader, facts.language);
        seed::bucket(checker, state, processor, facts.language);
        seed::items_pointer(checker, &item_reader);
    }
    writer::batcher(checker, state, facts.language);
    writer::result_writer(checker, state, facts.language);
    seed::result_writer(checker, state, facts.language);
    dataflow::child(checker, state, processor);
    operations::map(checker, state, processor, facts);
    let concurrency = state.node.get("MaxConcurrency").and_then(|node| node.as_i64());
    if scope.distributed_depth > 0 && concurrency.is_none_or(|limit| limit == 0) {
        checker.add(NESTED, state, "A distributed Map inside another one starts a Map Run for every outer item; AWS keeps 1,000 open at once and lets the others wait. Limit the outer MaxConcurrency to 1,000.");
    }
}

fn label<'d>(checker: &mut Checker<'d>, state: &Place<'_, 'd>) {
    let Some(label) = state.get("Label") else { return };
    let Some(text) = label.node.as_str() else { return };
    let chars = text.chars().count();
    if chars == 0 || chars > MAX_LABEL_CHARS {
        let message = format!("Label must have 1 to {MAX_LABEL_CHARS} characters, but has {chars}.");
        checker.add(LABEL, &label, message).aws(if chars == 0 {
            "Label cannot be empty"
        } else {
            "Label cannot exceed 40 characters"
        });
    } else if let Some(bad) = text.chars().find(|c| !model::names::is_valid_label(&c.to_string())) {
        let message = format!("Label must not contain {bad:?}. Use letters, digits, - and _.");
        checker.add(LABEL, &label, message).aws(format!("Label contains invalid character: {bad:?}"));
    }
    if let Some(first) = checker.labels.get(text) {
        let line = checker.document.position(first.start).line;
        let message = format!(
            "Another Map has the label {} (line {line}). Labels must be unique; change one.",
            cut(text)
        );
        checker.add(LABEL_TWICE, &label, message).aws(format!("Duplicate Label name: {}", cut(text)));
    } else {
        checker.labels.insert(text, label.node.span);
    }
}
