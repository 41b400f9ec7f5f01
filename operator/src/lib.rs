//! The operator's parts: one per cluster, from the flag to objects.

pub mod facts;
pub mod foreign;
pub mod leader;
pub mod pages;
pub mod sidecar;
pub mod telemetry;
