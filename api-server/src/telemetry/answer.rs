//! What stores answer, in one form for both kinds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Fault, StoreKind};

/// One series with its values.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Series {
    /// Its labels, `__name__` too.
    pub labels: BTreeMap<String, String>,
    /// Unix time in seconds, and the value; `null` where it is no number.
    #[schema(value_type = Vec<Vec<serde_json::Value>>)]
    pub points: Vec<(f64, Option<f64>)>,
}

/// Log lines that have their labels in common.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LogStream {
    /// Their labels.
    pub labels: BTreeMap<String, String>,
    /// Unix time in nanoseconds as text, and the line.
    #[schema(value_type = Vec<Vec<String>>)]
    pub lines: Vec<(String, String)>,
}

/// What a store answered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// `matrix`, `vector`, `scalar` or `streams`.
    pub result_type: &'static str,
    /// Series, unless they are streams.
    pub series: Vec<Series>,
    /// Streams of log lines.
    pub streams: Vec<LogStream>,
    /// What the store says besides.
    pub warnings: Vec<String>,
}

#[derive(Deserialize)]
struct Envelope<T> {
    status: String,
    data: Option<T>,
    #[serde(default)]
    error: String,
    #[serde(default)]
    warnings: Vec<String>,
}

#[derive(Deserialize)]
#[serde(tag = "resultType", content = "result", rename_all = "lowercase")]
enum Data {
    Matrix(Vec<Many>),
    Vector(Vec<One>),
    Scalar((f64, String)),
    Streams(Vec<Lines>),
}

#[derive(Deserialize)]
struct Many {
    metric: BTreeMap<String, String>,
    #[serde(default)]
    values: Vec<(f64, String)>,
}

#[derive(Deserialize)]
struct One {
    metric: BTreeMap<String, String>,
    value: Option<(f64, String)>,
}

#[derive(Deserialize)]
struct Lines {
    stream: BTreeMap<String, String>,
    values: Vec<(String, String)>,
}

/// Longest sentence of a store that is passed on.
const MAX_SENTENCE: usize = 300;

/// Reads the answer to a query.
pub(super) fn read(kind: StoreKind, body: &[u8]) -> Result<Answer, Fault> {
    let envelope = open::<Data>(kind, body)?;
    let warnings = envelope.warnings.iter().map(|text| sentence(text)).collect();
    let data = envelope.data.ok_or_else(|| not_understood(kind, "JSON without data"))?;
    let point = |(at, value): (f64, String)| (at, value.parse().ok().filter(|value: &f64| value.is_finite()));
    let answer = match data {
        Data::Matrix(all) => {
            let series =
                |many: Many| Series { labels: many.metric, points: many.values.into_iter().map(point).collect() };
            Answer { result_type: "matrix", series: all.into_iter().map(series).collect(), ..Answer::default() }
        }
        Data::Vector(all) => {
            let series = |one: One| Series { labels: one.metric, points: one.value.into_iter().map(point).collect() };
            Answer { result_type: "vector", series: all.into_iter().map(series).collect(), ..Answer::default() }
        }
        Data::Scalar(value) => {
            let series = Series { labels: BTreeMap::new(), points: vec![point(value)] };
            Answer { result_type: "scalar", series: vec![series], ..Answer::default() }
        }
        Data::Streams(all) => {
            let stream = |lines: Lines| LogStream { labels: lines.stream, lines: lines.values };
            Answer { result_type: "streams", streams: all.into_iter().map(stream).collect(), ..Answer::default() }
        }
    };
    Ok(Answer { warnings, ..answer })
}

/// Reads a list of a label's values.
pub(super) fn read_values(kind: StoreKind, body: &[u8]) -> Result<Vec<String>, Fault> {
    // Loki leaves out what is empty.
    Ok(open::<Vec<String>>(kind, body)?.data.unwrap_or_default())
}

