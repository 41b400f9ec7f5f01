//! The meter: Prometheus remote write in, numbers out; inline it also passes on, byte for byte.

pub mod aggregate;
pub mod clock;
pub mod count;
pub mod enforce;
pub mod error;
pub mod forward;
pub mod gate;
pub mod hours;
pub mod http;
pub mod metrics;
pub mod receive;
pub mod report;
pub mod run;
pub mod save;
pub mod settings;
