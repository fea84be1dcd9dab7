use super::*;
use std::sync::atomic::{AtomicU32, Ordering};

fn whose(run: u8) -> Whose {
    Whose { workspace: WorkspaceId::new(0, [0; 10]), run: Some(RunId::new(0, [run; 10])) }
}

fn at_once(max_concurrency: u32) -> Gate {
    Gate::new(CallLimits { max_concurrency: Some(max_concurrency), max_per_second: None })
}

#[tokio::test]
async fn no_more_than_the_limit_are_inside() {
    let gate = at_once(3);
    let (inside, most) = (AtomicU32::new(0), AtomicU32::new(0));
    let calls = (0..20).map(|_| async {
        let pass = gate.enter(&whose(1)).await;
        most.fetch_max(inside.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(2)).await;
        inside.fetch_sub(1, Ordering::Relaxed);
        pass.end(Verdict::Answered, None);
    });
    futures::future::join_all(calls).await;
    assert_eq!(most.load(Ordering::Relaxed), 3);
    assert_eq!(gate.view(), CallState { limit: Some(3), ..CallState::default() });
}

#[tokio::test]
async fn a_pause_holds_calls_back() {
    let gate = Gate::new(CallLimits::default());
    let began = Instant::now();
    gate.enter(&whose(1)).await.end(Verdict::Overloaded, Some(60));
    gate.enter(&whose(1)).await.end(Verdict::Answered, Some(1));
    assert!(began.elapsed() >= Duration::from_millis(60));
}

#[tokio::test]
async fn a_short_run_passes_a_long_one() {
    let gate = at_once(1);
    let order = Mutex::new(Vec::new());
    let call = |run: u8| {
        let (gate, order) = (&gate, &order);
        async move {
            let pass = gate.enter(&whose(run)).await;
            order.lock().unwrap().push(run);
            tokio::task::yield_now().await;
            pass.end(Verdict::Answered, None);
        }
    };
    let calls = std::iter::repeat_n(1, 1_000).chain(std::iter::repeat_n(2, 10)).map(call);
    futures::future::join_all(calls).await;
    let order = order.into_inner().unwrap();
    let last = order.iter().rposition(|run| *run == 2).unwrap();
    assert!(last <= 21, "the last of the short run came after {last} calls");
}

#[tokio::test]
async fn those_who_give_up_leave_the_gate_open() {
    let gate = at_once(1);
    let held = gate.enter(&whose(1)).await;
    for _ in 0..10 {
        let brief = Duration::from_millis(1);
        assert!(tokio::time::timeout(brief, gate.enter(&whose(2))).await.is_err());
    }
    let third = whose(3);
    let waiting = gate.enter(&third);
    let leave = async {
        tokio::task::yield_now().await;
        drop(held);
    };
    let (pass, ()) = tokio::join!(waiting, leave);
    pass.end(Verdict::Answered, None);
    assert_eq!(gate.view().running, 0);
}

#[tokio::test]
async fn calls_of_an_absent_function_wait_until_it_is_back() {
    let gate = Gate::new(CallLimits::default());
    for _ in 0..20 {
        gate.enter(&whose(1)).await.end(Verdict::Absent, None);
    }
    assert!(gate.view().absent && gate.try_enter().is_none());
    let began = Instant::now();
    let calls = (0..50).map(|_| async { gate.enter(&whose(1)).await.end(Verdict::Answered, None) });
    futures::future::join_all(calls).await;
    assert!(began.elapsed() >= Duration::from_millis(900));
    assert!(!gate.view().absent);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rate_is_kept_by_whoever_waits() {
    let gate = Gate::new(CallLimits { max_concurrency: None, max_per_second: Some(200) });
    let began = Instant::now();
    let calls = (0..40).map(|_| async { gate.enter(&whose(1)).await.end(Verdict::Answered, None) });
    futures::future::join_all(calls).await;
    let took = began.elapsed().as_millis();
    assert!(took >= 150, "40 calls at 200 a second took {took} ms");
}
