use super::*;
use crate::{EvalError, Rng, Scope, Value, Variables};
use model::Timestamp;

fn eval(expression: &str) -> Result<Option<String>, EvalError> {
    let input = Value::from_json(r#"{"n":[1,2,3,4,5],"s":"abc","o":{"k":1.5}}"#).unwrap();
    let context = Value::from_json(r#"{"Execution":{"Name":"e"}}"#).unwrap();
    let result = Value::from_json(r#"{"r":true}"#).unwrap();
    let mut variables = Variables::default();
    variables.set("v", 7i64.into());
    let rng = Rng::new(3);
    let scope =
        Scope::new(&input, &context, &variables, &rng).with_result(&result).at(Timestamp(1_700_000_000_123));
    let expression =
        Expression::compile("Output/x", expression).unwrap_or_else(|e| panic!("{expression}: {e}"));
    expression.eval_optional(&scope).map(|value| value.map(|v| v.to_json()))
}

#[track_caller]
fn gives(expression: &str, expected: &str) {
    assert_eq!(eval(expression).unwrap().as_deref(), Some(expected), "{expression}");
}

#[track_caller]
fn fails(expression: &str, how: &str) {
    let error = eval(expression).unwrap_err();
    assert_eq!(error.error, "States.QueryEvaluationError");
    assert_eq!(error.location.as_deref(), Some("Output/x"));
    assert_eq!(
        error.cause,
        format!("The JSONata expression '{expression}' specified for the field 'Output/x' {how}")
    );
}

#[test]
fn states_and_variables_are_seen() {
    gives("$states.input.s & $states.context.Execution.Name & $v", r#""abce7""#);
    gives("$states.result.r", "true");
    gives("$states.input.o.k * 2", "3");
    gives("$states.input", r#"{"n":[1,2,3,4,5],"s":"abc","o":{"k":1.5}}"#);
    gives("($s := $states; $s.input.n[0])", "1");
    gives("$states.input.n[$ > 3]", "[4,5]");
    assert_eq!(eval("$states.errorOutput").unwrap(), None);
    assert_eq!(eval("$nothing").unwrap(), None);
}

#[test]
fn awss_functions_answer() {
    gives("$partition($states.input.n, 2)", "[[1,2],[3,4],[5]]");
    gives("$range(0, 9, 3)", "[0,3,6,9]");
    gives("$range(5, 1, -2)", "[5,3,1]");
    gives("$range(4, 4, 1)", "4");
    gives("$range(-1.7, 2, 1)", "[-1,0,1,2]");
    gives("[$range(1, 0, 1), $range(1, 9), $range(1, 9, 0), $partition([], 2), $partition([1], 0.5)]", "[]");
    gives("$partition([1, 2])", "[[1,2]]");
    gives("$random(42)", "0.7275636800328681");
    gives("$hash('input data', 'SHA-1')", r#""aaff4a450a104cd177d28d18d74485e8cae074b7""#);
    gives("$parse('{\"a\":[1]}').a", "[1]");
    gives("$parse('-0')", "0");
    gives("$random(5) = $random(5)", "true");
    gives("$random(5) != $random(6)", "true");
    gives("$length($uuid())", "36");
    gives("$uuid() != $uuid()", "true");
    gives("$count($shuffle($states.input.n))", "5");
    gives("$map(['1','2'], $parse)", "[1,2]");
    gives("'[3]' ~> $parse", "[3]");
    gives("$millis()", "1700000000123");
    gives("$now()", r#""2023-11-14T22:13:20.123Z""#);
    gives("$now('[Y]')", r#""2023""#);
}

#[test]
fn failures_are_told_in_the_services_words() {
    fails("$randomSeeded(1)", "threw an error during evaluation. T1006: Attempted to invoke a non-function");
    fails("$eval('1')", "threw an error during evaluation. T1006: Attempted to invoke a non-function");
    fails(
        "$states.input.s + 1",
        "threw an error during evaluation. T2001: The left side of the \"+\" operator must evaluate to a number",
    );
    fails("$error('mine')", "threw an error during evaluation. D3137: mine");
    fails("$sum", "returned an unexpected result type. Expected a JSON value, but was 'function'");
    let input = Value::Null;
    let (variables, rng) = (Variables::default(), Rng::new(0));
    let scope = Scope::new(&input, &input, &variables, &rng);
    let error = Expression::compile("Output", " $x ").unwrap().eval(&scope).unwrap_err();
    assert_eq!(
        error.cause,
        "The JSONata expression '$x' specified for the field 'Output' returned nothing (undefined)."
    );
    let items = Expression::compile("Items", "1").unwrap();
    assert_eq!(
        items.unexpected("array", &1i64.into()).cause,
        "The JSONata expression '1' specified for the field 'Items' returned an unexpected result type. Expected 'array', but was 'number' for value: 1"
    );
}

#[test]
fn a_template_replaces_expressions_at_any_depth_and_names_the_field() {
    let template =
        Value::from_json(r#"{"a":[1,{"b":"{% $states.input %}"}],"c":"{% no","d":[" {% 1 %}"]}"#).unwrap();
    let (input, context, variables, rng) = (Value::from("x"), Value::Null, Variables::default(), Rng::new(0));
    let scope = Scope::new(&input, &context, &variables, &rng);
    let output = JsonataTemplate::compile("Output", &template).unwrap().eval(&scope).unwrap();
    assert_eq!(output.to_json(), r#"{"a":[1,{"b":"x"}],"c":"{% no","d":[" {% 1 %}"]}"#);
    let template = Value::from_json(r#"{"a":[1,{"b":"{% $nope %}"}]}"#).unwrap();
    let error = JsonataTemplate::compile("Output", &template).unwrap().eval(&scope).unwrap_err();
    assert_eq!(error.location.as_deref(), Some("Output/a[1]/b"));
    let template = Value::from_json(r#"{"a":["{% 1 + %}"]}"#).unwrap();
    let errors = JsonataTemplate::compile("Output", &template).unwrap_err();
    assert_eq!(errors[0].pointer, "/a/0");
}

#[test]
fn words_of_numbers_that_no_guard_sees_are_refused() {
    for expression in ["($f := $formatInteger; $f(100 % 0, 'w'))", "($f := $formatInteger(?, 'w'); $f(100 % 0))"] {
        let error = Expression::compile("Output", expression).expect_err(expression);
        assert!(error.to_string().contains("$formatInteger"), "{error}");
    }
}

#[test]
fn nothing_runs_away() {
    for expression in [
        "($f := function($n) { $f($n + 1) }; $f(0))",
        "($f := function($n) { 1 + $f($n + 1) }; $f(0))",
        "($f := function($s) { $f($s & $s) }; $f('x'))",
        "($a := $reduce([1..60], function($a, $i) { [$a, $a] }, [1]); $string($a))",
        "$reduce([1..60], function($a, $i) { [$a, $a] }, [1])",
        "$reduce([1..60], function($a, $i) { $a & $a }, 'xxxx')",
        "$reduce([1..5000], function($a, $i) { {'a': $a} }, 1)",
        "$pad('x', 1000000000000)",
        "[1..10000000]",
        "$range(1, 1e15, 1)",
        "$formatInteger(1e18, 'I')",
        "$formatInteger(100 % 0, 'w;o')",
        "1e18 ~> $formatInteger('I')",
        "(100 % 0) ~> $formatInteger('w')",
        "$now('[Y,999999999]')",
        "$map([1..400000], function($i) { $pad('x', 100000) & $i })",
        "($b := $pad('x', 99999); $map([1..400000], function($i) { $b & $i }))",
        "$join([1..400000], $pad('x', 5000))",
    ] {
        let error = eval(expression).expect_err(expression);
        assert_eq!(error.error, "States.QueryEvaluationError");
    }
    for deep in [
        "(".repeat(100_000),
        format!("{}1{}", "(".repeat(30_000), ")".repeat(30_000)),
        format!("1{}", "+1".repeat(60_000)),
        format!("{}1", "-".repeat(60_000)),
        format!("{}1{}", "[".repeat(30_000), "]".repeat(30_000)),
        format!("1{}", "?1:1".repeat(30_000)),
        format!("a{}", ".a".repeat(60_000)),
        format!("a{}", "[0]".repeat(60_000)),
        format!("{}1", "function($a){".repeat(10_000)),
    ] {
        if let Ok(expression) = Expression::compile("Output", &deep) {
            let (input, variables, rng) = (Value::Null, Variables::default(), Rng::new(0));
            let _ = expression.eval(&Scope::new(&input, &input, &variables, &rng));
        }
    }
}

#[test]
fn what_would_make_the_library_panic_is_an_error() {
    for expression in [
        "$fromMillis(0, '[é]')",
        "$fromMillis(0, '[FƼNn]')",
        "$fromMillis(0, '[Y,3-Ƽ]')",
        "$toMillis('1', '[éY]')",
        "$now('[é]')",
    ] {
        eval(expression).expect_err(expression);
    }
    gives("$formatInteger(1999, 'I')", r#""MCMXCIX""#);
    gives("$replace('a-a', 'a', $pad('', 5000, 'x')) ~> $length()", "10001");
    gives("$fromMillis(0, '[Y]年')", r#""1970年""#);
    assert!(Expression::compile("Output", "function($x)<é>{1}").is_err());
}

#[test]
fn expressions_may_be_used_from_any_thread() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Expression>();
    shared::<JsonataTemplate>();
    shared::<crate::Template>();
}

#[test]
fn a_range_whose_count_overflows_is_refused() {
    for expression in ["[-1e30..1e30]", "$pad('x', -55555555555555555555555..5e70, '-')", "($far := 9e18; [-$far..$far])"] {
        let error = eval(expression).unwrap_err();
        assert!(error.cause.contains("D2014") || error.cause.contains("range operator"), "{expression}: {}", error.cause);
    }
    gives("[$sum([1..4]), $count([3..1])]", "[10,0]");
}
