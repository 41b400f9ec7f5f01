//! The operator's parts: one per cluster, from the flag to objects.

pub mod leader;
