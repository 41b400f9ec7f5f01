//! HTTP: remote write in, numbers out.

mod health;
mod hours;
mod numbers;
mod pass;
mod problem;
mod router;
mod write;

pub use problem::Refused;
pub use router::{App, router};
