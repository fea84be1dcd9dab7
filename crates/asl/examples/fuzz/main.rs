//! Mutates definitions, paths, expressions, templates and inputs for a given time and reports
//! every panic and every evaluation that took too long.
//!
//! ```text
//! cargo run --release --example fuzz -- --seconds 600 --seed 1 [--from 0] [--trace] [corpus.json …]
//! ```
//!
//! A case is made from the seed and its number alone, so a number printed before a crash finds
//! it again with `--from`, and `--trace` prints each text before it is tried. Corpus files are JSON (or JSON lines); the texts in them that look
//! like definitions, expressions, paths or intrinsic functions are added to the built-in ones.

mod corpus;

use asl::execution::{ContextSeed, Effect, Event, Start};
use asl::intrinsics::Intrinsic;
use asl::{
    Execution, Expression, JsonataTemplate, Path, Payload, Program, Rng, Scope, Template, Value, Variables,
};
use corpus::{Corpus, TOKENS, built_in};
use model::{ExecutionType, Timestamp};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Longest case that is no fault; expressions may take a second.
const SLOW: Duration = Duration::from_secs(4);

/// Makes the choices of one case, keeps the text it made last, and prints each when asked to.
struct Chooser(Rng, RefCell<String>, bool);

impl Chooser {
    fn below(&self, n: usize) -> usize {
        (self.0.next_u64() % n.max(1) as u64) as usize
    }

    fn pick<'t>(&self, texts: &'t [String]) -> &'t str {
        texts.get(self.below(texts.len())).map_or("", String::as_str)
    }

    /// A place between two characters.
    fn cut(&self, text: &str) -> usize {
        let mut at = self.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    /// A text of the corpus with up to eight changes.
    fn mutant(&self, texts: &[String]) -> String {
        let mut text = self.pick(texts).to_owned();
        for _ in 0..self.below(9) {
            let (a, b) = (self.cut(&text), self.cut(&text));
            let (a, b) = (a.min(b), a.max(b));
            match self.below(7) {
                0 if b - a < 24 => text.replace_range(a..b, ""),
                1 | 2 => text.insert_str(a, TOKENS[self.below(TOKENS.len())]),
                3 => {
                    let part = text[a..b].to_owned();
                    text.insert_str(b, &part);
                }
                4 => {
                    let other = self.pick(texts);
                    let (from, to) = (self.cut(other), self.cut(other));
                    text.replace_range(a..b, &other[from.min(to)..from.max(to)]);
                }
                5 => {
                    let c = char::from_u32(self.below(0x300) as u32).unwrap_or('x');
                    text.insert(a, c);
                }
                _ => {
                    let part = text[a..b].to_owned();
                    let times = 1 + self.below(64);
                    if part.len() * times < 20_000 {
                        text.insert_str(a, &part.repeat(times));
                    }
                }
            }
        }
        if self.2 {
            println!("{text}");
        }
        self.1.replace(text.clone());
        text
    }
}

