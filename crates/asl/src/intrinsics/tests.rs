use super::*;
use crate::{EvalError, Rng, Scope, Value, Variables};

const INPUT: &str =
    r#"{"a":[1,2,3,4,5],"o":{"k":"v"},"s":"x,y;z","n":null,"p":"{} and {}","d":[1,1.0,"1",[2],[2]]}"#;

fn eval(call: &str) -> Result<String, EvalError> {
    let input = Value::from_json(INPUT).unwrap();
    let (context, variables, rng) = (Value::Null, Variables::default(), Rng::new(3));
    let scope = Scope::new(&input, &context, &variables, &rng);
    let call = Intrinsic::parse(call).unwrap_or_else(|e| panic!("{call}: {e}"));
    call.eval(&scope).map(|v| v.to_json())
}

#[track_caller]
fn gives(call: &str, expected: &str) {
    assert_eq!(eval(call).unwrap(), expected, "{call}");
}

#[test]
fn every_function_answers() {
    gives("States.Format('{}-{}', $.o, 'it\\'s')", r#""{\"k\":\"v\"}-it's""#);
    gives("States.Format('\\{{}\\} \\\\', null)", r#""{null} \\""#);
    gives("States.Format($.p, 1.5, true)", r#""1.5 and true""#);
    gives("States.StringToJson('{\"a\":[1]}')", r#"{"a":[1]}"#);
    gives("States.JsonToString($.o)", r#""{\"k\":\"v\"}""#);
    gives("States.Array()", "[]");
    gives("States.Array(1, $.n, 'x')", r#"[1,null,"x"]"#);
    gives("States.ArrayPartition($.a, 2)", "[[1,2],[3,4],[5]]");
    gives("States.ArrayContains($.a, 3)", "true");
    gives("States.ArrayRange(9, 1, -4)", "[9,5,1]");
    gives("States.ArrayRange(1, 9, -4)", "[]");
    gives("States.ArrayGetItem($.a, 4)", "5");
    gives("States.ArrayLength($.a)", "5");
    gives("States.ArrayUnique($.d)", r#"[1,1.0,"1",[2]]"#);
    gives("States.Base64Encode('é')", r#""w6k=""#);
    gives("States.MathRandom(4, 5)", "4");
    gives("States.Base64Decode('w6 k')", "\"é\"");
    gives("States.Base64Decode('w6k=')", r#""é""#);
    gives("States.Hash('input data', 'SHA-1')", r#""aaff4a450a104cd177d28d18d74485e8cae074b7""#);
    gives("States.JsonMerge($.o, States.StringToJson('{\"b\":1}'), false)", r#"{"k":"v","b":1}"#);
    gives("States.MathAdd(111, -1)", "110");
    gives("States.MathAdd(1.49, 1.5)", "3");
    gives("States.MathAdd(-1.5, -1.51)", "-3");
    gives("States.StringToJson('-0')", "0");
    gives("States.StringSplit($.s, ',;')", r#"["x","y","z"]"#);
    assert_eq!(eval("States.UUID()").unwrap().len(), 38);
    let seeded = eval("States.MathRandom(1, 999, 7)").unwrap();
    assert_eq!(seeded, eval("States.MathRandom(1, 999, 7)").unwrap());
}

#[test]
fn refused_arguments_are_intrinsic_failures() {
    for call in [
        "States.Format('{}')",
        "States.Format('{', 1)",
        "States.Format($.a)",
        "States.StringToJson('{')",
        "States.StringToJson($.a)",
        "States.ArrayPartition($.a, 0)",
        "States.ArrayPartition(1, 1)",
        "States.ArrayRange(1, 1001, 1)",
        "States.ArrayRange(1, 2, 0)",
        "States.ArrayGetItem($.a, 5)",
        "States.ArrayGetItem($.a, -1)",
        "States.ArrayLength('x')",
        "States.Base64Decode('*')",
        "States.Hash('x', 'CRC')",
        "States.JsonMerge($.o, $.o, true)",
        "States.JsonMerge($.a, $.o, false)",
        "States.MathAdd('1', 2)",
        "States.MathRandom(2, 2)",
        "States.MathAdd(2147483648, 0)",
        "States.MathAdd(9223372036854775807, 1)",
        "States.StringSplit(1, 2)",
        "States.ArrayRange(-9223372036854775808, 9223372036854775807, 1)",
    ] {
        let error = eval(call).unwrap_err();
        assert_eq!(error.error, "States.IntrinsicFailure", "{call}");
        assert!(
            error.cause.starts_with(&format!("The function '{call}' had the following error: ")),
            "{error}"
        );
    }
    assert!(eval("States.ArrayLength($.missing)").unwrap_err().missing().is_some());
}

#[test]
fn what_is_no_call_is_refused() {
    for text in [
        "",
        "States.",
        "States.Nope()",
        "States.UUID",
        "States.UUID(",
        "States.UUID(1)",
        "States.Array(1",
        "States.Array(1 2)",
        "States.Array('x)",
        "States.Array(x)",
        "States.Array($.)",
        "States.MathAdd(1)",
        "States.UUID() x",
        "format('x')",
    ] {
        assert!(Intrinsic::parse(text).is_err(), "{text}");
    }
    let nested = |n: usize| format!("{}1{}", "States.Array(".repeat(n), ")".repeat(n));
    assert!(Intrinsic::parse(&nested(10)).is_ok());
    assert!(Intrinsic::parse(&nested(11)).is_err());
}

#[test]
fn paths_with_brackets_and_commas_end_where_they_should() {
    gives("States.Array($.a[?(@ > 3)], $.a[0,1], $.a.length())", "[[4,5],[1,2],5]");
    assert_eq!(Intrinsic::parse("States.Array(States.Array($.a), $$.b)").unwrap().paths().len(), 2);
}
