//! The fields of each kind of state, as a table: where, words, how it is typed in, when it shows.
//! Fields that the table does not name are left alone by the form.

use asl::Value;
use asl::edit::Layout;
use asl::syntax::Node;

/// The shelves of the inspector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // ASL's own groups.
pub enum Shelf {
    General,
    Input,
    Output,
    Errors,
    Run,
}

impl Shelf {
    /// All, in order.
    pub const ALL: [Shelf; 5] = [Self::General, Self::Input, Self::Output, Self::Errors, Self::Run];

    /// The word.
    pub fn label(self) -> &'static str {
        match self {
            Self::General => "General",
            Self::Input => "Input",
            Self::Output => "Output",
            Self::Errors => "Errors",
            Self::Run => "Run",
        }
    }
}

/// How a value is typed in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Entry {
    /// Text.
    Text,
    /// Text with proposals: the workspace's functions.
    Function,
    /// A number; in JSONata states also an expression.
    Number(&'static str),
    /// One of these values (value, words); empty = not set.
    OneOf(&'static [(&'static str, &'static str)]),
    /// Words separated by commas, kept as an array.
    Words,
    /// Any JSON.
    Json,
}

/// One field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    /// JSON Pointer from the state.
    pub path: &'static str,
    /// Plain words.
    pub label: &'static str,
    /// How it is typed in.
    pub entry: Entry,
    /// One line that helps.
    pub help: &'static str,
    shelf: Shelf,
    when: When,
}

