//! Compiling what differs from state type to state type.

use super::compile::{Compiler, Place, sub_expr, target};
use super::fields::{Fields, fault};
use super::state::{
    Batcher, Catcher, Choice, ChoiceBranch, Distributed, FlowId, Kind, Language, Map, PathField, Reader,
    ResourceField, Task, Wait, Writer,
};
use super::{CompileError, MapId, rules};
use crate::payload::Payload;
use crate::{Resource, Value};
use model::ExecutionType;

impl Compiler {
    pub(super) fn kind(&mut self, fields: &Fields<'_>, place: &Place<'_>) -> Result<Kind, CompileError> {
        let language = place.language;
        Ok(match fields.text("Type")?.ok_or_else(|| fields.missing("Type"))? {
            "Pass" => Kind::Pass {
                result: match language {
                    Language::JsonPath => fields.get("Result").cloned().map(Payload::from_value),
                    Language::Jsonata => None,
                },
            },
            "Task" => Kind::Task(Box::new(task(fields, language)?)),
            "Choice" => Kind::Choice(Box::new(choice(fields, place)?)),
            "Wait" => Kind::Wait(wait(fields, language)?),
            "Succeed" => Kind::Succeed,
            "Fail" => Kind::Fail {
                error: fields.text_field(language, "Error", "ErrorPath")?,
                cause: fields.text_field(language, "Cause", "CausePath")?,
            },
            "Parallel" => Kind::Parallel { branches: self.branches(fields, place)? },
            "Map" => Kind::Map(Box::new(self.map(fields, place)?)),
            other => return Err(fault(&format!("there is no state type \"{other}\""), fields.at("Type"))),
        })
    }

    fn branches(&mut self, fields: &Fields<'_>, place: &Place<'_>) -> Result<Vec<FlowId>, CompileError> {
        let branches = fields.array("Branches")?.ok_or_else(|| fields.missing("Branches"))?;
        let at = fields.at("Branches");
        let compiled = branches.iter().enumerate();
        compiled.map(|(i, branch)| self.flow(branch, &format!("{at}/{i}"), place.machine_language)).collect()
    }

    fn map(&mut self, fields: &Fields<'_>, place: &Place<'_>) -> Result<Map, CompileError> {
        let language = place.language;
        let name = if fields.get("ItemProcessor").is_some() { "ItemProcessor" } else { "Iterator" };
        let processor = fields.fields(name)?.ok_or_else(|| fields.missing("ItemProcessor"))?;
        let config = processor.fields("ProcessorConfig")?;
        let mode = config.as_ref().map(|config| config.text("Mode")).transpose()?.flatten();
        let id = MapId(place.id.0);
        let distributed = match (&config, mode) {
            (Some(config), Some("DISTRIBUTED")) => {
                self.maps.push(id);
                Some(distributed(fields, config, language)?)
            }
            _ => None,
        };
        let value = fields.get(name).ok_or_else(|| fields.missing(name))?;
        let processor = self.flow(value, &fields.at(name), place.machine_language)?;
        let json_path = language == Language::JsonPath;
        let selector = match fields.expr(language, "ItemSelector")? {
            None if json_path => fields.expr(language, "Parameters")?,
            selector => selector,
        };
        Ok(Map {
            id,
            processor,
            distributed,
            items_path: if json_path { fields.path_field("ItemsPath")? } else { PathField::Whole },
            items: if json_path { None } else { fields.expr(language, "Items")? },
            selector,
            max_concurrency: fields.number_field(language, "MaxConcurrency", "MaxConcurrencyPath")?,
        })
    }

    pub(super) fn catchers(
        &mut self,
        fields: &Fields<'_>,
        place: &Place<'_>,
    ) -> Result<Vec<Catcher>, CompileError> {
        let catcher = |(place_of, catcher): (usize, &Fields<'_>)| {
            let element = format!("Catch[{place_of}]");
            let next = catcher.text("Next")?.ok_or_else(|| catcher.missing("Next"))?;
            Ok(Catcher {
                errors: catcher.texts("ErrorEquals")?,
                next: target(place.names, next, &catcher.at("Next"))?,
                result_path: match place.language {
                    Language::JsonPath => catcher.path_field("ResultPath")?,
                    Language::Jsonata => PathField::Whole,
                },
                assign: catcher.expr_within(place.language, &element, "Assign")?,
                output: match place.language {
                    Language::JsonPath => None,
                    Language::Jsonata => catcher.expr_within(place.language, &element, "Output")?,
                },
            })
        };
        fields.each("Catch")?.iter().enumerate().map(catcher).collect()
    }
}

