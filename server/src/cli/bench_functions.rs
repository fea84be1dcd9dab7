//! `mapwright bench functions`: how many calls a second a function in processes takes.

use anyhow::{Context, bail, ensure};
use functions::{
    FunctionConfig, FunctionDirectory, Functions, Invocation, NoObjects, ProcessOptions, Processes,
};
use futures::StreamExt;
use model::{ProcessFunction, WorkspaceId};
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const HANDLER: &str = "def handler(event, context):\n    return event\n";
const WORKER: &str = "import json, sys\n\nfor line in sys.stdin:\n    request = json.loads(line)\n    \
    answer = {\"id\": request[\"id\"], \"result\": request[\"payload\"]}\n    \
    sys.stdout.write(json.dumps(answer) + \"\\n\")\n    sys.stdout.flush()\n";
const NAME: &str = "bench";

/// How the processes are spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Lambda's Runtime API
    Runtime,
    /// Lines of JSON on standard input and output
    Pipe,
}

/// What is measured.
#[derive(clap::Args)]
pub struct Options {
    /// How the processes are spoken to
    #[arg(long, value_enum, default_value = "runtime")]
    kind: Kind,
    /// How many processes the function has
    #[arg(long, default_value_t = 4)]
    processes: u32,
    /// Calls
    #[arg(long, default_value_t = 50_000)]
    calls: u64,
    /// Calls that are under way at once
    #[arg(long, default_value_t = 256)]
    in_flight: usize,
    /// Another program than the one that Mapwright brings, for example python3 -m awslambdaric app.handler;
    /// it finds app.py or worker.py in its working folder
    #[arg(long, num_args = 1.., allow_hyphen_values = true)]
    command: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What was measured.
#[derive(Serialize)]
struct Report {
    kind: &'static str,
    processes: u32,
    calls: u64,
    in_flight: usize,
    seconds: f64,
    calls_per_s: f64,
    /// The longest cold start, in milliseconds; not part of the rest.
    init_ms: f64,
    /// Half of the calls, and 99 of 100, took less in their process, in microseconds.
    duration_p50_us: f64,
    duration_p99_us: f64,
    /// The machine's load average over the last minute before the calls.
    load_average: f64,
}

struct One(FunctionConfig);

#[async_trait::async_trait]
impl FunctionDirectory for One {
    async fn find(&self, _: &WorkspaceId, _: &str) -> Result<Option<FunctionConfig>, String> {
        Ok(Some(self.0.clone()))
    }
}

/// Measures and prints.
pub async fn run(options: Options, dir: &Path) -> anyhow::Result<()> {
    ensure!(options.calls > 0 && options.in_flight > 0, "there must be at least one call");
    let measured = measure(&options, dir).await;
    std::fs::remove_dir_all(dir).with_context(|| format!("could not remove {}", dir.display()))?;
    let report = measured?;
    if options.json {
        println!("{}", serde_json::to_string(&report)?);
        return Ok(());
    }
    println!(
        "{:.0} calls/s ({} calls in {:.2} s, {} processes)",
        report.calls_per_s, report.calls, report.seconds, report.processes
    );
    println!(
        "{:.0} µs for half of the calls in their process, {:.0} µs for 99 of 100",
        report.duration_p50_us, report.duration_p99_us
    );
    println!("{:.0} ms for the longest cold start", report.init_ms);
    Ok(())
}

async fn measure(options: &Options, dir: &Path) -> anyhow::Result<Report> {
    std::fs::write(dir.join("app.py"), HANDLER)?;
    std::fs::write(dir.join("worker.py"), WORKER)?;
    let (processes, work) = Processes::new(ProcessOptions::new(dir.join("functions")))?;
    let mut running = tokio::task::JoinSet::new();
    running.spawn(work);
    let directory = Arc::new(One(config(options, dir)?));
    let functions = Functions::new(
        functions::Options { processes: Some(processes), cache_ms: 60_000, ..functions::Options::default() },
        directory,
        Arc::new(NoObjects),
    );
    let workspace = WorkspaceId::new(0, [0; 10]);
    let call = |n: u64| {
        let payload =
            format!(r#"{{"n":{n},"text":"an item with some text in it","values":[1,2.5,null,true]}}"#);
        functions.call(Invocation::new(workspace.clone(), NAME, &payload))
    };
    // All processes have started before the clock does.
    let mut init = Duration::ZERO;
    let mut warm = futures::stream::iter(0..u64::from(options.processes) * 200)
        .map(call)
        .buffer_unordered(options.in_flight);
    while let Some(answer) = warm.next().await {
        let answer = answer?;
        if answer.function_error.is_some() {
            bail!("the function failed: {}", answer.payload);
        }
        init = init.max(answer.timing.and_then(|timing| timing.init).unwrap_or_default());
    }
    let load_average = load_average();
    let mut durations = Vec::with_capacity(usize::try_from(options.calls)?);
    let began = Instant::now();
    let mut calls = futures::stream::iter(0..options.calls).map(call).buffer_unordered(options.in_flight);
    while let Some(answer) = calls.next().await {
        let answer = answer?;
        if answer.function_error.is_some() {
            bail!("the function failed: {}", answer.payload);
        }
        durations.push(answer.timing.map_or(Duration::ZERO, |timing| timing.duration));
    }
    let seconds = began.elapsed().as_secs_f64();
    durations.sort_unstable();
    let at = |share: f64| durations[((durations.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e6;
    Ok(Report {
        kind: match options.kind {
            Kind::Runtime => "runtime",
            Kind::Pipe => "pipe",
        },
        processes: options.processes,
        calls: options.calls,
        in_flight: options.in_flight,
        seconds,
        calls_per_s: options.calls as f64 / seconds,
        init_ms: init.as_secs_f64() * 1000.0,
        duration_p50_us: at(0.5),
        duration_p99_us: at(0.99),
        load_average,
    })
}

fn config(options: &Options, dir: &Path) -> anyhow::Result<FunctionConfig> {
    let command = match (options.kind, options.command.is_empty()) {
        (Kind::Pipe, true) => vec!["python3".to_owned(), "worker.py".to_owned()],
        _ => options.command.clone(),
    };
    let spec = ProcessFunction {
        command,
        runtime: "python3".to_owned(),
        handler: "app.handler".to_owned(),
        directory: dir.to_string_lossy().into_owned(),
        processes: options.processes,
        ..ProcessFunction::default()
    };
    let pipe = options.kind == Kind::Pipe;
    if let Err((field, sentence)) = functions::process::check(&spec, pipe) {
        bail!("{field}: {sentence}");
    }
    Ok(if pipe { FunctionConfig::Pipe(spec) } else { FunctionConfig::Runtime(spec) })
}

/// 0 where the system does not tell.
fn load_average() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or(0.0)
}
