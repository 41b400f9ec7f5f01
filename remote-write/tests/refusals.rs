//! What is refused, with the place and the reason, and without taking memory for what is only claimed.

mod reference;

use flagstaff_remote_write::{Encoding, Error, Fault, Limits, Request, Shape, Version, body};
use prost::Message;
use reference::{one, two};

const LIMITS: Limits = Limits { unpacked_bytes: 1 << 20, labels: 4, name_bytes: 20, value_bytes: 100, symbols: 50 };

fn walk(version: Version, bytes: &[u8]) -> Result<Vec<Shape>, Error> {
    let request = Request::read(version, bytes, &LIMITS)?;
    let mut shapes = vec![];
    request.each(|series| series.read(|_| {}).map(|shape| shapes.push(shape)))?;
    Ok(shapes)
}

fn label(name: &str, value: &str) -> one::Label {
    one::Label { name: name.into(), value: value.into() }
}

fn request(labels: Vec<one::Label>) -> Vec<u8> {
    let sample = one::Sample { value: 1.0, timestamp: 1 };
    let fine =
        one::TimeSeries { labels: vec![label("__name__", "up")], samples: vec![sample.clone()], ..Default::default() };
    let other = one::TimeSeries { labels, samples: vec![sample], ..Default::default() };
    one::WriteRequest { timeseries: vec![fine, other], metadata: vec![] }.encode_to_vec()
}

fn unpack(encoding: Encoding, bytes: &[u8]) -> (Fault, usize) {
    let mut buffer = Vec::new();
    let error = body::open(encoding, bytes, &LIMITS, &mut buffer).expect_err("it is refused");
    (error.fault, buffer.capacity())
}

#[test]
fn claims_of_gigabytes_take_no_memory() {
    // A snappy header: 4 GiB less one byte, and one of 2^35.
    for header in [&[0xff, 0xff, 0xff, 0xff, 0x0f][..], &[0x80, 0x80, 0x80, 0x80, 0x80, 0x01]] {
        let mut bytes = header.to_vec();
        bytes.extend([0; 40]);
        let (fault, taken) = unpack(Encoding::Snappy, &bytes);
        assert!(matches!(fault, Fault::TooLarge { claimed, .. } if claimed > 4_000_000_000), "{fault:?}");
        assert_eq!(taken, 0);
    }
    // Within the limit, but more than can come out of that many bytes.
    let (fault, taken) = unpack(Encoding::Snappy, &[0xff, 0xff, 0x3f, 0, 0]);
    assert!(matches!(fault, Fault::TooLarge { .. }) && taken == 0, "{fault:?}");
    // A zstd frame with a content size of 8 GiB in its header.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0b1110_0000];
    frame.extend((8_u64 << 30).to_le_bytes());
    let (fault, taken) = unpack(Encoding::Zstd, &frame);
    assert!(matches!(fault, Fault::TooLarge { claimed, .. } if claimed == 8 << 30), "{fault:?}");
    assert_eq!(taken, 0);
    // One that claims nothing and is a bomb: 64 MiB of zeros in a few KiB.
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).expect("an encoder");
    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), 64 << 20), &mut encoder).expect("compress");
    let bomb = encoder.finish().expect("a frame");
    assert!(bomb.len() < 20_000);
    let (fault, taken) = unpack(Encoding::Zstd, &bomb);
    assert!(matches!(fault, Fault::TooLarge { .. }), "{fault:?}");
    assert!(taken <= 4 * LIMITS.unpacked_bytes, "{taken} bytes");
    // A window of 1 GiB, which a decoder would have to keep.
    let (fault, taken) = unpack(Encoding::Zstd, &[0x28, 0xb5, 0x2f, 0xfd, 0, 0xa0, 1, 0, 0]);
    assert!(matches!(fault, Fault::Compression("zstd", _)), "{fault:?}");
    assert!(taken <= 64, "{taken} bytes");
}

#[test]
fn damaged_and_cut_bodies_are_told_apart_from_good_ones() {
    let good = snap::raw::Encoder::new().compress_vec(&request(vec![label("a", "b")])).expect("compress");
    for cut in 1..good.len() {
        let refused = body::open(Encoding::Snappy, &good[..good.len() - cut], &LIMITS, &mut vec![]);
        assert!(refused.is_err(), "cut by {cut}");
    }
    assert_eq!(unpack(Encoding::Snappy, &[]).0, Fault::Truncated);
    assert!(matches!(unpack(Encoding::Zstd, b"plain text").0, Fault::Compression("zstd", _)));
    let packed = zstd::encode_all(&b"something"[..], 3).expect("compress");
    assert_eq!(unpack(Encoding::Zstd, &packed[..packed.len() - 3]).0, Fault::Truncated);
}

