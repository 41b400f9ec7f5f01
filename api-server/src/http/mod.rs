//! HTTP: two surfaces, the console's files, and the hub's own health, which never waits for the others.

pub mod agent;
pub mod api;
mod call;
mod console;
mod health;
mod problem;
mod router;
mod sessions;
mod tag;

pub use health::Health;
pub use problem::Refused;
pub use router::{router, routes};
