//! Finds other programs that collect telemetry, and what tells Prometheus operators whom to scrape: what would be read twice.

mod find;
mod monitors;
mod program;

pub use find::{Collector, find};
pub use monitors::{MONITORS, Monitors, monitors};
pub use program::{Gathers, Program};
