//! Which ports of the nodes are taken, by host network or host port, and by whom.

use std::collections::BTreeMap;

use super::listen;
use super::workload::{Container, PodSpec};

/// The ports ours may take on a node, in order of preference.
pub fn choices(preferred: u16) -> impl Iterator<Item = u16> {
    std::iter::once(preferred).chain(19100..=19199)
}

/// Adds the TCP ports of the node that these containers take.
pub fn take(taken: &mut BTreeMap<u16, String>, spec: &PodSpec, who: &str) {
    for container in spec.all_containers() {
        for port in container.ports() {
            if port.protocol.as_deref().is_some_and(|protocol| protocol != "TCP") {
                continue;
            }
            let on_host = if spec.on_host() { Some(port.container_port) } else { port.host_port };
            if let Some(port) = on_host.filter(|port| *port != 0) {
                taken.entry(port).or_insert_with(|| who.to_owned());
            }
        }
        if spec.on_host() {
            for port in said(container) {
                taken.entry(port).or_insert_with(|| who.to_owned());
            }
        }
    }
}

/// Ports that stand in the arguments only: on the host network nothing has to be declared. Of all numbers only those
/// count that ours could want; one too many only moves our port.
fn said(container: &Container) -> impl Iterator<Item = u16> {
    container
        .words()
        .filter_map(|word| listen::port(word.rsplit_once('=').map_or(word, |(_, value)| value)))
        .filter(|port| choices(9100).any(|choice| choice == *port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn taken(spec: serde_json::Value) -> Vec<u16> {
        let spec: PodSpec = serde_json::from_value(spec).expect("a pod spec");
        let mut taken = BTreeMap::new();
        take(&mut taken, &spec, "someone");
        taken.into_keys().collect()
    }

    #[test]
    fn a_host_port_is_taken_and_a_container_port_is_not() {
        let ports = json!([{"containerPort": 9100}, {"containerPort": 1, "hostPort": 9101}]);
        assert_eq!(taken(json!({"containers": [{"ports": ports}]})), [9101]);
    }

    #[test]
    fn on_the_host_network_every_declared_port_is_taken() {
        let spec = json!({"hostNetwork": true, "containers": [{"ports": [{"containerPort": 9100}]}]});
        assert_eq!(taken(spec), [9100]);
    }

    #[test]
    fn on_the_host_network_arguments_speak_too() {
        let args = |args| json!({"hostNetwork": true, "containers": [{"args": args}]});
        assert_eq!(taken(args(json!(["--web.listen-address=:9100"]))), [9100]);
        assert_eq!(taken(args(json!(["--port", "19100"]))), [19100]);
        assert_eq!(taken(args(json!(["-c", "exec exporter --listen 0.0.0.0:9100 --verbose"]))), [9100]);
        assert_eq!(taken(args(json!(["--retries=5", "--listen=:8080"]))), [] as [u16; 0], "no port ours could want");
        assert_eq!(taken(json!({"containers": [{"args": ["--listen=:9100"]}]})), [] as [u16; 0]);
    }

    #[test]
    fn udp_and_sidecars_are_told_apart() {
        let udp = json!({"containers": [{"ports": [{"containerPort": 1, "hostPort": 9100, "protocol": "UDP"}]}]});
        assert_eq!(taken(udp), [] as [u16; 0]);
        let sidecar = json!({"initContainers": [{"ports": [{"containerPort": 1, "hostPort": 9100}]}]});
        assert_eq!(taken(sidecar), [9100]);
    }
}
