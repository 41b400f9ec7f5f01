//! What the walk finds is what was written: requests of both versions, written by prost, packed by snappy and zstd.

mod reference;

use std::collections::BTreeMap;

use flagstaff_remote_write::{Encoding, Error, Limits, Request, STALE, Shape, Version, body};
use proptest::prelude::*;
use prost::Message;
use reference::{one, two};

/// One series, whatever the version.
#[derive(Debug, Clone, PartialEq)]
struct Wanted {
    labels: Vec<(String, String)>,
    samples: Vec<(f64, i64)>,
    histograms: Vec<one::Histogram>,
    exemplars: usize,
}

type Found = Vec<(Vec<(String, String)>, Shape)>;

fn walk(version: Version, bytes: &[u8]) -> Result<Found, Error> {
    let limits = Limits::default();
    let request = Request::read(version, bytes, &limits)?;
    let mut found = vec![];
    request.each(|series| {
        let mut labels = vec![];
        let shape = series.read(|label| labels.push((label.name.text.to_owned(), label.value.text.to_owned())))?;
        let (offset, length) = series.place();
        let again = request.series_at(offset, length).expect("it is there").read(|_| {})?;
        assert_eq!(again, shape);
        found.push((labels, shape));
        Ok(())
    })?;
    Ok(found)
}

fn as_one(all: &[Wanted]) -> Vec<u8> {
    let label = |(name, value): &(String, String)| one::Label { name: name.clone(), value: value.clone() };
    let series = |wanted: &Wanted| one::TimeSeries {
        labels: wanted.labels.iter().map(label).collect(),
        samples: wanted
            .samples
            .iter()
            .map(|(value, timestamp)| one::Sample { value: *value, timestamp: *timestamp })
            .collect(),
        exemplars: (0..wanted.exemplars)
            .map(|_| one::Exemplar { labels: vec![one::Label::default()], value: 1.0, timestamp: 1 })
            .collect(),
        histograms: wanted.histograms.clone(),
    };
    let metadata = vec![one::Metadata { kind: 1, family: "a".into(), help: "b".into() }];
    one::WriteRequest { timeseries: all.iter().map(series).collect(), metadata }.encode_to_vec()
}

fn as_two(all: &[Wanted]) -> Vec<u8> {
    let mut symbols = vec![String::new()];
    let mut known = BTreeMap::from([(String::new(), 0_u32)]);
    let mut reference = |text: &str| {
        *known.entry(text.to_owned()).or_insert_with(|| {
            symbols.push(text.to_owned());
            symbols.len() as u32 - 1
        })
    };
    let mut timeseries = vec![];
    for wanted in all {
        let labels_refs = wanted.labels.iter().flat_map(|(name, value)| [reference(name), reference(value)]).collect();
        timeseries.push(two::TimeSeries {
            labels_refs,
            samples: wanted
                .samples
                .iter()
                .map(|(value, timestamp)| two::Sample { value: *value, timestamp: *timestamp })
                .collect(),
            histograms: wanted.histograms.clone(),
            exemplars: (0..wanted.exemplars)
                .map(|_| two::Exemplar { labels_refs: vec![0, 0], value: 1.0, timestamp: 1 })
                .collect(),
            metadata: Some(two::Metadata { kind: 1, help_ref: 0, unit_ref: 0 }),
        });
    }
    two::Request { symbols, timeseries }.encode_to_vec()
}

