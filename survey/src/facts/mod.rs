//! Finds out what a cluster is before anything is rendered for it. Whatever cannot be read is an error, never empty.

mod apis;
mod error;
mod find;
mod nodes;
pub(crate) mod provider;

pub use apis::find as apis;
pub use error::FactsError;
pub use find::{Gathered, gather};

/// Label by which a namespace asks to be observed.
pub const OBSERVE: &str = "flagstaff.dev/observe";
