//! One story of a run and its ledger, on both engines.

use ledger::{CHUNK_CHILDREN, Child, Chunk, Output, Record, SegmentBuilder, SegmentRef};
use model::{
    ExecutionType, FailureGroup, ItemCounts, ItemStatus, MapRun, MapRunPhase, Operation, OperationId,
    OperationKind, ProgressPoint, Run, RunId, RunStatus, Timestamp, Workspace, WorkspaceId,
};
use store::{
    ChunkRow, ItemFilter, LedgerCommit, NewTaskToken, RunFilter, RunSave, SegmentRow, Store, StoredMapRun,
    StoredRun, testkit,
};

const CHILDREN: u64 = CHUNK_CHILDREN + 10;
const UNREAD: u64 = 6;

fn run(id: &RunId, arn: &str) -> Run {
    Run {
        id: id.clone(),
        job_id: None,
        job_name: "job".into(),
        job_version: 1,
        manifest_id: None,
        status: RunStatus::Running,
        arn: arn.into(),
        input: "{}".into(),
        output: None,
        error: None,
        cause: None,
        started_by: "ana".into(),
        note: String::new(),
        started_at: Timestamp(1_000),
        stopped_at: None,
        redrive_count: 0,
        redriven_at: None,
        origin: model::Origin::default(),
    }
}

fn map_run(run: &RunId) -> MapRun {
    let counts = ItemCounts { total: CHILDREN + UNREAD, ..ItemCounts::default() };
    MapRun {
        id: "map-1".into(),
        run_id: run.clone(),
        state_name: "Each".into(),
        arn: "arn:map-1".into(),
        status: RunStatus::Running,
        phase: MapRunPhase::Running,
        execution_type: ExecutionType::Express,
        item_counts: counts,
        execution_counts: counts,
        reading_done: false,
        max_concurrency: 10,
        tolerated_failure_count: 0,
        tolerated_failure_percentage: 0.0,
        error: None,
        cause: None,
        results: None,
        started_at: Timestamp(1_000),
        stopped_at: None,
        redrive_count: 0,
        redriven_at: None,
        metered: model::Metered::default(),
        budget_usd: None,
        held: None,
    }
}

