//! `ClusterObservability`: the flag. One per cluster; `enabled: true` is all it needs.

use std::collections::BTreeMap;

use flagstaff_model::ClusterIdentity;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::destination::DestinationSetting;
use crate::hub::HubSetting;
use crate::ruler::RulerSetting;
use crate::status::ClusterObservabilityStatus;

/// Observability of this cluster: agents, dashboards and alert rules from a versioned template.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, CustomResource, KubeSchema)]
#[kube(
    group = "flagstaff.dev",
    version = "v1alpha1",
    kind = "ClusterObservability",
    plural = "clusterobservabilities",
    shortname = "clobs",
    shortname = "flag",
    category = "flagstaff",
    status = "ClusterObservabilityStatus",
    derive = "PartialEq",
    doc = "The flag: observes this cluster. There is one, named `cluster`; `spec.enabled: true` is all it needs, or a hub that says so.",
    label("applyset.kubernetes.io/is-parent-type", "true"),
    validation = Rule::new("self.metadata.name == 'cluster'").message("there is one ClusterObservability in a cluster, and its name is 'cluster'"),
    printcolumn(name = "Enabled", type_ = "boolean", json_path = ".status.settings.enabled"),
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status"),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].reason"),
    printcolumn(name = "Template", type_ = "string", json_path = ".status.template.version"),
    printcolumn(name = "Objects", type_ = "integer", json_path = ".status.objects.applied"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(name = "Message", type_ = "string", priority = 1, json_path = ".status.conditions[?(@.type==\"Ready\")].message")
)]
#[serde(rename_all = "camelCase")]
pub struct ClusterObservabilitySpec {
    /// Whether this cluster is observed. `false` removes everything that was installed, and nothing else. Left out: what the hub
    /// says in its layers, and `false` where there is no hub or it says nothing. Set here, it wins over the hub.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Leaves what runs as it is: nothing is applied, corrected or removed until it is `false` again. The hub can ask for it, too.
    #[serde(default)]
    pub suspend: bool,
    /// Takes over objects of the same name that somebody else made, instead of stopping at them.
    #[serde(default)]
    pub adopt: bool,
    /// Who this cluster is, where the answer found on its nodes does not serve.
    #[serde(default)]
    pub cluster: ClusterSetting,
    /// The hub that this cluster reports to. Left out: none, and nothing is missing in the cluster without it. What it sets in layers
    /// (switched on or off, values, destinations) is overridden by what is set here, is kept in the cluster for when the hub is away,
    /// and is never written into this spec.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hub: Option<HubSetting>,
    /// Which version of the template is installed. Left out: the one applied first stays until another is asked for.
    #[serde(default)]
    pub template: TemplateSetting,
    /// Packs installed, each with its values; `base` when left out. A value given here wins over every layer of the hub.
    #[serde(default = "base_pack")]
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub packs: Vec<PackReference>,
    /// Where telemetry is sent; left out: where the hub says, else the chart. Without one all is installed and nothing is sent.
    #[serde(default)]
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub destinations: Vec<DestinationSetting>,
    /// Where dashboards go.
    #[serde(default)]
    pub dashboards: DashboardsSetting,
    /// Where alert and recording rules go, and so who evaluates them.
    #[serde(default)]
    pub rules: RulesSetting,
    /// Which parts are installed; `auto` decides by what is already there.
    #[serde(default)]
    pub components: Components,
    /// The meter, which counts the series that the agents send.
    #[serde(default)]
    pub meter: MeterSetting,
    /// `no-host` for clusters that refuse host access (Autopilot, Fargate, virtual nodes): logs by the API, no node-exporter.
    #[serde(default)]
    pub profile: Profile,
    /// Caps on what the agents may use.
    #[serde(default)]
    pub resources: ResourcesSetting,
}

fn base_pack() -> Vec<PackReference> {
    vec![PackReference { name: "base".into(), values: None }]
}

/// Who this cluster is. Everything left out is found from the cluster's nodes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClusterSetting {
    /// Name of the cluster, the `cluster` label of every series. Changing it makes every series new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 63), regex(pattern = r"^[a-zA-Z0-9]([-._a-zA-Z0-9]*[a-zA-Z0-9])?$"))]
    pub name: Option<String>,
    /// Region; found from `topology.kubernetes.io/region` of the nodes when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub region: Option<String>,
    /// Provider; found from the nodes' `providerID` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub provider: Option<String>,
    /// A word such as `prod` or `stage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    pub environment: Option<String>,
    /// Labels put on every series and log line of this cluster.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "crate::schema::label_map")]
    pub labels: BTreeMap<String, String>,
}

impl ClusterSetting {
    /// Puts what a person set in the place of what was found.
    pub fn overlay(&self, found: &mut ClusterIdentity) {
        let set = |found: &mut String, said: &Option<String>| {
            if let Some(said) = said {
                found.clone_from(said);
            }
        };
        set(&mut found.name, &self.name);
        set(&mut found.region, &self.region);
        set(&mut found.provider, &self.provider);
        set(&mut found.environment, &self.environment);
        found.labels.clone_from(&self.labels);
    }
}

