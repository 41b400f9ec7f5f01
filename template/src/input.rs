//! What a pack is rendered for: facts of the cluster, values, destinations, and what the operator resolved.

use std::collections::{BTreeMap, BTreeSet};

use flagstaff_model::{
    ClusterIdentity, Destination, Endpoint, Facts, ForeignWorkload, LayeredValues, NodeSummary, Service, Signal,
};
use serde::{Deserialize, Serialize};

/// Everything a pack is rendered for. The same input and pack give the same objects, byte for byte.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// What is known of the cluster.
    pub facts: Facts,
    /// The values of all layers; the pack's defaults are filled in where they are not there.
    pub values: LayeredValues,
    /// Usable destinations only.
    pub destinations: Vec<Destination>,
    /// What teams ask for.
    pub services: Vec<Service>,
    /// Each component of the flag resolved to true or false, see [`COMPONENTS`].
    pub components: BTreeMap<String, bool>,
    /// node-exporter, ours or somebody else's.
    pub node_exporter: ComponentInput,
    /// kube-state-metrics, ours or somebody else's.
    pub kube_state_metrics: ComponentInput,
    /// `standard` or `no-host`.
    pub profile: String,
    /// The platform namespace.
    pub namespace: String,
    /// How references of images are rewritten.
    pub images: ImageRules,
    /// The operator's own image, complete.
    pub operator_image: String,
    /// The meter's image, as it is named before the rules of images.
    pub meter_image: String,
    /// Names of image pull Secrets in the platform namespace.
    pub pull_secrets: Vec<String>,
    /// The proxy that agents use.
    pub proxy: Proxy,
    /// What the agents may use.
    pub resources: Resources,
    /// How far the cluster agents have grown, and what they leave out.
    pub scale: Scale,
}

/// The components a flag can switch.
pub const COMPONENTS: [&str; 7] =
    ["control_plane", "events", "kube_state_metrics", "logs", "node_exporter", "otlp", "prometheus_operator_crds"];

/// A component that the cluster may have of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ComponentInput {
    /// Ours is installed.
    pub install: bool,
    /// Somebody else's that is used instead, or that ours stands beside.
    pub foreign: Option<ForeignWorkload>,
    /// The port that ours listens on.
    pub port: u16,
}

/// How references of images are rewritten.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ImageRules {
    /// Put in place of the registry's host, such as `registry.example.com/mirror`; empty keeps references as they are.
    pub registry: String,
    /// Digests (`sha256:…`) appended, keyed by the reference as it stands in the pack.
    pub digests: BTreeMap<String, String>,
}

impl ImageRules {
    /// A reference such as `docker.io/grafana/alloy:v1.11.0` after registry and digest.
    pub fn apply(&self, reference: &str) -> String {
        let mut result = match (self.registry.trim_end_matches('/'), reference.split_once('/')) {
            ("", _) => reference.to_owned(),
            (registry, Some((host, rest))) if host.contains(['.', ':']) || host == "localhost" => {
                format!("{registry}/{rest}")
            }
            (registry, _) => format!("{registry}/{reference}"),
        };
        if let Some(digest) = self.digests.get(reference)
            && !reference.contains('@')
        {
            result.push('@');
            result.push_str(digest);
        }
        result
    }
}

/// A forward proxy; empty strings where none is set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Proxy {
    /// `HTTP_PROXY`.
    pub http: String,
    /// `HTTPS_PROXY`.
    pub https: String,
    /// `NO_PROXY`.
    pub no: String,
}

/// What the agents may use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Resources {
    /// The agent on each node.
    pub node_agent: Cap,
    /// The agents that run once or a few times a cluster.
    pub cluster_agent: Cap,
}

/// How far the cluster agents have grown to keep below their memory cap, and what they leave out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scale {
    /// Replicas of the cluster agent; fewer than the values name count as those.
    pub replicas: u32,
    /// Monitors that are not read, such as `serviceMonitor/shop/checkout`.
    pub shed: Vec<String>,
}

/// The most that one container may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cap {
    /// Bytes of memory.
    pub memory_bytes: u64,
    /// Thousandths of a core.
    pub cpu_millis: u64,
}

impl Default for Cap {
    fn default() -> Self {
        Self { memory_bytes: 512 * 1024 * 1024, cpu_millis: 500 }
    }
}