fn open<T: serde::de::DeserializeOwned>(kind: StoreKind, body: &[u8]) -> Result<Envelope<T>, Fault> {
    let envelope: Envelope<T> =
        serde_json::from_slice(body).map_err(|_| not_understood(kind, "not the JSON that it should be"))?;
    match envelope.status.as_str() {
        "success" => Ok(envelope),
        "error" => Err(Fault::QueryRefused(sentence(&envelope.error))),
        _ => Err(not_understood(kind, "JSON of something else")),
    }
}

/// What a store says of a query that it refuses: only what is surely its own word, so that nothing else can be read through the hub.
pub(super) fn refusal(kind: StoreKind, status: u16, body: &[u8]) -> Fault {
    #[derive(Deserialize)]
    struct Refusal {
        status: String,
        error: String,
    }
    if let Ok(Refusal { status, error }) = serde_json::from_slice(body)
        && status == "error"
    {
        return Fault::QueryRefused(sentence(&error));
    }
    let text = String::from_utf8_lossy(body);
    if kind == StoreKind::Loki
        && ["parse error", "queries require", "maximum", "the query", "log queries"]
            .iter()
            .any(|word| text.starts_with(word))
    {
        return Fault::QueryRefused(sentence(&text));
    }
    not_understood(kind, format!("status {status}"))
}

pub(super) fn not_understood(kind: StoreKind, what: impl Into<String>) -> Fault {
    let kind = match kind {
        StoreKind::Prometheus => "Prometheus",
        StoreKind::Loki => "Loki",
    };
    Fault::NotUnderstood { kind, what: what.into() }
}

/// One line of bounded length that ends as a sentence.
fn sentence(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_SENTENCE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None if line.ends_with('.') => line,
        None => format!("{line}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_both_kinds_are_read() {
        let body = br#"{"status":"success","data":{"resultType":"matrix","result":[
            {"metric":{"a":"b"},"values":[[1.5,"2"],[2,"NaN"],[3,"+Inf"]]}]},"warnings":["slow"]}"#;
        let answer = read(StoreKind::Prometheus, body).expect("a matrix");
        assert_eq!(answer.series[0].points, [(1.5, Some(2.0)), (2.0, None), (3.0, None)]);
        assert_eq!((answer.result_type, answer.warnings[0].as_str()), ("matrix", "slow."));
        let body = br#"{"status":"success","data":{"resultType":"streams","result":[{"stream":{"a":"b"},"values":[["1","x"]]}],"stats":{"x":{}}}}"#;
        assert_eq!(read(StoreKind::Loki, body).expect("streams").streams[0].lines, [("1".into(), "x".into())]);
        let body = br#"{"status":"success","data":{"resultType":"scalar","result":[1,"7"]}}"#;
        assert_eq!(read(StoreKind::Prometheus, body).expect("a scalar").series[0].points, [(1.0, Some(7.0))]);
        assert_eq!(read_values(StoreKind::Loki, br#"{"status":"success"}"#), Ok(vec![]));
    }

    #[test]
    fn what_is_no_answer_is_said_and_never_shown() {
        for body in [
            &b"<html>secret</html>"[..],
            b"",
            b"{}",
            b"[]",
            b"null",
            br#"{"status":"success"}"#,
            br#"{"status":"secret"}"#,
        ] {
            let fault = read(StoreKind::Prometheus, body).expect_err("no answer");
            assert_eq!(fault.code(), "store_not_understood");
            assert!(!fault.to_string().contains("secret"), "{fault}");
        }
        let refused =
            refusal(StoreKind::Prometheus, 400, br#"{"status":"error","errorType":"bad_data","error":"bad\nquery"}"#);
        assert_eq!(refused, Fault::QueryRefused("bad query.".into()));
        assert_eq!(refusal(StoreKind::Loki, 400, b"parse error at line 1").code(), "store_query_refused");
        assert!(!refusal(StoreKind::Prometheus, 400, b"parse error: secret").to_string().contains("secret"));
    }
}
