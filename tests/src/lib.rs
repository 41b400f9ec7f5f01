//! The harness: leases real Kubernetes clusters and real telemetry stores to tests and to the demo. See README.md beside Cargo.toml.

pub mod certificates;
pub mod cluster;
pub mod control_plane;
pub mod etcd;
pub mod eventually;
pub mod fake_cluster;
pub mod forward;
pub mod guardian;
pub mod http;
pub mod images;
pub mod kubeconfig;
pub mod lease;
pub mod node;
pub mod observed;
pub mod operator;
pub mod own_cluster;
pub mod ports;
pub mod programs;
pub mod protocol;
pub mod store;
pub mod up;

pub use cluster::Cluster;
pub use control_plane::parts::Version;
pub use control_plane::{ControlPlane, Options as ControlPlaneOptions, User};
pub use etcd::Etcd;
pub use eventually::eventually;
pub use fake_cluster::{FakeCluster, FakeOptions};
pub use lease::Lease;
pub use node::{NodeCluster, NodeOptions};
pub use operator::Operator;
pub use own_cluster::{OwnCluster, RealCluster};
