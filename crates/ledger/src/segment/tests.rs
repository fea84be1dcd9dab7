use super::*;
use model::ItemStatus;
use proptest::prelude::*;

#[test]
fn dropped_payloads_leave_places_statuses_and_failures() {
    let record = |index, status| Record {
        index,
        status,
        attempt: 1,
        input: r#"{"id":1}"#,
        output: if status == ItemStatus::Succeeded { Output::Input } else { Output::None },
        history: b"history",
        ..Record::default()
    };
    let records =
        [record(0, ItemStatus::Succeeded), record(1, ItemStatus::Failed), record(2, ItemStatus::Succeeded)];
    let mut builder = SegmentBuilder::default();
    records.iter().for_each(|one| assert!(usize::from(builder.push(one)) < 3));
    let whole = Segment::decode(&builder.finish().0).unwrap();
    let trimmed = Segment::decode(&whole.without_payloads(|index| index == 2)).unwrap();
    let dropped = Record { input: "", output: Output::None, history: &[], ..records[0] };
    assert_eq!([0, 1, 2].map(|slot| trimmed.record(slot).unwrap()), [dropped, records[1], records[2]]);
}

proptest! {
    #[test]
    fn records_come_back(
        rows in prop::collection::vec(
            (any::<u32>(), "\\PC{0,20}", any::<Option<String>>(), any::<Option<String>>(), any::<Vec<u8>>(), any::<Option<Vec<u8>>>()),
            0..40,
        )
    ) {
        let records: Vec<Record> = rows.iter().map(|(index, input, output, error, history, resume)| Record {
            index: u64::from(*index),
            status: if error.is_some() { ItemStatus::Failed } else { ItemStatus::Succeeded },
            attempt: 1 + index % 3,
            input,
            output: match output {
                None => Output::None,
                Some(text) if text == input => Output::Input,
                Some(text) => Output::Text(text),
            },
            error: error.as_deref(),
            cause: error.as_deref().filter(|e| e.len() > 3),
            history,
            resume: resume.as_deref(),
            earlier: (index % 2 == 0).then_some(SegmentRef { segment: *index / 2, slot: 255 }),
        }).collect();
        let mut builder = SegmentBuilder::default();
        for (slot, record) in records.iter().enumerate() {
            prop_assert_eq!(usize::from(builder.push(record)), slot);
        }
        let (data, keys) = builder.finish();
        prop_assert!(builder.is_empty());
        let segment = Segment::decode(&data).unwrap();
        prop_assert_eq!(segment.len(), records.len());
        for (slot, record) in records.iter().enumerate() {
            prop_assert_eq!(&segment.record(slot as u16).unwrap(), record);
        }
        let keys = Segment::decode_keys(&keys).unwrap();
        prop_assert_eq!(keys, records.iter().map(|r| (r.index, item_key(r.input))).collect::<Vec<_>>());
    }

    #[test]
    fn damaged_bytes_never_panic(bytes: Vec<u8>) {
        let mut stored = vec![0, FORMAT];
        stored.extend(&bytes);
        let _ = Segment::decode(&stored);
        let _ = Segment::decode_keys(&bytes);
    }
}

#[cfg(feature = "zstd")]
#[test]
fn payloads_of_alike_items_need_few_bytes() {
    let mut builder = SegmentBuilder::default();
    for index in 0..256u64 {
        let input = format!(
            r#"{{"Etag":"\"{:032x}\"","Key":"photos/2026/03/14/IMG_{index:06}.jpg","LastModified":1773480413,"Size":{},"StorageClass":"STANDARD"}}"#,
            7, 1_000_000 + index * 37
        );
        builder.push(&Record { index, attempt: 1, input: &input, output: Output::Input, ..Record::default() });
    }
    assert!(builder.is_full());
    let (data, keys) = builder.finish();
    let per_item = (data.len() + keys.len()) as f64 / 256.0;
    assert!(per_item < 20.0, "{per_item} bytes");
}
