//! Amazon Resource Names, in the forms that Step Functions and Lambda use.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The account and region that stand in every ARN of this server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partition {
    /// Twelve digits.
    pub account: String,
    /// For example `us-east-1`.
    pub region: String,
}

impl Default for Partition {
    fn default() -> Self {
        Self { account: "000000000000".into(), region: "us-east-1".into() }
    }
}

impl Partition {
    /// `arn:aws:states:R:A:stateMachine:NAME`. The machine of Map Run children is `NAME/LABEL`.
    pub fn state_machine(&self, name: &str) -> Arn {
        self.states(&format!("stateMachine:{name}"))
    }

    /// `arn:aws:states:R:A:execution:MACHINE:NAME`.
    pub fn execution(&self, machine: &str, name: &str) -> Arn {
        self.states(&format!("execution:{machine}:{name}"))
    }

    /// `arn:aws:states:R:A:express:MACHINE:NAME:ID`.
    pub fn express_execution(&self, machine: &str, name: &str, id: &str) -> Arn {
        self.states(&format!("express:{machine}:{name}:{id}"))
    }

    /// `arn:aws:states:R:A:mapRun:MACHINE/LABEL:UUID`.
    pub fn map_run(&self, machine: &str, label: &str, uuid: &str) -> Arn {
        self.states(&format!("mapRun:{machine}/{label}:{uuid}"))
    }

    /// `arn:aws:states:R:A:activity:NAME`.
    pub fn activity(&self, name: &str) -> Arn {
        self.states(&format!("activity:{name}"))
    }

    /// What the ARNs of a labelled machine's Map Runs begin with: `MACHINE/LABEL` as in its children's ARNs.
    pub fn map_run_prefix(&self, machine: &str) -> String {
        self.states(&format!("mapRun:{machine}:")).0
    }

    /// `arn:aws:lambda:R:A:function:NAME`.
    pub fn function(&self, name: &str) -> Arn {
        Arn(format!("arn:aws:lambda:{}:{}:function:{name}", self.region, self.account))
    }

    fn states(&self, resource: &str) -> Arn {
        Arn(format!("arn:aws:states:{}:{}:{resource}", self.region, self.account))
    }
}

/// An ARN as text. Parts are looked up, never guessed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Arn(pub String);

impl Arn {
    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows the account: `execution:machine:name`. `None` when this is no ARN.
    pub fn resource(&self) -> Option<&str> {
        let mut parts = self.0.splitn(6, ':');
        (parts.next()? == "arn").then_some(())?;
        parts.nth(4)
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The region in an ARN; empty when it is none.
pub fn region(arn: &str) -> &str {
    arn.split(':').nth(3).unwrap_or_default()
}

/// The plain name of a Lambda function given by name, partial ARN or full ARN, without a
/// version or alias: `NAME`, `NAME:alias`, `ACCOUNT:function:NAME`, `arn:aws:lambda:R:A:function:NAME:alias`.
pub fn function_name(reference: &str) -> &str {
    let after = reference.rsplit_once("function:").map_or(reference, |(_, name)| name);
    after.split(':').next().unwrap_or(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_have_the_documented_forms() {
        let here = Partition::default();
        assert_eq!(
            here.map_run("m", "label", "u").as_str(),
            "arn:aws:states:us-east-1:000000000000:mapRun:m/label:u"
        );
        assert_eq!(here.execution("m", "n").resource(), Some("execution:m:n"));
        assert_eq!(Arn("nonsense".into()).resource(), None);
    }

    #[test]
    fn function_names_are_found_in_every_form() {
        for form in [
            "count",
            "count:prod",
            "000000000000:function:count",
            "arn:aws:lambda:us-east-1:123456789012:function:count",
            "arn:aws:lambda:us-east-1:123456789012:function:count:$LATEST",
        ] {
            assert_eq!(function_name(form), "count", "{form}");
        }
    }
}