/// Which template version is installed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateSetting {
    /// A version such as `1.0.0`, or `newest` for the newest one this operator has, now and after each upgrade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64), regex(pattern = r"^(newest|[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?)$"))]
    pub version: Option<String>,
}

/// A pack and the values it is rendered with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PackReference {
    /// Name of the pack.
    #[schemars(length(min = 1, max = 63))]
    pub name: String,
    /// Values of this pack, checked against its schema (`flagstaff template explain builtin:base` lists them).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "crate::schema::values")]
    pub values: Option<Value>,
}

/// Where dashboards go.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DashboardsSetting {
    /// `configmap` (label `grafana_dashboard`), `crd` (GrafanaDashboard of the Grafana operator) or `off`.
    #[serde(default)]
    pub target: DashboardsTarget,
    /// Labels put on each dashboard object, such as the selector of a Grafana operator's instance.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "crate::schema::label_map")]
    pub labels: BTreeMap<String, String>,
}

/// Where dashboards go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DashboardsTarget {
    /// One ConfigMap each, with label `grafana_dashboard: "1"`.
    #[default]
    Configmap,
    /// One GrafanaDashboard each.
    Crd,
    /// None.
    Off,
}

/// Where rules go.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, KubeSchema)]
#[x_kube(validation = Rule::new("self.target != 'ruler' || has(self.ruler)").message("target ruler needs spec.rules.ruler with its url"))]
#[serde(rename_all = "camelCase")]
pub struct RulesSetting {
    /// `auto` (`prometheusrule` where its CRD is, else `configmap`), `prometheusrule`, `configmap` (Prometheus' file format, label `flagstaff.dev/rules`), `ruler` (a Mimir, or another ruler with its configuration API) or `off`.
    #[serde(default)]
    pub target: RulesTarget,
    /// Labels put on each rule object, such as `release: kube-prometheus-stack`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "crate::schema::label_map")]
    pub labels: BTreeMap<String, String>,
    /// Says that the ConfigMaps are loaded by a Prometheus of yours, so that a missing evaluator is no warning.
    #[serde(default)]
    pub evaluated: bool,
    /// The ruler that rules are written to, for target `ruler`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ruler: Option<RulerSetting>,
}

/// Where rules go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RulesTarget {
    /// PrometheusRule where its CRD is, else ConfigMap.
    #[default]
    Auto,
    /// One PrometheusRule for each rule file.
    Prometheusrule,
    /// One ConfigMap for each rule file.
    Configmap,
    /// Written to a ruler outside the cluster, bound to this cluster's series.
    Ruler,
    /// None.
    Off,
}

/// Whether a component is installed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Component {
    /// Decided by what is there already.
    #[default]
    Auto,
    /// Installed in any case.
    On,
    /// Not installed.
    Off,
}

/// Which parts of the pack are installed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Components {
    /// node-exporter; `auto` uses one that is already there.
    #[serde(default)]
    pub node_exporter: Component,
    /// kube-state-metrics; `auto` uses one that is already there.
    #[serde(default)]
    pub kube_state_metrics: Component,
    /// Pod logs.
    #[serde(default)]
    pub logs: Component,
    /// Kubernetes events.
    #[serde(default)]
    pub events: Component,
    /// The control plane's own metrics, where they can be reached.
    #[serde(default)]
    pub control_plane: Component,
    /// ServiceMonitor, PodMonitor, Probe and ScrapeConfig, where their CRDs are.
    #[serde(default)]
    pub prometheus_operator_objects: Component,
    /// An OTLP endpoint for applications; `auto` is off.
    #[serde(default)]
    pub otlp: Component,
}

/// The meter, which counts the series that the agents send.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MeterSetting {
    /// Where the meter stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<MeterMode>,
}

/// `tap` (the agents send the meter a copy), `inline` (they send through it) or `off`. Left out: what the values of the pack `base` say, which is
/// `off` unless a layer of the hub says otherwise; more of the meter is set there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MeterMode {
    /// There is none.
    Off,
    /// Beside: the agents send it a copy.
    Tap,
    /// Between the agents and the destinations.
    Inline,
}

/// What the agents may do on their node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Host paths for logs, host network for node-exporter.
    #[default]
    Standard,
    /// No host access at all.
    NoHost,
}

/// Caps on what the agents may use.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResourcesSetting {
    /// Of the agent on each node.
    #[serde(default)]
    pub node_agent: AgentResources,
    /// Of each replica of the cluster agent.
    #[serde(default)]
    pub cluster_agent: AgentResources,
}

/// Caps of one agent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentResources {
    /// Memory limit as a quantity, such as `512Mi`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32), regex(pattern = r"^[0-9]+(Ki|Mi|Gi|k|M|G)?$"))]
    pub memory: Option<String>,
    /// CPU limit as a quantity, such as `500m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32), regex(pattern = r"^[0-9]+(\.[0-9]+)?m?$"))]
    pub cpu: Option<String>,
}
