//! From a definition's JSON to a machine.

use super::expr::Expr;
use super::fields::{Fields, fault};
use super::state::{Flow, FlowId, Kind, Language, Next, PathField, State};
use super::{CompileError, MapId, StateId};
use crate::Value;
use crate::jsonpath::Path;
use std::collections::HashMap;
use std::sync::Arc;

/// Collects states while flows are compiled, outer before inner.
#[derive(Default)]
pub(super) struct Compiler {
    pub states: Vec<Option<State>>,
    pub flows: Vec<Flow>,
    pub maps: Vec<MapId>,
}

/// The names of one flow's states.
pub(super) type Names = HashMap<Arc<str>, StateId>;

/// Where a state is compiled: what its names mean, and what language holds by default.
pub(super) struct Place<'a> {
    pub id: StateId,
    pub names: &'a Names,
    pub machine_language: Language,
    pub language: Language,
}

impl Compiler {
    /// Compiles an object with `StartAt` and `States`.
    pub fn flow(&mut self, value: &Value, at: &str, language: Language) -> Result<FlowId, CompileError> {
        let fields = Fields::new(value, at)?;
        let states = fields.object("States")?.ok_or_else(|| fields.missing("States"))?;
        let mut names = Names::new();
        for name in states.keys() {
            names.insert(name.clone(), StateId(self.states.len() as u32));
            self.states.push(None);
        }
        let start = fields.text("StartAt")?.ok_or_else(|| fields.missing("StartAt"))?;
        let start = target(&names, start, &fields.at("StartAt"))?;
        let flow = FlowId(self.flows.len() as u32);
        self.flows.push(Flow { start });
        for (name, state) in states {
            let at = format!("{at}/States/{}", name.replace('~', "~0").replace('/', "~1"));
            let fields = Fields::new(state, &at)?;
            let own = language_of(&fields)?;
            let place = Place {
                id: names[name],
                names: &names,
                machine_language: language,
                language: own.unwrap_or(language),
            };
            let compiled = self.state(name, &fields, &place)?;
            self.states[place.id.0 as usize] = Some(compiled);
        }
        Ok(flow)
    }

    fn state(
        &mut self,
        name: &Arc<str>,
        fields: &Fields<'_>,
        place: &Place<'_>,
    ) -> Result<State, CompileError> {
        let kind = self.kind(fields, place)?;
        let ends = matches!(kind, Kind::Choice(_) | Kind::Succeed | Kind::Fail { .. });
        let next = match (fields.text("Next")?, fields.boolean("End")?) {
            (Some(next), _) if !ends => Next::State(target(place.names, next, &fields.at("Next"))?),
            (None, Some(true)) => Next::End,
            _ if ends => Next::End,
            _ => return Err(fault("a state needs Next or End", fields.at(""))),
        };
        let json_path = place.language == Language::JsonPath;
        let arguments = match &kind {
            // A Map's Parameters are its ItemSelector.
            Kind::Map(_) => None,
            _ => fields.expr(place.language, if json_path { "Parameters" } else { "Arguments" })?,
        };
        let path = |field: &str| match json_path {
            true => fields.path_field(field),
            false => Ok(PathField::Whole),
        };
        Ok(State {
            name: name.clone(),
            language: place.language,
            kind,
            next,
            input_path: path("InputPath")?,
            arguments,
            result_selector: if json_path { fields.expr(place.language, "ResultSelector")? } else { None },
            result_path: path("ResultPath")?,
            output_path: path("OutputPath")?,
            output: if json_path { None } else { fields.expr(place.language, "Output")? },
            assign: fields.expr(place.language, "Assign")?,
            retry: fields.retriers()?,
            catch: self.catchers(fields, place)?,
            uses_context: fields.mentions_context(),
        })
    }
}

/// The state that a name leads to.
pub(super) fn target(names: &Names, name: &str, at: &str) -> Result<StateId, CompileError> {
    names
        .get(name)
        .copied()
        .ok_or_else(|| fault(&format!("there is no state named \"{name}\""), at.to_owned()))
}

/// `QueryLanguage` of a machine or state.
pub(super) fn language_of(fields: &Fields<'_>) -> Result<Option<Language>, CompileError> {
    match fields.text("QueryLanguage")? {
        None => Ok(None),
        Some("JSONPath") => Ok(Some(Language::JsonPath)),
        Some("JSONata") => Ok(Some(Language::Jsonata)),
        Some(_) => Err(fault("QueryLanguage is JSONPath or JSONata", fields.at("QueryLanguage"))),
    }
}

/// Parses a path.
pub(super) fn path(text: &str, at: &str) -> Result<Path, CompileError> {
    Path::parse(text).map_err(|e| fault(&e.message, at.to_owned()))
}

/// An expression of a sub-object: `ItemReader.Parameters`.
pub(super) fn sub_expr(
    fields: &Fields<'_>,
    language: Language,
    names: (&str, &str),
    label: &str,
) -> Result<Option<Expr>, CompileError> {
    let name = match language {
        Language::JsonPath => names.0,
        Language::Jsonata => names.1,
    };
    match fields.get(name) {
        None => Ok(None),
        Some(value) => Expr::compile(language, value, &format!("{label}/{name}"), &fields.at(name)).map(Some),
    }
}
