//! The estimator's inputs: read from the address, filled from the manifest and the definition.

use crate::ui::{Button, ButtonKind, Card, Select, SelectOption, TextArea, TextInput};
use cost::{Inputs, PriceBook, Spread};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use model::{Manifest, MapOutline, StateOutline, StateWork};

/// A definition in the address may be so long; longer ones are for jobs.
pub const MAX_PASTED_BYTES: usize = 32 * 1024;
/// Items until somebody says otherwise.
const SAMPLE_ITEMS: u64 = 1_000_000;
/// States that may be typed.
const MAX_STATES: f64 = 100.0;

/// What is priced, before anybody types: a job's definition and the workspace's manifests.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subject {
    /// The job's definition.
    pub definition: Option<String>,
    /// Manifests to choose from.
    pub manifests: Vec<Manifest>,
}

/// A question to price, made from a subject and the address.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question {
    /// The definition's outline.
    pub outline: MapOutline,
    /// The chosen manifest.
    pub manifest: Option<Manifest>,
    /// All numbers.
    pub inputs: Inputs,
    /// What was typed and is no number, by field.
    pub wrong: Vec<(&'static str, String)>,
}

struct Number {
    name: &'static str,
    label: &'static str,
    most: f64,
}

const fn number(name: &'static str, label: &'static str, most: f64) -> Number {
    Number { name, label, most }
}

const NUMBERS: [Number; 7] = [
    number("items", "Items", 1e12),
    number("batch", "Items in a child", 1e9),
    number("concurrency", "Children at once", 1e6),
    number("states", "Tasks in a child", MAX_STATES),
    number("ms", "Milliseconds of a Task", 1e9),
    number("retries", "Retries of a Task", 1e3),
    number("memory", "Lambda memory in MB", 10_240.0),
];

impl Question {
    /// Reads the address over what the subject says.
    pub fn read(subject: &Subject, query: &ParamsMap) -> Self {
        let mut wrong = Vec::new();
        let mut typed = |name: &'static str| {
            let text = query.get(name)?.replace([',', '_', ' '], "");
            let most = NUMBERS.iter().find(|number| number.name == name)?.most;
            match text.parse::<f64>() {
                _ if text.is_empty() => None,
                Ok(value) if (0.0..=most).contains(&value) => Some(value),
                _ => {
                    wrong.push((name, format!("Give a number from 0 to {most}.")));
                    None
                }
            }
        };
        let [items, batch, concurrency, states, ms, retries, memory] =
            NUMBERS.map(|number| typed(number.name));
        let manifest = query
            .get("manifest")
            .and_then(|id| subject.manifests.iter().find(|manifest| manifest.id.as_str() == id).cloned());
        let pasted =
            query.get("asl").filter(|text| !text.trim().is_empty() && text.len() <= MAX_PASTED_BYTES);
        let outline = match pasted.or_else(|| subject.definition.clone()) {
            Some(text) => asl::outline(&text),
            None => plain(states.unwrap_or(1.0)),
        };
        let read = manifest
            .as_ref()
            .map(Inputs::of)
            .unwrap_or_else(|| Inputs { items: SAMPLE_ITEMS, ..Inputs::default() });
        let inputs = Inputs {
            items: items.map_or(read.items, |items| items as u64),
            item_bytes: read.item_bytes,
            items_per_batch: batch.map(|batch| (batch as u64).max(1)),
            max_concurrency: concurrency.map(|concurrency| concurrency as u32),
            task_ms: ms.map(Spread::exactly),
            retries: retries.map(Spread::exactly),
            lambda_memory_mb: memory.map(|memory| memory as u64).filter(|memory| *memory > 0),
            region: query.get("region").filter(|region| !region.is_empty()),
            no_free_tier: query.get("free").as_deref() == Some("no"),
        };
        Self { outline, manifest, inputs, wrong }
    }

    /// What a field holds when nothing is typed, and who says so.
    fn otherwise(&self, name: &str) -> (String, &'static str) {
        let outline = &self.outline;
        let known = |number: Option<u64>, assumed: &str| match number {
            Some(number) if outline.map.is_some() => (number.to_string(), "from the definition"),
            _ => (assumed.to_owned(), "assumed"),
        };
        match name {
            "items" => match &self.manifest {
                Some(manifest) => (manifest.items.to_string(), "from the manifest"),
                None => (SAMPLE_ITEMS.to_string(), "assumed"),
            },
            "batch" => known(outline.items_per_batch, "1"),
            "concurrency" => match outline.max_concurrency {
                Some(0) | None => (
                    "as many as there may be".to_owned(),
                    if outline.map.is_some() { "from the definition" } else { "assumed" },
                ),
                Some(number) => (number.to_string(), "from the definition"),
            },
            "states" => ("1".to_owned(), "assumed"),
            "ms" => ("between 250 and 4,000".to_owned(), "for an item; not measured"),
            "retries" => ("0".to_owned(), "extra attempts, on average"),
            _ => ("not counted".to_owned(), "leave empty to price the workflow alone"),
        }
    }
}

