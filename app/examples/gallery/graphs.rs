//! The builder's graph.

use app::features::builder::canvas::*;
use app::ui::*;
use leptos::prelude::*;
use std::collections::HashSet;
use std::sync::Arc;

#[component]
pub fn Graphs() -> impl IntoView {
    view! {
        <div class="mw-page mw-stack">
            <Card title="Builder">
                <GraphCanvas
                    graph=Arc::new(sample(false))
                    selected=RwSignal::new(Some("upload".to_owned()))
                    on_select=Callback::new(|_| {})
                    on_open=Callback::new(|_| {})
                    on_edit=Callback::new(|_| {})
                />
            </Card>
            <div class="mw-grid">
                <section class="mw-col-6">
                    <Card title="In a run">
                        <GraphCanvas
                            graph=Arc::new(sample(true))
                            selected=RwSignal::new(None)
                            on_select=Callback::new(|_| {})
                            on_open=Callback::new(|_| {})
                        />
                    </Card>
                </section>
                <section class="mw-col-6">
                    <Card title="Folded">
                        <GraphCanvas
                            graph=Arc::new(sample(false))
                            selected=RwSignal::new(None)
                            on_select=Callback::new(|_| {})
                            on_open=Callback::new(|_| {})
                            on_edit=Callback::new(|_| {})
                            folded=RwSignal::new(HashSet::from(["map".to_owned()]))
                        />
                    </Card>
                </section>
            </div>
        </div>
    }
}

fn sample(run: bool) -> GraphView {
    let node = |id: &str, scope: Option<&str>, name: &str, kind: NodeKind, subtitle: &str| GraphNode {
        id: id.into(),
        scope: scope.map(str::to_owned),
        name: name.into(),
        kind,
        subtitle: subtitle.into(),
        problem: None,
        counts: None,
        end: false,
    };
    let mut nodes = vec![
        node("map", None, "For each photo", NodeKind::DistributedMap, "3,204,118 items · 1,000 at once"),
        node("notify", None, "Tell the team", NodeKind::Task, "http:invoke"),
        node("done", None, "Done", NodeKind::Succeed, ""),
        node("broken", None, "Too many failures", NodeKind::Fail, "ToleratedFailure"),
        node("fetch", Some("m"), "Fetch", NodeKind::Task, "s3:getObject"),
        node("large", Some("m"), "Is it large?", NodeKind::Choice, ""),
        node("both", Some("m"), "Make both sizes", NodeKind::Parallel, "2 branches"),
        node("small", Some("m"), "Keep as it is", NodeKind::Pass, ""),
        node("upload", Some("m"), "Upload the results to the store", NodeKind::Task, "s3:putObject"),
        node("skip", Some("m"), "Skip it", NodeKind::Pass, "remembers the error"),
        node("web", Some("p1"), "Resize for web", NodeKind::Task, "lambda:resize"),
        node("thumb", Some("p2"), "Thumbnail", NodeKind::Task, "lambda:resize"),
        node("settle", Some("p2"), "Let it settle", NodeKind::Wait, "2 seconds"),
    ];
    for node in &mut nodes {
        node.end = ["upload", "skip", "web", "settle"].contains(&node.id.as_str());
        node.problem = match node.id.as_str() {
            "upload" => Some(Level::Warning),
            "thumb" => Some(Level::Error),
            _ => None,
        };
        if run {
            node.problem = None;
            node.counts = Some(NodeCounts {
                inside: 812,
                passed: 6_138_676,
                failed: if node.id == "upload" { 53_990 } else { 0 },
            });
        }
    }
    let edge = |from: &str, to: &str, label: &str, wire: Wire| GraphEdge {
        from: from.into(),
        to: to.into(),
        label: label.into(),
        wire,
    };
    let scope = |id: &str, owner: &str, label: &str, start: &str| GraphContainer {
        id: id.into(),
        owner: owner.into(),
        label: label.into(),
        start: start.into(),
    };
    GraphView {
        start: "map".into(),
        nodes,
        edges: vec![
            edge("map", "notify", "", Wire::Next),
            edge("map", "broken", "States.ExceedToleratedFailureThreshold", Wire::Catch),
            edge("notify", "done", "", Wire::Next),
            edge("fetch", "large", "", Wire::Next),
            edge("fetch", "skip", "NoSuchKey", Wire::Catch),
            edge("large", "both", "$.bytes > 1,000,000", Wire::Rule),
            edge("large", "small", "otherwise", Wire::Default),
            edge("both", "upload", "", Wire::Next),
            edge("small", "upload", "", Wire::Next),
            edge("thumb", "settle", "", Wire::Next),
        ],
        containers: vec![
            scope("m", "map", "", "fetch"),
            scope("p1", "both", "Web", "web"),
            scope("p2", "both", "Thumbnails", "thumb"),
        ],
    }
}
