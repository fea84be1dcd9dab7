//! What the run page shows, as commands to copy.

use crate::ui::{Card, CodeBlock};
use leptos::prelude::*;
use model::Run;
use serde_json::{Value, json};

/// The same job launched once more by REST and by the command line, and this run read by boto3.
#[component]
pub fn Commands(
    /// The run.
    run: Run,
) -> impl IntoView {
    view! {
        <Card title="As commands">
            <div class="mw-stack">
                <p class="mw-meta">"MAPWRIGHT is this server's address, TOKEN a token of Settings; boto3 takes an access key of Settings."</p>
                {launch_by_curl(&run).map(|text| view! { <h3>"curl: the same once more"</h3><CodeBlock text what="curl"/> })}
                {launch_by_cli(&run).map(|text| view! { <h3>"mapwright: the same once more"</h3><CodeBlock text what="command"/> })}
                <h3>"boto3: this run"</h3>
                <CodeBlock text=by_boto3(&run) what="boto3"/>
            </div>
        </Card>
    }
}

fn launch_by_curl(run: &Run) -> Option<String> {
    let input: Value = serde_json::from_str(&run.input).ok()?;
    let mut body = json!({"job": run.job_id.as_ref()?, "version": run.job_version, "input": input});
    if let Some(manifest) = &run.manifest_id {
        body["manifest"] = json!(manifest);
    }
    let body = quoted(&body.to_string());
    Some(format!("curl -H \"Authorization: Bearer $TOKEN\" --json {body} \"$MAPWRIGHT/api/v1/runs\""))
}

fn launch_by_cli(run: &Run) -> Option<String> {
    let manifest = run.manifest_id.as_ref().map(|id| format!(" --manifest {id}")).unwrap_or_default();
    let (job, version, input) = (run.job_id.as_ref()?, run.job_version, quoted(&run.input));
    Some(format!(
        "mapwright run {job} --version {version}{manifest} --input {input} --wait --server \"$MAPWRIGHT\" --token \"$TOKEN\""
    ))
}

fn by_boto3(run: &Run) -> String {
    let arn = &run.arn;
    format!(
        "import boto3, os\nstates = boto3.client(\"stepfunctions\", region_name=\"{region}\", endpoint_url=os.environ[\"MAPWRIGHT\"])\n\
         print(states.describe_execution(executionArn=\"{arn}\")[\"status\"])\n\
         for map_run in states.list_map_runs(executionArn=\"{arn}\")[\"mapRuns\"]:\n    \
         print(states.describe_map_run(mapRunArn=map_run[\"mapRunArn\"])[\"itemCounts\"])",
        region = model::arn::region(arn)
    )
}

/// One word of a shell, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_an_input_as_one_word() {
        assert_eq!(quoted(r#"{"name":"it's"}"#), r#"'{"name":"it'\''s"}'"#);
    }
}
