//! Recorded AWS truth: every execution case runs against an in-memory world with a clock of its own.
//!
//! Cases are read from `MAPWRIGHT_CONFORMANCE`, or `../shared/conformance` beside the repository,
//! or the copied subset in `tests/cases`.

mod conformance {
    pub mod case;
    pub mod compare;
    pub mod driver;
    pub mod functions;
    pub mod map_runs;
    pub mod report;
    pub mod world;
}

use conformance::{case, report};

/// What must hold at least, in percent, by level. Raised as the interpreter improves.
const MINIMUM: [f64; 3] = [100.0, 100.0, 99.0];

#[test]
fn recorded_executions_end_and_look_as_on_aws() {
    let (source, cases) = case::load();
    println!("cases from {source}");
    let report = report::Report::of(&cases);
    println!("{report}");
    assert!(report.total() > 0, "no case was found");
    for (level, minimum) in MINIMUM.into_iter().enumerate() {
        let reached = report.percent(level);
        assert!(
            reached >= minimum,
            "level {}: {reached:.1} % of runs, at least {minimum} % must pass",
            level + 1
        );
    }
}
