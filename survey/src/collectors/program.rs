//! Tells a collector by the name of its image.

use crate::foreign::recognise::image_name;

/// What a program takes from a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gathers {
    /// Metrics.
    Metrics,
    /// Logs of pods.
    Logs,
    /// Both, as it is configured.
    Either,
    /// Nothing itself: it runs others that do.
    Nothing,
}

/// A program that collects telemetry, or runs others that do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Program {
    /// Its name as people know it.
    pub name: &'static str,
    /// What it takes.
    pub gathers: Gathers,
}

/// The name of an image, or the end of its path where the name alone says too little, and the program in it.
const IMAGES: [(&str, &str, Gathers); 18] = [
    ("prometheus-operator", "the Prometheus operator", Gathers::Nothing),
    ("grafana/alloy", "Grafana Alloy", Gathers::Either),
    ("grafana/agent", "the Grafana agent", Gathers::Either),
    ("grafana/promtail", "Promtail", Gathers::Logs),
    ("prometheus/prometheus", "Prometheus", Gathers::Metrics),
    ("prom/prometheus", "Prometheus", Gathers::Metrics),
    ("vmagent", "vmagent", Gathers::Metrics),
    ("operator", "the VictoriaMetrics operator", Gathers::Nothing),
    ("opentelemetry-collector", "the OpenTelemetry collector", Gathers::Either),
    ("opentelemetry-collector-contrib", "the OpenTelemetry collector", Gathers::Either),
    ("opentelemetry-collector-k8s", "the OpenTelemetry collector", Gathers::Either),
    ("fluent-bit", "Fluent Bit", Gathers::Logs),
    ("fluentd", "Fluentd", Gathers::Logs),
    ("fluentd-kubernetes-daemonset", "Fluentd", Gathers::Logs),
    ("vector", "Vector", Gathers::Either),
    ("telegraf", "Telegraf", Gathers::Metrics),
    ("datadog/agent", "the Datadog agent", Gathers::Either),
    ("filebeat", "Filebeat", Gathers::Logs),
];

impl Program {
    /// The program in an image, where it is one of those that collect.
    pub fn of(image: &str) -> Option<Self> {
        let path = path(image);
        let name = image_name(image);
        let found = IMAGES.iter().find(|(known, _, _)| match *known {
            // Many operators have this name; only its own vendor's is meant.
            "operator" => path.ends_with("victoriametrics/operator"),
            known if known.contains('/') => path == known || path.ends_with(&format!("/{known}")),
            known => name == known,
        })?;
        Some(Self { name: found.1, gathers: found.2 })
    }
}

/// The reference without digest and tag.
fn path(image: &str) -> &str {
    let image = image.split_once('@').map_or(image, |(image, _)| image);
    match image.rsplit_once(':') {
        Some((path, tag)) if !tag.contains('/') => path,
        _ => image,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("quay.io/prometheus-operator/prometheus-operator:v0.85.0", Some("the Prometheus operator"))]
    #[case("docker.io/grafana/alloy:v1.11.0@sha256:00", Some("Grafana Alloy"))]
    #[case("mirror:5000/hub/grafana/agent", Some("the Grafana agent"))]
    #[case("quay.io/prometheus/prometheus:v3.8.1", Some("Prometheus"))]
    #[case("otel/opentelemetry-collector-contrib:0.134.0", Some("the OpenTelemetry collector"))]
    #[case("gcr.io/datadog/agent:7", Some("the Datadog agent"))]
    #[case("victoriametrics/operator:v0.60.0", Some("the VictoriaMetrics operator"))]
    #[case("example.org/shop/operator:1", None)]
    #[case("example.org/shop/agent:1", None)]
    #[case("example.org/shop/prometheus:1", None)]
    #[case("", None)]
    fn images(#[case] image: &str, #[case] wanted: Option<&str>) {
        assert_eq!(Program::of(image).map(|program| program.name), wanted);
    }
}
