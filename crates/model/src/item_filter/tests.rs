use super::*;

fn parse(text: &str) -> Result<ItemFilter, FilterError> {
    text.parse()
}

fn refused(text: &str) -> (usize, String) {
    let error = parse(text).unwrap_err();
    (error.position, error.message)
}

#[test]
fn every_word_is_read() {
    let filter =
        parse("status:failed,timed_out error:AccessDenied key:photos/ duration:>2s range:0-4095")
            .unwrap();
    assert_eq!(filter.statuses, [ItemStatus::Failed, ItemStatus::TimedOut]);
    assert_eq!(
        (filter.errors, filter.key.as_deref()),
        (vec!["AccessDenied".to_owned()], Some("photos/"))
    );
    assert_eq!((filter.duration_ms, filter.range), (Some(2_001..=u64::MAX), Some(0..=4_095)));
    let filter = parse(r#"cause:"no, such \"key\"" state:Copy group:3,4 attempts:>=2 a,b"#).unwrap();
    assert_eq!(filter.causes, [r#"no, such "key""#]);
    assert_eq!(
        (filter.groups, filter.attempts, filter.key.as_deref()),
        (vec![3, 4], Some(2..=u64::MAX), Some("a,b"))
    );
    assert!(parse("  ").unwrap().is_empty());
}

#[test]
fn numbers_and_durations_have_their_forms() {
    let duration = |text: &str| parse(&format!("duration:{text}")).unwrap().duration_ms.unwrap();
    assert_eq!(duration("1.5s"), 1_500..=1_500);
    assert_eq!(duration("<500ms"), 0..=499);
    assert_eq!(duration("<=1m"), 0..=60_000);
    assert_eq!(duration("1s-1h"), 1_000..=3_600_000);
    assert_eq!(parse("range:7").unwrap().range, Some(7..=7));
}

#[test]
fn errors_name_the_place_and_what_is_allowed() {
    assert_eq!(refused("status:failed status:aborted").0, 14);
    let (at, said) = refused("key:a status:lost");
    assert_eq!(at, 13);
    assert!(said.contains("\"lost\"") && said.contains("timed_out"), "{said}");
    let (at, said) = refused("colour:red");
    assert!(at == 0 && said.contains("duration"), "{said}");
    assert_eq!(refused("duration:>2").0, 10);
    assert_eq!(refused("range:5-x").0, 8);
    assert_eq!(refused("range:9-3").0, 6);
    assert_eq!(refused("range:<0").0, 6);
    assert_eq!(refused("error:").0, 6);
    assert_eq!(refused("key:\"open").0, 4);
    assert_eq!(refused("key:\"a\"b").0, 7);
    assert_eq!(refused("range:1,2").0, 8);
    assert_eq!(refused("group:x").0, 6);
    assert_eq!(refused(&"x".repeat(MAX_FILTER_CHARS + 1)).0, MAX_FILTER_CHARS);
    assert_eq!(parse("status:lost").unwrap_err().to_string().split(':').next(), Some("at character 8"));
}

#[test]
fn what_is_printed_reads_back() {
    for text in [
        "status:failed,timed_out error:AccessDenied key:photos/ duration:>=2000ms range:0-4095",
        r#"error:"a b",c cause:"say \"no\"" state:Copy group:1 attempts:3"#,
        r#"key:"white space""#,
        r"key:back\slash",
        "",
    ] {
        let filter = parse(text).unwrap();
        assert_eq!(filter.to_string(), text);
        assert_eq!(parse(&filter.to_string()).unwrap(), filter);
    }
}
