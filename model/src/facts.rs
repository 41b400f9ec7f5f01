//! What is known of a cluster before anything is rendered for it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Who a cluster is: found from the cluster itself, overridden by the flag.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClusterIdentity {
    /// UID of the `kube-system` namespace: the identity that never changes.
    pub uid: String,
    /// A person's name for the cluster; the `cluster` label of every series.
    pub name: String,
    /// Region, from `topology.kubernetes.io/region` of the nodes; empty when unknown.
    pub region: String,
    /// Provider, from the nodes' `providerID` scheme (`aws`, `gce`, `azure`, `kind` …); empty when unknown.
    pub provider: String,
    /// A person's word such as `prod` or `stage`; empty when not given.
    pub environment: String,
    /// Further labels put on every series.
    pub labels: BTreeMap<String, String>,
}

/// How many nodes there are, and of which sort.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeSummary {
    /// All nodes.
    pub count: usize,
    /// Distinct `kubernetes.io/os` values.
    pub operating_systems: BTreeSet<String>,
    /// Distinct `kubernetes.io/arch` values.
    pub architectures: BTreeSet<String>,
    /// CPU of all nodes together, in thousandths of a core.
    #[serde(default)]
    pub cpu_millicores: u64,
    /// Memory of all nodes together.
    #[serde(default)]
    pub memory_bytes: u64,
    /// Nodes that say of themselves that they are simulated (kwok's annotation).
    #[serde(default)]
    pub simulated: usize,
}

/// A workload of somebody else that already does what a part of a pack would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignWorkload {
    /// `DaemonSet`, `Deployment` or `StatefulSet`.
    pub kind: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Labels its pods are selected by.
    pub selector: BTreeMap<String, String>,
    /// The container port on which it serves metrics.
    pub port: u16,
    /// Whether it takes that port on the node itself (`hostNetwork` or `hostPort`).
    pub host_port: bool,
}

/// Everything a template may ask about the cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Who the cluster is.
    pub cluster: ClusterIdentity,
    /// Server version such as `v1.36.3`.
    pub kubernetes_version: String,
    /// Minor version such as `36`.
    pub kubernetes_minor: u32,
    /// Served resources of interest as `group/version/Kind`, such as `monitoring.coreos.com/v1/ServiceMonitor`.
    pub apis: BTreeSet<String>,
    /// The nodes in numbers.
    pub nodes: NodeSummary,
    /// A kube-state-metrics of somebody else.
    pub foreign_kube_state_metrics: Option<ForeignWorkload>,
    /// A node-exporter of somebody else.
    pub foreign_node_exporter: Option<ForeignWorkload>,
    /// Namespaces whose label `flagstaff.dev/observe` is `true`, in order.
    pub observed_namespaces: BTreeSet<String>,
}
