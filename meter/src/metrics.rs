//! The meter's own numbers, all beginning with `flagstaff_meter_`.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::report::{Missed, Summary};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    destination: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Code {
    code: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Protocol {
    version: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Span {
    span: &'static str,
}

/// Handles to the metrics.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answer, Counter>,
    counted: Family<Protocol, Counter>,
    missed: Family<Code, Counter>,
    /// What was missed by code, for the API.
    missed_codes: Mutex<Vec<&'static str>>,
    /// Series that could not be counted.
    pub missed_series: Counter,
    /// Series whose labels were not sorted.
    pub unsorted_series: Counter,
    /// Samples and histograms that were counted.
    pub samples: Counter,
    /// Budgets that are kept.
    pub budgets: Gauge,
    /// Samples and histograms that a budget refused.
    pub refused_samples: Counter,
    /// Samples that a budget has aggregated.
    pub aggregated_samples: Counter,
    /// Of those, samples that came after a later one of the same series.
    pub late_samples: Counter,
    aggregated_inputs: Gauge,
    aggregated_outputs: Gauge,
    /// Bytes of bodies that were received.
    pub received_bytes: Counter,
    in_flight: Gauge,
    series: Family<Span, Gauge>,
    standard_error: Family<Span, Gauge<f64, AtomicU64>>,
    scopes: Gauge,
    known_set_bytes: Gauge,
    sketch_bytes: Gauge,
    bound_bytes: Gauge,
    /// When what is known was saved last, in seconds since 1970; 0 for never.
    pub saved_at: Gauge,
    /// How often saving failed.
    pub save_failures: Counter,
}

impl Metrics {
    /// All at zero.
    pub fn new() -> Self {
        let metrics = Self {
            registry: Registry::default(),
            requests: Family::default(),
            counted: Family::default(),
            missed: Family::default(),
            missed_codes: Mutex::default(),
            missed_series: Counter::default(),
            unsorted_series: Counter::default(),
            samples: Counter::default(),
            budgets: Gauge::default(),
            refused_samples: Counter::default(),
            aggregated_samples: Counter::default(),
            late_samples: Counter::default(),
            aggregated_inputs: Gauge::default(),
            aggregated_outputs: Gauge::default(),
            received_bytes: Counter::default(),
            in_flight: Gauge::default(),
            series: Family::default(),
            standard_error: Family::default(),
            scopes: Gauge::default(),
            known_set_bytes: Gauge::default(),
            sketch_bytes: Gauge::default(),
            bound_bytes: Gauge::default(),
            saved_at: Gauge::default(),
            save_failures: Counter::default(),
        };
        metrics.registered()
    }

    fn registered(mut self) -> Self {
        let registry = self.registry.sub_registry_with_prefix("flagstaff_meter");
        registry.register("requests", "Requests of senders by destination and status", self.requests.clone());
        registry.register(
            "counted_requests",
            "Requests that were counted, by version of the protocol",
            self.counted.clone(),
        );
        registry.register("missed_requests", "Requests that were not counted, by code", self.missed.clone());
        registry.register("missed_series", "Series that could not be counted", self.missed_series.clone());
        registry.register("unsorted_series", "Series whose labels were not sorted", self.unsorted_series.clone());
        registry.register("samples", "Samples and histograms that were counted", self.samples.clone());
        registry.register("budgets", "Budgets that are kept", self.budgets.clone());
        registry.register(
            "refused_samples",
            "Samples and histograms of new series that a budget refused",
            self.refused_samples.clone(),
        );
        registry.register(
            "aggregated_samples",
            "Samples that were aggregated into sums",
            self.aggregated_samples.clone(),
        );
        registry.register(
            "aggregated_late_samples",
            "Of those, samples that came after a later one of the same series",
            self.late_samples.clone(),
        );
        registry.register("aggregated_inputs", "Active series that are aggregated", self.aggregated_inputs.clone());
        registry.register("aggregated_outputs", "Active sums sent in their place", self.aggregated_outputs.clone());
        registry.register("received_bytes", "Bytes of bodies that were received", self.received_bytes.clone());
        registry.register("in_flight_bytes", "Bytes of bodies under way", self.in_flight.clone());
        registry.register("series", "Series of the window, the last hour, the last day", self.series.clone());
        registry.register(
            "series_standard_error",
            "Standard error of that; 0 where it is exact",
            self.standard_error.clone(),
        );
        registry.register("scopes", "Scopes that are counted one by one", self.scopes.clone());
        registry.register("known_set_bytes", "Memory of the exact set", self.known_set_bytes.clone());
        registry.register("sketch_bytes", "Memory of sketches", self.sketch_bytes.clone());
        registry.register("bound_bytes", "Memory that counting takes at most", self.bound_bytes.clone());
        registry.register(
            "saved_timestamp_seconds",
            "When what is known was saved last; 0 for never",
            self.saved_at.clone(),
        );
        registry.register("save_failures", "How often saving what is known failed", self.save_failures.clone());
        self
    }

    /// A sender was answered.
    pub fn answered(&self, destination: &str, status: u16) {
        self.requests.get_or_create(&Answer { destination: destination.to_owned(), status }).inc();
    }

    /// A request was counted.
    pub fn counted(&self, version: &'static str) {
        self.counted.get_or_create(&Protocol { version }).inc();
    }

    /// Active series that are aggregated, and active sums.
    pub fn aggregated(&self, inputs: u64, outputs: u64) {
        self.aggregated_inputs.set(i64::try_from(inputs).unwrap_or(i64::MAX));
        self.aggregated_outputs.set(i64::try_from(outputs).unwrap_or(i64::MAX));
    }

    /// A request was not counted.
    pub fn missed(&self, code: &'static str) {
        self.missed.get_or_create(&Code { code: code.to_owned() }).inc();
        let mut codes = self.missed_codes.lock().unwrap_or_else(PoisonError::into_inner);
        if !codes.contains(&code) {
            codes.push(code);
        }
    }

    /// All that was missed.
    pub fn all_missed(&self) -> Missed {
        let codes = self.missed_codes.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |code: &&'static str| {
            ((*code).to_owned(), self.missed.get_or_create(&Code { code: (*code).to_owned() }).get())
        };
        Missed { requests: codes.iter().map(count).collect(), series: self.missed_series.get() }
    }

    /// As text, with what the summary says.
    pub fn text(&self, summary: &Summary, in_flight: usize) -> Result<String, std::fmt::Error> {
        let set = |gauge: &Gauge, value: usize| {
            gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        };
        for (span, number) in [("now", summary.series), ("hour", summary.last_hour), ("day", summary.last_day)] {
            set(&self.series.get_or_create(&Span { span }), usize::try_from(number.value).unwrap_or(usize::MAX));
            self.standard_error.get_or_create(&Span { span }).set(number.standard_error);
        }
        set(&self.in_flight, in_flight);
        set(&self.scopes, summary.scopes);
        set(&self.known_set_bytes, summary.memory.known_set_bytes);
        set(&self.sketch_bytes, summary.memory.sketch_bytes);
        set(&self.bound_bytes, summary.memory.bound_bytes);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}
