//! What must hold for every workload.

use cost::{
    Advice, BATCH_SIZES, Brake, ExecutionMode, Facts, FreeTier, LambdaProfile, PriceBook, Severity, Spread,
    StateProfile, Workload, advise, compare, concurrency_curve, estimate,
};
use proptest::prelude::*;

fn workload() -> impl Strategy<Value = Workload> {
    (1u64..5_000_000, 1u64..2_000, 0.0..5_000.0, 0.0..500.0, 0.0..2.0, 1u64..10_240, 0u32..12_000).prop_map(
        |(items, items_per_batch, fixed, per_item, retries, memory_mb, max_concurrency)| Workload {
            items_per_batch,
            max_concurrency,
            express_memory_mb: Some(memory_mb as f64),
            states: vec![StateProfile {
                fixed_ms: Spread::exactly(fixed),
                retries: Spread::exactly(retries),
                lambda: Some(LambdaProfile { memory_mb, init_ms: 300.0, ..LambdaProfile::default() }),
                ..StateProfile::task("Work", per_item)
            }],
            ..Workload::new(items, Vec::new())
        },
    )
}

fn mode() -> impl Strategy<Value = ExecutionMode> {
    prop::sample::select(ExecutionMode::ALL.to_vec())
}

fn cost_of(workload: &Workload, mode: ExecutionMode) -> i64 {
    estimate(workload, mode, &PriceBook::built_in()).expect("a known region").cost.likely.0
}

proptest! {
    #[test]
    fn more_never_costs_less(base in workload(), mode in mode(), more in 1u64..1_000_000) {
        let state = |change: fn(&mut StateProfile, f64)| {
            let mut bigger = base.clone();
            change(&mut bigger.states[0], more as f64 / 1000.0);
            bigger
        };
        let grown = [
            Workload { items: base.items + more, ..base.clone() },
            Workload { express_memory_mb: base.express_memory_mb.map(|mb| mb + more as f64), ..base.clone() },
            Workload { free_tier: FreeTier::default(), ..base.clone() },
            state(|state, more| state.fixed_ms = Spread::exactly(state.fixed_ms.likely + more)),
            state(|state, more| state.per_item_ms = Spread::exactly(state.per_item_ms.likely + more)),
            state(|state, more| state.retries = Spread::exactly(state.retries.likely + more)),
            state(|state, more| state.lambda.as_mut().unwrap().memory_mb += more as u64),
        ];
        let before = cost_of(&base, mode);
        for bigger in &grown {
            prop_assert!(cost_of(bigger, mode) >= before, "{bigger:?}");
        }
    }

    #[test]
    fn larger_batches_never_make_more_transitions(base in workload(), more in 1u64..1_000) {
        let book = PriceBook::built_in();
        let larger = Workload { items_per_batch: base.items_per_batch + more, ..base.clone() };
        for mode in [ExecutionMode::Standard, ExecutionMode::Express] {
            let (few, many) = (estimate(&larger, mode, &book).unwrap(), estimate(&base, mode, &book).unwrap());
            prop_assert!(few.transitions <= many.transitions);
            prop_assert!(few.children * larger.batch() >= larger.items);
        }
    }

    #[test]
    fn more_at_once_never_takes_longer(base in workload(), mode in mode()) {
        let curve = concurrency_curve(&base, mode, &PriceBook::built_in()).unwrap();
        prop_assert!(curve.is_sorted_by_key(|point| std::cmp::Reverse(point.duration_ms)));
        prop_assert!(curve.is_sorted_by_key(|point| point.concurrency));
    }
}

proptest! {
    // A thousand draws a case.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn lines_add_up_and_ranges_enclose(base in workload(), mode in mode(), width in 0.0..3.0) {
        let mut wide = base;
        wide.items = wide.items.min(10_000);
        wide.states[0].retries = Spread::between(0.0, 0.1, width);
        let first = estimate(&wide, mode, &PriceBook::built_in()).unwrap();
        prop_assert_eq!(first.lines.iter().map(|line| line.nano_usd).sum::<cost::NanoUsd>(), first.cost.likely);
        prop_assert!(first.cost.low <= first.cost.likely && first.cost.likely <= first.cost.high);
        prop_assert!(first.duration_ms.low <= first.duration_ms.likely && first.duration_ms.likely <= first.duration_ms.high);
        prop_assert_eq!(&first, &estimate(&wide, mode, &PriceBook::built_in()).unwrap());
    }

    #[test]
    fn no_numbers_panic(items in any::<u64>(), batch in any::<u64>(), ms in any::<f64>(), memory in any::<f64>(), mode in mode()) {
        let mut state = StateProfile::task("Work", ms);
        state.retries = Spread::between(0.0, ms, memory);
        state.s3_gets_per_item = memory;
        state.lambda = Some(LambdaProfile { memory_mb: items, init_ms: ms, ..LambdaProfile::default() });
        let workload = Workload {
            items_per_batch: batch,
            parent_states: items,
            express_memory_mb: Some(memory),
            log_bytes_per_child: batch,
            here_hour_nano_usd: items,
            here_children_per_s: ms,
            result_writer: true,
            ..Workload::new(items, vec![state])
        };
        let book = PriceBook::built_in();
        let estimate = estimate(&workload, mode, &book).unwrap();
        prop_assert!(!compare(&workload, &book).unwrap().is_empty());
        advise(&workload, &Facts { output_bytes: Some(items), child_p99_ms: Some(items), ..Facts::default() }, &estimate);
    }
}

fn codes(advice: &[Advice]) -> Vec<&str> {
    advice.iter().map(|advice| advice.code.as_str()).collect()
}

