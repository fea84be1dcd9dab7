//! A page as the shell would frame it, with every component in use.

use app::ui::progress::shares;
use app::ui::*;
use leptos::prelude::*;
use model::{ItemCounts, Timestamp};

const COUNTS: ItemCounts = ItemCounts {
    total: 10_000_000,
    pending: 3_805_298,
    running: 1_214,
    succeeded: 6_138_676,
    failed: 54_812,
    timed_out: 0,
    aborted: 0,
    results_written: 0,
    failures_not_redrivable: 0,
    pending_redrive: 0,
};

#[component]
pub fn Kit() -> impl IntoView {
    view! {
        <a class="mw-skip" href="#main">"Skip to content"</a>
        <div class="mw-shell">
            {navigation()}
            {header()}
            <main id="main" class="mw-main">
                <div class="mw-page mw-stack">{run_head()}{figures()}{items_card()}{failures()}{forms()}{small_parts()}{json_and_code()}</div>
            </main>
        </div>
    }
}

fn navigation() -> impl IntoView {
    let link = |sign, label: &'static str, current: bool, count: Option<&'static str>| {
        view! {
            <a class="mw-nav__link" href="#" aria-current=current.then_some("page")>
                <Icon sign />
                <span class="mw-nav__label">{label}</span>
                {count.map(|count| view! { <span class="mw-nav__count">{count}</span> })}
            </a>
        }
    };
    view! {
        <nav class="mw-nav" aria-label="Main">
            <a class="mw-nav__brand" href="#"><Logo /><span class="mw-nav__label">"Mapwright"</span></a>
            {link(Sign::Overview, "Overview", false, None)}
            {link(Sign::Jobs, "Jobs", false, None)}
            {link(Sign::Runs, "Runs", true, Some("2"))}
            {link(Sign::Manifest, "Manifests", false, None)}
            {link(Sign::Estimate, "Estimator", false, None)}
            {link(Sign::Schedule, "Schedules", false, None)}
            {link(Sign::Connections, "Connections", false, None)}
            <div class="mw-nav__foot">{link(Sign::Settings, "Settings", false, None)}{link(Sign::Workers, "Administration", false, None)}</div>
        </nav>
    }
}

fn header() -> impl IntoView {
    let crumbs = vec![
        Crumb::link("acme", "#"),
        Crumb::link("resize-photos", "#"),
        Crumb::link("Runs", "#"),
        Crumb::here("01J9-7QX4"),
    ];
    view! {
        <header class="mw-header">
            <Breadcrumbs crumbs />
            <span class="mw-header__space"></span>
            <button type="button" class="mw-search"><Icon sign=Sign::Search /><span>"Search"</span><kbd>"Ctrl K"</kbd></button>
            <Button kind=ButtonKind::Quiet icon=Sign::Help label="Keyboard shortcuts" />
            <button type="button" class="mw-live">"live"</button>
            <ThemeToggle />
            <Button kind=ButtonKind::Quiet icon=Sign::User label="Account" />
        </header>
    }
}

fn run_head() -> impl IntoView {
    let tabs = vec![
        TabItem::new("overview", "Overview", "#"),
        TabItem::new("items", "Items", "#"),
        TabItem::new("failures", "Failures", "#").with_count(7, Tone::Danger),
        TabItem::new("graph", "Graph", "#"),
        TabItem::new("operations", "Operations", "#").with_count(2, Tone::Quiet),
        TabItem::new("results", "Results", "#"),
        TabItem::new("config", "Config", "#"),
    ];
    view! {
        <div>
            <div class="mw-page__head">
                <div class="mw-page__title">
                    <h1>"Run 01J9-7QX4 · resize-photos v14"</h1>
                    <StatusPill status=Status::Running />
                </div>
                <div class="mw-actions">
                    <Button>"Edit limits"</Button>
                    <Button icon=Sign::Pause>"Pause"</Button>
                    <Button kind=ButtonKind::DangerQuiet>"Stop…"</Button>
                    <Button kind=ButtonKind::Primary>"Redrive 54,812 failed…"</Button>
                </div>
                <p class="mw-page__lead mw-meta">"Started 14:02 by ana · attempt 1 · "<TimeText at=Timestamp(1_795_442_531_000) now=Timestamp(1_795_449_731_000) /></p>
            </div>
            <Tabs items=tabs current="overview" label="Run" />
        </div>
    }
}

