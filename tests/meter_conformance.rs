//! What remote write 1.0 and 2.0 ask of a receiver, one by one, of a meter that taps. Inline the destination is the receiver.

use anyhow::{Context, Result, ensure};
use flagstaff_remote_write::Version;
use flagstaff_tests::{Meter, http};
use reqwest::Method;
use serde_json::json;

use crate::writer::{self, Series, series};

const ONE: &str = "application/x-protobuf";
const ONE_NAMED: &str = "application/x-protobuf;proto=prometheus.WriteRequest";
const TWO: &str = "application/x-protobuf;proto=io.prometheus.write.v2.Request";

/// One rule. A deviation is on purpose, and `docs/reference/meter.md` tells of it.
struct Rule {
    rule: &'static str,
    content_type: &'static str,
    encoding: &'static str,
    body: Vec<u8>,
    /// Active series afterwards, of a meter that knew none.
    series: u64,
    /// Samples that the answer says were written.
    written: u64,
    /// The code under which the request is missed.
    missed: Option<&'static str>,
}

fn rule(rule: &'static str, content_type: &'static str, body: Vec<u8>, series: u64, written: u64) -> Rule {
    Rule { rule, content_type, encoding: "snappy", body, series, written, missed: None }
}

impl Rule {
    fn missed(mut self, code: &'static str) -> Self {
        self.missed = Some(code);
        self
    }

    fn encoding(mut self, encoding: &'static str) -> Self {
        self.encoding = encoding;
        self
    }
}

fn some(count: u32) -> Vec<Series> {
    (0..count).map(|n| series(&[("__name__", "a"), ("job", "j"), ("n", &n.to_string())])).collect()
}

fn ended() -> Vec<Series> {
    let mut all = some(3);
    all.iter_mut().for_each(Series::ends);
    all
}

/// A request of 1.0 with one series of two labels and what is given besides.
fn one_with(more: &[u8]) -> Vec<u8> {
    let mut message = vec![0x0a, 0x0d, 0x0a, 8];
    message.extend(b"__name__");
    message.extend([0x12, 1, b'h', 0x0a, 6, 0x0a, 1, b'n', 0x12, 1, b'1']);
    message.extend(more);
    let mut request = vec![0x0a, u8::try_from(message.len()).unwrap_or(0)];
    request.extend(message);
    writer::pack(&request)
}

