//! The sidecar beside an agent: tries a new configuration, goes back when the agent refuses it or dies of it, reports.
//!
//! The ConfigMap of an agent holds `candidate.alloy`, the newest configuration, and `good.alloy`, the last one that was
//! healthy. An init container (`--once`) gives the agent the good one to start with; the long-running container then
//! tries the candidate on the running agent. What the agent refuses is never what it starts with.

mod alloy;
mod args;
mod attempt;
mod content;
mod crash;
mod error;
mod folder;
mod http;
mod keeper;
mod load;
mod memory;
mod merge;
mod meters;
mod once;
mod pace;
mod run;
#[cfg(test)]
mod scenes;
mod sending;
mod source;
mod status;
mod target;

pub use args::Args;
pub use content::{CANDIDATE, GOOD, digest};
pub use error::SidecarError;
pub use load::Load;
pub use once::once;
pub use run::{run, run_until};
pub use sending::Sending;
pub use status::{Outcome, Status};
