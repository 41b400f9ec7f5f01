//! All tests on real parts, as one program: they share leases.

mod cluster_chart;
mod harness_control_plane;
mod harness_fake_cluster;
mod harness_node;
mod harness_stores;
mod harness_up;
mod node_flag;