impl Input {
    /// A cluster as there are many: three Linux nodes, one destination for metrics and one for logs, one team.
    pub fn sample() -> Self {
        let destination = |name: &str, signal, url: &str| Destination {
            name: name.into(),
            signal,
            url: url.into(),
            tenant: None,
            headers: BTreeMap::new(),
            authentication: None,
            tls: None,
        };
        let names = |list: &[&str]| -> BTreeSet<String> { list.iter().map(|name| (*name).to_owned()).collect() };
        Self {
            facts: Facts {
                cluster: ClusterIdentity {
                    uid: "7f1a7c0e-0000-4000-8000-000000000001".into(),
                    name: "berlin-1".into(),
                    region: "eu-central-1".into(),
                    provider: "aws".into(),
                    environment: "prod".into(),
                    labels: BTreeMap::new(),
                },
                kubernetes_version: "v1.36.3".into(),
                kubernetes_minor: 36,
                apis: names(&["apps/v1/DaemonSet", "apps/v1/Deployment"]),
                nodes: NodeSummary {
                    count: 3,
                    operating_systems: names(&["linux"]),
                    architectures: names(&["amd64"]),
                    cpu_millicores: 12_000,
                    memory_bytes: 48 << 30,
                    simulated: 0,
                },
                foreign_kube_state_metrics: None,
                foreign_node_exporter: None,
                observed_namespaces: names(&["shop"]),
            },
            values: LayeredValues { merged: serde_json::json!({}), ..Default::default() },
            destinations: vec![
                destination("metrics", Signal::Metrics, "https://metrics.example.com/api/v1/push"),
                destination("logs", Signal::Logs, "https://logs.example.com/loki/api/v1/push"),
            ],
            services: vec![Service {
                namespace: "shop".into(),
                name: "checkout".into(),
                uid: "7f1a7c0e-0000-4000-8000-000000000002".into(),
                selector: BTreeMap::from([("app".into(), "checkout".into())]),
                endpoints: vec![Endpoint {
                    port: Some("metrics".into()),
                    number: None,
                    path: "/metrics".into(),
                    scheme: "http".into(),
                    interval_seconds: 30,
                }],
                log_level: Some("info".into()),
                logs: true,
            }],
            components: COMPONENTS
                .iter()
                .map(|name| ((*name).to_owned(), !["otlp", "prometheus_operator_crds", "control_plane"].contains(name)))
                .collect(),
            node_exporter: ComponentInput { install: true, foreign: None, port: 9100 },
            kube_state_metrics: ComponentInput { install: true, foreign: None, port: 8080 },
            profile: "standard".into(),
            namespace: "flagstaff".into(),
            images: ImageRules::default(),
            operator_image: "ghcr.io/flagstaff-dev/flagstaff-operator:0.1.0".into(),
            meter_image: "ghcr.io/flagstaff-dev/flagstaff-meter:0.1.0".into(),
            pull_secrets: vec![],
            proxy: Proxy::default(),
            resources: Resources::default(),
            scale: Scale::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_move_to_the_registry_and_get_their_digest() {
        let plain = ImageRules::default();
        assert_eq!(plain.apply("docker.io/grafana/alloy:v1.11.0"), "docker.io/grafana/alloy:v1.11.0");
        let rules = ImageRules {
            registry: "registry.example.com/mirror/".into(),
            digests: BTreeMap::from([("docker.io/grafana/alloy:v1.11.0".into(), "sha256:ab".into())]),
        };
        assert_eq!(
            rules.apply("docker.io/grafana/alloy:v1.11.0"),
            "registry.example.com/mirror/grafana/alloy:v1.11.0@sha256:ab"
        );
        assert_eq!(rules.apply("grafana/alloy:v1"), "registry.example.com/mirror/grafana/alloy:v1");
        assert_eq!(rules.apply("localhost/x:1"), "registry.example.com/mirror/x:1");
        assert_eq!(rules.apply("busybox"), "registry.example.com/mirror/busybox");
    }

    #[test]
    fn the_sample_survives_its_wire_form() {
        let sample = Input::sample();
        let text = serde_json::to_string(&sample).unwrap();
        assert_eq!(serde_json::from_str::<Input>(&text).unwrap(), sample);
    }
}
