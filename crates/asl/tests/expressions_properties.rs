//! Properties of paths, intrinsic functions, templates and expressions over any text and value.

use asl::intrinsics::Intrinsic;
use asl::value::Object;
use asl::{Expression, JsonataTemplate, Path, Rng, Scope, Template, Value, Variables};
use proptest::prelude::*;

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-1_000_000i64..1_000_000).prop_map(Value::from),
        any::<f64>().prop_map(|f| serde_json::Number::from_f64(f).map_or(Value::Null, Value::Number)),
        "[a-zé'.\\[ ]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let name = "[abé]|[a-zé'\\\\ ]{0,4}";
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((name, inner), 0..6).prop_map(|members| {
                let members = members.into_iter().map(|(name, value)| (name.as_str().into(), value));
                Value::from(members.collect::<Object>())
            }),
        ]
    })
}

/// Texts made of the languages' own pieces, which get further than random characters.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "$", "$$", "@", ".", "..", "*", "[", "]", "(", ")", "?", "?(", ":", ",", "'", "\"", "&&", "||", "!", "==", "=~",
            "/", "<", " in ", " size ", ".length()", ".sum()", "a", "b", "0", "-1", "1:2", "States.", "Format", "Array", "{",
            "}", "{}", "\\", "$x", "function($x)", "~>", ":=", "&", "%", "^", "|", "#$i", "@$f", "λ", "1..9", "null",
        ]).prop_map(str::to_owned),
        1 => ".{0,3}",
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn with_scope<T>(input: &Value, f: impl FnOnce(&Scope<'_>) -> T) -> T {
    let (variables, rng) = (Variables::default(), Rng::new(1));
    f(&Scope::new(input, input, &variables, &rng))
}

/// The value of `expression` with `$v` bound to a value.
fn jsonata(expression: &str, v: &Value) -> Result<Option<Value>, String> {
    let expression = Expression::compile("Output", expression).map_err(|e| e.message)?;
    let (mut variables, rng) = (Variables::default(), Rng::new(1));
    variables.set("v", v.clone());
    let scope = Scope::new(&Value::Null, &Value::Null, &variables, &rng);
    expression.eval_optional(&scope).map_err(|e| e.cause)
}

fn quoted(name: &str) -> String {
    format!("['{}']", name.replace('\\', "\\\\").replace('\'', "\\'"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parsing_and_evaluation_never_panic(text in soup(), input in any_value()) {
        with_scope(&input, |scope| {
            for text in [text.clone(), format!("$.{text}"), format!("$[?(@.{text})]")] {
                if let Ok(path) = Path::parse(&text) {
                    let _ = path.eval(scope);
                    let _ = path.assign(&input, Value::Null);
                }
            }
            for text in [text.clone(), format!("States.Array({text})"), format!("States.Format('{text}')")] {
                if let Ok(call) = Intrinsic::parse(&text) {
                    let _ = call.eval(scope);
                }
            }
            if let Ok(expression) = Expression::compile("Output", &text) {
                let _ = expression.eval(scope);
            }
        });
    }

    #[test]
    fn a_path_made_of_steps_finds_what_the_steps_find(input in any_value(), choices in proptest::collection::vec(any::<prop::sample::Index>(), 0..5)) {
        let (mut path, mut at) = (String::from("$"), &input);
        for choice in choices {
            match at {
                Value::Array(items) if !items.is_empty() => {
                    let index = choice.index(items.len());
                    path.push_str(&format!("[{index}]"));
                    at = &items[index];
                }
                Value::Object(members) if !members.is_empty() => {
                    let (name, value) = members.get_index(choice.index(members.len())).expect("a member");
                    path.push_str(&quoted(name));
                    at = value;
                }
                _ => break,
            }
        }
        let path = Path::parse(&path).expect("a path");
        prop_assert!(path.is_reference_path());
        prop_assert_eq!(&path.eval_on(&input).expect("there is a value"), at);
        // What is put there is found there.
        let put = path.assign(&input, "new".into()).expect("it fits");
        prop_assert_eq!(path.eval_on(&put).expect("there is a value"), Value::from("new"));
    }

    #[test]
    fn an_indefinite_path_gives_an_array(input in any_value(), step in prop::sample::select(vec!["$..a", "$..*", "$[*]", "$..[?(@.a)]", "$..[0]"])) {
        let found = Path::parse(step).expect("a path").eval_on(&input).expect("never a miss");
        prop_assert!(found.as_array().is_some());
    }

    #[test]
    fn partitions_put_together_are_the_array(items in proptest::collection::vec(any_value(), 0..20), size in 1usize..25) {
        let array = Value::from(items.clone());
        let parts = with_scope(&array, |scope| {
            Intrinsic::parse(&format!("States.ArrayPartition($, {size})")).expect("a call").eval(scope)
        }).expect("an array");
        let parts = parts.as_array().expect("an array");
        prop_assert_eq!(parts.len(), items.len().div_ceil(size));
        let together: Vec<Value> = parts.iter().flat_map(|p| p.as_array().expect("a part").to_vec()).collect();
        prop_assert_eq!(&together, &items);
        // The functions of the two languages differ on nothing: no parts, or undefined.
        prop_assume!(!items.is_empty());
        let same = jsonata(&format!("$partition($v, {size}) = $partition($v, {size}) and $count($partition($v, {size})) = {}", parts.len()), &array);
        prop_assert_eq!(same, Ok(Some(true.into())));
    }

    #[test]
    fn ranges_agree_between_the_languages(first in -50i64..50, last in -50i64..50, step in -7i64..8) {
        prop_assume!(step != 0);
        let intrinsic = with_scope(&Value::Null, |scope| {
            Intrinsic::parse(&format!("States.ArrayRange({first}, {last}, {step})")).expect("a call").eval(scope)
        }).expect("a range");
        let ours = jsonata(&format!("$range({first}, {last}, {step})"), &Value::Null);
        // In JSONata it is a sequence: none is undefined, one stands for itself.
        let sequence = match intrinsic.as_array() {
            Some([]) => None,
            Some([one]) => Some(one.clone()),
            _ => Some(intrinsic.clone()),
        };
        prop_assert_eq!(ours, Ok(sequence));
    }

    #[test]
    fn a_value_goes_through_jsonata_unchanged(value in any_value()) {
        let back = jsonata("$v", &value).expect("a value").expect("a value");
        // Numbers become floats, whole ones are written without a fraction, -0 is 0.
        let floats = |value: &Value| serde_json::from_str::<serde_json::Value>(&value.to_json()).map(as_floats).expect("JSON");
        prop_assert_eq!(floats(&back), floats(&value));
    }

    #[test]
    fn plain_members_give_what_the_whole_language_gives(input in any_value(), names in proptest::collection::vec("[abé]", 0..4)) {
        let members: String = names.iter().map(|name| format!(".{name}")).collect();
        let answers = [format!("$states.input{members}"), format!("($states.input{members})"), format!("($s := $states; $s.input{members})")].map(|text| {
            let expression = Expression::compile("Output", &text).expect("an expression");
            with_scope(&input, |scope| expression.eval_optional(scope).expect("a value").map(|v| v.to_json()))
        });
        prop_assert_eq!(&answers[0], &answers[1]);
        prop_assert_eq!(&answers[1], &answers[2]);
    }

    #[test]
    fn text_survives_json_and_base64(text in ".{0,40}") {
        let input = Value::from(text.as_str());
        with_scope(&input, |scope| {
            for call in ["States.StringToJson(States.JsonToString($))", "States.Base64Decode(States.Base64Encode($))"] {
                let value = Intrinsic::parse(call).expect("a call").eval(scope).expect("a value");
                assert_eq!(value, input, "{call}");
            }
        });
        prop_assert_eq!(jsonata("$parse($string([$v]))[0]", &input), Ok(Some(input)));
    }

    #[test]
    fn a_template_without_queries_is_itself(value in any_value()) {
        let plain = Template::compile(&value).expect("nothing to refuse");
        let jsonata = JsonataTemplate::compile("Output", &value).expect("nothing to refuse");
        prop_assert!(plain.is_literal() && jsonata.is_literal());
        with_scope(&Value::Null, |scope| {
            assert_eq!(plain.eval(scope).expect("a value"), value);
            assert_eq!(jsonata.eval(scope).expect("a value"), value);
        });
    }
}

/// The same JSON with every number as a float.
fn as_floats(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Json::Number(n) => n.as_f64().map_or(Json::Null, |f| format!("{:?}", f + 0.0).into()),
        Json::Array(items) => items.into_iter().map(as_floats).collect(),
        Json::Object(members) => members.into_iter().map(|(name, value)| (name, as_floats(value))).collect(),
        other => other,
    }
}
