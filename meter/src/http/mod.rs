//! HTTP: remote write in, numbers out.

mod budgets;
mod door;
mod health;
mod hours;
mod numbers;
mod pass;
mod problem;
mod router;
mod write;
mod written;

pub use door::Door;
pub use problem::Refused;
pub use router::{App, router};