fn shape(wanted: &Wanted, version: Version) -> Shape {
    let stale = |value: f64| value.to_bits() == STALE;
    let values: Vec<f64> = wanted.samples.iter().map(|(value, _)| *value).collect();
    let sums: Vec<f64> = wanted.histograms.iter().map(|histogram| histogram.sum).collect();
    // Both writers put samples first and then histograms, except that 1.0 has exemplars in between.
    let all: Vec<f64> = values.iter().chain(&sums).copied().collect();
    let names: Vec<&String> = wanted.labels.iter().map(|(name, _)| name).collect();
    let mut sorted = names.clone();
    sorted.sort();
    sorted.dedup();
    Shape {
        labels: wanted.labels.len(),
        samples: values.len() as u64,
        histograms: sums.len() as u64,
        exemplars: wanted.exemplars as u64,
        metadata: version == Version::Two,
        ended: all.last().is_some_and(|value| stale(*value)),
        lives: all.iter().any(|value| !stale(*value)),
        unsorted: names.windows(2).any(|pair| pair[0] > pair[1]),
        repeated: sorted.len() < names.len(),
        empty: wanted.labels.iter().any(|(name, value)| name.is_empty() || value.is_empty()),
    }
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![4 => any::<f64>(), 1 => Just(f64::from_bits(STALE)), 1 => Just(0.0)]
}

fn histogram() -> impl Strategy<Value = one::Histogram> {
    (value(), any::<i32>(), prop::collection::vec(any::<i64>(), 0..4), prop::collection::vec(any::<f64>(), 0..3))
        .prop_map(|(sum, offset, positive_deltas, custom_values)| one::Histogram {
            count: Some(3),
            sum,
            schema: -4,
            zero_threshold: 1e-9,
            positive_spans: vec![one::Span { offset, length: 2 }],
            positive_deltas,
            timestamp: 1_795_000_000_000,
            custom_values,
        })
}

fn series() -> impl Strategy<Value = Wanted> {
    (
        prop::collection::vec(("[a-c_]{0,3}", "\\PC{0,9}"), 0..7),
        prop::collection::vec((value(), any::<i64>()), 0..4),
        prop::collection::vec(histogram(), 0..3),
        0..3_usize,
    )
        .prop_map(|(labels, samples, histograms, exemplars)| Wanted { labels, samples, histograms, exemplars })
}

proptest! {
    #[test]
    fn what_was_written_is_found(all in prop::collection::vec(series(), 0..12)) {
        for (version, bytes) in [(Version::One, as_one(&all)), (Version::Two, as_two(&all))] {
            let found = walk(version, &bytes).expect("it is well formed");
            let wanted: Found = all.iter().map(|wanted| (wanted.labels.clone(), shape(wanted, version))).collect();
            prop_assert_eq!(found, wanted);
        }
    }

    #[test]
    fn what_is_packed_is_unpacked(all in prop::collection::vec(series(), 0..12)) {
        let bytes = as_one(&all);
        let mut buffer = vec![];
        let snappy = snap::raw::Encoder::new().compress_vec(&bytes).expect("compress");
        body::open(Encoding::Snappy, &snappy, &Limits::default(), &mut buffer).expect("snappy");
        prop_assert_eq!(&buffer, &bytes);
        let zstd = zstd::encode_all(bytes.as_slice(), 3).expect("compress");
        body::open(Encoding::Zstd, &zstd, &Limits::default(), &mut buffer).expect("zstd");
        prop_assert_eq!(&buffer, &bytes);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for version in [Version::One, Version::Two] {
            let _ = walk(version, &bytes);
        }
        for encoding in [Encoding::Snappy, Encoding::Zstd] {
            let _ = body::open(encoding, &bytes, &Limits::default(), &mut vec![]);
        }
    }

    #[test]
    fn nothing_cut_off_is_taken_for_whole(all in prop::collection::vec(series(), 1..4), cut in 1..40_usize) {
        for (version, bytes) in [(Version::One, as_one(&all)), (Version::Two, as_two(&all))] {
            let cut = cut.min(bytes.len() - 1);
            let short = &bytes[..bytes.len() - cut];
            // Cut between two fields of the request it is a shorter request; anywhere else it is an error.
            if let Ok(found) = walk(version, short) {
                prop_assert!(found.len() <= all.len());
                for (found, wanted) in found.iter().zip(&all) {
                    prop_assert_eq!(&found.0, &wanted.labels);
                }
            }
        }
    }
}