#[test]
fn choices_are_flagged() {
    let workload = Workload {
        items_per_batch: 25,
        here_hour_nano_usd: 1_000_000_000_000,
        ..Workload::new(1_000_000, vec![StateProfile::task("Work", 1_000.0)])
    };
    let choices = compare(&workload, &PriceBook::built_in()).unwrap();
    assert_eq!(choices.len(), 3 * (BATCH_SIZES.len() + 1));
    let cheapest: Vec<_> = choices.iter().filter(|choice| choice.cheapest_on_aws).collect();
    assert_eq!(
        (cheapest.len(), cheapest[0].mode, cheapest[0].items_per_batch),
        (1, ExecutionMode::Standard, 1_000)
    );
    let late =
        choices.iter().find(|c| c.mode == ExecutionMode::Express && c.items_per_batch == 1_000).unwrap();
    assert!(late.impossible.as_ref().unwrap().contains("5 minutes"));
    assert!(!late.fastest);
    assert!(choices.iter().any(|choice| choice.fastest));
}

#[test]
fn brakes_are_named() {
    let brake = |change: fn(&mut Workload)| {
        let mut workload = Workload::new(100_000, vec![StateProfile::task("Work", 1_000.0)]);
        change(&mut workload);
        estimate(&workload, ExecutionMode::Standard, &PriceBook::built_in()).unwrap().brake
    };
    assert_eq!(brake(|_| {}), Brake::Dispatch);
    assert_eq!(brake(|workload| workload.max_concurrency = 10), Brake::Concurrency);
    assert_eq!(brake(|workload| workload.items = 1), Brake::ChildDuration);
    assert_eq!(brake(|workload| workload.transitions_per_s = Some(50)), Brake::Transitions);
    assert_eq!(brake(|workload| workload.reader.items_per_s = 5.0), Brake::Reader);
    assert_eq!(
        brake(|workload| {
            workload.lambda_concurrency = 5;
            workload.states[0].lambda = Some(LambdaProfile::default());
        }),
        Brake::LambdaConcurrency
    );
}

#[test]
fn the_widest_doubt_is_named_first() {
    let mut upload = StateProfile::task("Upload", 100.0);
    upload.retries = Spread::between(0.0, 0.1, 2.0);
    let mut resize = StateProfile::task("Resize", 100.0);
    resize.visits = Spread::between(0.9, 1.0, 1.0);
    let workload = Workload::new(1_000_000, vec![resize, upload]);
    let estimate = estimate(&workload, ExecutionMode::Standard, &PriceBook::built_in()).unwrap();
    assert_eq!(estimate.drivers.len(), 2);
    assert_eq!(estimate.drivers[0].name, "retry rate of Upload");
    assert!(estimate.drivers[0].share > 0.9);
    assert!(estimate.cost.low < estimate.cost.likely && estimate.cost.likely < estimate.cost.high);
}

#[test]
fn every_rule_speaks_when_it_should() {
    let loud = Facts {
        largest_input_bytes: Some(300_000),
        output_bytes: Some(1_000),
        dataset_bytes: Some(11 << 30),
        child_p99_ms: Some(400_000),
        outer_concurrency: Some(2_000),
        label: Some("a b".into()),
        prefix: Some("folder1".into()),
        bucket_elsewhere: Some("eu-west-1".into()),
        ..Facts::default()
    };
    let mut state = StateProfile::task("Work", 1_000.0);
    state.visits = Spread::exactly(6_000.0);
    state.retries = Spread::exactly(0.5);
    state.lambda = Some(LambdaProfile::default());
    let workload = Workload {
        lambda_concurrency: 10,
        definition_chars: 900_000,
        ..Workload::new(1_000_000, vec![state])
    };
    let book = PriceBook::built_in();
    let standard = estimate(&workload, ExecutionMode::Standard, &book).unwrap();
    let advice = advise(&workload, &loud, &standard);
    let mut found = codes(&advice);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "L-01", "L-02", "L-05", "L-06", "L-07", "L-08", "L-09", "L-10", "L-11", "L-12", "L-13", "L-14",
            "L-15", "L-16"
        ]
    );
    assert!(advice.is_sorted_by_key(|advice| std::cmp::Reverse(advice.severity)));
    let express = estimate(&workload, ExecutionMode::Express, &book).unwrap();
    assert!(codes(&advise(&workload, &loud, &express)).contains(&"L-03"));
    let plain = Workload::new(1_000_000, vec![StateProfile::task("Work", 1_000.0)]);
    let slow = estimate(&plain, ExecutionMode::Standard, &book).unwrap();
    let calm = Facts { tolerates_failures: true, ..Facts::default() };
    let advice = advise(&plain, &calm, &slow);
    assert_eq!(codes(&advice), ["L-04"]);
    assert_eq!(advice[0].severity, Severity::Warning);
    let few = Workload::new(100, vec![StateProfile::task("Work", 1_000.0)]);
    let quiet = estimate(&few, ExecutionMode::Standard, &book).unwrap();
    assert!(advise(&few, &Facts::default(), &quiet).is_empty());
}

#[test]
fn workloads_are_read_from_sparse_json() {
    let text =
        r#"{"items":10,"states":[{"name":"A","visits":1,"per_item_ms":{"low":1,"likely":2,"high":9}}]}"#;
    let workload: Workload = serde_json::from_str(text).unwrap();
    assert_eq!(workload.states[0].per_item_ms.high, 9.0);
    assert_eq!(workload.children(), 10);
    let again: Workload = serde_json::from_str(&serde_json::to_string(&workload).unwrap()).unwrap();
    assert_eq!(again, workload);
}
