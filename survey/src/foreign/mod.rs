//! Finds somebody else's kube-state-metrics and node-exporter, and who takes which port of the nodes.

mod decide;
mod find;
mod listen;
mod ports;
pub(crate) mod recognise;
pub(crate) mod workload;

use std::collections::BTreeMap;

use flagstaff_model::ForeignWorkload;

pub use decide::{ComponentInput, Question, Setting, decide};
pub use find::find;

/// A part of a pack that a cluster often has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Component {
    /// Reads the nodes' own metrics, on a port of the node.
    NodeExporter,
    /// Turns Kubernetes objects into metrics, on a port of its pod.
    KubeStateMetrics,
}

impl Component {
    /// Its name as people know it.
    pub fn name(self) -> &'static str {
        match self {
            Self::NodeExporter => "node-exporter",
            Self::KubeStateMetrics => "kube-state-metrics",
        }
    }

    /// Its name among `components` of the flag.
    pub fn setting(self) -> &'static str {
        match self {
            Self::NodeExporter => "components.nodeExporter",
            Self::KubeStateMetrics => "components.kubeStateMetrics",
        }
    }

    /// The port it serves on, where nothing stands against it.
    pub fn default_port(self) -> u16 {
        match self {
            Self::NodeExporter => 9100,
            Self::KubeStateMetrics => 8080,
        }
    }
}

/// A workload of somebody else, and whether our agents can read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// What it is and where it serves.
    pub workload: ForeignWorkload,
    /// Why our agents would not get all metrics from it by plain HTTP, where they would not.
    pub unusable: Option<&'static str>,
    /// How many nodes a DaemonSet is meant for, as its status says.
    pub on_nodes: Option<u32>,
}

/// What was found of somebody else's. Ours, by the label `app.kubernetes.io/managed-by: flagstaff`, is never in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Every kube-state-metrics, the best to use first.
    pub kube_state_metrics: Vec<Foreign>,
    /// Every node-exporter, the best to use first.
    pub node_exporter: Vec<Foreign>,
    /// Ports of nodes that are taken, and by whom.
    pub host_ports: BTreeMap<u16, String>,
}

impl Found {
    /// What was found of one component.
    pub fn of(&self, component: Component) -> &[Foreign] {
        match component {
            Component::NodeExporter => &self.node_exporter,
            Component::KubeStateMetrics => &self.kube_state_metrics,
        }
    }
}

/// `DaemonSet monitoring/node-exporter`.
pub fn describe(workload: &ForeignWorkload) -> String {
    format!("{} {}/{}", workload.kind, workload.namespace, workload.name)
}
