//! The parts that make a node: containerd, kubelet, kube-proxy.

use std::path::Path;

use anyhow::Result;

use super::{ADDRESS, HOST, PODS};
use crate::control_plane::parts::{Identities, Place};
use crate::programs;
use crate::protocol::Part;

/// Debian's packages that a node needs: all are looked for before anything starts.
pub(super) fn check_packages() -> Result<()> {
    let needed = [
        ("containerd", "containerd"),
        ("ctr", "containerd"),
        ("runc", "runc"),
        ("bridge", "containernetworking-plugins"),
        ("host-local", "containernetworking-plugins"),
        ("portmap", "containernetworking-plugins"),
        ("iptables", "iptables"),
        ("conntrack", "conntrack"),
        ("ip", "iproute2"),
        ("mount", "mount"),
        ("nsenter", "util-linux"),
    ];
    needed.iter().try_for_each(|(program, package)| programs::installed(program, package).map(drop))
}

pub(super) fn containerd(folder: &Path) -> Result<Part> {
    Ok(Part::new("containerd", programs::installed("containerd", "containerd")?)
        .flag("config", folder.join("containerd.toml").display()))
}

pub(super) fn kubelet(folder: &Path, place: &Place, identities: &Identities, labels: &str) -> Result<Part> {
    let kubeconfig = folder.join("kubelet.kubeconfig");
    identities.kubeconfig(&kubeconfig, &place.url(), &format!("system:node:{HOST}"), Some("system:nodes"))?;
    Ok(Part::new("kubelet", programs::built("kubernetes", "kubelet")?)
        .flag("config", folder.join("kubelet.yaml").display())
        .flag("kubeconfig", kubeconfig.display())
        .flag("node-ip", ADDRESS)
        .flag("hostname-override", HOST)
        .flag("node-labels", labels))
}

pub(super) fn proxy(folder: &Path, place: &Place, identities: &Identities) -> Result<Part> {
    let kubeconfig = folder.join("proxy.kubeconfig");
    identities.kubeconfig(&kubeconfig, &place.url(), "system:kube-proxy", None)?;
    Ok(Part::new("kube-proxy", programs::built("kubernetes", "kube-proxy")?)
        .flag("kubeconfig", kubeconfig.display())
        .flag("hostname-override", HOST)
        .flag("proxy-mode", "iptables")
        .flag("cluster-cidr", PODS)
        // The machine's own limits are not for a namespace to change.
        .flag("conntrack-max-per-core", 0)
        .flag("conntrack-tcp-timeout-established", 0)
        .flag("conntrack-tcp-timeout-close-wait", 0))
}