/// When a field shows.
#[derive(Clone, Copy, Debug, PartialEq)]
enum When {
    Always,
    JsonPath,
    Jsonata,
    Distributed,
    /// The value at a path of the state is one of these.
    Is(&'static str, &'static [&'static str]),
    /// The reader lists or reads; the state is written in JSONata or not.
    Lists(bool),
    /// The reader reads a file; the state is written in JSONata or not.
    Reads(bool),
}

use Entry::{Function, Json, Number, OneOf, Text, Words};
use Shelf::{Errors, General, Input, Output, Run};
use When::{Always, Distributed, Is, JsonPath, Jsonata, Lists, Reads};

const fn field(shelf: Shelf, path: &'static str, label: &'static str, entry: Entry) -> Field {
    Field { path, label, entry, help: "", shelf, when: Always }
}

impl Field {
    const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    const fn when(mut self, when: When) -> Self {
        self.when = when;
        self
    }

    /// Its name in the definition.
    pub fn name(&self) -> &'static str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }
}

const LIST: &str = "arn:aws:states:::s3:listObjectsV2";
const READ: &str = "arn:aws:states:::s3:getObject";
const TYPE: &str = "/ItemReader/ReaderConfig/InputType";

const MAP: &[Field] = &[
    field(General, "/ItemProcessor/ProcessorConfig/Mode", "Where items run", OneOf(&[("INLINE", "In this workflow"), ("DISTRIBUTED", "In child workflows of their own")])),
    field(General, "/ItemProcessor/ProcessorConfig/ExecutionType", "Kind of child workflow", OneOf(&[("STANDARD", "Standard: up to a year, every step kept"), ("EXPRESS", "Express: up to 5 minutes, cheaper")])).when(Distributed),
    field(General, "/MaxConcurrency", "How many at once", Number("items")).help("0 means as many as possible."),
    field(General, "/Label", "Label", Text).help("Stands in the ARN of each Map Run; at most 40 characters.").when(Distributed),
    field(Input, "/ItemReader/Resource", "Items come from", OneOf(&[(LIST, "A listing of a bucket"), (READ, "A file: CSV, JSON, JSONL, inventory")])).when(Distributed),
    field(Input, "/ItemReader/Parameters/Bucket", "Bucket", Text).when(Lists(false)),
    field(Input, "/ItemReader/Arguments/Bucket", "Bucket", Text).when(Lists(true)),
    field(Input, "/ItemReader/Parameters/Prefix", "Prefix", Text).help("Only objects whose key begins so.").when(Is("/ItemReader/Resource", &[LIST])),
    field(Input, "/ItemReader/Parameters/Key", "Key", Text).when(Reads(false)),
    field(Input, "/ItemReader/Arguments/Key", "Key", Text).when(Reads(true)),
    field(Input, TYPE, "Format of the file", OneOf(&[("CSV", "CSV"), ("JSON", "JSON: an array"), ("JSONL", "JSON lines"), ("PARQUET", "Parquet"), ("MANIFEST", "S3 inventory manifest")])).when(Is("/ItemReader/Resource", &[READ])),
    field(Input, "/ItemReader/ReaderConfig/CSVHeaderLocation", "Header", OneOf(&[("FIRST_ROW", "The first row"), ("GIVEN", "Given here")])).when(Is(TYPE, &["CSV"])),
    field(Input, "/ItemReader/ReaderConfig/CSVHeaders", "Column names", Words).when(Is("/ItemReader/ReaderConfig/CSVHeaderLocation", &["GIVEN"])),
    field(Input, "/ItemReader/ReaderConfig/CSVDelimiter", "Delimiter", OneOf(&[("COMMA", "Comma"), ("PIPE", "Pipe |"), ("SEMICOLON", "Semicolon"), ("SPACE", "Space"), ("TAB", "Tab")])).when(Is(TYPE, &["CSV"])),
    field(Input, "/ItemReader/ReaderConfig/ItemsPointer", "Where the array is", Text).help("A JSON Pointer into the file, such as /items.").when(Is(TYPE, &["JSON"])),
    field(Input, "/ItemReader/ReaderConfig/MaxItems", "Read at most", Number("items")).when(Distributed),
    field(Input, "/ItemsPath", "Items in the input", Text).help("A path to an array, when there is no reader.").when(JsonPath),
    field(Input, "/Items", "Items", Json).help("An array, or an expression that gives one.").when(Jsonata),
    field(Input, "/ItemSelector", "What each child gets", Json).help("Leave empty to hand over the item itself."),
    field(Input, "/ItemBatcher/MaxItemsPerBatch", "Items per batch", Number("items")).when(Distributed),
    field(Input, "/ItemBatcher/MaxInputBytesPerBatch", "Bytes per batch", Number("bytes")).help("At most 262144.").when(Distributed),
    field(Input, "/ItemBatcher/BatchInput", "Added to every batch", Json).when(Distributed),
    field(Output, "/ResultWriter/Resource", "Write results to a bucket", OneOf(&[("arn:aws:states:::s3:putObject", "Yes")])).when(Distributed),
    field(Output, "/ResultWriter/Parameters/Bucket", "Results bucket", Text).when(Distributed),
    field(Output, "/ResultWriter/Parameters/Prefix", "Results prefix", Text).when(Distributed),
    field(Output, "/ResultWriter/WriterConfig/Transformation", "Shape of results", OneOf(&[("NONE", "Everything about each child"), ("COMPACT", "Outputs only"), ("FLATTEN", "Outputs, arrays joined")])).when(Distributed),
    field(Output, "/ResultWriter/WriterConfig/OutputType", "Format of results", OneOf(&[("JSON", "JSON"), ("JSONL", "JSON lines")])).when(Distributed),
    field(Errors, "/ToleratedFailurePercentage", "Failures that are tolerated", Number("% of items")).when(Distributed),
    field(Errors, "/ToleratedFailureCount", "Or at most", Number("failed items")).when(Distributed),
];

const TASK: &[Field] = &[
    field(General, "/Resource", "What is called", Text).help("arn:aws:states:::lambda:invoke, a function's ARN, or an activity's."),
    field(General, "/Parameters/FunctionName", "Function", Function).when(JsonPath),
    field(General, "/Arguments/FunctionName", "Function", Function).when(Jsonata),
    field(Input, "/InputPath", "Part of the input", Text).when(JsonPath),
    field(Input, "/Parameters/Payload", "Payload", Json).help("What the function gets, as a template.").when(JsonPath),
    field(Input, "/Parameters/Payload.$", "Payload from", Text).help("A path instead of a template: $ for the whole input.").when(JsonPath),
    field(Input, "/Arguments/Payload", "Payload", Json).when(Jsonata),
    field(Run, "/TimeoutSeconds", "Give up after", Number("seconds")),
    field(Run, "/HeartbeatSeconds", "Expect a sign of life every", Number("seconds")),
];

const PASS: &[Field] = &[
    field(General, "/Result", "Result", Json).help("A fixed value.").when(JsonPath),
    field(Input, "/InputPath", "Part of the input", Text).when(JsonPath),
    field(Input, "/Parameters", "New shape", Json).when(JsonPath),
];

const WAIT: &[Field] = &[
    field(General, "/Seconds", "Wait for", Number("seconds")),
    field(General, "/Timestamp", "Or until", Text).help("For example 2026-12-24T18:00:00Z."),
    field(General, "/SecondsPath", "Seconds from the input", Text).when(JsonPath),
    field(General, "/TimestampPath", "Time from the input", Text).when(JsonPath),
];

const FAIL: &[Field] = &[
    field(General, "/Error", "Error name", Text),
    field(General, "/Cause", "Cause", Text),
];

const BRANCHES: &[Field] = &[field(Input, "/InputPath", "Part of the input", Text).when(JsonPath), field(Input, "/Parameters", "New shape", Json).when(JsonPath)];

const RESULT: &[Field] = &[
    field(Output, "/ResultSelector", "Part of the result", Json).when(JsonPath),
    field(Output, "/ResultPath", "Where the result goes", Text).help("$ replaces the input; $.name adds to it; null drops the result.").when(JsonPath),
    field(Output, "/OutputPath", "Part that goes on", Text).when(JsonPath),
    field(Output, "/Output", "Output", Json).when(Jsonata),
    field(Output, "/Assign", "Variables", Json).help("Names and values for the states behind."),
];

const COMMENT: &[Field] = &[field(General, "/Comment", "Comment", Text)];
const END: &[Field] = &[field(Output, "/OutputPath", "Part that goes on", Text).when(JsonPath), field(Output, "/Output", "Output", Json).when(Jsonata)];

/// The fields of one rule of Retry, from the rule.
pub const RETRY: &[Field] = &[
    field(Errors, "/ErrorEquals", "Errors", Words),
    field(Errors, "/MaxAttempts", "Attempts", Number("")),
    field(Errors, "/IntervalSeconds", "First wait", Number("s")),
    field(Errors, "/BackoffRate", "Times longer each", Number("×")),
    field(Errors, "/MaxDelaySeconds", "Longest wait", Number("s")),
    field(Errors, "/JitterStrategy", "Spread", OneOf(&[("FULL", "Full jitter"), ("NONE", "None")])),
];

/// The fields of one rule of Catch, from the rule; its target is chosen apart.
pub const CATCH: &[Field] = &[
    field(Errors, "/ErrorEquals", "Errors", Words),
    field(Errors, "/ResultPath", "Error goes to", Text),
];

/// The fields of a state on a shelf, as it is now.
pub fn fields(state: &Node, jsonata: bool, shelf: Shelf) -> Vec<Field> {
    let tables: &[&[Field]] = match state.str_at("Type").unwrap_or_default() {
        "Map" => &[MAP, RESULT, COMMENT],
        "Task" => &[TASK, RESULT, COMMENT],
        "Parallel" => &[BRANCHES, RESULT, COMMENT],
        "Pass" => &[PASS, RESULT, COMMENT],
        "Wait" => &[WAIT, END, COMMENT],
        "Fail" => &[FAIL, COMMENT],
        "Succeed" => &[END, COMMENT],
        _ => &[END, COMMENT],
    };
    let all = tables.iter().flat_map(|table| table.iter());
    all.filter(|field| field.shelf == shelf && shows(field, state, jsonata)).copied().collect()
}

fn shows(field: &Field, state: &Node, jsonata: bool) -> bool {
    let word = |path: &str| at(state, path).and_then(Node::as_str);
    let config = "/ItemProcessor/ProcessorConfig/Mode";
    let reads = || matches!(word("/ItemReader/Resource"), Some(LIST | READ));
    match field.when {
        _ if at(state, field.path).is_some() => true,
        Always => true,
        JsonPath => !jsonata,
        Jsonata => jsonata,
        Distributed => word(config) == Some("DISTRIBUTED"),
        Is(path, values) => word(path).is_some_and(|value| values.contains(&value)),
        Lists(expression) => expression == jsonata && reads(),
        Reads(expression) => expression == jsonata && word("/ItemReader/Resource") == Some(READ),
    }
}

/// The value at a JSON Pointer below a node.
pub fn at<'a>(node: &'a Node, path: &str) -> Option<&'a Node> {
    asl::syntax::split(path).iter().try_fold(node, |node, step| match node.elements() {
        Some(elements) => elements.get(step.parse::<usize>().ok()?),
        None => node.get(step),
    })
}