/// Every tenth child failed; all lie in segments of 100.
fn commit(run: &RunId) -> LedgerCommit {
    let mut chunks = vec![Chunk::new(0), Chunk::new(1)];
    let mut segments = Vec::new();
    let mut builder = SegmentBuilder::default();
    for index in 0..CHILDREN {
        let failed = index % 10 == 3;
        let input = format!(r#"{{"id":"Item-{index:05}"}}"#);
        let slot = builder.push(&Record {
            index,
            status: if failed { ItemStatus::Failed } else { ItemStatus::Succeeded },
            attempt: 1,
            input: &input,
            output: if failed { Output::None } else { Output::Input },
            error: failed.then_some("Bad"),
            ..Record::default()
        });
        let segment = segments.len() as u32;
        chunks[(index / CHUNK_CHILDREN) as usize].set(
            (index % CHUNK_CHILDREN) as usize,
            Child {
                status: if failed { ItemStatus::Failed } else { ItemStatus::Succeeded },
                started_at: Some(Timestamp(2_000)),
                duration_ms: 5,
                attempts: 1,
                items: 1,
                failure_group: failed.then_some(0),
                segment: Some(SegmentRef { segment, slot }),
            },
        );
        if builder.len() == 100 || index + 1 == CHILDREN {
            let (first_index, last_index) = builder.index_range().unwrap();
            let (data, keys) = builder.finish();
            segments.push(SegmentRow { number: segment, first_index, last_index, keys, data });
        }
    }
    LedgerCommit {
        workspace: WorkspaceId::new(1, [1; 10]),
        map_run: map_run(run),
        cursor: "{\"child\":1}".into(),
        bins: None,
        chunks: chunks
            .iter()
            .map(|chunk| ChunkRow {
                number: chunk.number(),
                children: chunk.tally().children,
                data: chunk.encode(),
            })
            .collect(),
        segments,
        groups: vec![FailureGroup {
            id: 0,
            error: "Bad".into(),
            state: "Work".into(),
            cause: String::new(),
            sample_cause: String::new(),
            count: 411,
            first_seen: Timestamp(2_000),
            last_seen: Timestamp(2_000),
            samples: vec![3],
        }],
        journal: vec![(7, vec![1, 2]), (8, vec![3])],
        journal_done: Vec::new(),
        tokens: Vec::new(),
        tokens_done: Vec::new(),
        progress: vec![ProgressPoint {
            at: Timestamp(2_000),
            width_ms: 1_000,
            succeeded: 9,
            ..ProgressPoint::default()
        }],
        progress_anew: false,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_and_its_ledger_on_both_engines() {
    for kept in testkit::stores().await {
        story(&kept.store).await;
    }
}

async fn story(store: &Store) {
    let workspace = WorkspaceId::new(1, [1; 10]);
    let stranger = WorkspaceId::new(1, [2; 10]);
    for (id, slug) in [(&workspace, "a"), (&stranger, "b")] {
        let new = Workspace { id: id.clone(), slug: slug.into(), name: slug.into() };
        store.add_workspace(&new, Timestamp(0)).await.unwrap();
    }
    let (first, second) = (RunId::new(1, [0; 10]), RunId::new(2, [0; 10]));
    for (id, arn) in [(&first, "arn:1"), (&second, "arn:2")] {
        let new = StoredRun {
            workspace: workspace.clone(),
            run: run(id, arn),
            launch: "{}".into(),
            snapshot: vec![9],
        };
        store.add_run(&new, "one", Timestamp(5_000)).await.unwrap();
        assert!(matches!(
            store.add_run(&new, "one", Timestamp(5_000)).await,
            Err(store::Error::Taken { .. }) | Err(store::Error::Database(_))
        ));
    }
    runs(store, &workspace, &stranger, (&first, &second)).await;
    leases(store, &first).await;

    let new = StoredMapRun {
        map_run: map_run(&first),
        workspace: workspace.clone(),
        place: "0".into(),
        plan: "{}".into(),
        cursor: "{}".into(),
    };
    store.put_map_run(&new).await.unwrap();
    let mut work = commit(&first);
    assert!(!store.commit(&work, "somebody else").await.unwrap(), "only the lease's holder writes");
    assert_eq!(store.next_segment("map-1").await.unwrap(), 0);
    assert!(store.commit(&work, "two").await.unwrap());
    assert_eq!(store.stored_map_run(&workspace, "map-1").await.unwrap().unwrap().cursor, "{\"child\":1}");
    assert!(store.map_run(&stranger, "map-1").await.unwrap().is_none());
    let by_prefix =
        async |workspace, prefix| store.map_runs_by_prefix(workspace, prefix).await.unwrap().len();
    assert_eq!((by_prefix(&workspace, "arn:map").await, by_prefix(&workspace, "map").await), (1, 0));
    assert_eq!(by_prefix(&stranger, "arn:map").await, 0);
    assert_eq!(store.map_run_at(&workspace, &first, "0").await.unwrap().unwrap().map_run.id, "map-1");
    assert_eq!(store.next_segment("map-1").await.unwrap(), 42);
    assert_eq!(store.journal(&workspace, "map-1").await.unwrap().len(), 2);
    assert_eq!(store.failure_groups(&workspace, "map-1").await.unwrap()[0].count, 411);
    assert!(store.failure_groups(&stranger, "map-1").await.unwrap().is_empty());
    items(store, &workspace, &stranger).await;

    tokens(store, &workspace, &stranger, &mut work).await;
    work.segments.clear();
    work.journal = vec![(8, vec![4])];
    work.journal_done = vec![7];
    work.bins = Some(vec![1, 2, 3]);
    work.progress_anew = true;
    work.progress[0].width_ms = 2_000;
    assert!(store.commit(&work, "two").await.unwrap());
    assert_eq!(store.journal(&workspace, "map-1").await.unwrap(), [(8, vec![4])]);
    assert_eq!(store.bins(&workspace, "map-1").await.unwrap(), [1, 2, 3]);
    let progress = store.progress(&workspace, "map-1").await.unwrap();
    assert_eq!((progress.len(), progress[0].width_ms), (1, 2_000));

    assert!(!store.remove_run(&workspace, &first).await.unwrap(), "a running run stays");
    let mut ended = run(&first, "arn:1");
    ended.status = RunStatus::Succeeded;
    let end = RunSave { history: Some((0, vec![7])), ..RunSave::bare(workspace.clone(), ended, Vec::new()) };
    assert_eq!(store.save_runs(&[end], "two").await.unwrap(), [true]);
    assert_eq!(store.history(&workspace, &first).await.unwrap(), [[7]]);
    assert!(store.history(&stranger, &first).await.unwrap().is_empty());
    assert!(!store.remove_run(&stranger, &first).await.unwrap());
    assert!(store.remove_run(&workspace, &first).await.unwrap());
    assert_eq!(store.next_segment("map-1").await.unwrap(), 0, "the ledger goes with its run");
}

async fn runs(
    store: &Store,
    workspace: &WorkspaceId,
    stranger: &WorkspaceId,
    (first, second): (&RunId, &RunId),
) {
    let page = store.runs(workspace, &RunFilter::default(), 1).await.unwrap();
    assert_eq!(page[0].id, *second, "newest first");
    let older = RunFilter {
        before: Some(page[0].id.clone()),
        statuses: vec![RunStatus::Running],
        ..RunFilter::default()
    };
    assert_eq!(store.runs(workspace, &older, 5).await.unwrap()[0].id, *first);
    assert!(store.runs(stranger, &RunFilter::default(), 5).await.unwrap().is_empty());
    assert!(store.run(stranger, first).await.unwrap().is_none());
    assert_eq!(store.run_by_arn(workspace, "arn:2").await.unwrap().unwrap().id, *second);
    assert_eq!(store.count_runs(workspace, RunStatus::Running).await.unwrap(), 2);
    let operation = Operation {
        id: OperationId::new(5, [0; 10]),
        kind: OperationKind::Pause,
        actor: "ana".into(),
        at: Timestamp(5),
        items: 0,
    };
    store.put_operation(workspace, first, &operation).await.unwrap();
    assert_eq!(store.operations(workspace, first).await.unwrap(), [operation]);
    assert!(store.operations(stranger, first).await.unwrap().is_empty());
}

async fn leases(store: &Store, first: &RunId) {
    let taken = store.take_over("two", Timestamp(4_999), Timestamp(9_000), false).await.unwrap();
    assert!(taken.is_empty(), "the lease still holds");
    assert_eq!(store.renew_leases("one", Timestamp(6_000)).await.unwrap(), 2);
    assert_eq!(store.take_over("two", Timestamp(6_001), Timestamp(9_000), false).await.unwrap().len(), 2);
    assert_eq!(store.renew_leases("one", Timestamp(7_000)).await.unwrap(), 0);
    let late = RunSave::bare(WorkspaceId::new(1, [1; 10]), run(first, "arn:1"), Vec::new());
    assert_eq!(store.save_runs(&[late], "one").await.unwrap(), [false]);
    assert!(!store.claim_run(first, "one", Timestamp(8_000), Timestamp(9_000), false).await.unwrap());
    store.release_leases("two").await.unwrap();
    assert_eq!(store.take_over("two", Timestamp(0), Timestamp(9_000), true).await.unwrap().len(), 2);
}

async fn tokens(store: &Store, workspace: &WorkspaceId, stranger: &WorkspaceId, work: &mut LedgerCommit) {
    let new = |token: &str, activity: Option<&str>, at| NewTaskToken {
        token: token.into(),
        activity: activity.map(str::to_owned),
        input: "{}".into(),
        at: Timestamp(at),
    };
    work.segments.clear();
    work.tokens = vec![new("late", Some("a"), 20), new("early", Some("a"), 10), new("callback", None, 5)];
    assert!(store.commit(work, "two").await.unwrap());
    assert!(store.commit(work, "two").await.unwrap(), "what is there stays");
    assert_eq!(store.waiting_activities(workspace, "a").await.unwrap(), 2);
    assert!(store.claim_activity(stranger, "a", "null", Timestamp(30)).await.unwrap().is_none());
    let claim = || store.claim_activity(workspace, "a", "\"w\"", Timestamp(30));
    assert_eq!(claim().await.unwrap().unwrap().0, "early");
    assert_eq!(claim().await.unwrap().unwrap().0, "late");
    assert!(claim().await.unwrap().is_none());
    let answer = |workspace: &WorkspaceId, token: &str| store::TokenAnswer {
        workspace: workspace.clone(),
        token: token.into(),
        answer: "1".into(),
    };
    let answers = [
        answer(stranger, "early"),
        answer(workspace, "early"),
        answer(workspace, "early"),
        answer(workspace, "none"),
    ];
    assert_eq!(store.answer_tokens(&answers, Timestamp(40)).await.unwrap(), [false, true, false, false]);
    assert!(store.beat_token(workspace, "callback", Timestamp(41)).await.unwrap());
    assert!(!store.beat_token(workspace, "early", Timestamp(41)).await.unwrap());
    let changed = store.changed_tokens("two", Timestamp(40)).await.unwrap();
    assert_eq!(changed.len(), 2);
    let early = store.task_token(workspace, "early").await.unwrap().unwrap();
    assert_eq!((early.worker.as_deref(), early.answer.as_deref()), (Some("\"w\""), Some("1")));
    assert!(store.task_token(stranger, "early").await.unwrap().is_none());
    work.tokens.clear();
    work.tokens_done = vec!["early".into(), "late".into(), "callback".into()];
    assert!(store.commit(work, "two").await.unwrap());
    assert!(store.task_token(workspace, "late").await.unwrap().is_none());
}

async fn items(store: &Store, workspace: &WorkspaceId, stranger: &WorkspaceId) {
    let page = |filter: ItemFilter, from, limit| async move {
        store.items(workspace, "map-1", &filter, from, limit).await.unwrap()
    };
    let all = page(ItemFilter::default(), 4_094, 4).await;
    assert_eq!((all.total, all.next), (CHILDREN + UNREAD, Some(4_098)));
    assert_eq!(all.rows.iter().map(|row| row.index).collect::<Vec<_>>(), [4_094, 4_095, 4_096, 4_097]);
    assert_eq!((all.rows[2].key.as_str(), all.rows[2].duration_ms), ("Item-04096", Some(5)));
    let pending =
        page(ItemFilter { statuses: vec![ItemStatus::Pending], ..ItemFilter::default() }, 0, 100).await;
    assert_eq!((pending.total, pending.rows[0].index, pending.next), (UNREAD, CHILDREN, None));
    let failed = ItemFilter { statuses: vec![ItemStatus::Failed], ..ItemFilter::default() };
    let failures = page(failed.clone(), 4_000, 3).await;
    assert_eq!((failures.total, failures.rows[0].index, failures.next), (411, 4_003, Some(4_033)));
    assert_eq!(failures.rows[0].error.as_deref(), Some("Bad"));
    // What the chunks' counts tell is what their children tell, wherever a page begins.
    let looked_into = ItemFilter { min_attempts: 1, ..failed.clone() };
    for from in [0, 1, 3, 4_093, 4_094, 4_096, CHILDREN - 1, CHILDREN, CHILDREN + UNREAD] {
        for limit in [1, 7, 1_000] {
            assert_eq!(page(failed.clone(), from, limit).await, page(looked_into.clone(), from, limit).await, "{from} {limit}");
        }
    }
    let grouped =
        page(ItemFilter { groups: Some(vec![0]), range: Some(0..100), ..ItemFilter::default() }, 0, 50).await;
    assert_eq!((grouped.total, grouped.rows.len()), (10, 10));
    let found = page(ItemFilter { key: Some("item-0409".into()), ..failed }, 0, 50).await;
    assert_eq!((found.total, found.rows[0].index), (1, 4_093));
    assert_eq!(page(ItemFilter { min_attempts: 2, ..ItemFilter::default() }, 0, 50).await.total, 0);
    let asked = |text: &str| text.parse::<model::ItemFilter>().unwrap();
    for (text, total) in [
        ("error:bad range:0-99", 10),
        ("error:unheard-of", 0),
        ("status:failed key:item-0409", 1),
        ("duration:>=5ms range:0-99", 100),
        ("duration:>5ms", 0),
        ("attempts:1 range:0-9", 10),
        ("group:0,7 status:succeeded", 0),
        ("status:pending duration:>=0ms", 0),
    ] {
        let filter = store.item_filter(workspace, "map-1", &asked(text)).await.unwrap();
        assert_eq!(page(filter.clone(), 0, 50).await.total, total, "{text}");
        let mut exported = 0;
        for number in 0.. {
            match store.items_of_chunk(workspace, "map-1", &filter, number).await.unwrap() {
                Some(rows) => exported += rows.len() as u64,
                None => break,
            }
        }
        assert_eq!(exported, total, "{text}");
    }
    assert_eq!(store.items_of_chunk(stranger, "map-1", &ItemFilter::default(), 0).await.unwrap(), None);
    assert_eq!(store.items(stranger, "map-1", &ItemFilter::default(), 0, 5).await.unwrap().total, 0);

    let item = store.stored_item(workspace, "map-1", 4_103).await.unwrap().unwrap();
    let (segment, slot) = &item.attempts[0];
    assert_eq!(segment.record(*slot).unwrap().input, r#"{"id":"Item-04103"}"#);
    assert!(store.stored_item(workspace, "map-1", CHILDREN + UNREAD).await.unwrap().is_none());
    let statuses = store.item_statuses(workspace, "map-1", 4_092..4_106).await.unwrap();
    assert_eq!(statuses.iter().filter(|s| **s == ItemStatus::Failed).count(), 2);
    let (chunks, segments) = store.ledger_bytes("map-1").await.unwrap();
    assert!(chunks > 0 && segments > chunks);
}