fn figures() -> impl IntoView {
    view! {
        <Figures>
            <KeyFigure label="Done" value="61.9" unit="%" note="6,193,488 of 10,000,000" />
            <KeyFigure label="Failed" value="0.88" unit="%" note="54,812 items · limit 2 %" tone=Tone::Danger />
            <KeyFigure label="Throughput" value="2,014" unit="/s" note="1-min mean" />
            <KeyFigure label="In flight" value="1,000" note="limit 1,000 · full" />
            <KeyFigure label="Finishes in" value="31" unit="min" note="28–37 min likely" />
            <KeyFigure label="Cost so far" value="$156.11" note="estimate $251–262" />
        </Figures>
    }
}

fn items_card() -> impl IntoView {
    view! {
        <Card title="Items" note="order: manifest · colour: status">
            <div class="mw-stack mw-stack--tight">
                <StackedBar parts=shares(&COUNTS) />
                <Legend parts=shares(&COUNTS) />
            </div>
        </Card>
    }
}

fn failures() -> impl IntoView {
    let row = |count: &'static str, error: &'static str, state: &'static str, status: Status| {
        view! {
            <tr>
                <td class="mw-table__number">{count}</td>
                <td><a class="mw-table__link" href="#">{error}</a></td>
                <td>{state}</td>
                <td><StatusText status /></td>
                <td style="min-width:120px"><StackedBar thin=true parts=shares(&COUNTS) /></td>
                <td class="mw-nowrap">"since 14:31"</td>
                <td class="mw-table__actions"><Button dense=true>"Redrive"</Button></td>
            </tr>
        }
    };
    view! {
        <Card title="Why items fail" note="7 causes">
            <TableFrame label="Causes of failure">
                <thead>
                    <tr>
                        <SortHeader label="Items" href="#" order=Some(SortOrder::Descending) number=true />
                        <SortHeader label="Error" href="#" />
                        <th scope="col">"State"</th>
                        <th scope="col">"Last status"</th>
                        <th scope="col">"Share"</th>
                        <th scope="col">"First seen"</th>
                        <th scope="col"><span class="mw-visually-hidden">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>
                    {row("53,990", "AccessDenied", "Upload", Status::Failed)}
                    {row("801", "States.Timeout", "Resize", Status::TimedOut)}
                    {row("18", "ImageTooLarge", "Resize", Status::Retrying)}
                    {row("3", "States.DataLimitExceeded", "Fetch", Status::Aborted)}
                </tbody>
            </TableFrame>
            <Pagination summary="1–4 of 7 causes" next="#" />
        </Card>
    }
}

fn forms() -> impl IntoView {
    let readers = vec![
        SelectOption::new("CSV", "CSV"),
        SelectOption::new("JSON", "JSON array"),
        SelectOption::new("JSONL", "JSON Lines"),
    ];
    view! {
        <div class="mw-grid">
            <section class="mw-col-6">
                <Card title="Limits">
                    <form class="mw-form">
                        <div class="mw-form__row">
                            <NumberInput name="concurrency" label="How many at once" field="MaxConcurrency" value="1000" unit="items" help="Items that run at the same time." />
                            <NumberInput name="tolerance" label="Failure limit" field="ToleratedFailurePercentage" value="120" unit="%" error="Must be between 0 and 100." />
                        </div>
                        <Select name="reader" label="Format" options=readers value="JSONL" field="InputType" />
                        <TextInput name="note" label="Note" optional=true placeholder="Why this run" />
                        <TextInput name="bucket" label="Bucket" mono=true value="photos/2026/03/14/" help="A prefix ends with a slash." />
                        <Choices legend="What to run">
                            <Radio name="what" value="filter" label="These 53,990 (current filter)" checked=true />
                            <Radio name="what" value="all" label="All 54,812 failed" help="822 are not redrivable: their input has expired." />
                        </Choices>
                        <Checkbox name="early" label="Stop early if 20 of the first 50 fail" checked=true />
                        <div class="mw-form__foot">
                            <Button kind=ButtonKind::Primary submit=true>"Redrive 53,990 items"</Button>
                            <Button>"Trial run of 20"</Button>
                            <Button blocked="An admin must approve runs over $75.".to_owned()>"Launch"</Button>
                        </div>
                    </form>
                </Card>
            </section>
            <section class="mw-col-6 mw-stack">
                <Notice tone=Tone::Danger detail="Request 8f2c-11d0" actions=|| view! { <Button dense=true>"Test connection"</Button> }>
                    <p>"Could not list s3://photos/2026/. The store answered 403 AccessDenied. The connection “prod-s3” may lack ListBucket."</p>
                </Notice>
                <Notice tone=Tone::Warn><p>"No retry on States.Timeout. "<a href="#">"Add a retry"</a></p></Notice>
                <Notice tone=Tone::Ok><p>"20-item trial passed 12 min ago: 19 succeeded, 1 failed."</p></Notice>
                <Notice tone=Tone::Run><p>"Waiting for 812 items that are still running. The oldest started 4 min ago."</p></Notice>
                <Notice><p>"No items match. 54,812 failed items are hidden by "<b>"key contains 2026"</b>". "<a href="#">"Clear"</a></p></Notice>
                <EmptyState title="No runs yet" text="A run applies one job to every item of a manifest.">
                    <Button kind=ButtonKind::Primary icon=Sign::Add>"New run"</Button>
                    <CodeBlock text="mapwright run resize-photos --manifest orders" what="command" />
                </EmptyState>
            </section>
        </div>
    }
}

