//! The files that containerd, the network plugins and the kubelet of a node are configured with.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::json;

use super::{ADDRESS, DNS, HOST, PAUSE, PODS};
use crate::certificates::Files;
use crate::control_plane::parts::Identities;

/// Where containerd listens, seen from the node; its /run is its own.
pub(super) const CONTAINERD: &str = "/run/containerd/containerd.sock";

/// Writes all; the parts are told the paths.
pub(super) fn write(folder: &Path, cgroup: &str, identities: &Identities) -> Result<()> {
    let serving = identities.authority.server("kubelet", &[ADDRESS, HOST])?;
    put(&folder.join("containerd.toml"), &containerd(folder))?;
    put(&folder.join("cni/pods.conflist"), &network(folder)?)?;
    put(&folder.join("upstream-resolv.conf"), "")?;
    put(&folder.join("kubelet.yaml"), &kubelet(folder, cgroup, identities, &serving)?)
}

fn put(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    }
    std::fs::write(path, text).with_context(|| format!("write {}", path.display()))
}

fn containerd(folder: &Path) -> String {
    let cni = folder.join("cni");
    format!(
        r#"version = 2
disabled_plugins = [
  "io.containerd.internal.v1.opt", "io.containerd.internal.v1.tracing", "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
]

[grpc]
address = "{CONTAINERD}"

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "{PAUSE}"
# The machine may not let us lower the score of what was started with a higher one.
restrict_oom_score_adj = true
disable_tcp_service = true

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "{}"

[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "overlayfs"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
"#,
        cni.display()
    )
}

fn network(folder: &Path) -> Result<String> {
    let config = json!({
        "cniVersion": "0.4.0",
        "name": "pods",
        "plugins": [{
            "type": "bridge",
            "bridge": "pods0",
            "isGateway": true,
            "hairpinMode": true,
            "ipam": {
                "type": "host-local",
                "ranges": [[{ "subnet": PODS }]],
                "routes": [{ "dst": "0.0.0.0/0" }],
                "dataDir": folder.join("addresses"),
            },
        }, {
            "type": "portmap",
            "capabilities": { "portMappings": true },
        }],
    });
    serde_json::to_string_pretty(&config).context("write the network's configuration")
}

fn kubelet(folder: &Path, cgroup: &str, identities: &Identities, serving: &Files) -> Result<String> {
    let config = json!({
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": { "enabled": false },
            "webhook": { "enabled": true },
            "x509": { "clientCAFile": identities.authority.certificate() },
        },
        "authorization": { "mode": "Webhook" },
        "tlsCertFile": serving.certificate,
        "tlsPrivateKeyFile": serving.key,
        "containerRuntimeEndpoint": format!("unix://{CONTAINERD}"),
        "clusterDNS": [DNS],
        "clusterDomain": "cluster.local",
        "resolvConf": folder.join("upstream-resolv.conf"),
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": format!("/{cgroup}"),
        "cgroupsPerQOS": false,
        "enforceNodeAllocatable": [],
        "failCgroupV1": false,
        "failSwapOn": false,
        // The machine's disk is shared with whatever else is on it.
        "evictionHard": { "imagefs.available": "0%", "nodefs.available": "0%", "memory.available": "50Mi" },
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
        "serializeImagePulls": false,
        "shutdownGracePeriod": "0s",
        "makeIPTablesUtilChains": true,
    });
    serde_json::to_string_pretty(&config).context("write the kubelet's configuration")
}
