//! Prometheus remote write as it is on the wire, 1.0 and 2.0: read in place, nothing allocated for a series.
//!
//! [`body::open`] unpacks a request within bounds, [`Request::read`] finds what is in it, and [`Request::each`] walks over its series.
//! What is wrong is told with the place where it is.

pub mod body;
pub mod error;
mod histogram;
mod kind;
pub mod limits;
pub mod message;
mod request;
pub mod series;
mod symbols;
mod wire;
mod without;

pub use body::{Encoding, Version};
pub use error::{Error, Fault, Place};
pub use kind::Kind;
pub use limits::Limits;
pub use request::{Request, Totals};
pub use series::{Label, Series, Shape, Text};
pub use symbols::Symbols;
pub use without::without;

/// The value of a stale marker: a NaN with bits of its own, by which a sender says that a series ended.
pub const STALE: u64 = 0x7ff0_0000_0000_0002;
