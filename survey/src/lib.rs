//! What a cluster is and already runs, found out from its API server. It only reads.

pub mod collectors;
pub mod evaluators;
pub mod facts;
pub mod foreign;
pub mod hosts;
pub mod pages;