fn rules() -> Vec<Rule> {
    let sample: &[u8] = &[0x12, 9, 0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f];
    let histogram: &[u8] = &[0x22, 11, 0x08, 3, 0x19, 0, 0, 0, 0, 0, 0, 0x10, 0x40];
    let exemplar: &[u8] = &[0x1a, 9, 0x11, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f];
    let of = |parts: &[&[u8]]| one_with(&parts.concat());
    let unknown_field: &[u8] = &[0xfa, 0x3e, 2, 1, 2];
    let unsorted = [series(&[("z", "1"), ("__name__", "a")])];
    let repeated = [series(&[("__name__", "a"), ("n", "1"), ("n", "2")]), series(&[("__name__", "a"), ("n", "3")])];
    let empty_value = [series(&[("__name__", "a"), ("n", "")]), series(&[("__name__", "a")])];
    vec![
        rule("1.0 is taken without a parameter of the content type", ONE, writer::snappy(Version::One, &some(3)), 3, 3),
        rule("1.0 is taken by its name", ONE_NAMED, writer::snappy(Version::One, &some(3)), 3, 3),
        rule("2.0 is taken by its name", TWO, writer::snappy(Version::Two, &some(3)), 3, 3),
        rule("a request without series is fine", ONE, writer::snappy(Version::One, &[]), 0, 0),
        rule("a request without series is fine in 2.0", TWO, writer::snappy(Version::Two, &[]), 0, 0),
        rule("a stale marker is a sample, and ends a series", ONE, writer::snappy(Version::One, &ended()), 0, 3),
        rule("a native histogram is counted as one sample", ONE, of(&[histogram]), 1, 0),
        rule("an exemplar alone makes no series active", ONE, of(&[exemplar]), 0, 0),
        rule("samples and exemplars go together", ONE, of(&[sample, exemplar]), 1, 1),
        rule("fields of a later version are ignored", ONE, of(&[sample, unknown_field]), 1, 1),
        rule(
            "labels that are not sorted may be refused, and are forgiven",
            ONE,
            writer::snappy(Version::One, &unsorted),
            1,
            1,
        ),
        rule(
            "a label that stands twice: the series is not counted, the rest is",
            TWO,
            writer::snappy(Version::Two, &repeated),
            1,
            2,
        ),
        rule("a label without a value is no label", TWO, writer::snappy(Version::Two, &empty_value), 1, 2),
        // Deviations: a tap never gives its sender a reason to send again or to drop what others still want.
        rule(
            "an unknown message would be 415",
            "application/x-protobuf;proto=x.Y",
            writer::snappy(Version::One, &some(3)),
            0,
            0,
        )
        .missed("meter.unsupported"),
        rule("another content type would be 415", "application/json", b"{}".to_vec(), 0, 0).missed("meter.unsupported"),
        rule("another packing would be 415", ONE, b"x".to_vec(), 0, 0).encoding("gzip").missed("meter.unsupported"),
        rule("2.0 under the name of 1.0 would be 400", ONE, writer::snappy(Version::Two, &some(3)), 0, 0)
            .missed("meter.wrong_message"),
        rule("1.0 under the name of 2.0 would be 400", TWO, writer::snappy(Version::One, &some(3)), 0, 0)
            .missed("meter.wrong_message"),
        rule("what is not packed would be 400", ONE, vec![0xff; 3], 0, 0).missed("meter.truncated"),
        rule("what is cut off would be 400", ONE, writer::pack(&writer::plain(Version::One, &some(3))[..40]), 0, 0)
            .missed("meter.truncated"),
    ]
}

#[tokio::test]
async fn every_rule_for_receivers_is_kept_or_deviated_from_on_purpose() -> Result<()> {
    for one in rules() {
        let meter = Meter::start(&[]).await?;
        let headers = [
            ("content-type", one.content_type),
            ("content-encoding", one.encoding),
            ("x-prometheus-remote-write-version", "2.0.0"),
            ("x-header-of-tomorrow", "yes"),
        ];
        let answer = meter.write("/api/v1/write", &headers, one.body).await?;
        ensure!(answer.status() == 204, "{}: {}", one.rule, answer.status());
        let header = |name: &str| -> Result<u64> {
            let value = answer.headers().get(format!("x-prometheus-remote-write-{name}-written"));
            Ok(value.with_context(|| format!("{}: no {name}", one.rule))?.to_str()?.parse()?)
        };
        let said = (header("samples")?, header("histograms")?, header("exemplars")?);
        ensure!(said.0 == one.written, "{}: {said:?}", one.rule);
        ensure!(said.1 == u64::from(one.rule.contains("native")), "{}: {said:?}", one.rule);
        ensure!(said.2 == u64::from(one.rule.contains("exemplar")), "{}: {said:?}", one.rule);
        let summary = meter.summary().await?;
        ensure!(summary["series"]["value"] == one.series, "{}: {summary}", one.rule);
        let missed = one.missed.map_or(json!({}), |code| json!({ code: 1 }));
        ensure!(summary["dropped_or_missed"]["requests"] == missed, "{}: {summary}", one.rule);
    }
    Ok(())
}

#[tokio::test]
async fn only_posts_are_requests_of_senders() -> Result<()> {
    let meter = Meter::start(&[]).await?;
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let answer = http::client()?.request(method.clone(), meter.write_url()).send().await?;
        ensure!(answer.status() == 405, "{method}: {}", answer.status());
    }
    let answer = http::client()?.get(format!("{}/api/v1/nothing", meter.url())).send().await?;
    ensure!(answer.status() == 404 && answer.text().await?.contains("meter.not_found"));
    let answer = http::client()?.get(format!("{}/api/v1/top?by=colour", meter.url())).send().await?;
    ensure!(answer.status() == 400 && answer.text().await?.contains("meter.question"));
    Ok(())
}