/// What stands in the input for a value.
pub fn shown(entry: Entry, node: Option<&Node>) -> String {
    let Some(node) = node.filter(|node| !node.is_missing()) else { return String::new() };
    match (entry, node.as_str(), node.elements()) {
        (Words, _, Some(words)) => words.iter().filter_map(Node::as_str).collect::<Vec<_>>().join(", "),
        (Json, _, _) => pretty(&node.to_value()),
        (_, Some(text), _) => text.to_owned(),
        _ => node.to_value().to_json(),
    }
}

fn pretty(value: &Value) -> String {
    Layout { indent: Some(String::new()), unit: "  ".to_owned() }.write(value)
}

/// The value of an input's text; `None` for an empty one. The error is a sentence.
pub fn typed(entry: Entry, text: &str) -> Result<Option<Value>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let expression = text.starts_with("{%") && text.ends_with("%}");
    let value = match entry {
        Number(_) if !expression => match text.parse::<f64>() {
            Ok(_) => Value::from_json(text).map_err(|_| format!("\"{text}\" is not a number."))?,
            Err(_) => return Err(format!("\"{text}\" is not a number.")),
        },
        Words => text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(Value::from).collect::<Vec<_>>().into(),
        Json if !expression => Value::from_json(text).map_err(|error| format!("This is not JSON: {error}."))?,
        Text if text == "null" => Value::Null,
        _ => Value::from(text),
    };
    Ok(Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use asl::syntax::Document;

    #[test]
    fn fields_show_when_they_mean_something() {
        let text = r#"{"Type": "Map", "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "CSV"}},
            "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED"}}}"#;
        let document = Document::parse(text);
        let state = document.root.as_ref().unwrap();
        let names: Vec<&str> = fields(state, false, Shelf::Input).iter().map(Field::name).collect();
        assert!(names.contains(&"CSVHeaderLocation") && names.contains(&"Key"), "{names:?}");
        assert!(!names.contains(&"ItemsPointer") && !names.contains(&"Prefix"), "{names:?}");
        let inline = Document::parse(r#"{"Type": "Map"}"#);
        let names: Vec<&str> = fields(inline.root.as_ref().unwrap(), false, Shelf::Errors).iter().map(Field::name).collect();
        assert!(names.is_empty());
    }

    #[test]
    fn what_is_typed_becomes_the_right_kind_of_value() {
        assert_eq!(typed(Entry::Number(""), "5").unwrap().unwrap().to_json(), "5");
        assert_eq!(typed(Entry::Number(""), "{% $n %}").unwrap().unwrap().as_str(), Some("{% $n %}"));
        assert!(typed(Entry::Number(""), "many").is_err());
        assert_eq!(typed(Entry::Words, "A, B ,").unwrap().unwrap().to_json(), r#"["A","B"]"#);
        assert_eq!(typed(Entry::Text, " ").unwrap(), None);
        assert!(typed(Entry::Json, "{").is_err());
        let document = Document::parse(r#"{"a": ["x", "y"]}"#);
        assert_eq!(shown(Entry::Words, document.node_at("/a")), "x, y");
    }
}