fn task(fields: &Fields<'_>, language: Language) -> Result<Task, CompileError> {
    let resource = fields.text("Resource")?.ok_or_else(|| fields.missing("Resource"))?;
    Ok(Task {
        resource: match Resource::parse(resource) {
            Ok(resource) => ResourceField::Known(resource),
            Err(_) => ResourceField::Unknown(resource.into()),
        },
        timeout: fields.number_field(language, "TimeoutSeconds", "TimeoutSecondsPath")?,
        heartbeat: fields.number_field(language, "HeartbeatSeconds", "HeartbeatSecondsPath")?,
        credentials: fields.expr(language, "Credentials")?,
    })
}

fn wait(fields: &Fields<'_>, language: Language) -> Result<Wait, CompileError> {
    if let Some(seconds) = fields.number_field(language, "Seconds", "SecondsPath")? {
        return Ok(Wait::Seconds(seconds));
    }
    match fields.text_field(language, "Timestamp", "TimestampPath")? {
        Some(timestamp) => Ok(Wait::Timestamp(timestamp)),
        None => Err(fault("a Wait state needs Seconds or Timestamp", fields.at(""))),
    }
}

fn choice(fields: &Fields<'_>, place: &Place<'_>) -> Result<Choice, CompileError> {
    let branch = |(place_of, branch): (usize, &Fields<'_>)| {
        let element = format!("Choices[{place_of}]");
        let next = branch.text("Next")?.ok_or_else(|| branch.missing("Next"))?;
        Ok(ChoiceBranch {
            rule: rules::rule(branch, place.language, &element)?,
            next: target(place.names, next, &branch.at("Next"))?,
            assign: branch.expr_within(place.language, &element, "Assign")?,
            output: match place.language {
                Language::JsonPath => None,
                Language::Jsonata => branch.expr_within(place.language, &element, "Output")?,
            },
        })
    };
    let default = fields.text("Default")?;
    Ok(Choice {
        branches: fields.each("Choices")?.iter().enumerate().map(branch).collect::<Result<_, _>>()?,
        default: default.map(|name| target(place.names, name, &fields.at("Default"))).transpose()?,
    })
}

fn distributed(
    fields: &Fields<'_>,
    config: &Fields<'_>,
    language: Language,
) -> Result<Distributed, CompileError> {
    Ok(Distributed {
        execution_type: match config.text("ExecutionType")? {
            Some("EXPRESS") => ExecutionType::Express,
            _ => ExecutionType::Standard,
        },
        label: fields.owned_text("Label")?,
        reader: fields.fields("ItemReader")?.map(|reader| self::reader(&reader, language)).transpose()?,
        batcher: fields
            .fields("ItemBatcher")?
            .map(|batcher| self::batcher(&batcher, language))
            .transpose()?,
        writer: fields.fields("ResultWriter")?.map(|writer| self::writer(&writer, language)).transpose()?,
        tolerated_count: fields.number_field(
            language,
            "ToleratedFailureCount",
            "ToleratedFailureCountPath",
        )?,
        tolerated_percentage: fields.number_field(
            language,
            "ToleratedFailurePercentage",
            "ToleratedFailurePercentagePath",
        )?,
    })
}

fn reader(fields: &Fields<'_>, language: Language) -> Result<Reader, CompileError> {
    let config = fields.fields("ReaderConfig")?;
    Ok(Reader {
        resource: fields.text("Resource")?.ok_or_else(|| fields.missing("Resource"))?.to_owned(),
        arguments: sub_expr(fields, language, ("Parameters", "Arguments"), "ItemReader")?,
        max_items: match &config {
            Some(config) => config.number_field(language, "MaxItems", "MaxItemsPath")?,
            None => None,
        },
        config: fields.get("ReaderConfig").cloned().unwrap_or(Value::Null),
    })
}

fn batcher(fields: &Fields<'_>, language: Language) -> Result<Batcher, CompileError> {
    Ok(Batcher {
        max_items: fields.number_field(language, "MaxItemsPerBatch", "MaxItemsPerBatchPath")?,
        max_bytes: fields.number_field(language, "MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath")?,
        batch_input: sub_expr(fields, language, ("BatchInput", "BatchInput"), "ItemBatcher")?,
    })
}

fn writer(fields: &Fields<'_>, language: Language) -> Result<Writer, CompileError> {
    let config = fields.fields("WriterConfig")?;
    let option = |name: &str| config.as_ref().map(|config| config.owned_text(name)).transpose();
    Ok(Writer {
        arguments: sub_expr(fields, language, ("Parameters", "Arguments"), "ResultWriter")?,
        transformation: option("Transformation")?.flatten(),
        output_type: option("OutputType")?.flatten(),
    })
}