/// What a case was about, and whether it got past parsing.
type Report = (&'static str, bool);

fn case(corpus: &Corpus, chooser: &Chooser) -> Report {
    let input = match chooser.below(3) {
        0 => chooser.mutant(&corpus.inputs),
        _ => chooser.pick(&corpus.inputs).to_owned(),
    };
    let input = Value::from_json(&input).unwrap_or_default();
    let mut variables = Variables::default();
    variables.set("v", input.clone());
    let rng = Rng::new(7);
    let scope = Scope::new(&input, &input, &variables, &rng).with_result(&input);
    match chooser.below(10) {
        0 | 1 => {
            let Ok(path) = Path::parse(&chooser.mutant(&corpus.paths)) else {
                return ("path", false);
            };
            let _ = path.eval(&scope);
            let _ = path.assign(&input, Value::Null);
            ("path", true)
        }
        2 | 3 => {
            let Ok(call) = Intrinsic::parse(&chooser.mutant(&corpus.intrinsics)) else {
                return ("intrinsic", false);
            };
            let _ = call.eval(&scope);
            ("intrinsic", true)
        }
        4..=6 => {
            let text = chooser.mutant(&corpus.expressions);
            let Ok(expression) = Expression::compile("Output", &text) else {
                return ("expression", false);
            };
            let _ = expression.eval(&scope);
            let _ = expression.eval_on(&input, &scope);
            ("expression", true)
        }
        7 => {
            let Ok(value) = Value::from_json(&chooser.mutant(&corpus.definitions)) else {
                return ("template", false);
            };
            let path = Template::compile(&value).map(|t| t.eval(&scope));
            let jsonata = JsonataTemplate::compile("Output", &value).map(|t| t.eval(&scope));
            ("template", path.is_ok() || jsonata.is_ok())
        }
        _ => {
            let text = chooser.mutant(&corpus.definitions);
            let Ok(program) = Program::compile(&text) else {
                return ("definition", false);
            };
            drive(&program, input, chooser);
            ("definition", true)
        }
    }
}

/// Runs an execution for some steps, answering what it asks in any way.
fn drive(program: &Program, input: Value, chooser: &Chooser) {
    let input = Payload::from_value(input);
    let name: Arc<str> = "x".into();
    let context = ContextSeed {
        execution_id: name.clone(),
        execution_name: name.clone(),
        role_arn: name.clone(),
        start_time: Timestamp(0),
        redrive_count: 0,
        redrive_time: None,
        state_machine_id: name.clone(),
        state_machine_name: name,
        execution_type: ExecutionType::Standard,
    };
    let start = Start { input: input.clone(), context, seed: 1 };
    let mut now = Timestamp(0);
    let mut execution = Execution::start(program, start, now);
    for _ in 0..60 {
        let Some(effect) = execution.poll_effect() else {
            return;
        };
        now = now.plus_ms(1000);
        let event = match effect {
            Effect::Invoke { id, .. } => match chooser.below(3) {
                0 => Event::TaskFailed { id, error: "States.Timeout".into(), cause: None },
                _ => Event::TaskSucceeded { id, output: input.clone() },
            },
            Effect::SetTimer { id, at } => {
                now = now.max(at);
                Event::TimerFired { id }
            }
            Effect::Finish => {
                let _ = execution.take_history();
                if !execution.redrive(program, now) {
                    return;
                }
                continue;
            }
            _ => continue,
        };
        execution.handle(program, event, now);
    }
}

fn main() {
    let mut corpus = built_in();
    let (mut seconds, mut seed, mut from, mut trace) = (60, 1, 0, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|n| n.parse::<u64>().ok()).expect("a number");
        match argument.as_str() {
            "--seconds" => seconds = number(),
            "--seed" => seed = number(),
            "--from" => from = number(),
            "--trace" => trace = true,
            file => {
                let text = std::fs::read_to_string(file).expect("a readable corpus file");
                match Value::from_json(&text) {
                    Ok(value) => corpus.learn(&value),
                    Err(_) => text
                        .lines()
                        .filter_map(|line| Value::from_json(line).ok())
                        .for_each(|value| corpus.learn(&value)),
                }
            }
        }
    }
    println!(
        "{} paths, {} intrinsics, {} expressions, {} definitions, {} inputs",
        corpus.paths.len(),
        corpus.intrinsics.len(),
        corpus.expressions.len(),
        corpus.definitions.len(),
        corpus.inputs.len()
    );
    // Panics that the library below catches are no faults, but each place is worth knowing.
    let places = Arc::new(Mutex::new(BTreeMap::<String, u64>::new()));
    let known = places.clone();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let mut known = known.lock().expect("the hook never panics");
        let count = known.entry(place).or_default();
        *count += 1;
        if *count == 1 {
            println!("{panic}");
        }
    }));
    let started = Instant::now();
    let mut counts: BTreeMap<Report, u64> = BTreeMap::new();
    let (mut faults, mut slowest, mut number) = (0u64, Duration::ZERO, from);
    while started.elapsed() < Duration::from_secs(seconds) {
        if number % 20_000 == 0 {
            println!("{number} cases, {faults} faults, slowest {slowest:?}, {:?}", started.elapsed());
        }
        let chooser = Chooser(Rng::new(seed.wrapping_mul(1 << 40).wrapping_add(number)), RefCell::default(), trace);
        let at = Instant::now();
        match catch_unwind(AssertUnwindSafe(|| case(&corpus, &chooser))) {
            Ok(report) => *counts.entry(report).or_default() += 1,
            Err(_) => {
                faults += 1;
                println!("PANIC in case {number} of seed {seed}: {:.2000}", chooser.1.borrow());
            }
        }
        let took = at.elapsed();
        slowest = slowest.max(took);
        if took > SLOW {
            faults += 1;
            println!("SLOW: case {number} of seed {seed} took {took:?}: {:.2000}", chooser.1.borrow());
        }
        number += 1;
    }
    println!("{} cases, {faults} faults, slowest {slowest:?}", number - from);
    for (place, count) in places.lock().expect("the hook never panics").iter() {
        println!("{count} panics at {place}");
    }
    for ((kind, parsed), count) in counts {
        println!("{kind} {}: {count}", if parsed { "parsed" } else { "refused" });
    }
    std::process::exit(i32::from(faults > 0));
}
