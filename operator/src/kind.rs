//! The kinds the operator may apply: an allow list, with the phase in which each is applied.

use kube::core::{ApiResource, GroupVersionKind};

/// When a kind is applied: a phase begins after everything of the one before is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// What others refer to: accounts, rights, priorities.
    Foundation,
    /// What pods mount or are reached by.
    Configuration,
    /// Pods.
    Workload,
    /// What guards pods, and what other programs read: budgets, policies, rules, dashboards.
    Surroundings,
}

impl Phase {
    /// All phases, first to last.
    pub const ALL: [Phase; 4] = [Phase::Foundation, Phase::Configuration, Phase::Workload, Phase::Surroundings];
}

/// One kind of the allow list.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind {
    /// API group, empty for the core group.
    pub group: &'static str,
    /// API version.
    pub version: &'static str,
    /// Kind.
    pub kind: &'static str,
    /// Plural, as in URLs.
    pub plural: &'static str,
    /// Whether its objects live in a namespace.
    pub namespaced: bool,
    /// When it is applied.
    pub phase: Phase,
    /// Whether it is served only where its CRD is installed.
    pub optional: bool,
}

const fn kind(
    group: &'static str,
    version: &'static str,
    kind: &'static str,
    plural: &'static str,
    namespaced: bool,
    phase: Phase,
) -> Kind {
    Kind { group, version, kind, plural, namespaced, phase, optional: false }
}

/// Every kind that may be applied.
pub static ALLOWED: [Kind; 17] = [
    kind("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", false, Phase::Foundation),
    kind("", "v1", "ServiceAccount", "serviceaccounts", true, Phase::Foundation),
    kind("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", false, Phase::Foundation),
    kind("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", false, Phase::Foundation),
    kind("rbac.authorization.k8s.io", "v1", "Role", "roles", true, Phase::Foundation),
    kind("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", true, Phase::Foundation),
    kind("", "v1", "ConfigMap", "configmaps", true, Phase::Configuration),
    kind("", "v1", "Service", "services", true, Phase::Configuration),
    kind("apps", "v1", "DaemonSet", "daemonsets", true, Phase::Workload),
    kind("apps", "v1", "Deployment", "deployments", true, Phase::Workload),
    kind("apps", "v1", "StatefulSet", "statefulsets", true, Phase::Workload),
    kind("batch", "v1", "CronJob", "cronjobs", true, Phase::Workload),
    kind("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", true, Phase::Surroundings),
    kind("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", true, Phase::Surroundings),
    kind("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", true, Phase::Surroundings),
    Kind {
        optional: true,
        ..kind("monitoring.coreos.com", "v1", "PrometheusRule", "prometheusrules", true, Phase::Surroundings)
    },
    Kind {
        optional: true,
        ..kind("grafana.integreatly.org", "v1beta1", "GrafanaDashboard", "grafanadashboards", true, Phase::Surroundings)
    },
];

impl Kind {
    /// Finds a kind of the allow list.
    pub fn find(api_version: &str, kind: &str) -> Option<&'static Kind> {
        ALLOWED.iter().find(|k| k.kind == kind && k.api_version() == api_version)
    }

    /// Finds a kind by `Kind.group`, the form of an ApplySet's annotation.
    pub fn from_group_kind(name: &str) -> Option<&'static Kind> {
        ALLOWED.iter().find(|k| k.group_kind() == name)
    }

    /// `v1` or `group/version`.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.to_owned() } else { format!("{}/{}", self.group, self.version) }
    }

    /// `Kind` or `Kind.group`.
    pub fn group_kind(&self) -> String {
        if self.group.is_empty() { self.kind.to_owned() } else { format!("{}.{}", self.kind, self.group) }
    }

    /// Whether its pods have a state worth waiting for.
    pub fn is_workload(&self) -> bool {
        matches!(self.kind, "DaemonSet" | "Deployment" | "StatefulSet")
    }

    /// What the client needs to reach it.
    pub fn resource(&self) -> ApiResource {
        ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(self.group, self.version, self.kind), self.plural)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_found_by_both_names() {
        for kind in &ALLOWED {
            assert_eq!(Kind::find(&kind.api_version(), kind.kind), Some(kind));
            assert_eq!(Kind::from_group_kind(&kind.group_kind()), Some(kind));
        }
        assert_eq!(Kind::find("v1", "Secret"), None, "Secrets are never written");
        assert_eq!(Kind::find("v1", "Pod"), None);
    }
}
