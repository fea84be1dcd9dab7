use super::*;
use crate::{EvalError, Value};

fn get(path: &str, input: &str) -> Result<String, EvalError> {
    let input = Value::from_json(input).unwrap();
    let path = Path::parse(path).unwrap_or_else(|e| panic!("{path}: {e}"));
    path.eval_on(&input).map(|v| v.to_json())
}

#[track_caller]
fn gives(path: &str, input: &str, expected: &str) {
    assert_eq!(get(path, input).unwrap(), expected, "{path}");
}

#[test]
fn definite_paths_give_the_value() {
    let input = r#"{"a":{"b c":[1,2,{"é":null}]},"x-y":true,"$":5}"#;
    gives("$", "3", "3");
    gives("$.a['b c'][0]", input, "1");
    gives("$['a'][\"b c\"][-1].é", input, "null");
    gives("$.x-y", input, "true");
    gives("$['$']", input, "5");
    gives("$['x-y','nope','$']", input, r#"{"x-y":true,"$":5}"#);
}

#[test]
fn indefinite_paths_give_arrays() {
    let input = r#"{"a":[{"p":1,"t":"x"},{"p":2,"t":"y"},{"p":3}],"o":{"k":1,"l":2}}"#;
    gives("$.a[*].p", input, "[1,2,3]");
    gives("$.a[0,2].p", input, "[1,3]");
    gives("$.a[1:].p", input, "[2,3]");
    gives("$.a[:-1].p", input, "[1,2]");
    gives("$.a[-2:].p", input, "[2,3]");
    gives("$.a[-2:-1].p", input, "[2]");
    gives("$.a[5:].p", input, "[]");
    gives("$.a[5].p[*]", input, "[]");
    gives("$.o.*", input, "[1,2]");
    gives("$..p", input, "[1,2,3]");
    gives("$..a[0].p", input, "[1]");
    gives("$..nope", input, "[]");
    gives("$.a[*].nope", input, "[]");
    gives(
        "$.a[*]['p','t']",
        input,
        r#"[{"p":1,"t":"x"},{"p":2,"t":"y"},{"p":3}]"#,
    );
}

#[test]
fn filters_select() {
    let input =
        r#"{"max":2,"a":[{"p":1,"t":["x"],"n":"Ab"},{"p":2,"t":[],"n":"b"},{"p":3,"n":null}]}"#;
    gives("$.a[?(@.p == 2)].n", input, r#"["b"]"#);
    gives("$.a[?(@.p != 2 && @.n)].p", input, "[1,3]");
    gives("$.a[?(@.p < 2 || @.p >= 3)].p", input, "[1,3]");
    gives("$.a[?(!(@.p < 2) && !@.t)].p", input, "[3]");
    gives("$.a[?(@.p <= $.max)].p", input, "[1,2]");
    gives("$.a[?(@.p in [1, 3])].p", input, "[1,3]");
    gives("$.a[?(@.p nin [1, 3])].p", input, "[2]");
    gives("$.a[?(@.t anyof ['x','z'])].p", input, "[1]");
    gives("$.a[?(@.t empty true)].p", input, "[2]");
    gives("$.a[?(@.t size 1)].p", input, "[1]");
    gives("$.a[?(@.n =~ /a.*/i)].p", input, "[1]");
    gives("$.a[?(@.n =~ /a/i)].p", input, "[]");
    gives("$.a[?(@.n == null)].p", input, "[3]");
    gives("$.a[?('x' in @.t)].p", input, "[1]");
    gives("$..[?(@.p > 1)].p", input, "[2,3]");
    gives("$.a[?(@.t.length() == 1)].p", input, "[1]");
    gives("$.a[?(@.n contains 'b')].p", input, "[1,2]");
    gives("$.a[?(@['p'] == '2')].p", input, "[2]");
}

#[test]
fn functions_end_a_path() {
    let input = r#"{"n":[1,2.5,4],"o":{"a":1,"b":2},"e":[],"s":"x"}"#;
    gives("$.n.length()", input, "3");
    gives("$.n.sum()", input, "7.5");
    gives("$.n.min()", input, "1.0");
    gives("$.n.max()", input, "4.0");
    gives("$.n.avg()", input, "2.5");
    gives("$.o.keys()", input, r#"["a","b"]"#);
    gives("$.s.concat('-', $.o.a)", input, r#""x-1""#);
    gives("$..a.sum()", input, "1.0");
    gives("$.n[*].sum()", input, "7.5");
    assert!(get("$.e.max()", input).is_err());
}

#[test]
fn a_definite_miss_is_an_error_in_the_services_words() {
    let error = get("$.application.address", r#"{"flagged":false}"#).unwrap_err();
    assert_eq!(error.error, "States.Runtime");
    assert_eq!(
        error.clone().in_field("address.$").cause,
        r#"The JSONPath '$.application.address' specified for the field 'address.$' could not be found in the input '{"flagged":false}'"#
    );
    assert_eq!(
        error.cause,
        "Invalid path '$.application.address': Missing property in path $['application']"
    );
    for path in [
        "$.a.b",
        "$.a[0]",
        "$[3]",
        "$.a[*",
        "$.s[0]",
        "$.a[0:1]",
        "$.s[?(@.x)]",
    ] {
        if let Ok(path) = Path::parse(path) {
            let input = Value::from_json(r#"{"a":{},"s":1}"#).unwrap();
            assert!(
                path.eval_on(&input).unwrap_err().missing().is_some(),
                "{path}"
            );
        }
    }
}

#[test]
fn what_is_no_path_is_refused_with_its_place() {
    for (text, offset) in [
        ("", 0),
        ("a", 0),
        ("$.", 2),
        ("$..", 3),
        ("$[", 2),
        ("$['a", 2),
        ("$['a'", 5),
        ("$[]", 2),
        ("$.a b", 3),
        ("$[?(@.a ==)]", 10),
        ("$[?(@.a =~ /(/)]", 11),
        ("$.nope()", 2),
        ("$[:]", 2),
        ("$[99999999999]", 2),
        ("$1a", 3),
        ("$.a.length().b", 12),
    ] {
        let error = Path::parse(text).expect_err(text);
        assert_eq!(error.offset, offset, "{text}: {error}");
    }
    let deep = format!("$[?({}@.a{})]", "(".repeat(5000), ")".repeat(5000));
    assert!(Path::parse(&deep).is_err());
    assert!(Path::parse(&format!("$[?({}@.a)]", "!".repeat(5000))).is_err());
}

#[test]
fn roots_and_kinds_are_known() {
    assert_eq!(*Path::parse("$$.Map.Item").unwrap().root(), Root::Context);
    assert_eq!(
        *Path::parse("$order.id").unwrap().root(),
        Root::Variable("order".into())
    );
    for (path, definite, reference) in [
        ("$", true, true),
        ("$.a[0]", true, true),
        ("$.a[-1]", true, false),
        ("$['a','b']", true, false),
        ("$['a','b'].c", false, false),
        ("$.a[*]", false, false),
        ("$..a", false, false),
        ("$.a.length()", true, false),
    ] {
        let path = Path::parse(path).unwrap();
        assert_eq!(
            (path.is_definite(), path.is_reference_path()),
            (definite, reference),
            "{path}"
        );
    }
}

#[test]
fn results_are_put_where_the_path_says() {
    let put = |path: &str, input: &str| {
        let path = Path::parse(path).unwrap();
        path.assign(&Value::from_json(input).unwrap(), 9i64.into())
            .map(|v| v.to_json())
    };
    assert_eq!(put("$", "{}").unwrap(), "9");
    assert_eq!(
        put("$.a.b", r#"{"x":1}"#).unwrap(),
        r#"{"x":1,"a":{"b":9}}"#
    );
    assert_eq!(put("$.x", r#"{"x":1,"y":2}"#).unwrap(), r#"{"x":9,"y":2}"#);
    assert_eq!(put("$.a[1]", r#"{"a":[1,2]}"#).unwrap(), r#"{"a":[1,9]}"#);
    assert_eq!(
        put("$.a[1].b", r#"{"a":[1,{}]}"#).unwrap(),
        r#"{"a":[1,{"b":9}]}"#
    );
    for (path, input) in [
        ("$.a", "1"),
        ("$.a[2]", r#"{"a":[1,2]}"#),
        ("$.a[0]", "{}"),
        ("$.a.b", r#"{"a":"x"}"#),
        ("$.a", "null"),
    ] {
        assert_eq!(
            put(path, input).unwrap_err().error,
            "States.ResultPathMatchFailure",
            "{path}"
        );
    }
}

#[test]
fn an_explosion_of_descents_ends_in_an_error() {
    let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    let path = format!("${}", "..*".repeat(40));
    assert_eq!(get(&path, &deep).unwrap_err().error, "States.Runtime");
}
