//! All tests on real parts, as one program: they share leases.

mod harness_control_plane;
mod harness_fake_cluster;
mod harness_node;
mod harness_stores;
mod harness_up;
mod node_flag;
mod operator_survey;
mod sidecar_reload;
