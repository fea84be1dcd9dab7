//! Paths, templates, intrinsic functions and expressions on a record of about 1 KB.

use asl::intrinsics::Intrinsic;
use asl::{Expression, JsonataTemplate, Path, Rng, Scope, Template, Value, Variables};
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;

/// An order of about 1 KB.
fn record() -> Value {
    let lines: Vec<String> = (0..12)
        .map(|n| {
            format!(
                r#"{{"sku":"SKU-{n:05}","name":"A thing of some kind","quantity":{},"price":{}.25}}"#,
                n % 4 + 1,
                n * 3
            )
        })
        .collect();
    let text = format!(
        r#"{{"id":"o-20931","customer":{{"id":"c-1","name":"Ada Lovelace","city":"London"}},"currency":"EUR","lines":[{}]}}"#,
        lines.join(",")
    );
    Value::from_json(&text).expect("the record is JSON")
}

fn expressions(c: &mut Criterion) {
    let record = record();
    let context = Value::from_json(r#"{"Map":{"Item":{"Index":7}},"Execution":{"Name":"run"}}"#)
        .expect("the context is JSON");
    let (variables, rng) = (Variables::default(), Rng::new(1));
    let scope = Scope::new(&record, &context, &variables, &rng);
    println!("record: {} bytes", record.to_json().len());

    for (name, text) in [
        ("path/member", "$.customer.name"),
        ("path/wildcard", "$.lines[*].sku"),
        ("path/filter", "$.lines[?(@.price > 10 && @.quantity in [1, 2])].sku"),
    ] {
        let path = Path::parse(text).expect("a path");
        c.bench_function(name, |b| b.iter(|| black_box(path.eval(&scope))));
    }
    let call = Intrinsic::parse("States.Format('{}-{}', $.id, $$.Map.Item.Index)").expect("a call");
    c.bench_function("intrinsic/format", |b| b.iter(|| black_box(call.eval(&scope))));

    let template = Value::from_json(
        r#"{"id.$":"$.id","customer.$":"$.customer.name","index.$":"$$.Map.Item.Index","lines.$":"$.lines","kind":"order"}"#,
    )
    .expect("the template is JSON");
    let template = Template::compile(&template).expect("a template");
    c.bench_function("template/5_members", |b| b.iter(|| black_box(template.eval(&scope))));

    for (name, text) in [
        ("jsonata/member", "$states.input.customer.name"),
        (
            "jsonata/transform_1KB",
            "{'id': $states.input.id, 'total': $sum($states.input.lines.(quantity * price)), 'skus': $states.input.lines[quantity > 1].sku, 'to': $states.input.customer.name & ', ' & $states.input.customer.city}",
        ),
        (
            "jsonata/map_function",
            "$map($states.input.lines, function($l) { {'sku': $l.sku, 'sum': $l.quantity * $l.price} })",
        ),
    ] {
        let expression = Expression::compile("Output", text).expect("an expression");
        expression.eval(&scope).expect("a value");
        c.bench_function(name, |b| b.iter(|| black_box(expression.eval(&scope))));
    }
    let template = Value::from_json(
        r#"{"id":"{% $states.input.id %}","customer":"{% $states.input.customer.name %}","index":"{% $states.context.Map.Item.Index %}","lines":"{% $states.input.lines %}","kind":"order"}"#,
    )
    .expect("the template is JSON");
    let template = JsonataTemplate::compile("Output", &template).expect("a template");
    c.bench_function("jsonata/template_5_members", |b| b.iter(|| black_box(template.eval(&scope))));
    c.bench_function("jsonata/compile", |b| {
        b.iter(|| black_box(Expression::compile("Output", "$sum($states.input.lines.(quantity * price))")))
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(40);
    targets = expressions
}
criterion_main!(benches);
