//! What is mutated: built-in texts, and those of given files.

use asl::Value;

/// Texts by kind.
#[derive(Default)]
pub struct Corpus {
    pub paths: Vec<String>,
    pub intrinsics: Vec<String>,
    pub expressions: Vec<String>,
    pub definitions: Vec<String>,
    pub inputs: Vec<String>,
}

/// What mutations insert.
pub const TOKENS: &[&str] = &[
    "$",
    "$$",
    "@",
    ".",
    "..",
    "*",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "?",
    "?(",
    ":",
    "::",
    ",",
    "'",
    "\"",
    "\\",
    "/",
    "&&",
    "||",
    "!",
    "==",
    "=~",
    "<",
    ">=",
    " in ",
    " nin ",
    " anyof ",
    " empty true",
    ".length()",
    ".sum()",
    ".keys()",
    "[-1]",
    "[0:2]",
    "[?(@.a)]",
    "States.",
    "States.Format('{}', ",
    "States.Array(",
    "{%",
    "%}",
    "{}",
    "$states.input",
    "$states",
    "function($x){",
    "$map(",
    "$reduce(",
    "$string(",
    "$join(",
    "$replace(",
    "~>",
    ":=",
    "&",
    "^(",
    "|",
    "%",
    "#$i",
    "@$f",
    "[1..1000000]",
    "λ",
    "é",
    "\u{10FFFF}",
    "\0",
    "9223372036854775807",
    "-0",
    "1e308",
    "1e999",
    "0.1",
    "null",
    "true",
    "\"Type\":\"Map\"",
    "\"Next\":\"B\"",
    "\"StartAt\":\"A\"",
    "\"End\":true",
    "\"Retry\":[",
    "\"Catch\":[",
    "\"x.$\":\"$.a\"",
    "\"QueryLanguage\":\"JSONata\"",
    "[]",
    "\\u0000",
];

pub fn built_in() -> Corpus {
    let owned = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect();
    Corpus {
        paths: owned(&[
            "$.a.b[0]['c d']",
            "$..a[?(@.b == 'x' && @.c in [1,2])].d",
            "$.a[1:3,2]",
            "$$.Map.Item.Value",
            "$v.x[*]",
            "$.a[?(@.t =~ /a.*/i || !(@.n size 2))]",
            "$.n.sum()",
            "$.a['x','y']",
            "$.s.concat('-', $.o.k)",
            "$..*..*",
        ]),
        intrinsics: owned(&[
            "States.Format('{} \\{ {}', $.a, States.Array(1, 'x'))",
            "States.MathAdd($.n[0], -1)",
            "States.ArrayRange(1, 9, 2)",
            "States.StringSplit($.s, ',')",
            "States.Hash($.s, 'SHA-256')",
            "States.JsonMerge($.o, $.o, false)",
            "States.ArrayPartition($.n, 2)",
            "States.Base64Decode('YQ==')",
            "States.StringToJson('{\"a\":1}')",
            "States.UUID()",
            "States.MathRandom(1, 5, 3)",
        ]),
        expressions: owned(&[
            "$states.input.n[$ > 1] ~> $map(function($x, $i) { $x * $i })",
            "$partition($states.input.n, 2)",
            "($f := function($n) { $n < 2 ? 1 : $n * $f($n - 1) }; $f(5))",
            "$states.input.a.{'k': b, 'l': c & 'x'}",
            "$range(0, 10, 3)",
            "$parse('[1]')",
            "$fromMillis($millis(), '[Y0001]-[M01]')",
            "$formatNumber(12.5, '#,##0.00')",
            "$replace('abc', /b(.)/, '$1')",
            "$states.input.a^(>b)",
            "$merge([{'a':1},{'b':2}])",
            "$pad('x', -5, '-')",
        ]),
        definitions: owned(&[
            r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{"x.$":"$.a"},"ResultPath":"$.r.s","Next":"B"},"B":{"Type":"Choice","Choices":[{"And":[{"Variable":"$.n[0]","NumericGreaterThan":1},{"Not":{"Variable":"$.s","StringMatches":"a*"}}],"Next":"C"}],"Default":"C"},"C":{"Type":"Wait","SecondsPath":"$.n[1]","Next":"D"},"D":{"Type":"Succeed"}}}"#,
            r#"{"StartAt":"A","TimeoutSeconds":60,"States":{"A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f","Payload.$":"$"},"Retry":[{"ErrorEquals":["States.ALL"],"MaxAttempts":2}],"Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.e","Next":"Z"}],"Next":"M"},"M":{"Type":"Map","ItemsPath":"$.Payload.n","MaxConcurrency":2,"ItemSelector":{"v.$":"$$.Map.Item.Value"},"ItemProcessor":{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}},"Next":"Z"},"Z":{"Type":"Fail","Error":"E","Cause":"C"}}}"#,
            r#"{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Parallel","Branches":[{"StartAt":"B","States":{"B":{"Type":"Pass","Output":"{% $states.input.n %}","End":true}}},{"StartAt":"B2","States":{"B2":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","Arguments":"{% $states.input %}","End":true}}}],"Assign":{"v":"{% $states.result[0] %}"},"Output":"{% $v %}","Next":"M"},"M":{"Type":"Map","Items":"{% $v %}","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"EXPRESS"},"StartAt":"P","States":{"P":{"Type":"Wait","Seconds":1,"End":true}}},"ItemBatcher":{"MaxItemsPerBatch":3},"End":true}}}"#,
        ]),
        inputs: owned(&[
            r#"{"a":[{"b":"x","c":1,"d":null},{"b":"y","c":2.5}],"n":[1,2,3],"s":"a,b","o":{"k":"v"},"t":"2024-01-01T00:00:00Z"}"#,
            "{}",
            "[1,[2,[3]]]",
            "null",
            r#""text""#,
            "-1.5e300",
        ]),
    }
}

impl Corpus {
    /// Adds the useful texts of a JSON value.
    pub fn learn(&mut self, value: &Value) {
        match value {
            Value::String(text) => {
                let (text, expression) = (text.to_string(), asl::jsonata::expression_text(text));
                if let Some(expression) = expression {
                    self.expressions.push(expression.to_owned());
                } else if text.contains("\"StartAt\"") {
                    if let Ok(definition) = Value::from_json(&text) {
                        self.learn(&definition);
                    }
                    self.definitions.push(text);
                } else if text.starts_with("States.") {
                    self.intrinsics.push(text);
                } else if text.starts_with('$') {
                    self.paths.push(text);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn(item)),
            Value::Object(members) => {
                for (name, member) in members.iter() {
                    match (&**name, member) {
                        ("expr", Value::String(text)) => self.expressions.push(text.to_string()),
                        ("input", Value::String(text)) => self.inputs.push(text.to_string()),
                        _ => self.learn(member),
                    }
                }
            }
            _ => {}
        }
    }
}
