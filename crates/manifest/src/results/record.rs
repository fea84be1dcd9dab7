//! The record of a child in a result file.

use crate::json_text::push_string;
use model::{ItemStatus, Timestamp};
use serde::{Deserialize, Serialize};

/// What happened to a child execution (one item, or one batch).
#[derive(Clone, Copy, Debug)]
pub struct ChildResult<'a> {
    /// Its status; pending children have an input and nothing else.
    pub status: ItemStatus,
    /// Its ARN.
    pub execution_arn: &'a str,
    /// Its name.
    pub name: &'a str,
    /// `…:stateMachine:NAME/LABEL`.
    pub state_machine_arn: &'a str,
    /// JSON text.
    pub input: &'a str,
    /// JSON text of a successful child.
    pub output: Option<&'a str>,
    /// Error name of an unsuccessful one.
    pub error: Option<&'a str>,
    /// What it said.
    pub cause: Option<&'a str>,
    /// When it started.
    pub start: Timestamp,
    /// When it ended.
    pub stop: Timestamp,
    /// How often it was redriven.
    pub redrive_count: u32,
    /// Whether it can be redriven; see [`RedriveStatus::of`].
    pub redrive_status: RedriveStatus,
}

/// Whether an execution can be redriven, in AWS's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RedriveStatus {
    /// By itself and by its Map Run.
    Redrivable,
    /// Not at all.
    NotRedrivable,
    /// Only by its Map Run: Express children.
    RedrivableByMapRun,
}

impl RedriveStatus {
    /// The status of a child that ended.
    pub fn of(status: ItemStatus, express: bool) -> Self {
        match status {
            ItemStatus::Failed | ItemStatus::TimedOut | ItemStatus::Aborted if express => {
                Self::RedrivableByMapRun
            }
            ItemStatus::Failed | ItemStatus::TimedOut | ItemStatus::Aborted => Self::Redrivable,
            _ => Self::NotRedrivable,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Redrivable => "REDRIVABLE",
            Self::NotRedrivable => "NOT_REDRIVABLE",
            Self::RedrivableByMapRun => "REDRIVABLE_BY_MAP_RUN",
        }
    }
}

impl ChildResult<'_> {
    /// The record as JSON text: members in the alphabet's order, input and output as JSON *strings*.
    pub fn record(&self) -> String {
        let mut record =
            Record(String::with_capacity(512 + self.input.len() + self.output.map_or(0, str::len)));
        if self.status == ItemStatus::Pending {
            record.text("Input", self.input);
            record.raw("InputDetails", "{\"Included\":true}");
            record.text("Status", "PENDING");
            return record.end();
        }
        if let Some(cause) = self.cause {
            record.text("Cause", cause);
        }
        if let Some(error) = self.error {
            record.text("Error", error);
        }
        record.text("ExecutionArn", self.execution_arn);
        record.text("Input", self.input);
        record.raw("InputDetails", "{\"Included\":true}");
        record.text("Name", self.name);
        if let Some(output) = self.output {
            record.text("Output", output);
            record.raw("OutputDetails", "{\"Included\":true}");
        }
        record.raw("RedriveCount", &self.redrive_count.to_string());
        record.text("RedriveStatus", self.redrive_status.word());
        if self.redrive_status == RedriveStatus::NotRedrivable {
            record
                .text("RedriveStatusReason", &format!("Execution is {} and cannot be redriven", self.status));
        }
        record.text("StartDate", &self.start.to_rfc3339());
        record.text("StateMachineArn", self.state_machine_arn);
        record.text("Status", self.status.as_str());
        record.text("StopDate", &self.stop.to_rfc3339());
        record.end()
    }
}

/// A JSON object being written.
struct Record(String);

impl Record {
    fn name(&mut self, name: &str) {
        self.0.push_str(if self.0.is_empty() { "{" } else { "," });
        push_string(&mut self.0, name);
        self.0.push(':');
    }

    fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        push_string(&mut self.0, value);
    }

    fn raw(&mut self, name: &str, json: &str) {
        self.name(name);
        self.0.push_str(json);
    }

    fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}
