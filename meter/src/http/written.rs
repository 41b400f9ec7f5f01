//! The headers by which remote write 2.0 tells a sender how much was written.

use axum::http::{HeaderMap, HeaderValue};

use crate::receive::Written;

/// Their names, each with what it counts.
fn counts(written: Written) -> [(&'static str, u64); 3] {
    [
        ("x-prometheus-remote-write-samples-written", written.samples),
        ("x-prometheus-remote-write-histograms-written", written.histograms),
        ("x-prometheus-remote-write-exemplars-written", written.exemplars),
    ]
}

/// Says how much was written.
pub(super) fn set(headers: &mut HeaderMap, written: Written) {
    for (name, count) in counts(written) {
        headers.insert(name, HeaderValue::from(count));
    }
}

/// Adds to what a destination says; one that says nothing speaks 1.0.
pub(super) fn add(headers: &mut HeaderMap, more: Written) {
    for (name, count) in counts(more) {
        let said = headers.get(name).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        if let Some(said) = said {
            headers.insert(name, HeaderValue::from(said.saturating_add(count)));
        }
    }
}
