//! Running all cases and counting what passes.

use super::case::Case;
use super::compare::{Matcher, all_shown, shown};
use super::driver::{self, Ended};
use super::world::World;
use asl::{Outcome, Payload, Program};
use model::ExecutionType;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;

/// Runs, and how many of them pass each level, by category; and what differs.
#[derive(Default)]
pub struct Report {
    categories: BTreeMap<String, [usize; 4]>,
    differences: Vec<String>,
}

impl Report {
    pub fn of(cases: &[Case]) -> Self {
        let mut report = Self::default();
        for case in cases {
            let world = World::of(&case.value);
            for (number, run) in case.value["runs"].as_array().into_iter().flatten().enumerate() {
                let counts = report.categories.entry(case.category.clone()).or_default();
                counts[0] += 1;
                let differences = check(case, &world, run);
                for (level, difference) in differences.iter().enumerate() {
                    match difference {
                        None => counts[level + 1] += 1,
                        Some(text) => report.differences.push(format!(
                            "level {} {} {} [{}] run {number}: {text}",
                            level + 1,
                            case.category,
                            case.id,
                            case.test
                        )),
                    }
                }
            }
        }
        report
    }

    pub fn total(&self) -> usize {
        self.categories.values().map(|counts| counts[0]).sum()
    }

    pub fn percent(&self, level: usize) -> f64 {
        let passed: usize = self.categories.values().map(|counts| counts[level + 1]).sum();
        passed as f64 * 100.0 / self.total().max(1) as f64
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for difference in &self.differences {
            writeln!(f, "{difference}")?;
        }
        writeln!(f, "{:<42} {:>5} {:>8} {:>8} {:>8}", "category", "runs", "level 1", "level 2", "level 3")?;
        for (category, [runs, one, two, three]) in &self.categories {
            writeln!(f, "{category:<42} {runs:>5} {one:>8} {two:>8} {three:>8}")?;
        }
        let percent = [0, 1, 2].map(|level| format!("{:.1}%", self.percent(level)));
        writeln!(f, "{:<42} {:>5} {:>8} {:>8} {:>8}", "all", self.total(), percent[0], percent[1], percent[2])
    }
}

/// The first difference at each level.
fn check(case: &Case, world: &World, run: &Value) -> [Option<String>; 3] {
    let expect = &run["expect"];
    let program = match Program::compile(run["definition"].as_str().unwrap_or_default()) {
        Ok(program) => program,
        Err(e) => return [0, 1, 2].map(|_| Some(format!("does not compile: {e}"))),
    };
    let input = Payload::parse(run["input"].as_str().unwrap_or("{}")).expect("an input is JSON");
    let execution_type = match run["type"].as_str() {
        Some("EXPRESS") => ExecutionType::Express,
        _ => ExecutionType::Standard,
    };
    let ended = driver::run(&case.value, world, &program, input, execution_type);
    let matcher = |lenient| Matcher { placeholders: &case.placeholders, lenient };
    let first = end(&matcher(true), expect, &ended);
    let Some(recorded) = expect["history"].as_array() else {
        return [first.clone(), first.clone(), first];
    };
    let observed = observed(&program, &ended);
    let second = first.clone().or_else(|| types(recorded, &observed));
    let third = second.clone().or_else(|| {
        let cause = cause(&matcher(false), expect, &ended);
        cause.or_else(|| whole(&matcher(false), recorded, &observed))
    });
    [first, second, third]
}

fn end(matcher: &Matcher<'_>, expect: &Value, ended: &Ended) -> Option<String> {
    let outcome = ended.execution.outcome().expect("it has ended");
    let status = json!(outcome.status().as_str());
    matcher.difference(&expect["status"], &status, "status").or_else(|| match outcome {
        Outcome::Succeeded { output } => {
            let found = match expect["output"] {
                Value::Array(_) => serde_json::from_str(&output.text()).expect("an output is JSON"),
                _ => shown(&output.text()),
            };
            matcher.difference(&expect["output"], &found, "output")
        }
        Outcome::Failed { error, .. } | Outcome::TimedOut { error, .. } | Outcome::Aborted { error, .. } => {
            matcher.difference(&expect["error"], &json!(error), "error")
        }
    })
}

fn cause(matcher: &Matcher<'_>, expect: &Value, ended: &Ended) -> Option<String> {
    match ended.execution.outcome()? {
        Outcome::Failed { cause, .. } => {
            let found = cause.as_deref().map_or(Value::Null, shown);
            matcher.difference(&expect["cause"], &found, "cause")
        }
        _ => None,
    }
}

fn observed(program: &Program, ended: &Ended) -> Vec<Value> {
    let segments = ended.history.iter().map(Vec::as_slice);
    let events = asl::history::render(program, segments);
    let event = |event: asl::HistoryEvent| {
        json!({
            "id": event.id,
            "previousEventId": event.previous_event_id,
            "type": event.kind.name(),
            "details": event.details.map(|details| all_shown(&details.into())),
        })
    };
    events.into_iter().map(event).collect()
}

/// Whether the recording left the order open: it numbers such events 0 or `[0]`.
fn unordered(recorded: &[Value]) -> bool {
    recorded.iter().any(|event| event["id"].as_u64().is_none_or(|id| id == 0))
}

fn names(events: &[Value]) -> Vec<&str> {
    events.iter().filter_map(|event| event["type"].as_str()).collect()
}

/// The recordings of Parallel lack the event that ends the state; theirs cannot be asked of us.
fn comparable(events: &[Value]) -> Vec<Value> {
    let ends = ["ParallelStateSucceeded", "ParallelStateFailed"];
    events
        .iter()
        .filter(|event| !ends.contains(&event["type"].as_str().unwrap_or_default()))
        .cloned()
        .collect()
}

fn types(recorded: &[Value], observed: &[Value]) -> Option<String> {
    if unordered(recorded) {
        let (recorded, observed) = (comparable(recorded), comparable(observed));
        let (mut a, mut b) = (names(&recorded), names(&observed));
        a.sort_unstable();
        b.sort_unstable();
        return (a != b).then(|| format!("types, in any order: expected {a:?} found {b:?}"));
    }
    let (a, b) = (names(recorded), names(observed));
    (a != b).then(|| format!("types: expected {a:?} found {b:?}"))
}

fn whole(matcher: &Matcher<'_>, recorded: &[Value], observed: &[Value]) -> Option<String> {
    if unordered(recorded) {
        let mut left = comparable(observed);
        return comparable(recorded).iter().find_map(|event| {
            let fits = |found: &Value| {
                event["type"] == found["type"]
                    && matcher.difference(&event["details"], &found["details"], "").is_none()
            };
            match left.iter().position(fits) {
                Some(at) => {
                    left.remove(at);
                    None
                }
                None => Some(format!("no event like {event} in {}", Value::from(observed.to_vec()))),
            }
        });
    }
    let run_in_between = names(recorded).contains(&"MapRunStarted");
    recorded.iter().zip(observed).find_map(|(a, b)| {
        let at = format!("event {} {}", a["id"], a["type"]);
        let chain = || match run_in_between && a["type"] == "MapStateExited" {
            // Recorded both ways.
            true => None,
            false => matcher.difference(
                &a["previousEventId"],
                &b["previousEventId"],
                &format!("{at} previousEventId"),
            ),
        };
        matcher
            .difference(&a["details"], &b["details"], &at)
            .or_else(|| matcher.difference(&a["id"], &b["id"], &format!("{at} id")))
            .or_else(chain)
    })
}
