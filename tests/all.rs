//! All tests on real parts, as one program: they share leases.

mod cluster_beside;
mod cluster_chart;
mod cluster_drift;
mod cluster_flag;
mod cluster_preflight;
mod cluster_schema;
mod cluster_service;
mod cluster_upgrade;
mod fault_07_cached_template;
mod fault_08_applied_before_healthy;
mod fault_09_lists_that_fail;
mod fault_10_another_owner;
mod fault_12_namespace_deleted;
mod fault_13_server_side;
mod fault_16_stale_api_server;
mod fault_17_expired_watch;
mod fault_18_killed_after_each_write;
mod fault_40_skewed_clocks;
mod fault_41_secrets;
mod harness_control_plane;
mod harness_fake_cluster;
mod harness_node;
mod harness_stores;
mod harness_up;
mod node_flag;
