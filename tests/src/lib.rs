//! The harness: leases real Kubernetes clusters and real telemetry stores to tests and to the demo. See README.md beside Cargo.toml.

pub mod certificates;
pub mod cluster;
pub mod control_plane;
pub mod etcd;
pub mod eventually;
pub mod guardian;
pub mod http;
pub mod kubeconfig;
pub mod lease;
pub mod ports;
pub mod programs;
pub mod protocol;

pub use cluster::Cluster;
pub use control_plane::parts::Version;
pub use control_plane::{ControlPlane, Options as ControlPlaneOptions, User};
pub use etcd::Etcd;
pub use eventually::eventually;
pub use lease::Lease;
