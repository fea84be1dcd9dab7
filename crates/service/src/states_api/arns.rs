//! Reading the ARNs of the Step Functions API.

use super::error::ApiError;
use model::Arn;

/// The ARN of a state machine, as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Machine {
    /// Its name.
    pub name: String,
    /// The Map state whose children are meant: `NAME/LABEL`.
    pub label: Option<String>,
    /// A version's number or an alias's name.
    pub qualifier: Option<Qualifier>,
}

/// What follows a state machine's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Qualifier {
    Version(u32),
    Alias(String),
}

/// The ARN of an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Execution {
    /// The machine's name.
    pub machine: String,
    /// The label of the Map state that it is a child of.
    pub label: Option<String>,
    /// Its name.
    pub name: String,
    /// `express:…` rather than `execution:…`.
    pub express: bool,
}

/// The ARN of a Map Run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MapRun {
    /// Its uuid: the Map Run's id.
    pub id: String,
}

fn invalid(what: &str) -> ApiError {
    ApiError::new("InvalidArn", format!("Invalid Arn: '{what}'"))
}

/// The resource part of an ARN of this service: `stateMachine`, `name…`.
fn resource(arn: &str) -> Result<(&str, &str), ApiError> {
    let mut parts = arn.splitn(6, ':');
    let prefix = (parts.next(), parts.next(), parts.next());
    if !matches!(prefix, (Some("arn"), Some(_), Some("states"))) {
        return Err(invalid(&format!("Invalid ARN prefix: {arn}")));
    }
    let rest = parts.nth(2).ok_or_else(|| invalid(&format!("Invalid ARN: {arn}")))?;
    rest.split_once(':').ok_or_else(|| invalid(&format!("Invalid ARN: {arn}")))
}

fn with_label(name: &str) -> (String, Option<String>) {
    match name.split_once('/') {
        Some((name, label)) => (name.to_owned(), Some(label.to_owned())),
        None => (name.to_owned(), None),
    }
}

fn wrong_kind(kind: &str) -> ApiError {
    invalid(&format!("Resource type not valid in this context: {kind}"))
}

/// Reads `…:stateMachine:NAME[/LABEL][:VERSION|:ALIAS]`.
pub(super) fn machine(arn: &str) -> Result<Machine, ApiError> {
    let (kind, rest) = resource(arn)?;
    if kind != "stateMachine" {
        return Err(wrong_kind(kind));
    }
    let (name, qualifier) = match rest.split_once(':') {
        Some((name, qualifier)) => (name, Some(qualifier)),
        None => (rest, None),
    };
    let qualifier = match qualifier {
        None => None,
        Some("" ) => return Err(invalid(&format!("Invalid ARN: {arn}"))),
        Some(text) if text.contains(':') => return Err(invalid(&format!("Invalid ARN: {arn}"))),
        Some(text) => Some(match text.parse() {
            Ok(number) => Qualifier::Version(number),
            Err(_) => Qualifier::Alias(text.to_owned()),
        }),
    };
    let (name, label) = with_label(name);
    Ok(Machine { name, label, qualifier })
}

/// Reads `…:execution:MACHINE[/LABEL]:NAME` and `…:express:MACHINE[/LABEL]:NAME:ID`.
pub(super) fn execution(arn: &str) -> Result<Execution, ApiError> {
    let (kind, rest) = resource(arn)?;
    let express = match kind {
        "execution" => false,
        "express" => true,
        other => return Err(wrong_kind(other)),
    };
    let mut parts = rest.split(':');
    let (Some(machine), Some(name), id, None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(invalid(&format!("Invalid ARN: {arn}")));
    };
    if express != id.is_some() {
        return Err(invalid(&format!("Invalid ARN: {arn}")));
    }
    let (machine, label) = with_label(machine);
    Ok(Execution { machine, label, name: name.to_owned(), express })
}

/// Reads `…:mapRun:MACHINE/LABEL:UUID`.
pub(super) fn map_run(arn: &str) -> Result<MapRun, ApiError> {
    let (kind, rest) = resource(arn)?;
    if kind != "mapRun" {
        return Err(wrong_kind(kind));
    }
    match rest.rsplit_once(':') {
        Some((_, id)) if !id.is_empty() => Ok(MapRun { id: id.to_owned() }),
        _ => Err(invalid(&format!("Invalid ARN: {arn}"))),
    }
}

/// Reads `…:activity:NAME`.
pub(super) fn activity(arn: &str) -> Result<String, ApiError> {
    match resource(arn)? {
        ("activity", name) if !name.is_empty() => Ok(name.to_owned()),
        (kind, _) => Err(wrong_kind(kind)),
    }
}

/// The ARN of a version or an alias of a machine.
pub(super) fn qualified(machine: &Arn, qualifier: impl std::fmt::Display) -> String {
    format!("{machine}:{qualifier}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "arn:aws:states:us-east-1:000000000000";

    #[test]
    fn machines_have_labels_versions_and_aliases() {
        let read = |rest: &str| machine(&format!("{HERE}:{rest}"));
        assert_eq!(read("stateMachine:m").unwrap(), Machine { name: "m".into(), label: None, qualifier: None });
        assert_eq!(read("stateMachine:m:3").unwrap().qualifier, Some(Qualifier::Version(3)));
        assert_eq!(read("stateMachine:m:PROD").unwrap().qualifier, Some(Qualifier::Alias("PROD".into())));
        assert_eq!(read("stateMachine:m/label").unwrap().label.as_deref(), Some("label"));
        let refused = read("execution:m:n").unwrap_err();
        assert_eq!(refused.message, "Invalid Arn: 'Resource type not valid in this context: execution'");
        assert_eq!(machine("m").unwrap_err().message, "Invalid Arn: 'Invalid ARN prefix: m'");
    }

    #[test]
    fn executions_are_standard_express_or_children() {
        let read = |rest: &str| execution(&format!("{HERE}:{rest}"));
        let child = read("execution:m/each:uuid").unwrap();
        assert_eq!((child.machine.as_str(), child.label.as_deref(), child.express), ("m", Some("each"), false));
        assert!(read("express:m:n:id").unwrap().express);
        assert!(read("express:m:n").is_err());
        assert!(read("execution:m:n:o").is_err());
        assert_eq!(map_run(&format!("{HERE}:mapRun:m/each:u-1")).unwrap().id, "u-1");
        assert!(activity(&format!("{HERE}:activity:")).is_err());
    }
}
