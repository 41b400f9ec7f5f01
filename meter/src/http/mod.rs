//! HTTP: remote write in, numbers out.

mod door;
mod health;
mod hours;
mod numbers;
mod pass;
mod problem;
mod router;
mod write;

pub use door::Door;
pub use problem::Refused;
pub use router::{App, router};