#[test]
fn an_error_names_its_place() {
    let many = (0..5).map(|number| label(&format!("l{number}"), "v")).collect();
    let error = walk(Version::One, &request(many)).expect_err("too many labels");
    assert_eq!(error.fault, Fault::TooMany(4));
    assert!(error.to_string().starts_with("timeseries[1].labels[4] at byte "), "{error}");

    let error = walk(Version::One, &request(vec![label("a", &"x".repeat(101))])).expect_err("a long value");
    assert_eq!(error.fault, Fault::TooLong { bytes: 101, allowed: 100 });

    let mut bytes = request(vec![label("a", "\u{e4}")]);
    let place = bytes.iter().rposition(|byte| *byte == 0xc3).expect("the letter");
    bytes[place] = 0xff;
    let error = walk(Version::One, &bytes).expect_err("no UTF-8");
    assert_eq!((error.fault.clone(), error.place.series, error.place.field), (Fault::NotUtf8, Some(1), "labels"));
    assert!(error.place.offset >= place, "{error}");

    let bytes = request(vec![label("a", "b")]);
    let error = walk(Version::One, &bytes[..bytes.len() - 1]).expect_err("cut");
    assert_eq!((error.fault.clone(), error.fault.code()), (Fault::Truncated, "meter.truncated"));
}

#[test]
fn what_the_protocol_forbids_within_labels_is_told() {
    let shape = |labels| walk(Version::One, &request(labels)).expect("it can be read")[1];
    let fine = shape(vec![label("a", "1"), label("b", "2")]);
    assert!(!fine.unsorted && !fine.repeated && !fine.empty);
    assert!(shape(vec![label("b", "1"), label("a", "2")]).unsorted);
    assert!(shape(vec![label("a", "1"), label("a", "2")]).repeated);
    let far = shape(vec![label("b", "1"), label("a", "2"), label("b", "3")]);
    assert!(far.unsorted && far.repeated);
    assert!(shape(vec![label("a", "")]).empty && shape(vec![label("", "a")]).empty);
}

#[test]
fn symbols_that_are_not_there_are_refused() {
    let of = |symbols: &[&str], labels_refs: Vec<u32>| {
        let symbols = symbols.iter().map(|text| (*text).to_owned()).collect();
        let timeseries = vec![two::TimeSeries { labels_refs, ..Default::default() }];
        walk(Version::Two, &two::Request { symbols, timeseries }.encode_to_vec())
    };
    assert_eq!(of(&["", "a", "b"], vec![1, 2]).expect("fine")[0].labels, 1);
    let error = of(&["", "a"], vec![1, 2]).expect_err("no such symbol");
    assert_eq!(error.fault, Fault::NoSymbol { reference: 2, count: 2 });
    assert_eq!(error.place.series, Some(0));
    assert_eq!(of(&["", "a"], vec![1]).expect_err("odd").fault, Fault::OddReferences);
    assert_eq!(of(&["a"], vec![0, 0]).expect_err("not empty").fault, Fault::FirstSymbol);
    let many: Vec<&str> = vec![""; 51];
    assert_eq!(of(&many, vec![0, 0]).expect_err("too many").fault, Fault::TooMany(50));
}

#[test]
fn one_version_is_not_read_as_the_other() {
    let old = request(vec![label("a", "b")]);
    assert_eq!(walk(Version::Two, &old).expect_err("1.0 as 2.0").fault, Fault::WrongType(1));
    let timeseries = vec![two::TimeSeries { labels_refs: vec![1, 1], ..Default::default() }];
    let new = two::Request { symbols: vec![String::new(), "a".into()], timeseries }.encode_to_vec();
    assert_eq!(walk(Version::One, &new).expect_err("2.0 as 1.0").fault, Fault::WrongType(4));
}

#[test]
fn headers_say_which_message_it_is() {
    for (header, version) in [
        ("application/x-protobuf", Some(Version::One)),
        ("application/x-protobuf;proto=prometheus.WriteRequest", Some(Version::One)),
        ("application/x-protobuf; proto=io.prometheus.write.v2.Request", Some(Version::Two)),
        ("application/x-protobuf;proto=\"io.prometheus.write.v2.Request\"", Some(Version::Two)),
        ("application/x-protobuf;proto=something.Else", None),
        ("application/json", None),
        ("", None),
    ] {
        assert_eq!(Version::of(header), version, "{header}");
    }
    assert_eq!(Encoding::of(None), Some(Encoding::Snappy));
    assert_eq!(Encoding::of(Some("zstd")), Some(Encoding::Zstd));
    assert_eq!(Encoding::of(Some("gzip")), None);
}