/// The outline of a child of so many tasks.
fn plain(states: f64) -> MapOutline {
    let state = |at: usize| StateOutline {
        name: format!("Task {}", at + 1),
        work: StateWork::Function,
        visits: 1.0,
        certain: true,
    };
    MapOutline {
        parent_states: 1,
        items_per_batch: Some(1),
        max_concurrency: Some(0),
        definition_chars: 2_000,
        tolerates_failures: true,
        states: (0..states.clamp(1.0, MAX_STATES) as usize).map(state).collect(),
        ..MapOutline::default()
    }
}

/// The form of all inputs. It sends itself to the address.
#[component]
pub fn InputsForm(subject: Subject, question: Memo<Question>, query: Memo<ParamsMap>) -> AnyView {
    let in_address =
        move |name: &'static str| Signal::derive(move || query.read().get(name).unwrap_or_default());
    let has_definition = subject.definition.is_some();
    let fields: Vec<_> = NUMBERS
        .into_iter()
        .filter(|number| number.name != "states" || !has_definition)
        .map(|Number { name, label, .. }| {
            let (placeholder, _) = question.read_untracked().otherwise(name);
            let help = Signal::derive(move || Some(question.read().otherwise(name).1.to_owned()));
            let error = Signal::derive(move || {
                question.read().wrong.iter().find(|(wrong, _)| *wrong == name).map(|(_, words)| words.clone())
            });
            view! { <TextInput name label value=in_address(name) help error placeholder/> }
        })
        .collect();
    let manifests = std::iter::once(SelectOption::new("", "None: the number below"))
        .chain(
            subject
                .manifests
                .iter()
                .map(|manifest| SelectOption::new(manifest.id.as_str(), manifest.name.clone())),
        )
        .collect::<Vec<_>>();
    let regions: Vec<_> = PriceBook::built_in()
        .regions
        .keys()
        .map(|region| SelectOption::new(region.clone(), region.clone()))
        .collect();
    let region = Signal::derive(move || query.read().get("region").unwrap_or_else(|| "us-east-1".to_owned()));
    let tiers = vec![SelectOption::new("", "Counted"), SelectOption::new("no", "Left out: it is used up")];
    let tier = in_address("free");
    let pasted = query.read_untracked().get("asl").unwrap_or_default();
    let too_long = pasted.len() > MAX_PASTED_BYTES;
    let paste = (!has_definition).then(|| {
        let error =
            too_long.then(|| "It is too long for an address: save it as a job to estimate it.".to_owned());
        view! {
            <TextArea name="asl" label="Definition" value=pasted.clone() rows=6 mono=true optional=true error
                help="Amazon States Language; it says states, batch and concurrency"/>
        }
    });
    view! {
        <Card title="Inputs">
            <form method="get" class="mw-form">
                {(manifests.len() > 1).then(|| view! { <Select name="manifest" label="Manifest" options=manifests value=in_address("manifest")/> })}
                {paste}
                {fields}
                <Select name="region" label="Region of the prices" options=regions value=region/>
                <Select name="free" label="AWS free tier" options=tiers value=tier/>
                <div class="mw-form__foot"><Button kind=ButtonKind::Primary submit=true>"Estimate"</Button></div>
            </form>
        </Card>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(pairs: &[(&str, &str)]) -> Question {
        let mut query = ParamsMap::new();
        for (name, value) in pairs {
            query.insert((*name).to_owned(), (*value).to_owned());
        }
        Question::read(&Subject::default(), &query)
    }

    #[test]
    fn a_million_items_of_one_state_make_two_million_transitions() {
        let question = ask(&[("items", "1,000,000"), ("ms", "1000"), ("free", "no")]);
        let report = cost::report(
            &question.outline,
            &question.inputs,
            &cost::Facts::default(),
            &PriceBook::built_in(),
        )
        .unwrap();
        let standard = report.of(cost::ExecutionMode::Standard).unwrap();
        assert_eq!((standard.transitions, standard.cost.likely.to_string().as_str()), (2_000_001, "$50.00"));
    }

    #[test]
    fn what_is_typed_goes_before_what_is_pasted_and_nonsense_is_named() {
        let definition = r#"{"StartAt":"A","States":{"A":{"Type":"Map","MaxConcurrency":9,"End":true,"ItemProcessor":
            {"ProcessorConfig":{"Mode":"DISTRIBUTED"},"StartAt":"B","States":{"B":{"Type":"Pass","End":true}}}}}}"#;
        let pasted = ask(&[("asl", definition)]);
        assert_eq!(pasted.otherwise("concurrency"), ("9".to_owned(), "from the definition"));
        let typed = ask(&[("asl", definition), ("concurrency", "3"), ("batch", "many")]);
        assert_eq!(cost::workload(&typed.outline, &typed.inputs).max_concurrency, 3);
        assert_eq!(typed.wrong.len(), 1);
    }
}
