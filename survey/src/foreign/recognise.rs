//! Tells whether a workload is a kube-state-metrics or a node-exporter, and where it serves.

use flagstaff_model::ForeignWorkload;

use super::workload::{Container, Port, Workload};
use super::{Component, Foreign, listen};

/// Labels that name a program, in the order in which charts came to use them.
const NAMING: [&str; 4] = ["app.kubernetes.io/name", "k8s-app", "app", "name"];
/// What vendors put before the program's name in the name of their image.
const PREFIXES: [&str; 5] =
    ["prometheus-", "mirrored-prometheus-", "mirrored-kube-state-metrics-", "ose-", "hardened-"];
/// Ports that serve the metrics themselves, not metrics of the program.
const METRICS_PORTS: [&str; 4] = ["http-metrics", "metrics", "http", "main"];

/// What it is, where it is one of somebody else's.
pub fn recognise(workload: &Workload) -> Option<Component> {
    // Google keeps a kube-state-metrics with a few metrics for its own use.
    if workload.metadata.is_ours() || workload.is_idle() || workload.metadata.namespace.starts_with("gke-managed-") {
        return None;
    }
    [Component::KubeStateMetrics, Component::NodeExporter]
        .into_iter()
        .find(|component| named(workload, *component) || container_of(workload, *component).is_some())
}

/// Where it serves, as a template has to know it.
pub fn describe(workload: &Workload, kind: &str, component: Component) -> Foreign {
    let pod = &workload.spec.template.spec;
    let container = container_of(workload, component).or_else(|| pod.containers.first());
    let port = container.and_then(|container| port(container, component)).unwrap_or(component.default_port());
    let host_port = pod.on_host()
        || pod.containers.iter().flat_map(Container::ports).any(|declared| declared.host_port == Some(port));
    let selector = match &workload.spec.selector.match_labels {
        Some(labels) if !labels.is_empty() => labels.clone(),
        _ => workload.spec.template.metadata.labels.clone().unwrap_or_default(),
    };
    Foreign {
        workload: ForeignWorkload {
            kind: kind.to_owned(),
            namespace: workload.metadata.namespace.clone(),
            name: workload.metadata.name.clone(),
            selector,
            port,
            host_port,
        },
        unusable: container.and_then(unusable),
        on_nodes: workload.status.desired_number_scheduled,
    }
}

fn named(workload: &Workload, component: Component) -> bool {
    let is_name = |name: &str| is_program(name, component);
    [&workload.metadata, &workload.spec.template.metadata]
        .into_iter()
        .any(|meta| NAMING.iter().filter_map(|key| meta.label(key)).any(is_name))
}

fn container_of(workload: &Workload, component: Component) -> Option<&Container> {
    workload.spec.template.spec.containers.iter().find(|container| is_program(image_name(&container.image), component))
}

fn is_program(name: &str, component: Component) -> bool {
    let name = name.replace('_', "-");
    let mut rest = name.as_str();
    while let Some(stripped) = PREFIXES.iter().find_map(|prefix| rest.strip_prefix(prefix)) {
        rest = stripped;
    }
    rest == component.name()
}

/// `quay.io:443/prometheus/node-exporter:v1@sha256:…` → `node-exporter`.
pub(crate) fn image_name(image: &str) -> &str {
    let image = image.split_once('@').map_or(image, |(image, _)| image);
    let last = image.rsplit_once('/').map_or(image, |(_, last)| last);
    last.split_once(':').map_or(last, |(name, _)| name)
}

fn port(container: &Container, component: Component) -> Option<u16> {
    let said = match component {
        Component::NodeExporter => container.flag("--web.listen-address"),
        Component::KubeStateMetrics => container.flag("--port"),
    };
    let declared = container.ports();
    let by_name = |name: &&str| declared.iter().find(|port| port.name.as_deref() == Some(*name));
    said.and_then(listen::port)
        .or_else(|| METRICS_PORTS.iter().find_map(by_name).map(|port| port.container_port))
        .or_else(|| declared.iter().find(|port| !about_itself(port)).map(|port| port.container_port))
}