fn small_parts() -> impl IntoView {
    let statuses = [
        Status::Pending,
        Status::Queued,
        Status::Reading,
        Status::Running,
        Status::Retrying,
        Status::Paused,
        Status::Stopping,
        Status::Succeeded,
        Status::Failed,
        Status::TimedOut,
        Status::Aborted,
    ];
    view! {
        <Card title="Small parts">
            <div class="mw-stack">
                <div class="mw-row">{statuses.map(|status| view! { <StatusPill status /> }).collect_view()}</div>
                <div class="mw-row">
                    <Button>"Plain"</Button>
                    <Button kind=ButtonKind::Primary>"Primary"</Button>
                    <Button kind=ButtonKind::Danger>"Delete manifest"</Button>
                    <Button kind=ButtonKind::DangerQuiet>"Stop…"</Button>
                    <Button kind=ButtonKind::Quiet>"Quiet"</Button>
                    <Button kind=ButtonKind::Link>"Link"</Button>
                    <Button dense=true icon=Sign::Download>"Export"</Button>
                    <Button dense=true icon=Sign::More label="More" />
                    <div class="mw-segment"><button aria-pressed="true">"Tree"</button><button>"Raw"</button><button>"Diff"</button></div>
                </div>
                <div class="mw-row">
                    <Chip remove_href="#" remove_label="Remove status filter">"status "<b>"failed"</b></Chip>
                    <Chip remove_href="#">"key contains "<b>"2026"</b></Chip>
                    <Badge tone=Tone::Ok>"cheapest"</Badge>
                    <Badge tone=Tone::Run>"fastest"</Badge>
                    <Badge>"v14"</Badge>
                    <Copyable text="01J97QX4N8ZT5WJ3M2K1" short="01J9-7QX4" what="run id" />
                    <span>"run with a "<Term means="The share of items that may fail before the run stops.">"failure limit"</Term></span>
                    <div style="width:200px"><Progress value=0.62 label="Upload" /></div>
                </div>
            </div>
        </Card>
    }
}

fn json_and_code() -> impl IntoView {
    let value = serde_json::json!({
        "order_id": "A-1001",
        "bytes": 214,
        "tags": ["new", "eu"],
        "customer": { "name": "Ada", "vip": true, "address": null, "orders": [] },
    });
    view! {
        <div class="mw-grid">
            <section class="mw-col-6"><Card title="Input"><JsonTree value /></Card></section>
            <section class="mw-col-6">
                <Card title="Facts">
                    <dl class="mw-facts">
                        <dt>"Manifest"</dt><dd><a href="#">"orders v3"</a></dd>
                        <dt>"Items"</dt><dd>"3,204,118"</dd>
                        <dt>"Digest"</dt><dd><Copyable text="9f1c2a77" what="digest" /></dd>
                        <dt>"Size"</dt><dd>"median 214 B · p99 1.1 KB · max 271 KB"</dd>
                    </dl>
                </Card>
            </section>
        </div>
    }
}