fn about_itself(port: &Port) -> bool {
    port.name.as_deref().is_some_and(|name| name.contains("telemetry") || name.contains("self"))
}

/// Why our agents would not get all metrics from it by plain HTTP.
fn unusable(container: &Container) -> Option<&'static str> {
    let address = container.flag("--web.listen-address").or_else(|| container.flag("--host"));
    let given = |flag| container.flag(flag).is_some_and(|value| !value.is_empty());
    if address.is_some_and(listen::is_loopback) {
        Some("serves behind a proxy that asks for credentials")
    } else if given("--web.config.file") || given("--web.config") || given("--tls-config") {
        Some("asks for TLS or credentials")
    } else if container.words().any(|word| word.trim_end_matches("=true") == "--custom-resource-state-only") {
        Some("gives metrics of custom resources only")
    } else if given("--namespaces") || given("--metric-allowlist") {
        Some("gives a part of the metrics only")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn workload(labels: Value, pod: Value) -> Workload {
        serde_json::from_value(json!({
            "metadata": {"name": "it", "namespace": "monitoring", "labels": labels},
            "spec": {"selector": {"matchLabels": {"app": "it"}}, "template": {"spec": pod}},
        }))
        .expect("a workload")
    }

    fn by_image(image: &str) -> Option<Component> {
        recognise(&workload(json!({}), json!({"containers": [{"image": image}]})))
    }

    #[rstest]
    #[case("quay.io/prometheus/node-exporter:v1.9.1", Some(Component::NodeExporter))]
    #[case("prom/node_exporter", Some(Component::NodeExporter))]
    #[case("rancher/mirrored-prometheus-node-exporter:v1@sha256:aa", Some(Component::NodeExporter))]
    #[case("openshift/ose-prometheus-node-exporter:v4", Some(Component::NodeExporter))]
    #[case("registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.15.0", Some(Component::KubeStateMetrics))]
    #[case("rancher/mirrored-kube-state-metrics-kube-state-metrics", Some(Component::KubeStateMetrics))]
    #[case("registry:5000/bitnami/kube-state-metrics", Some(Component::KubeStateMetrics))]
    #[case("example.org/gpu-node-exporter:v1", None)]
    #[case("example.org/node-exporter/dashboard:v1", None)]
    #[case("", None)]
    fn images(#[case] image: &str, #[case] wanted: Option<Component>) {
        assert_eq!(by_image(image), wanted);
    }

    #[rstest]
    #[case(json!({"app.kubernetes.io/name": "prometheus-node-exporter"}), Some(Component::NodeExporter))]
    #[case(json!({"app.kubernetes.io/name": "kube-state-metrics"}), Some(Component::KubeStateMetrics))]
    #[case(json!({"k8s-app": "kube-state-metrics"}), Some(Component::KubeStateMetrics))]
    #[case(json!({"app": "node-exporter"}), Some(Component::NodeExporter))]
    #[case(json!({"app.kubernetes.io/name": "kube-state-metrics", "app.kubernetes.io/managed-by": "flagstaff"}), None)]
    #[case(json!({"app.kubernetes.io/name": "grafana"}), None)]
    fn by_label(#[case] labels: Value, #[case] wanted: Option<Component>) {
        assert_eq!(recognise(&workload(labels, json!({"containers": [{"image": "x@sha256:1"}]}))), wanted);
    }

    #[test]
    fn labels_of_the_pods_count_as_well() {
        let mut it = workload(json!({}), json!({"containers": []}));
        it.spec.template.metadata.labels = Some([("app".to_owned(), "node-exporter".to_owned())].into());
        assert_eq!(recognise(&it), Some(Component::NodeExporter));
    }

    #[test]
    fn what_runs_nowhere_is_not_there() {
        let mut it = workload(json!({"app": "node-exporter"}), json!({}));
        it.spec.replicas = Some(0);
        assert_eq!(recognise(&it), None);
        it.spec.replicas = None;
        it.metadata.generation = Some(2);
        it.status.desired_number_scheduled = Some(0);
        it.status.observed_generation = Some(1);
        assert_eq!(recognise(&it), Some(Component::NodeExporter), "its status is of an older generation");
        it.status.observed_generation = Some(2);
        assert_eq!(recognise(&it), None);
    }

    #[test]
    fn a_providers_own_is_left_to_the_provider() {
        let mut it = workload(json!({"app.kubernetes.io/name": "kube-state-metrics"}), json!({}));
        it.metadata.namespace = "gke-managed-cim".into();
        assert_eq!(recognise(&it), None);
    }

    #[test]
    fn the_widespread_node_exporter_chart() {
        let pod = json!({"hostNetwork": true, "containers": [{
            "image": "quay.io/prometheus/node-exporter:v1.9.1",
            "args": ["--path.procfs=/host/proc", "--web.listen-address=[$(HOST_IP)]:9101"],
            "ports": [{"name": "http-metrics", "containerPort": 9101, "hostPort": 9101}],
        }]});
        let found = describe(&workload(json!({}), pod), "DaemonSet", Component::NodeExporter);
        assert_eq!((found.workload.port, found.workload.host_port, found.unusable), (9101, true, None));
        assert_eq!(super::super::describe(&found.workload), "DaemonSet monitoring/it");
    }

    #[test]
    fn behind_kube_rbac_proxy() {
        let pod = json!({"hostNetwork": true, "containers": [
            {"image": "quay.io/brancz/kube-rbac-proxy:v0.18", "ports": [{"name": "https", "containerPort": 9100, "hostPort": 9100}]},
            {"image": "quay.io/prometheus/node-exporter:v1", "args": ["--web.listen-address=127.0.0.1:9100"]},
        ]});
        let found = describe(&workload(json!({}), pod), "DaemonSet", Component::NodeExporter);
        assert!(found.unusable.is_some());
        let pod =
            json!({"containers": [{"image": "kube-state-metrics", "args": ["--host", "127.0.0.1", "--port=8081"]}]});
        let found = describe(&workload(json!({}), pod), "Deployment", Component::KubeStateMetrics);
        assert!(found.unusable.is_some());
        assert_eq!(found.workload.port, 8081);
    }

    #[rstest]
    #[case(json!(["--custom-resource-state-only", "--config=x"]), true)]
    #[case(json!(["--custom-resource-state-only=true"]), true)]
    #[case(json!(["--custom-resource-state-only=false"]), false)]
    #[case(json!(["--namespaces=team-a"]), true)]
    #[case(json!(["--namespaces="]), false)]
    #[case(json!(["--resources=pods,nodes", "--port=8080"]), false)]
    fn what_gives_a_part_only_is_not_used(#[case] args: Value, #[case] unusable: bool) {
        let pod = json!({"containers": [{"image": "kube-state-metrics", "args": args}]});
        let found = describe(&workload(json!({}), pod), "Deployment", Component::KubeStateMetrics);
        assert_eq!(found.unusable.is_some(), unusable);
    }

    #[test]
    fn the_port_of_the_metrics_not_of_the_telemetry() {
        let ports =
            json!([{"name": "telemetry", "containerPort": 8081}, {"name": "http-metrics", "containerPort": 8082}]);
        let pod = json!({"containers": [{"image": "kube-state-metrics", "ports": ports}]});
        let found = describe(&workload(json!({}), pod), "Deployment", Component::KubeStateMetrics);
        assert_eq!((found.workload.port, found.workload.host_port), (8082, false));
        let pod = json!({"containers": [{"image": "kube-state-metrics"}]});
        let found = describe(&workload(json!({}), pod), "Deployment", Component::KubeStateMetrics);
        assert_eq!(found.workload.port, 8080, "nothing said: the program's default");
    }
}
